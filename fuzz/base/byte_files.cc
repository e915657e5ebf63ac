// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/byte_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace arenafuzz::campaign {
namespace {

namespace fs = std::filesystem;

// Keeps errno of what failed first.
bool write_new(const std::string& name, mode_t mode, std::span<const std::uint8_t> bytes,
               bool flush) {
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return false;
  const bool written = write_all(file, bytes) && (!flush || fsync(file) == 0);
  const int error = errno;
  const bool closed = close(file) == 0;
  if (!written) errno = error;
  return written && closed;
}

// Not a regular file: there is nothing to rename over.
bool write_in_place(const std::string& name, std::span<const std::uint8_t> bytes) {
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

bool replace(const std::string& wanted, std::span<const std::uint8_t> bytes, bool flush) {
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

}  // namespace

bool write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return true;
}

bool write_all(int file, std::string_view text) {
  return write_all(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

bool read_bytes(const std::string& name, std::size_t limit, Bytes* bytes) {
  bytes->clear();
  // Not to wait for the other end of a pipe.
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
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
  errno = error;
  return error == 0;
}

bool write_bytes(const std::string& name, std::span<const std::uint8_t> bytes) {
  return write_new(name, 0666, bytes, false);
}

bool write_durably(const std::string& name, std::span<const std::uint8_t> bytes) {
  return replace(name, bytes, true);
}

bool write_whole(const std::string& name, std::span<const std::uint8_t> bytes) {
  return replace(name, bytes, false);
}

std::string free_name(const std::string& wanted) {
  std::string name = wanted;
  std::error_code ignored;
  for (int i = 2; fs::exists(fs::symlink_status(name, ignored)); ++i)
    name = wanted + "-" + std::to_string(i);
  return name;
}

bool files_below(const std::string& folder, std::vector<std::string>* files) {
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
  errno = error.value();
  return !error;
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

Scratch::Scratch(const std::string& parent) {
  std::string name = parent + "/arenafuzz-XXXXXX";
  if (mkdtemp(name.data()) != nullptr) folder_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace arenafuzz::campaign
