// SPDX-License-Identifier: GPL-2.0-only
//
// What is tested: a pool for each scheduler, behind the same seams whatever implements it.
//
// Ownership The executor owns the backend; the backend owns its pools, whose metadata comes from
//           the source given to bind().
// Errors    none of its own.
// Threads   one thread.
// Source    docs/design.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKENDS_BACKEND_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKENDS_BACKEND_H_

#include <string>

#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/program.h"
#include "src/pool/seams.h"

namespace arenafuzz {

// What a gen_pool may have besides create, add, alloc, free and destroy. The calls of GenPoolPort
// that belong to one are made only where it is there.
enum class GenFeature : std::uint16_t {
  kOwners = 1,
  kDma = 2,
  kDmaPolicies = 4,
  kDmaZeroed = 8,
  kSetAlgo = 16,
  kPhysical = 32,
  kManaged = 64,
  kHasAddr = 128,
};

// A chunk as it is added.
struct GenChunk {
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  std::uint64_t physical = 0;
  bool has_physical = false;  // else none, as gen_pool_add has it
  std::uint8_t owner = 0;     // 0: none
};

// An alloc by one of the functions besides gen_pool_alloc and gen_pool_alloc_algo.
struct GenRequest {
  std::uint64_t size = 0;
  AllocPolicy policy = AllocPolicy::kFirstFit;  // the pool's own
  std::uint32_t policy_data = 0;
  AllocDoor door = AllocDoor::kOwner;
};
struct GenBlock {
  std::uint64_t address = 0;
  std::uint64_t owner = 0;     // by kOwner, also where there is no block
  std::uint64_t physical = 0;  // by kDma and kDmaZeroed, of a block
};

// The outcome of a pool that belongs to a device: made, looked for, made once more by the same
// name, and released with the device.
struct GenManaged {
  int error = 0;  // of making it; else the rest counts
  bool null = false;
  bool found = false;
  bool found_other = false;    // by a name that no pool has
  bool found_unnamed = false;  // by no name
  int second_error = 0;
};

// A gen_pool alone, for gen_pool programs. Addresses are numbers without memory behind them,
// except from limits::kMemoryStart on.
class GenPoolPort {
 public:
  virtual ~GenPoolPort() = default;
  virtual bool has(GenFeature feature) const { return feature == GenFeature::kHasAddr; }
  virtual bool create(int granule_order) = 0;  // false: no memory
  virtual int add(std::uint64_t start, std::uint64_t size) = 0;
  virtual int add_chunk(const GenChunk& chunk) { return add(chunk.start, chunk.size); }
  // `policy_data` as Operation::policy_data. REQUIRES: supports(policy); an exponent at most 30.
  // kFirstFit: the pool's own policy.
  virtual std::uint64_t alloc(std::uint64_t size, AllocPolicy policy,
                              std::uint32_t policy_data) = 0;
  virtual GenBlock alloc_through(const GenRequest& request) {
    return {alloc(request.size, request.policy, request.policy_data), 0, 0};
  }
  virtual bool supports(AllocPolicy policy) const = 0;
  virtual void free(std::uint64_t address, std::uint64_t size) = 0;
  // Returns the owner that it reports.
  virtual std::uint64_t free_owner(std::uint64_t address, std::uint64_t size) {
    free(address, size);
    return 0;
  }
  // The pool's own policy; `by_default`: NULL in its place.
  virtual void set_algo(AllocPolicy policy, std::uint32_t policy_data, bool by_default) {
    static_cast<void>(policy);
    static_cast<void>(policy_data);
    static_cast<void>(by_default);
  }
  virtual std::uint64_t virt_to_phys(std::uint64_t address) { return address; }
  virtual GenManaged managed(int granule_order, bool named) {
    static_cast<void>(granule_order);
    static_cast<void>(named);
    return {};
  }
  virtual bool has_addr(std::uint64_t start, std::uint64_t size) = 0;
  virtual std::uint64_t avail() = 0;
  virtual std::uint64_t size() = 0;
  // Frees what is allocated, then destroys.
  virtual void destroy() = 0;
  // Destroys as it is: BUG if something is allocated.
  virtual void destroy_as_is() = 0;
  // Chunks that the pool's own walk over them visits.
  virtual std::uint64_t visited() {
    std::uint64_t count = 0;
    for_each_chunk([](void* at, const ChunkView&) { ++*static_cast<std::uint64_t*>(at); }, &count);
    return count;
  }
  virtual bool exists() const = 0;
  // The head of the chunk list; false when there is no chunk.
  virtual bool newest_chunk(ChunkView* view) const = 0;
  // Calls `visit` for each chunk, newest first.
  virtual void for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                              void* context) const = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual const char* name() const = 0;
  // False: this backend cannot run such programs, and `*why` says so (skipped, counted).
  virtual bool can_run(const Header& header, const char** why) const {
    static_cast<void>(header);
    static_cast<void>(why);
    return true;
  }
  // Before each program: the arena's page size.
  virtual void set_page_bytes(std::uint64_t bytes) { static_cast<void>(bytes); }
  // Rows for a report: where in the sources, and which sources. Empty if there is nothing to say.
  virtual std::string report_rows(const Finding& finding) const {
    static_cast<void>(finding);
    return "";
  }
  // Where in the sources under test it shows.
  virtual FindingPlace place(const Finding& finding) const {
    static_cast<void>(finding);
    return {{}, /*last_call=*/true, ""};
  }
  // Which sources, in one line without its end; empty if they are our own.
  virtual std::string sources_line() const { return ""; }
  virtual bool wants_backtraces() const { return false; }
  // Whether a finding of tier change fails (our own pool) or is only listed.
  virtual bool changes_fail() const { return true; }
  // Called once, before anything else.
  virtual void bind(MetadataSource& metadata) = 0;
  // REQUIRES: scheduler < limits::kMaxSchedulers.
  virtual PoolPort& pool(int scheduler) = 0;
  virtual GenPoolPort& gen_pool() = 0;
  // How its pools keep their books is to be measured (measure_books.h); else they keep them in the
  // reference's way.
  virtual bool books_are_measured() const { return false; }
  // What pool(scheduler) shows as chunks may be read, by what `readable` allows.
  virtual bool chunks_are_readable(int scheduler,
                                   bool (*readable)(const void* context, const void* from,
                                                    std::size_t bytes),
                                   const void* context) const {
    static_cast<void>(scheduler);
    static_cast<void>(readable);
    static_cast<void>(context);
    return true;
  }
  // They may not: from now on pools show none.
  virtual void hide_chunks() {}
  // Drops every pool without a call into it: its metadata has been taken back.
  virtual void forget() = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKENDS_BACKEND_H_
