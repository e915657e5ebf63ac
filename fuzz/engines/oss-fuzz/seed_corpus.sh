#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# seed_corpus.sh ZIP CORPUS FOLDER...: the folders of the corpus as a zip that is the same wherever and
# whenever it is made: one date, one order, no owners, no times of reading.
set -eu
zip=$1 corpus=$2
shift 2
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
(cd "$corpus" && cp -r "$@" "$stage")
find "$stage" -type f -exec chmod 644 {} + -exec touch -d '2026-01-01 00:00:00 UTC' {} +
rm -f "$zip"
cd "$stage"
find . -type f | sed 's#^\./##' | LC_ALL=C sort | TZ=UTC zip -q -X -@ "$zip"
