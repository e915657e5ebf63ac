// SPDX-License-Identifier: GPL-2.0-only
//
// Which inputs of a corpus to keep: a set whose features together are those of all.
//
//   sorted by operations, then bytes, then name: each that shows a feature not seen yet is taken
//
//   Worked example, features in braces:
//     d, 9 operations {1 2 3 4}   b, 2 {1 2}   a, 1 {1}   c, 2 {2}   e, 9 {1 2 3}
//     taken: a for 1, b for 2, d for 3 and 4
//
// So each feature is kept in the cheapest of the inputs that show it, unless one that stays shows
// it anyway. One pass, no minimum cover; the order in which the items are given does not matter.
//
// Ownership The caller's items.
// Errors    none.
// Threads   no state.
// Source    corpus/README.md; libFuzzer's -merge takes the smallest
//           file of each feature, afl-cmin likewise.
#ifndef ARENAFUZZ_FUZZ_CORPUS_SET_COVER_H_
#define ARENAFUZZ_FUZZ_CORPUS_SET_COVER_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace arenafuzz {

// What one input shows, ascending, each once: an edge with the bucket of its hit count, as the
// reader of features numbers them.
using Features = std::vector<std::uint32_t>;

// The cost of an input: the lower one is preferred.
struct Cost {
  std::size_t operations = 0;
  std::size_t bytes = 0;
  std::string name;  // content hash
  friend auto operator<=>(const Cost&, const Cost&) = default;
};

struct CoverItem {
  Cost cost;
  Features features;
  bool stays = false;  // is taken whatever it shows, and before all others
};

struct Taken {
  std::size_t item = 0;  // index
  // What it was taken for, ascending: no item before it shows them. Empty if it stays without need.
  Features features;
};
// In the order in which they were taken: those that stay, then by cost.
std::vector<Taken> set_cover(std::span<const CoverItem> items);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_SET_COVER_H_
