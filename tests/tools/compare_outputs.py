#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""compare_outputs.py BASE [THIS] [--work FOLDER] [--only WORD]: what users see, before and after a change.

Runs a fixed set of commands with two checkouts of arenafuzz (THIS: the one that this file lies in) on
the same planted trees, with the same seeds, in folders of the same name, and compares all that they
print and write: reports, SARIF, status.json, known.txt, pages, reproducers, mails. Passed over is only
what UNEQUAL names below. Exit: 0 all is equal, 1 the differences that it prints, 2 a command cannot run.
"""
import argparse
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

# Fields of JSON, at any depth, that may differ: times, rates, processes, memory, versions, and what an
# engine counts of the code that it is linked with.
UNEQUAL = {
    "afl_stability", "began", "command_line", "coverage", "disk_mib", "first_seen", "first_seen_seconds", "last_find_seconds",
    "last_seen", "no_new_coverage_seconds", "operations_per_second", "peak_mib", "process", "resident_mib",
    "last_new_find_seconds", "run_seconds", "seconds", "session_seconds", "since_last_find", "time", "updated", "version", "semanticVersion",
}
# What stands for the same in texts.
TEXT = [
    (r"\b\d+(\.\d+)?[kMG]?/s", "RATE/s"),
    (r"found by arenafuzz \S+", "found by arenafuzz VERSION"),
    (r"(version +|arenafuzz )[0-9a-f]{7,12}(-dirty)?\b", r"\1VERSION"),
    (r"\b\d+(\.\d+)? (s|MiB|ms)\b", "N UNIT"),
    (r"==\d+==", "==PID=="),
    (r"\bprocess \d+\b", "process PID"),
    (r"\d+:\d\d  ", "TIME  "),
    (r"\b\d+ edges\b", "N edges"),
    (r"(fuzz/harness/)(\w+/)*(\w+\.(cc|h)):\d+", r"\1\3:LINE"),  # frames of the harness itself
    (r"\b0x[0-9a-f]{6,16}\b", "0xADDRESS"),
    (r"\bat \d\d:\d\d:\d\d\b", "at TIME"),
    (r"\(BuildId: [0-9a-f]+\)", "(BuildId)"),
    (r"(fuzz|base)-[0-9a-f]{8,40}\b", r"\1-HASH"),
    (r"\d\d\d\d-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?Z?", "DATE"),
]
# Lines of a program that is running: how often they come depends on the clock.
PASSING = re.compile(r"^(#\d+\t|INFO: |arenafuzz: (building|compiling)| *time  |  memory  |triage: \d+ of |  executions|  operations|\d+:\d\d |\r|"
                     r'<div><dt>(Coverage|Speed|libFuzzer|Memory)|<figure class="chart">|<tr><th scope="row">job-)')
# Files that hold times alone, engines' logs, counters, and the engine's corpus.
PASSED_FILES = re.compile(r"(^|/)(logs|stats|corpus|journal[^/]*|history\.jsonl|\.lock|\.in-use)(/|$)")

ROOT = pathlib.Path(__file__).resolve().parents[2]


def plain(text, root, work):
    for name, word in ((str(root), "ROOT"), (str(work), "WORK")):
        text = text.replace(name, word)
    for pattern, word in TEXT:
        text = re.sub(pattern, word, text)
    return text


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in UNEQUAL}
    if isinstance(value, list):
        return [without_times(v) for v in value]
    return value


def normal(text, root, work):
    try:
        value = json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if not PASSING.match(line)]
    else:
        lines = json.dumps(without_times(value), indent=1, ensure_ascii=False, sort_keys=True).splitlines()
    return [plain(line, root, work) for line in lines]


def plant(name, patch, work):
    tree = work / name
    shutil.copytree(ROOT / "tests/fixtures/kernel_tree", tree, symlinks=False)
    with open(ROOT / f"tests/fixtures/patches/defects/{patch}.patch", "rb") as diff:
        subprocess.run(["patch", "-s", "-p1", "-d", tree], stdin=diff, check=True)
    return tree


def crashes(work):
    """A folder of inputs as users hand them in: texts, bytes, and what is no program."""
    folder = work / "crashes"
    folder.mkdir()
    for i, name in enumerate(sorted((ROOT / "corpus/regression").glob("*.txt"))):
        if i % 3 == 0 or name.name.startswith("f3"):
            shutil.copy(name, folder)
    (folder / "broken.txt").write_text("# arenafuzz\nheader nonsense\n")
    for name in folder.iterdir():
        os.utime(name, (1767225600, 1767225600))
    return folder


def seeds(base, work):
    """The programs of corpus/regression as bytes, for engines: what a run finds is what these show."""
    folder = work / "seeds"
    folder.mkdir()
    for name in sorted((ROOT / "corpus/regression").glob("*.txt")):
        subprocess.run([base / "arenafuzz", "encode", name, "-o", folder / name.stem], check=True, capture_output=True)


def commands(work):
    leak, twice, inputs = work / "leak", work / "twice", work / "crashes"
    regression = "corpus/regression"
    f3 = f"{regression}/f3_vzalloc_of_a_growth_fails_and_its_pages_are_given_back.txt"
    once = ["-seed=1", "-runs=0"]  # mutations follow the coverage, which each build counts in its own way
    from_seeds = ["--jobs", "1", "--corpus", str(work / "seeds"), "--out", "OUT/run"]
    on_leak = ["--kernel-tree", str(leak)]
    on_twice = ["--kernel-tree", str(twice)]
    on_dies = ["--kernel-tree", str(work / "dies")]
    return [
        ("replay", ["replay", regression]),
        ("replay-json", ["replay", "--json", regression]),
        ("replay-ktap", ["replay", "--ktap", "--kernel-tree", str(leak), regression]),
        ("trace", ["replay", "--trace", "--backtrace", *on_leak, f3]),
        ("trace-json", ["replay", "--trace", "--backtrace", "--json", *on_leak, f3]),
        ("differential", ["replay", "--target", "differential", *on_leak, str(inputs)]),
        ("twice", ["replay", *on_twice, f3]),
        ("death", ["replay", *on_dies, f3]),
        ("death-json", ["replay", "--json", "--backtrace", *on_dies, f3]),
        ("death-minimize", ["minimize", *on_dies, f3, "-o", "OUT/dies.txt"]),
        ("minimize", ["minimize", *on_leak, f3, "-o", "OUT/short.txt"]),
        ("canary", ["fuzz", "--target", "canary", *from_seeds, "--", *once]),
        ("fuzz", ["fuzz", *on_leak, "--json", *from_seeds, "--", *once]),
        ("fuzz-verbose", ["fuzz", *on_leak, "--verbose", *from_seeds, "--", *once]),
        ("fuzz-twice", ["fuzz", *on_twice, *from_seeds, "--", *once]),
        ("fuzz-death", ["fuzz", *on_dies, "--json", *from_seeds, "--", *once]),
        ("triage", ["triage", str(inputs), *on_leak, "--out", "OUT/report"]),
        ("triage-again", ["triage", str(inputs), *on_leak, "--json", "--out", "OUT/report"]),
        ("triage-mail", ["triage", str(inputs), *on_leak, "--mail", "1", "--out", "OUT/report"]),
        ("triage-baseline", ["triage", str(inputs), *on_leak, "--baseline", str(work / "sound"), "--out", "OUT/old"]),
        ("triage-twice", ["triage", str(work / "one"), *on_twice, "--out", "OUT/twice"]),
        ("triage-death", ["triage", str(work / "one"), *on_dies, "--out", "OUT/death"]),
        ("status", ["status", "OUT/run"]),
        ("status-json", ["status", "--json", "OUT/run"]),
    ]


def run(checkout, work, only):
    """What the commands print and leave: {name: lines}."""
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    seen = {}
    for name, words in commands(work):
        if only and only not in name:
            continue
        words = [word.replace("OUT", str(out), 1) if word.startswith("OUT/") else word for word in words]
        if name.startswith(("fuzz", "canary")):
            shutil.rmtree(out / "run", ignore_errors=True)
        done = subprocess.run([str(checkout / "arenafuzz"), *words], cwd=checkout, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=600, check=False)
        stdout, stderr = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
        if done.returncode not in (0, 1, 2):
            print(f"{name}: ended with {done.returncode}\n{stderr}", file=sys.stderr)
            sys.exit(2)
        seen[f"{name} exit"] = [str(done.returncode)]
        seen[f"{name} stdout"] = normal(stdout, checkout, work)
        seen[f"{name} stderr"] = normal(stderr, checkout, work)
        for file in sorted(path for path in out.rglob("*") if path.is_file()):
            below = str(file.relative_to(out))
            if PASSED_FILES.search(below):
                continue
            text = file.read_bytes().decode("utf-8", "replace")
            seen[f"{name} {below}"] = normal(text, checkout, work)
    return seen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=pathlib.Path)
    parser.add_argument("this", type=pathlib.Path, nargs="?", default=ROOT)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/compare-outputs"))
    parser.add_argument("--only", default="", help="commands whose name has this word in it")
    options = parser.parse_args()
    for checkout in (options.base, options.this):
        if not (checkout / "arenafuzz").exists():
            print(f"{checkout} is no checkout: name the root of one", file=sys.stderr)
            return 2
    work = options.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    plant("leak", "unwind_without_release", work)
    plant("twice", "destroy_frees_twice", work)
    dies = plant("dies", "unwind_without_release", work) / "kernel/sched/ext_arena.c"
    dies.write_text(dies.read_text().replace("gen_pool_free(", "*(volatile int *)8 = 1; gen_pool_free(", 1))
    shutil.copytree(ROOT / "tests/fixtures/kernel_tree", work / "sound", symlinks=False)
    folder = crashes(work)
    seeds(options.base.resolve(), work)
    (work / "one").mkdir()
    shutil.copy2(next(folder.glob("f3*")), work / "one")
    before = run(options.base.resolve(), work, options.only)
    after = run(options.this.resolve(), work, options.only)
    different = 0
    for name in sorted(before.keys() | after.keys()):
        left, right = before.get(name), after.get(name)
        if left == right:
            continue
        different += 1
        if left is None or right is None:
            print(f"{name}: only {'there now' if left is None else 'there before'}")
            continue
        for line in list(difflib.unified_diff(left, right, f"before {name}", f"now {name}", lineterm="", n=1))[:60]:
            print(line[:400])
    print(f"{len(before)} outputs before, {len(after)} now: {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
