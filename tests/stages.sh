#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/stages.sh STAGE...|all: what CI does beyond `./arenafuzz test` and its ctest run. Each stage
# is timed; the end is a table. Exit 0 all passed, 1 a stage failed, 2 usage.
#
# Build folders: build/fuzz as ./arenafuzz makes it; build/tsan, build/gcc, build/clang14 and
# build/release are made here. A tool that is missing fails its stage, with the way to get it.
set -u

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 2
. scripts/lists.sh
logs=$root/build/stages
jobs=$(nproc)
limit=15m

# The one list of stages.
stages='format     clang-format finds nothing to change
tsan       threads share a pool under ThreadSanitizer
gcc        g++ builds the command, the targets and the tests of the code under test and the harness, which pass
clang14    the oldest clang builds targets that replay the corpus
kernel     legitimate patches of a kernel tree pass, defects planted in it do not
hashes     every corpus entry has one trace hash: all compilers, any order, twice
tidy       clang-tidy finds nothing in src, faultinject and fuzz
hostile    what an impatient user does: each command has its exit code and its first line
browser    pages of reports in a headless Chromium: clicks, filters, hostile names
watched    a tree that loops, exits, crashes or hangs gets its verdict in every command; git bisect finds the commit
coverage   the committed corpus loses no edge and no feature of a target
fuzz       fuzz ends clean in 30 s, on kernel sources too; the canary is found, exit 1
afl        fuzz by AFL++ ends clean in 20 s with a stability of 100 %; the canary and a planted tree are found, exit 1
campaign   what a campaign announced is there after kills, a full disk, steps of the clock and odd files
bench      the release build, and the figures of bench; six defects of the unwinding are found from nothing
oss-fuzz   the builds of OSS-Fuzz (libFuzzer, UBSan, coverage, AFL++) pass their gate'

usage() {
  printf 'usage: tests/stages.sh all | STAGE...\n\n'
  sed 's/^/  /' <<<"$stages"
}

need() { # TOOL PACKAGE
  command -v "$1" >/dev/null && return 0
  echo "$1 is missing: apt-get install --no-install-recommends $2"
  return 1
}

# Without debug information, and with little optimization but in the release build: the minutes go
# into compiling.
configure_and_build() { # PRESET FOLDER COMPILER TARGET...
  local preset=$1 folder=build/$2 compiler=$3
  shift 3
  if [ ! -e "$folder/build.ninja" ]; then
    CXX=$compiler cmake --preset "$preset" -B "$folder" -DARENAFUZZ_BENCH=ON \
      -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 || return 1
  fi
  cmake --build "$folder" --target "$@"
}

# The newest clang, as cmake/clang.cmake chooses it.
newest_clang() {
  local version
  for version in $clangs; do
    command -v "clang++-$version" && return 0
  done
  echo clang++
}

# Every target, the canary with its planted bug too: no seed triggers it.
replay_corpus() { # FOLDER
  local target seeds
  while read -r target _ _ seeds; do
    # shellcheck disable=SC2086  # one word a folder
    (cd corpus && "$root/$1/fuzz/targets/${target}_fuzzer" $seeds) || return 1
  done <<<"$target_rows"
}

sources() { # FOLDER...
  find "$@" \( -name '*.cc' -o -name '*.h' -o -name '*.c' \) -print | sort
}

stage_format() {
  need "clang-format-$newest_clang" "clang-format-$newest_clang" || return 1
  sources src faultinject fuzz tests | xargs -P "$jobs" -n 40 "clang-format-$newest_clang" --dry-run -Werror
}

stage_tsan() {
  local test
  configure_and_build tsan tsan "$(newest_clang)" pool_test kernel_test || return 1
  for test in pool_test kernel_test; do
    TSAN_OPTIONS=halt_on_error=1 "build/tsan/tests/$test" --gtest_filter='*Concurren*' || return 1
  done
}

stage_gcc() {
  need g++ g++ || return 1
  local test binaries=()
  for test in pool kernel faultinject program harness targets engines base session merge minimize reproduce folder campaign corpus \
    {planted,defects,sleeping,old_interface}_tree; do
    binaries+=("${test}_test")
  done
  configure_and_build dev gcc g++ arenafuzz fuzz/targets/all arenafuzz_trace_hashes arenafuzz_bench \
    "${binaries[@]}" || return 1
  replay_corpus build/gcc || return 1
  # Texts, pages and commands are no compiler's matter, and have been tested once.
  ctest --test-dir build/gcc --output-on-failure -j "$jobs" \
    -E '^(cli|script|readme|project|report)(\.|_test_NOT_BUILT)|^browser$'
}

stage_clang14() {
  need "clang++-$oldest_clang" "clang-$oldest_clang" || return 1
  configure_and_build release clang14 "clang++-$oldest_clang" fuzz/targets/all arenafuzz_trace_hashes || return 1
  replay_corpus build/clang14
}

