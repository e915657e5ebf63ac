// SPDX-License-Identifier: GPL-2.0-only
//
// Where the calling thread is, as return addresses, and what they are called.
//
// Ownership Plain values.
// Errors    none: where nothing can be symbolized the lines hold module offsets for addr2line.
// Threads   from any thread; symbolizing takes the sanitizer's own lock.
#ifndef ARENAFUZZ_FAULTINJECT_BACKTRACE_H_
#define ARENAFUZZ_FAULTINJECT_BACKTRACE_H_

#include <string>
#include <string_view>
#include <vector>

namespace arenafuzz {

struct Backtrace {
  static constexpr int kMaxFrames = 24;
  int count = 0;
  void* frames[kMaxFrames] = {};
};

// The return addresses from `caller` on; all of them where it cannot be found, or is nullptr.
Backtrace capture_backtrace(const void* caller);

struct SourceLine {
  std::string function;
  std::string file;  // empty if not known: then `function` holds what is
  int line = 0;
};
// A file as a reader finds it: from the source's root, or a kernel tree's. Debug information puts
// build folders in front ("build/kernel/fuzz-1a2b/kernel_tree.view/lib/genalloc.c").
std::string source_name(std::string_view file);
// The lines of one return address: functions inlined into its frame first, innermost first.
std::vector<SourceLine> symbolize(void* frame);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FAULTINJECT_BACKTRACE_H_
