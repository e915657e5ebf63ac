#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/tools/make_images.sh [FOLDER]: the pictures of README.md and docs/triage.md, into FOLDER
# (docs/images). Plants one defect in a copy of tests/fixtures/kernel_tree, replays one program of the
# corpus on it, triages it, and takes the pictures with chromium (apt-get install chromium).
#   finding.png   what replay prints
#   page.png      the page of triage
# All dates and folders that show are fixed, so that only a change of the text or of the page, and
# the machine's fonts, change a picture.
set -eu
root=$(cd -- "$(dirname -- "$0")/../.." && pwd)
images=$(mkdir -p "${1:-$root/docs/images}" && cd -- "${1:-$root/docs/images}" && pwd)
cd "$root"
work=/tmp/arenafuzz-images
program=f3_vzalloc_of_a_growth_fails_and_its_pages_are_given_back.txt

command -v chromium >/dev/null || { echo "make_images.sh needs chromium: apt-get install chromium" >&2; exit 2; }
rm -rf "$work"
mkdir -p "$work/crashes"
cp -rL tests/fixtures/kernel_tree "$work/linux"
patch -s -p1 -d "$work/linux" <tests/fixtures/patches/defects/unwind_without_release.patch
cp "corpus/regression/$program" "$work/crashes/f3.txt"
touch -d '2026-01-01 00:00:00 UTC' "$work/crashes/f3.txt"

picture() { # PAGE WIDTHxHEIGHT NAME
  HOME=$work chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size="${2/x/,}" \
    --screenshot="$work/$3" "file://$1" 2>"$work/chromium.log" >&2 ||
    { cat "$work/chromium.log" >&2; exit 2; }
  mv "$work/$3" "$images/$3"
}

# Both end with 1, a finding; any other code is a failure of this script.
ends_with_one() { local code=0; "$@" || code=$?; [ "$code" -eq 1 ]; }

ends_with_one ./arenafuzz replay --kernel-tree "$work/linux" "$work/crashes" >"$work/finding.txt"
{
  echo '<!doctype html><meta charset="utf-8"><style>body{margin:0;background:#16181d;color:#d8dee9}'
  echo 'pre{font:15px/1.45 "DejaVu Sans Mono",monospace;margin:18px 22px}b{color:#ff7b72}i{color:#8b949e;font-style:normal}'
  echo '</style><pre><i>$ ./arenafuzz replay --kernel-tree ~/linux f3.txt</i>'
  sed -n '/^ASSERTION/,/^tree /{/^tree /!p}' "$work/finding.txt" |
    sed 's/&/\&amp;/g; s/</\&lt;/g; s/^\(ASSERTION.*\)/<b>\1<\/b>/; s/^\(&gt;\|>\)\(.*\)/<b>\&gt;\2<\/b>/'
  echo '</pre>'
} >"$work/finding.html"
picture "$work/finding.html" 1060x490 finding.png

ends_with_one ./arenafuzz triage "$work/crashes" --kernel-tree "$work/linux" --out "$work/report" >"$work/triage.txt"
picture "$work/report/index.html" 1100x1010 page.png
rm -rf "$work"
ls -l "$images"
