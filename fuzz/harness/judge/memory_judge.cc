// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/judge/memory_judge.h"

#include <algorithm>
#include <cstring>

#include "fuzz/harness/backends/address_space.h"

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

bool MemoryJudge::open(std::uint64_t address) {
  const PoolState& pool = state_.pool_of_call();
  const std::uint64_t page = page_bytes(run_.header());
  const std::uint64_t start = address / page * page;
  if (run_.call().kind == CallScope::Kind::kNone || !pool.ledger.holds_all(start, page))
    run_.fail(Oracle::kStrayAccess, Site::kPage, "arena-memory",
              text("the arena's memory untouched outside of the pages that the pool holds"),
              text("an access at %s", run_.address_text(address).chars));
  if (!open_pages(start, page)) run_.stop(EndReason::kOutOfBudget);
  for (std::uint64_t at = start; at < start + page; at += 8)
    if (pool.ledger.any_live(at, 8)) std::memset(memory_at(at), kCallers, 8);
  return true;
}

void MemoryJudge::fill_block(std::uint64_t address, std::uint64_t size) {
  if (!any_page_open()) return;
  for_each_open(address, size, [](std::uint64_t from, std::uint64_t bytes) {
    std::memset(memory_at(from), kCallers, bytes);
  });
}

void MemoryJudge::judge_content(std::uint64_t address, std::uint64_t size) {
  if (!any_page_open()) return;
  std::uint64_t unlike = 0;
  for_each_open(address, size, [&unlike](std::uint64_t from, std::uint64_t bytes) {
    for (std::uint64_t at = from; at < from + bytes && unlike == 0; ++at)
      if (*memory_at(at) != kCallers) unlike = at;
  });
  if (unlike != 0)
    run_.fail(Oracle::kStrayAccess, Site::kPage, "block-written",
              text("a live block's bytes as its caller left them"),
              text("another byte at %s", run_.address_text(unlike).chars));
}

void MemoryJudge::forget(int map, std::uint64_t page, std::uint64_t pages) {
  if (!any_page_open() || page >= run_.header().arena_pages) return;
  const std::uint64_t bytes = page_bytes(run_.header());
  close_pages(kernel_base_of(map) + base_low(run_.header()) + page * bytes,
              std::min<std::uint64_t>(pages, run_.header().arena_pages - page) * bytes);
}

}  // namespace arenafuzz
