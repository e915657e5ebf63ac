#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Faults of the campaign itself: what `./arenafuzz fuzz` announced is still there after each, and the
# next start goes on. Which process is killed, and when, comes from SEED; the rest from the counts.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 2
arenafuzz=${ARENAFUZZ:-build/fuzz/arenafuzz}
seed=${SEED:-1}
engine=${ENGINE:-both}
work=$(mktemp -d) || exit 2
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"; kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

usage() {
  cat <<'TEXT'
Usage: tests/campaign_faults.sh FAULT...
  kill=N      N times kill -9, of an engine or of the campaign in turn, at moments drawn from SEED
  disk=N      N runs in a folder of 0.2 MiB and more (a tmpfs; needs root)
  clock=N     the time of day steps by days N times in a run (needs a C compiler)
  odd         a dangling link, a folder and an unreadable file among the inputs
  many=N      a corpus of N files, more than 2000, which the campaign merges
  vanish      the folder of seeds vanishes during the run
  late=N      N jobs that get no processor when time is up, and are killed for it
Environment: ARENAFUZZ (the command), ENGINE (both, libfuzzer or afl), SEED (1).
TEXT
}

fail() { printf 'FAIL %s\n' "$*"; exit 1; }

# A number below $1.
draw() {
  seed=$(((seed * 1103515245 + 12345) % 2147483648))
  drawn=$((seed / 8 % $1))
}

# What was announced: inputs and findings that are whole, by name and content.
announced() { # OUT
  (cd "$1" && find corpus findings crashes -type f ! -name '*.tmp*' ! -name '.*' -exec sha1sum {} + |
    LC_ALL=C sort) 2>/dev/null
}

# Inputs may be merged into others after 2000; below that every line of BEFORE must still be there. A
# finding may have become shorter: its name stays. libFuzzer itself replaces an input by a shorter one
# with the same features.
still_there() { # BEFORE OUT WHAT
  local missing
  announced "$2" >"$work/after"
  missing=$(sed 's/^[^ ]*  //' "$1" | grep -v '^corpus/' | LC_ALL=C sort |
    LC_ALL=C comm -23 - <(sed 's/^[^ ]*  //' "$work/after" | LC_ALL=C sort))
  [ -z "$missing" ] || fail "$3: gone: $missing"
}

# Only a folder of an earlier session is gone on with.
first_session() { # OUT WHAT ARGS...
  local out=$1 what=$2
  shift 2
  "$arenafuzz" fuzz --engine libfuzzer --jobs 1 --time 1 --target pool --out "$out" "$@" >"$work/first.log" 2>&1 ||
    { code=$?; tail -5 "$work/first.log"; fail "$what: the first session ended with $code"; }
}

begin() { # OUT ARGS...
  local out=$1
  shift
  "$arenafuzz" fuzz --engine "$engine" --jobs 2 --time 0 --out "$out" "$@" >>"$work/log" 2>&1 &
  campaign=$!
}

wait_until() { # SECONDS COMMAND...
  local tenths=$(($1 * 10))
  shift
  while [ $tenths -gt 0 ]; do
    "$@" && return 0
    sleep 0.1
    tenths=$((tenths - 1))
  done
  return 1
}

end_campaign() { # WHAT
  kill -INT "$campaign" 2>/dev/null
  wait "$campaign"
  code=$?
  [ $code -eq 0 ] || [ $code -eq 1 ] || { tail -5 "$work/log"; fail "$1: the campaign ended with $code"; }
}

engines_of() { # PID: the jobs, which are its children
  pgrep -P "$1" | tr '\n' ' '
}

