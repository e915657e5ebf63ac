/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubly linked lists, and their RCU forms.
 *
 * Purpose   Publication is a release store and a reader's step an acquire load, so that TSan
 *           accepts readers concurrent with one writer. Each entry visited counts a step. A deleted entry's
 *           links are poisoned: following them faults.
 * Source    include/linux/list.h, rculist.h, poison.h by what they promise.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_LIST_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_LIST_H_

#include "src/kernel/shim/locks.h"
#include "src/kernel/shim/math.h"

/* No such address exists on 64-bit machines. */
#define POISON_POINTER_DELTA 0xdead000000000000UL
#define LIST_POISON1 ((void*)(0x100 + POISON_POINTER_DELTA))
#define LIST_POISON2 ((void*)(0x122 + POISON_POINTER_DELTA))

#define LIST_HEAD_INIT(name) \
  { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head* list) {
  WRITE_ONCE(list->next, list);
  WRITE_ONCE(list->prev, list);
}
#define INIT_LIST_HEAD_RCU(list) INIT_LIST_HEAD(list)

/* Readers follow `next` only, hence the order and the release. */
static inline void shim_list_insert(struct list_head* entry, struct list_head* before,
                                    struct list_head* after) {
  entry->next = after;
  entry->prev = before;
  __atomic_store_n(&before->next, entry, __ATOMIC_RELEASE);
  after->prev = entry;
}
static inline void list_add(struct list_head* entry, struct list_head* head) {
  shim_list_insert(entry, head, head->next);
}
static inline void list_add_tail(struct list_head* entry, struct list_head* head) {
  shim_list_insert(entry, head->prev, head);
}
#define list_add_rcu(entry, head) list_add(entry, head)
#define list_add_tail_rcu(entry, head) list_add_tail(entry, head)

static inline void shim_list_unlink(struct list_head* entry) {
  entry->next->prev = entry->prev;
  __atomic_store_n(&entry->prev->next, entry->next, __ATOMIC_RELEASE);
}
static inline void list_del(struct list_head* entry) {
  shim_list_unlink(entry);
  entry->next = (struct list_head*)LIST_POISON1;
  entry->prev = (struct list_head*)LIST_POISON2;
}
/* Readers may still stand on it: `next` stays. */
static inline void list_del_rcu(struct list_head* entry) {
  shim_list_unlink(entry);
  entry->prev = (struct list_head*)LIST_POISON2;
}
static inline void list_del_init(struct list_head* entry) {
  shim_list_unlink(entry);
  INIT_LIST_HEAD(entry);
}
static inline void list_replace_rcu(struct list_head* old, struct list_head* entry) {
  shim_list_insert(entry, old->prev, old->next);
  old->prev = (struct list_head*)LIST_POISON2;
}
static inline void list_move(struct list_head* entry, struct list_head* head) {
  shim_list_unlink(entry);
  list_add(entry, head);
}
static inline void list_move_tail(struct list_head* entry, struct list_head* head) {
  shim_list_unlink(entry);
  list_add_tail(entry, head);
}
static inline bool list_empty(const struct list_head* head) {
  return READ_ONCE(head->next) == head;
}
static inline bool list_is_singular(const struct list_head* head) {
  return !list_empty(head) && head->next == head->prev;
}
static inline bool list_is_last(const struct list_head* entry, const struct list_head* head) {
  return entry->next == head;
}
static inline bool list_is_first(const struct list_head* entry, const struct list_head* head) {
  return entry->prev == head;
}
static inline void list_splice_init(struct list_head* list, struct list_head* head) {
  if (list_empty(list)) return;
  list->next->prev = head;
  list->prev->next = head->next;
  head->next->prev = list->prev;
  head->next = list->next;
  INIT_LIST_HEAD(list);
}

#define list_entry(node, type, member) container_of(node, type, member)
#define list_entry_rcu(node, type, member) \
  container_of(__atomic_load_n(&(node), __ATOMIC_ACQUIRE), type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member)                       \
  ({                                                                       \
    struct list_head* shim_head = (head);                                  \
    struct list_head* shim_first = READ_ONCE(shim_head->next);             \
    shim_first != shim_head ? list_entry(shim_first, type, member) : NULL; \
  })
#define list_first_or_null_rcu(head, type, member)                                      \
  ({                                                                                    \
    struct list_head* shim_head = (head);                                               \
    struct list_head* shim_first = __atomic_load_n(&shim_head->next, __ATOMIC_ACQUIRE); \
    shim_first != shim_head ? list_entry(shim_first, type, member) : NULL;              \
  })
#define list_next_entry(entry, member) list_entry((entry)->member.next, typeof(*(entry)), member)
#define list_prev_entry(entry, member) list_entry((entry)->member.prev, typeof(*(entry)), member)

/* The head is no entry: its "entry" is only compared, never dereferenced. */
#define SHIM_NODE(entry, member) \
  ((struct list_head*)((char*)(entry) + offsetof(typeof(*(entry)), member)))
#define SHIM_AT_ENTRY(entry, head, member) (SHIM_NODE(entry, member) != (head) && shim_visit())

#define list_for_each(node, head) \
  for (node = (head)->next; node != (head) && shim_visit(); node = node->next)
#define list_for_each_safe(node, following, head)                                   \
  for (node = (head)->next, following = node->next; node != (head) && shim_visit(); \
       node = following, following = node->next)
#define list_for_each_prev(node, head) \
  for (node = (head)->prev; node != (head) && shim_visit(); node = node->prev)
#define list_for_each_entry(entry, head, member)                                                   \
  for (entry = list_first_entry(head, typeof(*entry), member); SHIM_AT_ENTRY(entry, head, member); \
       entry = list_next_entry(entry, member))
#define list_for_each_entry_reverse(entry, head, member)                                          \
  for (entry = list_last_entry(head, typeof(*entry), member); SHIM_AT_ENTRY(entry, head, member); \
       entry = list_prev_entry(entry, member))
#define list_for_each_entry_continue(entry, head, member)                          \
  for (entry = list_next_entry(entry, member); SHIM_AT_ENTRY(entry, head, member); \
       entry = list_next_entry(entry, member))
#define list_for_each_entry_from(entry, head, member) \
  for (; SHIM_AT_ENTRY(entry, head, member); entry = list_next_entry(entry, member))
#define list_for_each_entry_safe(entry, following, head, member) \
  for (entry = list_first_entry(head, typeof(*entry), member),   \
      following = list_next_entry(entry, member);                \
       SHIM_AT_ENTRY(entry, head, member);                       \
       entry = following, following = list_next_entry(following, member))
#define list_for_each_entry_rcu(entry, head, member, condition...)   \
  for (entry = list_entry_rcu((head)->next, typeof(*entry), member); \
       SHIM_AT_ENTRY(entry, head, member);                           \
       entry = list_entry_rcu(entry->member.next, typeof(*entry), member))
#define list_for_each_entry_lockless(entry, head, member) \
  list_for_each_entry_rcu(entry, head, member)
#define list_for_each_entry_srcu(entry, head, member, condition) \
  list_for_each_entry_rcu(entry, head, member)

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_LIST_H_ */
