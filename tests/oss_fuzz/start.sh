#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How OSS-Fuzz starts a target, for tests/oss_fuzz.sh, which sources this: the command line is that of
# its run_fuzzer and bad_build_check, the environment that of its runner's image, the machine that of
# its production (jail.sh). $place holds the build as `moved`; $scratch is the target's /tmp.

# The runner's image has them so (infra/base-images/base-runner, August 2026).
their_asan_options=alloc_dealloc_mismatch=0:allocator_may_return_null=1:
their_asan_options+=allocator_release_to_os_interval_ms=500:check_malloc_usable_size=0:
their_asan_options+=detect_container_overflow=1:detect_odr_violation=0:detect_leaks=1:
their_asan_options+=detect_stack_use_after_return=1:fast_unwind_on_fatal=0:handle_abort=1:
their_asan_options+=handle_segv=1:handle_sigill=1:max_uar_stack_size_log=16:print_scariness=1:
their_asan_options+=quarantine_size_mb=10:strict_memcmp=1:strip_path_prefix=/workspace/:symbolize=1:
their_asan_options+=use_sigaltstack=1:dedup_token_length=3
their_ubsan_options=print_stacktrace=1:print_summary=1:silence_unsigned_overflow=1:
their_ubsan_options+=strip_path_prefix=/workspace/:symbolize=1:dedup_token_length=3
their_msan_options=print_stats=1:strip_path_prefix=/workspace/:symbolize=1:dedup_token_length=3
fuzzer_arguments='-rss_limit_mb=2560 -timeout=25'

# Sets $jail to the words before jail.sh's own, or to nothing where no namespace can be had; and
# $as_first to those that make the command process 1 of a namespace, as it is there.
find_jail() {
  local user probe
  probe=$(mktemp -d)
  mkdir "$probe/root"
  for as_first in '--pid --fork --kill-child' ''; do
    for user in '' '--user --map-root-user'; do
      jail="unshare $user --mount --propagation private"
      # shellcheck disable=SC2086  # one word each
      $jail $as_first "$root/tests/oss_fuzz/jail.sh" "$probe/root" /usr "$probe" / true >"$probe/log" 2>&1 && break 2
      jail=
    done
  done
  if [ -z "$jail" ]; then
    echo "NOT CHECKED: a read-only root and a small /dev, since this machine allows no mount" \
      "namespace ($(tail -n 1 "$probe/log")): run as root, or allow user namespaces"
  elif [ -z "$as_first" ]; then
    echo 'NOT CHECKED: a target as process 1, since this machine allows no process namespace: run as root'
  fi
  rm -rf "$probe"
}

# Where the target sees the build and its /tmp.
out_there() { if [ -n "$jail" ]; then echo /out; else echo "$place/moved"; fi; }
tmp_there() { if [ -n "$jail" ]; then echo /tmp; else echo "$scratch"; fi; }

# run_there FOLDER COMMAND...: FOLDER and the command's paths as seen there. No HOME, no terminal.
# $more_asan_options, $more_ubsan_options, $more_msan_options and $more_environment are added.
run_there() {
  local folder=$1 settings
  shift
  # shellcheck disable=SC2206  # words
  settings=(PATH=/usr/local/bin:/usr/bin:/bin "ASAN_OPTIONS=$their_asan_options${more_asan_options:-}"
    "UBSAN_OPTIONS=$their_ubsan_options${more_ubsan_options:-}"
    "MSAN_OPTIONS=$their_msan_options${more_msan_options:-}"
    "LLVM_PROFILE_FILE=$(tmp_there)/profile" ${more_environment:-})
  if [ -n "$jail" ]; then
    mkdir -p "$place/root"
    # shellcheck disable=SC2086  # words
    env -i "${settings[@]}" timeout --signal=KILL ${most_seconds:-120} $jail $as_first "$root/tests/oss_fuzz/jail.sh" \
      "$place/root" "$place/moved" "$scratch" "$folder" "$@" </dev/null
  else
    (cd "$folder" && exec env -i "${settings[@]}" timeout --signal=KILL ${most_seconds:-120} "$@" </dev/null)
  fi
}

# The rest of run_fuzzer's command line: what the target's files say.
arguments_of_files() { # NAME
  [ ! -e "$place/moved/$1.options" ] ||
    sed -nE '/^\[libfuzzer\]/,/^\[[^l]/s/^([a-z_]+) *= *([^ ]+) *$/-\1=\2/p' "$place/moved/$1.options"
  [ ! -e "$place/moved/$1.dict" ] || echo "-dict=$1.dict"
}

# start_target NAME ARGUMENT...: as run_fuzzer does, in $OUT, which cannot be written. $before: words
# before the command.
start_target() {
  local name=$1
  shift
  # shellcheck disable=SC2046,SC2086  # words
  run_there "$(out_there)" ${before:-} "$(out_there)/$name" -- $fuzzer_arguments "$@" \
    "-artifact_prefix=$(tmp_there)/" $(arguments_of_files "$name")
}
