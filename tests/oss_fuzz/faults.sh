#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The gate's own tests, for tests/oss_fuzz.sh, which sources this: each fault is planted alone, and the
# gate must name it by its sentence and say nothing else. A plant that the gate takes as good shows that
# the small target in which the others are planted has no fault of its own.

# one_sentence SENTENCE LOG: the log has that one.
one_sentence() {
  if [ "$(grep -c '^BAD BUILD' <<<"$2")" = 1 ] && grep '^BAD BUILD' <<<"$2" | grep -qF -- "$1"; then
    echo "seen: $1"
  else
    echo "NOT SEEN, or not alone: $1"
    echo "$2"
    unseen=yes
  fi
}

# plant SENTENCE COMMAND...: in a copy of the good build, of which one target is run.
plant() {
  local sentence=$1 copy only=${run_only:-program_fuzzer odd_fuzzer odd.fuzzer canary_fuzzer}
  shift
  copy=$(mktemp -d)
  cp -r "$folder/libfuzzer-address.out/." "$copy"
  chmod -R u+w "$copy"
  (cd "$copy" && "$@") || { echo "planting failed: $*"; unseen=yes; }
  one_sentence "$sentence" "$(gate "${planted_build:-libfuzzer/address}" "$copy" 2>&1)"
  rm -rf "$copy"
}

# plant_each SENTENCE COMMAND...: each of the targets is to say it.
plant_each() {
  local name all=$run_only
  for name in $all; do run_only=$name plant "$@"; done
}

# small OPTION...: the planted target instead of the good one, with a seed of its own. Each of its
# memory accesses is a call, so that it has as many calls as a target of thousands of lines.
small() {
  local calls=
  [[ "$*" != *address* ]] || calls='-mllvm -asan-instrumentation-with-call-threshold=0'
  cp "$root/tests/oss_fuzz/planted.c" . &&
    "${small_compiler:-clang-19}" -O1 -fno-omit-frame-pointer -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION $calls \
      -c planted.c -fsanitize=fuzzer-no-link "$@" -Wno-unused-command-line-argument &&
    "${small_cxx:-clang++-19}" planted.o -static-libstdc++ -o program_fuzzer -fsanitize=fuzzer "$@" \
      -Wno-unused-command-line-argument || return 1
  rm -f program_fuzzer_seed_corpus.zip planted.c planted.o
  printf 'a seed of some size' >seed
  cmake -E tar cf program_fuzzer_seed_corpus.zip --format=zip seed && rm seed
}

good_small_target_passes() {
  local copy log
  copy=$(mktemp -d)
  cp -r "$folder/libfuzzer-address.out/." "$copy"
  (cd "$copy" && small -fsanitize=address)
  if log=$(only=program_fuzzer gate libfuzzer/address "$copy"); then
    echo 'good: the small target without a fault passes'
  else
    echo "$log"
    unseen=yes
  fi
  rm -rf "$copy"
}

# A library that the sources' CMake would compile otherwise than the rest: configured, not built.
plant_in_cmake() { # SENTENCE LINE
  local copy target=build faults=0
  copy=$(mktemp -d)
  (cd "$root" && git ls-files -z --cached --others --exclude-standard |
    xargs -0 cp -P --parents -t "$copy" 2>/dev/null)
  echo "$2" >>"$copy/CMakeLists.txt"
  set_flags libfuzzer/address
  CC=clang-19 CXX=clang++-19 CFLAGS="$flags" CXXFLAGS="$flags $library" LDFLAGS="$link" LIB_FUZZING_ENGINE="$engine" \
    cmake -G Ninja -S "$copy" -B "$copy/build" -DCMAKE_BUILD_TYPE= -DARENAFUZZ_OSS_FUZZ=ON \
    -DARENAFUZZ_TESTS=OFF -DARENAFUZZ_CLI=OFF >/dev/null || unseen=yes
  one_sentence "$1" "$(check_compile_commands "$copy/build/compile_commands.json")"
  rm -rf "$copy"
}

spoil_line() { # SED-COMMAND FILE
  sed "$1" "$2" >spoilt && mv spoilt "$2"
}

