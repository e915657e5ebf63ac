// SPDX-License-Identifier: GPL-2.0-only
//
// What a signature says, as one plain sentence. Terminal, pages, SARIF, mails and docs/verdicts.md
// have their titles from this table.
//
//   unwind.alloc.page.pages-kept.within-chunk.vzalloc
//     -> Pages claimed by a call that failed are never given back
//   sanitizer.heap-buffer-overflow.gen_pool_add_owner.scx_arena_grow
//     -> A sanitizer reports heap-buffer-overflow in gen_pool_add_owner
//
// Ownership Plain values.
// Errors    none: what is no signature is its own title.
// Threads   no state.
// Source    docs/verdicts.md, Titles.
#ifndef ARENAFUZZ_FUZZ_HARNESS_VERDICT_TITLE_H_
#define ARENAFUZZ_FUZZ_HARNESS_VERDICT_TITLE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/harness/verdict/verdict.h"

namespace arenafuzz {

struct TitleRow {
  Oracle oracle;
  const char* difference;  // "": any that has no row of its own
  const char* title;
};

// The rows of an oracle are together, in the order of the oracles, the one for any difference
// first.
std::span<const TitleRow> title_rows();

// Between its dots.
std::vector<std::string_view> signature_parts(std::string_view signature);

std::string finding_title(std::string_view signature);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_VERDICT_TITLE_H_
