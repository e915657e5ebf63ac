#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tests/triage_figures.py WORK [FILES_PER_BUG] [--masking] [--reproducers]

How well triage tells planted bugs apart.

Fuzzes kernel trees with one defect of tests/fixtures/patches/defects each, keeps FILES_PER_BUG
(default 50) different crash files of each bug, triages all of them at once, and prints one line a
bug and the sums. WORK is a folder that is made, and used again if it is there: its crash files are
then triaged again. Fuzzing has fixed seeds and counts of runs, no clock.

For a bug: files, signatures, clusters, the share of its files in the largest cluster (recall by
signature), and in the largest group of clusters that triage links as likely one cause (recall by
cause). Precision is the share of pairs of files in one cluster that are of one bug; each bug has a
build of its own, so it is also given for signatures alone, as if all bugs were in one build.

--masking: then triages each bug's files once for each of its signatures, with that one known, and
sees that every other is still found. --reproducers: then builds and runs the C file of each cluster by
the command in its head, on the tree with the bug, where it must end with 1, and on the sound tree,
where it must end with 0.

Exit 0 if every file is in a cluster or said to have no finding, and all that was asked for held, else
1. Not part of CI: minutes.
"""
import collections
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEFECTS = os.path.join(ROOT, "tests/fixtures/patches/defects")
BUGS = """
address_from_page_index avail_counts_bytes_not_granules avail_must_exceed_size
avail_not_restored_on_free bitmap_one_word_short chunk_end_off_by_one chunk_not_zeroed
claim_wrong_page_count destroy_forgets_last_chunk destroy_frees_twice destroy_leaves_arena_pool_set
free_of_null_goes_on size_rounded_down_in_alloc growth_rounds_down unwind_one_page_short
huge_size_guard_removed overlap_guard_removed rollback_one_bit_long unwind_without_release
unwind_wrong_address
""".split()
SEEDS_OF_A_RUN = 20
RUNS = 4000
MOST_RUNS = 400


def arenafuzz(*words):
    return subprocess.run([os.path.join(ROOT, "arenafuzz"), *words], cwd=ROOT, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def planted_tree(work, bug):
    tree = os.path.join(work, "trees", bug)
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, "tests/fixtures/kernel_tree"), tree)
    with open(os.path.join(DEFECTS, bug + ".patch"), encoding="utf-8") as patch:
        subprocess.run(["patch", "-s", "-p1", "-d", tree], stdin=patch, check=True)
    return tree


def engine_binary(out, pattern):
    """Of a run's engine command."""
    try:
        with open(os.path.join(out, "logs/commands.txt"), encoding="utf-8") as commands:
            return re.search(pattern, commands.read())
    except OSError:
        return None


def planted_build(work, bug):
    """The fuzzer of a tree with the bug, and its build.json."""
    tree = planted_tree(work, bug)
    out = os.path.join(work, "first", bug)
    run = arenafuzz("fuzz", "--kernel-tree", tree, "--jobs", "1", "--time", "10", "--stop-at-first",
                    "--out", out)
    fuzzer = engine_binary(out, r"(/\S+_fuzzer) ")
    build = os.path.join(out, "findings/build.json")
    if run.returncode != 1 or not fuzzer or not os.path.exists(build):
        sys.exit(f"{bug}: fuzz ended with {run.returncode} and no finding:\n{run.stderr}")
    return fuzzer.group(1), build


