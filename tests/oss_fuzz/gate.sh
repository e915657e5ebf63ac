#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The gate over a build of OSS-Fuzz's, for tests/oss_fuzz.sh, which sources this: $root, $folder and
# set_flags are its own. Each fault is one line, "BAD BUILD target: sentence".

bad() { echo "BAD BUILD $target: $*"; faults=$((faults + 1)); }

# Every file of ours carries the flags, and no sanitizer option of our own but one: what judges the code
# under test is compiled without the tracing of comparisons, and only that.
check_compile_commands() { # FILE
  local flag lines judges='CMakeFiles/arenafuzz_(program|harness)\.dir/|CMakeFiles/arenafuzz_target_glue\.dir/'
  lines=$(grep '"command"' "$1")
  for flag in $flags; do
    grep -qvF -- " $flag " <<<"$lines" && bad "a file is compiled without $flag"
  done
  [ -z "$library" ] || ! grep -E '\.cc(",)?$|\.cc ' <<<"$lines" | grep -qvF -- " $library " ||
    bad "a file is compiled without $library"
  for flag in $(grep -oE -- ' -f(no-)?(sanitize|profile-instr)[-a-z]*(=[-a-z,]+)?' <<<"$lines" |
    grep -vE -- '-fsanitize-undefined-strip-path' | LC_ALL=C sort -u); do
    [[ " $flags $c_only " != *" $flag "* ]] || continue
    if [ "$flag" = -fno-sanitize-coverage=trace-cmp ] &&
      ! grep -F -- " $flag" <<<"$lines" | grep -qvE "$judges"; then
      continue
    fi
    bad "a file is compiled with $flag, which OSS-Fuzz does not give"
  done
}

# The seeds that are shipped are those of the corpus, from the folders that the table of targets names: a
# work folder that is kept from build to build, as OSS-Fuzz's helper keeps its own, brings no older ones.
check_seeds() { # OUT
  local seeds target folder folders
  seeds=$(mktemp -d)
  while read -r target folders; do
    target+=_fuzzer
    [ -e "$1/${target}_seed_corpus.zip" ] || continue
    unzip -qo "$1/${target}_seed_corpus.zip" -d "$seeds/$target"
    # shellcheck disable=SC2086  # words
    [ "$(LC_ALL=C ls "$seeds/$target")" = "$(printf '%s\n' $folders | LC_ALL=C sort)" ] &&
      for folder in $folders; do diff -rq "$root/corpus/$folder" "$seeds/$target/$folder" || break; done |
      awk '{exit 1}' || bad 'its seeds are not those of the corpus'
  done < <(cut -f 1,4 <<<"$target_rows")
  rm -rf "$seeds"
}

calls() { # NAME FILE: call instructions, of a disassembly, to functions of that prefix
  grep -cE "call.*<$1" "$2"
}

# Misuse on a kernel tree is not judged under OSS-Fuzz (cmake/oss_fuzz.cmake).
expected_targets() {
  names_of "$target_rows" | grep -vxF -e canary -e kernel_pool_misuse | sed 's/$/_fuzzer/' |
    case ${1:-} in */i386) grep -vE '^(kernel_|differential)' ;; *) cat ;; esac | LC_ALL=C sort
}

# Whole folder: the exact list, and every side file beside its target.
check_list() { # BUILD OUT
  local found wanted file base_name target=list
  wanted=$(expected_targets "$1")
  found=$(cd "$2" && find . -type f -perm -u+x | sed 's#^\./##' | LC_ALL=C sort)
  for target in $(comm -13 <(echo "$wanted") <(echo "$found")); do
    case $target in
      *canary*) bad 'the canary must not be shipped' ;;
      *.*) bad 'the name of a target has an extension' ;;
      *) bad 'not in the table of targets' ;;
    esac
  done
  for target in $(comm -23 <(echo "$wanted") <(echo "$found")); do bad 'the target is missing'; done
  while read -r file; do
    base_name=${file%_seed_corpus.zip} base_name=${base_name%.options} base_name=${base_name%.dict}
    target=$file
    grep -qx -- "$base_name" <<<"$found"$'\n'"$wanted" || bad 'a side file without its target'
  done < <(cd "$2" && find . -type f ! -perm -u+x | sed 's#^\./##')
}

