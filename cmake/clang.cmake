# SPDX-License-Identifier: GPL-2.0-only
# The newest clang of the machine, unless CXX or -DCMAKE_CXX_COMPILER names a compiler; and the C
# compiler next to it, for a kernel tree's files.
if(NOT DEFINED CMAKE_CXX_COMPILER AND NOT DEFINED ENV{CXX})
  find_program(ARENAFUZZ_CLANGXX NAMES clang++-19 clang++-18 clang++-17 clang++-16 clang++-15
                                       clang++-14 clang++)
  if(NOT ARENAFUZZ_CLANGXX)
    message(FATAL_ERROR "this preset needs clang 14 or newer: install clang-19 and libclang-rt-19-dev")
  endif()
  set(CMAKE_CXX_COMPILER ${ARENAFUZZ_CLANGXX})
endif()
include(${CMAKE_CURRENT_LIST_DIR}/c_compiler.cmake)
