#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tests/minimizer_comparison.py WORK [SECONDS]: our minimizer beside libFuzzer's and AFL++'s.

WORK is a folder that tests/triage_figures.py made. Of six planted bugs the longest crash file is
minimized by `arenafuzz minimize`, by the same target's -minimize_crash=1, and by afl-tmin on AFL++'s
build of it, SECONDS (20) each. Prints a table for the README: operations that are left, bytes, and
whether the signature is still the same. Exit 0, or 2 if a tool could not be run.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUGS = """avail_not_restored_on_free chunk_end_off_by_one claim_wrong_page_count
destroy_forgets_last_chunk growth_rounds_down unwind_wrong_address""".split()
ASAN = "detect_leaks=0:symbolize=0:allocator_may_return_null=1:quarantine_size_mb=2"


def arenafuzz(*words):
    return subprocess.run([os.path.join(ROOT, "arenafuzz"), *words], cwd=ROOT, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def judge(tree, file):
    """Operations and signatures of a program, or None."""
    run = arenafuzz("replay", "--json", "--kernel-tree", tree, "--domain", "api", file)
    try:
        found = json.loads(run.stdout)["files"][0]
        shown = json.loads(arenafuzz("show", "--json", file).stdout)["text"]
    except (ValueError, IndexError, KeyError):
        return None
    lines = [line for line in shown.splitlines()
             if line and not line.startswith(("#", "header"))]
    return len(lines), {finding["signature"] for finding in found["findings"]}


def run_for(seconds, words, log, **settings):
    """Ends it as Ctrl-C would; its output goes to a file."""
    with open(log, "wb") as out:
        child = subprocess.Popen(words, stdout=out, stderr=out, **settings)
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def result_of(tree, file, signature):
    if not os.path.exists(file):
        return "nothing written"
    found = judge(tree, file)
    if found is None:
        return "unreadable"
    size = os.path.getsize(file)
    same = "same" if signature in found[1] else "lost" if not found[1] else "another"
    return f"{found[0]} ({size} bytes), {same}"


def binaries(tree, work):
    """The fuzzers of both engines for a tree."""
    found = []
    for engine, pattern in (("libfuzzer", r"(/\S+_fuzzer) "), ("afl", r"-- (/\S+_fuzzer)")):
        out = os.path.join(work, "comparison-" + engine)
        shutil.rmtree(out, ignore_errors=True)
        run = arenafuzz("fuzz", "--engine", engine, "--kernel-tree", tree, "--jobs", "1", "--time",
                        "1", "--out", out)
        commands = os.path.join(out, "logs/commands.txt")
        match = None
        if os.path.exists(commands):
            with open(commands, encoding="utf-8") as lines:
                match = re.search(pattern, lines.read())
        if not match:
            sys.exit(f"no {engine} binary of {tree}:\n{run.stderr}")
        found.append(match.group(1))
    return found


def compare(work, bug, seconds):
    tree = os.path.join(work, "trees", bug)
    folder = os.path.join(work, "crashes", bug)
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))
             if name != "build.json"]
    text = max(names, key=lambda name: sum(1 for _ in open(name, encoding="utf-8")))
    scratch = os.path.join(work, "comparison")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    path = lambda name: os.path.join(scratch, name)
    arenafuzz("encode", text, "-o", path("crash"))
    before = judge(tree, path("crash"))
    signature = sorted(before[1])[0]
    libfuzzer, afl = binaries(tree, work)
    arenafuzz("minimize", "--kernel-tree", tree, "--signature", signature, "--time", str(seconds),
              "--domain", "api", "-o", path("ours.txt"), path("crash"))
    arenafuzz("encode", path("ours.txt"), "-o", path("ours"))
    environment = dict(os.environ, ASAN_OPTIONS=ASAN)
    run_for(seconds + 2, [libfuzzer, "--domain=api", "-minimize_crash=1",
                          f"-max_total_time={seconds}", "-exact_artifact_path=libfuzzer", "crash"],
            path("libfuzzer.log"), cwd=scratch, env=environment)
    environment.update(ASAN_OPTIONS=ASAN + ":abort_on_error=1",
                       ARENAFUZZ_TARGET_OPTIONS="--domain=api")
    run_for(seconds, ["afl-tmin", "-i", "crash", "-o", "afl", "-m", "none", "-t", "5000", "--", afl],
            path("afl.log"), cwd=scratch, env=environment)
    cells = [result_of(tree, path(name), signature) for name in ("ours", "libfuzzer", "afl")]
    print(f"| {bug} | {before[0]} ({os.path.getsize(path('crash'))} bytes) | {' | '.join(cells)} |",
          flush=True)


def main():
    if len(sys.argv) not in (2, 3) or not os.path.isdir(os.path.join(sys.argv[1], "crashes")):
        print(__doc__)
        return 2
    if not shutil.which("afl-tmin"):
        print("afl-tmin is missing: apt-get install afl++", file=sys.stderr)
        return 2
    seconds = int(sys.argv[2]) if len(sys.argv) == 3 else 20
    print("| planted bug | crash | arenafuzz minimize | -minimize_crash=1 | afl-tmin |")
    print("|---|---|---|---|---|")
    for bug in BUGS:
        compare(os.path.abspath(sys.argv[1]), bug, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
