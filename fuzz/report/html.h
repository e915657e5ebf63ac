// SPDX-License-Identifier: GPL-2.0-only
//
// Text made safe to stand in a page, whatever bytes it holds.
//
//   bytes --readable()--> UTF-8 without control characters --escaped()--> HTML
//
// Ownership Plain values. Errors: none. Threads: no state.
// Source    WHATWG HTML 13.1.2.3 and 13.1.4; Unicode 3.9, table 3-7 (well-formed UTF-8).
#ifndef ARENAFUZZ_FUZZ_REPORT_HTML_H_
#define ARENAFUZZ_FUZZ_REPORT_HTML_H_

#include <string>
#include <string_view>

namespace arenafuzz::report {

// Valid UTF-8: each byte that is not becomes U+FFFD, as do control characters other than newline
// and tab, and those that turn the direction of writing (a name must not read as another).
std::string readable(std::string_view bytes);

// readable(), and nothing in it means anything to HTML, in text or in a quoted attribute.
std::string escaped(std::string_view bytes);

// The relative URL of a file name, byte for byte: never one with a scheme or a host.
std::string url_of(std::string_view file);

// A word for an id or a class: letters, digits and dashes.
std::string word_of(std::string_view bytes);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_HTML_H_
