// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/arena_map.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace arenafuzz {
namespace {

constexpr std::uint64_t kLow32 = 0xffffffff;

}  // namespace

int ArenaMap::check(const ArenaMapConfig& config) {
  if (config.pages == 0 || config.user_base % config.page_bytes != 0) return -EINVAL;
  if (config.pages > kMaxBytes / config.page_bytes) return -E2BIG;
  const std::uint64_t last = config.user_base + (config.pages * config.page_bytes - 1);
  if (config.user_base >> 32 != last >> 32) return -ERANGE;
  return 0;
}

int ArenaMap::create(const ArenaMapConfig& config, PageRunStorage& storage,
                     MetadataSource& records) {
  if (const int error = check(config); error != 0) return error;
  if (storage.capacity() < config.pages) return -ENOMEM;
  config_ = config;
  user_base_ = config.user_base;
  records_ = &records;
  newest_span_ = nullptr;
  runs_.reset(storage, config.pages);
  references_ = 1;
  return 0;
}

void ArenaMap::get() {
  const std::lock_guard guard(lock_);
  ++references_;
}

bool ArenaMap::put() {
  Span* span = nullptr;
  {
    const std::lock_guard guard(lock_);
    if (--references_ > 0) return false;
    span = std::exchange(newest_span_, nullptr);
  }
  while (span != nullptr) {
    Span* next = span->next;
    records_->free(MetadataSite::kSpan, span);
    span = next;
  }
  return true;
}

void ArenaMap::abandon() {
  const std::lock_guard guard(lock_);
  references_ = 0;
  newest_span_ = nullptr;
}

// The page a claim would get, or PageRuns::kNone.
std::uint64_t ArenaMap::locate(const ClaimRequest& request) const {
  const std::uint64_t count = request.pages.value;
  if (references_ == 0 || !mapped() || count == 0 || count > config_.pages) return PageRuns::kNone;
  // A machine of one memory node, number 0.
  const bool node_exists = request.node == kNoNode || request.node == 0;
  if (!node_exists || request.flags != 0) return PageRuns::kNone;
  if (request.hint == 0) return runs_.find(count, config_.placement);
  const std::uint64_t offset = request.hint - user_base();
  const std::uint64_t page = offset / config_.page_bytes;
  if (offset % config_.page_bytes != 0 || page >= config_.pages || count > config_.pages - page)
    return PageRuns::kNone;
  return runs_.all_free(page, count) ? page : PageRuns::kNone;
}

std::uint64_t ArenaMap::claim(const ClaimRequest& request) {
  const std::lock_guard guard(lock_);
  const std::uint64_t page = locate(request);
  if (page == PageRuns::kNone) return 0;
  runs_.take(page, request.pages.value);
  return user_address_of_page(page);
}

bool ArenaMap::would_grant(const ClaimRequest& request) const {
  const std::lock_guard guard(lock_);
  return locate(request) != PageRuns::kNone;
}

// Rounds down to a page, cuts at the arena's end; false if nothing is left (docs/arena_pool.md, The
// BPF arena as page source).
bool ArenaMap::clip(std::uint64_t user_address, std::uint64_t* page, std::uint64_t* pages) const {
  if (references_ == 0 || !mapped() || user_address < user_base()) return false;
  *page = (user_address - user_base()) / config_.page_bytes;
  if (*page >= config_.pages) return false;
  *pages = std::min(*pages, config_.pages - *page);
  return *pages > 0;
}

// The pool's own release: needs a free-space record (F5); without it the range is lost.
void ArenaMap::give_pages(std::uint64_t page, std::uint64_t pages) {
  void* record = records_->allocate(MetadataSite::kRelease, kReleaseRecordBytes);
  if (record == nullptr) return;
  {
    const std::lock_guard guard(lock_);
    if (references_ > 0) runs_.give(page, pages);
  }
  // The runs are tags in arrays; the record stands for the tree node that the kernel may need.
  records_->free(MetadataSite::kRelease, record);
}

