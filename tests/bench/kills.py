#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""bench --kills: how soon a planted defect is found from an empty corpus, against plain harnesses.

Each defect of tests/fixtures/patches/defects is built into a copy of tests/fixtures/kernel_tree. Our
target, and the two harnesses of tests/bench/peers, then run on it from nothing, once a seed; what
counts is the processor time (of the process and its children) until one ends with a finding, less
that of a start alone. Who has found nothing at the cap counts as the cap.

Exit 0, or 2 if something could not be measured; figures are never a verdict.
"""

import concurrent.futures
import json
import math
import os
import re
import shlex
import shutil
import signal
import statistics
import tempfile
import threading

from processes import CHILDREN, ROOT, FuzzWords, Refusal, Words, end_with, run_limited, run_quietly, say

DEFECTS = os.path.join(ROOT, "tests/fixtures/patches/defects")
TREE = os.path.join(ROOT, "tests/fixtures/kernel_tree")
# Differences below this are those of two starts of the same process.
FLOOR = 0.01
# How long each harness is watched on the tree without a defect.
SOUND_SECONDS = 3
# Only gen_pool programs show these: the arena pool does not call what they break.
GEN_POOL_ALONE = {
    "avail_forgets_chunks",
    "best_fit_takes_largest",
    "destroy_check_removed",
    "device_pool_name_leaks",
    "dma_zalloc_one_byte_short",
    "fixed_alloc_drifts_after_lost_race",
    "fixed_alloc_ignores_taken_run",
    "free_forgets_owner",
    "has_addr_off_by_one",
    "last_address_wraps",
    "order_align_wrong_mask",
    "phys_ignores_offset",
    "set_algo_keeps_old_data",
}
# What of them the peers see all the same: they read the arena pool's books with gen_pool_avail().
ALSO_BY_PEERS = {"avail_forgets_chunks"}
# What only callers' mistakes show: enabling a scheduler twice.
MISUSE_ALONE = {"second_init_guard_removed"}
OURS = "arenafuzz"
PEERS = ("libfuzzer", "rapidcheck")


def target_of(defect):
    if defect in MISUSE_ALONE:
        return "kernel_pool_misuse"
    return "kernel_gen_pool" if defect in GEN_POOL_ALONE else "kernel_pool_faults"


class Lane:
    """One tree at a time, in a folder of its own, which holds one build."""

    def __init__(self, number, work, options):
        self.folder = os.path.join(work, f"lane-{number}")
        self.tree = os.path.join(self.folder, "tree")
        self.build = os.path.join(self.folder, "build")
        self.log = os.path.join(self.folder, "log")
        self.options = options
        os.mkdir(self.folder)

    def make(self, defect):
        shutil.rmtree(self.tree, ignore_errors=True)
        shutil.copytree(TREE, self.tree)
        open(self.log, "w").close()
        if defect is not None:
            patch = os.path.join(DEFECTS, defect + ".patch")
            if run_quietly(["patch", "-s", "-p1", "-d", self.tree, "-i", patch], self.log) != 0:
                raise Refusal(f"{patch} does not apply: mend it")
        peers = "OFF" if self.options.alone else "ON"
        if not os.path.exists(os.path.join(self.build, "build.ninja")):
            self.run_cmake(["-G", "Ninja", "-S", f"{ROOT}/cmake/kernel_tree", "-B", self.build,
                            f"-DARENAFUZZ_BUILT={self.options.build}", f"-DARENAFUZZ_KERNEL_TREE={self.tree}",
                            f"-DARENAFUZZ_PEERS={peers}"])
        binaries = [f"{target_of(defect)}_fuzzer", *(f"peer_{peer}" for peer in self.peers_of(defect))]
        self.run_cmake(["--build", self.build, "--target", *binaries])

    def peers_of(self, defect):
        seen = defect not in GEN_POOL_ALONE or defect in ALSO_BY_PEERS
        return PEERS if seen and not self.options.alone else ()

    def run_cmake(self, words):
        if run_quietly(["cmake", *words], self.log) != 0:
            with open(self.log) as file:
                end = "".join(file.readlines()[-20:])
            raise Refusal(f"a tree does not build:\n{end}")

    def command(self, who, target, seed, runs):
        """Words and environment; `runs` is None for as long as it takes."""
        scratch = os.path.join(self.folder, "scratch")
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(os.path.join(scratch, "corpus"))
        environment = dict(os.environ)
        if who == "rapidcheck":
            environment["RC_PARAMS"] = f"seed={seed} noshrink=1 max_success={runs or 1000000000}"
            environment["ASAN_OPTIONS"] = "symbolize=0"
            return [f"{self.build}/peer_rapidcheck"], environment
        engine = [f"-seed={seed}", f"-artifact_prefix={scratch}/"] + ([] if runs is None else [f"-runs={runs}"])
        if who == OURS:
            environment.update(self.options.fuzz.environment)
            options = self.options.fuzz.options
            if target == "kernel_pool_misuse":  # as `fuzz` has it for a target of misuse
                options = ["--domain=misuse" if word.startswith("--domain=") else word for word in options]
            binary = [f"{self.build}/fuzz/targets/{target}_fuzzer", *options]
        else:
            binary = [f"{self.build}/peer_libfuzzer", "-timeout=10"]
        # A report's names are no part of the search.
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            environment[name] = environment.get(name, "") + ":symbolize=0"
        return [*binary, *engine, f"{scratch}/corpus"], environment

    def seconds(self, who, target, seed, runs=None, limit=60.0, log="run.log"):
        """Processor seconds to the end, and whether it is a finding."""
        words, environment = self.command(who, target, seed, runs)
        log = os.path.join(self.folder, log)
        code, taken = run_limited(words, limit, log, environment, self.folder)
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return limit, False
        if code == 2:
            raise Refusal(f"{shlex.join(words)} ended with code 2: run it to see why")
        return taken, code != 0

    def check_sound(self):
        """No harness reports what is no defect."""
        self.make(None)
        for who in (OURS, *self.peers_of(None)):
            limit = min(self.options.cap, SOUND_SECONDS)
            if self.seconds(who, "kernel_pool_faults", 1, limit=limit, log="sound.log")[1]:
                with open(os.path.join(self.folder, "sound.log"), errors="replace") as file:
                    raise Refusal(f"{who} has a finding on the tree without a defect: mend it\n{file.read()[-4000:]}")

    def measure(self, defect):
        """Of each of ours and the peers: a second count for each seed, and how many survived."""
        self.make(defect)
        target = target_of(defect)
        row = {"defect": defect, "target": target}
        for who in (OURS, *self.peers_of(defect)):
            least = 1 if who == "rapidcheck" else 0
            start = statistics.median(self.seconds(who, target, 1, runs=least)[0] for _ in range(5))
            times = []
            for seed in range(1, self.options.seeds + 1):
                taken, found = self.seconds(who, target, seed, limit=self.options.cap + start)
                taken -= start
                times.append(max(taken, FLOOR) if found and taken < self.options.cap else self.options.cap)
            row[who] = {"seconds": times, "start": start, "survived": sum(t >= self.options.cap for t in times)}
        return row


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def ratio(row, peer):
    return geometric_mean(row[peer]["seconds"]) / geometric_mean(row[OURS]["seconds"])


def figures_of(rows):
    figures = {"cpu_to_kill": geometric_mean([time for row in rows for time in row[OURS]["seconds"]])}
    compared = [row for row in rows if PEERS[0] in row]
    for peer in PEERS:
        if compared:
            figures[f"kill_vs_plain_{peer}"] = geometric_mean([ratio(row, peer) for row in compared])
    return figures


def cell(result):
    times = sorted(result["seconds"])
    text = f"{times[0]:6.2f} {statistics.median(times):6.2f} {times[-1]:6.2f}"
    survived = result["survived"]
    return text + (f" {survived}*" if survived else "   ")


def line(row, peers=PEERS):
    text = f"{row['defect']:<40} {cell(row[OURS])}"
    for peer in peers:
        text += f"  {cell(row[peer])} {ratio(row, peer):7.1f}" if peer in row else f"  {'-':>20}    {'-':>7}"
    return text


def print_table(rows, options):
    peers = () if options.alone else PEERS
    title = "fastest median slowest  "
    names = {"libfuzzer": "libFuzzer, FuzzedDataProvider", "rapidcheck": "RapidCheck, stateful"}
    print(f"{'':<40} {'arenafuzz':<23}" + "".join(f"  {names[peer]:<31}" for peer in peers))
    print(f"{'defect':<40} {title}" + f"  {title}   ratio" * len(peers))
    for row in rows:
        print(line(row, peers) + ("" if row["target"] == "kernel_pool_faults" else f"  {row['target']}"))
    print(f"\nprocessor seconds from the first execution on, {options.seeds} seeds from an empty corpus, at least "
          f"{FLOOR}, at most {options.cap:g}; N*: N runs had found nothing then; ratio: the peer's over ours")
    figures = figures_of(rows)
    print(f"cpu_to_kill          {figures['cpu_to_kill']:.3f} s (geometric mean of {len(rows)} defects)")
    for peer in PEERS:
        if f"kill_vs_plain_{peer}" in figures:
            print(f"kill_vs_plain        {figures[f'kill_vs_plain_{peer}']:.1f} over {peer} (geometric mean of "
                  f"{sum(peer in row for row in rows)} defects; wanted: 20)")


def measure_all(defects, options, work):
    rows, done, lock = {}, 0, threading.Lock()
    waiting = list(reversed(defects))

    def work_off(number):
        nonlocal done
        lane = Lane(number, work, options)
        if number == 0:
            lane.check_sound()
        while True:
            with lock:
                if not waiting:
                    break
                defect = waiting.pop()
            row = lane.measure(defect)
            with lock:
                rows[defect] = row
                done += 1
                say(f"[{done}/{len(defects)}] {line(row, () if options.alone else PEERS)}")
        shutil.rmtree(lane.folder)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        lanes = [pool.submit(work_off, number) for number in range(min(2, len(defects)))]
        # The first that fails ends the others.
        try:
            for lane in concurrent.futures.as_completed(lanes):
                lane.result()
        except BaseException:
            CHILDREN.stop()
            raise
    return [rows[defect] for defect in defects]


def read_words():
    parser = Words(allow_abbrev=False, add_help=False)
    parser.add_argument("--build")
    parser.add_argument("--kills", action="store_true")
    parser.add_argument("--alone", action="store_true")  # without the peers
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cap", type=float, default=20)
    parser.add_argument("names", nargs="*", metavar="NAME")
    words = parser.parse_intermixed_args()
    known = sorted(re.sub(r"\.patch$", "", name) for name in os.listdir(DEFECTS) if name.endswith(".patch"))
    for name in words.names:
        if name not in known:
            raise Refusal(f"no defect {name!r}: use names of {os.path.relpath(DEFECTS, ROOT)}")
    if not 1 <= words.seeds <= 1000 or not 1 <= words.cap <= 3600:
        raise Refusal("give --seeds 1 to 1000 and --cap 1 to 3600 seconds")
    words.names = words.names or known
    return words


def main():
    words = read_words()
    if words.build is None:
        return  # to see whether the words can be used
    for tool in ("cmake", "ninja", "patch"):
        if shutil.which(tool) is None:
            raise Refusal(f"{tool} is missing: install it")
    with tempfile.TemporaryDirectory(prefix="arenafuzz-kills-", ignore_cleanup_errors=True) as work:
        words.fuzz = FuzzWords(words.build, work, "pool_faults")
        rows = measure_all(list(dict.fromkeys(words.names)), words, work)
    if words.json:
        print(json.dumps({"seeds": words.seeds, "cap": words.cap, "floor": FLOOR, **figures_of(rows),
                          "survivors": [row["defect"] for row in rows if row[OURS]["survived"]], "defects": rows}))
    else:
        print_table(rows, words)


if __name__ == "__main__":
    end_with(main)
