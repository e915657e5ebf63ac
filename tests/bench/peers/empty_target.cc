// SPDX-License-Identifier: GPL-2.0-only
//
// What the engine alone costs.
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return 0; }
