// SPDX-License-Identifier: GPL-2.0-only
//
// The backends that this binary has, and the runner over the one that a command's words name.
// Ownership: the runner borrows the backends. Errors: the runner's. Threads: one.
#ifndef ARENAFUZZ_FUZZ_CLI_BACKENDS_H_
#define ARENAFUZZ_FUZZ_CLI_BACKENDS_H_

#include <memory>

#include "fuzz/cli/kernel_choice.h"
#include "fuzz/harness/cpp_backend.h"
#include "fuzz/harness/kernel_backend.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/targets/canary_backend.h"
#include "fuzz/targets/targets.h"

namespace arenafuzz::cli {

class Backends {
 public:
  // Once. `target` may be nullptr.
  std::unique_ptr<ProgramRunner> make_runner(const TargetInfo* target, const KernelChoice& kernel) {
    const TargetKind kind = target != nullptr ? target->kind : TargetKind::kPool;
    if (kind == TargetKind::kDifferential) return std::make_unique<ProgramRunner>(cpp_, kernel_);
    if (kernel.kernel) return std::make_unique<ProgramRunner>(kernel_);
    if (kind == TargetKind::kCanary) return std::make_unique<ProgramRunner>(canary_);
    return std::make_unique<ProgramRunner>(cpp_);
  }

 private:
  CppBackend cpp_;
  CanaryBackend canary_;
  KernelBackend kernel_;
};

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_BACKENDS_H_
