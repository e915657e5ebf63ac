// SPDX-License-Identifier: GPL-2.0-only
//
// Files as bytes: read whole, and written so that a kill leaves either the old one
// or the new one.
//
// Ownership Plain values; a Scratch removes its folder.
// Errors    false, or empty, with errno of the call that failed.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_BASE_BYTE_FILES_H_
#define ARENAFUZZ_FUZZ_BASE_BYTE_FILES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arenafuzz::campaign {

using Bytes = std::vector<std::uint8_t>;

// At most `limit` bytes from the beginning. What is no regular file is not read: EINVAL.
bool read_bytes(const std::string& name, std::size_t limit, Bytes* bytes);

// Not flushed: for scratch files alone.
bool write_bytes(const std::string& name, std::span<const std::uint8_t> bytes);

// Errors by errno.
bool write_all(int file, std::span<const std::uint8_t> bytes);
bool write_all(int file, std::string_view text);

// Written next to it under a hidden name, flushed, renamed, its folder flushed. Follows a symbolic
// link; a device or pipe is written as it is. EISDIR: it is a folder.
bool write_durably(const std::string& name, std::span<const std::uint8_t> bytes);
// The same without a flush, for what can be made again: a reader finds it whole or not at all.
bool write_whole(const std::string& name, std::span<const std::uint8_t> bytes);

// `wanted`, or that with a number behind it if there is a file: nothing is overwritten.
std::string free_name(const std::string& wanted);

// The regular files of the folder and below, ordered by name; hidden ones are passed over. False:
// some of it cannot be read.
bool files_below(const std::string& folder, std::vector<std::string>* files);

// True if the name of the file or of its folder says that we, an engine or a person keep it next to
// programs: settings, logs, reports, prose.
bool is_control_file(const std::string& name);

// A folder for the time of one job, made inside `parent`; gone with the object.
class Scratch {
 public:
  explicit Scratch(const std::string& parent);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  // Empty: it could not be made.
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace arenafuzz::campaign

#endif  // ARENAFUZZ_FUZZ_BASE_BYTE_FILES_H_
