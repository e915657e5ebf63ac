// SPDX-License-Identifier: GPL-2.0-only
//
// Target canary: the pool with a planted bug. Built and run only by its own name.
#include "fuzz/targets/canary_backend.h"
#include "fuzz/targets/glue.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static arenafuzz::CanaryBackend backend;
  arenafuzz::initialize_target(arenafuzz::target_named("canary"), backend, *argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return arenafuzz::run_input(data, size);
}