hashes() { # NAME FOLDER OPTION...
  local name=$1 binary=$2/tests/arenafuzz_trace_hashes
  shift 2
  [ -x "$binary" ] || { echo "$binary is missing: that stage comes first"; return 1; }
  "$binary" "$@" corpus >"$logs/hashes.$name" || { cat "$logs/hashes.$name"; return 1; }
  diff "$logs/hashes.alone" "$logs/hashes.$name" >"$logs/hashes.diff" && return 0
  echo "$name differs from fuzz, alone:"
  cat "$logs/hashes.diff"
  return 1
}

# "Alone" is one process a program; the rest share a process.
stage_hashes() {
  local file
  [ -e build/fuzz/build.ninja ] || cmake --preset fuzz || return 1
  cmake --build build/fuzz --target arenafuzz_trace_hashes || return 1
  find corpus -type f ! -name '*.md' | LC_ALL=C sort | while read -r file; do
    build/fuzz/tests/arenafuzz_trace_hashes "$file" || exit 1
  done >"$logs/hashes.alone" || return 1
  hashes fuzz build/fuzz || return 1
  hashes fuzz-reverse build/fuzz --reverse || return 1
  hashes fuzz-twice build/fuzz --twice || return 1
  hashes gcc build/gcc --twice || return 1
  hashes clang14 build/clang14 --reverse || return 1
  echo "$(wc -l <"$logs/hashes.alone") programs: the same hash from fuzz, gcc and clang14"
}

# The unity files, and what is compiled by itself, that hold every .cc between them; the largest
# first, so that the cores end together. A unit that adds none is passed over; a .cc of none is a unit.
tidy_units() {
  local unit source
  sed -nE 's/^ *"file": "(.*\.c(c|xx))",?$/\1/p' build/tidy/compile_commands.json | while read -r unit; do
    case $unit in
      */Unity/*) sed -nE 's/^#include "(.*\.cc)"$/\1/p' "$unit" ;;
      *) echo "$unit" ;;
    esac | while read -r source; do echo "$unit $source $(wc -l <"$source")"; done
  done | awk -v root="$root/" -v wanted="$(sources src faultinject fuzz | grep '\.cc$')" '
    BEGIN { count = split(wanted, names, "\n"); for (i in names) missing[root names[i]] }
    $2 in missing { delete missing[$2]; chosen[$1] }
    { lines[$1] += $3 }
    END {
      for (unit in chosen) print lines[unit], unit | "sort -rn | cut -d\" \" -f2-"
      for (source in missing) print source  # replay_main.cc is for other engines than this build has
    }'
}

# The checks of unused names take a use in any .cc of a unit for one: each .cc has to have its own.
names_are_used() {
  local file line text name unused=0
  while IFS=: read -r file line text; do
    name=$(sed -E 's/^ *(using .*::|namespace )([A-Za-z_]+).*/\2/' <<<"$text")
    [ "$(grep -cw -- "$name" "$file")" -ge 2 ] && continue
    echo "$file:$line: error: $name is not used in this file"
    unused=1
  done < <(sources src faultinject fuzz | grep '\.cc$' |
    xargs grep -nE '^ *(using ([A-Za-z_]+::)+[A-Za-z_]+;|namespace [A-Za-z_]+ = )')
  return "$unused"
}

# What a .cc costs here is the system headers that it draws in, so many are read at once.
stage_tidy() {
  need "clang-tidy-$newest_clang" "clang-tidy-$newest_clang" || return 1
  cmake --preset fuzz -B build/tidy -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=16 \
    -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DARENAFUZZ_TESTS=OFF -DARENAFUZZ_BENCH=OFF || return 1
  tidy_units >"$logs/tidy.units" || return 1
  # Unity files are what that check is against; so it is done by hand.
  ! grep -rn '^#include.*\.cc"' src faultinject fuzz || return 1
  names_are_used || return 1
  xargs -P "$jobs" -n 1 "clang-tidy-$newest_clang" --checks=-bugprone-suspicious-include --quiet -p build/tidy \
    <"$logs/tidy.units" 2>/dev/null
}

stage_hostile() {
  cmake --build build/fuzz --target arenafuzz pool_faults_fuzzer arenafuzz_bench && tests/hostile.sh
}

# As in ctest, but a browser that is missing fails.
stage_browser() {
  need chromium chromium || return 1
  need python3 python3 || return 1
  [ -e build/fuzz/build.ninja ] || cmake --preset fuzz || return 1
  cmake --build build/fuzz --target arenafuzz_pages || return 1
  python3 -B tests/fuzz/report/browser_test/browser_test.py build/fuzz/tests/arenafuzz_pages
}

stage_coverage() {
  cmake --build build/fuzz --target $(names_of "$target_rows" $'\t(Pool|Format)\t' | sed 's/$/_fuzzer/') &&
    tests/corpus_coverage.sh
}

stage_watched() { tests/watched.sh && tests/odd_trees.sh; }

stage_fuzz() {
  local out=$logs/fuzz.out
  rm -rf "$out"
  ./arenafuzz fuzz --time 30 --out "$out" || return 1
  rm -rf "$out.kernel"
  ./arenafuzz fuzz --backend kernel --time 15 --out "$out.kernel" || return 1
  rm -rf "$out.canary"
  ./arenafuzz fuzz --target canary --time 30 --stop-at-first --out "$out.canary"
  local code=$?
  [ "$code" -eq 1 ] && return 0
  echo "fuzz --target canary ended with $code instead of 1"
  return 1
}

