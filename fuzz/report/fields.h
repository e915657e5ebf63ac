// SPDX-License-Identifier: GPL-2.0-only
//
// Fields of an object from elsewhere, and how their values are written for people. Nothing throws:
// a field that is missing, of another type or out of range is not known.
//
// Ownership References stay valid as long as the object given.
// Units     bytes, seconds; times of day are UTC.
// Errors    none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_REPORT_FIELDS_H_
#define ARENAFUZZ_FUZZ_REPORT_FIELDS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace arenafuzz::report {

using Json = nlohmann::json;

inline constexpr const char* kNotKnown = "not known";

// Null if there is none.
const Json& field(const Json& object, const char* name);
// An empty array if it is no array.
const Json& list(const Json& object, const char* name);
// An empty object if it is no object.
const Json& object_in(const Json& object, const char* name);
std::optional<double> number(const Json& value);  // finite
std::optional<double> number(const Json& object, const char* name);
std::optional<std::uint64_t> whole(const Json& value);
std::optional<std::uint64_t> whole(const Json& object, const char* name);
// As it is, not yet escaped; empty if it is no text.
std::string text(const Json& object, const char* name);
// What a value is as text: itself, a number's digits, or empty.
std::string text_of(const Json& value);

// "1,234,567"; of a value below 100 that is not whole, one decimal. "not known" for none.
std::string count(std::optional<double> value);
// "1.23 M", "45.6 k", "7,890".
std::string short_count(std::optional<double> value);
// The two largest units: "2 d 4 h", "3 min 5 s", "12 s".
std::string duration(std::optional<double> seconds);
// "2026-11-24 20:15:03 UTC".
std::string time_of_day(std::optional<double> unix_seconds);
// "512 KiB", "1.5 MiB".
std::string byte_count(std::optional<double> bytes);
// "1 file", "2 files".
std::string some(std::uint64_t count, const char* one, const char* many);

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_FIELDS_H_