void ArenaMap::release(std::uint64_t user_address, PageCount count) {
  // The arena adds its own upper half: callers that kept just the low one are served too.
  if (user_address != 0 && user_address >> 32 == 0) user_address |= user_base() & ~kLow32;
  std::uint64_t page = 0;
  std::uint64_t pages = count.value;
  {
    const std::lock_guard guard(lock_);
    if (!clip(user_address, &page, &pages)) return;
  }
  if (config_.release_policy == ReleasePolicy::kImmediate) {
    give_pages(page, pages);
    return;
  }
  void* record = records_->allocate(MetadataSite::kSpan, kSpanBytes);
  if (record == nullptr) return;  // F4: lost until the map dies
  auto* span = static_cast<Span*>(record);
  const std::lock_guard guard(lock_);
  span->next = newest_span_;
  span->page = page;
  span->pages = pages;
  newest_span_ = span;
}

void ArenaMap::bpf_release(std::uint64_t user_address, PageCount count) {
  const std::lock_guard guard(lock_);
  std::uint64_t page = 0;
  std::uint64_t pages = count.value;
  if (clip(user_address, &page, &pages)) runs_.give(page, pages);
}

int ArenaMap::reserve(std::uint64_t user_address, PageCount count) {
  const std::lock_guard guard(lock_);
  if (count.value == 0 || user_address % config_.page_bytes != 0) return 0;
  const std::uint64_t page = (user_address - user_base()) / config_.page_bytes;
  if (references_ == 0 || !mapped() || user_address < user_base() || page >= config_.pages ||
      count.value > config_.pages - page)
    return -EINVAL;
  if (!runs_.all_free(page, count.value)) return -EBUSY;
  runs_.take(page, count.value);
  return 0;
}

bool ArenaMap::user_fault(std::uint64_t user_address) {
  const std::lock_guard guard(lock_);
  std::uint64_t page = 0;
  std::uint64_t pages = 1;
  if (!clip(user_address, &page, &pages) || !runs_.all_free(page, 1)) return false;
  runs_.take(page, 1);
  return true;
}

int ArenaMap::mmap(std::uint64_t base) {
  const std::lock_guard guard(lock_);
  if (references_ == 0 || base == 0) return -EINVAL;
  if (mapped()) return -EBUSY;
  ArenaMapConfig wanted = config_;
  wanted.user_base = base;
  if (const int error = check(wanted); error != 0) return error;
  user_base_ = base;
  return 0;
}

ArenaMap::Span* ArenaMap::take_newest_span() {
  const std::lock_guard guard(lock_);
  Span* span = newest_span_;
  if (span != nullptr) newest_span_ = span->next;
  return span;
}

std::uint64_t ArenaMap::run_worker() {
  std::uint64_t taken = 0;
  while (Span* span = take_newest_span()) {
    give_pages(span->page, span->pages);
    records_->free(MetadataSite::kSpan, span);
    ++taken;
  }
  return taken;
}

std::uint64_t ArenaMap::taken_pages() const {
  const std::lock_guard guard(lock_);
  return references_ == 0 ? 0 : config_.pages - runs_.free_pages();
}

std::uint64_t ArenaMap::waiting_spans() const {
  const std::lock_guard guard(lock_);
  std::uint64_t count = 0;
  for (const Span* span = newest_span_; span != nullptr; span = span->next) ++count;
  return count;
}

bool ArenaMap::is_taken(std::uint64_t page) const {
  const std::lock_guard guard(lock_);
  return alive() && runs_.all_taken(page, 1);
}

// Upper half of the base, low half of the address: what the kernel hands out (docs/arena_pool.md,
// The BPF arena as page source).
std::uint64_t ArenaMap::user_address_of_page(std::uint64_t page) const {
  const std::uint64_t address = user_base() + page * config_.page_bytes;
  return (user_base() & ~kLow32) | (address & kLow32);
}

std::uint64_t ArenaMap::kernel_address_of_page(std::uint64_t page) const {
  return config_.kernel_base + (user_address_of_page(page) & kLow32);
}

}  // namespace arenafuzz
