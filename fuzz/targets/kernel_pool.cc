// SPDX-License-Identifier: GPL-2.0-only
//
// Target kernel_pool: see the table in targets.h.
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/targets/glue.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static arenafuzz::KernelBackend backend;
  arenafuzz::initialize_target(arenafuzz::target_named("kernel_pool"), backend, *argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return arenafuzz::run_input(data, size);
}
