// SPDX-License-Identifier: GPL-2.0-only
//
// What the tests of fuzz/program share: programs from lines of text, bytes from hex.
#ifndef ARENAFUZZ_TESTS_FUZZ_PROGRAM_TESTING_H_
#define ARENAFUZZ_TESTS_FUZZ_PROGRAM_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/generator.h"
#include "fuzz/program/random.h"
#include "fuzz/program/round_trip.h"
#include "fuzz/program/text.h"

namespace arenafuzz::testing {

using Bytes = std::vector<std::uint8_t>;

// A header under which every name is in range.
inline constexpr std::string_view kWide = "header profile:misuse schedulers:4 maps:2\n";
inline constexpr std::string_view kGenPool = "header profile:misuse kind:gen_pool order:3\n";

inline std::string hex(const Bytes& bytes, std::size_t from = 0) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = from; i < bytes.size(); ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

// Blanks are skipped.
inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high >= 0) bytes.push_back(static_cast<std::uint8_t>(high * 16 + digit));
    high = high >= 0 ? -1 : digit;
  }
  return bytes;
}

inline Program program_of(std::string_view text) {
  Program program;
  TextError error;
  EXPECT_TRUE(parse_program(text, &program, &error)) << error.line << ": " << error.expected;
  return program;
}

// The one operation of `line` under `header`.
inline Operation operation_of(std::string_view header, std::string_view line) {
  const Program program = program_of(std::string(header) + std::string(line));
  EXPECT_EQ(program.operations.size(), 1u);
  return program.operations.empty() ? Operation{} : program.operations[0];
}

inline Bytes encoded(const Program& program) {
  Bytes bytes;
  encode(program, &bytes);
  return bytes;
}

inline Program decoded(const Bytes& bytes) {
  Program program;
  decode(bytes, &program);
  return program;
}

// The record of `line`, in hex.
inline std::string record_of(std::string_view header, std::string_view line) {
  return hex(encoded(program_of(std::string(header) + std::string(line))), limits::kHeaderBytes);
}

// "3: a size in bytes..." or "" if the text is a program.
inline std::string refusal(std::string_view text) {
  Program program;
  TextError error;
  if (parse_program(text, &program, &error)) return "";
  return std::to_string(error.line) + ": " + error.expected;
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_PROGRAM_TESTING_H_