fault_kill() { # COUNT
  local out=$work/kill i before victims victim last=0 sessions
  begin "$out" --target canary
  for ((i = 1; i <= $1; ++i)); do
    wait_until 60 test -s "$out/status.json" || fail "kill $i: no status.json"
    draw 30
    sleep "$((drawn / 10)).$((drawn % 10))"
    announced "$out" >"$work/before"
    if ((i % 2)); then
      read -ra victims <<<"$(engines_of "$campaign")"
      if [ ${#victims[@]} -gt 0 ]; then
        draw ${#victims[@]}
        victim=${victims[$drawn]}
        kill -KILL "$victim" 2>/dev/null
      fi
    else
      kill -KILL "$campaign"
      wait "$campaign" 2>/dev/null
      still_there "$work/before" "$out" "kill $i"
      wait_until 20 flock -n "$out/.lock" true || fail "kill $i: the folder is still locked"
      begin "$out" --target canary
    fi
    sleep 0.3
    still_there "$work/before" "$out" "kill $i"
    kill -0 "$campaign" 2>/dev/null || { tail -3 "$work/log"; fail "kill $i: the campaign is gone"; }
    if ((i % 10 == 0)); then printf 'kill %d: %d inputs and findings announced\n' "$i" "$(wc -l <"$work/before")"; fi
  done
  wait_until 60 test "$out/status.json" -nt "$work/before"
  end_campaign "kill"
  sessions=$(sed -n 's/.*"sessions": \([0-9]*\).*/\1/p' "$out/status.json")
  [ "$sessions" -eq $((1 + $1 / 2)) ] || fail "kill: $sessions sessions instead of $((1 + $1 / 2))"
  ls "$out"/findings/*.txt >/dev/null 2>&1 || fail "kill: the canary was not found"
  printf 'kill: %d kills, %d sessions, %d inputs and findings, all there\n' "$1" "$sessions" \
    "$(announced "$out" | wc -l)"
}

fault_disk() { # COUNT
  local out=$work/disk i code refused=0
  mkdir -p "$out"
  for ((i = 1; i <= $1; ++i)); do
    mount -t tmpfs -o "size=$((64 + i * 128))k" none "$out" ||
      { echo "SKIP disk: no tmpfs can be mounted; to un-skip, run as root"; return 0; }
    mounted=$out
    "$arenafuzz" fuzz --engine libfuzzer --jobs 1 --time 4 --target canary --out "$out" >"$work/disk.log" 2>&1
    code=$?
    case $code in
      0 | 1) ;;
      2) [ "$(grep -c '^arenafuzz: ' "$work/disk.log")" -eq 1 ] || { tail -3 "$work/disk.log"; fail "disk $i: no sentence"; }
        refused=$((refused + 1)) ;;
      *) tail -5 "$work/disk.log"; fail "disk $i: ended with $code" ;;
    esac
    announced "$out" >"$work/before"
    mount -o remount,size=64m "$out" || fail "disk $i: no more room to be had"
    "$arenafuzz" fuzz --engine libfuzzer --jobs 1 --time 2 --target canary --out "$out" >"$work/disk.log" 2>&1
    code=$?
    [ $code -le 1 ] || { tail -3 "$work/disk.log"; fail "disk $i: with room again it ended with $code"; }
    still_there "$work/before" "$out" "disk $i"
    umount "$out" && mounted=
  done
  printf 'disk: %d runs on a full disk, %d of them refused in one sentence, all went on with room\n' "$1" "$refused"
}

fault_clock() { # COUNT
  local out=$work/clock i
  ${CC:-cc} -shared -fPIC -O1 -o "$work/clock.so" tests/tools/stepping_clock.c ||
    fail "clock: tests/tools/stepping_clock.c does not compile"
  echo 0 >"$work/offset"
  LD_PRELOAD=$work/clock.so STEPPING_CLOCK=$work/offset \
    "$arenafuzz" fuzz --engine "$engine" --jobs 2 --time $((4 + 3 * $1)) --target pool --out "$out" >"$work/clock.log" 2>&1 &
  campaign=$!
  for ((i = 1; i <= $1; ++i)); do
    sleep 3
    if ((i % 2)); then echo $((i * 86400)) >"$work/offset"; else echo $((i * -86400)) >"$work/offset"; fi
  done
  wait "$campaign" || { code=$?; tail -12 "$work/clock.log"; fail "clock: ended with $code"; }
  ls "$out"/findings/*.txt >/dev/null 2>&1 && fail "clock: a finding of the clock: $(ls "$out/findings")"
  "$arenafuzz" status "$out" | sed -n 's/^  job/clock: job/p'
  printf 'clock: %d steps of days, clean\n' "$1"
}

fault_odd() {
  local out=$work/odd seeds=$work/seeds
  mkdir -p "$seeds/folder"
  cp corpus/pool/* "$seeds"
  first_session "$out" odd --corpus "$seeds"
  ln -s nowhere "$seeds/dangling"
  ln -s nowhere "$out/corpus/dangling"
  echo x >"$seeds/unreadable"
  chmod 0 "$seeds/unreadable"
  "$arenafuzz" fuzz --engine "$engine" --jobs 2 --time 6 --target pool --corpus "$seeds" --out "$out" >"$work/odd.log" 2>&1 ||
    { code=$?; tail -5 "$work/odd.log"; fail "odd: ended with $code"; }
  echo "odd: a dangling link, a folder and an unreadable file among the inputs, clean"
}

fault_many() { # COUNT
  local out=$work/many i
  first_session "$out" many
  # Any bytes are a program.
  for ((i = 0; i < $1; ++i)); do
    printf '%016d%016d%016d' $((i * 7919)) $((i * 104729)) $i >"$out/corpus/$(printf %08x $i)"
  done
  "$arenafuzz" fuzz --engine libfuzzer --jobs 2 --time 0 --target pool --out "$out" >>"$work/log" 2>&1 &
  campaign=$!
  # More than 2000: the campaign merges them, for all of them show the same.
  wait_until 900 fewer_files_than $(($1 / 2)) "$out/corpus" ||
    { tail -3 "$out/logs/merge.log"; fail "many: the corpus was not merged"; }
  "$arenafuzz" status "$out" >/dev/null || fail "many: no status"
  end_campaign many
  [ $code -eq 0 ] || fail "many: a finding"
  printf 'many: %d files at first, %d after the merge, clean\n' "$1" "$(find "$out/corpus" -type f | wc -l)"
}

fewer_files_than() { # COUNT FOLDER
  [ "$(find "$2" -type f | wc -l)" -lt "$1" ]
}

fault_vanish() {
  local out=$work/vanish seeds=$work/going victim
  cp -r corpus/pool "$seeds"
  : >"$work/log"
  engine=libfuzzer begin "$out" --target pool --corpus "$seeds"
  wait_until 60 test -s "$out/status.json" || fail "vanish: no status.json"
  sleep 1
  rm -rf "$seeds"
  # A job that ends is started again, without them.
  read -r victim _ <<<"$(engines_of "$campaign")"
  kill -KILL "$victim"
  sleep 6
  [ "$(engines_of "$campaign" | wc -w)" -eq 2 ] || fail "vanish: a job was not started again"
  end_campaign vanish
  [ "$(grep -c 'without a report' "$work/log")" -eq 1 ] || { tail -8 "$work/log"; fail "vanish: more than the killed job died"; }
  echo "vanish: the folder of seeds vanished, and a job was started without it"
}

# From before the end of the run until it has lost patience with a job that does not end. Killed
# between two inputs or in one that by itself ends at once: no finding.
late_job() { # OUT
  local job began=$SECONDS
  "$arenafuzz" fuzz --engine libfuzzer --jobs 1 --time 12 --timeout 1 --target pool --corpus "$work/few" \
    --out "$1" >"$1.log" 2>&1 &
  campaign=$!
  wait_until 60 grep -q INITED "$1/logs/job-0.log" 2>/dev/null || fail "late: the job did not read its seeds"
  job=$(engines_of "$campaign")
  kill -STOP $job
  # It is killed 15 s after the start, and for good 5 s later.
  sleep $((began + 18 - SECONDS))
  kill -CONT $job 2>/dev/null
  wait "$campaign"
}

fault_late() { # COUNT
  local i killed=0
  mkdir "$work/few"
  find corpus/pool -type f | LC_ALL=C sort | head -n 5 | xargs cp -t "$work/few"
  for ((i = 1; i <= $1; ++i)); do
    late_job "$work/late-$i" || { tail -8 "$work/late-$i.log"; fail "late $i: a finding"; }
    grep -q 'too little of the processor\|took too long once' "$work/late-$i.log" && killed=$((killed + 1))
  done
  [ $killed -gt 0 ] ||
    { echo "SKIP late: no job was killed in time; to un-skip, run where less else is running"; return 0; }
  echo "late: $killed jobs killed when time was up, no finding"
}

[ $# -gt 0 ] || { usage; exit 2; }
for fault in "$@"; do
  count=${fault#*=}
  case $fault in
    --help | -h) usage; exit 0 ;;
    kill=[1-9]* | disk=[1-9]* | clock=[1-9]* | many=[1-9]* | late=[1-9]*) "fault_${fault%%=*}" "$count" || exit 1 ;;
    odd | vanish) "fault_$fault" || exit 1 ;;
    *) usage >&2; exit 2 ;;
  esac
done
