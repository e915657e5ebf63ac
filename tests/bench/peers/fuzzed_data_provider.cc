// SPDX-License-Identifier: GPL-2.0-only
//
// A harness for the arena pool as libFuzzer's documentation would have one written: operations and
// failures are drawn from a FuzzedDataProvider, contracts are checked after each.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>

#include "src/kernel/arena_glue.h"
#include "src/kernel/gen_pool_glue.h"
#include "tests/bench/peers/stub_kernel.h"

namespace {

#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (0)

constexpr std::size_t kMostBytes = std::size_t{1} << 32;
constexpr std::size_t kLeastGrowth = 4;  // pages

FuzzedDataProvider* provider = nullptr;

// Where the data has ended it draws 0, and nothing fails.
int draw_failure() { return provider->ConsumeIntegralInRange(0, 7) == 7; }

class Harness {
 public:
  explicit Harness(FuzzedDataProvider& data) : data_(data) { start(); }
  ~Harness() {
    stub_should_fail = nullptr;
    stop();
  }

  void step() {
    const int operation = data_.ConsumeIntegralInRange(0, 15);
    if (operation < 9)
      allocate();
    else if (operation < 13)
      release();
    else if (operation == 13)
      arenafuzz_arena_free(0, nullptr, data_.ConsumeIntegralInRange<std::size_t>(0, 64));
    else if (operation == 14)
      init_again();
    else
      start_over();
    check_books();
  }

 private:
  void start() {
    stub_new_arena(data_.ConsumeIntegralInRange(1U, STUB_MOST_PAGES));
    const unsigned long before = stub_failures();
    const int error = arenafuzz_arena_init(0, stub_map(), STUB_KERNEL_BASE);
    CHECK((error != 0) == (stub_failures() != before));
    enabled_ = error == 0;
    CHECK((arenafuzz_arena_gen_pool(0) != nullptr) == enabled_);
  }

  void start_over() {
    stop();
    start();
  }

  void stop() {
    arenafuzz_arena_destroy(0);
    live_.clear();
    CHECK(stub_live_allocations() == 0);
    CHECK(arenafuzz_arena_gen_pool(0) == nullptr);
    CHECK(arenafuzz_arena_alloc(0, 8) == nullptr);
  }

  std::size_t draw_size() {
    const int kind = data_.ConsumeIntegralInRange(0, 7);
    if (kind < 4) return data_.ConsumeIntegralInRange<std::size_t>(1, 512);
    if (kind < 6) return data_.ConsumeIntegralInRange<std::size_t>(1, 8 * STUB_PAGE_SIZE);
    if (kind == 6) return data_.ConsumeIntegralInRange<std::size_t>(0, 300 * STUB_PAGE_SIZE);
    return data_.ConsumeIntegral<std::size_t>();
  }

  // Without a failure there is NULL only for what nobody could give.
  static bool can_be_met(std::size_t size) {
    if (size == 0 || size > kMostBytes) return false;
    const std::size_t pages = (size + STUB_PAGE_SIZE - 1) / STUB_PAGE_SIZE;
    return stub_longest_free_run() >= (pages < kLeastGrowth ? kLeastGrowth : pages);
  }

  void allocate() {
    const std::size_t size = draw_size();
    const unsigned int claimed = stub_claimed_pages();
    const bool possible = enabled_ && can_be_met(size);
    const unsigned long failures = stub_failures();
    void* block = arenafuzz_arena_alloc(0, size);
    const bool failed = stub_failures() != failures;
    if (block == nullptr) {
      CHECK(failed || !possible);
      CHECK(stub_claimed_pages() == claimed);
      return;
    }
    CHECK(enabled_);
    CHECK(!failed);
    CHECK(size != 0);
    const std::uint64_t address = reinterpret_cast<std::uintptr_t>(block);
    CHECK(address % 8 == 0);
    CHECK(stub_is_claimed(address, size));
    const auto next = live_.lower_bound(address);
    CHECK(next == live_.end() || next->first - address >= size);
    if (next != live_.begin()) {
      const auto previous = std::prev(next);
      CHECK(address - previous->first >= previous->second);
    }
    live_[address] = size;
  }

  void release() {
    if (live_.empty()) return;
    const auto at = std::next(live_.begin(), data_.ConsumeIntegralInRange<std::ptrdiff_t>(
                                                 0, static_cast<std::ptrdiff_t>(live_.size()) - 1));
    arenafuzz_arena_free(0, reinterpret_cast<void*>(at->first), at->second);
    live_.erase(at);
  }

  void init_again() {
    if (!enabled_) return;
    CHECK(arenafuzz_arena_init(0, stub_map(), STUB_KERNEL_BASE) != 0);
  }

  void check_books() const {
    gen_pool* pool = arenafuzz_arena_gen_pool(0);
    if (!enabled_) return;
    CHECK(pool != nullptr);
    std::uint64_t used = 0;
    for (const auto& [address, size] : live_) used += (size + 7) / 8 * 8;
    CHECK(arenafuzz_gen_pool_size(pool) == stub_claimed_pages() * STUB_PAGE_SIZE);
    CHECK(arenafuzz_gen_pool_avail(pool) == arenafuzz_gen_pool_size(pool) - used);
  }

  FuzzedDataProvider& data_;
  bool enabled_ = false;
  std::map<std::uint64_t, std::size_t> live_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  provider = &data;
  stub_should_fail = draw_failure;
  Harness harness(data);
  for (int steps = 0; steps < 1000 && data.remaining_bytes() != 0; ++steps) harness.step();
  return 0;
}
