// SPDX-License-Identifier: GPL-2.0-only
//
// A minimized program as source text that a developer can compile and run without this project's
// command: it fails where the bug is and passes where it is not.
//
//   googletest   the program's text, run by our libraries
//   c            the calls and the failing seams spelled out, against the shim; kernel style
//   kunit        the same for a kernel tree's KUnit
//
// What is checked: each step's result, pages held, and the pool's size, free bytes and allocated
// granules, wherever the tree's run differs from the reference's, and where the finding was made;
// BUG, WARN and calls that may not sleep anywhere; what is left allocated at the end.
//
// Ownership Plain values.
// Errors    an empty text: the program cannot be written in that form, and `why` has a sentence.
// Threads   no state.
// Source    Documentation/process/coding-style.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_H_

#include <string>
#include <vector>

#include "fuzz/triage/minimize/probe.h"
#include "fuzz/triage/reproduce/recording.h"

namespace arenafuzz {

struct ReproducerInput {
  Program program;
  std::string signature;
  std::string title;
  std::string backend;  // "cpp", "canary", "kernel", "differential"
  std::string domain = "misuse";
  std::size_t failing = 0;  // the program's length: its end
  std::vector<Fired> fired;
  Recording reference;
  Recording actual;
  // What is known of a kernel tree.
  std::string version;       // "v7.2-rc1-3-gabc"
  std::string arena_file;    // "kernel/sched/ext_arena.c"; empty: it has none
  std::string arena_header;  // likewise
  bool uses_kern_base = false;
  std::string compiled;  // the folder of the compiled files
  // The same, and the build's folder, as a reader of the file would type them, who has neither this
  // machine nor its names.
  std::string view;
  std::string build;
  std::string compiler = "clang";
};

struct Reproducer {
  std::string text;
  std::string why;   // there is none
  std::string body;  // of a kernel form: the function `reproduce` alone
};

inline Reproducer no_reproducer(const std::string& why) { return {"", why, ""}; }

Reproducer googletest_reproducer(const ReproducerInput& input);
Reproducer c_reproducer(const ReproducerInput& input, const std::string& file);
Reproducer kunit_reproducer(const ReproducerInput& input);

// Internal to the two kernel forms (reproducer_kernel.cc).
struct KernelForm {
  std::string head;   // lines of a comment on how to run it
  std::string check;  // includes and check(), in front of the arena
  std::string seams;  // behind it: what replaces kmalloc, vzalloc and BUG
  std::string tail;   // how `static void reproduce(void)` is called
};
Reproducer kernel_reproducer(const ReproducerInput& input, const KernelForm& form);
// Lines of at most 80 columns, each behind `prefix`.
std::string wrapped(const std::string& text, const std::string& prefix, std::size_t columns = 80);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_REPRODUCER_H_
