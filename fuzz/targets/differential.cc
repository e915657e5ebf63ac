// SPDX-License-Identifier: GPL-2.0-only
//
// Target differential: see the table in targets.h.
#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/targets/glue.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static arenafuzz::CppBackend ours;
  static arenafuzz::KernelBackend kernel;
  const arenafuzz::TargetInfo& info = arenafuzz::target_named("differential");
  arenafuzz::initialize_differential_target(info, ours, kernel, *argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return arenafuzz::run_input(data, size);
}
