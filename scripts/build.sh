#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compiler and build, for the script at the root, which sources this: say, refuse, stopped, watch_stops,
# $root and $preset are its own; packages.sh is sourced before.

# The newest clang that can link a sanitized libFuzzer binary, else g++ for what needs no engine.
choose_compiler() {
  local name probe
  if [ -n "${CXX:-}" ]; then
    case $CXX in *clang*) ;; *) preset=dev ;; esac
    return 0
  fi
  probe=$(mktemp) || refuse "cannot write to ${TMPDIR:-/tmp}: make room there"
  for name in $(printf 'clang++-%s ' $clangs) clang++; do
    command -v "$name" >/dev/null || continue
    echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, long) { return 0; }' |
      "$name" -x c++ -fsanitize=address,undefined,fuzzer - -o "$probe" 2>/dev/null || continue
    rm -f "$probe"
    export CXX=$name
    return 0
  done
  rm -f "$probe"
  preset=dev
  [ "$1" = fuzz ] && refuse "fuzz needs clang $oldest_clang or newer with its runtime: run $command_to_install"
  for name in g++ $(printf 'g++-%s ' $gccs); do
    command -v "$name" >/dev/null || continue
    [ "$("$name" -dumpversion | cut -d. -f1)" -ge "$oldest_gcc" ] && export CXX=$name && return 0
  done
  refuse "no clang $oldest_clang or g++ $oldest_gcc or newer: run $command_to_install"
}

# quietly LOG COMMAND...: shows the log's end if it fails.
quietly() {
  try_quietly "$@" && return 0
  tail -n 40 "$1" >&2
  refuse "the build failed: its log is $1"
}

# Whether stderr is a terminal on which a line can be written over.
can_overwrite() { [ -t 2 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${NO_COLOR:-}" ]; }

# Ends the group within about a second: what was compiled half is removed by ninja.
stop_build() { # GROUP
  local tenth
  kill -INT -- "-$1" 2>/dev/null
  for tenth in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 -- "-$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$1" 2>/dev/null
}

# try_quietly LOG COMMAND...: its exit code; shows how it stands if it takes long.
try_quietly() {
  local log=$1 child columns shown=
  shift
  # A process group of its own, which a signal ends whole: ninja goes on without the cmake that
  # started it.
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  child=$!
  set +m
  trap 'stop_build "$child"; stopped INT' INT
  trap 'stop_build "$child"; stopped TERM' TERM
  trap 'stop_build "$child"; stopped HUP' HUP
  SECONDS=0
  columns=$(tput cols 2>/dev/null || echo 80)
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.1
    # Not for a build that finds all of it done, however long it looks.
    [ "$SECONDS" -ge 1 ] && { [ -n "$shown" ] || grep -qE '^(-- |\[[0-9/]+\] Building|Get:|Unpacking)' "$log"; } || continue
    if can_overwrite; then
      printf '\r\033[K%s' "$(tail -n 1 "$log" | cut -c "1-$((columns - 1))")" >&2
    elif [ -z "$shown" ]; then
      say "building (log: $log)"
    fi
    shown=yes
  done
  can_overwrite && [ -n "$shown" ] && printf '\r\033[K' >&2
  watch_stops
  wait "$child"
}

# cpp_over_kernel is a figure of code without sanitizers, by the compiler of the other figures.
build_release_bench() {
  local CXX kernel_folder
  CXX=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$root/build/$preset/CMakeCache.txt")
  export CXX
  local preset=release
  if [ -n "$kernel_tree" ]; then
    build bench arenafuzz_harness
    build_kernel_tree arenafuzz_bench
    release_bench=$kernel_folder/tests/bench/arenafuzz_bench
  else
    build bench arenafuzz_bench
    release_bench=$root/build/release/tests/bench/arenafuzz_bench
  fi
}

# The value of --engine among the words before "--".
engine_of() { # WORD...
  local engine=libfuzzer
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
      --engine) engine=${2:-} ;;
      --engine=*) engine=${1#*=} ;;
    esac
    shift
  done
  printf '%s' "$engine"
}

# AFL++'s binaries have a folder of their own; its mutator is of the main build.
build_afl() { # TARGET...
  local preset=afl CXX=afl-clang-fast++
  command -v "$CXX" >/dev/null || refuse "AFL++ is missing: apt-get install --no-install-recommends $afl_packages"
  if [ -n "$kernel_tree" ]; then
    build fuzz arenafuzz_target_glue arenafuzz_harness
    build_kernel_tree "$@"
  else
    build fuzz "$@"
  fi
}

# One build at a time in each folder; a second waits for the first, which then has nothing to do.
locks=()
lock_folder() { # FOLDER
  local file
  [ -w "$1" ] || return 0  # nothing is built there
  exec {file}>"$1/.lock" || refuse "cannot write in $1: make it writable"
  flock "$file" || refuse "cannot lock $1: see whether its file system has locks"
  locks+=("$file")
}

# Locks go on in the processes that inherit them: also for those to come.
release_locks() {
  local file
  for file in "${locks[@]}"; do exec {file}>&-; done
  locks=()
}

# What a build depends on, as one word: what was configured, names, sizes and times of the sources.
fingerprint() { # WANTED
  {
    printf '%s\n' "$1" "${CXX:-}"
    find "$root"/{src,faultinject,fuzz,cmake,CMakeLists.txt,CMakePresets.json,tests/fixtures,tests/bench} \
      -type f -printf '%P %s %T@\n' | LC_ALL=C sort
  } | sha1sum | cut -d ' ' -f 1
}

# Whether each target was built from what is there now.
is_current() { # FOLDER FINGERPRINT TARGET...
  local folder=$1 print=$2 target
  shift 2
  for target in "$@"; do
    grep -qxF -e "$target $print" "$folder/.built" 2>/dev/null || return 1
    case $target in
      arenafuzz) [ -x "$folder/arenafuzz" ] || return 1 ;;
      *_fuzzer) [ -x "$folder/fuzz/targets/$target" ] || return 1 ;;
    esac
  done
}

