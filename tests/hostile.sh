#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/hostile.sh [--shuffle SEED] [PATTERN]: what an impatient user does to the command, each with the
# exit code and the first line that he must get. With PATTERN only the rows whose command matches it;
# with --shuffle in an order that SEED decides: no row may need another. Runs what is built in build/fuzz
# (or $ARENAFUZZ_HOSTILE_BUILD), with AFL++'s build beside it; exit 0 if every row is as it should be.
#
# A row: CODE | FIRST LINE, of stdout and stderr together, as a shell pattern | COMMAND for bash, in a
# folder of its own that has the files made below. $A is the built command, $S the script.
set -u

seed=''
if [ "${1:-}" = --shuffle ]; then
  seed=${2:?--shuffle wants a seed: a number}
  shift 2
fi
root=$(cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/lists.sh"
. "$root/scripts/packages.sh"
export S=$root/arenafuzz A=${ARENAFUZZ_HOSTILE_BUILD:-$root/build/fuzz}/arenafuzz R=$root
[ -x "$A" ] || { echo "$A is missing: ./arenafuzz replay corpus/regression builds it"; exit 2; }
work=$(mktemp -d) || exit 2
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
pristine=$work/pristine
export T=$work/t  # where rows run
limit=60          # seconds a row

make_files() {
  mkdir -p "$1" && cd "$1" || exit 2
  printf '# arenafuzz\nheader profile:faults\nenable s0 root m0\na3 = alloc s0 4097 (fail vzalloc:1)\na4 = alloc s0 8192\nfree a4\n' >a.txt
  printf '# arenafuzz\nenable s0 root m0\na1 = alloc s0 many\n' >bad.txt
  printf 'enable s0 root m0\na3 = alloc s0 64\nfree a3\n' >unmarked
  printf '> # arenafuzz\n> enable s0 root m0\n>> 2: a3 = alloc s0 64\n> 3. free a3\n' >quoted.txt
  printf '\xef\xbb\xbf# arenafuzz\nenable s0 root m0\n' >bom.txt
  printf '\xff\xfe#\0 \0' >utf16.txt
  head -c 600 /dev/zero | tr '\0' '\17' >bytes
  : >empty
  printf 'not a signature at all\n' >known.txt
  mkdir nothing folder
  cp a.txt folder/one.txt
  cp bytes folder/two
  printf '{}\n' >folder/build.json
  printf '<html>\n' >folder/index.html
  cp a.txt 'two words.txt'
  cp a.txt 'quo"te.txt'
  cp a.txt '$(touch pwned).txt'
  cp a.txt 'and&hash#.txt'
  cp a.txt $'line\nbreak.txt'
  cp a.txt -- --json.txt
  cp a.txt "it's.txt"
  mkdir foreign taken damaged newer older
  printf 'my page\n' >foreign/index.html
  printf '{"schema": "arenafuzz-out-1", "command": "fuzz", "target": "pool", "backend": "cpp", "tree": ""}\n' >taken/.arenafuzz.json
  printf '{"schema": "arena' >damaged/status.json
  printf '{"schema' >damaged/.arenafuzz.json
  printf '{"schema": "arenafuzz-status-99"}\n' >newer/status.json
  printf 'PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >empty.zip
  printf 'PK\5\6\0\0\0\0' >cut.zip
  printf 'no zip\n' >text.zip
  mkdir tree partial
  cp -rL "$root/tests/fixtures/kernel_tree/." tree
  mkdir -p partial/lib && cp tree/lib/genalloc.c partial/lib
  mkdir crashes && printf 'a crash\n' >crashes/crash-1
  mkfifo pipe
  # A checkout in which nothing is built, and folders that look like builds of kernel trees.
  mkdir -p fake/fuzz/cli && cp "$root/arenafuzz" fake && cp -r "$root/scripts" fake && cp -r "$root/fuzz/cli/"{help,commands.def} fake/fuzz/cli
  (cd "$root" && cp --parents fuzz/base/compilers.def fuzz/targets/targets.def "$pristine/fake")
  mkdir bin && printf '#!/bin/sh\nflock -n "$T/fake/build/fuzz/.lock" echo the lock is free\n' >bin/ctest && chmod +x bin/ctest
}

# Run by another user, who can write neither in the checkout nor in its builds.
other() {
  if [ "$(id -u)" -ne 0 ]; then
    echo "not root: tried as the same user" >&2
    "$@"
  else
    env -u TMPDIR setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  fi
}
# stopped SIGNAL WHEN COMMAND...: sends it after so many seconds, or as soon as the file that WHEN names is
# there; its exit code, and a line on how long it then took, which a user may have to wait. A command that
# ends before its signal proves nothing, and says so.
stopped() {
  local signal=$1 when=$2 code before
  shift 2
  env --default-signal=INT,TERM,HUP "$@" &
  case $when in
    [0-9]*) sleep "$when" ;;
    *) while kill -0 $! 2>/dev/null && ! compgen -G "$when" >/dev/null; do sleep 0.02; done ;;
  esac
  before=$(date +%s%N)
  kill "-$signal" $! 2>/dev/null || echo "ended before SIG$signal was sent"
  wait $!
  code=$?
  [ $((($(date +%s%N) - before) / 1000000)) -lt "${PATIENCE:-4000}" ] || echo "took too long"
  return "$code"
}
# ends_well SIGNAL "SECONDS..." COMMAND...: sends it at each of these moments of a run, which must end as
# the run that it was by then: before it began with a sentence, then with a summary.
ends_well() {
  local signal=$1 moments=$2 after code log
  shift 2
  for after in $moments; do
    rm -rf o
    log=$(PATIENCE=3000 stopped "$signal" "$after" "$@" 2>&1)
    code=$?
    case $code-$log in
      *'too long'* | *FAILED* | *'jobs died'*) ;;
      [02]-*"by SIG$signal after"*) continue ;;
      143-*"by SIGTERM: no verdict" | 130-*"by SIGINT: no verdict" | 143- | 130-) continue ;;
    esac
    echo "after $after s: exit $code, $log" | tail -n 20
    return 1
  done
  echo all as they must be
}
# left_of FOLDER: how many processes of a run there are two seconds after it was killed: engines have the
# folder among their words, AFL++'s targets in their environment.
left_of() {
  local file left=0
  sleep 2
  for file in /proc/[0-9]*; do
    [ "$file" != "/proc/$BASHPID" ] && [ "$file" != "/proc/$$" ] || continue
    tr '\0' '\n' 2>/dev/null <"$file/environ" | grep -q -e "=.*$1/" && left=$((left + 1)) && continue
    tr '\0' '\n' 2>/dev/null <"$file/cmdline" | grep -qx -e ".*$1/corpus" && left=$((left + 1))
  done
  echo "$left left"
}
# many_programs ZIP: more of them, no two alike, than any machine imports before a signal comes.
many_programs() {
  python3 -B - "$1" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as programs:
    for i in range(1, 20001):
        programs.writestr(str(i), "# arenafuzz\nenable s0 root m0\na0 = alloc s0 %d\n" % i)
PYTHON
}
builds() { # NAME...: oldest last
  local hours=0 name
  for name in "$@"; do
    mkdir -p "fake/build/kernel/$name"
    touch -d "-$((hours += 1)) hours" "fake/build/kernel/$name/.in-use"
  done
}
export -f other stopped ends_well left_of many_programs builds