def crash_files(work, bug, wanted):
    folder = os.path.join(work, "crashes", bug)
    fuzzer, build = planted_build(work, bug)
    os.makedirs(folder)
    shutil.copy(build, folder)
    seeds = sorted(os.listdir(os.path.join(ROOT, "corpus/pool_faults")))
    seen = set()
    for run in range(1, MOST_RUNS + 1):
        scratch = os.path.join(work, "scratch")
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch + "/findings")
        os.makedirs(scratch + "/corpus")
        for name in random.Random(run).sample(seeds, SEEDS_OF_A_RUN):
            shutil.copy(os.path.join(ROOT, "corpus/pool_faults", name), scratch + "/corpus")
        environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:symbolize=0:"
                           "allocator_may_return_null=1:quarantine_size_mb=2")
        subprocess.run([fuzzer, "--findings=findings", "--domain=api", "-artifact_prefix=findings/",
                        f"-seed={run}", f"-runs={RUNS}", "-max_len=4096", "-detect_leaks=0",
                        "-print_funcs=0", "corpus"], cwd=scratch, env=environment, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in sorted(os.listdir(scratch + "/findings")):
            path = os.path.join(scratch, "findings", name)
            with open(path, "rb") as file:
                digest = hashlib.sha1(file.read()).hexdigest()
            # A change, which describes a patch, is no crash.
            if name.startswith(("build.json", "change.")) or digest in seen or len(seen) == wanted:
                continue
            seen.add(digest)
            shutil.copy(path, os.path.join(folder, "crash-" + digest))
        if len(seen) == wanted:
            break
    print(f"{bug}: {len(seen)} files after {run} runs", file=sys.stderr, flush=True)


def pairs(count):
    return count * (count - 1) // 2


def precision(groups):
    """Of all pairs in one group, those of one bug. groups: lists of bugs."""
    same = sum(pairs(n) for group in groups for n in collections.Counter(group).values())
    every = sum(pairs(len(group)) for group in groups)
    return same / every if every else 1.0


def causes_of(clusters):
    """Clusters joined by likely_same_cause, within one build."""
    parent = list(range(len(clusters)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in itertools.combinations(range(len(clusters)), 2):
        one, other = clusters[i], clusters[j]
        if one["build"] == other["build"] and (other["signature"] in one["likely_same_cause"] or
                                               one["signature"] in other["likely_same_cause"]):
            parent[root(j)] = root(i)
    return [root(i) for i in range(len(clusters))]


def figures(report, crashes):
    clusters = report["clusters"]
    causes = causes_of(clusters)
    bug_of = lambda file: os.path.relpath(os.path.join(ROOT, file["file"]), crashes).split(os.sep)[0]
    bugs = [[bug_of(file) for file in cluster["files"]] for cluster in clusters]
    by_signature = collections.defaultdict(list)
    for cluster, group in zip(clusters, bugs):
        by_signature[cluster["signature"]] += group
    print(f"{'bug':36} {'files':>5} {'clusters':>8} {'causes':>6} {'largest cluster':>15} "
          f"{'largest cause':>13}")
    recalls = []
    for bug in sorted(os.listdir(crashes)):
        files = len(os.listdir(os.path.join(crashes, bug))) - 1
        own = {i: group.count(bug) for i, group in enumerate(bugs) if bug in group}
        of_cause = collections.Counter()
        for i, count in own.items():
            of_cause[causes[i]] += count
        best = [max(own.values(), default=0) / files, max(of_cause.values(), default=0) / files]
        recalls.append(best)
        print(f"{bug:36} {files:5} {len(own):8} {len(of_cause):6} {best[0]:15.0%} {best[1]:13.0%}")
    mean = [sum(column) / len(recalls) for column in zip(*recalls)]
    print(f"recall {mean[0]:.1%} by signature, {mean[1]:.1%} by likely cause; precision "
          f"{precision(bugs):.1%}, by signatures alone {precision(list(by_signature.values())):.1%}")
    for signature, group in sorted(by_signature.items()):
        if len(set(group)) > 1:
            print(f"merged if builds were one: {signature}: {', '.join(sorted(set(group)))}")


def masked(work, report, crashes):
    """Signatures that a known one hides, as sentences; how many were tried."""
    hidden = []
    tried = 0
    known = os.path.join(work, "known.txt")
    for bug in sorted(os.listdir(crashes)):
        own = {cluster["signature"] for cluster in report["clusters"]
               if os.path.join(crashes, bug) + os.sep in
               os.path.join(ROOT, cluster["files"][0]["file"])}
        for signature in sorted(own):
            with open(known, "w", encoding="utf-8") as file:
                file.write(signature + "\n")
            out = os.path.join(work, "masking")
            shutil.rmtree(out, ignore_errors=True)
            run = arenafuzz("triage", os.path.join(crashes, bug), "--known", known, "--out", out,
                            "--time", "1", "--json")
            marks = {cluster["signature"]: cluster["mark"]
                     for cluster in json.loads(run.stdout)["clusters"]}
            wanted = {one: "known" if one == signature else "new" for one in own}
            tried += 1
            if marks != wanted or run.returncode != (1 if len(own) > 1 else 0):
                hidden.append(f"{bug}: with {signature} known: {marks}, exit {run.returncode}")
    return hidden, tried


def sound_view():
    """The view of the tree without a bug, as the script at the root builds it."""
    tree = os.path.join(ROOT, "tests/fixtures/kernel_tree")
    arenafuzz("replay", "--kernel-tree", tree, "corpus/regression")
    name = hashlib.sha1(f"{tree}\n\nON\n".encode()).hexdigest()[:12]
    return os.path.join(ROOT, f"build/kernel/fuzz-{name}/kernel_tree.view")


def run_c(path, view, binary):
    """Exit code of the reproducer, built by its own command; None if it does not compile."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split(" */\n")[0].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(" * V="))
    command = "\n".join(line[3:] for line in lines[start:])
    command = command.replace("-o reproducer && ./reproducer", f"-o {binary}")
    if view:
        command = re.sub(r"^V=\S+", "V=" + view, command)
    if os.path.exists(binary):
        os.remove(binary)
    subprocess.run(["bash", "-c", command], cwd=ROOT, check=False, stderr=subprocess.DEVNULL)
    if not os.path.exists(binary):
        return None
    return subprocess.run([binary], check=False, timeout=120, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode


def reproduced(work, report):
    """Those C files that do not tell the bug, as sentences; how many were tried."""
    wrong = []
    tried = 0
    view = sound_view()
    binary = os.path.join(work, "reproducer")
    for cluster in report["clusters"]:
        path = os.path.join(work, "report", cluster["folder"], "reproducer.c")
        if not os.path.exists(path):
            continue
        tried += 1
        codes = run_c(path, "", binary), run_c(path, view, binary)
        if codes[0] in (0, None) or codes[1] != 0:
            wrong.append(f"{cluster['folder']}: {codes[0]} with the bug, {codes[1]} without")
    return wrong, tried


def main():
    words = [word for word in sys.argv[1:] if word not in ("--masking", "--reproducers")]
    if len(words) not in (1, 2) or words[0].startswith("-") or not words[-1]:
        print(__doc__)
        return 2
    work = os.path.abspath(words[0])
    wanted = int(words[1]) if len(words) == 2 else 50
    crashes = os.path.join(work, "crashes")
    for bug in BUGS:
        if not os.path.isdir(os.path.join(crashes, bug)):
            crash_files(work, bug, wanted)
    out = os.path.join(work, "report")
    shutil.rmtree(out, ignore_errors=True)
    start = time.monotonic()
    run = arenafuzz("triage", crashes, "--out", out, "--json")
    seconds = time.monotonic() - start
    report = json.loads(run.stdout)
    figures(report, crashes)
    placed = sum(len(cluster["files"]) for cluster in report["clusters"])
    minimal = sum(bool(cluster.get("minimal")) for cluster in report["clusters"])
    quiet = len(report["without_finding"])
    print(f"{report['files']} files in {seconds:.0f} s: {placed} in {len(report['clusters'])} "
          f"clusters, {minimal} of them minimal; {quiet} without a finding, "
          f"{len(report['unreadable'])} unreadable; exit {run.returncode}")
    hidden = []
    wrong = []
    if "--masking" in sys.argv:
        hidden, tried = masked(work, report, crashes)
        print("\n".join(hidden + [f"{tried} signatures known in turn: {len(hidden)} hid another"]))
    if "--reproducers" in sys.argv:
        wrong, tried = reproduced(work, report)
        print("\n".join(wrong + [f"{tried} C files: {len(wrong)} do not tell the bug"]))
    good = placed + quiet >= report["files"] and run.returncode == 1
    good = good and not hidden and not wrong
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
