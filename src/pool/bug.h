// SPDX-License-Identifier: GPL-2.0-only
//
// What the code under test reports: BUG (the state cannot be trusted any more, and the call does
// not come back), WARN (something is wrong, and the call goes on), and what is seen around it.
//
// Purpose   One place for every report. The BUG sites are those of the kernel's gen_pool
//           (docs/arena_pool.md, gen_pool); their names are part of the harness's signatures. Our
//           own pool never warns: warn() is for the kernel's C files.
// Ownership The handler is process-wide and borrowed. Without one a BUG goes to stderr and the
//           process aborts, and a WARN goes to stderr.
// Threads   The reports from any thread; the setter before threads start.
// Source    BUG_ON in gen_pool_alloc_algo_owner, gen_pool_free_owner, gen_pool_destroy; WARN_ON in
//           gen_pool_fixed_alloc.
#ifndef ARENAFUZZ_SRC_POOL_BUG_H_
#define ARENAFUZZ_SRC_POOL_BUG_H_

#include <cstdint>

namespace arenafuzz {

enum class BugSite : std::uint8_t {
  kNone,              // no BUG
  kFreeNoChunk,       // free: the address lies in no chunk
  kFreePastEnd,       // free: the block's last byte lies past its chunk's end
  kFreeNotAllocated,  // free: a granule was not allocated
  kAllocRollback,     // alloc: a granule just taken was gone when the collision was rolled back
  kDestroyNotEmpty,   // destroy: a granule is still allocated
  kOther,             // any other place of a kernel tree: bug_function() names it
};
inline constexpr int kBugSiteCount = 7;

// "free-no-chunk" and so on; "none" for kNone.
const char* bug_site_name(BugSite site);

// Who hears of what happens in the code under test.
class ReportHandler {
 public:
  virtual ~ReportHandler() = default;
  // These must not return: if one does, the report goes to stderr and the process aborts.
  virtual void on_bug(BugSite site);
  // Arithmetic that is undefined, where the build traps it (docs/design.md, One input, one
  // verdict).
  virtual void on_arithmetic();
  // atomics::hooks.steps_left is used up (report_steps_exhausted).
  virtual void on_steps_exhausted();
  // The function that warns and the text of its condition, both static. The default: stderr.
  virtual void on_warn(const char* function, const char* condition);
  // A call of a kernel tree's that may sleep, where the thread may not. `what` is static text.
  virtual void on_sleeping_call(const char* what);
  // An access to arena memory that is not mapped. True once it is; the default is false.
  virtual bool on_arena_access(std::uint64_t address);
};

// Returns the former handler; nullptr restores the default.
ReportHandler* set_report_handler(ReportHandler* handler);

[[noreturn]] void bug(BugSite site);
// BUG at a place of a kernel tree that is none of the sites above. `function` is static text.
[[noreturn]] void bug_in(const char* function);
// The function of the last bug_in() of this thread.
const char* bug_function();
[[noreturn]] void arithmetic_error();
void report_steps_exhausted();
void warn(const char* function, const char* condition);
void sleeping_call(const char* what);
bool arena_access(std::uint64_t address);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_BUG_H_
