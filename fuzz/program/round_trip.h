// SPDX-License-Identifier: GPL-2.0-only
//
// What must hold between bytes, program and text, for any input: the oracle of the codec's own
// fuzz target.
//
//   bytes --decode--> program --encode--> canonical bytes --decode--> the same program
//                        |
//                        +-----print----> text ----parse----> the same program
//
// Ownership The caller's buffers.
// Errors    false and *why, one sentence; nothing throws.
// Threads   no state.
// Source    codec.h, text.h.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_ROUND_TRIP_H_
#define ARENAFUZZ_FUZZ_PROGRAM_ROUND_TRIP_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/program/program.h"

namespace arenafuzz {

// Any bytes decode to a repaired program that passes check_program.
bool check_bytes(std::span<const std::uint8_t> bytes, std::string* why);

// Any text is either refused, with a line it has and a phrase, or parses to a program that passes
// check_program.
bool check_text(std::string_view text, std::string* why);

// The program is repaired, and comes back the same from canonical bytes, from text, and its plan
// from the plan's line.
bool check_program(const Program& program, std::string* why);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_ROUND_TRIP_H_
