// SPDX-License-Identifier: GPL-2.0-only
#include "src/kernel/kernel_seam.h"

#include <bit>
#include <cstring>

#include "src/kernel/seam.h"
#include "src/pool/context.h"

namespace arenafuzz {
namespace {

MetadataSource* bound = nullptr;

static_assert(sizeof(arenafuzz_thread_hooks) == sizeof(atomics::ThreadHooks));
static_assert(offsetof(arenafuzz_thread_hooks, steps_left) ==
              offsetof(atomics::ThreadHooks, steps_left));
static_assert(offsetof(arenafuzz_thread_hooks, steps_exhausted) ==
              offsetof(atomics::ThreadHooks, steps_exhausted));
static_assert(offsetof(arenafuzz_thread_hooks, before_compare_exchange) ==
              offsetof(atomics::ThreadHooks, before_compare_exchange));
static_assert(offsetof(arenafuzz_thread_hooks, context) == offsetof(atomics::ThreadHooks, context));
static_assert(sizeof(arenafuzz_context_depth) == sizeof(ContextDepth));
static_assert(offsetof(arenafuzz_context_depth, rcu_read) == offsetof(ContextDepth, rcu_read));
static_assert(offsetof(arenafuzz_context_depth, spinlock) == offsetof(ContextDepth, spinlock));
static_assert(offsetof(arenafuzz_context_depth, nmi) == offsetof(ContextDepth, nmi));

void give_back(MetadataSite site, const void* memory) {
  if (memory != nullptr) bound->free(site, const_cast<void*>(memory));
}

PageSource* pages_of(void* map) { return static_cast<PageSource*>(map); }

std::uint64_t number_of(const void* address) {
  return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(address));
}

}  // namespace

void bind_kernel_metadata(MetadataSource& metadata) { bound = &metadata; }

void set_kernel_page_bytes(std::uint64_t bytes) {
  arenafuzz_page_shift = static_cast<unsigned int>(std::countr_zero(bytes));
}

void free_kernel_locks() {
  arenafuzz_lock_epoch = arenafuzz_lock_epoch == 0x7fffffff ? 1 : arenafuzz_lock_epoch + 1;
}

BugSite kernel_bug_site(std::string_view function, std::string_view condition) {
  const bool frees = function.starts_with("gen_pool_free");
  if (frees && condition.empty()) return BugSite::kFreeNoChunk;
  if (frees && condition.find("end_addr") != std::string_view::npos) return BugSite::kFreePastEnd;
  const bool remains = condition.find("remain") != std::string_view::npos;
  if (frees && remains) return BugSite::kFreeNotAllocated;
  if (function.starts_with("gen_pool_alloc") && remains) return BugSite::kAllocRollback;
  if (function == "gen_pool_destroy") return BugSite::kDestroyNotEmpty;
  return BugSite::kOther;
}

}  // namespace arenafuzz

using namespace arenafuzz;  // NOLINT(google-*): what follows is C's

extern "C" {

unsigned int arenafuzz_page_shift = 12;
int arenafuzz_lock_epoch = 1;

void* arenafuzz_kernel_kmalloc(size_t bytes, int zeroed, int may_sleep) {
  const ContextDepth depth = context_depth;
  if (may_sleep == 0) context_depth = {};  // such a call is allowed in any context
  void* memory = bound->allocate(MetadataSite::kKmalloc, bytes);
  context_depth = depth;
  if (memory != nullptr && zeroed != 0) std::memset(memory, 0, bytes);
  return memory;
}

void* arenafuzz_kernel_vzalloc(size_t bytes) {
  return bound->allocate(MetadataSite::kVzalloc, bytes);
}

void arenafuzz_kernel_kfree(const void* memory) { give_back(MetadataSite::kKmalloc, memory); }

void arenafuzz_kernel_vfree(const void* memory) { give_back(MetadataSite::kVzalloc, memory); }

void arenafuzz_kernel_kvfree(const void* memory) {
  const bool small = bound->look_up(MetadataSite::kVzalloc, memory) == BlockState::kOtherSite;
  if (!small && !context_depth.may_sleep()) sleeping_call("kvfree");
  give_back(small ? MetadataSite::kKmalloc : MetadataSite::kVzalloc, memory);
}

void* arenafuzz_kernel_claim(void* map, void* hint, uint32_t pages, int node, uint64_t flags) {
  ClaimRequest request;
  request.pages = PageCount{pages};
  request.hint = number_of(hint);
  request.node = node;
  request.flags = flags;
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(pages_of(map)->claim(request)));
}

void arenafuzz_kernel_release(void* map, void* user_address, uint32_t pages) {
  pages_of(map)->release(number_of(user_address), PageCount{pages});
}

uint64_t arenafuzz_kernel_vm_start(void* map) { return pages_of(map)->kernel_base(); }

void arenafuzz_kernel_bug(const struct arenafuzz_place* place, const char* condition) {
  const BugSite site = kernel_bug_site(place->function, condition);
  if (site == BugSite::kOther) bug_in(place->function);
  bug(site);
}

void arenafuzz_kernel_warn(const struct arenafuzz_place* place, const char* condition) {
  warn(place->function, condition);
}

void arenafuzz_kernel_arithmetic(void) { arithmetic_error(); }

void arenafuzz_kernel_sleeping_call(const char* what) { sleeping_call(what); }

}  // extern "C"
