// SPDX-License-Identifier: GPL-2.0-only
//
// Which backend a command runs on, and the kernel tree that this binary was compiled with.
//
//   --backend kernel --kernel-tree DIR   ./arenafuzz compiles DIR's files into a build folder of
//                                        its own and runs that folder's binary, which checks the
//                                        words
//
// Ownership Plain values.
// Errors    a sentence.
// Threads   none.
// Source    docs/commands.md, docs/verdicts.md, docs/design.md.
#ifndef ARENAFUZZ_FUZZ_SESSION_KERNEL_CHOICE_H_
#define ARENAFUZZ_FUZZ_SESSION_KERNEL_CHOICE_H_

#include <cstdio>
#include <string>
#include <vector>

#include "fuzz/base/files.h"
#include "fuzz/targets/targets.h"

namespace arenafuzz {

struct KernelChoice {
  bool kernel = false;  // the backend is a kernel tree
  std::string tree;     // as the user wrote it; empty: none named
  std::string glue;     // likewise
  bool no_arithmetic = false;
  std::string baseline;  // the tree of --baseline, as the user wrote it; empty: none
  std::string sentence;  // what had to be chosen otherwise than asked; may be empty

  // --backend kernel --kernel-tree DIR...
  std::vector<std::string> words() const;
};

// "cpp", "kernel", "canary" (our own pool with a planted bug) or "differential" (both): what
// programs run on. `target` may be nullptr.
const char* backend_name(const TargetInfo* target, const KernelChoice& choice);

// Settles backend and target. `target` may be nullptr (replay) and is exchanged for its kernel
// counterpart; `target_given`: the user named it.
Status settle_kernel_choice(const std::string& backend, bool target_given, KernelChoice* choice,
                            const TargetInfo** target);

// What the kernel backend runs, for a run's first lines.
void print_kernel_tree(std::FILE* stream, const KernelChoice& choice);
// The same in one line: "v6.12-3-gabc, dirty".
std::string kernel_tree_version();

// The compiled files as they were at a run's start.
class TreeWatch {
 public:
  void begin();
  // The first file that differs now; empty: none.
  std::string changed() const;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> contents_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_KERNEL_CHOICE_H_
