// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/status_file.h"

#include <cerrno>
#include <cstddef>

#include "fuzz/base/files.h"
#include "fuzz/session/json_words.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMaxStatusFile = std::size_t{64} << 20;

}  // namespace

nlohmann::json read_status(const std::string& folder, StatusFile* state) {
  Bytes bytes;
  StatusFile ignored{};
  if (state == nullptr) state = &ignored;
  *state = StatusFile::kAbsent;
  const Status read = read_bytes(folder + "/status.json", kMaxStatusFile, &bytes);
  if (!read.ok()) {
    if (read.error != ENOENT && read.error != ENOTDIR) *state = StatusFile::kUnreadable;
    return nullptr;
  }
  nlohmann::json status = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  const std::string schema = text_of(status, "schema");
  *state = schema == kStatusSchema                   ? StatusFile::kRead
           : schema.starts_with("arenafuzz-status-") ? StatusFile::kOtherVersion
                                                     : StatusFile::kDamaged;
  return *state == StatusFile::kRead ? status : nlohmann::json();
}

}  // namespace arenafuzz
