// SPDX-License-Identifier: GPL-2.0-only
//
// Which findings likely have one cause. Two are linked if their signatures are the same complaint;
// if their shortest programs are the same but for numbers, or show each other's signatures; if
// one's program shows the other's signature no later than its own, or only once a part of it is
// taken away. Links are transitive: everything that they connect is one cause.
//
// What a program shows later, or also without that part, says nothing: a bug that nearly every
// program shows would be the cause of all.
//
// Ownership Plain values. Errors: none. Threads: no state.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CAUSES_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CAUSES_H_

#include <cstddef>
#include <string>
#include <vector>

namespace arenafuzz {

struct CauseMember {
  std::string signature;
  std::string probed;                    // as the probe names it; empty if not known
  std::string program;                   // its shortest, as text; empty: not known
  std::vector<std::string> shows;        // by the probe's names
  std::vector<std::string> shows_first;  // of these, no later than its own
  std::vector<std::string> turns_into;   // Decisive::turns_into
  std::size_t build = 0;                 // those of different ones are never linked
};

struct Causes {
  std::size_t count = 0;
  std::vector<std::size_t> cause;               // of each member, from 1, in their order
  std::vector<std::vector<std::size_t>> links;  // of each member: the others by index
};

Causes likely_causes(const std::vector<CauseMember>& members);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_CAUSES_H_
