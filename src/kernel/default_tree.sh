#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# default_tree.sh FOLDER: makes FOLDER the kernel tree that is used where the user names none, of
# symlinks: the arena pool of tests/fixtures over the genalloc of Debian's linux-source-6.12. Of that
# package two files are unpacked, once, into a cache next to FOLDER, and checkpatch.pl, which
# tests of emitted kernel code run there. Where it is not installed the genalloc is that of
# tests/fixtures too. Prints one sentence that says which.
set -eu

folder=$1
root=$(cd -- "$(dirname -- "$0")/../.." && pwd)
fixture=$root/tests/fixtures/kernel_tree
package=linux-source-6.12
archive=${ARENAFUZZ_LINUX_SOURCE:-/usr/src/$package.tar.xz}
cache=$(dirname -- "$folder")/kernel-cache
files='lib/genalloc.c include/linux/genalloc.h'
scripts='scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch'

# --occurrence: stops reading once all were seen.
extract() { # FOLDER FILE...
  local beside=$1
  shift
  rm -rf "$beside"
  mkdir -p "$beside"
  tar -xJf "$archive" -C "$beside" --strip-components=1 --occurrence=1 "${@/#/$package/}" 2>/dev/null
}

unpack() {
  local stamp beside
  stamp="$(stat -L -c '%s %Y' "$archive") $files $scripts"
  [ "$(cat "$cache/stamp" 2>/dev/null)" = "$stamp" ] && return 0
  beside=$cache.tmp$$
  # An archive without the scripts will do.
  # shellcheck disable=SC2086  # one word a file
  extract "$beside" $files $scripts || extract "$beside" $files || { rm -rf "$beside"; return 1; }
  printf '%s' "$stamp" >"$beside/stamp"
  rm -rf "$cache"
  mv "$beside" "$cache"
}

genalloc=$fixture
origin="the arena pool and the genalloc of tests/fixtures ($package is not installed)"
if [ -r "$archive" ] && unpack; then
  genalloc=$cache
  version=$(dpkg-query -W -f='${Version}' "$package" 2>/dev/null || echo 'of unknown version')
  origin="the arena pool of tests/fixtures over the lib/genalloc.c of Debian's $package $version"
fi
for file in $files; do
  mkdir -p "$folder/$(dirname "$file")"
  ln -sfn "$genalloc/$file" "$folder/$file"
done
mkdir -p "$folder/kernel/sched"
for file in ext_arena.c ext_arena.h; do
  ln -sfn "$fixture/kernel/sched/$file" "$folder/kernel/sched/$file"
done
echo "$origin"
