# SPDX-License-Identifier: GPL-2.0-only
# Flags by role. Three roles, because a model that is itself instrumented would halve the speed:
#   arenafuzz_flags_INSTRUMENTED  code under test: sanitizers and fuzzer coverage
#   arenafuzz_flags_HARNESS       model, oracles, codec: the same, unless ARENAFUZZ_PLAIN_HARNESS
#   arenafuzz_flags_TOOL          commands and tests: sanitizers, no fuzzer coverage
#   arenafuzz_flags_KERNEL        a kernel tree's C files: as INSTRUMENTED, without our warnings

set(arenafuzz_warnings -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor)

include(${CMAKE_CURRENT_LIST_DIR}/lists.cmake)
get_filename_component(arenafuzz_root ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
# What debug information calls the root of the sources and of a kernel tree: nothing, or the folders
# that ClusterFuzz makes links to the sources of, wherever the build was.
set(arenafuzz_source_name "")
set(arenafuzz_tree_name "")
if(ARENAFUZZ_OSS_FUZZ)
  set(arenafuzz_source_name /src/arena-pool/)
  set(arenafuzz_tree_name /src/linux/)
endif()
foreach(role INSTRUMENTED HARNESS TOOL KERNEL)
  add_library(arenafuzz_flags_${role} INTERFACE)
  target_include_directories(arenafuzz_flags_${role} INTERFACE ${arenafuzz_root})
  if(NOT role STREQUAL KERNEL)
    target_compile_options(arenafuzz_flags_${role} INTERFACE ${arenafuzz_warnings})
  endif()
  target_compile_options(
    arenafuzz_flags_${role} INTERFACE -fno-omit-frame-pointer
                                      -ffile-prefix-map=${arenafuzz_root}/=${arenafuzz_source_name})
  if(ARENAFUZZ_COVERAGE)
    target_compile_options(arenafuzz_flags_${role} INTERFACE -fprofile-instr-generate
                                                             -fcoverage-mapping)
    target_link_options(arenafuzz_flags_${role} INTERFACE -fprofile-instr-generate)
  endif()
  # OSS-Fuzz's report finds the sources by their full names.
  if(CMAKE_CXX_FLAGS MATCHES "-fcoverage-mapping")
    target_compile_options(arenafuzz_flags_${role}
                           INTERFACE -fcoverage-prefix-map=${arenafuzz_root}/=${arenafuzz_root}/)
  endif()
endforeach()

# A Status that nobody looked at.
target_compile_options(arenafuzz_flags_TOOL INTERFACE -Werror=unused-result)

# Comparisons of what judges the code under test say nothing about it, and to trace them costs more
# than all the rest: the harness' libraries go without, also where the flags are not ours (OSS-Fuzz's).
if("${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize=fuzzer-no-link|-fsanitize-coverage=[^ ]*trace-cmp"
   AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  target_compile_options(arenafuzz_flags_HARNESS INTERFACE -fno-sanitize-coverage=trace-cmp)
endif()

if(ARENAFUZZ_SANITIZE)
  set(sanitize -fsanitize=${ARENAFUZZ_SANITIZE})
  if(ARENAFUZZ_SANITIZE MATCHES "undefined")
    list(APPEND sanitize -fno-sanitize-recover=undefined)
    # Its cache of checked types is keyed by addresses: an engine would see coverage that depends on
    # where the process was loaded and what ran before. Builds without an engine keep the check.
    if(ARENAFUZZ_FUZZER OR NOT "$ENV{LIB_FUZZING_ENGINE}" STREQUAL "")
      list(APPEND sanitize -fno-sanitize=vptr)
    endif()
  endif()
  foreach(role INSTRUMENTED HARNESS TOOL KERNEL)
    if(NOT (role STREQUAL "HARNESS" AND ARENAFUZZ_PLAIN_HARNESS))
      target_compile_options(arenafuzz_flags_${role} INTERFACE ${sanitize})
    endif()
    target_link_options(arenafuzz_flags_${role} INTERFACE ${sanitize})
  endforeach()
endif()
if(ARENAFUZZ_FUZZER)
  # Comparisons are of bitmap words and granules, which the mutator knows nothing of. Without them
  # 60,000 executions of pool_faults take half the processor time, to the same edges and features.
  set(coverage -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
  target_compile_options(arenafuzz_flags_INSTRUMENTED INTERFACE ${coverage})
  target_compile_options(arenafuzz_flags_KERNEL INTERFACE ${coverage})
  if(NOT ARENAFUZZ_PLAIN_HARNESS)
    target_compile_options(arenafuzz_flags_HARNESS INTERFACE ${coverage})
  endif()
endif()

# The option with which UBSan names a file of `folder` from there; sets `out` to it, or to nothing.
function(arenafuzz_strip_paths out folder)
  set(${out} "" PARENT_SCOPE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    string(REGEX MATCHALL "/" slashes "${folder}/")
    list(LENGTH slashes count)
    set(${out} -fsanitize-undefined-strip-path-components=${count} PARENT_SCOPE)
  endif()
endfunction()

# arenafuzz_library(NAME ROLE FOLDER...): every .cc of the folders.
function(arenafuzz_library name role)
  list(TRANSFORM ARGN REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/\\1/*.cc" OUTPUT_VARIABLE patterns)
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  add_library(arenafuzz_${name} STATIC ${sources})
  target_link_libraries(arenafuzz_${name} PRIVATE arenafuzz_flags_${role})
  target_include_directories(arenafuzz_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  # OSS-Fuzz builds everything again each time, and most of that is the C++ library's headers. Our own builds
  # have a compiler cache, which does better without.
  if(ARENAFUZZ_OSS_FUZZ AND NOT CMAKE_CXX_COMPILER MATCHES "/afl-[^/]*$")
    target_precompile_headers(arenafuzz_${name} PRIVATE <algorithm> <map> <memory> <optional> <string>
                              <vector>)
  endif()
endfunction()

# arenafuzz_embed(TARGET NAMESPACE [NAME FILE]...): the text of each FILE as the constant NAME of the
# namespace, a std::string_view that a header of the target declares.
function(arenafuzz_embed target namespace)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded.cc)
  set(files ${ARGN})
  list(FILTER files INCLUDE REGEX "/")
  string(REPLACE ";" "," pairs "${ARGN}")
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAMESPACE=${namespace} -DPAIRS=${pairs} -P
            ${arenafuzz_root}/cmake/embed.cmake
    DEPENDS ${files} ${arenafuzz_root}/cmake/embed.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
  # It is there after a build alone, and clang-tidy reads units without one.
  set_source_files_properties(${out} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# The engine comes from $LIB_FUZZING_ENGINE (a flag or an archive, as OSS-Fuzz gives it), else
# libFuzzer if ARENAFUZZ_FUZZER is on, else a plain main that replays files.
set(arenafuzz_engine "$ENV{LIB_FUZZING_ENGINE}")
if(NOT arenafuzz_engine AND ARENAFUZZ_FUZZER)
  set(arenafuzz_engine -fsanitize=fuzzer)
endif()

# arenafuzz_target(NAME LIBRARY...): the binary NAME_fuzzer.
function(arenafuzz_target name)
  add_executable(${name}_fuzzer ${arenafuzz_root}/fuzz/targets/target.cc)
  target_compile_definitions(${name}_fuzzer PRIVATE ARENAFUZZ_TARGET_NAME="${name}")
  target_link_libraries(${name}_fuzzer PRIVATE ${ARGN} arenafuzz_flags_INSTRUMENTED)
  set_target_properties(${name}_fuzzer PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                                  ${PROJECT_BINARY_DIR}/fuzz/targets)
  if(arenafuzz_engine)
    target_link_libraries(${name}_fuzzer PRIVATE ${arenafuzz_engine})
    # Not where the format is fuzzed: that is about what the decoder makes of arbitrary bytes, and the
    # mutator makes canonical ones alone. An engine other than libFuzzer passes over it.
    if(NOT arenafuzz_target_kind_${name} STREQUAL Format)
      target_sources(${name}_fuzzer PRIVATE ${arenafuzz_root}/fuzz/engines/libfuzzer_mutator.cc)
    endif()
  else()
    target_sources(${name}_fuzzer PRIVATE ${arenafuzz_root}/fuzz/targets/replay_main.cc)
  endif()
endfunction()

# arenafuzz_bench_binary(SOURCES LIBRARY...): tests/bench/arenafuzz_bench. With libFuzzer the engine's
# own coverage callbacks are linked, so that the figures are those of a fuzzing process; its main()
# hands over to ours before it starts.
function(arenafuzz_bench_binary sources)
  add_executable(arenafuzz_bench ${sources})
  target_link_libraries(arenafuzz_bench PRIVATE ${ARGN} arenafuzz_flags_HARNESS
                                                benchmark::benchmark)
  target_compile_definitions(
    arenafuzz_bench
    PRIVATE ARENAFUZZ_SOURCE_DIR="${arenafuzz_root}"
            ARENAFUZZ_BUILD="${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_BUILD_TYPE} sanitize=${ARENAFUZZ_SANITIZE}")
  set_target_properties(arenafuzz_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                                   ${PROJECT_BINARY_DIR}/tests/bench)
  if(ARENAFUZZ_FUZZER)
    target_compile_definitions(arenafuzz_bench PRIVATE ARENAFUZZ_BENCH_IN_ENGINE)
    target_link_libraries(arenafuzz_bench PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
