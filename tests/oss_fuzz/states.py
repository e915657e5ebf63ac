#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What ClusterFuzz makes of a crash's log: type, state, security; and which crashes are one to it.

    states.py LOG...               a table, one line a log
    states.py --check FIRST SECOND  folders of logs, the same crashes by two inputs: no two crashes of a
                                   folder are alike, and each is alike to its namesake; nor by the sanitizer's
                                   reports alone. Exit 1 if not.
    states.py --docs FILE LOG...    the table in FILE has a line for each log, which is true, and no other.

The rules are ClusterFuzz's (August 2026) as far as they matter for logs of our targets, written anew:
docs/oss-fuzz.md has them in words.
"""
import pathlib
import re
import sys

FRAME = re.compile(r"\s*#\d+\s+0x[0-9a-f]+\s+(?:in\s+)?(.*)$")
ASSERTION = re.compile(r"\s*ASSERTION FAILED: (.*)", re.IGNORECASE)
CHECK = re.compile(r"\s*\[[^\]]*:([^\](]*)\([0-9]+\).*\].*Check failed:\s*([^;]*)")
SANITIZER = re.compile(r".*ERROR: AddressSanitizer[: ]*([^(:;]+)")
DEADLY = re.compile(r".*(?:Address|UndefinedBehavior)Sanitizer: (ABRT|ILL|TRAP|breakpoint) ")
SEGV = re.compile(r".*Sanitizer: SEGV on unknown address (0x[0-9a-f]+)")
ACCESS = re.compile(r"\s*(READ|WRITE) of size (\d+) at ")
UBSAN = re.compile(r".*: runtime error: (.*)")
# Functions that are no part of a state: of the C library, of sanitizers, of the engine; and those that
# say "assert". By the beginning of the frame, the last ones anywhere in it.
PASSED_OVER = re.compile(
    r"abort|exit$|raise$|pthread_kill$|__pthread_kill|gsignal|__libc_|_start|main|__asan_|__asan::"
    r"|__ubsan|__sanitizer|__interceptor_|___interceptor|___sanitizer|__lsan|fuzzer::|operator|free|malloc"
    r"|calloc|realloc|new|delete|memcpy|memmove|memset|memcmp|__memcpy|__memset|LLVMFuzzerTestOneInput"
    r"|LLVMFuzzerInitialize$|asan_|.*assert|.*/libc\.so|.*libc-.*\.so|.*/sanitizer_common/|.*<unknown module>")
STOP = ("previously allocated by", "located in stack of thread", "allocated by thread", "Direct leak of")
CHECK_TYPES = ("ASSERT", "CHECK failure")
NOT_SECURITY = ("Stack-overflow", "Floating-point-exception", "Timeout", "Out-of-memory", "Fatal-signal",
                "Unexpected-exit", "Ill", "CHECK failure", "Direct-leak", "Divide-by-zero", "Undefined-shift",
                "Integer-overflow", "Null-dereference READ", "Null-dereference WRITE", "Null-dereference")


def function_of(frame):
    """The name that goes into the state: without arguments, namespaces without a name and the file."""
    frame = frame.replace("(anonymous namespace)::", "")
    cut = re.match(r"(.*?)[(\[]", frame)
    return cut.group(1).strip() if cut and cut.group(1) else frame.strip().split(" ")[0]


def numbers_out(text):
    text = re.sub(r"\+0x[0-9a-fA-F]+$", "", text)
    text = re.sub(r"0x[a-fA-F0-9]{4,}U*", "ADDRESS", text)
    return re.sub(r"(?<![:0-9.])(?:[0-9.]{4,}|(?<= )[0-9]{2,}|(?<=[@#])[0-9]+)(?![A-Za-z0-9.])", "NUMBER", text)


def read(log):
    """Type, state (three lines at most) and whether it is a security bug."""
    kind, state, all_frames, full, address = "", [], [], False, ""
    for line in log.splitlines():
        if "SUMMARY:" in line or re.match(r"\w+Sanitizer:DEADLYSIGNAL", line):
            continue
        if kind in CHECK_TYPES and DEADLY.match(line):
            continue
        if found := ASSERTION.match(line):
            kind, state = "ASSERT", [found.group(1)]
        if (found := SEGV.match(line)) and kind not in CHECK_TYPES:
            kind, state, address = "UNKNOWN", [], found.group(1)
            continue
        if kind == "UNKNOWN" and (found := re.match(r".*caused by a ([A-Z]+) memory access", line)):
            kind = ("Null-dereference " if int(address, 16) < 0x1000 else "UNKNOWN ") + found.group(1)
        if "Sanitizer: FPE" in line:
            kind, state = "Floating-point-exception", []
        elif "attempting free on address which was not malloc" in line:
            kind, state = "Invalid-free", []
            continue
        elif "attempting double-free" in line:
            kind, state = "Heap-double-free", []
            continue
        if (found := ACCESS.match(line)) and kind and kind not in CHECK_TYPES and "\n" not in kind:
            size = int(found.group(2))
            kind += " %s %s" % (found.group(1), size if size <= 16 else "{*}")
        if not kind and (found := UBSAN.match(line)):
            kind, state = ubsan_type(found.group(1)), []
        if not kind and (found := CHECK.match(line)):
            kind = "CHECK failure"
            state = ["%s in %s" % (found.group(2).strip(" .'\"[]"), found.group(1).strip())]
        if not kind and (found := SANITIZER.match(line)):
            kind = re.sub(r" on.*", "", found.group(1)).strip().lower().replace("_", "-").capitalize()
            state = []
        if not kind and "ERROR: libFuzzer: deadly signal" in line:
            kind = "Fatal-signal"
        if state and any(mark in line for mark in STOP):
            full = True
        if not kind or not (found := FRAME.match(line)):
            continue
        frame = found.group(1).strip()
        if frame.startswith("LLVMFuzzerTestOneInput") and (place := re.search(r"([^ /]+\.c[a-z]*):\d", frame)):
            frame = place.group(1)  # its file stands for it
        if len(frame) < 3 or PASSED_OVER.match(frame):
            continue
        all_frames.append(function_of(frame))
        if len(state) < 3 and not full:
            state.append(function_of(frame))
    if kind == "Stack-overflow" and all_frames and all_frames[:1] * 3 == all_frames[:3]:
        state = all_frames[:1]
    state = [numbers_out(line)[:80] for line in state]
    return kind, state, is_security(kind)


def ubsan_type(reason):
    for mark, kind in (("division by zero", "Divide-by-zero"), ("shift", "Undefined-shift"),
                       ("out of bounds", "Index-out-of-bounds"), ("integer overflow", "Integer-overflow"),
                       ("load of null pointer", "Null-dereference READ"),
                       ("store to null pointer", "Null-dereference WRITE")):
        if mark in reason:
            return kind
    return "UNKNOWN"


def is_security(kind):
    return bool(kind) and not any(kind == name or kind.startswith(name + " ") for name in NOT_SECURITY)


def distance(one, other):
    row = list(range(len(other) + 1))
    for i, left in enumerate(one):
        next_row = [i + 1]
        for j, right in enumerate(other):
            next_row.append(min(next_row[j] + 1, row[j + 1] + 1, row[j] + (left != right)))
        row = next_row
    return row[-1]


def common_in_order(one, other):
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + common_in_order(one[1:], other[1:])
    return max(common_in_order(one[1:], other), common_in_order(one, other[1:]))


def mean_ratio(one, other):
    ratios = []
    for left, right in zip(one, other):
        both = len(left) + len(right)
        ratios.append((both - distance(left, right)) / both if both else 1)
    return sum(ratios) / len(ratios) if ratios else 0


def alike(one, other):
    if not one or not other:
        return False
    return one == other or common_in_order(one, other) >= 2 or mean_ratio(one, other) > 0.8


def table(paths):
    print("%-26s %-34s %-9s %s" % ("crash", "type", "security", "state"))
    for path in paths:
        kind, state, security = read(path.read_text(errors="replace"))
        print("%-26s %-34s %-9s %s" % (path.stem, kind, "yes" if security else "no", " / ".join(state)))


def report_of(log):
    """What honggfuzz hands to ClusterFuzz: the sanitizer's report, without what the target printed."""
    return log[max(log.find("\n====="), 0):]


