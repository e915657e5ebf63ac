// SPDX-License-Identifier: GPL-2.0-only
//
// The signals that end a fuzz run, and SIGCHLD: blocked, and taken where the run looks at them, so
// that it ends with its summary whenever they come.
//
// Ownership: the process's mask. Errors: none. Threads: one.
#ifndef ARENAFUZZ_FUZZ_BASE_RUN_SIGNALS_H_
#define ARENAFUZZ_FUZZ_BASE_RUN_SIGNALS_H_

namespace arenafuzz {

void block_run_signals();
// SIGINT, SIGTERM or SIGHUP, once it has come; 0: none within that time.
int take_stop_signal(int milliseconds);
// Whether one of them waits to be taken: what takes long must end.
bool stop_is_pending();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_BASE_RUN_SIGNALS_H_
