// SPDX-License-Identifier: GPL-2.0-only
//
// The backends that this binary has, and the runner over the one that a command's words name.
// Ownership: the runner borrows the backends. Errors: the runner's. Threads: one.
#ifndef ARENAFUZZ_FUZZ_SESSION_BACKENDS_H_
#define ARENAFUZZ_FUZZ_SESSION_BACKENDS_H_

#include <memory>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/session/kernel_choice.h"
#include "fuzz/targets/canary_backend.h"
#include "fuzz/targets/targets.h"

namespace arenafuzz {

class Backends {
 public:
  // The one that `make_runner` gave, or ours.
  Backend& backend_of(const TargetInfo* target, const KernelChoice& kernel) {
    if (kernel.kernel) return kernel_;
    const bool canary = target != nullptr && target->canary();
    return canary ? static_cast<Backend&>(canary_) : cpp_;
  }
  // Once. `target` may be nullptr. A tree's books are measured before a child is forked and
  // watched: one that waits for a tree that hangs there would be taken for idle, at the first
  // program.
  std::unique_ptr<ProgramRunner> make_runner(const TargetInfo* target, const KernelChoice& kernel) {
    auto runner = choose(target, kernel);
    if (runner->error() == nullptr) runner->prepare();
    return runner;
  }

 private:
  std::unique_ptr<ProgramRunner> choose(const TargetInfo* target, const KernelChoice& kernel) {
    const TargetKind kind = target != nullptr ? target->kind : TargetKind::kPool;
    if (kind == TargetKind::kDifferential) return std::make_unique<ProgramRunner>(cpp_, kernel_);
    if (kernel.kernel) return std::make_unique<ProgramRunner>(kernel_);
    if (kind == TargetKind::kCanary) return std::make_unique<ProgramRunner>(canary_);
    return std::make_unique<ProgramRunner>(cpp_);
  }

  CppBackend cpp_;
  CanaryBackend canary_;
  KernelBackend kernel_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_BACKENDS_H_
