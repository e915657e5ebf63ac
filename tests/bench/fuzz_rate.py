#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""bench --fuzz: where a fuzz run's processor time goes.

  fuzz_rate   executions a processor second of one job, from the committed corpus and with the options that
              `fuzz` passes, over those of an empty target of the same engine, compiler and sanitizers
  long_tail   share of the inputs' processor time that the slowest thousandth of them takes

Each run ends when it has had SECONDS of processor time. Exit 0, or 2 if something could not be measured;
figures are never a verdict.
"""

import json
import os
import re
import shutil
import signal
import struct
import tempfile
import time

from processes import CHILDREN, ROOT, FuzzWords, Refusal, Words, end_with, run_quietly, say

TARGETS = ("pool_faults", "kernel_pool_faults")
WANTED = {"pool_faults": 0.06, "kernel_pool_faults": 0.04, "afl": 0.5}
# TargetStats (fuzz/targets/stats.h, counters.def): magic, executions, operations, skipped, out of budget.
STATS = struct.Struct("5Q")
STATS_MAGIC = 0x33736674616E6572
BUCKETS = 64 * 16  # InputTimes (fuzz/targets/input_times.h)
EMPTY = os.path.join(ROOT, "tests/bench/peers/empty_target.cc")


def seconds_of_tree(pid):
    """Processor seconds of a process, and of all that it started."""
    times, parents = {}, {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(name)] = int(fields[1])
        times[int(name)] = sum(int(field) for field in fields[11:15])
    total = 0
    for each in times:
        above = each
        while above not in (0, pid):
            above = parents.get(above, 0)
        if above == pid:
            total += times[each]
    return total / os.sysconf("SC_CLK_TCK")


def run_for(words, seconds, environment, log, ending):
    """Runs until the time is up, then sends `ending`; the processor seconds that it has had."""
    with open(log, "wb") as file:
        child = CHILDREN.start(words, env=environment, stdout=file, stderr=file)
    had, deadline = 0.0, time.monotonic() + 60 + 30 * seconds
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        had = seconds_of_tree(child.pid)
        if had >= seconds:
            os.kill(child.pid, ending)
            break
        if time.monotonic() > deadline:
            child.kill()
            break
        time.sleep(0.05)
    # One that does not end by itself is not waited for.
    for _ in range(300):
        if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None:
            break
        time.sleep(0.1)
    else:
        child.kill()
    code, taken = CHILDREN.wait(child)
    if had < seconds:
        with open(log, errors="replace") as file:
            end = "".join(file.readlines()[-10:])
        raise Refusal(f"{words[0]} ended with code {code} after {taken:.1f} s of {seconds:g}:\n{end}")
    return max(had, taken)


def long_tail(path):
    """The share of the time that the slowest thousandth of the inputs takes, and their least time in seconds."""
    with open(path, "rb") as file:
        numbers = struct.unpack(f"{2 * BUCKETS}Q", file.read(16 * BUCKETS))
    inputs, times = numbers[:BUCKETS], numbers[BUCKETS:]
    left, taken, least = sum(inputs) / 1000, 0.0, 0.0
    for count, time_of in zip(reversed(inputs), reversed(times)):
        if count == 0 or left <= 0:
            continue
        part = min(count, left)
        taken += time_of * part / count
        least = time_of / count
        left -= part
    return taken / sum(times), least / 1e9


def measure_target(target, words, work):
    fuzz = FuzzWords(words.build, work, target)
    folder = os.path.join(work, target)
    for name in ("corpus", "findings"):
        os.makedirs(os.path.join(folder, name))
    log = os.path.join(folder, "log")
    line = [fuzz.binary, f"--stats={folder}/stats", f"--times={folder}/times", f"--findings={folder}/findings",
            *fuzz.options, f"-artifact_prefix={folder}/", f"-seed={words.seed}", f"{folder}/corpus", *fuzz.seeds]
    had = run_for(line, words.seconds, dict(os.environ, **fuzz.environment), log, signal.SIGUSR1)
    with open(f"{folder}/stats", "rb") as file:
        magic, executions, operations, _, out_of_budget = STATS.unpack(file.read(STATS.size))
    if magic != STATS_MAGIC:
        raise Refusal(f"{target} writes other statistics: bring STATS of tests/bench/fuzz_rate.py up to date")
    with open(log, errors="replace") as file:
        covered = re.findall(r"cov: (\d+) ft: (\d+)", file.read())[-1]
    share, least = long_tail(f"{folder}/times")
    return {"executions_a_second": executions / had, "operations_an_execution": operations / executions,
            "out_of_budget": out_of_budget / executions, "edges": int(covered[0]), "features": int(covered[1]),
            "long_tail": share, "slowest_thousandth_from": least, "findings": len(os.listdir(f"{folder}/findings"))}


def setting(build, name):
    with open(f"{build}/CMakeCache.txt") as file:
        found = re.search(rf"^{name}:[A-Z]+=(.*)$", file.read(), re.MULTILINE)
    return found.group(1) if found else ""


def build_empty(compiler, sanitizers, work):
    binary = os.path.join(work, "empty-" + os.path.basename(compiler))
    line = [compiler, "-O2", "-g", f"-fsanitize={sanitizers}", "-fsanitize=fuzzer", EMPTY, "-o", binary]
    if run_quietly(line, os.path.join(work, "empty.log")) != 0:
        raise Refusal(f"{compiler} does not compile {EMPTY}: install its runtime")
    return binary


def rate_of_empty(words, work):
    """libFuzzer's executions a processor second of a target that does nothing."""
    binary = build_empty(setting(words.build, "CMAKE_CXX_COMPILER"), setting(words.build, "ARENAFUZZ_SANITIZE"), work)
    log = os.path.join(work, "empty.run")
    had = run_for([binary, f"-seed={words.seed}", "-print_final_stats=1", "-detect_leaks=0"], words.seconds / 4,
                  dict(os.environ), log, signal.SIGUSR1)
    with open(log, errors="replace") as file:
        return int(re.search(r"number_of_executed_units: (\d+)", file.read()).group(1)) / had


