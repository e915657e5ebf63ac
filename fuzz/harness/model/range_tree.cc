// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/model/range_tree.h"

#include <algorithm>

namespace arenafuzz {

void RangeTree::clear() {
  nodes_.resize(1);
  spare_.clear();
  root_ = kNil;
  size_ = 0;
  dice_ = 0x9e3779b9;
}

FreeRange RangeTree::range_of(const Node& node) {
  return {~static_cast<std::uint32_t>(node.key >> 32), static_cast<std::uint32_t>(node.key),
          node.length};
}

void RangeTree::update(Index index) {
  Node& node = nodes_[index];
  node.longest = std::max({node.length, nodes_[node.left].longest, nodes_[node.right].longest});
}

bool RangeTree::first_fit(std::uint32_t count, FreeRange* range) const {
  Index at = root_;
  if (nodes_[at].longest < count || at == kNil) return false;
  while (true) {
    const Node& node = nodes_[at];
    if (node.left != kNil && nodes_[node.left].longest >= count) {
      at = node.left;
    } else if (node.length >= count) {
      *range = range_of(node);
      return true;
    } else {
      at = node.right;
    }
  }
}

// The first node at or behind `key` with at least `count`. Left of it at most one path is tried in
// vain: once a whole subtree lies behind the key, its `longest` says whether the search ends there.
RangeTree::Index RangeTree::first_of(Index at, std::uint64_t key, std::uint32_t count) const {
  const Node& node = nodes_[at];
  if (at == kNil || node.longest < count) return kNil;
  if (node.key < key) return first_of(node.right, key, count);
  const Index left = first_of(node.left, key, count);
  if (left != kNil) return left;
  return node.length >= count ? at : first_of(node.right, key, count);
}

bool RangeTree::fit_from(std::uint32_t chunk, std::uint32_t granule, std::uint32_t count,
                         FreeRange* range) const {
  const Index found = first_of(root_, key_of(chunk, granule), count);
  if (found == kNil) return false;
  *range = range_of(nodes_[found]);
  return range->chunk == chunk;
}

bool RangeTree::at_or_below(std::uint32_t chunk, std::uint32_t granule, FreeRange* range) const {
  const std::uint64_t key = key_of(chunk, granule);
  Index best = kNil;
  for (Index at = root_; at != kNil;) {
    if (nodes_[at].key <= key) {
      best = at;
      at = nodes_[at].right;
    } else {
      at = nodes_[at].left;
    }
  }
  if (best == kNil) return false;
  *range = range_of(nodes_[best]);
  return range->chunk == chunk;
}

bool RangeTree::above(std::uint32_t chunk, std::uint32_t granule, FreeRange* range) const {
  const std::uint64_t key = key_of(chunk, granule);
  Index best = kNil;
  for (Index at = root_; at != kNil;) {
    if (nodes_[at].key > key) {
      best = at;
      at = nodes_[at].left;
    } else {
      at = nodes_[at].right;
    }
  }
  if (best == kNil) return false;
  *range = range_of(nodes_[best]);
  return range->chunk == chunk;
}

RangeTree::Neighbours RangeTree::neighbours(std::uint32_t chunk, std::uint32_t granule) const {
  const std::uint64_t key = key_of(chunk, granule);
  Index below = kNil;
  Index above = kNil;
  for (Index at = root_; at != kNil;) {
    const Node& node = nodes_[at];
    if (node.key <= key) {
      below = at;
      at = node.right;
    } else {
      above = at;
      at = node.left;
    }
  }
  Neighbours around;
  around.below = range_of(nodes_[below]);
  around.above = range_of(nodes_[above]);
  around.has_below = below != kNil && around.below.chunk == chunk;
  around.has_above = above != kNil && around.above.chunk == chunk;
  return around;
}

bool RangeTree::all_taken(std::uint32_t chunk, std::uint32_t start, std::uint64_t count) const {
  return neighbours(chunk, start).all_taken(start, count);
}

bool RangeTree::all_free(std::uint32_t chunk, std::uint32_t start, std::uint64_t count) const {
  FreeRange range;
  return at_or_below(chunk, start, &range) &&
         std::uint64_t{range.start} + range.length >= start + count;
}

void RangeTree::split(Index node, std::uint64_t key, Index* below, Index* from) {
  if (node == kNil) {
    *below = *from = kNil;
  } else if (nodes_[node].key < key) {
    Index rest = kNil;
    split(nodes_[node].right, key, &rest, from);
    nodes_[node].right = rest;
    update(node);
    *below = node;
  } else {
    Index rest = kNil;
    split(nodes_[node].left, key, below, &rest);
    nodes_[node].left = rest;
    update(node);
    *from = node;
  }
}

RangeTree::Index RangeTree::merge(Index below, Index from) {
  if (below == kNil) return from;
  if (from == kNil) return below;
  if (nodes_[below].priority > nodes_[from].priority) {
    const Index right = merge(nodes_[below].right, from);
    nodes_[below].right = right;
    update(below);
    return below;
  }
  const Index left = merge(below, nodes_[from].left);
  nodes_[from].left = left;
  update(from);
  return from;
}

void RangeTree::update_path(int depth) {
  // Once a node's longest stays as it was, all above it do too.
  while (depth > 0) {
    const Index node = *path_[--depth];
    const std::uint32_t before = nodes_[node].longest;
    update(node);
    if (nodes_[node].longest == before) return;
  }
}

void RangeTree::insert(std::uint64_t key, std::uint32_t length) {
  dice_ ^= dice_ << 13;
  dice_ ^= dice_ >> 17;
  dice_ ^= dice_ << 5;
  Index fresh = 0;
  if (spare_.empty()) {
    fresh = static_cast<Index>(nodes_.size());
    nodes_.emplace_back();
  } else {
    fresh = spare_.back();
    spare_.pop_back();
  }
  nodes_[fresh] = {key, length, length, kNil, kNil, dice_};
  ++size_;
  int depth = 0;
  Index* link = &root_;
  while (*link != kNil && nodes_[*link].priority >= dice_) {
    path_[depth++] = link;
    Node& node = nodes_[*link];
    link = key < node.key ? &node.left : &node.right;
  }
  split(*link, key, &nodes_[fresh].left, &nodes_[fresh].right);
  *link = fresh;
  update(fresh);
  update_path(depth);
}

void RangeTree::erase(std::uint64_t key) {
  int depth = 0;
  Index* link = &root_;
  while (nodes_[*link].key != key) {
    path_[depth++] = link;
    Node& node = nodes_[*link];
    link = key < node.key ? &node.left : &node.right;
  }
  const Index gone = *link;
  *link = merge(nodes_[gone].left, nodes_[gone].right);
  spare_.push_back(gone);
  --size_;
  update_path(depth);
}

void RangeTree::change(std::uint64_t key, std::uint64_t new_key, std::uint32_t length) {
  int depth = 0;
  Index* link = &root_;
  while (nodes_[*link].key != key) {
    path_[depth++] = link;
    Node& node = nodes_[*link];
    link = key < node.key ? &node.left : &node.right;
  }
  nodes_[*link].key = new_key;
  nodes_[*link].length = length;
  update(*link);
  update_path(depth);
}

void RangeTree::take(std::uint32_t chunk, std::uint32_t start, std::uint32_t count) {
  FreeRange range;
  at_or_below(chunk, start, &range);
  const std::uint64_t key = key_of(chunk, range.start);
  const std::uint32_t before = start - range.start;
  const std::uint32_t after = range.length - before - count;
  if (before != 0) {
    change(key, key, before);
    if (after != 0) insert(key_of(chunk, start + count), after);
  } else if (after != 0) {
    change(key, key_of(chunk, start + count), after);
  } else {
    erase(key);
  }
}

void RangeTree::take_front(const FreeRange& range, std::uint32_t count) {
  const std::uint64_t key = key_of(range.chunk, range.start);
  if (count == range.length) {
    erase(key);
  } else {
    change(key, key + count, range.length - count);
  }
}

void RangeTree::give(std::uint32_t chunk, std::uint32_t start, std::uint32_t count,
                     const Neighbours& around) {
  const bool joins_below = around.has_below && around.below.start + around.below.length == start;
  const bool joins_next = around.has_above && start + count == around.above.start;
  if (joins_below && joins_next) {
    erase(key_of(chunk, around.above.start));
    const std::uint64_t key = key_of(chunk, around.below.start);
    change(key, key, around.below.length + count + around.above.length);
  } else if (joins_below) {
    const std::uint64_t key = key_of(chunk, around.below.start);
    change(key, key, around.below.length + count);
  } else if (joins_next) {
    change(key_of(chunk, around.above.start), key_of(chunk, start), count + around.above.length);
  } else {
    insert(key_of(chunk, start), count);
  }
}

}  // namespace arenafuzz
