# SPDX-License-Identifier: GPL-2.0-only
# Flags by role. Three roles, because a model that is itself instrumented would halve the speed:
#   arenafuzz_flags_INSTRUMENTED  code under test: sanitizers and fuzzer coverage
#   arenafuzz_flags_HARNESS       model, oracles, codec: the same, unless ARENAFUZZ_PLAIN_HARNESS
#   arenafuzz_flags_TOOL          commands and tests: sanitizers, no fuzzer coverage

set(arenafuzz_warnings -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor)

foreach(role INSTRUMENTED HARNESS TOOL)
  add_library(arenafuzz_flags_${role} INTERFACE)
  target_include_directories(arenafuzz_flags_${role} INTERFACE ${PROJECT_SOURCE_DIR})
  target_compile_options(arenafuzz_flags_${role} INTERFACE ${arenafuzz_warnings})
  target_compile_options(
    arenafuzz_flags_${role} INTERFACE -fno-omit-frame-pointer
                                      -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
  if(ARENAFUZZ_COVERAGE)
    target_compile_options(arenafuzz_flags_${role} INTERFACE -fprofile-instr-generate
                                                             -fcoverage-mapping)
    target_link_options(arenafuzz_flags_${role} INTERFACE -fprofile-instr-generate)
  endif()
endforeach()

if(ARENAFUZZ_SANITIZE)
  set(sanitize -fsanitize=${ARENAFUZZ_SANITIZE})
  if(ARENAFUZZ_SANITIZE MATCHES "undefined")
    list(APPEND sanitize -fno-sanitize-recover=undefined)
  endif()
  foreach(role INSTRUMENTED HARNESS TOOL)
    if(NOT (role STREQUAL "HARNESS" AND ARENAFUZZ_PLAIN_HARNESS))
      target_compile_options(arenafuzz_flags_${role} INTERFACE ${sanitize})
    endif()
    target_link_options(arenafuzz_flags_${role} INTERFACE ${sanitize})
  endforeach()
endif()
if(ARENAFUZZ_FUZZER)
  target_compile_options(arenafuzz_flags_INSTRUMENTED INTERFACE -fsanitize=fuzzer-no-link)
  if(NOT ARENAFUZZ_PLAIN_HARNESS)
    target_compile_options(arenafuzz_flags_HARNESS INTERFACE -fsanitize=fuzzer-no-link)
  endif()
endif()

# arenafuzz_library(NAME ROLE FOLDER): every .cc of the folder.
function(arenafuzz_library name role folder)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  add_library(arenafuzz_${name} STATIC ${sources})
  target_link_libraries(arenafuzz_${name} PRIVATE arenafuzz_flags_${role})
  target_include_directories(arenafuzz_${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()