# The first string that names the build's place, if any. What a compiler keeps of its own, which no prefix
# map changes and which is the same in every build of OSS-Fuzz's, counts as none: ASan the name of each
# unit as it was given, and clang 14, which Debian's AFL++ is made for, those of variables in headers too;
# UBSan the type of a lambda that it checks, "(lambda at FILE:1:2)". Coverage names its sources, which the
# report must find.
absolute_path_in() { # BUILD BINARY
  local allowed='^$'
  case $1 in
    */coverage) return ;;
    afl/*) allowed="$root/[a-z_/]+\.(cc|c|h|def)(:|$)|^$root/build/.*\.cc?$" ;;
    */address*) allowed="^$root/[a-z_/]+\.cc?$|^$root/build/.*\.cc?$" ;;
    */undefined*) allowed="\(lambda at $root/[a-z_/]+\.(cc|h):[0-9]+:[0-9]+\)" ;;
  esac
  strings -a "$2" | grep -F "$root/" | grep -vE "$allowed" | head -n 1
}

# What the file is, without running it.
check_binary() { # BUILD BINARY
  local lib absolute class=ELF64
  [[ $1 != */i386 ]] || class=ELF32
  if [ -z "$(readelf -S "$2" 2>/dev/null | grep -F .symtab)" ]; then
    bad 'the target is stripped'
  else
    check_calls "$1" "$2"
  fi
  readelf -h "$2" 2>/dev/null | grep -q "$class" || bad 'not of the right ELF class'
  for lib in $(ldd "$2" 2>/dev/null | awk '{print $1}'); do
    # Debian's libFuzzer is compiled against it, MSan's operator new clashes with a static one.
    case $1/$lib in libfuzzer/*/libstdc++.so.6 | */memory/libstdc++.so.6) continue ;; esac
    case $lib in
      linux-vdso.so.1 | linux-gate.so.1 | libc.so.6 | libm.so.6 | libdl.so.2 | librt.so.1 | \
        libpthread.so.0 | libresolv.so.2 | libgcc_s.so.1 | /lib64/ld-linux-x86-64.so.2 | \
        /lib/ld-linux.so.2) ;;
      *) bad "needs $lib, which a bare system lacks" ;;
    esac
  done
  absolute=$(absolute_path_in "$1" "$2")
  [ -z "$absolute" ] || bad "holds an absolute path of the build: $absolute"
  readelf -d "$2" | grep -E 'R(UN)?PATH' | grep -q '\[/' && bad 'has an absolute run path'
}

check_calls() { # BUILD BINARY
  local most=200
  [[ $1 != */i386 ]] || most=280
  [[ $1 != */coverage ]] || return 0
  objdump -d "$2" | grep -E 'call.*<__(a|m|ub)san' >"$scratch/calls"
  case $1 in
    */address*)
      [ "$(calls __asan "$scratch/calls")" -ge 1000 ] || bad 'fewer than 1000 calls to __asan'
      [ "$(calls __ubsan "$scratch/calls")" -le "$most" ] || bad "more than $most calls to __ubsan" ;;
    */memory*)
      [ "$(calls __msan "$scratch/calls")" -ge 1000 ] || bad 'fewer than 1000 calls to __msan' ;;
    */undefined*)
      [ "$(calls __ubsan "$scratch/calls")" -ge 168 ] || bad 'fewer than 168 calls to __ubsan'
      [ "$(calls __asan "$scratch/calls")" -eq 0 ] || bad 'calls to __asan' ;;
  esac
}

introduces_tree() { # NAME LOG
  case $1 in
    kernel_* | differential*)
      grep -q '^arenafuzz: kernel tree ' <(head -n 3 "$2") ||
        bad 'its first line does not name the kernel tree'
      # As each tree of the gate's lets itself be measured.
      ! grep -q 'the tree ended the process that measured its books' "$2" ||
        bad "does not measure its tree's books" ;;
  esac
}

