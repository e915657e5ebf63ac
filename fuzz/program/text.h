// SPDX-License-Identifier: GPL-2.0-only
//
// Program <-> text, one operation a line.
//
//   # arenafuzz                          a text begins with this, or its file's name ends in .txt
//   header profile:faults pages:64 base:small page:4096 placement:lowest release:immediate
//          schedulers:1 maps:1           (one line; what is left out has its default)
//   plan seed:7 vzalloc:probability=50   (optional)
//   enable s0 root m0
//   a3 = alloc s0 4097 (fail vzalloc:1) (collide:2 set)
//   free a3
//
// Numbers are decimal, 0x..., or 2^k, 2^k+n, 2^k-n. parse(print(p)) is p for every repaired p, so
// text and bytes say the same. docs/format.md lists every operation's words.
//
// Ownership Plain values.
// Errors    the line, and a phrase for what was expected there.
// Threads   no state.
// Source    docs/format.md.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_TEXT_H_
#define ARENAFUZZ_FUZZ_PROGRAM_TEXT_H_

#include <string>
#include <string_view>

#include "fuzz/program/program.h"

namespace arenafuzz {

// Without a newline.
std::string print_operation(const Operation& operation);
std::string print_header(const Header& header);
// The whole program, one operation a line, beginning with "# arenafuzz".
std::string print_program(const Program& program);

// "4097", "2^44-1": the form in which sizes are printed everywhere.
std::string print_number(std::uint64_t value);
bool parse_number(std::string_view text, std::uint64_t* value);

struct TextError {
  std::size_t line = 0;  // from 1
  std::string expected;  // "a size in bytes, got 'x'"
};

// False with *error set if a line cannot be read; the program is repaired otherwise.
bool parse_program(std::string_view text, Program* program, TextError* error);

// Lines without control characters, and at least one byte.
bool is_all_text(std::string_view bytes);
// True if the bytes are a text program by docs/format.md's rule; `name` is the file's name.
bool looks_like_text(std::string_view name, std::string_view bytes);
// True if they are not by that rule, and yet every line is one of a program: someone forgot the
// mark, and as bytes it would be another program. Never of a name that ends in 40 hex digits: an
// engine gave it, to bytes.
bool is_unmarked_text(std::string_view name, std::string_view bytes);
inline constexpr const char* kUnmarkedText =
    "reads as a program's text without its mark: name it .txt, or begin it with \"# arenafuzz\"";

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_TEXT_H_
