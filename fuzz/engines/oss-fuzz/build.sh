#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0
#
# OSS-Fuzz's build: $CC, $CXX, their flags and $LIB_FUZZING_ENGINE are CMake's by environment;
# `cmake --install` fills $OUT (cmake/oss_fuzz.cmake).
source_folder=${ARENAFUZZ_SOURCE:-$SRC/arena-pool}
build=$WORK/arena-pool
cmake -G Ninja -S "$source_folder" -B "$build" -DCMAKE_BUILD_TYPE= -DARENAFUZZ_OSS_FUZZ=ON \
  -DARENAFUZZ_TESTS=OFF -DARENAFUZZ_CLI=OFF -DCMAKE_INSTALL_PREFIX="$OUT" \
  -DARENAFUZZ_KERNEL_TREE="$SRC/linux"
cmake --build "$build" -j "$(nproc)"
cmake --install "$build"
