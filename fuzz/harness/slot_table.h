// SPDX-License-Identifier: GPL-2.0-only
//
// The slots of a program, by name: a0 to a255, p0 to p255. Most programs use a few, and a fuzz run
// has tens of thousands of programs a second: only what was written is cleared.
//
// Ownership Plain values, in place.
// Units     slots.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_HARNESS_SLOT_TABLE_H_
#define ARENAFUZZ_FUZZ_HARNESS_SLOT_TABLE_H_

#include <bit>
#include <cstdint>

namespace arenafuzz {

template <typename Slot, int kCount>
class SlotTable {
 public:
  const Slot& operator[](int slot) const { return slots_[slot]; }
  // To be written: cleared by the next clear().
  Slot& at(int slot) {
    written_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    return slots_[slot];
  }
  template <typename Change>
  void for_each_written(const Change& change) {
    for (int word = 0; word < kWords; ++word)
      for (std::uint64_t left = written_[word]; left != 0; left &= left - 1)
        change(slots_[word * 64 + std::countr_zero(left)]);
  }
  void clear() {
    for_each_written([](Slot& slot) { slot = Slot{}; });
    for (std::uint64_t& word : written_) word = 0;
  }

 private:
  static_assert(kCount % 64 == 0);
  static constexpr int kWords = kCount / 64;
  Slot slots_[kCount] = {};
  std::uint64_t written_[kWords] = {};
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_SLOT_TABLE_H_
