#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# OSS-Fuzz's build without docker, for tests/oss_fuzz.sh, which sources this: $root, $folder are its own.

base='-O1 -fno-omit-frame-pointer -gline-tables-only -Wno-error=incompatible-function-pointer-types'
base+=' -Wno-error=int-conversion -Wno-error=deprecated-declarations -Wno-error=implicit-function-declaration'
base+=' -Wno-error=implicit-int -Wno-error=unknown-warning-option -Wno-error=vla-cxx-extension'
base+=' -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION'
undefined=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return
undefined+=,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr
afl_driver=/usr/lib/afl/libAFLDriver.a

# set_flags BUILD: flags, compiler (of C; C++ adds ++) and engine as OSS-Fuzz has them: libc++ too, where
# Debian has one. Its libFuzzer was compiled against libstdc++, which comes with it, and only with it: where
# both are linked an exception is not caught.
set_flags() {
  local architecture=
  compiler=clang-$newest_clang cxx_compiler=clang++-$newest_clang engine=-fsanitize=fuzzer link=-static-libstdc++
  library=-stdlib=libc++ c_only=
  case ${1#*/} in
    address*) flags='-fsanitize=address -fsanitize-address-use-after-scope' ;;
    undefined*)
      flags="-fsanitize=$undefined,unsigned-integer-overflow -fno-sanitize-recover=$undefined"
      c_only=-fno-sanitize=function ;;
    # Its own operator new clashes with that of a static library.
    memory) flags='-fsanitize=memory -fsanitize-memory-track-origins' link= library= ;;
    # Linker's words among those of the compiler, as theirs are (COVERAGE_FLAGS_coverage).
    coverage)
      flags='-fprofile-instr-generate -fcoverage-mapping -pthread -Wl,--no-as-needed -Wl,-ldl -Wl,-lm'
      flags+=' -Wno-unused-command-line-argument' ;;
    *) echo "unknown build $1: see the head of tests/oss_fuzz.sh"; exit 2 ;;
  esac
  case $1 in
    */i386) architecture=-m32 library= ;;  # Debian has no libc++ of 32 bits beside that of 64
  esac
  case $1 in
    libfuzzer/coverage) ;;
    libfuzzer/*) flags+=' -fsanitize=fuzzer-no-link' ;;
    stub/*) flags+=' -fsanitize=fuzzer-no-link' engine=$folder/stub.a ;;
    # Bound to clang 14, which does not read libc++ 19.
    afl/address) compiler=afl-clang-fast cxx_compiler=afl-clang-fast++ engine=$afl_driver library= ;;
    *) echo "unknown build $1: see the head of tests/oss_fuzz.sh"; exit 2 ;;
  esac
  flags="$architecture $base $flags"
  flags=${flags# }
  case $library/$1 in
    -stdlib=libc++/libfuzzer/*)
      engine+=' -Wl,--push-state,--no-as-needed,-l:libstdc++.so.6 -Wl,--pop-state' ;;
  esac
}

# The tree of the kernel targets, in a git of its own: Debian's genalloc and an arena pool that behaves
# like the one that was merged, since that is what is fuzzed there. One that is the same stays.
make_tree() { # FOLDER
  local new
  new=$(mktemp -d "$1.XXXXXX")
  "$root/src/kernel/default_tree.sh" "$new/links" >/dev/null || return 1
  rm "$new"/links/kernel/sched/ext_arena.[ch]
  cp -rL "$new/links" "$new/tree" && cp -r "$root/tests/fixtures/kernel_tree_merged/." "$new/tree" || return 1
  if ! diff -rq -x .git "$new/tree" "$1" >/dev/null 2>&1; then
    rm -rf "$1"
    mv "$new/tree" "$1"
    git -C "$1" init -q && git -C "$1" add . &&
      GIT_AUTHOR_DATE='2026-01-01 00:00:00 +0000' GIT_COMMITTER_DATE='2026-01-01 00:00:00 +0000' \
        git -C "$1" -c user.name=t -c user.email=t@t commit -qm tree || return 1
  fi
  rm -rf "$new"
}

# An engine that none of our CMake knows: a main that runs each file once.
make_stub_engine() {
  clang-$newest_clang -O1 -c "$root/tests/oss_fuzz/stub_engine.c" -o "$folder/stub.o" &&
    rm -f "$folder/stub.a" && ar rcs "$folder/stub.a" "$folder/stub.o"
}

run_build_script() { # BUILD SOURCE PLACE WORK
  local architecture=x86_64 sanitizer=${1#*/}
  [[ $1 != */i386 ]] || architecture=i386
  sanitizer=${sanitizer%/i386}
  local fuzzing_engine=${1%%/*}
  shift
  # One build's unit tests are run, and to compile them takes as long as the targets.
  local unit_tests=yes
  [ "$fuzzing_engine/$sanitizer" = libfuzzer/address ] || unit_tests=no
  local source=$1 place=$2 work=$3 settings="$compiler $flags $c_only $library $link"
  # CMake takes flags from the environment once, when it makes a folder.
  [ "$(cat "$work/settings" 2>/dev/null)" = "$settings" ] || rm -rf "$work"
  rm -rf "$place.out"
  mkdir -p "$work" "$place.out" "$folder/src"
  printf '%s\n' "$settings" >"$work/settings"
  make_tree "$folder/src/linux" || return 1
  # A compiler cache that makes names relative would have them so in the debug information too.
  env -u CCACHE_BASEDIR FUZZING_ENGINE="$fuzzing_engine" SANITIZER="$sanitizer" ARCHITECTURE="$architecture" \
    SRC="$folder/src" WORK="$work" OUT="$place.out" ARENAFUZZ_SOURCE="$source" ARENAFUZZ_UNIT_TESTS=$unit_tests \
    CC="$compiler" CXX="$cxx_compiler" CFLAGS="$flags $c_only" CXXFLAGS="$flags $library" \
    LDFLAGS="$link" LIB_FUZZING_ENGINE="$engine" ASAN_OPTIONS=detect_leaks=0 AFL_QUIET=1 \
    bash -eu "$source/fuzz/engines/oss-fuzz/build.sh" >"$place.log" 2>&1
}

build() { # BUILD
  local place=$folder/${1//\//-} target=$1 faults=0 start=$SECONDS
  mkdir -p "$folder"
  local work=$place.work
  # The objects are those of libFuzzer, whose build is linked anew.
  case $1 in
    stub/*) make_stub_engine || return 1 ;;&
    stub/address) work=$folder/libfuzzer-address.work ;;
  esac
  run_build_script "$1" "$root" "$place" "$work" ||
    { tail -n 40 "$place.log"; echo "BAD BUILD $1: build.sh failed"; return 1; }
  echo "build $1: $((SECONDS - start)) s"
  check_compile_commands "$work/arena-pool/compile_commands.json"
  check_seeds "$place.out"
  [ "$faults" -eq 0 ]
}

# The same sources in two folders of other names: everything that is shipped is equal. With ASan it
# would not be: ASan keeps each unit's name as the compiler was given it (OSS-Fuzz's is the same). Equally
# deep, since UBSan counts the folders that it strips, from system headers too. No compiler cache, which
# may give one folder the other's debug information.
two_builds_are_equal() {
  local name
  export CCACHE_DISABLE=1
  set_flags libfuzzer/undefined
  for name in one other; do
    rm -rf "$folder/twice/$name"
    mkdir -p "$folder/twice/$name/arena-pool"
    (cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp -P --parents -t \
      "$folder/twice/$name/arena-pool") || return 1
    run_build_script libfuzzer/undefined "$folder/twice/$name/arena-pool" "$folder/twice/$name/build" \
      "$folder/twice/$name/work" ||
      { tail -n 40 "$folder/twice/$name/build.log"; echo 'BAD BUILD: build.sh failed'; return 1; }
  done
  outs_are_equal "$folder/twice/one/build.out" "$folder/twice/other/build.out"
}

outs_are_equal() { # FOLDER FOLDER
  diff -rq "$1" "$2" || {
    echo 'BAD BUILD: two builds in different folders differ'
    return 1
  }
  echo "two builds are equal: $(find "$1" -type f | wc -l) files"
}

# Sizes, addresses and counts are 64 bits wide in a 32-bit process too: every program of the corpus,
# those at the edges of a 32-bit size among them, has the same trace there.
i386_has_the_same_traces() {
  local name archives width
  rm -rf "$folder/hashes"
  mkdir -p "$folder/hashes"
  for name in address address-i386; do
    archives=$folder/libfuzzer-$name.work/arena-pool
    [ -e "$archives/libarenafuzz_harness.a" ] ||
      { echo 'build libfuzzer/address and libfuzzer/address/i386 first'; return 2; }
    # As set_flags() has them.
    width=-stdlib=libc++
    [ "$name" = address ] || width=-m32
    clang++-$newest_clang $width -std=c++20 -O1 "-I$root" -fsanitize=address,fuzzer-no-link \
      "$root/tests/tools/trace_hashes.cc" -o "$folder/hashes/$name.binary" -Wl,--start-group \
      "$archives"/libarenafuzz_{harness,program,faultinject,kernel,pool}.a -Wl,--end-group || return 1
    (cd "$root" && "$folder/hashes/$name.binary" corpus tests/oss_fuzz/sizes_beyond_32_bits.txt) \
      >"$folder/hashes/$name" ||
      { echo "BAD BUILD $name: a program of the corpus has no trace"; return 1; }
  done
  traces_are_equal "$folder/hashes/address" "$folder/hashes/address-i386"
}

traces_are_equal() { # HASHES HASHES-OF-I386
  local differences
  differences=$(diff "$1" "$2") || {
    echo "BAD BUILD i386: $(grep -c '^>' <<<"$differences") programs have another trace than on x86_64"
    head -n 6 <<<"$differences"
    return 1
  }
  echo "$(wc -l <"$1") programs have one trace on i386 and x86_64"
}
