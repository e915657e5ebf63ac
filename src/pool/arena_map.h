// SPDX-License-Identifier: GPL-2.0-only
//
// A model of the BPF arena map: the pages that the pool, the BPF program and user space share.
//
//   user address    base                     base + pages * page_bytes
//                    |.... page 0 .... page 1 ....|        never crosses a 4 GiB boundary
//   kernel address   kernel_base + (low 32 bits of the user address)
//
//   Worked example: base 0x700080000000, 4 KiB pages, kernel_base 0x7ea000000000. Page 2 has user
//   address 0x700080002000 and kernel address 0x7ea080002000, not 0x7ea000002000.
//
// Invariants (who keeps each)
//   1. a page is free or taken; who took it is not recorded                (all)
//   2. a deferred release keeps its pages taken until run_worker()         (release, run_worker)
//   3. pages lost to F4 or F5 stay taken until the map dies                (release, run_worker)
//   4. the last put() releases everything and ends the map                 (put)
//   5. no lock is held across a call to `records`: an observer behind it may leave by longjmp, and
//      the map is used again afterwards                      (put, release, run_worker)
//
// Ownership The storage is the caller's and serves one live map at a time. Span records live in the
//           MetadataSource's memory from the release until the worker ran.
// Units     pages are counted in the map's page size; addresses are 64-bit.
// Errors    create: -EINVAL, -E2BIG, -ERANGE, -ENOMEM; reserve: -EINVAL, -EBUSY.
// Threads   Every function from any thread once create() has returned.
// Source    kernel/bpf/arena.c; docs/arena_pool.md, docs/design.md.
#ifndef ARENAFUZZ_SRC_POOL_ARENA_MAP_H_
#define ARENAFUZZ_SRC_POOL_ARENA_MAP_H_

#include <atomic>
#include <cstdint>
#include <mutex>

#include "src/pool/page_runs.h"
#include "src/pool/seams.h"

namespace arenafuzz {

enum class ReleasePolicy : std::uint8_t { kImmediate, kDeferred };

struct ArenaMapConfig {
  std::uint64_t pages = 0;
  std::uint64_t user_base = 0;  // 0: no base given, no pages until mmap()
  std::uint64_t page_bytes = 4096;
  std::uint64_t kernel_base = 0;
  Placement placement = Placement::kLowestGap;
  ReleasePolicy release_policy = ReleasePolicy::kImmediate;
};

class ArenaMap final : public PageSource {
 public:
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 32;
  static constexpr std::uint64_t kSpanBytes = 24;           // F4's record
  static constexpr std::uint64_t kReleaseRecordBytes = 64;  // F5's record

  // 0 with one reference held, the BPF program's; the map was not alive before. `records` serves
  // F4 and F5 and must outlive the map. The first failing check decides: 0 pages or a misaligned
  // base -EINVAL, over 4 GiB -E2BIG, across a 4 GiB boundary -ERANGE, no memory -ENOMEM.
  int create(const ArenaMapConfig& config, PageRunStorage& storage, MetadataSource& records);

  void get();
  // True if it was the last reference: everything was released and the map is dead.
  bool put();
  // Ends the map without a call to anything: its records were taken back elsewhere.
  void abandon();
  bool alive() const { return references_.load(std::memory_order_relaxed) > 0; }

  // The pool's side. A hint inside the arena claims exactly there or fails; a hint outside, a node
  // other than kNoNode and 0, and any flag are refused.
  std::uint64_t claim(const ClaimRequest& request) override;
  // Only the low 32 bits of the address count, as in arena_free_pages.
  void release(std::uint64_t user_address, PageCount pages) override;
  std::uint64_t kernel_base() const override { return config_.kernel_base; }
  std::uint64_t page_bytes() const override { return config_.page_bytes; }

  // The BPF program's side: its releases are immediate under either policy and make no seam call.
  void bpf_release(std::uint64_t user_address, PageCount pages);
  int reserve(std::uint64_t user_address, PageCount pages);
  // User space touches an address: true if that took a free page.
  bool user_fault(std::uint64_t user_address);
  // Gives an arena created without a base this one; -EBUSY if it has one, else as create().
  int mmap(std::uint64_t user_base);
  // Spans newest first. Returns how many it took.
  std::uint64_t run_worker();

  // For observers: no effect on the map.
  bool would_grant(const ClaimRequest& request) const;
  std::uint64_t taken_pages() const;
  std::uint64_t waiting_spans() const;
  bool is_taken(std::uint64_t page) const;
  bool mapped() const { return user_base() != 0; }
  std::uint64_t user_address_of_page(std::uint64_t page) const;
  std::uint64_t kernel_address_of_page(std::uint64_t page) const;

 private:
  struct Span {
    alignas(8) Span* next;
    std::uint64_t page;
    std::uint64_t pages;
  };
  static_assert(sizeof(Span) == kSpanBytes, "F4 is reported as 24 bytes on every build");

  static int check(const ArenaMapConfig& config);
  std::uint64_t locate(const ClaimRequest& request) const;
  bool clip(std::uint64_t user_address, std::uint64_t* page, std::uint64_t* pages) const;
  Span* take_newest_span();
  void give_pages(std::uint64_t page, std::uint64_t pages);

  std::uint64_t user_base() const { return user_base_.load(std::memory_order_relaxed); }

  mutable std::mutex lock_;
  ArenaMapConfig config_;  // fixed by create(), but for the base
  std::atomic<std::uint64_t> user_base_{0};
  PageRuns runs_;
  MetadataSource* records_ = nullptr;
  Span* newest_span_ = nullptr;
  std::atomic<int> references_{0};
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_ARENA_MAP_H_
