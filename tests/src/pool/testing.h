// SPDX-License-Identifier: GPL-2.0-only
//
// What the tests of src/pool share: stand-ins for the seams that count, record and fail on demand.
//
// Units     bytes, pages and granules as in src/pool; calls are numbered from 1.
// Threads   TestMetadata from any thread; all else belongs to one test's thread.
#ifndef ARENAFUZZ_TESTS_SRC_POOL_TESTING_H_
#define ARENAFUZZ_TESTS_SRC_POOL_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/pool/atomics.h"
#include "src/pool/bug.h"
#include "src/pool/context.h"
#include "src/pool/forwarding.h"
#include "src/pool/scheduler.h"

namespace arenafuzz::testing {

inline constexpr std::uint64_t kKernelBase = 0x7ea000000000;
inline constexpr std::uint64_t kUserBase = 0x700000000000;
inline constexpr std::uint64_t kPage = 4096;
inline constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};

// Allocates exact sizes, so that ASan sees the first byte too far. Frees what is left at its end:
// a test that ends in a BUG leaks nothing; one about leaks asks outstanding().
class TestMetadata final : public MetadataSource {
 public:
  TestMetadata() = default;
  TestMetadata(const TestMetadata&) = delete;
  TestMetadata& operator=(const TestMetadata&) = delete;
  ~TestMetadata() override {
    for (const auto& [memory, site] : live_) std::free(memory);
  }

  BlockState look_up(MetadataSite, const void*) const override { return BlockState::kLive; }
  void* allocate(MetadataSite site, std::size_t bytes) override {
    const std::lock_guard guard(lock_);
    const bool sleeps = site == MetadataSite::kKmalloc || site == MetadataSite::kVzalloc;
    if (sleeps && !context_depth.may_sleep()) ADD_FAILURE() << "sleeps where it must not";
    PerSite& counts = sites_[static_cast<std::size_t>(site)];
    counts.sizes.push_back(bytes);
    const std::uint64_t call = counts.sizes.size();
    if (call == counts.fail_call) return nullptr;
    if (counts.fail_every != 0 && call % counts.fail_every == 0) return nullptr;
    void* memory = std::malloc(bytes);
    std::memset(memory, site == MetadataSite::kVzalloc ? 0 : 0xa5, bytes);
    live_.emplace(memory, site);
    ++counts.outstanding;
    return memory;
  }

  void free(MetadataSite site, void* memory) override {
    const std::lock_guard guard(lock_);
    const auto found = live_.find(memory);
    if (found == live_.end() || found->second != site) {
      ADD_FAILURE() << "frees what this site did not allocate";
      return;
    }
    live_.erase(found);
    --sites_[static_cast<std::size_t>(site)].outstanding;
    std::free(memory);
  }

  // The `call`-th call of the site from now on fails, once.
  void fail(MetadataSite site, std::uint64_t call = 1) {
    PerSite& counts = sites_[static_cast<std::size_t>(site)];
    counts.fail_call = counts.sizes.size() + call;
  }
  void fail_every(MetadataSite site, std::uint64_t period) { at(site).fail_every = period; }

  std::uint64_t outstanding(MetadataSite site) const { return at(site).outstanding; }
  std::uint64_t outstanding() const { return live_.size(); }
  std::uint64_t calls(MetadataSite site) const { return at(site).sizes.size(); }
  const std::vector<std::uint64_t>& sizes(MetadataSite site) const { return at(site).sizes; }

 private:
  struct PerSite {
    std::vector<std::uint64_t> sizes;  // of every call, failed ones too
    std::uint64_t outstanding = 0;
    std::uint64_t fail_call = 0;
    std::uint64_t fail_every = 0;
  };
  PerSite& at(MetadataSite site) { return sites_[static_cast<std::size_t>(site)]; }
  const PerSite& at(MetadataSite site) const { return sites_[static_cast<std::size_t>(site)]; }

  std::mutex lock_;
  std::array<PerSite, kMetadataSiteCount> sites_;
  std::unordered_map<void*, MetadataSite> live_;
};

// Grants claims one after another from `next`, or refuses them all.
class RecordingPages final : public PageSource {
 public:
  struct Release {
    std::uint64_t address = 0;
    std::uint64_t pages = 0;
    friend bool operator==(const Release&, const Release&) = default;
  };

  std::uint64_t claim(const ClaimRequest& request) override {
    if (!context_depth.may_sleep()) ADD_FAILURE() << "sleeps where it must not";
    claims.push_back(request.pages.value);
    if (refuse) return 0;
    const std::uint64_t address = next;
    next += request.pages.value * bytes_a_page;
    return address;
  }
  void release(std::uint64_t user_address, PageCount pages) override {
    releases.push_back({user_address, pages.value});
  }
  std::uint64_t kernel_base() const override { return kKernelBase; }
  std::uint64_t page_bytes() const override { return bytes_a_page; }

