// SPDX-License-Identifier: GPL-2.0-only
//
// arenafuzz_seeds SEEDS OUTDIR: writes the named files of the committed corpus, made from the texts
// in the folder SEEDS (tests/tools/seed_files.h). Exit 0, or 2 if a seed cannot be read or a file
// not be written.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/tools/seed_files.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s SEEDS OUTDIR\n", argv[0]);
    return 2;
  }
  std::string why;
  const auto files = arenafuzz::seed_files(argv[1], &why);
  if (!why.empty()) {
    std::fprintf(stderr, "arenafuzz_seeds: %s\n", why.c_str());
    return 2;
  }
  for (const auto& [name, content] : files) {
    const std::filesystem::path path = std::filesystem::path(argv[2]) / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    std::ofstream(path, std::ios::binary) << content;
    if (std::filesystem::file_size(path, error) == content.size() && !error) continue;
    std::fprintf(stderr, "arenafuzz_seeds: cannot write %s\n", path.c_str());
    return 2;
  }
  std::printf("%zu files\n", files.size());
  return 0;
}
