// SPDX-License-Identifier: GPL-2.0-only
//
// A plain main for a target, where no engine is linked: replays the files and folders that it is
// given, in the order of their names. Exit 0 clean, 1 a finding, 2 something cannot be read.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/targets/glue.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

bool collect(const std::string& name, std::vector<std::string>* files) {
  std::error_code error;
  if (!fs::is_directory(name, error)) {
    files->push_back(name);
    return true;
  }
  fs::recursive_directory_iterator it(name, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error))
    if (it->is_regular_file(error)) files->push_back(it->path().string());
  return !error;
}

bool replay(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  const std::vector<char> content((std::istreambuf_iterator<char>(file)),
                                  std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad()) return false;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<char*> words(argv, argv + argc);
  char keep_going[] = "--keep-going";
  words.push_back(keep_going);
  int count = static_cast<int>(words.size());
  char** all = words.data();
  LLVMFuzzerInitialize(&count, &all);
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-') continue;
    if (collect(argv[i], &files)) continue;
    std::fprintf(stderr, "arenafuzz: cannot read the folder %s\n", argv[i]);
    return 2;
  }
  std::sort(files.begin(), files.end());
  for (const std::string& name : files) {
    if (replay(name)) continue;
    std::fprintf(stderr, "arenafuzz: cannot read %s\n", name.c_str());
    return 2;
  }
  std::fprintf(stderr, "%zu files replayed, %llu with a finding\n", files.size(),
               static_cast<unsigned long long>(arenafuzz::findings_so_far()));
  return arenafuzz::findings_so_far() == 0 ? 0 : 1;
}
