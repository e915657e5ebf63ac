// SPDX-License-Identifier: GPL-2.0-only
//
// A kernel tree with planted bugs, compiled into a test binary of its own (arenafuzz_tree_test).
#ifndef ARENAFUZZ_TESTS_FUZZ_HARNESS_TREES_TREE_BENCH_H_
#define ARENAFUZZ_TESTS_FUZZ_HARNESS_TREES_TREE_BENCH_H_

#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/program_runner.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {

struct TreeBench {
  const Verdict& run(std::string_view text, const Options& options = {}) {
    program = program_of(text);
    return runner.run(program, options);
  }
  // Of the first finding of the last program; "" if there is none.
  std::string report(std::string_view text, const Options& options = {}) {
    const Verdict verdict = run(text, options);
    return verdict.clean() ? "" : runner.report(program, verdict.findings[0], options);
  }
  // First findings of the program with the model, without it, and once more after another one.
  std::vector<std::string> findings(std::string_view text) {
    std::vector<std::string> found = {first_finding(run(text)),
                                      first_finding(run(text, without_model()))};
    run("header profile:faults pages:64\nenable s0 root m0\n");
    found.push_back(first_finding(run(text)));
    return found;
  }

  KernelBackend backend;
  ProgramRunner runner{backend};
  Program program;
};

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_HARNESS_TREES_TREE_BENCH_H_
