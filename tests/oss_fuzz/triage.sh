#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What ClusterFuzz makes of our crashes, for tests/oss_fuzz.sh, which sources this. Needs the build
# libfuzzer/address.

# One crash of each kind (crashes.cc), with the flags and libraries of the build.
make_crashes() { # BINARY
  local archives=$folder/libfuzzer-address.work/arena-pool
  [ -e "$archives/fuzz/targets/libarenafuzz_target_glue.a" ] ||
    { echo 'build libfuzzer/address first'; return 2; }
  # shellcheck disable=SC2086  # words
  clang++-$newest_clang -std=c++20 $flags $library "-I$root" "-ffile-prefix-map=$root/=/src/arena-pool/" \
    "$root/tests/oss_fuzz/crashes.cc" -o "$1" $engine -Wl,--start-group \
    "$archives/fuzz/targets/libarenafuzz_target_glue.a" \
    "$archives"/libarenafuzz_{harness,program,faultinject,kernel,pool}.a -Wl,--end-group $link
}

# As ClusterFuzz runs and symbolizes: without inlined frames, which are no part of a state.
crash_log() { # BINARY NAME INPUT
  ASAN_OPTIONS=$their_asan_options:symbolize_inline_frames=0 UBSAN_OPTIONS=$their_ubsan_options \
    ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-$newest_clang) \
    timeout 60 "$1" -- $fuzzer_arguments "--crash=$2" "-artifact_prefix=$place/" "$3" 2>&1
}

# Crashes of each kind by two inputs, and what ClusterFuzz makes of them.
states_differ() {
  local place name
  set_flags libfuzzer/address
  place=$folder/states
  rm -rf "$place"
  mkdir -p "$place/first" "$place/second"
  make_crashes "$place/crashes" || return
  printf 1 >"$place/1" && printf 2 >"$place/2"
  for name in $("$place/crashes" --list); do
    crash_log "$place/crashes" "$name" "$place/1" >"$place/first/$name.log"
    crash_log "$place/crashes" "$name" "$place/2" >"$place/second/$name.log"
  done
  states_of "$place"
}

# No two crashes are one bug to ClusterFuzz, and none is two. Prints the table.
states_of() { # FOLDER
  # What its source mapper makes a link of: a library's file, as it is in the repository.
  grep -qE '^ +#1 0x[0-9a-f]+ in [a-z_]+ /src/arena-pool/fuzz/harness/verdict/oracles\.def:[0-9]+' \
    "$1/first/unwind.log" || {
    echo 'BAD BUILD: frames do not have the names of sources below /src/arena-pool'
    return 1
  }
  python3 -B "$root/tests/oss_fuzz/states.py" "$1"/first/*.log
  python3 -B "$root/tests/oss_fuzz/states.py" --check "$1/first" "$1/second" ||
    { echo 'BAD BUILD: ClusterFuzz would take two of these for one bug, or one for two'; return 1; }
  python3 -B "$root/tests/oss_fuzz/states.py" --docs "$root/docs/oss-fuzz.md" "$1"/first/*.log ||
    { echo 'BAD BUILD: docs/oss-fuzz.md has another table'; return 1; }
  # Two bugs whose engine says which it knows already.
  dedup_tokens_differ "$1"/first/*.log
}

# libFuzzer takes crashes of one token for one, when it minimizes.
dedup_tokens_differ() { # LOG...
  local twice
  twice=$(grep -h -m 1 '^DEDUP_TOKEN' "$@" | LC_ALL=C sort | uniq -d)
  [ -z "$twice" ] || { echo "BAD BUILD: two crashes have one $twice"; return 1; }
  echo "$(grep -l '^DEDUP_TOKEN' "$@" | wc -l) crashes, each with a DEDUP_TOKEN of its own"
}
