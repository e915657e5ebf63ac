/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmalloc, vmalloc and their kin, over the metadata seam.
 *
 * Purpose   The kmalloc() and kvmalloc() families are one seam call, whatever the size, vmalloc()
 *           the other; whether an allocation may sleep is judged behind the seam. vmalloc gives
 *           memory full of 0xa5: code that needs zeroes must ask for them.
 * Ownership What these give belongs to the MetadataSource that is bound (src/kernel/seam.h).
 * Source    include/linux/{gfp,slab,vmalloc,mm}.h by what they promise.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_MEMORY_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_MEMORY_H_

#include "src/kernel/shim/locks.h"
#include "src/kernel/shim/math.h"

#define __GFP_HIGH ((gfp_t)0x20)
#define __GFP_IO ((gfp_t)0x40)
#define __GFP_FS ((gfp_t)0x80)
#define __GFP_ZERO ((gfp_t)0x100)
#define __GFP_DIRECT_RECLAIM ((gfp_t)0x400)
#define __GFP_KSWAPD_RECLAIM ((gfp_t)0x800)
#define __GFP_NOWARN ((gfp_t)0x2000)
#define __GFP_RETRY_MAYFAIL ((gfp_t)0x4000)
#define __GFP_NOFAIL ((gfp_t)0x8000)
#define __GFP_NORETRY ((gfp_t)0x10000)
#define __GFP_COMP ((gfp_t)0x40000)
#define __GFP_ACCOUNT ((gfp_t)0x400000)
#define __GFP_RECLAIM (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_USER GFP_KERNEL
#define GFP_NOIO __GFP_RECLAIM
#define GFP_NOFS (__GFP_RECLAIM | __GFP_IO)
#define GFP_ATOMIC (__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_NOWAIT (__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)
#define gfpflags_allow_blocking(flags) (((flags)&__GFP_DIRECT_RECLAIM) != 0)

#define ZERO_SIZE_PTR ((void*)16)
#define ZERO_OR_NULL_PTR(pointer) ((unsigned long)(pointer) <= (unsigned long)ZERO_SIZE_PTR)

static inline void* __must_check kmalloc(size_t bytes, gfp_t flags) {
  if (!bytes) return ZERO_SIZE_PTR;
  if (bytes == SIZE_MAX) return NULL; /* a product that overflowed */
  return arenafuzz_kernel_kmalloc(bytes, (flags & __GFP_ZERO) != 0, gfpflags_allow_blocking(flags));
}
static inline void* __must_check kzalloc(size_t bytes, gfp_t flags) {
  return kmalloc(bytes, flags | __GFP_ZERO);
}
static inline void* __must_check kmalloc_array(size_t count, size_t bytes, gfp_t flags) {
  return kmalloc(size_mul(count, bytes), flags);
}
static inline void* __must_check kcalloc(size_t count, size_t bytes, gfp_t flags) {
  return kmalloc_array(count, bytes, flags | __GFP_ZERO);
}
#define kmalloc_node(bytes, flags, node) ((void)(node), kmalloc(bytes, flags))
#define kzalloc_node(bytes, flags, node) ((void)(node), kzalloc(bytes, flags))
#define kmalloc_array_node(count, bytes, flags, node) \
  ((void)(node), kmalloc_array(count, bytes, flags))
#define kcalloc_node(count, bytes, flags, node) ((void)(node), kcalloc(count, bytes, flags))
#define kvmalloc(bytes, flags) kmalloc(bytes, flags)
#define kvzalloc(bytes, flags) kzalloc(bytes, flags)
#define kvmalloc_node(bytes, flags, node) kmalloc_node(bytes, flags, node)
#define kvzalloc_node(bytes, flags, node) kzalloc_node(bytes, flags, node)
#define kvmalloc_array(count, bytes, flags) kmalloc_array(count, bytes, flags)
#define kvcalloc(count, bytes, flags) kcalloc(count, bytes, flags)

/* kzalloc_obj(*p) or kzalloc_obj(*p, flags): sized by the argument's type; GFP_KERNEL by default. */
#define SHIM_FLAGS(flags...) SHIM_SECOND(0, ##flags, GFP_KERNEL, 0)
#define SHIM_TYPED(allocate, bytes, what, flags...) \
  ((typeof(what)*)allocate(bytes, SHIM_FLAGS(flags)))
