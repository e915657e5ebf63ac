// SPDX-License-Identifier: GPL-2.0-only
//
// One sentence of a trace or a finding, without the heap: a longjmp may pass over it.
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_HARNESS_JUDGE_SENTENCE_H_
#define ARENAFUZZ_FUZZ_HARNESS_JUDGE_SENTENCE_H_

#include <cstdint>

namespace arenafuzz {

// Room for one sentence; a plain array, so that a longjmp may pass over it.
struct Text {
  char chars[200] = {};
};
[[gnu::format(printf, 1, 2)]] Text text(const char* format, ...);
// A size in the form in which programs print it.
Text number(std::uint64_t value);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_JUDGE_SENTENCE_H_
