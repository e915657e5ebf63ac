/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's build sets for every file: attributes, annotations, CONFIG_ and symbol exports.
 *
 * Purpose   First of the shim's headers; the others build on it. Our own helpers begin with shim_.
 * Source    include/linux/compiler*.h, export.h, module.h, init.h by what they promise.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_COMPILER_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_COMPILER_H_

/* The compiler's own headers alone: the tree is built without the host's, so that a <linux/...> that
 * the shim does not forward is an error and never the header of user space. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* lib/string.c, by the C library. */
void *memset(void *to, int value, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
int memcmp(const void *one, const void *other, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t most);
char *strchr(const char *text, int character);

#ifdef __cplusplus
#error "the shim is for the kernel's C files; C++ sees src/kernel/seam.h and the glue headers"
#endif

/* CONFIG_OF stays unset, as every option that is not named here. */
#define CONFIG_64BIT 1
#define CONFIG_MMU 1
#define CONFIG_SMP 1
#define CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG 1
#define __KERNEL__ 1

/* 1 for an option defined as 1, 0 for one that is not defined. */
#define SHIM_COMMA_IF_1 0,
#define SHIM_SECOND(first, second, ...) second
#define SHIM_IS_1_(comma_or_word) SHIM_SECOND(comma_or_word 1, 0, 0)
#define SHIM_IS_1(value) SHIM_PASTE_IS_1(value)
#define SHIM_PASTE_IS_1(value) SHIM_IS_1_(SHIM_COMMA_IF_##value)
#define IS_ENABLED(option) SHIM_IS_1(option)
#define IS_BUILTIN(option) SHIM_IS_1(option)
#define IS_REACHABLE(option) SHIM_IS_1(option)
#define IS_MODULE(option) 0

#define SHIM_PASTE_(a, b) a##b
#define SHIM_PASTE(a, b) SHIM_PASTE_(a, b)
#define __UNIQUE_ID(prefix) SHIM_PASTE(SHIM_PASTE(__unique_id_, prefix), __COUNTER__)
#define __stringify_1(x...) #x
#define __stringify(x...) __stringify_1(x)

#undef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#define noinline __attribute__((__noinline__))
#define __cold __attribute__((__cold__))
#define __must_check __attribute__((__warn_unused_result__))
#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __used __attribute__((__used__))
#define __packed __attribute__((__packed__))
#define __aligned(bytes) __attribute__((__aligned__(bytes)))
#define __cleanup(function) __attribute__((__cleanup__(function)))
#define __noreturn __attribute__((__noreturn__))
#define __pure __attribute__((__pure__))
#define __weak __attribute__((__weak__))
#define fallthrough __attribute__((__fallthrough__))
#define __malloc __attribute__((__malloc__))

/* Section and checker annotations have no meaning in userspace. */
#define __init
#define __exit
#define __initdata
#define __read_mostly
#define __ro_after_init
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __private
#define __bitwise
#define __acquires(lock)
#define __releases(lock)
#define __must_hold(lock)
#define __acquire(lock) ((void)0)
#define __release(lock) ((void)0)
#define __counted_by(member)
#define __alloc_size(...)
#define __bpf_kfunc __used noinline
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define notrace
#define nokprobe_inline inline
#define asmlinkage

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#define barrier() __asm__ volatile("" : : : "memory")
#define unreachable() __builtin_unreachable()
#define typeof_member(type, member) typeof(((type*)0)->member)
#define sizeof_field(type, member) sizeof(((type*)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif

/* Swallow the semicolon, as the kernel's do. */
#define EXPORT_SYMBOL(symbol) extern typeof(symbol) symbol
#define EXPORT_SYMBOL_GPL(symbol) extern typeof(symbol) symbol
#define EXPORT_SYMBOL_NS(symbol, space) extern typeof(symbol) symbol
#define EXPORT_SYMBOL_NS_GPL(symbol, space) extern typeof(symbol) symbol
#define MODULE_LICENSE(text) _Static_assert(1, "")
#define MODULE_AUTHOR(text) _Static_assert(1, "")
#define MODULE_DESCRIPTION(text) _Static_assert(1, "")
#define THIS_MODULE ((struct module*)0)
struct module;

#define SHIM_STATIC_ASSERT(condition, message, ...) _Static_assert(condition, message)
#define static_assert(condition, ...) SHIM_STATIC_ASSERT(condition, ##__VA_ARGS__, #condition)
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), "BUILD_BUG_ON(" #condition ")")
#define BUILD_BUG_ON_MSG(condition, message) _Static_assert(!(condition), message)
#define BUILD_BUG_ON_ZERO(condition) \
  ((int)sizeof(struct { int shim_bits : (-!!(condition)) + 1; }) * 0)

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_COMPILER_H_ */
