// SPDX-License-Identifier: GPL-2.0-only
//
// Text in JSON, whatever bytes it is made of.
// Errors: none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_SESSION_JSON_WORDS_H_
#define ARENAFUZZ_FUZZ_SESSION_JSON_WORDS_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "faultinject/backtrace.h"

namespace arenafuzz {

// Fields stay in the order in which they were written.
using Json = nlohmann::ordered_json;

// Any bytes as text that JSON holds, and back: each byte is the character of that number.
std::string json_text(std::string_view bytes);
std::string bytes_of(const std::string& json_text);
// The text of that name in an object; empty if there is none.
std::string text_of(const Json& object, const char* name);

// Lines of sources: [{"function", "file", "line"}].
Json places_json(const std::vector<SourceLine>& places);
std::vector<SourceLine> places_of(const Json& list);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_JSON_WORDS_H_
