#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The build for a user's kernel tree, for the script at the root, which sources this after build.sh:
# say, refuse, $root, $preset and quietly are theirs. A tree is only read: its files are compiled
# through symlinks in build/kernel/<preset>-<tree>, against the main build's libraries.

kernel=no kernel_arithmetic=ON kernel_tree='' kernel_glue='' kernel_target='' kernel_folder=''
baseline_tree=''

# read_kernel_words WORD...: whether the kernel backend is wanted, and on which tree.
read_kernel_words() {
  local word name value
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    word=$1
    shift
    case $word in
      --no-arithmetic) kernel=yes kernel_arithmetic=OFF; continue ;;
      --backend | --kernel-tree | --glue | --target | --baseline) name=$word value=${1:-} ;;
      --backend=* | --kernel-tree=* | --glue=* | --target=* | --baseline=*)
        name=${word%%=*} value=${word#*=} ;;
      *) continue ;;
    esac
    case $name in
      --kernel-tree | --glue | --baseline)
        [ -n "$value" ] || refuse "nothing behind $name: name a file or folder" ;;&
      --backend) [ "$value" = kernel ] && kernel=yes ;;
      --kernel-tree) kernel=yes kernel_tree=$value ;;
      --glue) kernel=yes kernel_glue=$value ;;
      --target) kernel_target=$value ;;
      --baseline) baseline_tree=$value ;;
    esac
  done
  case $kernel_target in kernel_* | differential) kernel=yes ;; esac
  return 0
}

arena_file_of() { # TREE
  local file
  for file in kernel/sched/ext_arena.c kernel/sched/ext/arena.c; do
    [ -e "$1/$file" ] && echo "$file" && return 0
  done
  return 1
}

# One sentence for what no compiler needs to be asked about.
check_kernel_words() {
  local file
  [ -n "$kernel_tree" ] || [ "$kernel_glue$kernel_arithmetic" = ON ] ||
    refuse "--glue and --no-arithmetic are for a tree of yours: name it with --kernel-tree"
  [ -n "$kernel_glue" ] && { [ -r "$kernel_glue" ] || refuse "cannot read the glue $kernel_glue: name a C file"; }
  [ -z "$kernel_tree" ] || check_tree "$kernel_tree" --kernel-tree
}

check_tree() { # TREE OPTION
  local file
  [ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ] ||
    refuse "no readable folder $1: name the root of a kernel tree with $2"
  for file in lib/genalloc.c include/linux/genalloc.h $(arena_file_of "$1"); do
    [ -r "$1/$file" ] || refuse "cannot read $file in $1: name the root of a kernel tree with $2"
  done
}

# The binary of the fuzz target that the words mean.
kernel_fuzzer() {
  local target=$kernel_target
  if [ -z "$target" ]; then
    target=kernel_pool_faults
    [ -z "$kernel_tree" ] || arena_file_of "$kernel_tree" >/dev/null || target=kernel_gen_pool
  fi
  case $target in pool | pool_faults | pool_misuse) target=kernel_$target ;; esac
  fuzzer_of "$target"
}

# The binary of a target; nothing if there is no such target, which the command says better.
fuzzer_of() { # TARGET
  [[ $1 =~ ^[a-z_]+$ ]] && [ -e "$root/fuzz/targets/$1.cc" ] && printf '%s_fuzzer' "$1"
  return 0
}

