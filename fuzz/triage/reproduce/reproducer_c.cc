// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/reproducer.h"

namespace arenafuzz {
namespace {

constexpr const char* kSeamsInC = R"(
static int failed;
static void *way_out[5];

static void __noreturn give_up(void)
{
	failed = 1;
	__builtin_longjmp(way_out, 1);
}

static void check(const char *what, unsigned long got, unsigned long want)
{
	if (got == want)
		return;
	failed = 1;
	__builtin_printf("%s: got %#lx, wanted %#lx\n", what, got, want);
}
@ARENA@
/* What the shim's kmalloc(), vzalloc(), BUG() and their kin come down to. */
static long outstanding;

unsigned int arenafuzz_page_shift = @SHIFT@;
int arenafuzz_lock_epoch = 1;
__thread struct arenafuzz_thread_hooks arenafuzz_thread_hooks;
__thread struct arenafuzz_context_depth arenafuzz_context_depth;

void arenafuzz_kernel_sleeping_call(const char *what)
{
	failed = 1;
	__builtin_printf("%s may sleep, under a lock or in an RCU section\n",
			 what);
}

static void sleeps(const char *what)
{
	if (arenafuzz_context_depth.rcu_read ||
	    arenafuzz_context_depth.spinlock)
		arenafuzz_kernel_sleeping_call(what);
}

static void *allocate(int site, size_t bytes)
{
	void *memory = fails(site) ? NULL : __builtin_calloc(1, bytes);

	outstanding += !!memory;
	return memory;
}

static void give_back(const void *memory)
{
	outstanding--;
	__builtin_free((void *)memory);
}

void *arenafuzz_kernel_kmalloc(size_t bytes, int zeroed, int may_sleep)
{
	if (may_sleep)
		sleeps("kmalloc");
	return allocate(KMALLOC, bytes);
}

void *arenafuzz_kernel_vzalloc(size_t bytes)
{
	sleeps("vzalloc");
	return allocate(VZALLOC, bytes);
}

void arenafuzz_kernel_kfree(const void *memory)
{
	give_back(memory);
}

void arenafuzz_kernel_vfree(const void *memory)
{
	give_back(memory);
}

void arenafuzz_kernel_kvfree(const void *memory)
{
	give_back(memory);
}
@CLAIM@
void arenafuzz_kernel_bug(const struct arenafuzz_place *place,
			  const char *condition)
{
	__builtin_printf("BUG at %s:%d in %s %s\n", place->file, place->line,
			 place->function, condition);
	give_up();
}

void arenafuzz_kernel_warn(const struct arenafuzz_place *place,
			   const char *condition)
{
	failed = 1;
	__builtin_printf("WARN at %s:%d in %s %s\n", place->file, place->line,
			 place->function, condition);
}

void arenafuzz_kernel_arithmetic(void)
{
	give_up();
}

static void hang(void)
{
	__builtin_printf("an endless loop\n");
	give_up();
}

static void check_context(void)
{
	check("RCU sections left open", arenafuzz_context_depth.rcu_read, 0);
	check("spinlocks left taken", arenafuzz_context_depth.spinlock, 0);
}
)";

constexpr const char* kClaim = R"(
void *arenafuzz_kernel_claim(void *map, void *hint, uint32_t count, int node,
			     uint64_t flags)
{
	sleeps("bpf_arena_alloc_pages_sleepable");
	return claim_pages(map, hint, count, node, flags);
}

void arenafuzz_kernel_release(void *map, void *address, uint32_t count)
{
	release_pages(map, address, count);
}

uint64_t arenafuzz_kernel_vm_start(void *map)
{
	return KERN_VM_START;
}
)";

constexpr const char* kNoClaim = R"(
void *arenafuzz_kernel_claim(void *map, void *hint, uint32_t count, int node,
			     uint64_t flags)
{
	return NULL;
}

void arenafuzz_kernel_release(void *map, void *address, uint32_t count)
{
}

uint64_t arenafuzz_kernel_vm_start(void *map)
{
	return 0;
}
)";

constexpr const char* kTailInC = R"(
int main(void)
{
	arenafuzz_thread_hooks.steps_left = 1UL << 30;
	arenafuzz_thread_hooks.steps_exhausted = hang;
	if (!__builtin_setjmp(way_out))
		reproduce();
	__builtin_printf(failed ? "the bug is there\n" : "clean\n");
	return failed;
}
)";

void replace(std::string* text, const std::string& mark, const std::string& with) {
  text->replace(text->find(mark), mark.size(), with);
}

}  // namespace

Reproducer c_reproducer(const ReproducerInput& input, const std::string& file) {
  if (input.backend != "kernel") return {"", "it was not found in a kernel tree"};
  if (input.signature.starts_with("arithmetic."))
    return {"", "only the build's own flags see undefined arithmetic"};
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
  form.seams =
      "#include <linux/bpf.h>\n#include <linux/genalloc.h>\n#include <linux/slab.h>\n"
      "#include <linux/vmalloc.h>\n";
  if (!gen) {
    form.seams += "\n#include \"internal.h\"\n";
    if (!input.arena_header.empty()) form.seams += "#include \"" + input.arena_header + "\"\n";
  }
  form.seams += kSeamsInC;
  replace(&form.seams, "@SHIFT@", std::to_string(12 + 2 * input.program.header.page_size_code));
  // The pool's file may have no includes of its own, and its functions are static in some trees.
  replace(&form.seams, "@CLAIM@",
          gen ? kNoClaim : kClaim + ("\n#include \"" + input.arena_file + "\"\n"));
  form.tail = kTailInC;
  return kernel_reproducer(input, form);
}

}  // namespace arenafuzz
