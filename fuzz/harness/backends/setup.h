// SPDX-License-Identifier: GPL-2.0-only
//
// What a program's words mean to maps and schedulers: shared by the executor and the bare loop, so
// that both run the same thing.
//
// Ownership Plain values. Threads: no state.
// Source    docs/design.md, docs/arena_pool.md, docs/format.md.
#ifndef ARENAFUZZ_FUZZ_HARNESS_BACKENDS_SETUP_H_
#define ARENAFUZZ_FUZZ_HARNESS_BACKENDS_SETUP_H_

#include "fuzz/program/program.h"
#include "src/pool/arena_map.h"
#include "src/pool/scheduler.h"

namespace arenafuzz {

ArenaMapConfig arena_config(const Header& header, int map);

// All but the arenas, which the caller has.
EnableRequest enable_request(const Operation& operation);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_BACKENDS_SETUP_H_
