#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/engine_ratios.sh [SECONDS]: what the engines cost, all in one run of the script, target
# pool_faults, SECONDS (20) a measurement of AFL++:
#
#   two_jobs_over_one   libFuzzer jobs of the same work, seed and number of runs fixed, for inputs differ
#                       a thousandfold in cost: twice the time of one job over the time of two at
#                       once, the median of 3 pairs
#   afl_over_allowed    AFL++'s executions a second over what an empty persistent target of the same
#                       compiler and mutator, plus the bare loop's time an input, would allow. What
#                       an executed input costs is the difference of the two; the bare loop's part
#                       of it is that which bench measures on AFL++'s queue.
#
# Figures are ratios: machines are shared and noisy. They are never a verdict: exit 0, or 2 if one
# could not be taken.
set -eu

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
seconds=${1:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in afl-fuzz afl-clang-fast++ jq; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install afl++ jq"; exit 2; }
done

./arenafuzz fuzz --jobs 1 --time 1 --out "$work/first" >/dev/null
fuzzer=$(grep -oE '/[^ ]*_fuzzer ' "$work/first/logs/commands.txt" | head -n 1)
job() { # NAME
  mkdir "$work/$1"
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=2 $fuzzer -seed=1 \
    -runs=30000 -max_len=512 -detect_leaks=0 -print_funcs=0 "$work/$1" corpus/pool_faults \
    >/dev/null 2>&1
}

ratios=()
for pair in 1 2 3; do
  begin=$(date +%s%N)
  job "one-$pair"
  middle=$(date +%s%N)
  job "two-$pair" &
  job "three-$pair"
  wait
  end=$(date +%s%N)
  ratios+=("$(jq -n "2 * ($middle - $begin) / ($end - $middle)")")
  echo "pair $pair: $(((middle - begin) / 1000000)) ms by one job, $(((end - middle) / 1000000)) by two"
done
printf 'two_jobs_over_one %.2f\n' "$(printf '%s\n' "${ratios[@]}" | sort -n | sed -n 2p)"

stat_of() { # FILE KEY
  sed -nE "s/^$2 *: *([0-9.]+).*/\1/p" "$1"
}
rate() { # FOLDER
  jq -n "$(stat_of "$1/fuzzer_stats" execs_done) / $(stat_of "$1/fuzzer_stats" run_time)"
}

./arenafuzz fuzz --engine afl --jobs 1 --time "$seconds" --out "$work/afl" >/dev/null
cat >"$work/empty.cc" <<'END'
#include <cstddef>
extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, std::size_t) { return 0; }
END
AFL_QUIET=1 afl-clang-fast++ -O2 -g -fsanitize=address,undefined -fsanitize=fuzzer \
  "$work/empty.cc" -o "$work/empty"
mutator=$(echo "$root"/build/*/fuzz/engines/libarenafuzz_afl_mutator.so | cut -d ' ' -f 1)
# One seed: the rest would be the same to a target without branches.
mkdir "$work/seed"
cp "$(find corpus/pool_faults -type f | LC_ALL=C sort | head -n 1)" "$work/seed/"
empty_rate() { # FOLDER SETTING...
  local folder=$1
  shift
  env AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 \
    ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0 "$@" \
    afl-fuzz -i "$work/seed" -o "$work/$folder" -V "$seconds" -m none -- "$work/empty" \
    >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 2; }
  rate "$work/$folder/default"
}
plain=$(empty_rate plain A=)
mutated=$(empty_rate mutated "AFL_CUSTOM_MUTATOR_LIBRARY=$mutator" AFL_CUSTOM_MUTATOR_ONLY=1)
target=$(rate "$work/afl/afl/main")
inputs=$(./arenafuzz bench --inputs "$work/afl/afl/main/queue")
echo "AFL++ on pool_faults $target/s; on an empty target $plain/s, with our mutator alone $mutated/s"
echo "its queue: $inputs"
part=$(jq .harness_over_bare <<<"$inputs")
allowed() { # RATE_OF_EMPTY_TARGET
  jq -n "$target * (1 / $1 + (1 / $target - 1 / $1) * $part)"
}
printf 'afl_over_allowed %.2f (empty target without our mutator), %.2f (with it)\n' \
  "$(allowed "$plain")" "$(allowed "$mutated")"