# ClusterFuzz takes the text of an assertion for frame 1 of its stack. The canary's planted bug, found by
# the engine: the assertion comes before any report of the engine's, and is the signature's first parts.
signature_comes_first() {
  local place canary=$folder/libfuzzer-address.work/arena-pool first signature
  place=$(mktemp -d)
  set_flags libfuzzer/address
  # stub/address leaves its engine there.
  { LIB_FUZZING_ENGINE=$engine LDFLAGS=$link cmake "$canary" &&
    cmake --build "$canary" --target canary_fuzzer; } >"$place/log" 2>&1 ||
    { tail -n 20 "$place/log"; return 1; }
  cp -r "$root/corpus/canary" "$place/seeds"
  (cd "$place" && "$canary/fuzz/targets/canary_fuzzer" -runs=300000 -seed=1 \
    "-artifact_prefix=$place/" seeds >log 2>&1)
  first=$(grep -E '^ASSERTION FAILED|Check failed: |^==[0-9]+==|^ +#0 ' "$place/log" | head -n 1)
  signature=$(sed -nE 's/^signature +//p' "$place/log" | head -n 1)
  rm -rf "$place"
  if [ -z "$signature" ] ||
    [ "$first" != "ASSERTION FAILED: $(cut -d. -f1-3 <<<"$signature")" ]; then
    echo "BAD BUILD canary: its finding does not begin with its signature: ${first:-no finding}"
    return 1
  fi
  echo "the first frame of a finding is its signature: $first"
}

faults_of_the_folder() {
  plant 'the target is missing' rm pool_fuzzer pool_fuzzer.options pool_fuzzer_seed_corpus.zip
  plant 'not in the table of targets' bash -c 'cp program_fuzzer odd_fuzzer; for side in .options .dict \
    _seed_corpus.zip; do cp program_fuzzer$side odd_fuzzer$side; done'
  plant 'the name of a target has an extension' bash -c 'cp program_fuzzer odd.fuzzer; for side in \
    .options .dict _seed_corpus.zip; do cp program_fuzzer$side odd.fuzzer$side; done'
  plant 'the canary must not be shipped' bash -c 'cp program_fuzzer canary_fuzzer; for side in .options \
    .dict _seed_corpus.zip; do cp program_fuzzer$side canary_fuzzer$side; done'
  plant 'a side file without its target' touch nobody_fuzzer.options
  plant 'the seed corpus cannot be unpacked' bash -c 'echo no zip >program_fuzzer_seed_corpus.zip'
  plant 'has no options for libFuzzer' spoil_line 's/libfuzzer/other/' program_fuzzer.options
  plant 'does not start as run_fuzzer starts it' bash -c 'echo "bad line" >>program_fuzzer.dict'
  run_only=kernel_pool_fuzzer plant 'its first line does not name the kernel tree' \
    cp pool_fuzzer kernel_pool_fuzzer
}

faults_of_a_binary() {
  local path
  plant 'the target is stripped' strip program_fuzzer
  plant 'not of the right ELF class' small -fsanitize=address -m32
  path=$(ldconfig -p | sed -nE 's/.*libz\.so\.1 .*x86-64.* => //p' | head -n 1)
  plant 'needs libz.so.1, which a bare system lacks' small -fsanitize=address -Wl,--no-as-needed "$path"
  plant 'holds an absolute path of the build' small -fsanitize=address \
    "-DPLANT_ABSOLUTE_PATH=\"$root/build/oss-fuzz/file.txt\""
  plant 'has an absolute run path' small -fsanitize=address -Wl,-rpath,/opt/lib
  plant 'fewer than 1000 calls to __asan' small
  plant 'more than 200 calls to __ubsan' small \
    -fsanitize=address,undefined,unsigned-integer-overflow
  planted_build=libfuzzer/undefined plant 'fewer than 168 calls to __ubsan' small
  planted_build=libfuzzer/undefined plant 'calls to __asan' small \
    -fsanitize=address,undefined,unsigned-integer-overflow
  plant_in_cmake 'with -fno-sanitize=address, which OSS-Fuzz does not give' \
    'target_compile_options(arenafuzz_pool PRIVATE -fno-sanitize=address)'
  plant_in_cmake 'a file is compiled without -fsanitize-address-use-after-scope' \
    'string(REPLACE "-fsanitize-address-use-after-scope" "" CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS}")'
  plant_in_cmake 'a file is compiled without -stdlib=libc++' \
    'string(REPLACE "-stdlib=libc++" "" CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS}")'
  plant_in_cmake '-fno-sanitize-coverage=trace-cmp, which OSS-Fuzz does not give' \
    'target_compile_options(arenafuzz_pool PRIVATE -fno-sanitize-coverage=trace-cmp)'
}

