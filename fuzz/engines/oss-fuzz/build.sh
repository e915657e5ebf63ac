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
# OSS-Fuzz's build: $CC, $CXX, their flags and $LIB_FUZZING_ENGINE are CMake's by environment;
# `cmake --install` fills $OUT (cmake/oss_fuzz.cmake).
source_folder=${ARENAFUZZ_SOURCE:-$SRC/arena-pool}
build=$WORK/arena-pool
# What judges the pool is not what fuzzing should reach more of.
export FUZZ_INTROSPECTOR_CONFIG=$source_folder/fuzz/engines/oss-fuzz/fuzz_introspector.config
# The unit tests that run_tests.sh runs, where their images are made; ARENAFUZZ_UNIT_TESTS=no: nowhere.
tests=OFF
case ${FUZZING_ENGINE:-}/${SANITIZER:-}/${ARCHITECTURE:-} in
  libfuzzer/address/x86_64 | libfuzzer/coverage/x86_64)
    [ "${ARENAFUZZ_UNIT_TESTS:-}" = no ] || [ ! -e /usr/src/googletest/CMakeLists.txt ] || tests=ON ;;
esac
cmake -G Ninja -S "$source_folder" -B "$build" -DCMAKE_BUILD_TYPE= -DARENAFUZZ_OSS_FUZZ=ON \
  -DARENAFUZZ_TESTS=$tests -DARENAFUZZ_CLI=OFF -DCMAKE_INSTALL_PREFIX="$OUT" \
  -DARENAFUZZ_KERNEL_TREE="$SRC/linux"
cmake --build "$build" -j "$(nproc)"
cmake --install "$build"
# Tests that do not compile are run_tests.sh's failure, not the targets'; those of a former build would
# still pass.
[ $tests = OFF ] || cmake --build "$build" -j "$(nproc)" --target arenafuzz_unit_tests || {
  rm -f "$build"/tests/*_test
  echo 'the unit tests were not built: run_tests.sh will fail'
}
