#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# --sandbox, for the script at the root, which sources this: say, refuse and can_overwrite are its own.
#
# A kernel tree's code runs with the user's rights. In the sandbox, which Debian's bubblewrap makes, it
# has no network, sees no process of the user's, and can write only where the command writes.

# writable_of COMMAND WORD...: what the command writes, one name a line.
writable_of() {
  local command=$1 name='' word value
  shift
  case $command in fuzz) name=fuzz-out ;; triage) name=triage-out ;; esac
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    word=$1
    shift
    case $word in
      --out | -o | --output) value=${1:-} ;;
      --out=* | --output=*) value=${word#*=} ;;
      -o?*) value=${word#-o} ;;
      *) continue ;;
    esac
    [ -z "$value" ] || name=$value
  done
  [ -z "$name" ] || printf '%s\n' "$name"
}

# in_sandbox COMMAND BINARY WORD...: runs it to its end; its exit code. A signal that this script gets
# goes to the command alone: bubblewrap would end, and take the command with it before its summary.
in_sandbox() {
  local command=$1 out binds=() binary=$2 code
  shift 2
  command -v bwrap >/dev/null || refuse "--sandbox needs bubblewrap: apt-get install --no-install-recommends bubblewrap"
  case $command in
    fuzz | replay | triage) ;;
    *) refuse "$command has no --sandbox: fuzz, replay and triage have" ;;
  esac
  out=$(writable_of "$command" "$@")
  if [ -n "$out" ]; then
    mkdir -p -- "$out" 2>/dev/null || refuse "cannot make the folder $(printf %q "$out"): choose another one with --out"
    out=$(readlink -f -- "$out")
    case $root/ in "$out"/*) refuse "--out $(printf %q "$out") holds arenafuzz itself: choose another folder" ;; esac
    binds=(--bind "$out" "$out")
  fi
  local info
  info=$(mktemp) || refuse "cannot write to ${TMPDIR:-/tmp}: make room there"
  local wrap=(bwrap --ro-bind / / --dev /dev --proc /proc "${binds[@]}" --setenv TMPDIR /dev/shm
    --unshare-all --die-with-parent)
  "${wrap[@]}" -- true 2>/dev/null || {
    rm -f -- "$info"
    refuse "bubblewrap cannot make a sandbox here: leave out --sandbox, or allow unprivileged user namespaces"
  }
  # bubblewrap ignores what the terminal sends; the command does not.
  (trap '' INT TERM HUP && exec "${wrap[@]}" --info-fd 9 -- env --default-signal=INT,TERM,HUP "$binary" "$@" 9>"$info") <&0 &
  local wrapper=$!
  forward() { # SIGNAL
    local init
    init=$(sed -nE 's/.*"child-pid": ([0-9]+).*/\1/p' "$info")
    # shellcheck disable=SC2046  # one word a process
    [ -z "$init" ] || kill "-$1" $(cat "/proc/$init/task/$init/children" 2>/dev/null) 2>/dev/null
  }
  trap 'forward TERM' TERM HUP
  trap 'forward INT' INT
  while :; do
    wait "$wrapper"
    code=$?
    kill -0 "$wrapper" 2>/dev/null || break
  done
  rm -f -- "$info"
  return "$code"
}
