# SPDX-License-Identifier: GPL-2.0-only
# The plain harnesses that `bench --kills` compares with (tests/bench/peers), on the same tree with the
# same sanitizers: objects of their own, for each wants its tools' own coverage flags.
find_package(rapidcheck REQUIRED)

# arenafuzz_peer(NAME SOURCE COMPILE_FLAGS LINK_FLAGS)
function(arenafuzz_peer name source compile link)
  arenafuzz_kernel_tree(${name}_tree ${ARENAFUZZ_KERNEL_TREE} "" "")
  # Behind the others, since the last one counts.
  add_library(${name}_flags INTERFACE)
  target_compile_options(${name}_flags INTERFACE ${compile})
  foreach(part genalloc arena)
    target_link_libraries(${name}_tree_${part} PRIVATE ${name}_flags)
  endforeach()
  add_executable(${name} EXCLUDE_FROM_ALL ${arenafuzz_root}/tests/bench/peers/${source}
                                          ${arenafuzz_root}/tests/bench/peers/stub_kernel.c)
  target_link_libraries(${name} PRIVATE arenafuzz_flags_TOOL ${name}_tree ${name}_flags ${link})
endfunction()

arenafuzz_peer(peer_libfuzzer fuzzed_data_provider.cc "-fsanitize=fuzzer-no-link;-fsanitize-coverage=trace-cmp"
               -fsanitize=fuzzer)
arenafuzz_peer(peer_rapidcheck rapidcheck_state.cc -fno-sanitize=fuzzer-no-link rapidcheck)
