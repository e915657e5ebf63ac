// SPDX-License-Identifier: GPL-2.0-only
//
// What tests with threads share. TSan sees no race in a wrong roll-back or a blind store, so each
// thread also claims every granule it was given in a shadow array (docs/design.md, Threads): a
// granule handed out twice, lost for ever, or counted wrongly in avail fails an exact comparison.
// Every thread yields before some of its compare-and-swaps, so that collisions happen on few
// processors too.
#ifndef ARENAFUZZ_TESTS_SRC_POOL_THREADS_H_
#define ARENAFUZZ_TESTS_SRC_POOL_THREADS_H_

#include <atomic>
#include <random>
#include <thread>

#include "tests/src/pool/testing.h"

namespace arenafuzz::testing {

inline constexpr std::uint64_t kThreads = 4;
inline constexpr int kRounds = 6000;

struct Block {
  std::uint64_t address;
  std::uint64_t size;
};

// Who holds which granule of [base, base + bytes), as the threads themselves see it. All relaxed:
// the order must come from the pool, and `payload` makes TSan check that it does.
class Shadow {
 public:
  Shadow(std::uint64_t base, std::uint64_t bytes)
      : base_(base), owners_(bytes / 8), payload_(bytes / 8) {}

  void claim(const Block& block, std::uint32_t owner) { swap(block, 0, owner); }
  void drop(const Block& block, std::uint32_t owner) { swap(block, owner, 0); }
  std::uint64_t faults() const { return faults_.load(); }

 private:
  void swap(const Block& block, std::uint32_t from, std::uint32_t to) {
    const std::uint64_t first = (block.address - base_) / 8;
    const std::uint64_t count = (block.size + 7) / 8;
    if (block.address % 8 != 0 || first >= owners_.size() || count > owners_.size() - first) {
      ++faults_;
      return;
    }
    for (std::uint64_t i = first; i < first + count; ++i) {
      if (owners_[i].exchange(to, std::memory_order_relaxed) != from) ++faults_;
      if (faults_.load(std::memory_order_relaxed) == 0) payload_[i] += to;
    }
  }
  std::uint64_t base_;
  std::vector<std::atomic<std::uint32_t>> owners_;
  std::vector<std::uint64_t> payload_;
  std::atomic<std::uint64_t> faults_{0};
};

inline void yield_sometimes(void* context, atomics::Word*, std::uint64_t) {
  auto& random = *static_cast<std::mt19937_64*>(context);
  if (random() % 8 == 0) std::this_thread::yield();
}

// What one thread does: allocs and frees at random, holding up to 24 blocks; frees all at its end.
template <typename Pool>
void work(Pool& pool, Shadow& shadow, std::uint64_t seed, std::uint32_t owner,
          std::uint64_t largest) {
  std::mt19937_64 random(seed);
  std::mt19937_64 yields(seed + 1000);
  const HookGuard guard;
  atomics::hooks.before_compare_exchange = yield_sometimes;
  atomics::hooks.context = &yields;
  std::vector<Block> blocks;
  const auto free_one = [&](std::size_t index) {
    const Block block = blocks[index];
    blocks[index] = blocks.back();
    blocks.pop_back();
    shadow.drop(block, owner);
    pool.free(block.address, block.size);
  };
  for (int round = 0; round < kRounds; ++round) {
    if (blocks.size() < 24 && random() % 2 == 0) {
      const std::uint64_t size = random() % largest + 1;
      const Block block{pool.alloc(size), size};
      if (block.address == 0) continue;
      shadow.claim(block, owner);
      blocks.push_back(block);
    } else if (!blocks.empty()) {
      free_one(random() % blocks.size());
    }
  }
  while (!blocks.empty()) free_one(blocks.size() - 1);
}

template <typename Body>
void run_threads(Body body) {
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < kThreads; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

template <typename Pool>
void expect_all_free(const Pool& pool) {
  EXPECT_EQ(avail_bytes_of(pool), chunk_bytes_of(pool));
  for (const ChunkView& chunk : chunks_of(pool)) {
    EXPECT_EQ(chunk.avail->load(), chunk.end - chunk.start + 1);
    EXPECT_EQ(set_bits_of(chunk), 0u);
  }
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_SRC_POOL_THREADS_H_
