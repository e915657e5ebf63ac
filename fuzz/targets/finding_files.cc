// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/targets/finding_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "fuzz/harness/verdict/report.h"
#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

// Written next to it, flushed and renamed: a kill leaves the old file or the new one.
bool write_flushed(const std::string& path, const std::string& content) {
  const std::string beside = path + ".tmp" + std::to_string(getpid());
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const char* at = content.data();
  std::size_t left = content.size();
  while (left > 0) {
    const ssize_t done = write(file, at, left);
    if (done <= 0) break;
    at += done;
    left -= static_cast<std::size_t>(done);
  }
  const bool written = left == 0 && fsync(file) == 0;
  close(file);
  if (written && rename(beside.c_str(), path.c_str()) == 0) return true;
  unlink(beside.c_str());
  return false;
}

// How many operations the program in the file has; the largest number if there is none.
std::size_t operations_on_disk(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Program program;
  TextError error;
  return file && parse_program(text, &program, &error) ? program.operations.size()
                                                       : ~std::size_t{0};
}

}  // namespace

bool FindingFiles::wants(const std::string& signature, std::size_t operations) {
  auto [it, fresh] = kept_.try_emplace(signature, ~std::size_t{0});
  if (operations < it->second)
    it->second = std::min(it->second, operations_on_disk(folder_ + "/" + signature + ".txt"));
  if (operations >= it->second) return false;
  it->second = operations;
  return true;
}

// The record first: who sees the text finds it.
void FindingFiles::keep(const FindingRecord& record) {
  const std::string path = folder_ + "/" + record.signature;
  const std::string text = format_finding_file(record.facts, record.program);
  if (!write_flushed(path + ".json", finding_json(record)) || !write_flushed(path + ".txt", text))
    std::fprintf(stderr, "arenafuzz: cannot write %s.txt; the finding follows\n%s", path.c_str(),
                 text.c_str());
}

}  // namespace arenafuzz
