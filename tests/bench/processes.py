# SPDX-License-Identifier: GPL-2.0-only
"""What bench --kills and bench --fuzz share: processes that are measured by their processor time."""

import argparse
import math
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Refusal(Exception):
    """One sentence that says what to do."""


class Words(argparse.ArgumentParser):
    """Refuses in one sentence."""

    def error(self, message):
        raise Refusal(f"{message}: see ./arenafuzz bench --help")


class Children:
    """Processes that are under way: each leads a group, so that none outlives this one."""

    def __init__(self):
        self.lock = threading.RLock()
        self.under_way = set()
        self.stopped = False

    def start(self, words, **options):
        with self.lock:
            if self.stopped:
                raise KeyboardInterrupt
            child = subprocess.Popen(words, start_new_session=True, stdin=subprocess.DEVNULL, **options)
            self.under_way.add(child.pid)
            return child

    def wait(self, child):
        """Its exit code (negative: a signal) and the processor seconds that it took."""
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        with self.lock:
            self.under_way.discard(child.pid)
            # What it left running, before its number can be another's.
            kill_group(child.pid)
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return child.returncode, usage.ru_utime + usage.ru_stime

    def stop(self):
        with self.lock:
            self.stopped = True
            for pid in self.under_way:
                kill_group(pid)


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


CHILDREN = Children()


def say(text):
    print(text, file=sys.stderr, flush=True)


def run_quietly(words, log):
    with open(log, "ab") as file:
        child = CHILDREN.start(words, stdout=file, stderr=file)
        return CHILDREN.wait(child)[0]


def run_limited(words, limit, log, environment, folder):
    """Exit code and processor seconds; SIGXCPU or SIGKILL is its code where it took more than `limit`."""
    with open(log, "wb") as file:
        child = CHILDREN.start(words, env=environment, stdout=file, stderr=file, cwd=folder)
        most = math.ceil(limit)
        try:
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (most, most + 1))
        except ProcessLookupError:
            pass
        # One that sleeps takes no processor time.
        timer = threading.Timer(60 + 30 * limit, child.kill)
        timer.start()
        code, taken = CHILDREN.wait(child)
        timer.cancel()
    return code, taken


class FuzzWords:
    """The engine's options, the folders of seeds and the environment that `fuzz` itself passes: from its log."""

    PER_RUN = ("--stats=", "--findings=", "-artifact_prefix=", "-max_total_time=", "-seed=", "-print_final_stats=")

    def __init__(self, build, work, target):
        out = os.path.join(work, "options")
        log = os.path.join(work, "options.log")
        words = [f"{build}/arenafuzz", f"--source-dir={ROOT}", "fuzz", "--target", target, "--time", "1", "--jobs", "1",
                 "--out", out]
        if run_quietly(words, log) not in (0, 1):
            with open(log) as file:
                raise Refusal(f"arenafuzz fuzz does not run: {file.read().strip()}")
        with open(os.path.join(out, "logs/commands.txt")) as file:
            words = shlex.split(file.readline())
        shutil.rmtree(out)
        self.environment = {}
        while "=" in words[0] and not words[0].startswith("-"):
            name, value = words.pop(0).split("=", 1)
            self.environment[name] = value
        self.binary = words.pop(0)
        self.options = [word for word in words if word.startswith("-") and not word.startswith(self.PER_RUN)]
        self.seeds = [word for word in words if not word.startswith(("-", out))]


def end_with(main):
    """Runs main() and ends; exit codes are above $ARENAFUZZ_EXIT_BASE, as the script at the root wants."""

    def stop(number, _frame):
        CHILDREN.stop()
        raise KeyboardInterrupt(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    base = int(os.environ.pop("ARENAFUZZ_EXIT_BASE", "0"))
    try:
        main()
    except SystemExit as end:
        sys.exit(base + (end.code or 0))
    except Refusal as refusal:
        say(f"arenafuzz bench: {refusal}")
        sys.exit(base + 2)
    except KeyboardInterrupt as interrupt:
        sys.exit(128 + (interrupt.args[0] if interrupt.args else signal.SIGINT))
    sys.exit(base)
