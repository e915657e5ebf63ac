// SPDX-License-Identifier: GPL-2.0-only
//
// The examples of docs/format.md are read out of it, so that the page cannot drift.
#include <fstream>
#include <sstream>

#include "tests/fuzz/program/format_tables.h"
#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

std::string page() {
  const std::ifstream file(ARENAFUZZ_SOURCE_DIR "/docs/format.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The fenced block behind "<!-- example NAME -->".
std::string example(const std::string& name) {
  const std::string text = page();
  const std::string mark = "<!-- example " + name + " -->\n```text\n";
  const std::size_t begin = text.find(mark);
  if (begin == std::string::npos) return "no example " + name;
  const std::size_t first = begin + mark.size();
  return text.substr(first, text.find("```", first) - first);
}

// Two hex digits a byte; '#' begins a comment.
Bytes example_bytes() {
  std::istringstream lines(example("bytes"));
  std::string digits;
  for (std::string line; std::getline(lines, line);) digits += line.substr(0, line.find('#'));
  return from_hex(digits);
}

TEST(FormatPage, ShowsBytesThatDecodeToItsText) {
  EXPECT_EQ(print_program(decoded(example_bytes())), example("text"));
}

TEST(FormatPage, ShowsTextThatEncodesToItsBytes) {
  EXPECT_EQ(hex(encoded(program_of(example("text")))), hex(example_bytes()));
}

// The lines behind "<!-- table NAME -->", without the marks of a block of code, to the first blank.
std::string table_on_page(const std::string& name) {
  std::istringstream lines(page());
  std::string found;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (inside && line.empty()) break;
    if (inside && !line.starts_with("```")) found += line + "\n";
    inside = inside || line == "<!-- table " + name + " -->";
  }
  return found;
}

void expect_table(const std::string& name, const std::string& expected) {
  EXPECT_EQ(table_on_page(name), expected)
      << "docs/format.md needs, behind its mark \"table " << name << "\":\n"
      << expected;
}

TEST(FormatPage, ListsTheOpcodesAndArgumentsOfTheTableOfOperations) {
  expect_table("arena opcodes", format_tables::opcodes(ProgramKind::kArena));
  expect_table("gen_pool opcodes", format_tables::opcodes(ProgramKind::kGenPool));
}

TEST(FormatPage, ListsTheWordsOfTheTableOfOperations) {
  expect_table("arena text", format_tables::words(ProgramKind::kArena));
  expect_table("gen_pool text", format_tables::words(ProgramKind::kGenPool));
}

TEST(FormatPage, SaysTheBoundsOfLimits) {
  EXPECT_NE(page().find("no byte past 16 + 64 + 65536·16"), std::string::npos);
  EXPECT_EQ(limits::kMaxProgramBytes, std::size_t{16 + 64 + 65536 * 16});
  EXPECT_NE(page().find("out-of-budget after 2^25 steps"), std::string::npos);
  EXPECT_EQ(limits::kMaxSteps, 1u << 25);
}

}  // namespace
}  // namespace arenafuzz
