// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/files.h"

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

bool write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return true;
}

// Keeps errno of what failed first.
bool write_new(const std::string& name, std::span<const std::uint8_t> bytes, bool flush) {
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return false;
  const bool written = write_all(file, bytes) && (!flush || fsync(file) == 0);
  const int error = errno;
  const bool closed = close(file) == 0;
  if (!written) errno = error;
  return written && closed;
}

}  // namespace

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
  return write_new(name, bytes, false);
}

bool write_durably(const std::string& name, std::span<const std::uint8_t> bytes) {
  const fs::path path(name);
  const std::string beside =
      (path.parent_path() / ("." + path.filename().string() + ".tmp" + std::to_string(getpid())))
          .string();
  if (write_new(beside, bytes, true) && rename(beside.c_str(), name.c_str()) == 0) return true;
  const int error = errno;
  unlink(beside.c_str());
  errno = error;
  return false;
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

Scratch::Scratch(const std::string& parent) {
  std::string name = parent + "/arenafuzz-XXXXXX";
  if (mkdtemp(name.data()) != nullptr) folder_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace arenafuzz::campaign
