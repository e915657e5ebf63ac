// SPDX-License-Identifier: GPL-2.0-only
//
// Numbers that pin what programs mean: hashes over sets of programs, kept in a small file of lines
// "name count hash". A test whose numbers differ prints the lines that it found.
//
// The corpus grows: a line "... inputs" is over what was read, so that other inputs are told from
// another meaning of the same ones.
#ifndef ARENAFUZZ_TESTS_TOOLS_GOLDEN_H_
#define ARENAFUZZ_TESTS_TOOLS_GOLDEN_H_

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/program/random.h"
#include "tests/tools/corpus_files.h"

namespace arenafuzz::golden {

// FNV-1a, with a length before each part so that none runs into the next.
class Hash {
 public:
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) add_byte(static_cast<std::uint8_t>(number >> (8 * i)));
  }
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    for (const char one : text) add_byte(static_cast<std::uint8_t>(one));
  }
  void add(const std::vector<std::uint8_t>& bytes) {
    add(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  std::uint64_t value() const { return value_; }

 private:
  void add_byte(std::uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3u; }

  std::uint64_t value_ = 0xcbf29ce484222325u;
};

inline std::string line(const std::string& name, std::size_t count, const Hash& hash) {
  char text[64];
  std::snprintf(text, sizeof text, " %zu %016llx\n", count,
                static_cast<unsigned long long>(hash.value()));
  return name + text;
}

struct Set {
  std::string name;
  Hash inputs;
  std::vector<Program> programs;
};

// Every program of the committed corpus, by folder.
inline std::vector<Set> corpus_sets() {
  std::vector<Set> sets;
  for (const char* folder : {"canary", "kernel_gen_pool", "pool", "pool_faults", "pool_misuse",
                             "program", "regression", "seeds"}) {
    Set set{folder, {}, {}};
    std::vector<std::string> files;
    collect_files(std::string(ARENAFUZZ_SOURCE_DIR "/corpus/") + folder, &files);
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      std::string content;
      std::string why;
      read_file(file, &content);
      set.inputs.add(content);
      read_program(file, &set.programs.emplace_back(), &why);
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

// Bytes as they come, of both kinds of program; the opcodes of every length of table are among
// them.
inline Set random_set() {
  constexpr std::uint64_t kInputs = 30000;
  Set set{"random", {}, {}};
  Random random(15);
  for (std::uint64_t i = 0; i < kInputs; ++i) {
    std::vector<std::uint8_t> bytes(random.log_uniform(1, 400));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
    bytes[0] = static_cast<std::uint8_t>(i % 2);
    set.inputs.add(bytes);
    decode(bytes, &set.programs.emplace_back());
  }
  return set;
}

// Behind its first line, which says the licence.
inline std::string committed(const char* file) {
  std::string content;
  read_file(std::string(ARENAFUZZ_SOURCE_DIR "/tests/") + file, &content);
  return content.substr(content.find('\n') + 1);
}

}  // namespace arenafuzz::golden

#endif  // ARENAFUZZ_TESTS_TOOLS_GOLDEN_H_
