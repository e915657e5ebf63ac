// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "fuzz/cli/quoting.h"

namespace arenafuzz::cli {
namespace {

namespace fs = std::filesystem;

Status failed(const char* what, const std::string& name, int error, const char* advice) {
  return {
      fmt::format("cannot {} {} ({}): {}", what, shell_quoted(name), std::strerror(error), advice)};
}

constexpr const char* kReadable = "name a readable file";
constexpr const char* kWritable = "choose a writable place with room";

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t done = write(file, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// Not a regular file: there is nothing to rename over.
Status write_in_place(const std::string& name, std::string_view content) {
  const int file = open(name.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return failed("write", name, errno, kWritable);
  const bool written = write_all(file, content);
  const int error = errno;
  close(file);
  return written ? Status{} : failed("write", name, error, kWritable);
}

void flush_folder_of(const std::string& name) {
  const std::string parent = fs::path(name).parent_path().string();
  const int folder = open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
  if (folder < 0) return;
  fsync(folder);
  close(folder);
}

}  // namespace

Status read_file(const std::string& name, std::size_t limit, std::string* content) {
  content->clear();
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
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

Status write_durably(const std::string& wanted, std::string_view content) {
  struct stat old{};
  const bool exists = stat(wanted.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) return failed("write", wanted, EISDIR, "name a file");
  if (exists && !S_ISREG(old.st_mode)) return write_in_place(wanted, content);
  std::error_code ignored;
  const fs::path real = exists ? fs::canonical(wanted, ignored) : fs::path();
  const std::string name = real.empty() ? wanted : real.string();  // through a symbolic link
  const std::string beside = name + ".tmp" + std::to_string(getpid());
  const mode_t mode = exists ? old.st_mode & 0777 : 0666;
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return failed("write", wanted, errno, kWritable);
  bool written = write_all(file, content) && fsync(file) == 0;
  int error = errno;
  if (close(file) != 0 && written) {
    written = false;
    error = errno;
  }
  if (written && rename(beside.c_str(), name.c_str()) == 0) {
    flush_folder_of(name);
    return {};
  }
  if (written) error = errno;
  unlink(beside.c_str());
  return failed("write", wanted, error, kWritable);
}

Status make_folder(const std::string& name) {
  std::error_code error;
  fs::create_directories(name, error);
  if (!error && fs::is_directory(name, error)) return {};
  return failed("make the folder", name, error ? error.value() : ENOTDIR,
                "choose another one with --out");
}

Status collect_files(const std::string& name, std::vector<std::string>* files) {
  std::error_code error;
  if (!fs::is_directory(name, error)) {
    files->push_back(name);
    return {};
  }
  std::vector<std::string> found;
  fs::recursive_directory_iterator it(name, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    const bool hidden = it->path().filename().string().starts_with('.');
    if (hidden && it->is_directory(ignored)) it.disable_recursion_pending();
    if (!hidden && it->is_regular_file(ignored)) found.push_back(it->path().string());
  }
  if (error) return failed("read the folder", name, error.value(), "name a readable one");
  if (found.empty())
    return {
        fmt::format("no programs in the folder {}: name one that holds some", shell_quoted(name))};
  std::sort(found.begin(), found.end());
  files->insert(files->end(), found.begin(), found.end());
  return {};
}

Status read_signatures(const std::string& name, std::set<std::string>* signatures) {
  std::string content;
  const Status status = read_file(name, std::size_t{64} << 20, &content);
  if (!status.ok()) return status;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    std::string_view line = std::string_view(content).substr(at, end - at);
    at = end + 1;
    line = line.substr(0, line.find('#'));
    const std::size_t last = line.find_last_not_of(" \t\r");
    if (last != std::string_view::npos) signatures->emplace(line.substr(0, last + 1));
  }
  return {};
}

std::string executable_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().string();
}

}  // namespace arenafuzz::cli
