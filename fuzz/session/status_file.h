// SPDX-License-Identifier: GPL-2.0-only
//
// OUT/status.json, which a fuzz run keeps up to date: what it holds, as its readers need it.
//
// Ownership Plain values.
// Errors    a null object, and why.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_SESSION_STATUS_FILE_H_
#define ARENAFUZZ_FUZZ_SESSION_STATUS_FILE_H_

#include <nlohmann/json.hpp>
#include <string>

namespace arenafuzz {

inline constexpr const char* kStatusSchema = "arenafuzz-status-1";

enum class StatusFile { kRead, kAbsent, kUnreadable, kDamaged, kOtherVersion };

// The object of DIR/status.json; null if it is not read, and `state` (may be nullptr) says why.
// What is no regular file is unreadable.
nlohmann::json read_status(const std::string& folder, StatusFile* state = nullptr);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_STATUS_FILE_H_
