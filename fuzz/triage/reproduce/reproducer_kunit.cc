// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/parts.h"
#include "fuzz/triage/reproduce/reproducer.h"

namespace arenafuzz {
namespace {

// lib/genalloc.c is in the kernel already: this copy of it has names of its own.
constexpr const char* kNames[] = {"gen_pool_create",
                                  "gen_pool_add_owner",
                                  "gen_pool_virt_to_phys",
                                  "gen_pool_destroy",
                                  "gen_pool_alloc_algo_owner",
                                  "gen_pool_dma_alloc",
                                  "gen_pool_dma_alloc_algo",
                                  "gen_pool_dma_alloc_align",
                                  "gen_pool_dma_zalloc",
                                  "gen_pool_dma_zalloc_algo",
                                  "gen_pool_dma_zalloc_align",
                                  "gen_pool_free_owner",
                                  "gen_pool_for_each_chunk",
                                  "gen_pool_has_addr",
                                  "gen_pool_avail",
                                  "gen_pool_size",
                                  "gen_pool_set_algo",
                                  "gen_pool_first_fit",
                                  "gen_pool_first_fit_align",
                                  "gen_pool_fixed_alloc",
                                  "gen_pool_first_fit_order_align",
                                  "gen_pool_best_fit",
                                  "gen_pool_get",
                                  "devm_gen_pool_create",
                                  "of_gen_pool_get",
                                  "scx_arena_pool_init",
                                  "scx_arena_pool_destroy",
                                  "scx_arena_alloc",
                                  "scx_arena_free"};

std::string without_folders(const std::string& file) {
  return file.substr(file.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

Reproducer kunit_reproducer(const ReproducerInput& input) {
  if (input.backend != "kernel") return no_reproducer("it was not found in a kernel tree");
  if (input.program.header.page_size_code != 0)
    return no_reproducer("its arena has pages of another size than the kernel's");
  if (input.signature.starts_with("arithmetic."))
    return no_reproducer("only the build's own flags see undefined arithmetic");
  if (input.signature.starts_with("context.") || input.signature.starts_with("hang."))
    return no_reproducer("a kernel says it through lockdep or a watchdog, not through KUnit");
  const bool gen = input.program.header.kind == ProgramKind::kGenPool;
  const bool moved = input.arena_file.starts_with("kernel/sched/ext/");
  KernelForm form;
  form.head =
      " * NOT RUN in a kernel: the same calls were run in user space alone.\n *\n"
      " * Put it next to " +
      std::string(gen ? "lib/genalloc.c" : input.arena_file) +
      ", add it to that folder's\n"
      " * Makefile behind CONFIG_KUNIT, and run\n"
      " *\t./tools/testing/kunit/kunit.py run arena_pool_reproducer\n"
      " * It has its own copy of the pool, over an arena and failing calls of its own.\n";
  for (const char* name : kNames)
    form.check += std::string("#define ") + name + " repro_" + name + "\n";
  form.check +=
      "\n#include <kunit/test.h>\n#include <linux/bpf.h>\n#include <linux/genalloc.h>\n"
      "#include <linux/module.h>\n#include <linux/slab.h>\n#include <linux/vmalloc.h>\n";
  if (!gen) form.check += "\n#include \"internal.h\"\n";
  if (!gen && !input.arena_header.empty())
    form.check += "#include \"" + without_folders(input.arena_header) + "\"\n";
  form.check += parts::kKunitCheck;
  form.seams = parts::kKunitSeams;
  if (!gen) form.seams += parts::kKunitClaims;
  form.seams += std::string("\n#include \"") +
                (gen     ? "genalloc.c"
                 : moved ? "../../../lib/genalloc.c"
                         : "../../lib/genalloc.c") +
                "\"\n";
  if (!gen) form.seams += "#include \"" + without_folders(input.arena_file) + "\"\n";
  form.tail = parts::kKunitSuite;
  return kernel_reproducer(input, form);
}

}  // namespace arenafuzz
