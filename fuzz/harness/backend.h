// SPDX-License-Identifier: GPL-2.0-only
//
// What is tested: a pool for each scheduler, behind the same seams whoever implements it.
//
// Ownership The executor owns the backend; the backend owns its pools, whose metadata comes from
//           the source given to bind().
// Errors    none of its own.
// Threads   one thread.
// Source    design.md, The seams.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKEND_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKEND_H_

#include <string>

#include "fuzz/harness/verdict.h"
#include "fuzz/program/program.h"
#include "src/pool/seams.h"

namespace arenafuzz {

// A gen_pool alone, for programs of kind 1. Addresses are numbers; nothing stands behind them.
class GenPoolPort {
 public:
  virtual ~GenPoolPort() = default;
  virtual bool create(int granule_order) = 0;  // false: no memory
  virtual int add(std::uint64_t start, std::uint64_t size) = 0;
  // `policy_data` as Operation::policy_data. REQUIRES: supports(policy); an exponent at most 30.
  virtual std::uint64_t alloc(std::uint64_t size, AllocPolicy policy,
                              std::uint32_t policy_data) = 0;
  virtual bool supports(AllocPolicy policy) const = 0;
  virtual void free(std::uint64_t address, std::uint64_t size) = 0;
  virtual bool has_addr(std::uint64_t start, std::uint64_t size) = 0;
  virtual std::uint64_t avail() = 0;
  virtual std::uint64_t size() = 0;
  // Frees what is allocated, then destroys.
  virtual void destroy() = 0;
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
  // Drops every pool without a call into it: its metadata has been taken back.
  virtual void forget() = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKEND_H_