  std::uint64_t next = kUserBase;
  std::uint64_t bytes_a_page = kPage;
  bool refuse = false;
  std::vector<std::uint64_t> claims;
  std::vector<Release> releases;
};

// Writes each event into a log that a RecordingPort may share.
class RecordingObserver final : public LifecycleObserver {
 public:
  explicit RecordingObserver(std::vector<std::string>& log) : log_(&log) {}
  void on_event(LifecycleEvent event, int scheduler) override {
    log_->push_back(std::to_string(scheduler) + " " + lifecycle_event_name(event));
  }

 private:
  std::vector<std::string>* log_;
};

// Passes every call on and writes it into the log.
class RecordingPort final : public ForwardingPool {
 public:
  RecordingPort(PoolPort& pool, std::vector<std::string>& log) : ForwardingPool(pool), log_(&log) {}
  int init(PageSource* map) override {
    log_->push_back(map == nullptr ? "init without map" : "init");
    return behind().init(map);
  }
  void destroy() override {
    log_->push_back("destroy");
    behind().destroy();
  }
  std::uint64_t alloc(std::uint64_t size) override {
    log_->push_back("alloc " + std::to_string(size));
    return behind().alloc(size);
  }
  void free(std::uint64_t address, std::uint64_t size) override {
    log_->push_back("free " + std::to_string(size));
    behind().free(address, size);
  }

 private:
  std::vector<std::string>* log_;
};

// Every chunk of a GenPool or PoolPort, newest first.
template <typename Pool>
std::vector<ChunkView> chunks_of(const Pool& pool) {
  std::vector<ChunkView> chunks;
  pool.for_each_chunk(
      [](void* context, const ChunkView& view) {
        static_cast<std::vector<ChunkView>*>(context)->push_back(view);
      },
      &chunks);
  return chunks;
}

inline std::uint64_t set_bits_of(const ChunkView& chunk) {
  std::uint64_t count = 0;
  for (std::uint64_t i = 0; i < chunk.granules; ++i)
    count += chunk.words[i / 64].load() >> (i % 64) & 1;
  return count;
}

template <typename Pool>
std::uint64_t chunk_bytes_of(const Pool& pool) {
  std::uint64_t sum = 0;
  for (const ChunkView& chunk : chunks_of(pool)) sum += chunk.end - chunk.start + 1;
  return sum;
}

template <typename Pool>
std::uint64_t avail_bytes_of(const Pool& pool) {
  std::uint64_t sum = 0;
  for (const ChunkView& chunk : chunks_of(pool)) sum += chunk.avail->load();
  return sum;
}

// Restores the thread's hooks at the end of a test.
class HookGuard {
 public:
  HookGuard() = default;
  ~HookGuard() { atomics::hooks = {}; }
  HookGuard(const HookGuard&) = delete;
  HookGuard& operator=(const HookGuard&) = delete;
};

// A peer that changes the word about to be swapped, just before given compare-and-swaps.
class Peer {
 public:
  struct Act {
    std::uint64_t call = 1;
    std::uint64_t set = 0;
    std::uint64_t clear = 0;
  };
  explicit Peer(std::vector<Act> acts) : acts_(std::move(acts)) {
    atomics::hooks.before_compare_exchange = before;
    atomics::hooks.context = this;
  }
  std::uint64_t calls() const { return masks.size(); }
  std::vector<std::uint64_t> masks;  // what each compare-and-swap was about to change

 private:
  static void before(void* context, atomics::Word* word, std::uint64_t mask) {
    auto* self = static_cast<Peer*>(context);
    self->masks.push_back(mask);
    for (const Act& act : self->acts_)
      if (act.call == self->calls()) word->store((word->load() | act.set) & ~act.clear);
  }
  HookGuard guard_;
  std::vector<Act> acts_;
};

// Turns a BUG into an exception while it lives, so that the state behind it can be read.
struct BugThrown {
  BugSite site;
};
class ThrowingBugs final : public ReportHandler {
 public:
  ThrowingBugs() : former_(set_report_handler(this)) {}
  ~ThrowingBugs() override { set_report_handler(former_); }
  void on_bug(BugSite site) override { throw BugThrown{site}; }
  ThrowingBugs(const ThrowingBugs&) = delete;
  ThrowingBugs& operator=(const ThrowingBugs&) = delete;

 private:
  ReportHandler* former_;
};

// The BUG that `call` ends in, or kNone.
template <typename Call>
BugSite bug_of(Call call) {
  const ThrowingBugs throwing;
  try {
    call();
  } catch (const BugThrown& bug) {
    return bug.site;
  }
  return BugSite::kNone;
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_SRC_POOL_TESTING_H_
