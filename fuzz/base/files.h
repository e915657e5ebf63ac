// SPDX-License-Identifier: GPL-2.0-only
//
// Files and folders as the command needs them. Every failure comes back as one sentence.
//
// Ownership Plain values.
// Errors    Status: the sentence names the file and says what to do.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_BASE_FILES_H_
#define ARENAFUZZ_FUZZ_BASE_FILES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace arenafuzz {

struct Status {
  std::string sentence;  // empty: it went well
  bool ok() const { return sentence.empty(); }
};

// In place of a file's name: standard input where one is read, standard output where one is
// written. A file of that name is "./-".
inline constexpr const char* kStandardStream = "-";

// At most `limit` bytes from the file's beginning.
Status read_file(const std::string& name, std::size_t limit, std::string* content);

// Written next to it, flushed and renamed: a kill or a full disk at any moment leaves the old file
// or the new one. A device, a pipe or standard output is written as it is.
Status write_durably(const std::string& name, std::string_view content);

// A copy that can be made again: whole or not there, not flushed. REQUIRES: a name of ours.
Status write_scratch(const std::string& name, std::string_view content);

// Makes its parents too.
Status make_folder(const std::string& name);

// Adds `name`, or all regular files in the folder `name` and below, ordered by name; names that
// begin with a dot are left out; so are control files (base/byte_files.h), and *passed_over counts
// those. A folder without any is an error. A file is added whatever its name.
Status collect_files(const std::string& name, std::vector<std::string>* files,
                     std::size_t* passed_over = nullptr);

// What the user gave us to read is never rewritten: from here on write_durably() refuses this file,
// by whatever name it is called then.
void keep_as_given(const std::string& name);
bool is_given(const std::string& name);

inline constexpr const char* kSelf = "/proc/self/exe";  // this command's own file
std::string executable_folder();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_FILES_H_
