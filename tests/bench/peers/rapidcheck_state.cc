// SPDX-License-Identifier: GPL-2.0-only
//
// The arena pool by RapidCheck's stateful tests: random lists of commands, each of which may have
// the n-th fallible call fail, against a model of which slots may hold a block. Its settings are
// RapidCheck's own, in RC_PARAMS.
#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include <cstdint>
#include <map>
#include <set>

#include "src/kernel/arena_glue.h"
#include "src/kernel/gen_pool_glue.h"
#include "tests/bench/peers/stub_kernel.h"

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 32;
constexpr std::size_t kLeastGrowth = 4;  // pages
constexpr int kSlots = 32;

int calls_until_failure = 0;  // 0: none fails
int fail_nth() { return calls_until_failure > 0 && --calls_until_failure == 0; }

struct Model {
  bool started = false;
  std::set<int> slots;  // that may hold a block: an allocation may have failed
};

struct Block {
  std::uint64_t address;
  std::size_t size;
};

struct Pool {
  bool enabled = false;
  std::map<int, Block> blocks;
};

void check_books(const Pool& pool) {
  if (!pool.enabled) return;
  gen_pool* books = arenafuzz_arena_gen_pool(0);
  RC_ASSERT((books != nullptr));
  std::uint64_t used = 0;
  for (const auto& [slot, block] : pool.blocks) used += (block.size + 7) / 8 * 8;
  RC_ASSERT(arenafuzz_gen_pool_size(books) == stub_claimed_pages() * STUB_PAGE_SIZE);
  RC_ASSERT(arenafuzz_gen_pool_avail(books) == arenafuzz_gen_pool_size(books) - used);
}

void stop(Pool& pool) {
  arenafuzz_arena_destroy(0);
  pool = {};
  RC_ASSERT(stub_live_allocations() == 0U);
  RC_ASSERT((arenafuzz_arena_gen_pool(0) == nullptr));
  RC_ASSERT((arenafuzz_arena_alloc(0, 8) == nullptr));
}

rc::Gen<int> failure() {
  return rc::gen::weightedOneOf<int>({{3, rc::gen::just(0)}, {1, rc::gen::inRange(1, 4)}});
}

rc::Gen<std::size_t> request() {
  return rc::gen::weightedOneOf<std::size_t>(
      {{8, rc::gen::inRange<std::size_t>(1, 512)},
       {4, rc::gen::inRange<std::size_t>(1, 8 * STUB_PAGE_SIZE)},
       {2, rc::gen::inRange<std::size_t>(0, 300 * STUB_PAGE_SIZE)},
       {1, rc::gen::arbitrary<std::size_t>()}});
}

using Command = rc::state::Command<Model, Pool>;

struct Start : Command {
  unsigned int pages = *rc::gen::inRange(1U, STUB_MOST_PAGES + 1);
  int failing = *failure();

  void checkPreconditions(const Model& model) const override { RC_PRE(!model.started); }
  void apply(Model& model) const override { model = {true, {}}; }
  void run(const Model& /*before*/, Pool& pool) const override {
    stub_new_arena(pages);
    const unsigned long failures = stub_failures();
    calls_until_failure = failing;
    const int error = arenafuzz_arena_init(0, stub_map(), STUB_KERNEL_BASE);
    RC_ASSERT((error != 0) == (stub_failures() != failures));
    pool.enabled = error == 0;
    RC_ASSERT((arenafuzz_arena_gen_pool(0) != nullptr) == pool.enabled);
  }
};

struct StartAgain : Command {
  void checkPreconditions(const Model& model) const override { RC_PRE(model.started); }
  void run(const Model& /*before*/, Pool& pool) const override {
    calls_until_failure = 0;
    if (!pool.enabled) return;
    RC_ASSERT(arenafuzz_arena_init(0, stub_map(), STUB_KERNEL_BASE) != 0);
    check_books(pool);
  }
};

struct Stop : Command {
  void checkPreconditions(const Model& model) const override { RC_PRE(model.started); }
  void apply(Model& model) const override { model = {}; }
  void run(const Model& /*before*/, Pool& pool) const override {
    calls_until_failure = 0;
    stop(pool);
  }
};

struct Alloc : Command {
  int slot = *rc::gen::inRange(0, kSlots);
  std::size_t size = *request();
  int failing = *failure();

  void checkPreconditions(const Model& model) const override {
    RC_PRE(model.started);
    RC_PRE(model.slots.count(slot) == 0U);
  }
  void apply(Model& model) const override { model.slots.insert(slot); }

  bool can_be_met() const {
    if (size == 0 || size > kMostBytes) return false;
    const std::size_t pages = (size + STUB_PAGE_SIZE - 1) / STUB_PAGE_SIZE;
    return stub_longest_free_run() >= (pages < kLeastGrowth ? kLeastGrowth : pages);
  }

  void run(const Model& /*before*/, Pool& pool) const override {
    const unsigned int claimed = stub_claimed_pages();
    const bool possible = pool.enabled && can_be_met();
    const unsigned long failures = stub_failures();
    calls_until_failure = failing;
    const auto address = reinterpret_cast<std::uintptr_t>(arenafuzz_arena_alloc(0, size));
    const bool failed = stub_failures() != failures;
    calls_until_failure = 0;
    if (address == 0) {
      RC_ASSERT(failed || !possible);
      RC_ASSERT(stub_claimed_pages() == claimed);
    } else {
      RC_ASSERT(pool.enabled && !failed && size != 0U);
      RC_ASSERT(address % 8 == 0U);
      RC_ASSERT(stub_is_claimed(address, size));
      for (const auto& [other_slot, other] : pool.blocks)
        RC_ASSERT(address + size <= other.address || other.address + other.size <= address);
      pool.blocks[slot] = {address, size};
    }
    check_books(pool);
  }
};

struct Free : Command {
  int slot;

  explicit Free(const Model& model) {
    RC_PRE(!model.slots.empty());
    slot = *rc::gen::elementOf(model.slots);
  }
  void checkPreconditions(const Model& model) const override {
    RC_PRE(model.slots.count(slot) != 0U);
  }
  void apply(Model& model) const override { model.slots.erase(slot); }
  void run(const Model& /*before*/, Pool& pool) const override {
    const auto at = pool.blocks.find(slot);
    const Block block = at == pool.blocks.end() ? Block{0, 8} : at->second;
    // Freeing what an allocation did not give is no error, as with kfree(NULL).
    arenafuzz_arena_free(0, reinterpret_cast<void*>(block.address), block.size);
    if (at != pool.blocks.end()) pool.blocks.erase(at);
    check_books(pool);
  }
};

}  // namespace

int main() {
  stub_should_fail = fail_nth;
  const bool held = rc::check("the arena pool keeps its contracts", [] {
    // What a case that failed has left, when RapidCheck runs it once more.
    arenafuzz_arena_destroy(0);
    Pool pool;
    Model model;
    rc::state::check(model, pool,
                     rc::state::gen::execOneOfWithArgs<Start, StartAgain, Stop, Alloc, Alloc, Alloc,
                                                       Alloc, Free, Free>());
    calls_until_failure = 0;
    stop(pool);
  });
  return held ? 0 : 1;
}
