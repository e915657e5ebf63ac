// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to the text parser: one line, read word by word, and what the parser's files call in
// each other.
//
//   parse.cc -- header line --> parse_header.cc
//            -- operation ----> parse_operation.cc --> parse_clauses.cc
//
// The first failed expectation of a line is kept; after it every read gives a harmless value, so
// that readers need not look until the line's end.
//
// Ownership The text that the line was made of outlives it.
// Source    text.h.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_PARSE_LINE_H_
#define ARENAFUZZ_FUZZ_PROGRAM_PARSE_LINE_H_

#include <optional>
#include <string>
#include <string_view>

#include "fuzz/program/text.h"

namespace arenafuzz::parse {

inline constexpr std::uint64_t kMaxNumber = ~std::uint64_t{0};

class Line {
 public:
  explicit Line(std::string_view rest) : rest_(rest) { skip_spaces(); }

  bool at_end() const { return rest_.empty(); }
  // No word of the operation itself is left.
  bool at_clauses() const { return at_end() || rest_[0] == '('; }
  bool failed() const { return failed_; }
  const std::string& expected() const { return expected_; }

  // The next word, empty at the end.
  std::string_view peek() const { return rest_.substr(0, rest_.find_first_of(" \t")); }
  std::string_view word();
  // Takes the next word if it is `wanted`.
  bool take(std::string_view wanted);
  // Takes "prefix<rest>" and gives the rest.
  std::optional<std::string_view> take_prefixed(std::string_view prefix);

  std::string_view rest() const { return rest_; }
  void drop(std::size_t count);

  // "<expected>, got '<got>'", unless something failed before.
  void fail(const std::string& expected, std::string_view got);

  // 0 if it fails.
  std::uint64_t number(std::string_view text, std::uint64_t most, const char* what);
  // "a17": a letter and a number below `count`; 0 if it fails.
  std::uint8_t name(std::string_view text, char letter, int count);

  // The index of `text` among `names`; 0 if it fails.
  template <std::size_t N>
  int choose(std::string_view text, const std::string_view (&names)[N]) {
    std::string list;
    for (std::size_t i = 0; i < N; ++i) {
      if (text == names[i]) return static_cast<int>(i);
      list += (i == 0 ? "" : ", ") + std::string(names[i]);
    }
    fail("one of " + list, text);
    return 0;
  }

 private:
  void skip_spaces();

  std::string_view rest_;
  std::string expected_;
  bool failed_ = false;
};

// The words after "header".
void read_header(Line& line, Header* header);
// A whole operation, repaired.
void read_operation(Line& line, const Header& header, Operation* operation);
// "(fail a, b) (collide:2 set)" to the end of the line.
void read_clauses(Line& line, Operation& operation);

}  // namespace arenafuzz::parse

#endif  // ARENAFUZZ_FUZZ_PROGRAM_PARSE_LINE_H_
