#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/watched.sh: what a kernel tree does to its process is a verdict, in every command.
#
#   one tree whose alloc does what $DEATH says --replay, --json, --ktap, --bisect, minimize-->
#   a repository with commits that loop, exit, abort, do not compile --git bisect run--> the right one
#
# Prints one line a case; exit 1 at the first that is not as it must be. TMPDIR: where trees are made.
set -u
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cases=0

fail() { printf 'watched: %s\n' "$*" >&2; exit 1; }

# expect NAME CODE PATTERN COMMAND...
expect() {
  local name=$1 code=$2 pattern=$3 got
  shift 3
  "$@" >"$work/out" 2>"$work/err" </dev/null
  got=$?
  [ "$got" = "$code" ] || { cat "$work/out" "$work/err" >&2; fail "$name: exit $got, wanted $code"; }
  grep -qE -e "$pattern" "$work/out" || { cat "$work/out" "$work/err" >&2; fail "$name: no '$pattern'"; }
  cases=$((cases + 1))
  printf 'ok %s %s\n' "$cases" "$name"
}

make_tree() { # FOLDER
  cp -rL "$root/tests/fixtures/kernel_tree" "$1"
  chmod -R u+w "$1"
}

# plant FOLDER DECLARATIONS STATEMENT: what alloc does with 64 bytes.
plant() {
  python3 -B - "$@" <<'PYTHON'
import sys
folder, declarations, statement = sys.argv[1:]
name = folder + "/kernel/sched/ext_arena.c"
text = open(name).read()
head, mark, tail = text.partition("/* May sleep. The kernel address")
first = "\tmight_sleep();\n"
assert mark and first in tail
tail = tail.replace(first, first + "\tif (size == 64) {\n\t\t" + statement + "\n\t}\n", 1)
open(name, "w").write(head + declarations + "\n" + mark + tail)
PYTHON
}

cat >"$work/dies.txt" <<'PROGRAM'
# arenafuzz
header profile:faults pages:64
enable s0 root m0
a0 = alloc s0 64
PROGRAM
sed 's/64$/32/' "$work/dies.txt" | sed 's/pages:32/pages:64/' >"$work/lives.txt"

tree=$work/tree
make_tree "$tree"
plant "$tree" '
char *getenv(const char *name);
void exit(int code);
void _exit(int code);
void abort(void);
int raise(int number);
int pause(void);
int fork(void);
unsigned int alarm(unsigned int seconds);
int close(int file);
void *malloc(unsigned long size);
int creat(const char *name, unsigned int mode);
static int deep(int n) { volatile char room[4096]; room[0] = 1; return deep(n + 1) + room[0]; }
static char death(void) { const char *word = getenv("DEATH"); return word ? *word : 0; }
' '
		switch (death()) {
		case 0x6c: for (;;) __asm__ volatile("");          /* loop */
		case 0x70: for (;;) pause();                       /* pause */
		case 0x65: exit(0);                                /* exit */
		case 0x45: exit(1);
		case 0x5f: _exit(0);                               /* _exit */
		case 0x61: abort();                                /* abort */
		case 0x6e: *(volatile int *)0 = 1; break;          /* null */
		case 0x73: deep(1); break;                         /* stack */
		case 0x53: raise(19); break;                       /* SIGSTOP */
		case 0x6b: raise(9); break;                        /* kill */
		case 0x63: close(0); close(1); close(2); break;    /* close */
		case 0x77: if (creat(getenv("WHERE"), 0600) >= 0) exit(7); break;  /* write */
		case 0x66: if (!fork()) { alarm(60); pause(); } break; /* fork */
		case 0x68: { char *m = malloc(800 << 20); int i; for (i = 0; i < 800 << 20; i += 4096) m[i] = 1; break; } /* hoard */
		case 0x6d: for (;;) { char *m = malloc(1 << 20); int i; for (i = 0; i < 1 << 20; i += 4096) m[i] = 1; }
		}'

# Memory is used up in less than two seconds, but not on every machine.
timeout_of() { [ "$1" = memory ] || [ "$1" = hoard ] && echo 60 || echo 2; }

replay() { # DEATH WORD...
  local death=$1
  shift
  DEATH=$death "$root/arenafuzz" replay --backend kernel --kernel-tree "$tree" \
    --timeout "$(timeout_of "$death")" "$@"
}

