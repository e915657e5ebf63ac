// SPDX-License-Identifier: GPL-2.0-only
//
// Collisions: the model's compare-and-swaps against gen_pool's own, with a peer in its hook.
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "faultinject/metadata_stand_in.h"
#include "fuzz/harness/model/pool_model.h"
#include "fuzz/program/random.h"
#include "src/pool/bug.h"
#include "src/pool/gen_pool.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kStart = 0x10000;

class Throwing final : public ReportHandler {
 public:
  void on_bug(BugSite site) override { throw site; }
} throwing;

// The peer of docs/format.md, written down once more: one bit, if it can be changed.
struct Peer {
  Collision collisions[kCollisionsPerOperation];
  std::uint64_t swaps = 0;
  bool misuse = false;
  const atomics::Word* words = nullptr;
  std::uint64_t granules = 0;
  std::set<std::uint64_t> held;

  void act(atomics::Word* word, std::uint64_t mask) {
    ++swaps;
    for (const Collision& collision : collisions) {
      if (collision.ordinal != swaps) continue;
      const auto low = static_cast<std::uint64_t>(std::countr_zero(mask));
      const std::uint64_t bit = (low + kCollisionOffsets[collision.offset_code]) % 64;
      const std::uint64_t granule = static_cast<std::uint64_t>(word - words) * 64 + bit;
      const bool taken = (word->load() >> bit & 1) != 0;
      if (granule >= granules || taken != collision.clear) continue;
      if (collision.clear && !misuse && held.count(granule) == 0) continue;
      word->fetch_xor(std::uint64_t{1} << bit);
      if (collision.clear) held.erase(granule);
      if (!collision.clear) held.insert(granule);
    }
  }
};

class Stepwise : public ::testing::TestWithParam<bool> {
 protected:
  explicit Stepwise() {
    former_ = set_report_handler(&throwing);
    peer_.misuse = GetParam();
  }
  ~Stepwise() override {
    atomics::hooks = {};
    set_report_handler(former_);
  }

  void start() {
    metadata_.reset();
    pool_ = GenPool::create(3, metadata_);
    ASSERT_EQ(pool_->add(kStart, 4096 + 40), 0);
    model_.create(3);
    model_.add(kStart, 4096 + 40);
    ChunkView view;
    ASSERT_TRUE(pool_->newest_chunk(&view));
    peer_.words = view.words;
    peer_.granules = view.granules;
    peer_.held.clear();
  }
  void draw_collisions(Random& random) {
    peer_.swaps = 0;
    for (Collision& collision : peer_.collisions) collision = {};
    if (random.chance(1, 4)) return;
    peer_.collisions[0] = {static_cast<std::uint8_t>(1 + random.below(5)), random.chance(1, 3),
                           static_cast<std::uint8_t>(random.below(8))};
    if (random.chance(1, 2))
      peer_.collisions[1] = {static_cast<std::uint8_t>(1 + random.below(6)), random.chance(1, 2),
                             static_cast<std::uint8_t>(random.below(8))};
  }
  template <typename Call>
  BugSite with_peer(Call call) {
    atomics::hooks.context = &peer_;
    atomics::hooks.before_compare_exchange = [](void* peer, atomics::Word* word,
                                                std::uint64_t mask) {
      static_cast<Peer*>(peer)->act(word, mask);
    };
    BugSite site = BugSite::kNone;
    try {
      call();
    } catch (BugSite hit) {
      site = hit;
    }
    atomics::hooks = {};
    return site;
  }
  // One alloc or free on both sides; the BUG site they agree on.
  BugSite step(Random& random, std::vector<std::pair<std::uint64_t, std::uint64_t>>& blocks) {
    draw_collisions(random);
    CollisionState state{peer_.collisions, 0, peer_.misuse};
    BugSite wanted = BugSite::kNone;
    if (blocks.empty() || random.chance(3, 5)) {
      const std::uint64_t size = random.log_uniform(1, 1800);
      const std::uint64_t expected = model_.alloc_stepwise(size, state, &wanted);
      std::uint64_t address = 0;
      const BugSite got = with_peer([&] { address = pool_->alloc(size); });
      EXPECT_EQ(bug_site_name(got), bug_site_name(wanted));
      EXPECT_EQ(address, expected);
      if (address != 0) blocks.push_back({address, size});
      return got;
    }
    const auto [address, size] = blocks.back();
    blocks.pop_back();
    wanted = model_.free_stepwise(address, size, state);
    const BugSite got = with_peer([&, at = address, bytes = size] { pool_->free(at, bytes); });
    EXPECT_EQ(bug_site_name(got), bug_site_name(wanted));
    EXPECT_EQ(state.swaps, peer_.swaps);
    return got;
  }
  void compare() {
    ChunkView view;
    ASSERT_TRUE(pool_->newest_chunk(&view));
    ASSERT_TRUE(model_.matches_words(0, view));
    ASSERT_EQ(pool_->avail(), model_.avail());
  }
  // From a fresh pool until a BUG or the last step.
  BugSite episode(std::uint64_t seed) {
    Random random(seed);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks;
    start();
    for (int i = 0; i < 60; ++i) {
      const BugSite bug = step(random, blocks);
      if (bug != BugSite::kNone || HasFailure()) return bug;
      compare();
    }
    // While a pool is destroyed there are no peers, by contract.
    if (peer_.misuse) draw_collisions(random);
    if (!peer_.misuse) peer_.collisions[0] = peer_.collisions[1] = {};
    peer_.swaps = 0;
    CollisionState state{peer_.collisions, 0, peer_.misuse};
    const BugSite wanted = model_.destroy_stepwise(state);
    const BugSite got = with_peer([&] {
      pool_->free_all();
      pool_->destroy();
    });
    EXPECT_EQ(bug_site_name(got), bug_site_name(wanted));
    return got;
  }

  ReportHandler* former_ = nullptr;
  MetadataStandIn metadata_{std::size_t{1} << 20};
  GenPool* pool_ = nullptr;
  PoolModel model_;
  Peer peer_;
};

TEST_P(Stepwise, AgreesWithGenPoolUnderCollisions) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 400 && !HasFailure(); ++seed)
    seen.insert(bug_site_name(episode(seed)));
  // A peer that only sets bits, and clears its own, never leads to BUG.
  const std::set<std::string> peaceful = {"none"};
  const std::set<std::string> wild = {"none", "alloc-rollback", "free-not-allocated",
                                      "destroy-not-empty"};
  EXPECT_EQ(seen, GetParam() ? wild : peaceful);
}
INSTANTIATE_TEST_SUITE_P(PeersThatMay, Stepwise, ::testing::Bool(),
                         [](const auto& each) { return each.param ? "Misuse" : "OnlyCompete"; });

}  // namespace
}  // namespace arenafuzz
