// SPDX-License-Identifier: GPL-2.0-only
//
// The corpus a fuzzer starts from: programs modelled on real use, each with its reason. The
// committed folder corpus/ is what tests/tools/make_seeds.cc writes of them, byte for byte.
//
//   make_seeds() --encode--> corpus/<target>/<name>            what an engine reads
//                --as is---> corpus/regression/<name>.txt      what `test` replays
//                            corpus/program/<name>.txt         texts for the format's own target
//
// Ownership Plain values.
// Errors    none: a test parses and runs every seed.
// Threads   no state.
// Source    docs/arena_pool.md (enable path, mask sizes, F1 to F5), docs/format.md.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_SEEDS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_SEEDS_H_

#include <string>
#include <vector>

namespace arenafuzz {

struct Seed {
  const char* target;  // a name of kTargets, or "regression"
  std::string name;    // a sentence with underscores; its file's name, without ".txt"
  std::string text;    // a program as text, with its target's profile and a comment why
  bool as_text;        // its file holds this text, else its bytes
};

// Ordered by target, then name; no two have both the same.
std::vector<Seed> make_seeds();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_PROGRAM_SEEDS_H_
