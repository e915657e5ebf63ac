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

#include "fuzz/base/quoting.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

Status failed(const char* what, const std::string& name, int error, const char* advice) {
  return {"cannot " + std::string(what) + " " + shell_quoted(name) + " (" + std::strerror(error) +
              "): " + advice,
          error};
}

constexpr const char* kReadable = "name a readable file";
constexpr const char* kWritable = "choose a writable place with room";

// Keeps errno of what failed first.
bool write_new(const std::string& name, mode_t mode, std::string_view bytes, bool flush) {
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return false;
  const bool written = write_all(file, bytes) && (!flush || fsync(file) == 0);
  const int error = errno;
  const bool closed = close(file) == 0;
  if (!written) errno = error;
  return written && closed;
}

// Not a regular file: there is nothing to rename over.
bool write_in_place(const std::string& name, std::string_view bytes) {
  const int file = open(name.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = write_all(file, bytes);
  const int error = errno;
  close(file);
  errno = error;
  return written;
}

void flush_folder(const fs::path& folder) {
  const int file = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  fsync(file);
  close(file);
}

bool replace(const std::string& wanted, std::string_view bytes, bool flush) {
  struct stat old{};
  const bool exists = stat(wanted.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) {
    errno = EISDIR;
    return false;
  }
  if (exists && !S_ISREG(old.st_mode)) return write_in_place(wanted, bytes);
  std::error_code ignored;
  fs::path path = exists ? fs::canonical(wanted, ignored) : fs::path();
  if (path.empty()) path = wanted;  // else through a symbolic link
  const std::string beside =
      (path.parent_path() / ("." + path.filename().string() + ".tmp" + std::to_string(getpid())))
          .string();
  if (write_new(beside, exists ? old.st_mode & 0777 : 0666, bytes, flush) &&
      rename(beside.c_str(), path.c_str()) == 0) {
    if (flush) flush_folder(path.parent_path());
    return true;
  }
  const int error = errno;
  unlink(beside.c_str());
  errno = error;
  return false;
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

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
  if (name == kStandardStream) {
    if (std::fflush(stdout) == 0 && write_all(STDOUT_FILENO, content)) return {};
    return failed("write", name, errno, kWritable);
  }
  if (replace(name, content, true)) return {};
  return failed("write", name, errno, errno == EISDIR ? "name a file" : kWritable);
}

Status write_durably(const std::string& name, std::span<const std::uint8_t> bytes) {
  return write_durably(name, text_of(bytes));
}

Status write_scratch(const std::string& name, std::string_view content) {
  if (replace(name, content, false)) return {};
  return failed("write", name, errno, kWritable);
}

Status write_bytes(const std::string& name, std::span<const std::uint8_t> bytes) {
  if (write_new(name, 0666, text_of(bytes), false)) return {};
  return failed("write", name, errno, kWritable);
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(file, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    text = text.substr(static_cast<std::size_t>(done));
  }
  return true;
}

Status read_bytes(const std::string& name, std::size_t limit, Bytes* bytes) {
  bytes->clear();
  // Not to wait for the other end of a pipe.
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failed("read", name, errno, kReadable);
  struct stat state{};
  int error = 0;
  if (fstat(file, &state) != 0 || !S_ISREG(state.st_mode)) error = EINVAL;
  std::uint8_t block[65536];
  while (error == 0 && bytes->size() < limit) {
    const ssize_t got = read(file, block, std::min(sizeof(block), limit - bytes->size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = errno;
    if (got <= 0) break;
    bytes->insert(bytes->end(), block, block + got);
  }
  close(file);
  return error == 0 ? Status{} : failed("read", name, error, kReadable);
}

Status make_folder(const std::string& name) {
  std::error_code error;
  fs::create_directories(name, error);
  if (!error && fs::is_directory(name, error)) return {};
  return failed("make the folder", name, error ? error.value() : ENOTDIR,
                "choose another one with --out");
}

std::string free_name(const std::string& wanted) {
  std::string name = wanted;
  std::error_code ignored;
  for (int i = 2; fs::exists(fs::symlink_status(name, ignored)); ++i)
    name = wanted + "-" + std::to_string(i);
  return name;
}

Status files_below(const std::string& folder, std::vector<std::string>* files) {
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    const bool hidden = it->path().filename().string().starts_with('.');
    if (hidden && it->is_directory(ignored)) it.disable_recursion_pending();
    if (!hidden && it->is_regular_file(ignored)) found.push_back(it->path().string());
  }
  std::sort(found.begin(), found.end());
  files->insert(files->end(), found.begin(), found.end());
  return error ? failed("read the folder", folder, error.value(), "name a readable one") : Status{};
}

Status collect_files(const std::string& name, std::vector<std::string>* files,
                     std::size_t* passed_over) {
  std::error_code error;
  if (name == kStandardStream || !fs::is_directory(name, error)) {
    files->push_back(name);
    return {};
  }
  std::vector<std::string> found;
  if (Status status = files_below(name, &found); !status.ok()) return status;
  const std::size_t all = found.size();
  std::erase_if(found, is_control_file);
  if (passed_over != nullptr) *passed_over += all - found.size();
  if (found.empty())
    return {"no programs in the folder " + shell_quoted(name) + ": name one that holds some"};
  files->insert(files->end(), found.begin(), found.end());
  return {};
}

bool is_control_file(const std::string& name) {
  constexpr std::string_view kNames[] = {
      "known.txt", "mail.txt",     "README",      "README.txt",  "LICENSE",
      "Makefile",  "fuzzer_stats", "plot_data",   "fuzz_bitmap", "fuzzer_setup",
      "cmdline",   "is_main_node", "target_hash", "commands.txt"};
  constexpr std::string_view kEndings[] = {".json", ".jsonl", ".html",    ".sarif", ".log", ".md",
                                           ".dict", ".zip",   ".options", ".patch", ".c",   ".cc",
                                           ".h",    ".sh",    ".py",      ".svg",   ".css"};
  const fs::path path(name);
  const std::string file = path.filename().string();
  const std::string folder = path.parent_path().filename().string();
  return std::find(std::begin(kNames), std::end(kNames), file) != std::end(kNames) ||
         std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return file.ends_with(ending); }) ||
         file.starts_with("known-") || folder == "logs" || folder == "stats";
}

void keep_as_given(const std::string& name) {
  if (const auto file = identity_of(name)) given_files().push_back(*file);
}

bool is_given(const std::string& name) {
  const std::vector<FileIdentity>& given = given_files();
  const auto file = identity_of(name);
  return file && std::find(given.begin(), given.end(), *file) != given.end();
}

Scratch::Scratch(const std::string& parent) {
  std::string name = parent + "/arenafuzz-XXXXXX";
  if (mkdtemp(name.data()) != nullptr) folder_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

std::string executable_folder() {
  std::error_code error;
  return fs::read_symlink(kSelf, error).parent_path().string();
}

}  // namespace arenafuzz
