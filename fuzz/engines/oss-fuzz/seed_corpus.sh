#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 Google LLC
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
#
################################################################################
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
