# SPDX-License-Identifier: GPL-2.0-only
# The newest clang of the machine, unless CXX or -DCMAKE_CXX_COMPILER names a compiler; and the C
# compiler next to it, for a kernel tree's files.
include(${CMAKE_CURRENT_LIST_DIR}/lists.cmake)
if(NOT DEFINED CMAKE_CXX_COMPILER AND NOT DEFINED ENV{CXX})
  list(TRANSFORM arenafuzz_clangs PREPEND clang++- OUTPUT_VARIABLE names)
  find_program(ARENAFUZZ_CLANGXX NAMES ${names} clang++)
  if(NOT ARENAFUZZ_CLANGXX)
    list(GET arenafuzz_clangs 0 newest)
    list(GET arenafuzz_clangs -1 oldest)
    message(FATAL_ERROR "this preset needs clang ${oldest} or newer: install clang-${newest} libclang-rt-${newest}-dev")
  endif()
  set(CMAKE_CXX_COMPILER ${ARENAFUZZ_CLANGXX})
endif()
include(${CMAKE_CURRENT_LIST_DIR}/c_compiler.cmake)