note_built() { # FOLDER FINGERPRINT TARGET...
  local folder=$1 print=$2 target
  shift 2
  {
    grep -F -e " $print" "$folder/.built" 2>/dev/null
    for target in "$@"; do printf '%s %s\n' "$target" "$print"; done
  } | sort -u >"$folder/.built.new" && mv "$folder/.built.new" "$folder/.built"
}

# build COMMAND TARGET...: configures if something changed, and builds. What is current is left alone:
# a folder that another user built is only read.
build() {
  local command=$1 folder compiler tests=OFF bench=OFF zip=no wanted print
  shift
  command -v cmake >/dev/null && command -v ninja >/dev/null || [ -x "$root/build/$preset/arenafuzz" ] ||
    refuse "cmake and ninja are needed: run $command_to_install"
  [ -e /usr/include/gtest/gtest.h ] && [ -e /usr/include/rapidcheck.h ] && tests=ON
  [ -e /usr/include/benchmark/benchmark.h ] && bench=ON
  [ -e /usr/include/archive.h ] && zip=yes
  [ "$preset" = afl ] && tests=OFF bench=OFF
  [ -e "$root/build/fuzz/build.ninja" ] && [ -z "${CXX:-}" ] || choose_compiler "$command"
  folder=$root/build/$preset
  wanted="tests=$tests bench=$bench zip=$zip linux=$(stat -L -c %Y "$linux_source" 2>/dev/null)"
  print=$(fingerprint "$wanted")
  [ "$command" != test ] && is_current "$folder" "$print" "$@" && return 0
  mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] ||
    refuse "cannot write in $folder, whose build is older than the sources: make it writable"
  lock_folder "$folder"
  print=$(fingerprint "$wanted")  # the sources may have changed while another built
  [ "$command" != test ] && is_current "$folder" "$print" "$@" && return 0
  # A compiler that is gone: configure once more.
  compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$folder/CMakeCache.txt" 2>/dev/null)
  [ -z "$compiler" ] || [ -x "$compiler" ] ||
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja"
  if [ "$(cat "$folder/.configured" 2>/dev/null)" != "$wanted" ] || [ ! -e "$folder/build.ninja" ]; then
    quietly "$folder/configure.log" cmake -S "$root" --preset "$preset" \
      "-DARENAFUZZ_TESTS=$tests" "-DARENAFUZZ_BENCH=$bench"
    printf '%s\n' "$wanted" >"$folder/.configured"
  fi
  quietly "$folder/build.log" cmake --build "$folder" --target "$@"
  note_built "$folder" "$print" "$@"
}
