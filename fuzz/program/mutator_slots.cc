// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "fuzz/program/mutator_parts.h"

namespace arenafuzz::mutator {

namespace {

void rename(const std::vector<Operation>& taken, std::vector<Operation>& operations,
            bool (*names)(const Operation&)) {
  static_assert(limits::kBlockSlots == 256 && limits::kRunSlots == 256);
  bool first[256] = {};
  bool used[256] = {};  // by either
  int renamed[256];
  std::fill(std::begin(renamed), std::end(renamed), -1);
  for (const Operation& operation : taken) {
    if (names(operation)) first[operation.slot] = used[operation.slot] = true;
  }
  for (const Operation& operation : operations) {
    if (names(operation)) used[operation.slot] = true;
  }
  int next = 0;
  for (Operation& operation : operations) {
    if (!names(operation)) continue;
    int& name = renamed[operation.slot];
    if (name < 0) {
      name = operation.slot;
      while (first[operation.slot] && next < 256 && used[next]) ++next;
      if (first[operation.slot] && next < 256) name = next++;
    }
    operation.slot = static_cast<std::uint8_t>(name);
  }
}

}  // namespace

void rename_slots(const std::vector<Operation>& taken, std::vector<Operation>& operations) {
  rename(taken, operations, names_block);
  rename(taken, operations, names_run);
}

}  // namespace arenafuzz::mutator
