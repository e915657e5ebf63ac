// SPDX-License-Identifier: GPL-2.0-only
//
// BUG: the state cannot be trusted any more, and the call does not come back. WARN: something is
// wrong, and the call goes on.
//
// Purpose   One place for every report of the pool. The BUG sites are those of the kernel's
//           gen_pool (docs/arena_pool.md, gen_pool); their names are part of the harness's
//           signatures. Our own pool never warns: warn() is for the kernel's C files.
// Ownership The handlers are process-wide. That of BUG must not return; without one the report goes
//           to stderr and the process aborts. That of WARN must return; without one the report goes
//           to stderr.
// Threads   bug() and warn() from any thread; the setters before threads start.
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

using BugHandler = void (*)(BugSite site);

// Returns the former handler; nullptr restores the default.
BugHandler set_bug_handler(BugHandler handler);

[[noreturn]] void bug(BugSite site);

// BUG at a place of a kernel tree that is none of the sites above. `function` is static text.
[[noreturn]] void bug_in(const char* function);
// The function of the last bug_in() of this thread.
const char* bug_function();

// Arithmetic that is undefined where the build traps it (docs/design.md, One input, one verdict).
// Handled as bug() is: the handler must not return; without one the process aborts.
using ArithmeticHandler = void (*)();
ArithmeticHandler set_arithmetic_handler(ArithmeticHandler handler);
[[noreturn]] void arithmetic_error();

// The function that warns and the text of its condition, both static.
using WarnHandler = void (*)(const char* function, const char* condition);

// Returns the former handler; nullptr restores the default.
WarnHandler set_warn_handler(WarnHandler handler);

void warn(const char* function, const char* condition);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_BUG_H_
