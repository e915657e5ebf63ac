// SPDX-License-Identifier: GPL-2.0-only
//
// The files of the committed corpus, as the seeds make them.
#ifndef ARENAFUZZ_TESTS_TOOLS_SEED_FILES_H_
#define ARENAFUZZ_TESTS_TOOLS_SEED_FILES_H_

#include <map>
#include <string>
#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/seeds.h"
#include "fuzz/program/text.h"

namespace arenafuzz {

// "pool/small_one_block_each_way" -> content. *why is set, and the map short, if a seed is wrong.
inline std::map<std::string, std::string> seed_files(std::string* why) {
  std::map<std::string, std::string> files;
  for (const Seed& seed : make_seeds()) {
    std::string name = std::string(seed.target) + "/" + seed.name;
    if (seed.as_text) name += ".txt";
    Program program;
    TextError error;
    if (!parse_program(seed.text, &program, &error)) {
      *why = name + ":" + std::to_string(error.line) + ": expected " + error.expected;
      return files;
    }
    std::string content = seed.text;
    if (!seed.as_text) {
      std::vector<std::uint8_t> bytes;
      encode(program, &bytes);
      content.assign(bytes.begin(), bytes.end());
    }
    if (files.emplace(name, content).second) continue;
    *why = name + ": two seeds of this name";
    return files;
  }
  return files;
}

}  // namespace arenafuzz

#endif  // ARENAFUZZ_TESTS_TOOLS_SEED_FILES_H_
