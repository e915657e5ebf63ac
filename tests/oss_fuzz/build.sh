#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# OSS-Fuzz's build without docker, for tests/oss_fuzz.sh, which sources this: $root, $folder are its own.

base='-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION'
undefined=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return
undefined+=,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr
afl_driver=/usr/lib/afl/libAFLDriver.a

# set_flags BUILD: flags, compiler (of C; C++ adds ++) and engine as OSS-Fuzz has them.
set_flags() {
  local architecture=
  compiler=clang-19 cxx_compiler=clang++-19 engine=-fsanitize=fuzzer link=-static-libstdc++
  case ${1#*/} in
    address*) flags='-fsanitize=address -fsanitize-address-use-after-scope' ;;
    undefined*)
      flags="-fsanitize=$undefined,unsigned-integer-overflow -fno-sanitize-recover=$undefined" ;;
    # Its own operator new clashes with that of a static library.
    memory) flags='-fsanitize=memory -fsanitize-memory-track-origins' link= ;;
    coverage) flags='-fprofile-instr-generate -fcoverage-mapping -pthread' ;;
    *) echo "unknown build $1: see the head of tests/oss_fuzz.sh"; exit 2 ;;
  esac
  case $1 in
    */i386) architecture=-m32 ;;
  esac
  case $1 in
    libfuzzer/coverage) ;;
    libfuzzer/*) flags+=' -fsanitize=fuzzer-no-link' ;;
    stub/*) flags+=' -fsanitize=fuzzer-no-link' engine=$folder/stub.a ;;
    afl/address) compiler=afl-clang-fast cxx_compiler=afl-clang-fast++ engine=$afl_driver ;;
    *) echo "unknown build $1: see the head of tests/oss_fuzz.sh"; exit 2 ;;
  esac
  flags="$base $flags $architecture"
  flags=${flags% }
}

# The tree of the kernel targets: Debian's genalloc and the fixtures' arena pool, in a git of its own.
make_tree() { # FOLDER
  rm -rf "$1" "$1.links"
  mkdir -p "$1.links"
  "$root/src/kernel/default_tree.sh" "$1.links" >/dev/null || return 1
  cp -rL "$1.links" "$1"
  git -C "$1" init -q && git -C "$1" add . &&
    GIT_AUTHOR_DATE='2026-01-01 00:00:00 +0000' GIT_COMMITTER_DATE='2026-01-01 00:00:00 +0000' \
      git -C "$1" -c user.name=t -c user.email=t@t commit -qm tree
}

# An engine that none of our CMake knows: a main that runs each file once.
make_stub_engine() {
  clang-19 -O1 -c "$root/tests/oss_fuzz/stub_engine.c" -o "$folder/stub.o" &&
    rm -f "$folder/stub.a" && ar rcs "$folder/stub.a" "$folder/stub.o"
}

run_build_script() { # SOURCE PLACE WORK
  local source=$1 place=$2 work=$3
  rm -rf "$place.out"
  mkdir -p "$work" "$place.out" "$folder/src"
  [ -e "$folder/src/linux/.git" ] || make_tree "$folder/src/linux" || return 1
  env SRC="$folder/src" WORK="$work" OUT="$place.out" ARENAFUZZ_SOURCE="$source" \
    CC="$compiler" CXX="$cxx_compiler" CFLAGS="$flags" CXXFLAGS="$flags" \
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
  run_build_script "$root" "$place" "$work" ||
    { tail -n 40 "$place.log"; echo "BAD BUILD $1: build.sh failed"; return 1; }
  echo "build $1: $((SECONDS - start)) s"
  check_compile_commands "$work/arena-pool/compile_commands.json"
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
    run_build_script "$folder/twice/$name/arena-pool" "$folder/twice/$name/build" \
      "$folder/twice/$name/work" ||
      { tail -n 40 "$folder/twice/$name/build.log"; echo 'BAD BUILD: build.sh failed'; return 1; }
    (cd "$folder/twice/$name/build.out" && sha256sum -- *) >"$folder/twice/$name.hashes"
  done
  diff "$folder/twice/one.hashes" "$folder/twice/other.hashes" || {
    echo 'BAD BUILD: two builds in different folders differ'
    return 1
  }
  echo "two builds are equal: $(wc -l <"$folder/twice/one.hashes") files"
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
    width=
    [ "$name" = address ] || width=-m32
    clang++-19 $width -std=c++20 -O1 "-I$root" -fsanitize=address,fuzzer-no-link \
      "$root/tests/tools/trace_hashes.cc" -o "$folder/hashes/$name.binary" -Wl,--start-group \
      "$archives"/libarenafuzz_{harness,program,faultinject,kernel,pool}.a -Wl,--end-group || return 1
    (cd "$root" && "$folder/hashes/$name.binary" corpus tests/oss_fuzz/sizes_beyond_32_bits.txt) \
      >"$folder/hashes/$name" ||
      { echo "BAD BUILD $name: a program of the corpus has no trace"; return 1; }
  done
  diff "$folder/hashes/address" "$folder/hashes/address-i386" >"$folder/hashes/diff" || {
    echo "BAD BUILD i386: $(grep -c '^>' "$folder/hashes/diff") programs have another trace than on x86_64"
    head -n 6 "$folder/hashes/diff"
    return 1
  }
  echo "$(wc -l <"$folder/hashes/address") programs have one trace on i386 and x86_64"
}
