#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/baseline_patches.sh [PATCH...]: patches of tests/fixtures/patches, told old from new by
# --baseline. The tree before each patch is the fixture without its guards, which has findings of its
# own as the pool that was merged has; the tree behind it is that with the patch.
#
#   defects   must fail over the corpus, whatever the tree before shows itself
#   legit     must not fail in --domain callers and api, neither over the corpus nor while fuzzing
#             SECONDS_EACH (4) seconds
#
# Exit 0 if all did as they should, else 1. Outside CI: it builds and runs some 50 trees.
set -u

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
patches=tests/fixtures/patches
seconds=${SECONDS_EACH:-4}
failed=0
tried=0
guards='size_zero huge_size second_init overlap'
# What only threads can show: a change, if anything.
changes_only=' blind_store_instead_of_compare_exchange '

# Not by patches, whose contexts overlap.
without_guard() { # TREE GUARD
  local file=$1/kernel/sched/ext_arena.c
  case $2 in
    size_zero) perl -0pi -e 's/\tif \(!size\)\n\t\treturn NULL;\n//' "$file" ;;
    huge_size) perl -0pi -e 's/\tif \(size > ARENA_MOST_BYTES\)\n\t\treturn NULL;\n//' "$file" ;;
    second_init) perl -0pi -e 's/\tif \(sch->arena_pool\)\n\t\treturn -EBUSY;\n//' "$file" ;;
    overlap) sed -i 's/return run\.overlaps;/return false;/' "$file" ;;
  esac
}

tree_with() { # TREE PATCH
  rm -rf "$1"
  cp -rL tests/fixtures/kernel_tree "$1"
  [ -z "$2" ] || patch -s -p1 -d "$1" <"$2"
}

expect() { # NAME WANTED GOT
  tried=$((tried + 1))
  [ "$2" -eq "$3" ] && { printf '%-52s exit %s\n' "$1" "$3"; return; }
  failed=$((failed + 1))
  printf '%-52s exit %s, wanted %s\n' "$1" "$3" "$2"
  tail -n 30 "$work/err"
}

run() { # COMMAND WORD...
  local command=$1
  shift
  ./arenafuzz "$command" --kernel-tree "$work/after" --baseline "$work/before" "$@" \
    >"$work/out" 2>"$work/err"
}

# The guard that a defect removes is there before it.
make_trees() { # PATCH
  local guard name
  name=$(basename "$1" .patch)
  tree_with "$work/after" "$1" || return 1
  tree_with "$work/before" ''
  for guard in $guards; do
    without_guard "$work/after" "$guard"
    [ "$name" = "${guard}_guard_removed" ] || without_guard "$work/before" "$guard"
  done
}

defect() { # PATCH
  local name wanted=1
  name=$(basename "$1" .patch)
  make_trees "$1" || { expect "$name does not apply" 0 2; return; }
  [[ $changes_only == *" $name "* ]] && wanted=0
  # The rest may hang, up to the bound of each call, in many programs.
  run replay --stop-at-first corpus
  expect "defect $name" "$wanted" $?
}

legitimate() { # PATCH
  local name domain
  name=$(basename "$1" .patch)
  make_trees "$1" || { expect "$name does not apply" 0 2; return; }
  for domain in callers api; do
    run replay --domain "$domain" corpus
    expect "legit $name, $domain, corpus" 0 $?
    run fuzz --domain "$domain" --time "$seconds" --out "$work/fuzz-$name-$domain"
    expect "legit $name, $domain, fuzz" 0 $?
  done
}

[ $# -gt 0 ] || set -- "$patches"/defects/*.patch "$patches"/legit/*.patch
for patch in "$@"; do
  case $patch in
    */defects/*) defect "$patch" ;;
    */legit/*) legitimate "$patch" ;;
    *) echo "$patch: name patches of $patches/defects or $patches/legit" >&2; exit 2 ;;
  esac
done
echo "$tried verdicts, $failed not as wanted"
[ "$failed" -eq 0 ]
