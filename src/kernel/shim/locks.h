/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlocks, mutexes, RCU and contexts, with the counters that say whether the thread may sleep.
 *
 * Purpose   Locks are real, so that threads exclude each other and TSan sees it; a thread that
 *           waits counts steps, so that a forgotten unlock ends by a count. Switching preemption,
 *           softirqs or interrupts off counts as a spinlock held: the thread may not sleep there
 *           either. There is no grace period: what RCU would free later is freed now.
 * Source    include/linux/{spinlock,mutex,rcupdate,preempt,lockdep,cleanup}.h by their promises.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_LOCKS_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_LOCKS_H_

#include "src/kernel/shim/atomic.h"
#include "src/kernel/shim/bug.h"

typedef struct {
  int shim_taken;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;
struct mutex {
  int shim_taken;
};
/* One holder at a time, readers too: more would be no more correct, and one thread sees no difference
 * unless it reads twice. */
struct rw_semaphore {
  int shim_taken;
};
struct lock_class_key {
  int unused;
};
#define __SPIN_LOCK_UNLOCKED(name) \
  { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = {0}
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = {0}
#define DEFINE_MUTEX(name) struct mutex name = {0}

/* A program that leaves the tree early leaves its locks taken, also static ones: what another
 * program took counts as free. */
static __always_inline bool shim_try_take(int* taken) {
  return __atomic_exchange_n(taken, arenafuzz_lock_epoch, __ATOMIC_ACQUIRE) != arenafuzz_lock_epoch;
}
static __always_inline void shim_take(int* taken) {
  while (unlikely(!shim_try_take(taken))) cpu_relax();
}
static __always_inline void shim_leave(int* taken) { __atomic_store_n(taken, 0, __ATOMIC_RELEASE); }
static __always_inline bool shim_is_taken(const int* taken) {
  return __atomic_load_n(taken, __ATOMIC_RELAXED) == arenafuzz_lock_epoch;
}

static __always_inline void preempt_disable(void) { ++arenafuzz_context_depth.spinlock; }
static __always_inline void preempt_enable(void) { --arenafuzz_context_depth.spinlock; }
#define local_bh_disable() preempt_disable()
#define local_bh_enable() preempt_enable()
#define local_irq_disable() preempt_disable()
#define local_irq_enable() preempt_enable()
#define local_irq_save(flags) ((flags) = 0, preempt_disable())
#define local_irq_restore(flags) ((void)(flags), preempt_enable())

static __always_inline void spin_lock_init(spinlock_t* lock) { shim_leave(&lock->shim_taken); }
static __always_inline void spin_lock(spinlock_t* lock) {
  preempt_disable();
  shim_take(&lock->shim_taken);
}
static __always_inline bool spin_trylock(spinlock_t* lock) {
  if (!shim_try_take(&lock->shim_taken)) return false;
  preempt_disable();
  return true;
}
static __always_inline void spin_unlock(spinlock_t* lock) {
  shim_leave(&lock->shim_taken);
  preempt_enable();
}
static __always_inline bool spin_is_locked(spinlock_t* lock) {
  return shim_is_taken(&lock->shim_taken);
}
#define spin_lock_irq(lock) spin_lock(lock)
#define spin_unlock_irq(lock) spin_unlock(lock)
#define spin_lock_bh(lock) spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)
#define spin_lock_irqsave(lock, flags) ((flags) = 0, spin_lock(lock))
#define spin_unlock_irqrestore(lock, flags) ((void)(flags), spin_unlock(lock))
#define spin_lock_nested(lock, subclass) spin_lock(lock)
#define raw_spin_lock_init(lock) spin_lock_init(lock)
#define raw_spin_lock(lock) spin_lock(lock)
#define raw_spin_unlock(lock) spin_unlock(lock)
#define raw_spin_trylock(lock) spin_trylock(lock)
#define raw_spin_lock_irqsave(lock, flags) spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

static inline void mutex_init(struct mutex* lock) { shim_leave(&lock->shim_taken); }
static inline void mutex_destroy(struct mutex* lock) { (void)lock; }
static inline void mutex_lock(struct mutex* lock) {
  shim_might_sleep("mutex_lock");
  shim_take(&lock->shim_taken);
}
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)
static inline int mutex_lock_interruptible(struct mutex* lock) {
  mutex_lock(lock);
  return 0;
}
static inline bool mutex_trylock(struct mutex* lock) { return shim_try_take(&lock->shim_taken); }
static inline void mutex_unlock(struct mutex* lock) { shim_leave(&lock->shim_taken); }
static inline bool mutex_is_locked(struct mutex* lock) { return shim_is_taken(&lock->shim_taken); }

static inline void init_rwsem(struct rw_semaphore* lock) { shim_leave(&lock->shim_taken); }
static inline void down_write(struct rw_semaphore* lock) {
  shim_might_sleep("down_write");
  shim_take(&lock->shim_taken);
}
static inline bool down_write_trylock(struct rw_semaphore* lock) {
  return shim_try_take(&lock->shim_taken);
}
static inline void up_write(struct rw_semaphore* lock) { shim_leave(&lock->shim_taken); }
#define down_read(lock) down_write(lock)
#define down_read_trylock(lock) down_write_trylock(lock)
#define up_read(lock) up_write(lock)
#define downgrade_write(lock) ((void)(lock))
#define cpus_read_lock() shim_might_sleep("cpus_read_lock")
#define cpus_read_unlock() ((void)0)

/* Whoever holds it: the locks keep no owner. */
#define lockdep_assert_held(lock) ((void)WARN_ON(!shim_is_taken(&(lock)->shim_taken)))
#define lockdep_assert_held_once(lock) lockdep_assert_held(lock)
#define mutex_lock_killable(lock) mutex_lock_interruptible(lock)
#define lockdep_assert_not_held(lock) ((void)(lock))
#define lockdep_is_held(lock) shim_is_taken(&(lock)->shim_taken)
#define lockdep_set_class(lock, key) ((void)(lock))
#define lockdep_assert(condition) ((void)WARN_ON(!(condition)))
#define lockdep_assert_once(condition) lockdep_assert(condition)
#define lockdep_assert_held_write(lock) lockdep_assert_held(lock)
#define lockdep_assert_held_read(lock) lockdep_assert_held(lock)
/* Locks that nothing here ever takes count as the caller asserts. */
#define lockdep_assert_none_held_once() ((void)0)
#define lockdep_assert_cpus_held() ((void)0)
#define lockdep_is_cpus_held() 1
#define lockdep_assert_rq_held(rq) ((void)(rq))
#define lockdep_assert_irqs_enabled() ((void)WARN_ON(arenafuzz_context_depth.spinlock != 0))
#define lockdep_assert_irqs_disabled() ((void)0)
#define lockdep_assert_preemption_enabled() lockdep_assert_irqs_enabled()
#define lockdep_assert_preemption_disabled() ((void)WARN_ON(!arenafuzz_context_depth.spinlock))
#define lockdep_assert_in_softirq() ((void)0)
#define lockdep_set_subclass(lock, subclass) ((void)(lock))
#define lockdep_register_key(key) ((void)(key))
#define lockdep_unregister_key(key) ((void)(key))
#define might_lock(lock) ((void)(lock))
#define lockdep_assert_in_rcu_read_lock() ((void)WARN_ON(!arenafuzz_context_depth.rcu_read))

static __always_inline void rcu_read_lock(void) {
  ++arenafuzz_context_depth.rcu_read;
  barrier();
}
static __always_inline void rcu_read_unlock(void) {
  barrier();
  --arenafuzz_context_depth.rcu_read;
}
static __always_inline bool rcu_read_lock_held(void) {
  return arenafuzz_context_depth.rcu_read != 0;
}
#define rcu_read_lock_sched() rcu_read_lock()
#define rcu_read_unlock_sched() rcu_read_unlock()
#define rcu_access_pointer(pointer) READ_ONCE(pointer)
#define rcu_dereference(pointer) __atomic_load_n(&(pointer), __ATOMIC_ACQUIRE)
#define rcu_dereference_raw(pointer) rcu_dereference(pointer)
#define rcu_dereference_check(pointer, condition) rcu_dereference(pointer)
#define rcu_dereference_protected(pointer, condition) READ_ONCE(pointer)
#define rcu_assign_pointer(pointer, value)                      \
  do {                                                          \
    typeof(pointer) shim_value = (value);                       \
    __atomic_store_n(&(pointer), shim_value, __ATOMIC_RELEASE); \
  } while (0)
#define RCU_INIT_POINTER(pointer, value) WRITE_ONCE(pointer, value)
#define rcu_replace_pointer(pointer, value, condition) \
  __atomic_exchange_n(&(pointer), value, __ATOMIC_ACQ_REL)
#define RCU_LOCKDEP_WARN(condition, text) ((void)0)
#define synchronize_rcu() shim_might_sleep("synchronize_rcu")
#define synchronize_rcu_expedited() shim_might_sleep("synchronize_rcu")
#define rcu_barrier() shim_might_sleep("rcu_barrier")
static inline void call_rcu(struct rcu_head* head, void (*function)(struct rcu_head* head)) {
  function(head);
}

#define in_nmi() (arenafuzz_context_depth.nmi != 0)
#define in_hardirq() in_nmi()
#define in_interrupt() in_nmi()
#define in_task() (!in_nmi())
#define in_atomic() (arenafuzz_context_depth.spinlock != 0 || in_nmi())

/* guard(spinlock)(&lock); scoped_guard(rcu) { ... } */
#define DEFINE_FREE(name, type, free_it)                     \
  static __always_inline void __free_##name(void* pointer) { \
    type _T = *(type*)pointer;                               \
    free_it;                                                 \
  }
