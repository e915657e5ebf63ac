// SPDX-License-Identifier: GPL-2.0-only
#include "tests/fuzz/cli/script/script_run.h"

#include <filesystem>
#include <fstream>
#include <map>

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

const std::string kSource = ARENAFUZZ_SOURCE_DIR;
const std::string kFolder = kSource + "/build/script-test";

std::string content_of(const fs::path& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void exchange(const std::string& name, const std::string& from, const std::string& to,
              std::string* text) {
  const std::size_t at = from.empty() ? text->size() : text->find(from);
  ASSERT_NE(at, std::string::npos) << name << " has no " << from;
  text->replace(at, from.size(), to);
}

// Files by their names below `folder`. lib and include may be links to the fixture beside it.
std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  const auto options = fs::directory_options::follow_directory_symlink;
  for (const auto& entry : fs::recursive_directory_iterator(folder, options))
    if (entry.is_regular_file())
      files["/" + entry.path().lexically_relative(folder).string()] = content_of(entry.path());
  return files;
}

}  // namespace

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

ScriptTest::ScriptTest() : CliTest(kFolder) {}

// All but the trees is the last test's.
void ScriptTest::SetUp() {
  CliTest::SetUp();
  for (const auto& entry : fs::directory_iterator(kFolder))
    if (!fs::exists(entry.path() / "lib/genalloc.c")) fs::remove_all(entry.path());
  std::error_code error;
  if (!fs::equivalent(ARENAFUZZ_BINARY, kSource + "/build/fuzz/arenafuzz", error))
    GTEST_SKIP() << "to un-skip, build the preset fuzz in build/fuzz";
}

std::string ScriptTest::make_tree(const std::string& name, const std::string& fixture,
                                  const std::vector<Edit>& edits) const {
  auto files = files_of(kSource + "/tests/fixtures/" + fixture);
  for (const Edit& one : edits) exchange(one.file, one.from, one.to, &files[one.file]);
  if (fs::exists(path(name)))
    for (const auto& [file, content] : files_of(path(name)))
      if (!files.contains(file)) fs::remove(path(name) + file);
  for (const auto& [file, content] : files) {
    const fs::path target = path(name) + file;
    if (fs::exists(target) && content_of(target) == content) continue;
    fs::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << content;
  }
  return name;
}

void ScriptTest::edit(const std::string& name, const std::string& from,
                      const std::string& to) const {
  std::string text = read(name);
  exchange(name, from, to, &text);
  write(name, text);
}

// A tree is no part of the checkout that it lies in.
std::string ScriptTest::command(const std::vector<std::string>& words) {
  std::string line = "env -u CXX -u CC GIT_CEILING_DIRECTORIES=" + quoted(kFolder) + " " +
                     quoted(kSource + "/arenafuzz");
  for (const std::string& word : words) line += " " + quoted(word);
  return line;
}

}  // namespace arenafuzz
