// SPDX-License-Identifier: GPL-2.0-only
//
// Reading programs from files and folders, for tests and their tools.
#ifndef ARENAFUZZ_TESTS_TOOLS_CORPUS_FILES_H_
#define ARENAFUZZ_TESTS_TOOLS_CORPUS_FILES_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"

namespace arenafuzz {

// Appends the file, or all programs below the folder (README.md is none). False if unreadable.
inline bool collect_files(const std::string& name, std::vector<std::string>* files) {
  std::error_code error;
  if (!std::filesystem::is_directory(name, error)) {
    files->push_back(name);
    return std::filesystem::exists(name, error);
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(name))
    if (entry.is_regular_file() && entry.path().extension() != ".md")
      files->push_back(entry.path().string());
  return true;
}

inline bool read_file(const std::string& name, std::string* content) {
  std::ifstream file(name, std::ios::binary);
  content->assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  return file.is_open() && !file.bad();
}

// Text or bytes (docs/format.md, Text).
inline bool read_program(const std::string& name, Program* program, std::string* why) {
  std::string content;
  if (!read_file(name, &content)) {
    *why = "cannot read " + name;
    return false;
  }
  if (!looks_like_text(name, content)) {
    decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, program);
    return true;
  }
  TextError error;
  if (parse_program(content, program, &error)) return true;
  *why = name + ":" + std::to_string(error.line) + ": expected " + error.expected;
  return false;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_TESTS_TOOLS_CORPUS_FILES_H_
