// SPDX-License-Identifier: GPL-2.0-only
//
// The standard streams of a command that must survive what it is given: a stream that is closed is
// /dev/null from the start, so that no file of ours takes its number; one that takes no more (a
// full disk, a reader that left) loses what is written, and the command ends with kUnusable.
//
// Ownership The process's streams, once, before anything is printed.
// Threads   none may run yet.
#ifndef ARENAFUZZ_FUZZ_BASE_STREAMS_H_
#define ARENAFUZZ_FUZZ_BASE_STREAMS_H_

#include <cstdio>

namespace arenafuzz {

void guard_streams();

// errno of the first write to the stream that failed; 0: all went well. Flushes it.
int stream_error(std::FILE* stream);

// 1 for stdout, 2 for stderr: a guarded stream has no fileno().
int descriptor_of(std::FILE* stream);

// Whether it is a terminal on which a line can be written over: neither TERM=dumb nor NO_COLOR.
bool can_overwrite(std::FILE* stream);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_STREAMS_H_
