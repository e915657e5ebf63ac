// SPDX-License-Identifier: GPL-2.0-only
//
// Which kernel tree this binary was compiled with: what a report says about it.
//
// Purpose   Written by cmake/kernel_tree_info.cmake at each build, so that a finding names exactly
//           the sources that it was found in.
// Ownership Static text.
// Threads   constant.
#ifndef ARENAFUZZ_SRC_KERNEL_TREE_INFO_H_
#define ARENAFUZZ_SRC_KERNEL_TREE_INFO_H_

namespace arenafuzz {

struct KernelTreeFile {
  const char* path;    // from the tree's root: "lib/genalloc.c"
  const char* sha256;  // 64 hexadecimal digits
};

struct KernelTreeInfo {
  const char* folder;    // as the user named it, made absolute
  const char* origin;    // what it is, where the user named none; else empty
  const char* glue;      // the C file that calls the arena pool, if the user named one; else empty
  const char* describe;  // git describe, or "no git"
  bool dirty;            // a compiled file differs from the commit
  bool has_arena;        // else gen_pool alone can run
  bool arithmetic;       // undefined shifts and divisions of the arena pool are trapped
  bool constant_page;    // pages of 4 KiB only: the tree needs PAGE_SHIFT to be a constant
  const char* unset_configs;  // CONFIG_ names that the files test and the shim does not set
  const KernelTreeFile* files;
  int file_count;
};

extern const KernelTreeInfo kernel_tree_info;

}  // namespace arenafuzz

#endif  // ARENAFUZZ_SRC_KERNEL_TREE_INFO_H_
