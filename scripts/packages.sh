#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packages, for the script at the root, which sources this: say, refuse, $root are its own;
# lists.sh is sourced before.

run_packages='cmake ninja-build libcli11-dev libfmt-dev libmd-dev nlohmann-json3-dev'
clang_packages="clang-$newest_clang libclang-rt-$newest_clang-dev llvm-$newest_clang"
kernel_packages='linux-source-6.12'
corpus_packages=libarchive-dev
linux_source=/usr/src/linux-source-6.12.tar.xz
afl_packages="afl++ clang-$afl_clang libclang-rt-$afl_clang-dev"
test_packages='linux-source-6.12 patch g++ libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev libarchive-dev'
kills_packages='librapidcheck-dev patch python3'
all_packages="clang-tidy-$newest_clang clang-format-$newest_clang clang-$oldest_clang libclang-rt-$oldest_clang-dev $afl_packages"
all_packages+=" g++-multilib libc++-$newest_clang-dev libc++abi-$newest_clang-dev googletest bubblewrap git unzip zip chromium fonts-dejavu-core"
command_to_install="apt-get install --no-install-recommends $run_packages $clang_packages"

missing_of() {
  local name missing=
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=" $name"
  done
  printf '%s' "${missing# }"
}

# see_to_packages INSTALL NAME...: names what is missing, and installs it where that was allowed.
see_to_packages() {
  local install=$1 missing stamp=$root/build/.install-failed answer sudo=''
  shift
  command -v dpkg-query >/dev/null || return 0
  missing=$(missing_of "$@")
  [ -n "$missing" ] || return 0
  [ "$(id -u)" -eq 0 ] || sudo='sudo '
  command_to_install="${sudo}apt-get install --no-install-recommends $missing"
  if [ "$install" = no ] && [ "$(cat "$stamp" 2>/dev/null)" = "$missing" ]; then return 0; fi
  say "packages missing: $missing"
  if [ "$install" = no ] && [ -t 0 ] && [ -t 2 ]; then
    read -r -p "arenafuzz: install them now? [y/N] " answer
    case $answer in [yY]*) install=yes ;; esac
  elif [ "$(id -u)" -eq 0 ] && [ ! -t 0 ]; then
    install=yes
  fi
  [ "$install" = yes ] || return 0
  install_packages "$missing" "$stamp"
}

# One sentence on what went wrong; what apt-get said is in its log.
install_packages() { # NAMES STAMP
  local missing=$1 stamp=$2 log=$root/build/install.log sudo=''
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      refuse "installing needs root, and there is no sudo: run as root: apt-get install --no-install-recommends $missing"
    sudo -v || refuse "sudo refused: run as root: apt-get install --no-install-recommends $missing"
    sudo='sudo '
  fi
  command -v apt-get >/dev/null || refuse "there is no apt-get here: install $missing, and leave out --install"
  mkdir -p "$root/build" || refuse "cannot write in $root/build: make it writable"
  # shellcheck disable=SC2086  # one word a package
  if try_quietly "$log" ${sudo}apt-get -q update &&
    try_quietly "$log" ${sudo}env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
  then
    rm -f "$stamp"
  else
    say "the installation failed (log: $log); going on with what is there (--install tries again)"
    printf '%s\n' "$missing" >"$stamp"
  fi
}
