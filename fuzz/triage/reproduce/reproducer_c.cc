// SPDX-License-Identifier: GPL-2.0-only
#include <string_view>

#include "fuzz/triage/reproduce/parts.h"
#include "fuzz/triage/reproduce/reproducer.h"

namespace arenafuzz {
namespace {

// The size of a page, of 4 KiB in the part, as the program has it.
std::string seams_of(const Header& header) {
  constexpr std::string_view kShift = "arenafuzz_page_shift = ";
  std::string seams(parts::kShimSeams);
  seams.replace(seams.find(kShift) + kShift.size(), 2,
                std::to_string(12 + 2 * header.page_size_code));
  return seams;
}

}  // namespace

Reproducer c_reproducer(const ReproducerInput& input, const std::string& file) {
  if (input.backend != "kernel") return no_reproducer("it was not found in a kernel tree");
  if (input.signature.starts_with("arithmetic."))
    return no_reproducer("only the build's own flags see undefined arithmetic");
  const bool gen = input.program.header.kind == ProgramKind::kGenPool;
  KernelForm form;
  form.head =
      " * Ends with 1 where the bug is, else with 0. In the folder of arenafuzz, which\n"
      " * ran last on the tree in question, with this file in it:\n *\n"
      " * V=" +
      input.view +
      " && \\\n"
      " * " +
      input.compiler +
      " -std=gnu11 -g -w -fsanitize=address \\\n *\t-fno-strict-aliasing"
      " -fno-strict-overflow -nostdlibinc -I \\\n"
      " *\t" +
      input.build +
      "/kernel-include \\\n"
      " *\t-I $V/include -I $V -I . \\\n"
      " *\t" +
      file +
      " \\\n"
      " *\t$V/lib/genalloc.c -o reproducer && ./reproducer\n";
  form.check =
      "#include <linux/bpf.h>\n#include <linux/genalloc.h>\n#include <linux/slab.h>\n"
      "#include <linux/vmalloc.h>\n";
  if (!gen) {
    form.check += "\n#include \"internal.h\"\n";
    if (!input.arena_header.empty()) form.check += "#include \"" + input.arena_header + "\"\n";
  }
  form.check += parts::kShimCheck;
  form.seams = seams_of(input.program.header);
  form.seams += gen ? parts::kShimNoClaims : parts::kShimClaims;
  // The pool's file may have no includes of its own, and its functions are static in some trees.
  if (!gen) form.seams += "\n#include \"" + input.arena_file + "\"\n";
  form.seams += parts::kShimReports;
  form.tail = parts::kShimMain;
  return kernel_reproducer(input, form);
}

}  // namespace arenafuzz
