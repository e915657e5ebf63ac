#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/oss_fuzz.sh ENGINE/SANITIZER...: OSS-Fuzz's build of fuzz/engines/oss-fuzz/build.sh, without
# docker, with its flags; then a gate that is stricter than its own. Combinations:
#   libfuzzer/address libfuzzer/undefined libfuzzer/coverage
# tests/oss_fuzz.sh --gate ENGINE/SANITIZER OUT: the gate alone, on any copy of $OUT.
# tests/oss_fuzz.sh --faults: plants each fault in a copy of the libfuzzer/address build and sees the
# gate fail with its sentence; that build comes first.
#
# Exit 0 all good, 1 a check failed, 2 usage. Debian's libFuzzer wants libstdc++, so the C++ library
# here is that one, linked statically, where OSS-Fuzz uses libc++.
set -u

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
folder=$root/build/oss-fuzz

base='-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION'
undefined=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return
undefined+=,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr

set_flags() { # ENGINE/SANITIZER
  case $1 in
    libfuzzer/address) flags='-fsanitize=address -fsanitize-address-use-after-scope' ;;
    libfuzzer/undefined)
      flags="-fsanitize=$undefined,unsigned-integer-overflow -fno-sanitize-recover=$undefined" ;;
    libfuzzer/coverage) flags='-fprofile-instr-generate -fcoverage-mapping -pthread' ;;
    *) echo "unknown build $1: see the head of tests/oss_fuzz.sh"; exit 2 ;;
  esac
  [ "$1" = libfuzzer/coverage ] || flags+=' -fsanitize=fuzzer-no-link'
}

# The tree of the kernel targets: Debian's genalloc and the fixtures' arena pool, in a git of its own.
make_tree() { # FOLDER
  local from
  rm -rf "$1" "$1.links"
  mkdir -p "$1.links"
  "$root/src/kernel/default_tree.sh" "$1.links" >/dev/null || return 1
  cp -rL "$1.links" "$1"
  git -C "$1" init -q && git -C "$1" add . && git -C "$1" -c user.name=t -c user.email=t@t commit -qm tree
}

