// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of the arena's memory. A pool may read and write in the pages that it holds: they get
// memory when they are first touched. What its callers' blocks hold is theirs.
//
//   page    | list head | block: c5 c5 c5 c5 | tag | block: c5 c5 ...
//             the pool's  the caller's         the pool's
#include <algorithm>
#include <cstring>

#include "fuzz/harness/backends/address_space.h"
#include "fuzz/harness/judge/judge.h"

namespace arenafuzz {
namespace {

constexpr unsigned char kCallers = 0xc5;  // a caller's bytes
constexpr std::uint64_t kOpened = 4096;   // pages of memory are opened by so many bytes

unsigned char* memory_at(std::uint64_t address) {
  return reinterpret_cast<unsigned char*>(static_cast<std::uintptr_t>(address));
}

// Calls `part` for what of [address, address + size) has memory.
template <typename Part>
void for_each_open(std::uint64_t address, std::uint64_t size, Part part) {
  for (std::uint64_t at = address; at - address < size;) {
    const std::uint64_t end = std::min(address + size, at / kOpened * kOpened + kOpened);
    if (is_page_open(at)) part(at, end - at);
    at = end;
  }
}

}  // namespace

void Judge::on_arena_access(std::uint64_t address) {
  const PoolState& pool = pools_[call_.scheduler];
  const std::uint64_t page = page_bytes(header_);
  const std::uint64_t start = address / page * page;
  if (call_.kind == CallKind::kNone || !pool.ledger.holds_all(start, page))
    fail(Oracle::kStrayAccess, Site::kPage, "arena-memory",
         text("the arena's memory untouched outside of the pages that the pool holds"),
         text("an access at %s", address_text(address).chars));
  if (!open_pages(start, page)) stop(EndReason::kOutOfBudget);
  for (std::uint64_t at = start; at < start + page; at += 8)
    if (pool.ledger.any_live(at, 8)) std::memset(memory_at(at), kCallers, 8);
}

// The caller writes all of its block, as far as there is memory behind it.
void Judge::fill_block(std::uint64_t address, std::uint64_t size) {
  if (!any_page_open()) return;
  for_each_open(address, size, [](std::uint64_t from, std::uint64_t bytes) {
    std::memset(memory_at(from), kCallers, bytes);
  });
}

// Before the caller gives its block back.
void Judge::judge_content(std::uint64_t address, std::uint64_t size) {
  if (!any_page_open()) return;
  std::uint64_t unlike = 0;
  for_each_open(address, size, [&unlike](std::uint64_t from, std::uint64_t bytes) {
    for (std::uint64_t at = from; at < from + bytes && unlike == 0; ++at)
      if (*memory_at(at) != kCallers) unlike = at;
  });
  if (unlike != 0)
    fail(Oracle::kStrayAccess, Site::kPage, "block-written",
         text("a live block's bytes as its caller left them"),
         text("another byte at %s", address_text(unlike).chars));
}

// Pages that anyone claims or releases: what was in them is gone.
void Judge::forget_memory(int map, std::uint64_t page, std::uint64_t pages) {
  if (!any_page_open() || page >= header_.arena_pages) return;
  const std::uint64_t bytes = page_bytes(header_);
  close_pages(kernel_base_of(map) + base_low(header_) + page * bytes,
              std::min<std::uint64_t>(pages, header_.arena_pages - page) * bytes);
}

}  // namespace arenafuzz
