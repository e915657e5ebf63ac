// SPDX-License-Identifier: GPL-2.0-only
//
// Which context the calling thread is in: inside an RCU read section, under a spinlock, in NMI.
//
// Purpose   Calls that may sleep (kmalloc, vzalloc, a page claim, pool alloc) are forbidden in all
//           three (docs/arena_pool.md, What must hold). Read sections and locks count
//           themselves; nothing here enters an NMI, a test or a tree's code may. The code
//           behind a seam asks may_sleep() and decides what a violation means.
// Units     nesting depths, of the calling thread.
// Threads   Thread-local; a SpinLock itself may be taken from any thread.
// Source    rcu_read_lock, spin_lock, in_nmi and might_sleep of the kernel.
#ifndef ARENAFUZZ_SRC_POOL_CONTEXT_H_
#define ARENAFUZZ_SRC_POOL_CONTEXT_H_

#include <atomic>

namespace arenafuzz {

struct ContextDepth {
  int rcu_read = 0;
  int spinlock = 0;  // and, in a kernel tree, preemption or interrupts disabled
  int nmi = 0;

  // A call does not enter or leave an NMI.
  bool balanced() const { return rcu_read == 0 && spinlock == 0; }
  bool may_sleep() const { return rcu_read == 0 && spinlock == 0 && nmi == 0; }
};

// Under a C name: the kernel's C files enter and leave through the same counters (src/kernel).
extern constinit thread_local ContextDepth context_depth __asm__("arenafuzz_context_depth");

// A BUG inside a read section leaves by longjmp, past this destructor: the harness resets
// context_depth itself, as the kernel would have died there.
class RcuReadSection {
 public:
  RcuReadSection() { ++context_depth.rcu_read; }
  ~RcuReadSection() { --context_depth.rcu_read; }
  RcuReadSection(const RcuReadSection&) = delete;
  RcuReadSection& operator=(const RcuReadSection&) = delete;
};

class SpinLock {
 public:
  void lock() {
    ++context_depth.spinlock;
    while (taken_.exchange(true, std::memory_order_acquire)) {
    }
  }
  void unlock() {
    taken_.store(false, std::memory_order_release);
    --context_depth.spinlock;
  }

 private:
  std::atomic<bool> taken_{false};
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_POOL_CONTEXT_H_
