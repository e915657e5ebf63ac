#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/odd_trees.sh: kernel trees whose names, state and neighbours are odd.
#
#   names with blanks, quotes, $( ), &, #, line breaks, other alphabets --replay--> clean
#   a tree that does not compile --> the message names the user's files
#   three replays at once after a source changed --> the same verdict three times
#   a source or a glue of before put back --> the verdict of before, though the object is younger
#
# Prints one line a case; exit 1 at the first that is not as it must be. TMPDIR: where trees are made.
set -u
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
work=$(mktemp -d) || exit 2
# Each tree has a build of its own: those of these trees go with them.
clean_up() {
  local link
  for link in "$root"/build/kernel/*/tree; do
    case $(readlink -- "$link") in "$work"/*) rm -rf -- "${link%/tree}" ;; esac
  done
  rm -rf "$work"
}
trap clean_up EXIT
cases=0

fail() { printf 'odd_trees: %s\n' "$*" >&2; exit 1; }
ok() { cases=$((cases + 1)); printf 'ok %s %s\n' "$cases" "$*"; }

make_tree() { cp -rL "$root/tests/fixtures/kernel_tree" "$1" && chmod -R u+w -- "$1"; }

cd "$work" || exit 2
printf '# arenafuzz\nheader pages:64\nenable s0 root m0\na0 = alloc s0 64 (fail vzalloc:1)\n' >a.txt

names=('two words' "it's" 'quo"te' '$(touch pwned)' 'and&hash#' $'line\nbreak' 'bäüme-木' 'semi;colon' 'per%cent' 'back\slash' '-dash' 'a=b' '*')
for name in "${names[@]}"; do
  make_tree "./$name"
  "$root/arenafuzz" replay "--kernel-tree=$name" a.txt >out 2>err || { cat out err; fail "a tree named $(printf %q "$name")"; }
  grep -q '^a.txt: clean ' out || { cat out err; fail "no verdict on a tree named $(printf %q "$name")"; }
  ok "a tree named $(printf %q "$name")"
done
[ ! -e pwned ] || fail 'a name was run as a command'

# The compiler saw links in the build's folder: its user has the files.
echo 'this is no C' >>"two words/kernel/sched/ext_arena.c"
"$root/arenafuzz" replay --kernel-tree 'two words' a.txt >out 2>err
[ $? -eq 2 ] || fail 'a tree that does not compile is no exit 2'
grep -qF "$work/two words/kernel/sched/ext_arena.c:" err || { cat err; fail 'the message does not name the file'; }
! grep -q 'kernel_tree\.view' err || { cat err; fail "the message names the build's links"; }
ok 'a compile error names the file in the tree'

# One builds, the others wait for it; none of them runs what is half written.
sed -i 's/might_sleep();/might_sleep(); BUG_ON(size == 64);/' "it's/kernel/sched/ext_arena.c"
for i in 1 2 3; do
  { "$root/arenafuzz" replay --bisect --kernel-tree "it's" a.txt >"bisect-$i" 2>&1; echo $? >"code-$i"; } &
done
wait
[ "$(cat code-1 code-2 code-3 | tr '\n' ' ')" = '1 1 1 ' ] || { cat bisect-* code-*; fail 'three replays at once did not agree'; }
ok 'three replays at once after a source changed'

# A file that is put back is older than what was built from its successor. The verdict is of what is there.
make_tree older
cp "$root/src/kernel/arena_glue.c" glue.c
verdict_is() { # CODE CASE
  "$root/arenafuzz" replay --kernel-tree older --glue glue.c a.txt >out 2>err
  [ $? -eq "$1" ] || { cat out err; fail "$2: no exit $1"; }
}
verdict_is 0 'an older tree as it is'
for file in glue.c older/kernel/sched/ext_arena.c older/include/linux/genalloc.h; do
  cp -p "$file" kept
  case $file in
    glue.c) sed -i 's/return scx_arena_alloc(/BUG_ON(bytes == 64); &/' "$file" ;;
    *.c) sed -i 's/might_sleep();/might_sleep(); BUG_ON(size == 64);/' "$file" ;;
    *.h) printf '#define might_sleep() BUG_ON(1)\n' >>"$file" ;;
  esac
  verdict_is 1 "$file changed"
  mv kept "$file"
  verdict_is 0 "$file put back"
  ok "$file of before is what runs"
done

# A tree is only read. Root can write whatever a file's mode says, unless it gives that right up.
as_owner=()
[ "$(id -u)" -ne 0 ] || as_owner=(setpriv --bounding-set=-dac_override,-dac_read_search)
make_tree readonly && chmod -R a-w readonly
! "${as_owner[@]}" touch readonly/new 2>/dev/null || fail 'the tree can be written'
find readonly -printf '%p %s %T@\n' | sort >before
"${as_owner[@]}" "$root/arenafuzz" replay --kernel-tree readonly a.txt >out 2>err || { cat out err; fail 'a read-only tree'; }
find readonly -printf '%p %s %T@\n' | sort | cmp -s - before || fail 'a tree was written'
chmod -R u+w readonly
ok 'a read-only tree stays as it is'

printf '%s cases\n' "$cases"
