#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The gate's own tests, for tests/oss_fuzz.sh, which sources this: each fault is planted alone, and the
# gate must name it by its sentence and say nothing else. A plant that the gate takes as good shows that
# the small target in which the others are planted has no fault of its own.

# one_sentence SENTENCE LOG: the log has that one.
one_sentence() {
  local sentences
  sentences=$(grep '^BAD BUILD' <<<"$2")
  if [ "$(wc -l <<<"$sentences")" = 1 ] && grep -qF -- "$1" <<<"$sentences"; then
    echo "seen: $1"
    seen+="$sentences"$'\n'
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
  cp -r "$folder/${planted_from:-libfuzzer-address}.out/." "$copy"
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
# $small_source: the name of its source.
small() {
  local calls= source=${small_source:-planted.c} object
  object=$(basename "${source%.*}").o
  [[ "$*" != *address* ]] || calls='-mllvm -asan-instrumentation-with-call-threshold=0'
  mkdir -p "$(dirname "$source")" && cp "$root/tests/oss_fuzz/planted.c" "$source" &&
    "${small_compiler:-clang-$newest_clang}" -O1 -fno-omit-frame-pointer -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION $calls \
      -c -x c "$source" -x none -fsanitize=fuzzer-no-link "$@" -Wno-unused-command-line-argument &&
    "${small_cxx:-clang++-$newest_clang}" "$object" -static-libstdc++ -o program_fuzzer -fsanitize=fuzzer "$@" \
      -Wno-unused-command-line-argument || return 1
  rm -rf program_fuzzer_seed_corpus.zip "${source%%/*}" "$object"
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
  CC=clang-$newest_clang CXX=clang++-$newest_clang CFLAGS="$flags" CXXFLAGS="$flags $library" LDFLAGS="$link" LIB_FUZZING_ENGINE="$engine" \
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
  local place canary=$folder/libfuzzer-address.work/arena-pool
  place=$(mktemp -d)
  set_flags libfuzzer/address
  # stub/address leaves its engine there.
  { LIB_FUZZING_ENGINE=$engine LDFLAGS=$link cmake "$canary" &&
    cmake --build "$canary" --target canary_fuzzer; } >"$place/log" 2>&1 ||
    { tail -n 20 "$place/log"; return 1; }
  cp -r "$root/corpus/canary" "$place/seeds"
  (cd "$place" && "$canary/fuzz/targets/canary_fuzzer" -runs=300000 -seed=1 \
    "-artifact_prefix=$place/" seeds >log 2>&1)
  finding_begins_with_its_signature "$place/log"
  local code=$?
  rm -rf "$place"
  return "$code"
}

finding_begins_with_its_signature() { # LOG
  local first signature
  first=$(grep -E '^ASSERTION FAILED|Check failed: |^==[0-9]+==|^ +#0 ' "$1" | head -n 1)
  signature=$(sed -nE 's/^signature +//p' "$1" | head -n 1)
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
  run_only=kernel_pool_fuzzer plant "does not measure its tree's books" \
    small_kernel_pool -fsanitize=address -DPLANT_BOOKS
}

small_kernel_pool() { # OPTION...
  small "$@" && cp program_fuzzer kernel_pool_fuzzer &&
    cp program_fuzzer_seed_corpus.zip kernel_pool_fuzzer_seed_corpus.zip
}

faults_of_a_binary() {
  local path
  plant 'the target is stripped' strip program_fuzzer
  plant 'not of the right ELF class' small -fsanitize=address -m32
  path=$(ldconfig -p | sed -nE 's/.*libz\.so\.1 .*x86-64.* => //p' | head -n 1)
  plant 'needs libz.so.1, which a bare system lacks' small -fsanitize=address -Wl,--no-as-needed "$path"
  plant 'holds an absolute path of the build' small -fsanitize=address \
    "-DPLANT_ABSOLUTE_PATH=\"$root/build/oss-fuzz/file.txt\""
  planted_build=libfuzzer/undefined plant 'holds an absolute path of the build' small \
    -fsanitize=undefined,unsigned-integer-overflow "-DPLANT_ABSOLUTE_PATH=\"$root/fuzz/harness/judge/judge.cc:1:2\""
  plant 'has an absolute run path' small -fsanitize=address -Wl,-rpath,/opt/lib
  plant 'fewer than 1000 calls to __asan' small
  plant 'more than 200 calls to __ubsan' small \
    -fsanitize=address,undefined,unsigned-integer-overflow
  planted_build=libfuzzer/undefined plant 'fewer than 168 calls to __ubsan' small
  planted_build=libfuzzer/undefined plant 'calls to __asan' small \
    -fsanitize=address,undefined,unsigned-integer-overflow
  planted_build=stub/memory plant 'fewer than 1000 calls to __msan' small
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
  plant 'does not say Done 4 runs' small -fsanitize=address -DPLANT_ENDS_EARLY
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
  local jail= as_first= start='does not start as run_fuzzer starts it'
  plant "$start" small -fsanitize=address -DPLANT_REFUSES_DASHES
  plant "$start" small -fsanitize=address -DPLANT_HOME
  plant "$start" small -fsanitize=address -DPLANT_OPTIONS
  find_jail
  [ -n "$jail" ] || return  # it said why
  plant "$start" small -fsanitize=address -DPLANT_DEVICE
  plant "$start" small -fsanitize=address -DPLANT_WRITES_ELSEWHERE
  plant "$start" small -fsanitize=address -DPLANT_CAPABILITY
  [ -n "$as_first" ] || return
  plant "$start" small -fsanitize=address -DPLANT_PROCESS_ONE
}

# With the sizes that no caller uses, the pool as merged breaks on our own seeds.
sizes_beyond_the_callers_crash() {
  run_only='kernel_pool_fuzzer kernel_pool_faults_fuzzer' more_environment=ARENAFUZZ_TARGET_OPTIONS=--domain=api \
    plant_each 'a seed crashes' true
}

# Of the other builds: without them their sentences are named as not planted.
faults_of_coverage() {
  local planted_build=libfuzzer/coverage profile='-fprofile-instr-generate -fcoverage-mapping'
  is_built libfuzzer/coverage || return
  plant 'leaves no profile that llvm-cov reads' small
  # shellcheck disable=SC2086  # words
  plant 'its report has no covered line of' small $profile
  # shellcheck disable=SC2086
  small_source=fuzz/program/codec.cc plant 'llvm-cov does not find the source of' small $profile
  planted_from=libfuzzer-coverage project_file=/dev/null run_only=program_fuzzer \
    plant 'its report is about what judges the pool' true
}

faults_of_afl() {
  local small_compiler=afl-clang-fast small_cxx=afl-clang-fast++ planted_build=afl/address
  is_built afl/address || return
  export AFL_QUIET=1
  plant 'under 100 edges' small -fsanitize=address -DPLANT_FEW_EDGES
  plant 'a seed crashes' small -fsanitize=address -DPLANT_CRASHING_SEED
  plant 'two runs of the seeds differ in coverage' small -fsanitize=address -DPLANT_ADDRESSES \
    -fPIE -pie
  plant 'less than 100 %' small -fsanitize=address -DPLANT_UNSTABLE
  plant 'afl-fuzz does not get ready to roll' small -fsanitize=address -DPLANT_NOT_UNDER_AFL
  plant 'a run of afl-fuzz crashes' small -fsanitize=address -DPLANT_CRASH_LATER
}

is_built() { # BUILD
  [ -d "$folder/${1//\//-}.out" ] && return
  echo "NOT CHECKED: what the gate says of $1, which is not built"
  missing=yes
  return 1
}

# Every sentence of the gate's (`bad "..."` in gate.sh) was said for a fault of its own: a check for which
# nothing is planted could be one that never fails.
every_sentence_was_seen() {
  local sentence pattern
  while read -r sentence; do
    pattern=$(sed -E 's/\$\([^)]*\)|\$\{[^}]*\}|\$[a-z0-9_]+/@/g; s/[][\.*^$+?(){}|]/\\&/g; s/@/.*/g' <<<"$sentence")
    grep -qE -- "^BAD BUILD [^:]*: $pattern$" <<<"$seen" && continue
    echo "NOT PLANTED: $sentence"
    [ -n "$missing" ] || unseen=yes
  done < <(sed -nE "s/.*\bbad (['\"])(.*)\1.*/\2/p" "$root/tests/oss_fuzz/gate.sh")
}

# What the other commands say. They are run on what is spoilt: other scripts, logs and folders.
faults_of_the_commands() {
  local place copy faults=0
  place=$(mktemp -d)
  printf '==1==ERROR: libFuzzer\nASSERTION FAILED: bug.free.none\nsignature  bug.free.none.a.b\n' >"$place/log"
  one_sentence 'does not begin with its signature' "$(finding_begins_with_its_signature "$place/log")"
  mkdir "$place/one" "$place/other"
  echo a >"$place/one/file" && echo b >"$place/other/file"
  one_sentence 'two builds in different folders differ' "$(outs_are_equal "$place/one" "$place/other")"
  one_sentence '1 programs have another trace' "$(traces_are_equal "$place/one/file" "$place/other/file")"
  copy=$place/sources
  (cd "$root" && git ls-files -z --cached --others --exclude-standard |
    xargs -0 cp -P --parents -t "$(mkdir "$copy" && echo "$copy")" 2>/dev/null)
  echo 'message(FATAL_ERROR planted)' >"$copy/CMakeLists.txt"
  set_flags libfuzzer/address
  one_sentence 'build.sh failed' "$(root=$copy folder=$copy/build build libfuzzer/address)"
  cp "$folder"/libfuzzer-address.out/pool_fuzzer_seed_corpus.zip "$place"
  zip -qd "$place/pool_fuzzer_seed_corpus.zip" "$(cd "$root/corpus" && find pool -type f | head -n 1)"
  one_sentence 'its seeds are not those of the corpus' "$(check_seeds "$place")"
  one_sentence 'a finding within 5 s: its input is in' "$(a_minute_of_a_bad_target "$place/minute")"
  rm -rf "$place"
}

a_minute_of_a_bad_target() { # FOLDER
  local only=program_fuzzer
  mkdir -p "$1" && cp -r "$folder/libfuzzer-address.out" "$1"
  (cd "$1/libfuzzer-address.out" && small -fsanitize=address -DPLANT_CRASH_LATER)
  folder=$1 a_minute_each libfuzzer/address 5
}

# run_tests.sh SCRIPT, of a repository that holds nothing else.
told_of_run_tests() { # LINE
  local copy
  copy=$(mktemp -d)
  mkdir -p "$copy/fuzz/engines/oss-fuzz"
  printf '#!/bin/bash\n%s\n' "$1" >"$copy/fuzz/engines/oss-fuzz/run_tests.sh"
  chmod +x "$copy/fuzz/engines/oss-fuzz/run_tests.sh"
  git -C "$copy" init -q && git -C "$copy" add .
  (cd "$copy" && root=$copy run_tests_tell)
  rm -rf "$copy"
}

faults_of_run_tests() {
  one_sentence 'fails, though nothing is wrong' "$(told_of_run_tests 'exit 1')"
  one_sentence 'changes the sources' "$(told_of_run_tests 'touch new')"
  one_sentence 'does not say that a test failed' "$(told_of_run_tests 'exit 0')"
}

# told_of_states COMMAND...: of the logs of --states, after the command in their folder.
told_of_states() {
  local place
  place=$(mktemp -d)
  cp -r "$folder"/states/{first,second} "$place"
  (cd "$place" && "$@")
  states_of "$place"
  rm -rf "$place"
}

faults_of_the_states() {
  local alike='would take two of these for one bug, or one for two'
  [ -d "$folder/states/second" ] || states_differ >/dev/null
  one_sentence 'frames do not have the names of sources' \
    "$(told_of_states sed -i 's#/src/arena-pool/#/build/#' first/unwind.log)"
  one_sentence "$alike" "$(told_of_states cp first/unwind.log first/bug.log)"
  one_sentence "$alike" "$(told_of_states cp second/unwind.log second/bug.log)"
  one_sentence 'docs/oss-fuzz.md has another table' \
    "$(told_of_states sed -i 's/^\(ASSERTION FAILED: unwind.alloc.\).*/\1vzalloc/' first/unwind.log second/unwind.log)"
  one_sentence 'two crashes have one' \
    "$(told_of_states sed -i 's/^DEDUP_TOKEN.*/DEDUP_TOKEN: same/' first/unwind.log first/bug.log)"
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
  local seen= missing=
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
    faults_of_coverage
    faults_of_afl
    faults_of_the_commands
    faults_of_run_tests
    faults_of_the_states
    every_sentence_was_seen
  fi
  [ -z "$unseen" ]
}
