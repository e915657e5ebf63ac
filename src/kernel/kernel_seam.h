// SPDX-License-Identifier: GPL-2.0-only
//
// Where the kernel's C files meet our seams: which MetadataSource serves kmalloc and vzalloc, and
// what a BUG or WARN of theirs means.
//
// Ownership Borrows the metadata source from bind_kernel_metadata() on.
// Errors    BUG sites are derived from the enclosing function and the condition's text, never from
//           the line (docs/verdicts.md, Names); unknown ones are BugSite::kOther with the
//           function's name.
// Threads   bind before threads start.
// Source    src/kernel/seam.h.
#ifndef ARENAFUZZ_SRC_KERNEL_KERNEL_SEAM_H_
#define ARENAFUZZ_SRC_KERNEL_KERNEL_SEAM_H_

#include <string_view>

#include "src/pool/bug.h"
#include "src/pool/seams.h"

namespace arenafuzz {

void bind_kernel_metadata(MetadataSource& metadata);

// The arena's page size for the shim's PAGE_SHIFT. REQUIRES: a power of two.
void set_kernel_page_bytes(std::uint64_t bytes);

// Every lock that the tree left taken, also a static one, is free again.
void free_kernel_locks();

// The site of a BUG in `function` whose BUG_ON had `condition` ("" for BUG() alone).
BugSite kernel_bug_site(std::string_view function, std::string_view condition);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_KERNEL_KERNEL_SEAM_H_
