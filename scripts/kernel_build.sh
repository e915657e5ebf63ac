#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The build for a user's kernel tree, for the script at the root, which sources this after build.sh:
# say, refuse, $root, $preset and quietly are theirs. A tree is only read: its files are compiled
# through symlinks in build/kernel/<preset>-<tree>, against the main build's libraries.

kernel=no kernel_arithmetic=ON kernel_tree='' kernel_glue='' kernel_target='' kernel_folder=''
baseline_tree=''
kernel_tree_path=''  # absolute

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
  [ -z "$(fuzzer_of "kernel_$target")" ] || target=kernel_$target
  fuzzer_of "$target"
}

# The binary of a target; nothing if there is no such target, which the command says better.
fuzzer_of() { # TARGET
  names_of "$target_rows" | grep -qxF -e "$1" && printf '%s_fuzzer' "$1"
  return 0
}

# What the compiler said, without the command lines, and one sentence on what to do.
explain_failed_build() { # LOG
  local log=$1 symbol header text
  # The compiler saw links in the build folder: the user has the files they point to.
  text=$(<"$log")
  text=${text//"$kernel_folder/kernel_tree.view/"/"$kernel_tree_path/"}
  text=${text//"$kernel_folder/glue.c"/"${kernel_glue:-glue.c}"}
  printf '%s\n' "$text" >"$log"
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

# How many builds of kernel trees are kept: about 50 MB each.
kernel_builds_kept=8

# Held open, and so locked, by whatever command runs from the folder.
use_kernel_folder() { # FOLDER
  exec {kernel_folder_in_use}>"$1/.in-use" || refuse "cannot write in $1: make it writable"
  flock -s "$kernel_folder_in_use"
  drop_kernel_builds "$kernel_builds_kept"
}

# drop_kernel_builds KEEP: removes all but those used last, and those in use.
drop_kernel_builds() {
  local keep=$1 stamp folder
  dropped_builds=0 used_builds=0
  while IFS= read -r stamp; do
    folder=$(dirname -- "$stamp")
    # Removed under a name that no other command looks for.
    if (flock -n -x 9 && rm -rf -- "$folder.gone" && mv -- "$folder" "$folder.gone" && rm -rf -- "$folder.gone") 9>>"$stamp"; then
      dropped_builds=$((dropped_builds + 1))
    else
      used_builds=$((used_builds + 1))
    fi
  done < <(ls -td -- "$root"/build/kernel/*/.in-use 2>/dev/null | tail -n "+$((keep + 1))")
}

clean() { # WORD...
  local all=no word size
  for word in "$@"; do
    case $word in
      --all) all=yes ;;
      *) refuse "unknown word $(printf %q "$word"): use clean, or clean --all" ;;
    esac
  done
  [ -d "$root/build" ] || { echo "nothing to remove: there is no build"; return 0; }
  size=$(du -sm -- "$root/build" | cut -f 1)
  drop_kernel_builds 0
  # Builds from before there were locks.
  for word in "$root"/build/kernel/*/; do
    [ -e "$word/.in-use" ] || rm -rf -- "$word"
  done
  if [ "$all" = yes ]; then
    [ "$used_builds" -eq 0 ] || refuse "a command runs from $root/build: end it, and clean again"
    rm -rf -- "$root/build" || refuse "cannot remove $root/build: make it writable"
    echo "removed $root/build: $size MB"
    return 0
  fi
  echo "removed $dropped_builds builds of kernel trees: $((size - $(du -sm -- "$root/build" | cut -f 1))) MB"
  [ "$used_builds" -eq 0 ] || say "$used_builds are in use and were kept"
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
  release_locks  # the baseline may be the tree itself, or the tree of one who waits for ours
  if [ -n "$users_glue" ]; then
    kernel_glue=''
    (build_kernel_tree arenafuzz) 2>/dev/null || baseline_glue=$users_glue
    kernel_glue=$baseline_glue
  fi
  build_kernel_tree arenafuzz
  baseline_folder=$kernel_folder
  kernel_folder=$built_folder kernel_glue=$users_glue
}

# What a tree's build depends on, as one word.
tree_fingerprint() { # TREE GLUE WANTED
  {
    fingerprint "$3"
    find -L "$1"/{lib/genalloc.c,include/linux/genalloc.h,kernel/sched} ${2:+"$2"} -type f -printf '%p %s %T@\n' 2>/dev/null |
      LC_ALL=C sort
  } | sha1sum | cut -d ' ' -f 1
}

# Whether a folder that another user built has what is wanted, and from the tree as it is now.
use_foreign_build() { # FOLDER FINGERPRINT TARGET...
  local folder=$1
  [ -d "$folder" ] && [ ! -w "$folder" ] || return 1
  { exec {kernel_folder_in_use}<"$folder/.in-use"; } 2>/dev/null && flock -s "$kernel_folder_in_use" &&
    is_current "$@" && return 0
  refuse "cannot write in $folder, whose build is older than the tree: make it writable"
}

# build_kernel_tree TARGET...: leaves the folder with the binaries in $kernel_folder.
build_kernel_tree() {
  local folder wanted glue='' tree id log print
  # A name may end in line breaks, which $( ) would drop.
  tree=$(CDPATH="" cd -- "$kernel_tree" && pwd && printf .) || refuse "cannot enter $kernel_tree: make it readable"
  tree=${tree%$'\n.'}
  kernel_tree_path=$tree
  [ -z "$kernel_glue" ] || { glue=$(readlink -f -- "$kernel_glue" && printf .) && glue=${glue%$'\n.'}; }
  id=$(printf '%s\n' "$tree" "$glue" "$kernel_arithmetic" | sha1sum | cut -c 1-12)
  folder=$root/build/kernel/$preset-$id
  kernel_folder=$folder
  # What decides which files are compiled, and how.
  wanted="$(arena_file_of "$tree" || echo none) $(ls -d "$tree"/kernel/sched/ext_arena.h "$tree"/kernel/sched/ext/arena.h 2>/dev/null | tr '\n' ' ') $(cat "$root/build/$preset/arenafuzz-settings.cmake")"
  print=$(tree_fingerprint "$tree" "$glue" "$wanted")
  use_foreign_build "$folder" "$print" "$@" && return 0
  mkdir -p "$folder" 2>/dev/null || refuse "cannot write in $folder: make it writable"
  lock_folder "$folder"
  use_kernel_folder "$folder"
  # Names of any characters: the build sees these links alone.
  ln -sfn -- "$tree" "$folder/tree" || refuse "cannot write in $folder: make it writable"
  [ -z "$glue" ] || { ln -sfn -- "$glue" "$folder/glue.c" && glue=$folder/glue.c; }
  if [ "$(cat "$folder/.configured" 2>/dev/null)" != "$wanted" ] || [ ! -e "$folder/build.ninja" ]; then
    configure_kernel_tree "$folder" "$wanted" -DARENAFUZZ_CONSTANT_PAGE=OFF
  fi
  log=$folder/build.log
  try_quietly "$log" cmake --build "$folder" --target "$@" && note_built "$folder" "$print" "$@" && return 0
  # A tree may want PAGE_SHIFT where C wants a constant.
  if grep -qE 'constant expression|not constant|not a compile-time constant|variably modified|variable length array' "$log"; then
    configure_kernel_tree "$folder" "$wanted" -DARENAFUZZ_CONSTANT_PAGE=ON
    try_quietly "$log" cmake --build "$folder" --target "$@" && note_built "$folder" "$print" "$@" && return 0
  fi
  explain_failed_build "$log"
}
