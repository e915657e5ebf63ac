// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "fuzz/base/byte_files.h"
#include "fuzz/base/quoting.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

Status failed(const char* what, const std::string& name, int error, const char* advice) {
  return {"cannot " + std::string(what) + " " + shell_quoted(name) + " (" + std::strerror(error) +
          "): " + advice};
}

constexpr const char* kReadable = "name a readable file";
constexpr const char* kWritable = "choose a writable place with room";

using FileIdentity = std::pair<dev_t, ino_t>;

// One list per process: a guard on some paths only would guard nothing.
std::vector<FileIdentity>& given_files() {
  static std::vector<FileIdentity> files;
  return files;
}

// What identifies a regular file, through symbolic links; hard links share it.
std::optional<FileIdentity> identity_of(const std::string& name) {
  struct stat state{};
  if (stat(name.c_str(), &state) != 0 || !S_ISREG(state.st_mode)) return std::nullopt;
  return FileIdentity{state.st_dev, state.st_ino};
}

}  // namespace

Status read_file(const std::string& name, std::size_t limit, std::string* content) {
  content->clear();
  const bool standard = name == kStandardStream;
  const int file =
      standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed("read", name, errno, kReadable);
  char block[65536];
  while (content->size() < limit) {
    const ssize_t got = read(file, block, std::min(sizeof(block), limit - content->size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      close(file);
      return failed("read", name, error, kReadable);
    }
    if (got == 0) break;
    content->append(block, static_cast<std::size_t>(got));
  }
  close(file);
  return {};
}

Status write_durably(const std::string& name, std::string_view content) {
  if (is_given(name))
    return {shell_quoted(name) +
            " was given to be read and is left as it is: write to another place"};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(content.data());
  if (name == kStandardStream) {
    if (std::fflush(stdout) == 0 && campaign::write_all(STDOUT_FILENO, content)) return {};
    return failed("write", name, errno, kWritable);
  }
  if (campaign::write_durably(name, {bytes, content.size()})) return {};
  return failed("write", name, errno, errno == EISDIR ? "name a file" : kWritable);
}

Status write_scratch(const std::string& name, std::string_view content) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(content.data());
  if (campaign::write_whole(name, {bytes, content.size()})) return {};
  return failed("write", name, errno, kWritable);
}

Status make_folder(const std::string& name) {
  std::error_code error;
  fs::create_directories(name, error);
  if (!error && fs::is_directory(name, error)) return {};
  return failed("make the folder", name, error ? error.value() : ENOTDIR,
                "choose another one with --out");
}

Status collect_files(const std::string& name, std::vector<std::string>* files,
                     std::size_t* passed_over) {
  std::error_code error;
  if (name == kStandardStream || !fs::is_directory(name, error)) {
    files->push_back(name);
    return {};
  }
  std::vector<std::string> found;
  if (!campaign::files_below(name, &found))
    return failed("read the folder", name, errno, "name a readable one");
  const std::size_t all = found.size();
  std::erase_if(found, campaign::is_control_file);
  if (passed_over != nullptr) *passed_over += all - found.size();
  if (found.empty())
    return {"no programs in the folder " + shell_quoted(name) + ": name one that holds some"};
  files->insert(files->end(), found.begin(), found.end());
  return {};
}

void keep_as_given(const std::string& name) {
  if (const auto file = identity_of(name)) given_files().push_back(*file);
}

bool is_given(const std::string& name) {
  const std::vector<FileIdentity>& given = given_files();
  const auto file = identity_of(name);
  return file && std::find(given.begin(), given.end(), *file) != given.end();
}

std::string executable_folder() {
  std::error_code error;
  return fs::read_symlink(kSelf, error).parent_path().string();
}

}  // namespace arenafuzz
