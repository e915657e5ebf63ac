// SPDX-License-Identifier: GPL-2.0-only
//
// What an engine calls. Compiled once for each row of targets.def, with ARENAFUZZ_TARGET_NAME, its
// name.
#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/targets/canary_backend.h"
#include "fuzz/targets/glue.h"

namespace arenafuzz {
namespace {

constexpr const TargetInfo& kInfo = *find_target(ARENAFUZZ_TARGET_NAME);

// A template, since only a kernel target is linked with a kernel tree.
template <TargetKind kKind>
void initialize(int argc, char** argv) {
  if constexpr (kKind == TargetKind::kDifferential) {
    static CppBackend ours;
    static KernelBackend kernel;
    initialize_differential_target(kInfo, ours, kernel, argc, argv);
  } else {
    using Ours = std::conditional_t<kKind == TargetKind::kCanary, CanaryBackend, CppBackend>;
    static std::conditional_t<kKind >= TargetKind::kKernel, KernelBackend, Ours> backend;
    initialize_target(kInfo, backend, argc, argv);
  }
}

}  // namespace
}  // namespace arenafuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  arenafuzz::initialize<arenafuzz::kInfo.kind>(*argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return arenafuzz::run_input(data, size);
}
