/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's integer types, limits, error numbers and page size.
 *
 * Units     PAGE_SIZE in bytes, an unsigned long as in the kernel: `u32 pages * PAGE_SIZE` must not
 *           be computed in 32 bits. It is a variable, unless ARENAFUZZ_CONSTANT_PAGE fixes it at
 *           4 KiB for a tree that needs a constant.
 * Source    include/linux/types.h, limits.h, err.h, sizes.h and the errno list by their
 *           promises.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_TYPES_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_TYPES_H_

#include "src/kernel/seam.h"
#include "src/kernel/shim/compiler.h"

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
typedef s8 __s8;
typedef u8 __u8;
typedef s16 __s16;
typedef u16 __u16;
typedef s32 __s32;
typedef u32 __u32;
typedef s64 __s64;
typedef u64 __u64;
typedef u16 __le16;
typedef u32 __le32;
typedef u64 __le64;
typedef unsigned int uint;
typedef unsigned long ulong;
typedef long ssize_t;
typedef u64 phys_addr_t;
typedef u64 dma_addr_t;
typedef phys_addr_t resource_size_t;
typedef unsigned int gfp_t;
typedef unsigned long pgoff_t;

_Static_assert(sizeof(long) == 8, "the kernel backend is for 64-bit builds");

struct list_head {
  struct list_head *next, *prev;
};

struct rcu_head {
  struct rcu_head* next;
  void (*func)(struct rcu_head* head);
};
#define callback_head rcu_head

#define U8_MAX ((u8)~0U)
#define S8_MAX ((s8)(U8_MAX >> 1))
#define U16_MAX ((u16)~0U)
#define S16_MAX ((s16)(U16_MAX >> 1))
#define U32_MAX ((u32)~0U)
#define S32_MAX ((s32)(U32_MAX >> 1))
#define S32_MIN ((s32)(-S32_MAX - 1))
#define U64_MAX ((u64)~0ULL)
#define S64_MAX ((s64)(U64_MAX >> 1))
#define S64_MIN ((s64)(-S64_MAX - 1))
#ifndef INT_MAX
#define INT_MAX __INT_MAX__
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX (~0U)
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-LONG_MAX - 1)
#define ULONG_MAX (~0UL)
#define LLONG_MAX __LONG_LONG_MAX__
#define ULLONG_MAX (~0ULL)
#endif
#ifndef SSIZE_MAX
#define SSIZE_MAX ((ssize_t)(SIZE_MAX >> 1))
#endif
#define PHYS_ADDR_MAX (~(phys_addr_t)0)

#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define ENXIO 6
#define E2BIG 7
#define EBADF 9
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define ENODEV 19
#define EINVAL 22
#define ENOSPC 28
#define EDOM 33
#define ERANGE 34
#define EDEADLK 35
#define EOVERFLOW 75
#define EOPNOTSUPP 95
#define EADDRINUSE 98
#define EALREADY 114
#define EPROBE_DEFER 517
#define ENOTSUPP 524
#define MAX_ERRNO 4095

#define IS_ERR_VALUE(value) unlikely((unsigned long)(void*)(value) >= (unsigned long)-MAX_ERRNO)

static inline void* __must_check ERR_PTR(long error) { return (void*)error; }
static inline long __must_check PTR_ERR(const void* pointer) { return (long)pointer; }
static inline bool __must_check IS_ERR(const void* pointer) { return IS_ERR_VALUE(pointer); }
static inline bool __must_check IS_ERR_OR_NULL(const void* pointer) {
  return !pointer || IS_ERR_VALUE(pointer);
}
static inline void* __must_check ERR_CAST(const void* pointer) { return (void*)pointer; }
static inline int __must_check PTR_ERR_OR_ZERO(const void* pointer) {
  return IS_ERR(pointer) ? (int)PTR_ERR(pointer) : 0;
}

#ifdef ARENAFUZZ_CONSTANT_PAGE
#define PAGE_SHIFT 12
#else
#define PAGE_SHIFT arenafuzz_page_shift
#endif
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(address) (((address) + PAGE_SIZE - 1) & PAGE_MASK)
#define PAGE_ALIGN_DOWN(address) ((address)&PAGE_MASK)
#define PAGE_ALIGNED(address) ((((unsigned long)(address)) & (PAGE_SIZE - 1)) == 0)
#define offset_in_page(address) ((unsigned long)(address) & ~PAGE_MASK)
#define PFN_UP(bytes) (((bytes) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(bytes) ((bytes) >> PAGE_SHIFT)
#define PFN_PHYS(pages) ((phys_addr_t)(pages) << PAGE_SHIFT)

#define NUMA_NO_NODE (-1)

#define SZ_1 0x1
#define SZ_8 0x8
#define SZ_16 0x10
#define SZ_32 0x20
#define SZ_64 0x40
#define SZ_4K 0x1000
#define SZ_16K 0x4000
#define SZ_64K 0x10000
#define SZ_1M 0x100000
#define SZ_2M 0x200000
#define SZ_1G 0x40000000
#define SZ_2G 0x80000000
#define SZ_4G 0x100000000ULL

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_TYPES_H_ */