def rate_of_afl(name, words, binary, options, environment, seeds, work):
    out = os.path.join(work, "afl-" + name)
    line = ["afl-fuzz", "-i", seeds, "-o", out, "-s", str(words.seed), "-m", "none", *options, "--", binary]
    settings = {"AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
                "AFL_NO_AFFINITY": "1", "AFL_IGNORE_SEED_PROBLEMS": "1"}
    had = run_for(line, words.seconds, dict(os.environ, **settings, **environment), out + ".log", signal.SIGINT)
    with open(f"{out}/default/fuzzer_stats") as file:
        done = re.search(r"^execs_done *: (\d+)", file.read(), re.MULTILINE)
    return int(done.group(1)) / had


def measure_afl(words, work):
    """A row as measure_target's, or a sentence that says why there is none."""
    binary = os.path.join(os.path.dirname(words.build), "afl/fuzz/targets/pool_faults_fuzzer")
    mutator = os.path.join(words.build, "fuzz/engines/libarenafuzz_afl_mutator.so")
    for tool in ("afl-fuzz", "afl-clang-fast++"):
        if shutil.which(tool) is None:
            return f"not measured: {tool} is not installed"
    for file in (binary, mutator):
        if not os.path.exists(file):
            return f"not measured: no {file}: ./arenafuzz bench --fuzz builds it"
    empty = build_empty(shutil.which("afl-clang-fast++"), "address,undefined", work)
    # One seed: the rest would be the same to a target without branches.
    one, all_seeds = os.path.join(work, "one"), os.path.join(work, "afl-seeds")
    os.mkdir(one)
    with open(f"{one}/seed", "wb") as file:
        file.write(bytes(32))
    shutil.copytree(f"{ROOT}/corpus/pool_faults", all_seeds, ignore=shutil.ignore_patterns("*.md"))
    sanitizers = {"ASAN_OPTIONS": "quarantine_size_mb=8:detect_leaks=0:abort_on_error=1:symbolize=0"
                                  ":allocator_may_return_null=1"}
    ours = dict(sanitizers, AFL_CUSTOM_MUTATOR_LIBRARY=mutator,
                ARENAFUZZ_TARGET_OPTIONS=f"--stats={work}/afl-stats\n--steps=262144")
    rate = rate_of_afl("pool_faults", words, binary, ["-G", "512", "-t", "5000"], ours, all_seeds, work)
    with open(f"{work}/afl-stats", "rb") as file:
        _, executions, operations, _, _ = STATS.unpack(file.read(STATS.size))
    return {"executions_a_second": rate, "operations_an_execution": operations / executions,
            "empty_executions_a_second": rate_of_afl("empty", words, empty, [], sanitizers, one, work)}


def read_words():
    parser = Words(allow_abbrev=False, add_help=False)
    parser.add_argument("--build")
    parser.add_argument("--fuzz", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")  # runs of 4 s in place of 20 s
    parser.add_argument("--seed", type=int, default=7)
    words = parser.parse_args()
    words.seconds = 4 if words.quick else 20
    return words


def print_rows(report):
    print(f"an empty target      {report['empty_executions_a_second']:.0f} executions a processor second")
    for target in TARGETS:
        row = report[target]
        print(f"{target:<20} {row['executions_a_second']:.0f} executions a processor second, "
              f"{row['operations_an_execution']:.1f} operations each, {row['out_of_budget'] * 1000:.2f} in a thousand "
              f"out of budget; {row['edges']} edges, {row['features']} features")
        print(f"  fuzz_rate          {row['fuzz_rate']:.4f} (wanted: {WANTED[target]})")
        print(f"  long_tail          {row['long_tail']:.2f} (of the time, by inputs from "
              f"{row['slowest_thousandth_from'] * 1000:.1f} ms on; wanted: at most 0.10)")
        if row["findings"]:
            print(f"  {row['findings']} findings: ./arenafuzz fuzz shows them")
    afl = report["afl"]
    if isinstance(afl, str):
        print(f"AFL++                {afl}")
        return
    print(f"AFL++, pool_faults   {afl['executions_a_second']:.0f} executions a processor second, "
          f"{afl['operations_an_execution']:.1f} operations each; an empty target {afl['empty_executions_a_second']:.0f}")
    print(f"  fuzz_rate          {afl['fuzz_rate']:.3f} (wanted: {WANTED['afl']})")


def main():
    words = read_words()
    if words.build is None:
        return  # to see whether the words can be used
    with tempfile.TemporaryDirectory(prefix="arenafuzz-rate-", ignore_cleanup_errors=True) as work:
        report = {"seconds": words.seconds, "seed": words.seed, "empty_executions_a_second": rate_of_empty(words, work)}
        for target in TARGETS:
            say(f"{target}: {words.seconds} s of processor time")
            row = measure_target(target, words, work)
            row["fuzz_rate"] = row["executions_a_second"] / report["empty_executions_a_second"]
            report[target] = row
        say(f"AFL++: twice {words.seconds} s of processor time")
        afl = measure_afl(words, work)
        if not isinstance(afl, str):
            afl["fuzz_rate"] = afl["executions_a_second"] / afl["empty_executions_a_second"]
        report["afl"] = afl
    if words.json:
        print(json.dumps(report))
    else:
        print_rows(report)


if __name__ == "__main__":
    end_with(main)
