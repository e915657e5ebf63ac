// SPDX-License-Identifier: GPL-2.0-only
//
// The frame of every page: head, style, script, and the few parts that pages share.
//
//   <!doctype html> <head> policy, title, style </head> <body> <header> ... <main> ... script
//
// The content policy allows nothing but the page's own style and the one script whose hash it
// names: markup that slipped through could still run nothing and load nothing.
//
// Ownership Plain values. Errors: none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_REPORT_PAGE_H_
#define ARENAFUZZ_FUZZ_REPORT_PAGE_H_

#include <string>
#include <string_view>

namespace arenafuzz::report {

struct Page {
  std::string title;        // as it is: escaped here
  std::string body;         // HTML
  int refresh_seconds = 0;  // 0: never
  std::string version;      // of arenafuzz, as it is
};
std::string render(const Page& page);

// A figure with its name above and a remark below. `name` and `remark` HTML, `value` too.
std::string figure(std::string_view name, std::string_view value, std::string_view remark = "");
// A state as a coloured word: "running", "new", "known"...
std::string chip(std::string_view state);

// page.css and page.js, embedded by CMake.
extern const std::string_view kStyle;
extern const std::string_view kScript;
// Base64 of the script's SHA-256; the browser test finds one that is not.
inline constexpr std::string_view kScriptHash = "lV4U7UtpGRavFVB03H6St5dgXF8eVdGA5Mm5tzO9HME=";

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_PAGE_H_
