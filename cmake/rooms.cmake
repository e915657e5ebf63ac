# SPDX-License-Identifier: GPL-2.0-only
# One library per folder between the harness and the command, with the libraries that it uses. What
# starts processes or reads JSON is not optimised: it waits for others, and json takes three times as
# long to compile with optimisation.
find_library(ARENAFUZZ_LIBMD md REQUIRED)
find_package(LibArchive QUIET)

# Asked of git at each build.
set(version ${CMAKE_CURRENT_BINARY_DIR}/source_version.cc)
set(write_version ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUT=${version}
                  -P ${PROJECT_SOURCE_DIR}/cmake/version.cmake)
execute_process(COMMAND ${write_version} COMMAND_ERROR_IS_FATAL ANY)
add_custom_target(arenafuzz_version COMMAND ${write_version} BYPRODUCTS ${version} VERBATIM
                  COMMENT "Asking git for the version")

set(arenafuzz_rooms_engine "")
if(ARENAFUZZ_FUZZER)
  set(arenafuzz_rooms_engine libfuzzer)
endif()
set(arenafuzz_rooms_sanitizers "${ARENAFUZZ_SANITIZE}")
if(NOT arenafuzz_rooms_sanitizers)
  set(arenafuzz_rooms_sanitizers none)
endif()

# arenafuzz_room(NAME FOLDER LIBRARY...)
function(arenafuzz_room name folder)
  arenafuzz_library(${name} TOOL ${folder})
  target_link_libraries(arenafuzz_${name} PUBLIC ${ARGN} fmt::fmt nlohmann_json::nlohmann_json)
  target_compile_options(arenafuzz_${name} PRIVATE -O0)
  target_precompile_headers(arenafuzz_${name} PRIVATE <fmt/format.h> <nlohmann/json.hpp>)
  target_compile_definitions(
    arenafuzz_${name} PRIVATE ARENAFUZZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                              ARENAFUZZ_ENGINE="${arenafuzz_rooms_engine}"
                              ARENAFUZZ_SANITIZERS="${arenafuzz_rooms_sanitizers}")
endfunction()

arenafuzz_room(session fuzz/session arenafuzz_harness arenafuzz_base)
target_sources(arenafuzz_session PRIVATE ${version})
add_dependencies(arenafuzz_session arenafuzz_version)

arenafuzz_library(corpus HARNESS fuzz/corpus)
target_link_libraries(arenafuzz_corpus PUBLIC arenafuzz_session ${ARENAFUZZ_LIBMD})
# Zips: without it they say what to install.
if(LibArchive_FOUND)
  target_link_libraries(arenafuzz_corpus PUBLIC LibArchive::LibArchive)
  target_compile_definitions(arenafuzz_corpus PRIVATE ARENAFUZZ_HAVE_LIBARCHIVE)
endif()

arenafuzz_library(minimize HARNESS fuzz/triage/minimize)
target_link_libraries(arenafuzz_minimize PUBLIC arenafuzz_session)
arenafuzz_library(reproduce HARNESS fuzz/triage/reproduce)
target_link_libraries(arenafuzz_reproduce PUBLIC arenafuzz_minimize)
# kArenaPages of parts/arena_pages.c, and so on.
file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/triage/reproduce/parts/*.c)
set(parts "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE "_" ";" words ${name})
  set(constant k)
  foreach(word IN LISTS words)
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND constant ${first}${rest})
  endforeach()
  list(APPEND parts ${constant} ${file})
endforeach()
arenafuzz_embed(arenafuzz_reproduce arenafuzz::parts ${parts})
arenafuzz_room(folder fuzz/triage/folder arenafuzz_reproduce arenafuzz_report)
arenafuzz_room(campaign fuzz/campaign arenafuzz_folder arenafuzz_corpus)
foreach(room corpus minimize reproduce)
  target_compile_options(arenafuzz_${room} PRIVATE -Werror=unused-result)
endforeach()
