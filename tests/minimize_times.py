#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tests/minimize_times.py WORK [PROGRAMS]: how long a crasher of 4 KiB takes to minimize.

For each of twenty planted bugs, PROGRAMS (3) generated programs of 4 KiB in bytes that show it, each
minimized by `arenafuzz minimize`. The generator is seeded, no clock decides. Prints a line a bug
(seconds as the command reports them, without build and start), then the medians of the findings that
the executor returns and of the crashes that kill the process. WORK is a folder that is made.

Exit 0 if every program became minimal, else 1. Not part of CI: minutes.
"""
import json
import os
import random
import statistics
import sys

from triage_figures import BUGS, arenafuzz, planted_tree

BYTES = 4096
MOST_TRIES = 40


def program(seed):
    """Text of as many operations as BYTES hold: 16 bytes each, and a header."""
    draw = random.Random(seed)
    sizes = [1, 8, 9, 64, 512, 4096, 4097, 8192, 16385, 30000]
    faults = [""] * 6 + [" (fail page:1)", " (fail vzalloc:1)"]
    lines = [f"header profile:faults pages:{draw.choice([64, 256, 1024])}", "enable s0 root m0"]
    live = []
    for i in range(BYTES // 16 - 4):
        if live and draw.random() < 0.45:
            lines.append(f"free a{live.pop(draw.randrange(len(live)))}")
        elif draw.random() < 0.02:
            lines += ["disable s0", "enable s0 root m0"]
            live = []
        else:
            slot = i % 256
            live = [one for one in live if one != slot] + [slot]
            lines.append(f"a{slot} = alloc s0 {draw.choice(sizes)}{draw.choice(faults)}")
    return "\n".join(lines) + "\n"


def crashers(work, tree, bug, wanted):
    found = []
    for seed in range(MOST_TRIES):
        if len(found) == wanted:
            break
        text = os.path.join(work, f"{bug}-{seed}.txt")
        with open(text, "w", encoding="utf-8") as file:
            file.write(program(seed))
        name = os.path.join(work, f"{bug}-{seed}")
        if arenafuzz("encode", text, "-o", name).returncode != 0:
            sys.exit(f"encode does not take {text}")
        if arenafuzz("replay", "--kernel-tree", tree, "--domain", "api", name).returncode != 0:
            found.append(name)
    return found


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 0 if sys.argv[1:2] in (["--help"], ["-h"]) else 2
    work = os.path.abspath(sys.argv[1])
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    returned, killed, wrong = [], [], 0
    for bug in BUGS:
        os.makedirs(work, exist_ok=True)
        tree = planted_tree(work, bug)
        words = []
        for name in crashers(work, tree, bug, wanted):
            run = arenafuzz("minimize", "--json", "--kernel-tree", tree, "--domain", "api", name)
            try:
                result = json.loads(run.stdout)
            except ValueError:
                wrong += 1
                words.append("failed: " + run.stderr.strip().splitlines()[-1])
                continue
            kills = result["signature"].startswith("sanitizer.")
            (killed if kills else returned).append(result["seconds"])
            wrong += not result["minimal"]
            words.append(f"{os.path.getsize(name)} bytes, {result['operations_before']} -> "
                         f"{result['operations']} operations in {result['seconds']:.2f} s"
                         f"{' (kills)' if kills else ''}")
        print(f"{bug}: {'; '.join(words) or 'no generated program shows it'}", flush=True)
    for name, times in (("returned by the executor", returned), ("kill the process", killed)):
        if times:
            print(f"{name}: {len(times)} programs, median {statistics.median(times):.2f} s, "
                  f"longest {max(times):.2f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
