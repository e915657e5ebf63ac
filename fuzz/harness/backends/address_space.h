// SPDX-License-Identifier: GPL-2.0-only
//
// The arenas' kernel addresses, reserved without access; what happens when one is touched; and the
// memory that single pages get then.
//
//   touch --> SIGSEGV --> handler --+--> a finding: leaves by longjmp
//                                   +--> open_pages(): real memory, zero; the access goes on
//
// Nothing is mapped and no system call made for a program that touches nothing (docs/verdicts.md).
//
// Ownership The reservation, the signal handler and its stack are the process's, made once.
// Errors    reserve_arenas() returns a sentence if the addresses are taken.
// Threads   call before threads start; the handler serves the thread that faults.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKENDS_ADDRESS_SPACE_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKENDS_ADDRESS_SPACE_H_

#include <cstdint>

namespace arenafuzz {

// Settles kernel_base (arena_layout.h). nullptr if all is well (also on 32 bits, where nothing is
// reserved).
const char* reserve_arenas();

// Makes [address, address + bytes) readable and writable, and zero if it was not open. False: more
// is open than kMostOpenBytes. REQUIRES, here and below: multiples of 4096 in the reservation.
bool open_pages(std::uint64_t address, std::uint64_t bytes);
// Frees the memory of the pages open there, and makes them inaccessible again.
void close_pages(std::uint64_t address, std::uint64_t bytes);
void close_all_pages();
bool any_page_open();
bool is_page_open(std::uint64_t address);
inline constexpr std::uint64_t kMostOpenBytes = std::uint64_t{64} << 20;

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKENDS_ADDRESS_SPACE_H_
