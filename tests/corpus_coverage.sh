#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/corpus_coverage.sh [--update]: the edges and features that the committed corpus reaches in each
# target of the C++ pool, held against tests/corpus_coverage.txt. Exit 1 if one is lost: a mutator, a
# format or a corpus that changed must not cost what runs of hours had found. Where the code itself has
# fewer edges, or the corpus reaches more, --update writes the file anew, for the same commit.
# (Targets with kernel sources are left out: their edges are those of the tree that is installed.)
set -u

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 2
recorded=tests/corpus_coverage.txt
. scripts/lists.sh
measured_targets=$(names_of "$target_rows" $'\t(Pool|Format)\t')

case ${1:-} in
  '' | --update) ;;
  --help | -h) sed -n '4,8s/^# //p' "$0"; exit 0 ;;
  *) sed -n '4,8s/^# //p' "$0" >&2; exit 2 ;;
esac

measured=$(
  printf '# SPDX-License-Identifier: GPL-2.0-only\n'
  printf '# target edges features, by tests/corpus_coverage.sh --update\n'
  for target in $measured_targets; do
    "build/fuzz/fuzz/targets/${target}_fuzzer" -runs=0 -seed=1 "corpus/$target" 2>&1 |
      sed -nE "s/^#[0-9]+[[:space:]]+INITED cov: ([0-9]+) ft: ([0-9]+) .*/$target \1 \2/p"
  done
)
[ "$(wc -l <<<"$measured")" -eq $(($(wc -l <<<"$measured_targets") + 2)) ] ||
  { echo "a target did not run: ./arenafuzz test builds them; measured: $measured"; exit 2; }
if [ "${1:-}" = --update ]; then
  printf '%s\n' "$measured" >"$recorded.new" && mv "$recorded.new" "$recorded"
  exit
fi
# A target without a record has lost nothing yet, but has to get one.
awk '!/^#/ && NR == FNR { edges[$1] = $2; features[$1] = $3; next }
  /^#/ { next }
  !($1 in edges) { print $1 " has no record: run tests/corpus_coverage.sh --update"; lost = 1; next }
  { print $1 ": " $2 " of " edges[$1] " edges, " $3 " of " features[$1] " features" }
  $2 < edges[$1] || $3 < features[$1] { print $1 " lost coverage"; lost = 1 }
  END { exit lost }' "$recorded" - <<<"$measured"