rows='
# --- words
2 | arenafuzz: no command given: use --help for the list | $S
2 | arenafuzz: unknown command fusz: use --help for the list | $S fusz
2 | arenafuzz: no command given: * | $S ""
2 | arenafuzz: unknown command --json: use * | $S --json
0 | Usage: ./arenafuzz COMMAND ?OPTIONS? | $S --help
0 | Usage: ./arenafuzz COMMAND ?OPTIONS? | $S help
0 | Usage: ./arenafuzz COMMAND ?OPTIONS? | sh $S --help
0 | Usage: ./arenafuzz COMMAND ?OPTIONS? | POSIXLY_CORRECT=1 $S --help
0 | Usage: ./arenafuzz test * | $S test --help
0 | Usage: ./arenafuzz clean * | $S clean --help
0 | the lock is free | printf "#!/bin/sh\n" >bin/cmake; chmod +x bin/cmake; CXX=clang++ PATH=$T/bin:$PATH fake/arenafuzz test 2>/dev/null
2 | arenafuzz: unknown word now: use clean, or clean --all | $S clean now
0 | arenafuzz * | $S --version
2 | arenafuzz: no command given: use * | $A
2 | arenafuzz: unknown command fusz: use * | $A fusz
0 | arenafuzz * (*, sanitizers *) | $A --version
0 | arenafuzz * (*, sanitizers *) | $A replay --version
0 | arenafuzz * (*, sanitizers *) | $A fuzz --time 1 --version
0 | Usage: arenafuzz COMMAND ?OPTIONS? | $A --help
0 | Fuzzes a target* | $A fuzz --help
0 | Fuzzes a target* | $A fuzz --jobs none -h
0 | Runs programs* | $A replay --help
0 | Corpora of a target* | $A corpus --help
0 | Writes the shortest* | $A minimize --help
0 | Replays a folder* | $A triage --help
2 | arenafuzz: nothing behind --target: give it a value * | $A fuzz --target ""
2 | arenafuzz: nothing behind --target: give it a value * | $A fuzz --target=
2 | arenafuzz: nothing behind --target: give it a value * | $A fuzz --target
2 | arenafuzz: nothing behind --domain: * | $A replay --domain "" a.txt
2 | arenafuzz: nothing behind --backend: * | $A replay --backend "" a.txt
2 | arenafuzz: nothing behind --out: * | $A fuzz --out ""
2 | arenafuzz: nothing behind --corpus: * | $A fuzz --corpus ""
2 | arenafuzz: nothing behind --known: * | $A replay --known "" a.txt
2 | arenafuzz: nothing behind --engine: * | $A fuzz --engine ""
2 | arenafuzz: nothing behind --time: * | $A fuzz --time
2 | arenafuzz: nothing behind --kernel-tree: * | $A replay --kernel-tree "" a.txt
2 | arenafuzz: nothing behind --kernel-tree: * | $S replay --kernel-tree "" a.txt
2 | arenafuzz: nothing behind --output: * | $A encode a.txt -o ""
2 | arenafuzz: nothing behind --signature: * | $A minimize --signature "" a.txt
2 | arenafuzz: nothing behind --mail: * | $A triage --mail "" crashes
2 | arenafuzz: --time 5x: give it seconds* | $A fuzz --time 5x
2 | arenafuzz: --time -5: give it seconds* | $A fuzz --time=-5
2 | arenafuzz: --time 1.5h: give it seconds* | $A minimize --time 1.5h a.txt
2 | arenafuzz: --time 400d: give it seconds* | $A triage --time 400d crashes
2 | arenafuzz: --time 99999999999999999999: give it seconds* | $A fuzz --time 99999999999999999999
2 | arenafuzz: --jobs -1: give it a whole number from 1 to 1024 * | $A fuzz --jobs -1
2 | arenafuzz: --jobs 0: give it a whole number * | $A fuzz --jobs 0
2 | arenafuzz: --jobs 1e3: give it a whole number * | $A triage --jobs 1e3 crashes
2 | arenafuzz: --disk 0: give it a whole number * | $A fuzz --disk 0
2 | arenafuzz: --memory -9: give it a whole number * | $A fuzz --memory -9
2 | arenafuzz: --jobs is given twice: give it once * | $A fuzz --jobs 1 --jobs 1
2 | arenafuzz: --json takes no value: leave it out * | $A replay --json=no a.txt
2 | arenafuzz: unknown option --jsn * | $A replay --jsn a.txt
2 | arenafuzz: unknown option -q * | $A replay -q a.txt
2 | arenafuzz: unknown option $* | $A replay $'\''--a\nb'\'' a.txt
2 | arenafuzz: unknown target pond: use one of * | $A replay --target pond a.txt
2 | arenafuzz: unknown domain all: use * | $A replay --domain all a.txt
2 | arenafuzz: unknown backend bsd: use cpp or kernel * | $A replay --backend bsd a.txt
2 | arenafuzz: no engine honggfuzz: use * | $A fuzz --engine honggfuzz
2 | arenafuzz: two engines need two jobs* | $A fuzz --engine both --jobs 1
2 | arenafuzz: unexpected word pool: put words for the engine after -- * | $A fuzz pool
2 | arenafuzz: --json, --ktap and --bisect exclude each other* | $A replay --json --ktap a.txt
2 | arenafuzz: no action given: use * | $A corpus
2 | arenafuzz: unknown action prune: use * | $A corpus prune
2 | arenafuzz: migrate has no --time: leave it out * | $A corpus migrate --time 3 folder
2 | arenafuzz: merge takes OUT and at least one IN* | $A corpus merge folder
2 | arenafuzz: canary has a planted bug* | $A corpus export --target canary -o x.zip
2 | arenafuzz: no zip to write* | $A corpus export
2 | arenafuzz: no cluster 7 in * | $A triage --mail 7 crashes
# Above its base: the script takes another code for the death of the tool.
100 | arenafuzz bench: ratios* | $A --exit-base=100 bench --help
# --- what needs no build
0 | nothing was built | for c in fuzz test replay show encode bench status minimize triage corpus clean; do fake/arenafuzz $c --help >/dev/null || exit 9; done; [ ! -e fake/build ] && echo nothing was built
0 | nothing was built | for w in "replay --jsn" "fuzz --target pond" "fuzz --engine x" "replay nowhere" "replay --kernel-tree no a.txt" "status" "clean x"; do fake/arenafuzz $w >/dev/null 2>&1; [ $? -eq 2 ] || exit 9; done; [ ! -e fake/build ] && echo nothing was built
0 | arenafuzz * (not built yet) | fake/arenafuzz --version
2 | arenafuzz: nothing is built here that could read it* | fake/arenafuzz status nothing
0 | nothing to remove: there is no build | fake/arenafuzz clean
0 | removed 2 builds of kernel trees: * MB | builds a b; fake/arenafuzz clean
0 | 0 left | builds a b; fake/arenafuzz clean >/dev/null; echo $(ls fake/build/kernel | wc -l) left
0 | arenafuzz: 1 are in use and were kept | builds a b; exec 7<fake/build/kernel/a/.in-use; flock -s 7; fake/arenafuzz clean 2>&1 | tail -n 1
0 | a left | builds a b; exec 7<fake/build/kernel/a/.in-use; flock -s 7; fake/arenafuzz clean >/dev/null 2>&1; echo $(ls fake/build/kernel) left
2 | arenafuzz: a command runs from * | builds a; exec 7<fake/build/kernel/a/.in-use; flock -s 7; fake/arenafuzz clean --all
0 | removed */fake/build: * | builds a; fake/arenafuzz clean --all; [ ! -e fake/build ]
0 | b1 b2 b3 b4 b5 b6 b7 new | builds b1 b2 b3 b4 b5 b6 b7 b8 b9 b10; mkdir fake/build/kernel/new; (root=$T/fake; . fake/scripts/kernel_build.sh; use_kernel_folder "$root/build/kernel/new"); echo $(ls fake/build/kernel)
0 | b10 new | builds b1 b2 b3 b4 b5 b6 b7 b8 b9 b10; mkdir fake/build/kernel/new; exec 7<fake/build/kernel/b10/.in-use; flock -s 7; (root=$T/fake; . fake/scripts/kernel_build.sh; use_kernel_folder "$root/build/kernel/new"); echo $(ls fake/build/kernel | grep -e b9 -e b10 -e new)
0 | *: clean * | $S replay a.txt >/dev/null 2>&1; other $S replay $R/corpus/regression/f2_page_claim_of_a_growth_fails.txt
# --- what the tool itself dies of, or does not do
2 | arenafuzz: the tool itself ended with code * | ASAN_OPTIONS=garbage $S replay a.txt 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
125 | arenafuzz: the tool itself ended with code * | ASAN_OPTIONS=garbage $S replay --bisect a.txt 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
2 | arenafuzz: the tool itself ended with code * | UBSAN_OPTIONS=garbage $S replay a.txt 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
2 | arenafuzz: the tool itself ended with code * | ulimit -v 4000000; $S replay a.txt 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
125 | arenafuzz: the tool itself ended with code * | ulimit -v 4000000; $S replay --bisect a.txt 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
1 | ASSERTION FAILED: * | ASAN_OPTIONS=log_path=$T/log:exitcode=0 $S replay --target canary a.txt 2>/dev/null | grep ASSERTION; exit ${PIPESTATUS[0]}
0 | a.txt: clean * | ASAN_OPTIONS=symbolize=0:verbosity=0 $S replay a.txt
2 | *nothing was run* | $S fuzz --time 3 --jobs 1 --out o -- -help=1 | grep "no verdict"; exit ${PIPESTATUS[0]}
2 | arenafuzz: /dev/zero line 1: * | $S fuzz --known /dev/zero --time 3 --jobs 1 --out o
2 | arenafuzz: * | $S replay --known /dev/zero a.txt
# --- signals
143 | arenafuzz: stopped by SIGTERM: no verdict | stopped TERM 1 $S replay pipe
130 | arenafuzz: stopped by SIGINT: no verdict | stopped INT 1 $S replay pipe
129 | arenafuzz: stopped by SIGHUP: no verdict | stopped HUP 1 $S replay pipe
2 | *stopped * by SIGTERM after * of 30 s | stopped TERM o/status.json $S fuzz --time 30 --jobs 1 --out o >x 2>&1; c=$?; grep -e stopped -e "too long" x; exit $c
2 | *stopped * by SIGHUP after * of 30 s | stopped HUP o/status.json $S fuzz --time 30 --jobs 1 --out o >x 2>&1; c=$?; grep -e stopped -e "too long" x; exit $c
0 | *stopped * by SIGINT after * of 30 s | stopped INT o/status.json $S fuzz --time 30 --jobs 1 --out o >x 2>&1; c=$?; grep -e stopped -e "too long" x; exit $c
0 | 0 left | stopped KILL 3 $A fuzz --time 30 --jobs 2 --out $T/o-killed >x 2>&1; sleep 0.5; echo $(pgrep -fc "[o]-killed/corpus") left
0 | all as they must be | ends_well TERM "0.1 0.3 0.7 1 2" $S fuzz --time 30 --jobs 2 --out o
0 | all as they must be | ends_well INT "0.2 0.7" $S fuzz --time 30 --jobs 2 --out o
0 | all as they must be | ends_well TERM "0.2 0.6 1 1.6 3 5" $S fuzz --engine afl --time 30 --jobs 2 --out o
0 | all as they must be | ends_well INT "0.6 1.6 4" $S fuzz --engine afl --time 30 --jobs 2 --out o
0 | all as they must be | ends_well TERM "0.4 1.2 2.5 5" $S fuzz --engine both --time 30 --jobs 2 --out o
0 | 0 left | stopped KILL 1 $S fuzz --engine afl --time 30 --jobs 2 --out $T/o-afl1 >x 2>&1; left_of o-afl1
0 | 0 left | stopped KILL 4 $S fuzz --engine afl --time 30 --jobs 2 --out $T/o-afl4 >x 2>&1; left_of o-afl4
0 | 0 left | stopped KILL 4 $A fuzz --engine afl --time 30 --jobs 2 --out $T/o-afl5 >x 2>&1; left_of o-afl5
0 | 0 left | stopped KILL 0.5 $S fuzz --time 30 --jobs 2 --out $T/o-early >x 2>&1; left_of o-early
143 | 0 arenafuzz: stopped by SIGTERM: no verdict | printf "#!/bin/sh\nsleep 27.1828 & sleep 27.1828\n" >bin/cmake; chmod +x bin/cmake; CXX=clang++ PATH=$T/bin:$PATH stopped TERM 3 fake/arenafuzz replay a.txt >x 2>&1; c=$?; echo $(pgrep -fxc "sleep 27.1828") $(grep -e stopped -e "too long" x); exit $c
0 | in time | $S fuzz --time 3 --jobs 64 --out o >x 2>&1; c=$?; [ $SECONDS -lt 20 ] && echo in time; exit $c
2 | arenafuzz: stopped with * of 2000 files replayed: the same command continues from there | mkdir c; for i in {1..2000}; do cp bytes c/$i; done; stopped TERM o/journal.jsonl $A triage --jobs 1 c --out o 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
2 | arenafuzz: interrupted: what is done is kept; the same command does the rest | many_programs x.zip; stopped INT "o/*" $A corpus import x.zip --out o 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
# --- files that are read
2 | arenafuzz: nothing to replay* | $A replay
2 | arenafuzz: cannot read nowhere (No such file or directory): name a readable file | $A replay nowhere
2 | arenafuzz: no programs in the folder nothing* | $A replay nothing
2 | arenafuzz: cannot read * | $A show nothing
2 | arenafuzz: show takes one file* | $A show a.txt bytes
2 | arenafuzz: bad.txt:3: expected * | $A show bad.txt
2 | arenafuzz: bad.txt:3: expected * | $A replay bad.txt
125 | arenafuzz: bad.txt:3: expected * | $A replay --bisect bad.txt
125 | arenafuzz: cannot read nowhere * | $A replay --bisect nowhere
125 | arenafuzz: unknown option --nonsense * | $A replay --bisect --nonsense
2 | arenafuzz: bom.txt:1: expected no byte order mark (BOM)* | $A replay bom.txt
2 | arenafuzz: utf16.txt:1: expected text in UTF-8* | $A show utf16.txt
2 | arenafuzz: unmarked reads as a program* | $A replay unmarked
125 | arenafuzz: unmarked reads as a program* | $A replay --bisect unmarked
0 | a.txt: clean hash:* | $A replay a.txt
0 | quoted.txt: clean hash:* operations:3 | $A replay quoted.txt
0 | empty: clean hash:* operations:0 | $A replay empty
0 | /dev/null: clean hash:* | $A replay /dev/null
0 | -: clean hash:* operations:4 | $A replay - <a.txt
0 | /dev/stdin: clean hash:* operations:4 | $A replay /dev/stdin <a.txt
0 | /dev/fd/*: clean hash:* operations:4 | $A replay <(cat a.txt)
0 | /dev/fd/8: clean hash:* operations:4 | $A replay /dev/fd/8 8<a.txt
0 | # arenafuzz | $A show /dev/stdin <a.txt
0 | pipe: clean hash:* operations:4 | cat a.txt >pipe & $A replay pipe
0 | 30003 | { echo "# arenafuzz"; echo "enable s0 root m0"; yes "a0 = alloc s0 64" | head -n 30000; } >x.txt; $A show <(cat x.txt) | wc -l
0 | ASSERTION FAILED: * | $A minimize --target canary - -o - <a.txt 2>&1 >/dev/null
1 | -: finding * | $A minimize --target canary - -o - <a.txt 2>/dev/null | $A replay --target canary -
0 | ASSERTION FAILED: * | $A minimize --target canary a.txt -o /dev/null
2 | arenafuzz: cannot write /dev/full * | $A minimize --target canary a.txt -o /dev/full 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
2 | arenafuzz: --json owns the standard output* | $A minimize --json a.txt -o -
0 | minimized.txt | $A minimize --target canary - <a.txt >/dev/null 2>&1; ls minimized.txt
0 | -: clean hash:* operations:3 | grep -v "^#" unmarked | $A replay -
0 | # arenafuzz | $A show - <a.txt
0 | 0 | $A encode a.txt -o - 2>/dev/null >x; $A show x | diff - <($A show a.txt) | wc -l
0 | # arenafuzz | $A encode a.txt -o - 2>/dev/null | $A show -
2 | arenafuzz: --json owns the standard output* | $A encode --json a.txt -o -
2 | arenafuzz: a.txt would overwrite its own text* | $A encode a.txt -o ./a.txt
2 | arenafuzz: cannot write nothing * | $A encode a.txt -o nothing
2 | arenafuzz: cannot write no/where * | $A encode a.txt -o no/where
2 | arenafuzz: cannot write /dev/full * | $A encode a.txt -o /dev/full
2 | arenafuzz: cannot read nothing * | $A replay --known nothing a.txt
0 | '\''two words.txt'\'': clean * | $A replay "two words.txt"
0 | '\''quo"te.txt'\'': clean * | $A replay "quo\"te.txt"
0 | '\''$(touch pwned).txt'\'': clean * | $A replay '\''$(touch pwned).txt'\''; [ ! -e pwned ]
0 | '\''and&hash#.txt'\'': clean * | $A replay "and&hash#.txt"
0 | $'\''line\\nbreak.txt'\'': clean * | $A replay $'\''line\nbreak.txt'\''
0 | --json.txt: clean * | $A replay -- --json.txt
2 | arenafuzz: unknown option --json.txt * | $A replay --json.txt
2 | * programs: * unreadable; * files are no programs | $A replay . 2>/dev/null | tail -n 1; exit ${PIPESTATUS[0]}
0 | *; 2 files are no programs | $A replay folder | tail -n 1
0 | 2 | $A replay --json folder 2>/dev/null | grep -o "passed_over.: 2" | cut -d " " -f 2
2 | arenafuzz: a.txt shows no finding* | $A minimize a.txt
2 | arenafuzz: cannot read nowhere * | $A minimize nowhere
2 | arenafuzz: nowhere is no folder* | $A triage nowhere
2 | arenafuzz: a.txt is no folder* | $A triage a.txt
2 | arenafuzz: no programs in the folder nothing* | $A triage nothing
2 | arenafuzz: status takes one folder* | $A status
2 | arenafuzz: no run has written in nothing* | $A status nothing
2 | arenafuzz: no run has written in a.txt* | $A status a.txt
2 | arenafuzz: damaged/status.json is damaged* | $A status damaged
2 | arenafuzz: newer/status.json was written by another version* | $A status newer
2 | arenafuzz: damaged/status.json is damaged* | $A status damaged --json
2 | arenafuzz: there is no nowhere* | $A corpus import nowhere --out o
2 | arenafuzz: text.zip cannot be read as a zip * | $A corpus import text.zip --out o
2 | arenafuzz: cut.zip cannot be read as a zip * | $A corpus import cut.zip --out o
0 | o: 0 added, * | $A corpus import empty.zip --out o
2 | arenafuzz: a.txt is no folder: choose another one with --out | $A corpus import folder --out a.txt
2 | arenafuzz: there is nothing to export* | $A corpus export nothing -o x.zip
2 | arenafuzz: cannot write no/x.zip * | $A corpus export folder -o no/x.zip
0 | 2 files: * | $A corpus migrate folder 2>/dev/null
# --- folders that are written
2 | arenafuzz: / holds files that are not arenafuzz* | $A fuzz --time 1 --out /
2 | arenafuzz: * holds files that are not arenafuzz* | $A fuzz --time 1 --out $R
2 | arenafuzz: * holds files that are not arenafuzz* | $A fuzz --time 1 --out $R/corpus/pool_faults
2 | arenafuzz: foreign holds files that are not arenafuzz* | $A fuzz --time 1 --out foreign
2 | arenafuzz: foreign holds files that are not arenafuzz* | $A fuzz --time 1 --out foreign/
2 | arenafuzz: foreign holds files that are not arenafuzz* | $A triage crashes --out foreign
2 | arenafuzz: --out crashes holds the crashes themselves* | $A triage crashes --out crashes
2 | arenafuzz: --out . holds the crashes themselves* | $A triage crashes --out .
2 | arenafuzz: taken holds a fuzz run of target pool, and this is a fuzz run of target pool_faults* | $A fuzz --time 1 --out taken
2 | arenafuzz: taken holds a fuzz run of target pool, and this is a triage report* | $A triage crashes --out taken
2 | arenafuzz: damaged/.arenafuzz.json is damaged* | $A fuzz --time 1 --out damaged
2 | arenafuzz: a.txt is no folder: choose another one with --out | $A fuzz --time 1 --out a.txt
2 | arenafuzz: cannot make the folder * | $A fuzz --time 1 --out a.txt/x
2 | arenafuzz: cannot make the folder * | $A fuzz --time 1 --out /proc/x
2 | arenafuzz: no folder nowhere to read seeds from* | $A fuzz --time 1 --corpus nowhere --out o
2 | arenafuzz: no folder a.txt to read seeds from* | $A fuzz --time 1 --corpus a.txt --out o
2 | arenafuzz: *bad.txt:3: expected * | mkdir c; cp bad.txt c; $A fuzz --time 1 --corpus c --out o
# --- streams
2 | arenafuzz: cannot write to stdout (No space left on device): * | $A --help >/dev/full
2 | arenafuzz: cannot write to stdout (No space left on device): * | $A replay a.txt >/dev/full
2 | arenafuzz: cannot write to stdout (No space left on device): * | $A show a.txt >/dev/full
2 | arenafuzz: cannot write to stdout (No space left on device): * | $A replay --json a.txt 2>&1 >/dev/full | tail -n 1; exit ${PIPESTATUS[0]}
2 | arenafuzz: cannot write to stdout (No space left on device): * | $A corpus export folder -o x.zip >/dev/full
125 | arenafuzz: cannot write to stdout (No space left on device): * | $A replay --bisect a.txt >/dev/full
2 | | $A replay a.txt >/dev/full 2>&1
2 | | $A replay --ktap a.txt >/dev/full 2>&1
2 | | $A triage crashes >/dev/full 2>&1
2 | | $A corpus export folder -o x.zip >/dev/full 2>&1
2 | | $A --help >/dev/full 2>&1
2 | *arenafuzz: cannot write to stderr * | $A encode a.txt -o x 2>/dev/full
0 | | $A replay a.txt >&-
0 | a.txt: clean * | $A replay a.txt 2>&-
0 | a.txt: clean * | $A replay a.txt <&-
0 | | $A replay a.txt <&- >&- 2>&-
2 | | $A replay nowhere <&- >&- 2>&-
2 | arenafuzz: cannot write to stdout: * | $S --help >/dev/full
1 | ASSERTION FAILED: * | $A replay --target canary a.txt 2>/dev/null | grep ASSERTION; exit ${PIPESTATUS[0]}
1 | KTAP version 1 | $A replay --ktap --target canary a.txt 2>/dev/null
1 | { | $A replay --json --target canary a.txt 2>/dev/null
# --- kernel trees
2 | arenafuzz: no readable folder nowhere: name the root of a kernel tree with --kernel-tree | $S replay --kernel-tree nowhere a.txt
125 | arenafuzz: no readable folder nowhere: * | $S replay --bisect --kernel-tree nowhere a.txt
2 | arenafuzz: no readable folder a.txt: * | $S replay --kernel-tree a.txt a.txt
2 | arenafuzz: cannot read include/linux/genalloc.h in partial: * | $S replay --kernel-tree partial a.txt
2 | arenafuzz: cannot read lib/genalloc.c in nothing: * | $S replay --kernel-tree nothing a.txt
2 | arenafuzz: cannot read the glue nowhere.c: name a C file | $S replay --kernel-tree tree --glue nowhere.c a.txt
2 | arenafuzz: --glue and --no-arithmetic are for a tree of yours* | $S replay --no-arithmetic a.txt
2 | arenafuzz: this binary was built with the kernel tree * | $A replay --kernel-tree tree a.txt
2 | arenafuzz: --backend cpp runs our own pool* | $A replay --backend cpp --kernel-tree tree a.txt
2 | arenafuzz: target program does not run on a kernel tree* | $A fuzz --backend kernel --target program
0 | no --kernel-tree: * | $A replay --backend kernel a.txt
0 | ran nothing | cd tree && git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm x && printf "#!/bin/sh\ntouch $T/ran\n" >$T/evil && chmod +x $T/evil && git config core.fsmonitor $T/evil && git config filter.x.clean $T/evil && echo "* filter=x" >.gitattributes && touch lib/genalloc.c && cmake -DTREE=$T/tree -DORIGIN= -DGLUE= -DFILES=lib/genalloc.c -DOUT=$T/info.cc -DHAS_ARENA=true -DARITHMETIC=true -DCONSTANT_PAGE=false -DSET_CONFIGS=CONFIG_MMU -P $R/cmake/kernel_tree_info.cmake && [ ! -e $T/ran ] && echo ran nothing
0 | no git, false | cmake -DTREE=$T/tree -DORIGIN= -DGLUE= -DFILES=lib/genalloc.c -DOUT=$T/info.cc -DHAS_ARENA=true -DARITHMETIC=true -DCONSTANT_PAGE=false -DSET_CONFIGS=CONFIG_MMU -P $R/cmake/kernel_tree_info.cmake && grep -o "no git.*false" info.cc | tr -d "\""
0 | a.txt: clean * | $S replay --kernel-tree tree a.txt >/dev/null 2>&1; other $S replay --kernel-tree tree a.txt 2>/dev/null | tail -n +2; exit ${PIPESTATUS[0]}
2 | arenafuzz: cannot write in *, whose build is older than the tree: make it writable | $S replay --kernel-tree tree a.txt >/dev/null 2>&1; sleep 1; touch tree/lib/genalloc.c; [ "$(id -u)" -eq 0 ] && other $S replay --kernel-tree tree a.txt 2>&1 >/dev/null | tail -n 1; exit ${PIPESTATUS[0]}
# --- sandbox: no network, nothing writable but --out
0 | a.txt: clean * | $S replay --sandbox --kernel-tree tree a.txt 2>/dev/null | tail -n +2; exit ${PIPESTATUS[0]}
2 | arenafuzz: the tool itself ended with code * | ASAN_OPTIONS=garbage $S replay --sandbox --kernel-tree tree a.txt 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
2 | arenafuzz: show has no --sandbox* | $S show --sandbox a.txt
# --- signals
0 | 143, 0 left | (say() { :; }; refuse() { :; }; . $R/scripts/build.sh; stopped() { exit 143; }; watch_stops() { trap - INT TERM HUP; }; try_quietly log bash -c "sleep 31.4159 & sleep 31.4159; :") & sleep 0.7; kill -TERM $!; wait $!; code=$?; sleep 0.5; echo "$code, $(pgrep -fxc "sleep 31.4159") left"
# --- environments
2 | arenafuzz: PATH has no cat: add the folders * | PATH=/nonexistent $S replay a.txt
2 | arenafuzz: PATH has no cat: add the folders * | PATH= $S replay a.txt
0 | a.txt: clean * | PATH=/nonexistent $A replay a.txt
0 | a.txt: clean * | env -i $A replay a.txt
0 | a.txt: clean * | LC_ALL=tr_TR.UTF-8 $A replay a.txt
0 | a.txt: clean * | HOME=/nonexistent TMPDIR=/nonexistent $A replay a.txt
0 | a.txt: clean * | TERM= COLUMNS=5 NO_COLOR=1 $A replay a.txt
0 | a.txt: clean * | env -u HOME -u TERM TMPDIR=/proc $A replay a.txt
0 | ASSERTION FAILED: * | TMPDIR=/nonexistent $A minimize --target canary a.txt
2 | arenafuzz: no folder for temporary files* | TMPDIR=/proc $A minimize --target canary a.txt -o -
0 | a.txt: clean * | ulimit -n 16; $A replay a.txt
2 | arenafuzz: cannot reach a child process (Too many open files)* | ulimit -n 4; $A replay a.txt
2 | arenafuzz: cannot write x (File too large): * | (ulimit -f 0; $A encode a.txt -o x) 2>&1 | cat; exit ${PIPESTATUS[0]}
2 | arenafuzz: cannot write o/* (File too large): * | ulimit -f 1; $A triage folder --out o 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
0 | x: 4 operations, * | umask 777; $A encode a.txt -o x
0 | a.txt: clean * | ulimit -c unlimited; ulimit -t 60; $A replay a.txt
0 | loop/a.txt: clean * | mkdir loop; ln -s ../loop loop/again; ln -s b loop/b; cp a.txt loop; $A replay loop
2 | arenafuzz: cannot read b (Too many levels of symbolic links): name a readable file | ln -s b b; $A replay b
2 | arenafuzz: x.txt:65538: expected at most 65536 operations* | { echo "# arenafuzz"; yes "a0 = alloc s0 64" | head -c 100000000; } >x.txt; $A replay x.txt
0 | huge: clean * | truncate -s 100M huge; $A replay huge
0 | a.txt: clean * | cd folder && rmdir ../nothing && $A replay ../a.txt | sed "s,\.\./,,"
'

check() { # CODE PATTERN COMMAND
  local code line
  rm -rf "$T" && cp -a "$pristine" "$T" && cd "$T" || exit 2
  timeout --kill-after=5 "$limit" bash -c "$3" >"$work/out" 2>&1 </dev/null
  code=$?
  IFS= read -r line <"$work/out"
  # A pattern without a character: nothing is printed at all.
  # shellcheck disable=SC2053  # it is a pattern
  if [ "$code" -eq "$1" ] && { [[ $line == $2 ]] || { [ -z "$2" ] && [ ! -s "$work/out" ]; }; }; then
    return 0
  fi
  printf 'FAILED: %s\n  exit %s, wanted %s\n  line   %s\n  wanted %s\n' "$3" "$code" "$1" "$line" "$2"
  return 1
}

# What every row of AFL++ needs, so that none of them builds it.
prepare_afl() {
  if ! command -v afl-fuzz >/dev/null; then
    echo 'skipped: the rows of AFL++; to un-skip, apt-get install '"$afl_packages"
    rows=$(grep -v -e '--engine afl' -e '--engine both --time' <<<"$rows")
  else
    "$S" fuzz --engine both --jobs 2 --time 1 --out "$work/afl" >"$work/afl.log" 2>&1 ||
      { tail -n 5 "$work/afl.log"; echo 'a run with AFL++ did not end clean'; exit 1; }
  fi
}

chmod 755 "$work"
(make_files "$pristine")
if [ $# -eq 0 ] || [[ $(grep -e '--engine afl' <<<"$rows") == *$1* ]]; then prepare_afl; fi
[ -z "$seed" ] || rows=$(shuf --random-source=<(yes "$seed") <<<"$rows")
ran=0 failed=0
while IFS= read -r row; do
  case $row in '' | '#'*) continue ;; esac
  code=${row%% | *} row=${row#* | }
  case $row in
    '| '*) pattern='' command=${row#'| '} ;;
    *) pattern=${row%% | *} command=${row#* | } ;;
  esac
  [ $# -eq 0 ] || [[ $command == *$1* ]] || continue
  ran=$((ran + 1))
  check "$code" "${pattern//\\|/|}" "$command" || failed=$((failed + 1))
done <<<"$rows"
echo "$ran commands, $failed not as wanted, $SECONDS s"
[ "$failed" -eq 0 ] && [ "$ran" -gt 0 ]
