// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/backends/gen_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace arenafuzz {
namespace {

constexpr int kUntouched = 0xa5;

unsigned char* at(std::uint64_t address) {
  return reinterpret_cast<unsigned char*>(static_cast<std::uintptr_t>(address));
}

}  // namespace

GenMemory::GenMemory() {
  if (sizeof(void*) == 4) return;
  void* wanted = at(limits::kMemoryStart - kGuardBytes);
  const std::size_t bytes = limits::kMemoryBytes + 2 * kGuardBytes;
  void* got = mmap(wanted, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == wanted) {
    valid_ = true;
    restore_all();
  } else if (got != MAP_FAILED) {
    munmap(got, bytes);
  }
}

bool GenMemory::is_zero(std::uint64_t start, std::uint64_t size) const {
  return std::all_of(at(start), at(start + size), [](unsigned char byte) { return byte == 0; });
}

void GenMemory::restore(std::uint64_t start, std::uint64_t size) {
  std::memset(at(start), kUntouched, size);
}

void GenMemory::restore_all() {
  restore(limits::kMemoryStart - kGuardBytes, limits::kMemoryBytes + 2 * kGuardBytes);
}

// Equal to itself one byte further on, and so all equal to the first.
std::uint64_t GenMemory::first_touched() const {
  const unsigned char* begin = at(limits::kMemoryStart - kGuardBytes);
  const std::size_t bytes = limits::kMemoryBytes + 2 * kGuardBytes;
  if (begin[0] == kUntouched && std::memcmp(begin, begin + 1, bytes - 1) == 0) return 0;
  const unsigned char* touched =
      std::find_if(begin, begin + bytes, [](unsigned char byte) { return byte != kUntouched; });
  return limits::kMemoryStart - kGuardBytes + static_cast<std::uint64_t>(touched - begin);
}

GenMemory& gen_memory() {
  static GenMemory memory;
  return memory;
}

const char* gen_memory_error() {
  if (sizeof(void*) == 4 || gen_memory().valid()) return nullptr;
  return "the addresses around 0x7ec000000000 are taken: run without a tool that maps them";
}

}  // namespace arenafuzz
