/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's C files call of ours: the one border between C and C++.
 *
 *   lib/genalloc.c, ext_arena.c --shim headers--> these functions --> KernelBackend --> the seams
 *
 * Purpose   The shim headers (src/kernel/shim) turn kmalloc, vzalloc, the bpf_arena functions, BUG,
 *           WARN and the locks into what is declared here; kernel_seam.cc maps that onto
 *           PageSource, MetadataSource and bug(), so that faults, counting and the judge are shared
 *           with our own pool.
 * Ownership Memory belongs to the MetadataSource of the backend that was bound last.
 * Units     bytes; pages where a name says so; addresses are the kernel's or the user's as there.
 * Threads   The thread-local counters are the calling thread's; the rest from any thread.
 * Source    kernel/bpf/arena.c, mm/, lib/bug.c by what they promise.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SEAM_H_
#define ARENAFUZZ_SRC_KERNEL_SEAM_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define ARENAFUZZ_NORETURN [[noreturn]]
#else
#define ARENAFUZZ_NORETURN _Noreturn
#endif

/* Where in the tree something happened; strings are static. */
struct arenafuzz_place {
  const char* file;
  int line;
  const char* function;
};

/* NULL on failure. `zeroed` for kzalloc and friends. `may_sleep` is 0 for GFP_ATOMIC and
 * GFP_NOWAIT; vzalloc always may. */
void* arenafuzz_kernel_kmalloc(size_t bytes, int zeroed, int may_sleep);
void* arenafuzz_kernel_vzalloc(size_t bytes);
/* NULL is a no-op. kvfree takes what either gave. */
void arenafuzz_kernel_kfree(const void* memory);
void arenafuzz_kernel_vfree(const void* memory);
void arenafuzz_kernel_kvfree(const void* memory);

/* The BPF arena; `map` is what the scheduler's arena_map holds. */
void* arenafuzz_kernel_claim(void* map, void* hint, uint32_t pages, int node, uint64_t flags);
void arenafuzz_kernel_release(void* map, void* user_address, uint32_t pages);
uint64_t arenafuzz_kernel_vm_start(void* map);

/* `condition` is the text of the BUG_ON or WARN_ON, "" for BUG() alone. */
ARENAFUZZ_NORETURN void arenafuzz_kernel_bug(const struct arenafuzz_place* place,
                                             const char* condition);
void arenafuzz_kernel_warn(const struct arenafuzz_place* place, const char* condition);
/* What -ftrap-function calls: an undefined shift or division. */
ARENAFUZZ_NORETURN void arenafuzz_kernel_arithmetic(void);
/* might_sleep() and friends where the thread may not sleep; `what` names the call. */
void arenafuzz_kernel_sleeping_call(const char* what);

/* What a taken lock holds; never 0. Another value before each program. */
extern int arenafuzz_lock_epoch;

/* log2 of the arena's page size: set before each program. */
extern unsigned int arenafuzz_page_shift;

/* The C view of src/pool/atomics.h and src/pool/context.h; kernel_seam.cc asserts that they agree.
 */
struct arenafuzz_thread_hooks {
  uint64_t steps_left;
  void (*steps_exhausted)(void); /* NOLINT(modernize-redundant-void-arg) */
  void (*before_compare_exchange)(void* context, void* word, uint64_t mask);
  void* context;
};
struct arenafuzz_context_depth {
  int rcu_read;
  int spinlock;
  int nmi;
};
#ifndef __cplusplus
extern __thread struct arenafuzz_thread_hooks arenafuzz_thread_hooks;
extern __thread struct arenafuzz_context_depth arenafuzz_context_depth;
#endif

#ifdef __cplusplus
}
#endif

#endif /* ARENAFUZZ_SRC_KERNEL_SEAM_H_ */
