/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BUG, WARN, might_sleep and printk.
 *
 * Purpose   BUG never returns, whatever NDEBUG says. WARN reports each time, also the _ONCE forms:
 *           "same input, same report" must not depend on what ran before in this process.
 * Source    include/linux/bug.h, kernel.h, printk.h by what they promise.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_BUG_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_BUG_H_

#include "src/kernel/shim/types.h"

#define SHIM_BUG(text)                                                               \
  ({                                                                                 \
    static const struct arenafuzz_place shim_place = {__FILE__, __LINE__, __func__}; \
    arenafuzz_kernel_bug(&shim_place, text);                                         \
  })
#define SHIM_WARN(text)                                                              \
  ({                                                                                 \
    static const struct arenafuzz_place shim_place = {__FILE__, __LINE__, __func__}; \
    arenafuzz_kernel_warn(&shim_place, text);                                        \
  })

#define BUG() SHIM_BUG("")
#define BUG_ON(condition)                          \
  do {                                             \
    if (unlikely(condition)) SHIM_BUG(#condition); \
  } while (0)

#define SHIM_WARN_IF(condition, text)           \
  ({                                            \
    const bool shim_warned = !!(condition);     \
    if (unlikely(shim_warned)) SHIM_WARN(text); \
    unlikely(shim_warned);                      \
  })
#define WARN_ON(condition) SHIM_WARN_IF(condition, #condition)
#define WARN_ON_ONCE(condition) SHIM_WARN_IF(condition, #condition)
#define WARN(condition, format...) SHIM_WARN_IF(condition, #condition)
#define WARN_ONCE(condition, format...) SHIM_WARN_IF(condition, #condition)
#define WARN_TAINT(condition, taint, format...) SHIM_WARN_IF(condition, #condition)
#define VM_BUG_ON(condition) BUG_ON(condition)
#define VM_WARN_ON(condition) ((void)WARN_ON(condition))
#define VM_WARN_ON_ONCE(condition) ((void)WARN_ON(condition))

static __always_inline bool shim_may_sleep(void) {
  return !(arenafuzz_context_depth.rcu_read | arenafuzz_context_depth.spinlock |
           arenafuzz_context_depth.nmi);
}

static __always_inline void shim_might_sleep(const char* what) {
  if (unlikely(!shim_may_sleep())) arenafuzz_kernel_sleeping_call(what);
}

#define might_sleep() shim_might_sleep("might_sleep")
#define might_sleep_if(condition)                      \
  do {                                                 \
    if (condition) shim_might_sleep("might_sleep_if"); \
  } while (0)
#define might_alloc(flags) might_sleep_if((flags)&__GFP_DIRECT_RECLAIM)
#define cond_resched()                \
  ({                                  \
    shim_might_sleep("cond_resched"); \
    0;                                \
  })

/* What the kernel would log is not part of its result. */
static inline __attribute__((__format__(__printf__, 1, 2))) int shim_log(const char* format, ...) {
  (void)format;
  return 0;
}
#define KERN_ERR ""
#define KERN_WARNING ""
#define KERN_INFO ""
#define KERN_DEBUG ""
#define pr_fmt(format) format
#define printk(format...) shim_log(format)
#define pr_emerg(format...) shim_log(format)
#define pr_err(format...) shim_log(format)
#define pr_warn(format...) shim_log(format)
#define pr_warn_once(format...) shim_log(format)
#define pr_warn_ratelimited(format...) shim_log(format)
#define pr_err_ratelimited(format...) shim_log(format)
#define pr_notice(format...) shim_log(format)
#define pr_info(format...) shim_log(format)
#define pr_debug(format...) shim_log(format)
#define dump_stack() ((void)0)

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_BUG_H_ */