# As their bad_build_check: four runs without a seed, under LeakSanitizer, with the dictionary. In
# processor time, which is what the load of the machine changes least.
start_libfuzzer() { # NAME BUILD
  local TIMEFORMAT='%3U %3S'
  if ! {
    time start_target "$1" -seed=1337 -runs=4 >"$scratch/log" 2>&1
  } 2>"$scratch/time"; then
    tail -n 3 "$scratch/log"
    bad 'does not start as run_fuzzer starts it'
    return 1
  fi
  startup=$(awk 'NF==2 {printf "%.2f", $1 + $2}' "$scratch/time")
  awk -v seconds="$startup" 'BEGIN {exit !(seconds < 1)}' || bad "takes $startup s to start"
  grep -q 'Done 4 runs' "$scratch/log" || { bad 'does not say Done 4 runs'; return 1; }
  [[ $2 != */coverage ]] && grep -qi 'no interesting inputs' "$scratch/log" &&
    bad 'finds no interesting inputs'
  introduces_tree "$1" "$scratch/log"
  return 0
}

coverage_of() { grep -oE 'DONE +cov: [0-9]+ ft: [0-9]+' "$1"; }

edges_of() { grep -oE 'DONE +cov: [0-9]+' "$1"; }

# Every seed, twice with one layout of addresses: the same edges and counts; and once more with another
# layout: the same edges. With libc++ a count or two of 12,000 depend on the layout. Of UBSan edges do too
# (its check of virtual tables looks types up in a cache by a hash of addresses), and on i386 the depth of
# the stack, a feature of libFuzzer's: those have one layout alone.
replay_libfuzzer() { # BUILD NAME
  local edges before='setarch -R'
  start_target "$2" -runs=0 -seed=1 "$(tmp_there)/seeds" >"$scratch/log" 2>&1 ||
    { tail -n 5 "$scratch/log"; bad 'a seed crashes'; return 1; }
  [[ $1 != */coverage ]] || return 0
  edges=$(sed -nE 's/.*Loaded [0-9]+ modules +\(([0-9]+) .*/\1/p' "$scratch/log" | head -n 1)
  [ "${edges:-0}" -ge 100 ] || bad "under 100 edges (${edges:-none})"
  line=$(coverage_of "$scratch/log")
  start_target "$2" -runs=0 -seed=1 "$(tmp_there)/seeds" >"$scratch/log2" 2>&1
  [ "$line" = "$(coverage_of "$scratch/log2")" ] ||
    { bad 'two runs with one seed differ in coverage'; return 0; }
  case $1 in */undefined* | */i386) return 0 ;; esac
  before=
  start_target "$2" -runs=0 -seed=1 "$(tmp_there)/seeds" >"$scratch/log2" 2>&1
  [ "$(edges_of "$scratch/log")" = "$(edges_of "$scratch/log2")" ] ||
    bad 'two runs with one seed differ in coverage'
}

# The longest input that the options allow, of all seeds one after the other, within their limits.
run_longest() { # NAME
  local most seconds megabytes binary=$place/moved/$1
  most=$(option_of max_len "$binary") seconds=$(option_of timeout "$binary")
  megabytes=$(option_of rss_limit_mb "$binary")
  [ "${most:-0}" -gt 0 ] && [ "${most:-0}" -le 1048576 ] && [ "${seconds:-99}" -le 25 ] &&
    [ "${megabytes:-9999}" -le 2560 ] ||
    { bad 'its options lack max_len, timeout or rss_limit_mb, or exceed 1 MiB, 25 s or 2560 MB'; return; }
  find "$scratch/seeds" -type f -print0 | LC_ALL=C sort -z | xargs -0 -r cat >"$scratch/all"
  [ -s "$scratch/all" ] || return
  while [ "$(stat -c %s "$scratch/all")" -lt "$most" ]; do
    cat "$scratch/all" "$scratch/all" >"$scratch/twice" && mv "$scratch/twice" "$scratch/all"
  done
  head -c "$most" "$scratch/all" >"$scratch/longest"
  start_target "$1" "$(tmp_there)/longest" >"$scratch/log2" 2>&1 ||
    { tail -n 5 "$scratch/log2"; bad "an input of $most bytes exceeds the limits of its options"; }
  longest=$(sed -nE 's/^Executed .* in ([0-9]+) ms$/\1 ms/p' "$scratch/log2" | tail -n 1)
}

option_of() { sed -nE "s/^$1 *= *([0-9]+) *$/\1/p" "$2.options"; }