stage_afl() {
  local out=$logs/afl.out engine code
  need afl-fuzz afl++ || return 1
  rm -rf "$out" "$out.afl" "$out.both"
  ./arenafuzz fuzz --engine afl --time 20 --out "$out" | tee "$logs/afl.text"
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  grep -q 'stability 100\.0%' "$logs/afl.text" ||
    { echo "coverage depends on more than the input: the stability above is not 100.0%"; return 1; }
  for engine in afl both; do
    ./arenafuzz fuzz --engine "$engine" --target canary --time 30 --stop-at-first \
      --out "$out.$engine"
    code=$?
    [ "$code" -eq 1 ] && continue
    echo "fuzz --engine $engine --target canary ended with $code instead of 1"
    return 1
  done
  # They skip where its binaries are missing, as in a ctest before this.
  cmake --build build/fuzz --target cli_test && build/fuzz/tests/cli_test --gtest_filter='AflTest.*' ||
    return 1
  rm -rf "$out.tree"
  ./arenafuzz fuzz --engine afl --kernel-tree tests/fixtures/kernel_tree_planted --stop-at-first \
    --time 30 --out "$out.tree"
  code=$?
  [ "$code" -eq 1 ] && return 0
  echo "fuzz --engine afl on the planted tree ended with $code instead of 1"
  return 1
}

stage_campaign() {
  cmake --build build/fuzz --target arenafuzz canary_fuzzer pool_fuzzer arenafuzz_afl_mutator || return 1
  cmake --build build/afl --target canary_fuzzer pool_fuzzer || return 1
  tests/campaign_faults.sh kill=4 disk=2 clock=2 odd many=2500 vanish late=2
}

stage_kernel() {
  tests/kernel_patches.sh
}

stage_bench() {
  local key figures
  figures=$(./arenafuzz bench --json --quick) || return 1
  echo "$figures"
  for key in harness_over_bare scale_64_to_65536 kernel_harness_over_bare cpp_over_kernel; do
    grep -q "\"$key\": *-\?[0-9]" <<<"$figures" || { echo "bench --json lacks $key"; return 1; }
  done
  need python3 python3 || return 1
  figures=$(./arenafuzz bench --kills --json --seeds 1 --cap 5 unwind_without_release unwind_one_page_short \
    unwind_wrong_address unwind_releases_kernel_address grow_succeeds_without_chunk claim_wrong_page_count) || return 1
  echo "$figures"
  grep -qF '"survivors": []' <<<"$figures" || { echo "a defect was not found in 5 s"; return 1; }
}

stage_oss-fuzz() {
  need "clang++-$newest_clang" "clang-$newest_clang" || return 1
  need afl-clang-fast++ afl++ || return 1
  need unzip unzip || return 1
  need zip zip || return 1
  [ -d "/usr/lib/llvm-$newest_clang/include/c++/v1" ] || need libc++ "libc++-$newest_clang-dev libc++abi-$newest_clang-dev" || return 1
  tests/oss_fuzz.sh libfuzzer/address || return 1
  # What needs that build alone fills the cores where the other builds configure, link and wait.
  (for what in signature states run-tests 'faults few'; do
    # shellcheck disable=SC2086  # words
    tests/oss_fuzz.sh --$what || exit
  done) >"$logs/oss-fuzz.faults" 2>&1 &
  local faults=$! code=0
  tests/oss_fuzz.sh libfuzzer/undefined libfuzzer/coverage afl/address || code=1
  wait "$faults" || code=1
  cat "$logs/oss-fuzz.faults"
  return "$code"
}

run_stage() { # NAME
  local log=$logs/$1.log start=$SECONDS tenths verdict=ok
  mkdir -p "$logs" || exit 2
  # A process of its own, which a time limit can end: what hangs fails by its name.
  timeout --kill-after=10 "$limit" "$0" --alone "$1" >"$log" 2>&1 </dev/null &
  trap 'kill $!; exit 130' INT TERM HUP  # it is a process group of its own
  wait $! || {
    [ $? -ne 124 ] || echo "the stage did not end within $limit" >>"$log"
    verdict=FAILED
  }
  trap - INT TERM HUP
  tenths=$(((SECONDS - start) / 6))
  if [ "$verdict" = FAILED ]; then
    failed=yes
    tail -n 60 "$log"
  fi
  line="stage $1: $((tenths / 10)).$((tenths % 10)) min $verdict"
  echo "$line"
  table+="$line"$'\n'
}

names=$(awk '{print $1}' <<<"$stages")
[ $# -ge 1 ] || { usage; exit 2; }
case $1 in
  --help | -h) usage; exit 0 ;;
  --alone) mkdir -p "$logs"; "stage_$2"; exit ;;
  all | --all) set -- $names ;;
esac
for name in "$@"; do
  grep -qx -- "$name" <<<"$names" || { usage; exit 2; }
done
table='' failed=''
SECONDS=0
for name in "$@"; do run_stage "$name"; done
printf '\n%s' "$table"
[ -z "$failed" ]
