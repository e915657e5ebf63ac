// SPDX-License-Identifier: GPL-2.0-only
//
// BUG: the state cannot be trusted any more, and the call does not come back.
//
// Purpose   One place for every fatal report of the pool. The sites are those of the kernel's
//           gen_pool (spec section 2); their names are part of the harness's signatures.
// Ownership The handler is process-wide; it must not return. Without one the report goes to stderr
//           and the process aborts.
// Threads   bug() from any thread; set_bug_handler() before threads start.
// Source    BUG_ON in gen_pool_alloc_algo_owner, gen_pool_free_owner, gen_pool_destroy.
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

// Arithmetic that wrapped or was truncated where the build traps it (fine print 25). Handled as
// bug() is: the handler must not return; without one the process aborts.
using ArithmeticHandler = void (*)();
ArithmeticHandler set_arithmetic_handler(ArithmeticHandler handler);
[[noreturn]] void arithmetic_error();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_BUG_H_
