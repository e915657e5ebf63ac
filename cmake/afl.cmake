# SPDX-License-Identifier: GPL-2.0-only
# AFL++: its compilers instrument what they compile, and link their own driver for
# -fsanitize=fuzzer: persistent mode, inputs in shared memory.
include(${CMAKE_CURRENT_LIST_DIR}/lists.cmake)
find_program(ARENAFUZZ_AFL_CXX NAMES afl-clang-fast++)
find_program(ARENAFUZZ_AFL_CC NAMES afl-clang-fast)
if(NOT ARENAFUZZ_AFL_CXX OR NOT ARENAFUZZ_AFL_CC)
  message(FATAL_ERROR "this preset needs AFL++: install afl++ clang-${arenafuzz_afl_clang} libclang-rt-${arenafuzz_afl_clang}-dev")
endif()
set(CMAKE_CXX_COMPILER ${ARENAFUZZ_AFL_CXX})
set(CMAKE_C_COMPILER ${ARENAFUZZ_AFL_CC})
set(ENV{LIB_FUZZING_ENGINE} -fsanitize=fuzzer)
# Coverage is that of the code under test: what judges it is named in the list.
set_property(GLOBAL PROPERTY RULE_LAUNCH_COMPILE
             "env AFL_QUIET=1 AFL_LLVM_DENYLIST=${CMAKE_CURRENT_LIST_DIR}/afl_denylist.txt")