def check(first, second, part):
    wrong = 0
    crashes = {path.stem: read(part(path.read_text(errors="replace"))) for path in sorted(first.glob("*.log"))}
    again = {path.stem: read(part(path.read_text(errors="replace"))) for path in sorted(second.glob("*.log"))}
    names = list(crashes)
    for i, name in enumerate(names):
        if not crashes[name][0] or not crashes[name][1]:
            wrong += 1
            print("%s: no type or no state" % name)
        if name not in again or crashes[name][0] != again[name][0] or not alike(crashes[name][1], again[name][1]):
            wrong += 1
            print("%s: by another input it is another bug: %s, %s" % (name, crashes[name], again.get(name)))
        for other in names[i + 1:]:
            if alike(crashes[name][1], crashes[other][1]):
                wrong += 1
                print("%s and %s count as one bug: %.2f" % (name, other, mean_ratio(crashes[name][1], crashes[other][1])))
    print("%d crashes, %d wrong" % (len(names), wrong))
    return 1 if wrong or not names else 0


def documented(document, paths):
    rows = {}
    for line in document.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "crash":
            rows[cells[0]] = cells[2:]
    wrong = 0
    for path in paths:
        kind, state, security = read(path.read_text(errors="replace"))
        true = ["%s, %s" % (kind, "yes" if security else "no"), " / ".join("`%s`" % line for line in state)]
        row = rows.pop(path.stem, None)
        if row != true:
            wrong += 1
            print("%s: %s has %s, true is %s" % (path.stem, document.name, row, true))
    for name in rows:
        wrong += 1
        print("%s: %s has it, and there is no such crash" % (name, document.name))
    return 1 if wrong else 0


def main(words):
    if len(words) == 3 and words[0] == "--check":
        folders = [pathlib.Path(word) for word in words[1:]]
        return max(check(*folders, str), check(*folders, report_of))
    if len(words) > 2 and words[0] == "--docs":
        return documented(pathlib.Path(words[1]), [pathlib.Path(word) for word in words[2:]])
    if not words or words[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    table([pathlib.Path(word) for word in words])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