#define __free(name) __cleanup(__free_##name)
#define no_free_ptr(pointer)           \
  ({                                   \
    __auto_type shim_kept = (pointer); \
    (pointer) = NULL;                  \
    shim_kept;                         \
  })
#define return_ptr(pointer) return no_free_ptr(pointer)
#define SHIM_GUARD(name, type, enter, leave)                                         \
  typedef type class_##name##_t;                                                     \
  static __always_inline class_##name##_t class_##name##_constructor(type held) {    \
    enter;                                                                           \
    return held;                                                                     \
  }                                                                                  \
  static __always_inline void class_##name##_destructor(class_##name##_t* held_at) { \
    type held = *held_at;                                                            \
    (void)held;                                                                      \
    leave;                                                                           \
  }
#define SHIM_GUARD_0(name, enter, leave)                                             \
  typedef int class_##name##_t;                                                      \
  static __always_inline class_##name##_t class_##name##_constructor(void) {         \
    enter;                                                                           \
    return 0;                                                                        \
  }                                                                                  \
  static __always_inline void class_##name##_destructor(class_##name##_t* held_at) { \
    (void)held_at;                                                                   \
    leave;                                                                           \
  }
SHIM_GUARD(spinlock, spinlock_t*, spin_lock(held), spin_unlock(held))
SHIM_GUARD(spinlock_irq, spinlock_t*, spin_lock(held), spin_unlock(held))
SHIM_GUARD(spinlock_irqsave, spinlock_t*, spin_lock(held), spin_unlock(held))
SHIM_GUARD(raw_spinlock, raw_spinlock_t*, spin_lock(held), spin_unlock(held))
SHIM_GUARD(raw_spinlock_irqsave, raw_spinlock_t*, spin_lock(held), spin_unlock(held))
SHIM_GUARD(mutex, struct mutex*, mutex_lock(held), mutex_unlock(held))
SHIM_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())
SHIM_GUARD_0(preempt, preempt_disable(), preempt_enable())
SHIM_GUARD_0(irq, preempt_disable(), preempt_enable())
#undef SHIM_GUARD
#undef SHIM_GUARD_0

#define CLASS(name, variable)                                              \
  class_##name##_t variable __maybe_unused __cleanup(class_##name##_destructor) = \
      class_##name##_constructor
#define guard(name) CLASS(name, __UNIQUE_ID(guard))
#define SHIM_SCOPED_GUARD(name, variable, once, args...) \
  for (CLASS(name, variable)(args), once = (class_##name##_t)1; once; once = (class_##name##_t)0)
#define scoped_guard(name, args...) \
  SHIM_SCOPED_GUARD(name, __UNIQUE_ID(scope), __UNIQUE_ID(once), ##args)

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_LOCKS_H_ */
