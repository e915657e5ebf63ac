// SPDX-License-Identifier: GPL-2.0-only
//
// The arenas' kernel addresses, reserved without access, and what happens when one is touched.
//
// Ownership The reservation and the signal handler are the process's, made once and kept.
// Errors    reserve_arenas() returns a sentence if the addresses are taken.
// Threads   call before threads start; the handler serves the thread that faults.
#ifndef ARENAFUZZ_FUZZ_HARNESS_ADDRESS_SPACE_H_
#define ARENAFUZZ_FUZZ_HARNESS_ADDRESS_SPACE_H_

#include <cstdint>

namespace arenafuzz {

// Settles kernel_base (arena_layout.h). nullptr if all is well (also on 32 bits, where nothing is
// reserved).
const char* reserve_arenas();

// `handler` is called for an access inside the reservation and must not return; nullptr: none.
// Other faults go to whoever handled them before.
void set_stray_handler(void (*handler)(std::uint64_t address));

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_ADDRESS_SPACE_H_