# The last run is in a folder that can be written: what the target leaves there shows.
run_libfuzzer() { # BUILD NAME
  local line='' startup='' longest='' TIMEFORMAT='%3U %3S'
  start_libfuzzer "$2" "$1" && replay_libfuzzer "$1" "$2" || return
  if ! {
    time run_there "$(tmp_there)/cwd" "$(out_there)/$2" -- $fuzzer_arguments -runs=500 -seed=1 \
      "-artifact_prefix=$(tmp_there)/" -print_final_stats=1 "$(tmp_there)/seeds" >"$scratch/log" 2>&1
  } 2>"$scratch/time"; then
    tail -n 5 "$scratch/log"
    bad 'a run of 500 inputs crashes'
  fi
  [[ $1 != */coverage ]] || report_coverage "$place/moved/$2" "$2"
  run_longest "$2"
  echo "$2: start $startup s, ${line:-}, longest input $longest, $(
    awk 'NF == 2 {print int(500 / ($1 + $2))}' "$scratch/time") runs a second of processor time, $(
    sed -nE 's/^stat::(peak_rss_mb|slowest_unit_time_sec): +/\1 /p' "$scratch/log" | tr '\n' ' ')"
}

# Lines of the code under test, from a profile of the run above; and its source can be shown.
report_coverage() { # BINARY NAME
  local under_test=src/pool/gen_pool.cc lines
  case $2 in
    program_*) under_test=fuzz/program/codec.cc ;;
    kernel_*) under_test=lib/genalloc.c ;;
  esac
  llvm-profdata-$newest_clang merge -o "$scratch/merged" "$scratch"/profile* 2>/dev/null &&
    llvm-cov-$newest_clang report "$1" "-instr-profile=$scratch/merged" >"$scratch/report" 2>"$scratch/log2" ||
    { bad 'leaves no profile that llvm-cov reads'; return; }
  lines=$(awk -v file="$under_test" 'index($1, file) {print $8 - $9}' "$scratch/report")
  [ "${lines:-0}" -gt 0 ] || { bad "its report has no covered line of $under_test"; return; }
  llvm-cov-$newest_clang show "$1" "-instr-profile=$scratch/merged" 2>/dev/null | grep -q "/$under_test:$" ||
    bad "llvm-cov does not find the source of $under_test"
  # What the report of OSS-Fuzz is about, by its own arguments.
  # shellcheck disable=SC2046  # words
  llvm-cov-$newest_clang report "$1" "-instr-profile=$scratch/merged" \
    $(sed -nE 's/^coverage_extra_args: //p' "${project_file:-$root/fuzz/engines/oss-fuzz/project.yaml}") 2>/dev/null |
    grep -qE '(^|/)(harness|program|targets)/' &&
    bad 'its report is about what judges the pool'
  echo "$2: $(awk '$1 == "TOTAL" {print "lines " $10 " functions " $7 " regions " $4 " branches " $13}' \
    "$scratch/report")"
  rm -f "$scratch"/profile*
}

stat_of() { sed -nE "s/^$1 +: //p" "$scratch/afl/default/fuzzer_stats"; }

# run_there with the settings that run_fuzzer has for AFL++, which is never process 1.
# shellcheck disable=SC2034  # run_there's
run_afl_tool() { # COMMAND...
  local as_first= more_asan_options=:abort_on_error=1:symbolize=0:detect_odr_violation=0
  local more_ubsan_options=:symbolize=0 more_msan_options=:exit_code=86:symbolize=0 more_environment
  more_environment='AFL_NO_UI=1 AFL_NO_COLOR=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_TRY_AFFINITY=1
    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_FAST_CAL=1 AFL_MAP_SIZE=131072 AFL_IGNORE_PROBLEMS=1
    AFL_FORKSRV_INIT_TMOUT=30000'
  run_there "$(out_there)" "$@"
}

# afl_fuzz NAME OPTION...: from the seeds and the file that run_fuzzer puts beside them. False: it does not
# get ready to roll.
afl_fuzz() {
  local name=$1 dict=
  shift
  rm -rf "$scratch/afl"
  echo input >"$scratch/seeds/input"
  [ ! -e "$place/moved/$name.dict" ] || dict="-x $name.dict"
  # shellcheck disable=SC2086  # words
  run_afl_tool afl-fuzz -m none -t 5000+ "$@" -i "$(tmp_there)/seeds" \
    -o "$(tmp_there)/afl" $dict -- "$(out_there)/$name" >"$scratch/log" 2>&1
  grep -q 'All set and ready to roll' "$scratch/log"
}

