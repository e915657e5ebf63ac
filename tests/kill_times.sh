#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/kill_times.sh [SECONDS]: how long each engine alone needs for each of ten planted bugs, from
# the seeds of real use that do not show the bug themselves. One job; at most SECONDS (120) each.
# The figures are wall time with the start of the processes, without the build. For notes, not for
# CI: exit 0 if every bug was found by both engines, else 1.
set -u

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 2
limit=${1:-120}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
bugs='unwind_without_release unwind_one_page_short unwind_wrong_address chunk_end_off_by_one
  avail_not_restored_on_free claim_wrong_page_count destroy_forgets_last_chunk
  bitmap_one_word_short rollback_one_bit_short growth_rounds_down'

# Programs are named by what they do; what an engine found is named by a hash.
seeds() {
  find corpus/pool_faults -type f | grep -vE '/[0-9a-f]{40}$' | LC_ALL=C sort
}

for bug in $bugs; do
  tree=$work/$bug/tree
  mkdir -p "$work/$bug/seeds"
  cp -rL tests/fixtures/kernel_tree "$tree"
  patch -s -p1 -d "$tree" <"tests/fixtures/patches/defects/$bug.patch" || exit 2
  # shellcheck disable=SC2046
  ./arenafuzz replay --kernel-tree "$tree" $(seeds) 2>/dev/null |
    sed -nE 's/: clean .*//p' | xargs -r cp -t "$work/$bug/seeds"
  line=$(printf '%-30s %3d seeds' "$bug" "$(find "$work/$bug/seeds" -type f | wc -l)")
  for engine in libfuzzer afl; do
    fuzz=(./arenafuzz fuzz --engine "$engine" --kernel-tree "$tree" --jobs 1 --stop-at-first)
    # Builds, which is not measured.
    "${fuzz[@]}" --time 1 --out "$work/$bug/first-$engine" >/dev/null 2>&1
    start=$(date +%s%N)
    "${fuzz[@]}" --time "$limit" --corpus "$work/$bug/seeds" --out "$work/$bug/$engine" \
      >"$work/out" 2>"$work/err"
    code=$?
    tenths=$((($(date +%s%N) - start) / 100000000))
    if [ "$code" -eq 1 ]; then
      line+=$(printf '  %s %d.%d s' "$engine" $((tenths / 10)) $((tenths % 10)))
    else
      failed=1
      line+="  $engine not in $limit s (exit $code)"
    fi
  done
  echo "$line"
done
exit "$failed"
