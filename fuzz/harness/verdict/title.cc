// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/title.h"

#include <algorithm>

namespace arenafuzz {
namespace {

constexpr TitleRow kRows[] = {
    {Oracle::kOverlap, "", "Two live blocks share an address"},
    {Oracle::kOutside, "", "A block lies in pages that the pool does not hold"},
    {Oracle::kOutside, "block-end", "A block runs past the end of the pages that the pool holds"},
    {Oracle::kOutside, "chunk", "A chunk covers memory that was not claimed for it"},
    {Oracle::kMisaligned, "", "A block's address is not a multiple of 8"},
    {Oracle::kBug, "", "A legal call runs into a BUG"},
    {Oracle::kUnwind, "", "A call releases the wrong pages"},
    {Oracle::kUnwind, "pages-kept", "Pages claimed by a call that failed are never given back"},
    {Oracle::kUnwind, "held-before",
     "A call that failed gives back pages that were held before it"},
    {Oracle::kUnwind, "never-claimed", "Pages are released that the pool does not hold"},
    {Oracle::kUnwind, "live-block", "Pages are released while a live block is in them"},
    {Oracle::kUnwind, "elsewhere", "A release names another address than the claim returned"},
    {Oracle::kUnwind, "amount", "A release gives back another number of pages than was claimed"},
    {Oracle::kAccounting, "", "The pool's books do not match what it handed out"},
    {Oracle::kAccounting, "avail", "The count of free bytes does not match the live blocks"},
    {Oracle::kAccounting, "avail-sum", "gen_pool_avail() is not the sum over the chunks"},
    {Oracle::kAccounting, "size-sum", "gen_pool_size() is not the sum over the chunks"},
    {Oracle::kAccounting, "bitmap", "The bitmap does not match the live blocks"},
    {Oracle::kAccounting, "chunks", "The list of chunks does not match the pages claimed"},
    {Oracle::kAccounting, "chunks-visited", "A walk over the chunks does not visit each once"},
    {Oracle::kAccounting, "chunk", "A chunk does not cover the memory that was added"},
    {Oracle::kAccounting, "pages", "A chunk does not cover all pages claimed for it"},
    {Oracle::kAccounting, "granules", "A chunk has the wrong number of granules"},
    {Oracle::kAccounting, "freed-twice", "A metadata record is freed twice"},
    {Oracle::kAccounting, "freed-elsewhere", "A metadata record is freed by the wrong function"},
    {Oracle::kAccounting, "never-allocated", "A metadata record is freed that was never allocated"},
    {Oracle::kMetadataLeak, "", "A metadata record is leaked"},
    {Oracle::kMetadataLeak, "failed-init", "An init that failed leaks a metadata record"},
    {Oracle::kMetadataLeak, "second-init", "A second init leaks the first pool's metadata"},
    {Oracle::kMetadataLeak, "destroy", "Destroy leaks a metadata record"},
    {Oracle::kStrayAccess, "", "Memory is touched that is not the pool's to touch"},
    {Oracle::kStrayAccess, "arena-memory", "The pool touches arena memory that it does not hold"},
    {Oracle::kStrayAccess, "block-written", "The pool writes into a live block"},
    {Oracle::kStrayAccess, "redzone", "Memory next to a metadata record is overwritten"},
    {Oracle::kLifecycle, "", "Teardown happens in the wrong order"},
    {Oracle::kLifecycle, "pool-kept", "Destroy leaves a pool behind"},
    {Oracle::kContext, "", "A sleeping call is made in a context that must not sleep"},
    {Oracle::kContext, "unbalanced", "A call leaves a lock or a read section behind"},
    {Oracle::kHang, "", "A call does not end"},
    {Oracle::kMissedFailure, "", "A call returns the wrong answer"},
    {Oracle::kMissedFailure, "no-bug", "A caller's bug is not caught"},
    {Oracle::kMissedFailure, "no-pool", "Init reports success without a pool"},
    {Oracle::kMissedFailure, "no-chunk", "Adding memory reports success without a chunk"},
    {Oracle::kMissedFailure, "masks", "Enable reports success without all masks"},
    {Oracle::kMissedFailure, "nothing-asked", "A request for no bytes gets a block"},
    {Oracle::kMissedFailure, "not-zeroed", "A block that must be zeroed is not"},
    {Oracle::kMissedFailure, "not-the-best-fit", "Best fit takes a larger hole than it needs"},
    {Oracle::kMissedFailure, "elsewhere", "A fixed allocation ends up at another offset"},
    {Oracle::kSpuriousFailure, "", "A request fails although nothing was refused to the pool"},
    {Oracle::kSpuriousFailure, "no-pages-asked",
     "A request fails without asking the arena for pages"},
    {Oracle::kOverClaim, "", "More pages are claimed than the request needs"},
    {Oracle::kOverClaim, "nothing-asked", "Pages are claimed for a request of no bytes"},
    {Oracle::kOverClaim, "second-claim", "One request claims pages twice"},
    {Oracle::kOverClaim, "hole-fits", "Pages are claimed although a free hole fits the request"},
    {Oracle::kOverClaim, "in-vain", "Pages are claimed for a request that fails anyway"},
    {Oracle::kOverClaim, "beyond-live-bytes",
     "The pool holds far more pages than its blocks ever needed"},
    {Oracle::kNotRecovered, "", "A request still fails after the shortage is over"},
    {Oracle::kNeighbour, "", "The pool breaks after the BPF program released its pages"},
    {Oracle::kNeighbour, "address-twice",
     "Two live blocks share an address after the BPF program released the pool's pages"},
    {Oracle::kNeighbour, "bug",
     "A legal call runs into a BUG after the BPF program released the pool's pages"},
    {Oracle::kNeighbour, "live-block",
     "A live block's pages are released after the BPF program released them once"},
    {Oracle::kWarn, "", "A legal call runs into a WARN"},
    {Oracle::kChange, "", "The pool behaves differently from the reference"},
    {Oracle::kChange, "elsewhere",
     "A block or a run of pages lands elsewhere than in the reference"},
    {Oracle::kChange, "amount", "A seam call asks for another amount than in the reference"},
    {Oracle::kChange, "order", "Seam calls come in another order than in the reference"},
    {Oracle::kChange, "extra-call", "The pool makes a seam call that the reference does not make"},
    {Oracle::kChange, "missing-call", "The pool leaves out a seam call of the reference"},
    {Oracle::kChange, "refused", "A request fails that the reference grants"},
    {Oracle::kChange, "granted", "A request is granted that the reference refuses"},
    {Oracle::kChange, "no-bug", "A caller's bug is caught by the reference, and not here"},
    {Oracle::kChange, "bug", "A BUG is hit where the reference has none"},
    {Oracle::kChange, "other-bug", "Another BUG is hit than in the reference"},
    {Oracle::kChange, "no-warning", "The reference warns, and the pool does not"},
    {Oracle::kChange, "warning", "The pool warns where the reference does not"},
    {Oracle::kArithmetic, "", "A shift or a division is undefined"},
    {Oracle::kDifference, "", "The two pools answer differently"},
};

// The title of a program that ended its process.
std::string death_title(const std::vector<std::string_view>& parts) {
  if (parts[0] == "timeout") return "The program does not end";
  if (parts[0] == "exit") return "The tree ends the process";
  if (parts[0] == "crash" && parts.size() > 2)
    return parts[2] == "out-of-memory" ? "The program uses more memory than it may"
                                       : "The program crashes: " + std::string(parts[2]);
  if (parts[0] != "sanitizer" || parts.size() < 2) return "";
  const std::string in = parts.size() > 2 ? " in " + std::string(parts[2]) : "";
  return "A sanitizer reports " + std::string(parts[1]) + in;
}

const TitleRow* row_of(std::string_view oracle, std::string_view difference) {
  const TitleRow* any = nullptr;
  for (const TitleRow& row : kRows) {
    if (oracle_info(row.oracle).name != oracle) continue;
    if (row.difference == difference) return &row;
    if (*row.difference == '\0') any = &row;
  }
  return any;
}

}  // namespace

std::span<const TitleRow> title_rows() { return kRows; }

std::vector<std::string_view> signature_parts(std::string_view signature) {
  std::vector<std::string_view> parts;
  while (!signature.empty()) {
    const std::size_t end = std::min(signature.find('.'), signature.size());
    parts.push_back(signature.substr(0, end));
    signature.remove_prefix(std::min(end + 1, signature.size()));
  }
  return parts;
}

std::string finding_title(std::string_view signature) {
  const std::vector<std::string_view> parts = signature_parts(signature);
  if (parts.empty()) return "";
  std::string title = death_title(parts);
  const TitleRow* row = parts.size() > 3 ? row_of(parts[0], parts[3]) : nullptr;
  if (row != nullptr) title = row->title;
  return title.empty() ? std::string(signature) : title;
}

}  // namespace arenafuzz
