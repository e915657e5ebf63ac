#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# jail.sh ROOT OUT TMP FOLDER COMMAND...: runs the command as OSS-Fuzz's production does (ClusterFuzz's
# minijail): the root is read-only, OUT is /out, TMP is /tmp and alone can be written, /dev has null,
# random and urandom and an empty shm, there are no capabilities, and FOLDER, named as seen there, is the
# working directory. In a mount namespace of its own, which tests/oss_fuzz/start.sh makes and whose mounts
# go with it: ROOT, any folder, is as before. In a process namespace of its own too /proc shows that
# alone. The environment is the caller's.
set -eu
jail=$1 out=$2 tmp=$3 folder=$4
shift 4
mount -t tmpfs jail "$jail"
cd "$jail"
mkdir usr dev proc tmp out

read_only() { # SOURCE PLACE
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}

read_only /usr usr
for name in bin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then
    cp -P "/$name" .
  elif [ -d "/$name" ]; then
    mkdir "$name"
    read_only "/$name" "$name"
  fi
done
read_only "$out" out
mount --bind "$tmp" tmp
mkdir dev/shm
for name in null random urandom; do
  : >"dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
if [ $$ -eq 1 ]; then
  mount -t proc -o ro proc proc
else
  mount --rbind /proc proc
fi
mount -o remount,ro "$jail"
exec /usr/sbin/chroot "$jail" /bin/sh -c 'cd "$0" && exec "$@"' "$folder" \
  setpriv --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