faults_of_a_run() {
  plant 'under 100 edges' small -fsanitize=address -DPLANT_FEW_EDGES
  plant 'finds no interesting inputs' small -fsanitize=address -DPLANT_NOT_INTERESTING
  plant 's to start' small -fsanitize=address -DPLANT_SLOW_START
  plant 'a seed crashes' small -fsanitize=address -DPLANT_CRASHING_SEED
  plant 'two runs with one seed differ in coverage' small -fsanitize=address -DPLANT_ADDRESSES \
    -fPIE -pie
  plant 'its options lack max_len' spoil_line 's/65536/65536000/' program_fuzzer.options
  plant 'exceeds the limits of its options' small -fsanitize=address -DPLANT_LONG_INPUT
  plant 'a run of 500 inputs crashes' small -fsanitize=address -DPLANT_CRASH_LATER
  plant 'writes to the working directory' small -fsanitize=address -DPLANT_WRITES
}

# What a target may not count on where OSS-Fuzz runs it.
faults_of_a_start() {
  local jail=() start='does not start as run_fuzzer starts it'
  plant "$start" small -fsanitize=address -DPLANT_REFUSES_DASHES
  plant "$start" small -fsanitize=address -DPLANT_HOME
  plant "$start" small -fsanitize=address -DPLANT_OPTIONS
  find_jail
  [ ${#jail[@]} -gt 0 ] || return  # it said why
  plant "$start" small -fsanitize=address -DPLANT_DEVICE
  plant "$start" small -fsanitize=address -DPLANT_WRITES_ELSEWHERE
}

# With the sizes that no caller uses, the pool as merged breaks on our own seeds.
sizes_beyond_the_callers_crash() {
  run_only='kernel_pool_fuzzer kernel_pool_faults_fuzzer' more_environment=ARENAFUZZ_TARGET_OPTIONS=--domain=api \
    plant_each 'a seed crashes' true
}

# Of the other builds, where they are there.
faults_of_other_builds() {
  [ ! -d "$folder/libfuzzer-coverage.out" ] || planted_build=libfuzzer/coverage \
    plant 'leaves no profile that llvm-cov reads' small
  [ -d "$folder/afl-address.out" ] || return
  local small_compiler=afl-clang-fast small_cxx=afl-clang-fast++ planted_build=afl/address
  export AFL_QUIET=1
  plant 'under 100 edges' small -fsanitize=address -DPLANT_FEW_EDGES
  plant 'a seed crashes' small -fsanitize=address -DPLANT_CRASHING_SEED
  plant 'two runs of the seeds differ in coverage' small -fsanitize=address -DPLANT_ADDRESSES \
    -fPIE -pie
  plant 'less than 100 %' small -fsanitize=address -DPLANT_UNSTABLE
}

# Those that OSS-Fuzz's own scripts let pass, and that a change of CMake's files brings soonest.
few_faults() {
  plant_in_cmake 'with -fno-sanitize=address, which OSS-Fuzz does not give' \
    'target_compile_options(arenafuzz_pool PRIVATE -fno-sanitize=address)'
  plant 'the target is stripped' strip program_fuzzer
  plant 'a side file without its target' touch nobody_fuzzer.options
  plant 'does not start as run_fuzzer starts it' small -fsanitize=address -DPLANT_REFUSES_DASHES
  plant 'under 100 edges' small -fsanitize=address -DPLANT_FEW_EDGES
  plant 'a seed crashes' small -fsanitize=address -DPLANT_CRASHING_SEED
  plant 'writes to the working directory' small -fsanitize=address -DPLANT_WRITES
}

faults_are_seen() { # all|few
  [ -d "$folder/libfuzzer-address.out" ] || { echo 'build libfuzzer/address first'; return 2; }
  unseen=
  if [ "$1" = few ]; then
    few_faults
  else
    good_small_target_passes
    faults_of_the_folder
    faults_of_a_binary
    faults_of_a_run
    faults_of_a_start
    sizes_beyond_the_callers_crash
    faults_of_other_builds
  fi
  [ -z "$unseen" ]
}
