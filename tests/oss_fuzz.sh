#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/oss_fuzz.sh BUILD...: OSS-Fuzz's build of fuzz/engines/oss-fuzz/build.sh, without docker, with
# its flags; then a gate that is stricter than its own (tests/oss_fuzz/gate.sh). Builds:
#   libfuzzer/address libfuzzer/undefined libfuzzer/coverage afl/address
#   libfuzzer/address/i386 libfuzzer/undefined/i386
#   stub/address: any other engine, an archive with a main (built and linked, seeds replayed)
#   stub/memory: MemorySanitizer without libFuzzer, whose library in Debian is not instrumented for it
# tests/oss_fuzz.sh --gate BUILD OUT: the gate alone, on any copy of $OUT.
# tests/oss_fuzz.sh --faults [few]: plants each fault in a copy of the libfuzzer/address build and sees the
# gate fail with its sentence and no other; that build comes first, and libfuzzer/coverage and afl/address
# for all of them.
# tests/oss_fuzz.sh --signature: a finding of the engine begins with what ClusterFuzz takes for frame 1.
# tests/oss_fuzz.sh --states: what ClusterFuzz makes of a crash of every oracle and of ten sanitizer reports;
# no two are one bug to it, and docs/oss-fuzz.md has the same. The libfuzzer/address build comes first.
# tests/oss_fuzz.sh --run-tests: run_tests.sh says what the unit tests say; after libfuzzer/address.
# tests/oss_fuzz.sh --minute BUILD [SECONDS]: each target of the finished build from its seeds for a minute.
# tests/oss_fuzz.sh --i386: the corpus has the same traces on i386 as on x86_64; their builds come first.
# tests/oss_fuzz.sh --twice: builds libfuzzer/undefined in two folders, and compares all of $OUT.
#
# Exit 0 all good, 1 a check failed, 2 usage. Builds for libFuzzer on x86_64 use libc++ as OSS-Fuzz does;
# Debian has none for i386, for AFL++'s clang 14 and for MemorySanitizer, where it is libstdc++.
set -u

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
folder=$root/build/oss-fuzz
. "$root/scripts/lists.sh"
. "$root/tests/oss_fuzz/build.sh"
. "$root/tests/oss_fuzz/start.sh"
. "$root/tests/oss_fuzz/gate.sh"
. "$root/tests/oss_fuzz/faults.sh"
. "$root/tests/oss_fuzz/triage.sh"
. "$root/tests/oss_fuzz/afterwards.sh"

usage() { sed -n '4,/^set -u/{/^set -u/d;s/^# \{0,1\}//p}' "$0"; }

[ $# -ge 1 ] || { usage; exit 2; }
case $1 in
  --gate) [ $# -eq 3 ] || { usage; exit 2; }; set_flags "$2"; gate "$2" "$3"; exit ;;
  --faults) faults_are_seen "${2:-all}"; exit ;;
  --signature) signature_comes_first; exit ;;
  --states) states_differ; exit ;;
  --run-tests) run_tests_tell; exit ;;
  --minute) [ $# -ge 2 ] || { usage; exit 2; }; set_flags "$2"; a_minute_each "$2" "${3:-60}"; exit ;;
  --i386) i386_has_the_same_traces; exit ;;
  --twice) two_builds_are_equal; exit ;;
esac
failed=
for one in "$@"; do
  set_flags "$one"
  build "$one" && gate "$one" "$folder/${one//\//-}.out" || failed=yes
done
[ -z "$failed" ]
