// SPDX-License-Identifier: GPL-2.0-only
//
// Target program: see the table in targets.h.
#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/targets/glue.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static arenafuzz::CppBackend backend;
  arenafuzz::initialize_target(arenafuzz::target_named("program"), backend, *argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return arenafuzz::run_input(data, size);
}
