// SPDX-License-Identifier: GPL-2.0-only
//
// Ordered free ranges: the model's own answer to "where is the lowest hole of the newest chunk".
//
//   key = newest chunk first, then granule        each node: [start, start + length), free
//   every node also knows the longest range below it, so the first range with n granules is found
//   by one descent.
//
// It is not a bitmap on purpose: the model must not share an algorithm with what it judges.
//
// Ownership Nodes live in one vector, reused after clear().
// Units     granules.
// Threads   one thread.
// Source    docs/design.md; a treap with fixed priorities, so equal histories give equal trees.
#ifndef ARENAFUZZ_FUZZ_HARNESS_MODEL_RANGE_TREE_H_
#define ARENAFUZZ_FUZZ_HARNESS_MODEL_RANGE_TREE_H_

#include <cstdint>
#include <vector>

namespace arenafuzz {

struct FreeRange {
  std::uint32_t chunk = 0;  // in order of creation
  std::uint32_t start = 0;  // first granule
  std::uint32_t length = 0;
};

class RangeTree {
 public:
  void clear();
  std::uint32_t size() const { return size_; }

  // The first range, newest chunk and lowest granule first, with at least `count`; false if none.
  bool first_fit(std::uint32_t count, FreeRange* range) const;
  // The first range of `chunk` with at least `count` that starts at or above `granule`.
  bool fit_from(std::uint32_t chunk, std::uint32_t granule, std::uint32_t count,
                FreeRange* range) const;
  // The last range of `chunk` that starts at or below `granule`.
  bool at_or_below(std::uint32_t chunk, std::uint32_t granule, FreeRange* range) const;
  // The first range of `chunk` that starts above `granule`.
  bool above(std::uint32_t chunk, std::uint32_t granule, FreeRange* range) const;
  // Both at once, by one descent.
  struct Neighbours {
    bool has_below = false;  // a range of the chunk that starts at or below the granule
    bool has_above = false;  // one that starts above it
    FreeRange below;
    FreeRange above;
    bool all_taken(std::uint32_t start, std::uint64_t count) const {
      if (has_below && std::uint64_t{below.start} + below.length > start) return count == 0;
      return !has_above || above.start >= start + count;
    }
  };
  Neighbours neighbours(std::uint32_t chunk, std::uint32_t granule) const;

  // True if no granule of [start, start + count) of the chunk is free.
  bool all_taken(std::uint32_t chunk, std::uint32_t start, std::uint64_t count) const;
  bool all_free(std::uint32_t chunk, std::uint32_t start, std::uint64_t count) const;

  // Takes [start, start + count) out. REQUIRES: all_free.
  void take(std::uint32_t chunk, std::uint32_t start, std::uint32_t count);
  // Puts it in and joins it with its neighbours. REQUIRES: all_taken.
  void give(std::uint32_t chunk, std::uint32_t start, std::uint32_t count) {
    give(chunk, start, count, neighbours(chunk, start));
  }
  // The same for those who know the neighbours of `start`.
  void give(std::uint32_t chunk, std::uint32_t start, std::uint32_t count,
            const Neighbours& around);
  // Takes the first `count` granules of a range. REQUIRES: it is in the tree, count <= length.
  void take_front(const FreeRange& range, std::uint32_t count);

 private:
  using Index = std::uint32_t;
  static constexpr Index kNil = 0;
  struct Node {
    std::uint64_t key;
    std::uint32_t length;
    std::uint32_t longest;  // in this subtree
    Index left;
    Index right;
    std::uint32_t priority;
  };

  static std::uint64_t key_of(std::uint32_t chunk, std::uint32_t granule) {
    return std::uint64_t{~chunk} << 32 | granule;
  }
  static FreeRange range_of(const Node& node);
  Index first_of(Index node, std::uint64_t key, std::uint32_t count) const;
  void update(Index node);
  void insert(std::uint64_t key, std::uint32_t length);
  void erase(std::uint64_t key);
  // Gives the range at `key` another start and length that keep its place in the order.
  void change(std::uint64_t key, std::uint64_t new_key, std::uint32_t length);
  void update_path(int depth);
  void split(Index node, std::uint64_t key, Index* below, Index* from);
  Index merge(Index below, Index from);

  std::vector<Node> nodes_{Node{}};  // node 0 is "none", of length 0
  std::vector<Index> spare_;
  Index root_ = kNil;
  std::uint32_t size_ = 0;
  std::uint32_t dice_ = 0x9e3779b9;
  static constexpr int kMaxDepth = 512;  // some forty are usual for 65,536 ranges
  Index* path_[kMaxDepth] = {};
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_MODEL_RANGE_TREE_H_