#define kmalloc_obj(what, flags...) SHIM_TYPED(kmalloc, sizeof(typeof(what)), what, ##flags)
#define kzalloc_obj(what, flags...) SHIM_TYPED(kzalloc, sizeof(typeof(what)), what, ##flags)
#define kvzalloc_obj(what, flags...) kzalloc_obj(what, ##flags)
#define kmalloc_objs(what, count, flags...) \
  SHIM_TYPED(kmalloc, size_mul(count, sizeof(typeof(what))), what, ##flags)
#define kzalloc_objs(what, count, flags...) \
  SHIM_TYPED(kzalloc, size_mul(count, sizeof(typeof(what))), what, ##flags)
#define kzalloc_flex(what, member, count, flags...) \
  SHIM_TYPED(kzalloc, struct_size_t(typeof(what), member, count), what, ##flags)

static inline void* __must_check vzalloc(unsigned long bytes) {
  return bytes == SIZE_MAX ? NULL : arenafuzz_kernel_vzalloc(bytes);
}
static inline void* __must_check vmalloc(unsigned long bytes) {
  void* memory = vzalloc(bytes);
  if (memory) memset(memory, 0xa5, bytes);
  return memory;
}
#define vzalloc_node(bytes, node) ((void)(node), vzalloc(bytes))
#define vmalloc_node(bytes, node) ((void)(node), vmalloc(bytes))
#define __vmalloc(bytes, flags) (((flags)&__GFP_ZERO) ? vzalloc(bytes) : vmalloc(bytes))
#define vcalloc(count, bytes) vzalloc(size_mul(count, bytes))
#define vmalloc_array(count, bytes) vmalloc(size_mul(count, bytes))

static inline void kfree(const void* memory) {
  if (!ZERO_OR_NULL_PTR(memory)) arenafuzz_kernel_kfree(memory);
}
static inline void vfree_atomic(const void* memory) {
  if (memory) arenafuzz_kernel_vfree(memory);
}
/* May sleep, also for NULL; so may kvfree of what came from vmalloc, which is known behind it. */
static inline void vfree(const void* memory) {
  shim_might_sleep("vfree");
  vfree_atomic(memory);
}
static inline void kvfree(const void* memory) {
  if (!ZERO_OR_NULL_PTR(memory)) arenafuzz_kernel_kvfree(memory);
}
static inline void kvfree_atomic(const void* memory) {
  const struct arenafuzz_context_depth depth = arenafuzz_context_depth;
  arenafuzz_context_depth = (struct arenafuzz_context_depth){0};
  kvfree(memory);
  arenafuzz_context_depth = depth;
}
#define kfree_const(memory) kfree(memory)
#define kfree_sensitive(memory) kfree(memory)
/* At once, without a grace period: a later use in the same read section is a use after free. */
#define kfree_rcu(memory, member...) kfree(memory)
#define kvfree_rcu(memory, member...) kvfree_atomic(memory)
#define kfree_rcu_mightsleep(memory) (shim_might_sleep("kfree_rcu_mightsleep"), kfree(memory))
#define kvfree_rcu_mightsleep(memory) (shim_might_sleep("kvfree_rcu_mightsleep"), kvfree(memory))
DEFINE_FREE(kfree, void*, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
DEFINE_FREE(kvfree, void*, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))

/* lib/string.c has it, the C library does not. */
static inline void* memchr_inv(const void* start, int value, size_t bytes) {
  const unsigned char* at = start;
  for (; bytes > 0; --bytes, ++at)
    if (*at != (unsigned char)value) return (void*)at;
  return NULL;
}
static inline void* __must_check kmemdup(const void* from, size_t bytes, gfp_t flags) {
  void* copy = kmalloc(bytes, flags);
  if (copy) memcpy(copy, from, bytes);
  return copy;
}
static inline char* __must_check kstrdup(const char* text, gfp_t flags) {
  return text ? (char*)kmemdup(text, strlen(text) + 1, flags) : NULL;
}
#define kstrdup_const(text, flags) ((const char*)kstrdup(text, flags))

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_MEMORY_H_ */
