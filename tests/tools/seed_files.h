// SPDX-License-Identifier: GPL-2.0-only
//
// The corpus a fuzzer starts from: programs modelled on real use. Each is a text in corpus/seeds
// that names the folders it goes to; what stands there under its name is made from it.
//
//   corpus/seeds/NAME.txt    # arenafuzz
//                            # why it is there
//                            # folders: pool pool_faults regression
//                            header profile:faults pages:16
//                            enable s0 root m0
//
//   corpus/pool/NAME                in bytes, with that folder's profile
//   corpus/regression/NAME.txt      as text, with its own
//
// Errors    *why is set, and what is returned short, if a seed cannot be read.
#ifndef ARENAFUZZ_TESTS_TOOLS_SEED_FILES_H_
#define ARENAFUZZ_TESTS_TOOLS_SEED_FILES_H_

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"
#include "tests/tools/corpus_files.h"

namespace arenafuzz {

struct Seed {
  std::string folder;  // below corpus/
  std::string name;    // a sentence with underscores; its file's name, without ".txt"
  std::string text;    // with its folder's profile
  bool as_text;        // its file holds this text, else its bytes
};

namespace seeds {

inline constexpr std::string_view kMark = "# arenafuzz\n";
inline constexpr std::string_view kFolders = "# folders: ";
inline constexpr std::string_view kProfile = "header profile:";

struct Folder {
  std::string_view name;
  std::string_view profile;  // that of the folder's target; empty: the seed's own
  bool as_bytes;
  bool as_text;
};
inline constexpr Folder kEveryFolder[] = {
    {"canary", "faults", true, false},      {"kernel_gen_pool", "faults", true, false},
    {"pool", "correct", true, false},       {"pool_faults", "faults", true, false},
    {"pool_misuse", "misuse", true, false}, {"program", "misuse", true, true},
    {"regression", "", false, true},
};

// The line up to its end, which is taken off `text`.
inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// One seed for each form in each folder that the text names. False if it is not as above.
inline bool add_seed(const std::string& name, std::string_view text, std::vector<Seed>* made) {
  if (!text.starts_with(kMark)) return false;
  text.remove_prefix(kMark.size());
  const std::string about = std::string(kMark) + std::string(take_line(text)) + "\n";
  std::string_view line = take_line(text);
  if (!line.starts_with(kFolders) || !text.starts_with(kProfile)) return false;
  const std::size_t before = made->size();
  std::istringstream folders{std::string(line.substr(kFolders.size()))};
  text.remove_prefix(kProfile.size());
  const std::string_view own = text.substr(0, text.find_first_of(" \n"));
  text.remove_prefix(own.size());
  for (std::string word; folders >> word;) {
    const auto* folder = std::find_if(std::begin(kEveryFolder), std::end(kEveryFolder),
                                      [&](const Folder& known) { return known.name == word; });
    if (folder == std::end(kEveryFolder)) return false;
    const std::string_view profile = folder->profile.empty() ? own : folder->profile;
    const std::string whole =
        about + std::string(kProfile) + std::string(profile) + std::string(text);
    if (folder->as_bytes) made->push_back({word, name, whole, false});
    if (folder->as_text) made->push_back({word, name, whole, true});
  }
  return made->size() > before;
}

}  // namespace seeds

// Those of all texts in the folder, ordered by name.
inline std::vector<Seed> make_seeds(const std::string& folder, std::string* why) {
  std::vector<Seed> made;
  std::vector<std::string> files;
  if (!collect_files(folder, &files) || files.empty()) *why = "no seeds in " + folder;
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    std::string text;
    const std::filesystem::path path(file);
    if (path.extension() == ".txt" && read_file(file, &text) &&
        seeds::add_seed(path.stem().string(), text, &made))
      continue;
    *why = file + ": expected a seed as in tests/tools/seed_files.h";
    break;
  }
  return made;
}

// "pool/small_one_block_each_way" -> content.
inline std::map<std::string, std::string> seed_files(const std::string& folder, std::string* why) {
  std::map<std::string, std::string> files;
  for (const Seed& seed : make_seeds(folder, why)) {
    std::string name = seed.folder + "/" + seed.name;
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
