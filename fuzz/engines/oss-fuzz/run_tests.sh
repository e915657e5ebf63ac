#!/bin/bash -eu
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
# The unit tests of the pool, the faults and the program format, which build.sh built. Exit 0 if and only
# if all pass; needs no network and writes below $WORK alone.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
exec ctest --test-dir "${WORK:-/work}/arena-pool" --output-on-failure --no-tests=error -j "$(nproc)"
