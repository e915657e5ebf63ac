#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The lists that C++, CMake and scripts share, for a script that has set $root, the folder of the sources.

# list_rows FILE ROW FORM: of the rows ROW(...) of a list, what the sed replacement FORM takes.
list_rows() { sed -nE "s/^ARENAFUZZ_$2\\)\$/$3/p" "$root/$1"; }

# One line each: name, arguments, summary, with tabs between.
command_rows=$(list_rows fuzz/cli/commands.def '(SCRIPT_)?COMMAND\(([a-z]+), "([^"]*)", "([^"]*)"' '\2\t\3\t\4')
# The same: name, profile, kind, folders of seeds.
target_rows=$(list_rows fuzz/targets/targets.def 'TARGET\(([a-z_]+), k(\w+), k(\w+), "([^"]*)", ".*"' '\1\t\2\t\3\t\4')
clangs=$(list_rows fuzz/base/compilers.def 'CLANG\(([0-9]+)' '\1')
gccs=$(list_rows fuzz/base/compilers.def 'GCC\(([0-9]+)' '\1')
afl_clang=$(list_rows fuzz/base/compilers.def 'AFL_CLANG\(([0-9]+)' '\1')
newest_clang=${clangs%%$'\n'*} oldest_clang=${clangs##*$'\n'} oldest_gcc=${gccs%%$'\n'*}

# names_of LIST [PATTERN]: its names, of the rows that match alone.
names_of() { grep -E -e "${2:-}" <<<"$1" | cut -f 1; }