# afl-fuzz gets ready within their 35 s (of which it needs a few), and calls every seed stable.
run_afl() { # NAME
  local name
  run_seeds "$1" || return
  for name in first second; do
    run_afl_tool afl-showmap -q -m none -C -i "$(tmp_there)/seeds" -o "$(tmp_there)/$name" -- \
      "$(out_there)/$1" >"$scratch/log" 2>&1
  done
  cmp -s "$scratch/first" "$scratch/second" || bad 'two runs of the seeds differ in coverage'
  [ "$(wc -l <"$scratch/first")" -ge 100 ] || bad "under 100 edges ($(wc -l <"$scratch/first"))"
  afl_fuzz "$1" -E 300 -V 30 ||
    { tail -n 5 "$scratch/log"; bad 'afl-fuzz does not get ready to roll'; return; }
  awk -v part="$(stat_of stability)" 'BEGIN {exit !(part + 0 == 100)}' ||
    bad "is stable to $(stat_of stability) alone, less than 100 %"
  [ "$(stat_of saved_crashes)" = 0 ] || bad 'a run of afl-fuzz crashes'
  echo "$1: edges $(stat_of edges_found) of $(stat_of total_edges), stability $(stat_of stability)," \
    "$(stat_of execs_done) runs"
}

# Each seed once, where the engine is none of libFuzzer's.
run_seeds() { # NAME
  (cd "$scratch/seeds" && find . -type f -print0) | sed -z "s#^\./#$(tmp_there)/seeds/#" >"$scratch/list"
  mapfile -d '' -t seed_list <"$scratch/list"
  run_there "$(tmp_there)/cwd" "$(out_there)/$1" "${seed_list[@]}" >"$scratch/log" 2>&1 ||
    { tail -n 5 "$scratch/log"; bad 'a seed crashes'; return 1; }
  introduces_tree "$1" "$scratch/log"
}

check_target() { # BUILD NAME
  local binary=$place/moved/$2
  target=$2
  check_binary "$1" "$binary"
  mkdir -p "$scratch/seeds" "$scratch/cwd"
  unzip -qo "${binary}_seed_corpus.zip" -d "$scratch/seeds" >/dev/null 2>&1 ||
    bad 'the seed corpus cannot be unpacked'
  grep -q '^\[libfuzzer\]$' "$binary.options" 2>/dev/null || bad 'has no options for libFuzzer'
  case $1 in
    libfuzzer/*) run_libfuzzer "$1" "$2" ;;
    afl/*) run_afl "$2" ;;
    stub/*) run_seeds "$2" && echo "$2: $(grep '^ran' "$scratch/log")" ;;
  esac
  [ -z "$(ls -A "$scratch/cwd")" ] || bad 'writes to the working directory'
}

# In folders of its own: several run at once.
check_apart() { # BUILD NAME
  local scratch=$place/$2.scratch faults=0 target=$2
  mkdir -p "$scratch"
  check_target "$@"
  rm -rf "$scratch"
}

gate() { # BUILD OUT
  local place name names faults=0 target start=$SECONDS jail as_first
  place=$(mktemp -d)
  find_jail
  cp -r "$2" "$place/moved"
  find "$place/moved" -type f -exec chmod a-w {} +
  check_list "$1" "$place/moved" >"$place/log"
  names=$(cd "$place/moved" && find . -type f -perm -u+x | sed 's#^\./##' | LC_ALL=C sort)
  for name in $names; do
    [ -z "${only:-}" ] || [[ " $only " == *" $name "* ]] || continue
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
    check_apart "$1" "$name" >"$place/$name.log" 2>&1 &
  done
  wait
  for name in $names; do cat "$place/$name.log" 2>/dev/null; done >>"$place/log"
  cat "$place/log"
  faults=$(grep -c '^BAD BUILD' "$place/log")
  rm -rf "$place"
  echo "gate $1: $faults BAD BUILD, $((SECONDS - start)) s"
  [ "$faults" -eq 0 ]
}
