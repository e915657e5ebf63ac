#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/engine_ratios.sh [SECONDS]: what the engines cost, all in one run of the script, target
# pool_faults, SECONDS (20) a measurement:
#
#   two_jobs_over_one   executions of two libFuzzer jobs over those of one, the median of 3 pairs
#   afl_over_allowed    AFL++'s executions a second over what an empty persistent target of the same
#                       compiler and mutator, plus the bare loop's time an input, would allow
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
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install afl++ clang-14 jq"; exit 2; }
done

executions() { # JOBS NUMBER
  ./arenafuzz fuzz --jobs "$1" --time "$seconds" --out "$work/jobs-$1-$2" >/dev/null
  jq .totals.executions "$work/jobs-$1-$2/status.json"
}

ratios=()
for pair in 1 2 3; do
  one=$(executions 1 $pair)
  two=$(executions 2 $pair)
  ratios+=("$(jq -n "$two / $one")")
  echo "pair $pair: $one executions by one job, $two by two in $seconds s each"
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
cp corpus/pool_faults/enable_64_cpus "$work/seed/" 2>/dev/null ||
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
bare=$(jq .bare_ns <<<"$inputs")
echo "AFL++ on pool_faults $target/s; on an empty target $plain/s, with our mutator alone $mutated/s"
echo "its queue: $inputs"
printf 'afl_over_allowed %.2f (empty target without our mutator), %.2f (with it)\n' \
  "$(jq -n "$target * (1 / $plain + $bare / 1e9)")" \
  "$(jq -n "$target * (1 / $mutated + $bare / 1e9)")"
