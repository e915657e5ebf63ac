// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/targets/finding_traps.h"

namespace {

// Each function stores a number of its own: no compiler or linker folds two of them into one.
volatile int mark;

}  // namespace

// The function that traps, the one that calls it, and a third one, of the oracle's name, that calls
// that. Outside any namespace, which all names would have in common.
#define ARENAFUZZ_TRAP(oracle, inner, outer)               \
  extern "C" [[gnu::noinline]] void inner() {              \
    mark = __COUNTER__;                                    \
    __builtin_trap();                                      \
  }                                                        \
  extern "C" [[gnu::noinline]] void outer() {              \
    inner();                                               \
    mark = 0; /* or the call might become a jump */        \
  }                                                        \
  extern "C" [[gnu::noinline]] void judged_by_##oracle() { \
    outer();                                               \
    mark = 0;                                              \
  }
#define ARENAFUZZ_ORACLE(oracle, name, tier, meaning, inner, outer) \
  ARENAFUZZ_TRAP(oracle, inner, outer)
#include "fuzz/harness/verdict/oracles.def"
ARENAFUZZ_TRAP(kCodec, finding_codec, bytes_and_text_do_not_round_trip)

namespace arenafuzz {
namespace {

struct Row {
  FindingTrap names;
  void (*function)();
};

constexpr Row kRows[] = {
#define ARENAFUZZ_ORACLE(oracle, name, tier, meaning, inner, outer) \
  {{Oracle::oracle, #inner, #outer, "judged_by_" #oracle}, judged_by_##oracle},
#include "fuzz/harness/verdict/oracles.def"
};

}  // namespace

const FindingTrap& finding_trap(Oracle oracle) { return kRows[static_cast<int>(oracle)].names; }

void assert_finding(Oracle oracle) {
  kRows[static_cast<int>(oracle)].function();
  __builtin_trap();
}

void assert_format() {
  judged_by_kCodec();
  __builtin_trap();
}

}  // namespace arenafuzz