build() { # ENGINE/SANITIZER
  local place=$folder/${1/\//-}
  set_flags "$1"
  rm -rf "$place.out"
  mkdir -p "$place.work" "$place.out" "$folder/src"
  [ -e "$folder/src/linux/.git" ] || make_tree "$folder/src/linux" || return 1
  env SRC="$folder/src" WORK="$place.work" OUT="$place.out" ARENAFUZZ_SOURCE="$root" \
    CC=clang-19 CXX=clang++-19 CFLAGS="$base $flags" CXXFLAGS="$base $flags" \
    LDFLAGS=-static-libstdc++ LIB_FUZZING_ENGINE=-fsanitize=fuzzer ASAN_OPTIONS=detect_leaks=0 \
    bash -eu "$root/fuzz/engines/oss-fuzz/build.sh" >"$place.log" 2>&1 ||
    { tail -n 40 "$place.log"; echo "BAD BUILD $1: build.sh failed"; return 1; }
  compile_commands "$1" "$place.work/arena-pool/compile_commands.json"
}

bad() { echo "BAD BUILD $target: $*"; faults=$((faults + 1)); }

# Every file of ours carries the flags, and no -fsanitize of our own.
compile_commands() { # ENGINE/SANITIZER FILE
  local flag target=$1 faults=0
  set_flags "$1"
  for flag in $base $flags; do
    [ "$(grep -c '"command"' "$2")" = "$(grep '"command"' "$2" | grep -cF -- " $flag ")" ] ||
      bad "a file is compiled without $flag"
  done
  [ "$faults" -eq 0 ]
}

calls() { # NAME FILE: call instructions to functions of that prefix
  objdump -d "$2" | grep -cE "call.*<$1"
}

expected_targets() {
  sed -nE 's/^ *\{"([a-z_]+)", Profile::.*/\1_fuzzer/p' "$root/fuzz/targets/targets.h" |
    grep -v '^canary_' | LC_ALL=C sort
}

# Whole folder: the exact list, and every side file beside its target.
check_list() { # OUT
  local found wanted file base_name target=list
  wanted=$(expected_targets)
  found=$(cd "$1" && find . -type f -perm -u+x | sed 's#^\./##' | LC_ALL=C sort)
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
    [ -x "$1/$base_name" ] || bad 'a side file without its target'
  done < <(cd "$1" && find . -type f ! -perm -u+x | sed 's#^\./##')
}

# Runs in an empty, read-only folder; what it writes shows as a change of that folder.
run_in_cwd() { # COMMAND...
  (cd "$cwd" && timeout 120 "$@")
}

check_target() { # ENGINE/SANITIZER OUT NAME
  local binary=$2/$3 seeds=$scratch/seeds line edges lib
  target=$3
  [ -z "$(readelf -S "$binary" 2>/dev/null | grep -F .symtab)" ] && bad 'the target is stripped'
  readelf -h "$binary" 2>/dev/null | grep -q 'ELF64' || bad 'not of the right ELF class'
  for lib in $(ldd "$binary" 2>/dev/null | awk '{print $1}'); do
    case $lib in
      linux-vdso.so.1 | libc.so.6 | libm.so.6 | libdl.so.2 | librt.so.1 | libpthread.so.0 | \
        libresolv.so.2 | libgcc_s.so.1 | /lib64/ld-linux-x86-64.so.2) ;;
      *) bad "needs $lib, which a bare system lacks" ;;
    esac
  done
  # ASan keeps each unit's name as the compiler was given it, which no prefix map changes; nothing
  # reads it at run time. Anything else that names the build's place is a fault.
  strings -a "$binary" | grep -F "$root/" | grep -qvE "^$root/[a-z_/]+\.cc?$|^$root/build/.*\.cc?$" &&
    bad 'holds an absolute path of the build'
  readelf -d "$binary" | grep -E 'R(UN)?PATH' | grep -q '\[/' && bad 'has an absolute run path'
  case $1 in
    */address)
      [ "$(calls __asan "$binary")" -ge 1000 ] || bad 'fewer than 1000 calls to __asan'
      [ "$(calls __ubsan "$binary")" -le 200 ] || bad 'more than 200 calls to __ubsan' ;;
    */undefined)
      [ "$(calls __ubsan "$binary")" -ge 168 ] || bad 'fewer than 168 calls to __ubsan'
      [ "$(calls __asan "$binary")" -eq 0 ] || bad 'calls to __asan' ;;
  esac
  rm -rf "$seeds"
  mkdir -p "$seeds"
  unzip -qo "${binary}_seed_corpus.zip" -d "$seeds" 2>/dev/null || bad 'the seed corpus cannot be unpacked'
  run_in_cwd "$binary" -runs=4 -seed=1 \
    $([ -e "$binary.dict" ] && echo "-dict=$binary.dict") >"$scratch/log" 2>&1 ||
    { tail -n 3 "$scratch/log"; bad 'does not start with -runs=4'; }
  grep -q 'Done 4 runs' "$scratch/log" || bad 'does not say Done 4 runs'
  grep -qi 'no interesting inputs' "$scratch/log" && bad 'finds no interesting inputs'
  case $3 in
    kernel_* | differential*)
      head -n 1 "$scratch/log" | grep -q '^arenafuzz: kernel tree ' ||
        bad 'its first line does not name the kernel tree' ;;
  esac
  run_in_cwd "$binary" -runs=0 -seed=1 "$seeds" >"$scratch/log" 2>&1 ||
    { tail -n 5 "$scratch/log"; bad 'a seed crashes'; }
  if [ "$1" != libfuzzer/coverage ]; then
    edges=$(sed -nE 's/.*Loaded [0-9]+ modules +\(([0-9]+) .*/\1/p' "$scratch/log" | head -n 1)
    [ "${edges:-0}" -ge 100 ] || bad "under 100 edges (${edges:-none})"
    line=$(grep -oE 'DONE +cov: [0-9]+ ft: [0-9]+' "$scratch/log")
    run_in_cwd "$binary" -runs=0 -seed=1 "$seeds" >"$scratch/log2" 2>&1
    [ "$line" = "$(grep -oE 'DONE +cov: [0-9]+ ft: [0-9]+' "$scratch/log2")" ] ||
      bad 'two runs with one seed differ in coverage'
  fi
  run_in_cwd "$binary" -runs=2000 -seed=1 -print_final_stats=1 "$seeds" >"$scratch/log" 2>&1 ||
    { tail -n 5 "$scratch/log"; bad 'a run of 2000 inputs crashes'; }
  echo "$3: ${line:-} $(sed -nE 's/^stat::(average_exec_per_sec|peak_rss_mb|slowest_unit_time_sec): +/\1 /p' \
    "$scratch/log" | tr '\n' ' ')"
  [ -z "$(ls -A "$cwd")" ] || { bad 'writes to the working directory'; rm -rf "${cwd:?}"/*; }
}

gate() { # ENGINE/SANITIZER OUT
  local moved name faults=0 target scratch cwd
  scratch=$(mktemp -d)
  moved=$scratch/moved
  cwd=$scratch/cwd
  mkdir -p "$cwd"
  export LLVM_PROFILE_FILE=$scratch/profile
  cp -r "$2" "$moved"
  find "$moved" -type f -exec chmod a-w {} +
  check_list "$moved"
  for name in $(cd "$moved" && find . -type f -perm -u+x | sed 's#^\./##' | LC_ALL=C sort); do
    [ -z "${only:-}" ] || [[ " $only " == *" $name "* ]] || continue
    check_target "$1" "$moved" "$name"
  done
  rm -rf "$scratch"
  echo "gate $1: $faults BAD BUILD"
  [ "$faults" -eq 0 ]
}

# plant SENTENCE COMMAND...: in a copy of the good build, of which one target is run.
plant() {
  local sentence=$1 copy log only='program_fuzzer odd_fuzzer odd.fuzzer canary_fuzzer'
  shift
  copy=$(mktemp -d)
  cp -r "$folder/libfuzzer-address.out/." "$copy"
  (cd "$copy" && "$@") || { echo "planting failed: $*"; unseen=yes; }
  log=$(gate libfuzzer/address "$copy")
  if [ $? -eq 0 ] || ! grep -qF "$sentence" <<<"$log"; then
    echo "NOT SEEN: $sentence"; echo "$log"; unseen=yes
  else
    echo "seen: $sentence"
  fi
  rm -rf "$copy"
}

script_target() { # NAME LINE: runs the good program target, and LINE
  mv program_fuzzer odd_fuzzer
  printf '#!/bin/bash\n%s\nexec "$(dirname "$0")/odd_fuzzer" "$@"\n' "$1" >program_fuzzer
  chmod +x program_fuzzer
}

faults_are_seen() {
  [ -d "$folder/libfuzzer-address.out" ] || { echo 'build libfuzzer/address first'; return 2; }
  unseen=
  plant 'the target is missing' rm pool_fuzzer
  plant 'not in the table of targets' cp program_fuzzer odd_fuzzer
  plant 'the name of a target has an extension' cp program_fuzzer odd.fuzzer
  plant 'the canary must not be shipped' cp program_fuzzer canary_fuzzer
  plant 'a side file without its target' touch nobody_fuzzer.options
  plant 'the target is stripped' strip program_fuzzer
  plant 'does not start with -runs=4' bash -c 'chmod u+w *.dict; echo "bad line" >>program_fuzzer.dict'
  plant 'a seed crashes' script_target 'case "$*" in *-runs=0*) exit 77 ;; esac'
  plant 'writes to the working directory' script_target 'touch here'
  plant 'fewer than 1000 calls to __asan' cp /bin/true program_fuzzer
  [ -z "$unseen" ]
}

[ $# -ge 1 ] || { sed -n '4,12p' "$0"; exit 2; }
case $1 in
  --gate) [ $# -eq 3 ] || exit 2; set_flags "$2"; gate "$2" "$3"; exit ;;
  --faults) faults_are_seen; exit ;;
esac
failed=
for combination in "$@"; do
  set_flags "$combination"
  build "$combination" && gate "$combination" "$folder/${combination/\//-}.out" || failed=yes
done
[ -z "$failed" ]
