#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What else is asked of a finished build, for tests/oss_fuzz.sh, which sources this.

# Without a network, where the machine allows that.
without_network() {
  local words
  for words in 'unshare --net' 'unshare --user --map-root-user --net'; do
    if $words true 2>/dev/null; then
      $words "$@"
      return
    fi
  done
  echo 'NOT CHECKED: that no network is needed, since this machine allows no network namespace: run as root'
  "$@"
}

# run_tests.sh exits with 0 if and only if the tests pass, and changes no file of the sources. Its tests
# stand in for themselves: one that fails, and one that is not there.
run_tests_tell() {
  local script=$root/fuzz/engines/oss-fuzz/run_tests.sh before code build
  export WORK=$folder/libfuzzer-address.work
  build=$WORK/arena-pool
  [ -x "$build/tests/pool_test" ] ||
    { echo 'build libfuzzer/address first, with GoogleTest sources: apt-get install googletest'; return 2; }
  before=$(git -C "$root" diff; git -C "$root" status --porcelain)
  without_network "$script" || { echo 'BAD BUILD run_tests.sh: fails, though nothing is wrong'; return 1; }
  [ "$before" = "$(git -C "$root" diff; git -C "$root" status --porcelain)" ] ||
    { echo 'BAD BUILD run_tests.sh: changes the sources'; return 1; }
  mv "$build/tests/pool_test" "$build/tests/kept"
  "$script" >"$folder/run_tests.log" 2>&1
  code=$?
  printf '#!/bin/sh\nexit 1\n' >"$build/tests/pool_test"
  chmod +x "$build/tests/pool_test"
  [ "$code" -ne 0 ] && ! "$script" >"$folder/run_tests.log" 2>&1
  code=$?
  mv "$build/tests/kept" "$build/tests/pool_test"
  [ "$code" -eq 0 ] || { echo 'BAD BUILD run_tests.sh: does not say that a test failed'; return 1; }
  echo 'run_tests.sh passes, and fails when a test fails or is missing'
}

# One target as run_fuzzer starts it, from its seeds, for a time.
fuzz_for() { # BUILD NAME SECONDS
  local scratch=$place/$2.scratch most_seconds=$(($3 + 120)) runs code
  mkdir -p "$scratch/seeds"
  unzip -qo "$place/moved/$2_seed_corpus.zip" -d "$scratch/seeds" || return
  case $1 in
    libfuzzer/*)
      start_target "$2" -seed=1 "-max_total_time=$3" "$(tmp_there)/seeds" >"$scratch/log" 2>&1
      code=$?
      runs=$(sed -nE 's/^Done ([0-9]+) runs in ([0-9]+) .*/\1 runs in \2 s/p' "$scratch/log") ;;
    afl/*)
      afl_fuzz "$2" -V "$3" && [ "$(stat_of saved_crashes)$(stat_of saved_hangs)" = 00 ]
      code=$?
      runs="$(stat_of execs_done) runs in $(stat_of run_time) s, stability $(stat_of stability)" ;;
    *) echo "NOT CHECKED $2: only builds for libFuzzer and AFL++ run for a time"; return ;;
  esac
  if [ "$code" -eq 0 ]; then
    echo "$2: $runs"
  else
    grep -E '^ASSERTION|Check failed|^signature|ERROR' "$scratch/log"
    cp "$scratch"/crash-* "$scratch"/afl/default/crashes/id* "$folder" 2>/dev/null
    echo "BAD BUILD $2: a finding within $3 s: its input is in $folder"
  fi
  rm -rf "$scratch"
}

# Every target of a build for a minute ($2: other seconds), as many at once as there are processors.
a_minute_each() { # BUILD [SECONDS]
  local place jail as_first name
  [ -d "$folder/${1//\//-}.out" ] || { echo "build $1 first"; return 2; }
  place=$(mktemp -d)
  find_jail
  cp -r "$folder/${1//\//-}.out" "$place/moved"
  for name in ${only:-$(expected_targets "$1")}; do
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
    fuzz_for "$1" "$name" "${2:-60}" >"$place/$name.log" 2>&1 &
  done
  wait
  cat "$place"/*.log | tee "$place/all"
  ! grep -q '^BAD BUILD' "$place/all"
  local code=$?
  rm -rf "$place"
  return "$code"
}