expect 'nothing planted is done' 0 'dies.txt: clean' replay '' "$work/dies.txt"
for row in 'loop timeout timeout.alloc' 'pause timeout timeout.alloc' 'exit exit exit.alloc' \
  'E exit exit.alloc' '_exit exit exit.alloc' 'abort crash sanitizer.abrt' 'null crash sanitizer.segv' \
  'stack crash sanitizer.stack-overflow' 'S timeout timeout.alloc' 'kill crash crash.alloc.kill' \
  'memory crash crash.alloc.out-of-memory'; do
  read -r death verdict signature <<<"$row"
  expect "replay: $death" 1 "dies.txt: $verdict $signature" \
    replay "$death" "$work/lives.txt" "$work/dies.txt" "$work/lives.txt"
  grep -q '3 programs: 2 clean' "$work/out" ||
    { cat "$work/out" "$work/err" >&2; fail "replay: $death: the other files were not run"; }
  expect "--json: $death" 1 "\"verdict\": \"$verdict\"" replay "$death" --json "$work/dies.txt"
done
expect '--ktap: exit' 1 '^not ok 1 ' replay exit --ktap "$work/dies.txt"
expect '--bisect: loop' 1 'timeout' replay loop --bisect "$work/dies.txt"
expect '--bisect: exit' 1 'exit' replay exit --bisect "$work/dies.txt"
expect '--bisect: abort' 1 'crash' replay abort --bisect "$work/dies.txt"
expect 'what earlier files left in memory is not the fault of the last' 0 '3 programs: 3 clean' \
  replay hoard "$work/dies.txt" "$work/dies.txt" "$work/dies.txt"
expect 'closed descriptors are no death' 0 'dies.txt: clean' replay close "$work/dies.txt"
expect 'a process left behind is no death' 0 'dies.txt: clean' replay fork "$work/dies.txt"
echo exit.alloc >"$work/known.txt"
expect 'a known exit' 0 'known exit.alloc' replay exit --known "$work/known.txt" "$work/dies.txt"
for death in loop exit abort; do
  expect "minimize: $death" 0 'a0 = alloc s0 64' env DEATH=$death "$root/arenafuzz" minimize \
    --backend kernel --kernel-tree "$tree" --timeout 2 --time 10 -o "$work/min.txt" "$work/dies.txt"
  expect "minimized: $death replays" 1 'alloc|sanitizer' replay "$death" "$work/min.txt"
done

# triage DEATH: one crash file, on that tree.
triage() {
  rm -rf "$work/report" "$work/crashes"
  mkdir "$work/crashes" && cp "$work/dies.txt" "$work/crashes"
  DEATH=$1 "$root/arenafuzz" triage "$work/crashes" --out "$work/report" --kernel-tree "$tree" --timeout 2 --time 5
}
expect 'triage: null' 1 'sanitizer.segv' triage null
expect '  its reproducer in C was tried, and is kept' 0 scx_arena_alloc \
  sh -c 'cat "$1"/report/*/reproducer.c' sh "$work"
expect '  SARIF has the line of the tree' 0 '"uri": "kernel/sched/ext_arena.c"' cat "$work/report/report.sarif"
expect '  the mail has the line, and which arenafuzz it was' 0 '^At scx_arena_alloc kernel/sched/ext_arena.c:[0-9]+' \
  sh -c 'grep -q "^Found by arenafuzz " "$1"/report/*/mail.txt && cat "$1"/report/*/mail.txt' sh "$work"
expect '  the finding has the line and the version' 0 '^# where      scx_arena_alloc kernel/sched/ext_arena.c:' \
  sh -c 'grep -q "^# version    arenafuzz " "$1"/report/*/minimized.txt && cat "$1"/report/*/minimized.txt' sh "$work"
