// SPDX-License-Identifier: GPL-2.0-only
//
// The signals that end a fuzz run, and SIGCHLD: blocked, and taken where the run looks at them, so
// that it ends with its summary whenever they come.
//
// Ownership The process's signal mask, for good; base::Process unblocks them in its children.
// Units     milliseconds.
// Errors    none.
// Threads   one: called before any thread or child is started.
#ifndef ARENAFUZZ_FUZZ_BASE_RUN_SIGNALS_H_
#define ARENAFUZZ_FUZZ_BASE_RUN_SIGNALS_H_

namespace arenafuzz {

void block_run_signals();
// Waits at most so long. SIGINT, SIGTERM or SIGHUP; 0 if none came in that time, and earlier when a
// child ends.
int take_stop_signal(int milliseconds);
// Whether one of them waits to be taken. What takes long asks again and again, and returns then.
bool stop_is_pending();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_RUN_SIGNALS_H_