# What the compiler said, without the command lines, and one sentence on what to do.
explain_failed_build() { # LOG
  local log=$1 symbol header
  grep -vE '^(-- |\[[0-9]+/[0-9]+\]|FAILED: |ninja: |/[^ :]*/[^ /:]*(clang|gcc|cc|c\+\+|g\+\+)[^ /:]* )' "$log" | head -n 40 >&2
  header=$(sed -nE "s/.*error: '?([a-z0-9_/.-]+\.h)'?:? (file not found|No such file).*/\1/p" "$log" | head -n 1)
  [ -z "$header" ] ||
    refuse "the tree includes $header, which the shim does not forward: add it to src/kernel/shim/forwarded_headers.txt"
  grep -qE '(arena_glue\.c|'"$(basename -- "${kernel_glue:-arena_glue.c}")"'):[0-9]+:.*error' "$log" &&
    refuse "the tree's prototypes do not fit ${kernel_glue:-src/kernel/arena_glue.c}: adapt a copy of it and pass it as --glue FILE"
  symbol=$(sed -nE "s/.*error: (call to undeclared function|implicit declaration of function|use of undeclared identifier|unknown type name) ['‘]([A-Za-z0-9_]+)['’].*/\2/p" "$log" | head -n 1)
  [ -z "$symbol" ] && symbol=$(sed -nE "s/.*error: ['‘]([A-Za-z0-9_]+)['’] undeclared.*/\1/p" "$log" | head -n 1)
  [ -z "$symbol" ] && symbol=$(sed -nE "s/.*undefined reference to [\`'‘]([A-Za-z0-9_]+)['’].*/\1/p" "$log" | head -n 1)
  local member
  member=$(sed -nE "s/.*error: (no member named ['‘]([A-Za-z0-9_]+)['’] in 'struct scx_sched'|.struct scx_sched. has no member named ['‘]([A-Za-z0-9_]+)['’]).*/\2\3/p" "$log" | head -n 1)
  [ -z "$member" ] ||
    refuse "the shim's struct scx_sched has no $member: add the field in src/kernel/shim/arena.h"
  [ -z "$symbol" ] ||
    refuse "the shim has no $symbol: if it is the kernel's, add it to the header of its subject in src/kernel/shim"
  refuse "the tree's files do not compile: the message is above, the log is $log"
}

configure_kernel_tree() { # FOLDER WANTED OPTION...
  local folder=$1 wanted=$2
  shift 2
  rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
  quietly "$folder/configure.log" cmake -G Ninja -S "$root/cmake/kernel_tree" -B "$folder" \
    "-DARENAFUZZ_BUILT=$root/build/$preset" "-DARENAFUZZ_KERNEL_TREE=$folder/tree" \
    "-DARENAFUZZ_GLUE=$glue" "-DARENAFUZZ_ARITHMETIC=$kernel_arithmetic" "$@"
  printf '%s\n' "$wanted" >"$folder/.configured"
}

# build_baseline: leaves the folder with the tree's arenafuzz in $baseline_folder. A patch that needs a
# --glue of its own may have changed the prototype, so that the baseline is tried with ours first.
build_baseline() {
  local built_folder=$kernel_folder users_glue=$kernel_glue kernel_tree=$baseline_tree
  baseline_glue=''
  if [ -n "$users_glue" ]; then
    kernel_glue=''
    (build_kernel_tree arenafuzz) 2>/dev/null || baseline_glue=$users_glue
    kernel_glue=$baseline_glue
  fi
  build_kernel_tree arenafuzz
  baseline_folder=$kernel_folder
  kernel_folder=$built_folder kernel_glue=$users_glue
}

# build_kernel_tree TARGET...: leaves the folder with the binaries in $kernel_folder.
build_kernel_tree() {
  local folder wanted glue='' tree id log
  tree=$(CDPATH="" cd -- "$kernel_tree" && pwd) || refuse "cannot enter $kernel_tree: make it readable"
  [ -z "$kernel_glue" ] || glue=$(readlink -f -- "$kernel_glue")
  id=$(printf '%s\n' "$tree" "$glue" "$kernel_arithmetic" | sha1sum | cut -c 1-12)
  folder=$root/build/kernel/$preset-$id
  kernel_folder=$folder
  mkdir -p "$folder" 2>/dev/null || refuse "cannot write in $folder: make it writable"
  ln -sfn "$tree" "$folder/tree" || refuse "cannot write in $folder: make it writable"
  # What decides which files are compiled, and how.
  wanted="$(arena_file_of "$tree" || echo none) $(ls -d "$tree"/kernel/sched/ext_arena.h "$tree"/kernel/sched/ext/arena.h 2>/dev/null | tr '\n' ' ') $(cat "$root/build/$preset/arenafuzz-settings.cmake")"
  if [ "$(cat "$folder/.configured" 2>/dev/null)" != "$wanted" ] || [ ! -e "$folder/build.ninja" ]; then
    configure_kernel_tree "$folder" "$wanted" -DARENAFUZZ_CONSTANT_PAGE=OFF
  fi
  log=$folder/build.log
  try_quietly "$log" cmake --build "$folder" --target "$@" && return 0
  # A tree may want PAGE_SHIFT where C wants a constant.
  if grep -qE 'constant expression|not constant|not a compile-time constant|variably modified|variable length array' "$log"; then
    configure_kernel_tree "$folder" "$wanted" -DARENAFUZZ_CONSTANT_PAGE=ON
    try_quietly "$log" cmake --build "$folder" --target "$@" && return 0
  fi
  explain_failed_build "$log"
}