if grep -lF -e "$work" -e "$root" "$work"/report/*/{mail.txt,reproducer.c,reproducer_kunit.c,reproducer_test.cc}; then
  fail 'a mail or a reproducer names a folder of this machine'
fi
expect 'triage: exit' 1 'exit.alloc' triage exit
expect '  a reproducer that does not fail is not kept, and the page says so' 0 \
  'no C file for the kernel side: its calls, made outside of arenafuzz, do not fail' cat "$work/report/index.html"
[ ! -e "$work"/report/exit.alloc/reproducer.c ] || fail 'a reproducer that does not fail was kept'

# What a verdict depends on is the tool's, whatever the environment says; the rest is the user's.
expect 'ASAN_OPTIONS: log_path takes no signature away' 1 'dies.txt: crash sanitizer.segv.scx_arena_alloc' \
  env ASAN_OPTIONS="log_path=$work/asan" DEATH=null "$root/arenafuzz" replay --kernel-tree "$tree" "$work/dies.txt"
expect 'ASAN_OPTIONS: symbolize=0 neither' 1 'dies.txt: crash sanitizer.segv.scx_arena_alloc' \
  env ASAN_OPTIONS=symbolize=0 DEATH=null "$root/arenafuzz" replay --kernel-tree "$tree" "$work/dies.txt"
expect 'ASAN_OPTIONS: nor handle_segv=0' 1 'dies.txt: crash sanitizer.segv.scx_arena_alloc' \
  env ASAN_OPTIONS=handle_segv=0:exitcode=0 DEATH=null "$root/arenafuzz" replay --kernel-tree "$tree" "$work/dies.txt"

# In the sandbox a tree writes nowhere but in --out.
export WHERE=$work/written
expect 'a tree can write where its user can' 1 'exit.alloc' replay write "$work/dies.txt"
rm -f "$WHERE"
if command -v bwrap >/dev/null; then
  expect '--sandbox: replay' 0 'dies.txt: clean' replay write --sandbox "$work/dies.txt"
  expect '--sandbox: a verdict is a verdict' 1 'dies.txt: crash sanitizer.segv' replay null --sandbox "$work/dies.txt"
  expect '--sandbox: fuzz' 0 '^clean: ' env DEATH=write "$root/arenafuzz" fuzz --sandbox --kernel-tree "$tree" \
    --domain callers --time 4 --jobs 1 --out "$work/fuzzed"
  expect '--sandbox: triage' 0 ' 0 clusters' env DEATH=write "$root/arenafuzz" triage "$work/crashes" --sandbox \
    --kernel-tree "$tree" --out "$work/report-sandbox"
else
  echo 'skipped: --sandbox; to un-skip, apt-get install bubblewrap'
fi
[ ! -e "$WHERE" ] || fail '--sandbox: the tree wrote outside of --out'

# Every death of a job of fuzz is a finding, with its input kept.
for row in '_exit exit.alloc' 'null sanitizer.segv' 'stack sanitizer.stack-overflow'; do
  read -r death signature <<<"$row"
  expect "fuzz: $death" 1 "^  signature  $signature" env DEATH="$death" "$root/arenafuzz" fuzz --kernel-tree "$tree" \
    --domain callers --time 20 --jobs 1 --stop-at-first --out "$work/fuzz-$death"
  ls "$work/fuzz-$death/findings/$signature"*.txt >/dev/null || fail "fuzz: $death: no finding was kept"
done

# --timeout holds on the baseline too: here each of its runs would take ten seconds.
began=$SECONDS
env DEATH=loop "$root/arenafuzz" replay --kernel-tree "$tree" --baseline "$tree" --timeout 1 "$work/dies.txt" >/dev/null 2>&1
[ $((SECONDS - began)) -lt 60 ] || fail "--baseline: --timeout 1 took $((SECONDS - began)) s"

# A repository: sound commits, then one that is bad, with others that are broken in their own way.
repository=$work/repository
make_tree "$repository"
quiet_git() { git -C "$repository" -c user.name=t -c user.email=t@example.org -c core.hooksPath=/dev/null "$@" >/dev/null 2>&1; }
quiet_git init -q
commit() { quiet_git add -A && quiet_git commit -q --allow-empty -m "$1"; }
# bisect NAME DECLARATIONS STATEMENT
bisect() {
  local name=$1 good bad began=$SECONDS
  quiet_git checkout -q -f base || fail 'no commit to begin with'
  good=$(git -C "$repository" rev-parse HEAD)
  commit "$name: sound"
  commit "$name: sound too"
  plant "$repository" "$2" "$3"
  commit "$name: the bad one"
  bad=$(git -C "$repository" rev-parse HEAD)
  commit "$name: later"
  echo 'this is no C' >>"$repository/kernel/sched/ext_arena.c"
  commit "$name: does not compile"
  quiet_git checkout -q -f HEAD~ -- . && commit "$name: compiles"
  quiet_git bisect start HEAD "$good" || fail "$name: git bisect start"
  (cd "$repository" && git bisect run "$root/arenafuzz" replay --bisect --timeout 2 --backend kernel \
    --kernel-tree . "$work/dies.txt") >"$work/out" 2>&1
  grep -q "^$bad is the first bad commit" "$work/out" || { cat "$work/out" >&2; fail "bisect: $name"; }
  quiet_git bisect reset
  cases=$((cases + 1))
  printf 'ok %s bisect: %s (%s s)\n' "$cases" "$name" $((SECONDS - began))
}
commit base
quiet_git tag base
bisect loop '' 'for (;;) __asm__ volatile("");'
bisect exit 'void exit(int code);' 'exit(0);'
bisect abort 'void abort(void);' 'abort();'
printf '%s cases\n' "$cases"
