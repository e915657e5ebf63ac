#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/kernel_patches.sh: each patch of tests/fixtures/patches on a copy of tests/fixtures/kernel_tree,
# as a user would try it: edit, run, verdict. A legitimate patch must not fail in --domain callers or
# api, neither over the corpus nor in fuzzing; a defect must fail over the corpus alone.
#   tests/kernel_patches.sh        a fixed sample of the legitimate patches, 4 s of fuzzing each
#   tests/kernel_patches.sh --all  all of them, 15 s of fuzzing in each domain
# Exit 0 if all did as they should, else 1.
set -u
case ${1:-} in
  --all) sample='' seconds=15 domains='callers api' ;;
  # Those that tell most: each keeps its books, its pages or its pool in another way.
  '') sample=' adjacent_runs_merged canary_behind_block extents_no_gen_pool grow_ahead
               guard_page_before_each_run large_blocks_at_half_pages pool_made_at_first_alloc
               round_up_64_both tag_in_first_granule two_runs_a_growth zero_at_alloc '
      seconds=4 domains=callers ;;
  *) echo "usage: tests/kernel_patches.sh [--all]" >&2; exit 2 ;;
esac

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
failed=0
tried=0

# What only threads, or only another domain, can show.
#   blind_store...  without a compare-and-swap there is nothing that a simulated peer could collide
#                   with: a change deterministically, an overlap under TSan's threads
changes_only=' blind_store_instead_of_compare_exchange '

patched() { # PATCH
  rm -rf "$tree"
  cp -rL tests/fixtures/kernel_tree "$tree"
  patch -s -p1 -d "$tree" <"$1"
}

expect() { # NAME WANTED GOT
  tried=$((tried + 1))
  [ "$2" -eq "$3" ] && { printf '%-46s exit %s\n' "$1" "$3"; return; }
  failed=$((failed + 1))
  printf '%-46s exit %s, wanted %s\n' "$1" "$3" "$2"
  tail -n 20 "$work/err" "$work/out"
}

run() { # COMMAND WORD...
  local command=$1
  shift
  ./arenafuzz "$command" --backend kernel --kernel-tree "$tree" "$@" >"$work/out" 2>"$work/err"
}

legitimate() {
  for patch in tests/fixtures/patches/legit/*.patch; do
    name=$(basename "$patch" .patch)
    [[ -z $sample || " ${sample//$'\n'/ } " == *" $name "* ]] || continue
    patched "$patch" || { expect "$name does not apply" 0 2; continue; }
    for domain in callers api; do
      run replay --domain "$domain" corpus
      expect "legit $name, corpus, $domain" 0 $?
    done
    for domain in $domains; do
      run fuzz --domain "$domain" --time "$seconds" --out "$work/fuzz-$name-$domain"
      expect "legit $name, fuzz, $domain" 0 $?
    done
  done
}

defects() {
  for patch in tests/fixtures/patches/defects/*.patch; do
    name=$(basename "$patch" .patch)
    patched "$patch" || { expect "$name does not apply" 0 2; continue; }
    wanted=1
    [[ $changes_only == *" $name "* ]] && wanted=0
    # The rest may hang, up to the bound of each call, in many programs.
    run replay --stop-at-first corpus
    code=$?
    expect "defect $name" "$wanted" "$code"
    [ "$wanted" -eq 1 ] || grep -q 'change\.' "$work/out" || expect "$name is not even a change" 0 1
  done
}

# In a process of its own, with a tree of its own.
lane() { # FUNCTION
  work=$work/$1
  tree=$work/tree
  mkdir "$work" || return 1
  "$1"
  echo "$tried verdicts, $failed not as wanted"
  [ "$failed" -eq 0 ]
}

# A replay keeps one core busy.
trap 'kill $! 2>/dev/null; exit 130' INT TERM HUP
(trap - EXIT INT TERM HUP; lane defects) >"$work/defects.text" 2>&1 &
(trap - EXIT INT TERM HUP; lane legitimate)
code=$?
wait $! || code=1
cat "$work/defects.text"
exit "$code"
