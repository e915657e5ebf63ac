// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to the mutator.
//
// Source    mutator.h.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_MUTATOR_PARTS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_MUTATOR_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/program/program.h"

namespace arenafuzz::mutator {

// begin() + index: an iterator's own difference is signed, and has another width on 32 bits.
template <typename Operations>
auto place(Operations& operations, std::uint32_t index) {
  return operations.begin() + static_cast<std::ptrdiff_t>(index);
}

// Renames the slots of `operations` that `taken` uses, as long as any are left.
void rename_slots(const std::vector<Operation>& taken, std::vector<Operation>& operations);

}  // namespace arenafuzz::mutator

#endif  // ARENAFUZZ_FUZZ_PROGRAM_MUTATOR_PARTS_H_
