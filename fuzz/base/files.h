// SPDX-License-Identifier: GPL-2.0-only
//
// Files and folders as the command needs them. write_durably() and write_scratch() replace a file
// whole: a kill leaves the old one or the new one. write_bytes() writes in place.
//
// Ownership Plain values; a Scratch removes its folder.
// Errors    Status: the sentence names the file and says what to do.
// Threads   one: the list of given files is the process's, and so is the name of what is written
//           beside a file.
#ifndef ARENAFUZZ_FUZZ_BASE_FILES_H_
#define ARENAFUZZ_FUZZ_BASE_FILES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/base/status.h"

namespace arenafuzz {

using Bytes = std::vector<std::uint8_t>;

// In place of a file's name: standard input where one is read, standard output where one is
// written. A file of that name is "./-".
inline constexpr const char* kStandardStream = "-";

// At most `limit` bytes from the file's beginning: a longer file is cut, so ask for one byte more
// to see that.
Status read_file(const std::string& name, std::size_t limit, std::string* content);
// The same; EINVAL if it is no regular file, which could make the caller wait.
Status read_bytes(const std::string& name, std::size_t limit, Bytes* bytes);

// Writes a hidden file in the same folder, fsyncs, renames it, fsyncs the folder. Follows symbolic
// links. A device, a pipe or standard output is written directly. EISDIR for a folder.
Status write_durably(const std::string& name, std::string_view content);
Status write_durably(const std::string& name, std::span<const std::uint8_t> bytes);
// The same without fsync, for what can be made again: readers see the whole file or none, a power
// cut may lose it. REQUIRES: a name of ours.
Status write_scratch(const std::string& name, std::string_view content);
// Truncates and writes in place, without fsync: for files that nobody reads before we say so.
Status write_bytes(const std::string& name, std::span<const std::uint8_t> bytes);
// All of it into an open file, also over short writes and EINTR. False: errno says why.
[[nodiscard]] bool write_all(int file, std::string_view text);

// Makes its parents too.
Status make_folder(const std::string& name);

// `wanted`, or that with a number behind it if there is a file: nothing is overwritten.
std::string free_name(const std::string& wanted);

// The regular files of the folder and below, ordered by name; hidden ones are passed over.
Status files_below(const std::string& folder, std::vector<std::string>* files);

// Adds `name`, or all regular files in the folder `name` and below, ordered by name; names that
// begin with a dot are left out; so are control files, and *passed_over counts those. A folder
// without any is an error, and what could be read is added all the same. A file is added whatever
// its name.
Status collect_files(const std::string& name, std::vector<std::string>* files,
                     std::size_t* passed_over = nullptr);

// True for files that lie among programs and are none, by the file's or the folder's name:
// settings, logs, reports, documentation.
bool is_control_file(const std::string& name);

// What the user gave us to read is never rewritten: from here on write_durably() refuses this file,
// by whatever name it is called then.
void keep_as_given(const std::string& name);
bool is_given(const std::string& name);

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

inline constexpr const char* kSelf = "/proc/self/exe";  // this command's own file
std::string executable_folder();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_FILES_H_
