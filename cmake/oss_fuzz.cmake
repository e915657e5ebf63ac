# SPDX-License-Identifier: GPL-2.0-only
# What OSS-Fuzz ships: every target but the canary and kernel_pool_misuse, with its seeds, dictionary
# and options, by `cmake --install` into $OUT. Included if ARENAFUZZ_OSS_FUZZ is on, after the targets.
#
# On a kernel tree only what its callers do is judged there (docs/oss-fuzz.md): without misuse
# kernel_pool_misuse would be kernel_pool_faults once more.
#
# ARENAFUZZ_KERNEL_TREE is the tree that the kernel_* targets and differential are compiled with; if
# it is empty or not there they are not built. Fixtures never stand in for it.

set(arenafuzz_oss_folder ${arenafuzz_root}/fuzz/engines/oss-fuzz)

set(shipped "")
foreach(name IN LISTS arenafuzz_targets)
  if(NOT TARGET ${name}_fuzzer)
    continue()
  endif()
  set(kind ${arenafuzz_target_profile_${name}}${arenafuzz_target_kind_${name}})
  if(kind MATCHES "Canary$" OR kind STREQUAL MisuseKernel)
    set_target_properties(${name}_fuzzer PROPERTIES EXCLUDE_FROM_ALL ON)
    continue()
  endif()
  list(APPEND shipped ${name})
  install(TARGETS ${name}_fuzzer DESTINATION .)
  set(zip ${PROJECT_BINARY_DIR}/${name}_fuzzer_seed_corpus.zip)
  # At each build: no dependency would tell of a seed that was removed.
  add_custom_target(
    ${name}_seed_corpus ALL
    COMMAND bash ${arenafuzz_oss_folder}/seed_corpus.sh ${zip} ${arenafuzz_root}/corpus
            ${arenafuzz_target_seeds_${name}}
    BYPRODUCTS ${zip} VERBATIM)
  install(FILES ${zip} DESTINATION .)
  foreach(side dict options)
    if(EXISTS ${arenafuzz_oss_folder}/${name}.${side})
      install(FILES ${arenafuzz_oss_folder}/${name}.${side} DESTINATION .
              RENAME ${name}_fuzzer.${side})
    endif()
  endforeach()
  if(NOT EXISTS ${arenafuzz_oss_folder}/${name}.options)
    install(FILES ${arenafuzz_oss_folder}/default.options DESTINATION .
            RENAME ${name}_fuzzer.options)
  endif()
endforeach()
list(JOIN shipped "\n" lines)
file(WRITE ${PROJECT_BINARY_DIR}/shipped_targets.txt "${lines}\n")
