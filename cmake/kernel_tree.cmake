# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own C files of one tree, untouched, as a library; for the main project and for
# cmake/kernel_tree, which builds them for a user's tree against a finished build.
#
# The files are compiled through symlinks in the build folder, and the tree itself is on no include
# path: the moved file's quoted includes would otherwise pull in the kernel's own headers.

include(${CMAKE_CURRENT_LIST_DIR}/gen_pool_features.cmake)

set(arenafuzz_set_configs CONFIG_MMU CONFIG_64BIT CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG)

# <linux/X.h> for every X of the list: one line each, to the shim. Those without a folder are what
# the arena pool's file includes by quotes.
function(arenafuzz_forward_kernel_headers folder)
  file(STRINGS ${arenafuzz_root}/src/kernel/shim/forwarded_headers.txt headers REGEX "^[a-z]")
  foreach(header IN LISTS headers)
    set(to kernel.h)
    if(NOT header MATCHES "/")
      set(to internal.h)
    endif()
    file(CONFIGURE OUTPUT ${folder}/${header} CONTENT "#include \"src/kernel/shim/${to}\"\n")
  endforeach()
endfunction()

# arenafuzz_link_tree(TREE VIEW): links the files that are compiled; sets arena_source ("" if none)
# and tree_files in the caller.
function(arenafuzz_link_tree tree view)
  file(REMOVE_RECURSE ${view})
  set(files lib/genalloc.c include/linux/genalloc.h)
  set(arena "")
  foreach(candidate kernel/sched/ext_arena kernel/sched/ext/arena)
    if(NOT arena AND EXISTS ${tree}/${candidate}.c)
      set(arena ${candidate}.c)
      list(APPEND files ${candidate}.c)
      if(EXISTS ${tree}/${candidate}.h)
        list(APPEND files ${candidate}.h)
      endif()
    endif()
  endforeach()
  foreach(file IN LISTS files)
    if(NOT EXISTS ${tree}/${file})
      message(FATAL_ERROR "no ${file} in ${tree}: name the root of a kernel tree")
    endif()
    get_filename_component(folder ${view}/${file} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    file(CREATE_LINK ${tree}/${file} ${view}/${file} SYMBOLIC)
  endforeach()
  set(arena_source "${arena}" PARENT_SCOPE)
  set(tree_files "${files}" PARENT_SCOPE)
endfunction()

# Flags of the tree's C files: the kernel's dialect, the build's sanitizers, no host headers.
function(arenafuzz_kernel_flags name view)
  target_include_directories(${name} PRIVATE ${view}/include ${CMAKE_CURRENT_BINARY_DIR}/kernel-include
                                             ${arenafuzz_root})
  target_compile_options(
    ${name}
    PRIVATE -std=gnu11 -fno-strict-aliasing
            -fno-strict-overflow -fno-delete-null-pointer-checks -fno-omit-frame-pointer
            -Werror=implicit-function-declaration -Werror=implicit-int -Werror=int-conversion)
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PRIVATE -nostdlibinc)
  else()
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include OUTPUT_VARIABLE own
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    target_compile_options(${name} PRIVATE -nostdinc -isystem ${own} -ffreestanding)
  endif()
  # Last, since the last map that fits counts: the tree's files are named from its root.
  add_library(${name}_names INTERFACE)
  target_compile_options(${name}_names INTERFACE -ffile-prefix-map=${view}/=${arenafuzz_tree_name})
  if(ARENAFUZZ_OSS_FUZZ)
    arenafuzz_strip_paths(stripped ${view})
    target_compile_options(${name}_names INTERFACE ${stripped})
    if(CMAKE_C_FLAGS MATCHES "-fcoverage-mapping")
      target_compile_options(${name}_names INTERFACE -fcoverage-prefix-map=${view}/=${ARENAFUZZ_KERNEL_TREE}/)
    endif()
  endif()
  target_link_libraries(${name} PRIVATE arenafuzz_flags_KERNEL ${name}_names)
  if(ARENAFUZZ_CONSTANT_PAGE)
    target_compile_definitions(${name} PRIVATE ARENAFUZZ_CONSTANT_PAGE)
  endif()
endfunction()

# Undefined shifts and divisions in the arena pool's file are reported from a trap, so that the same
# input gives the same verdict: UBSan itself reports a line once a process (docs/design.md, One input,
# one verdict). Unsigned sums that wrap and values that are cut are defined, and common
# (`while (pages--)`, hashes): what comes of one that is a mistake is judged where it shows.
function(arenafuzz_arithmetic_flags name)
  if(NOT ARENAFUZZ_ARITHMETIC OR NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  set(checks shift,integer-divide-by-zero)
  target_compile_options(${name} PRIVATE -fsanitize=${checks} -fsanitize-trap=${checks}
                                         -ftrap-function=arenafuzz_kernel_arithmetic)
endfunction()

# arenafuzz_kernel_tree(NAME TREE ORIGIN GLUE)
#   NAME    an interface library of objects: the tree's files, our glue, and the tree's description
#   ORIGIN  a sentence for reports if the user named no tree, else empty
#   GLUE    the C file that calls the arena pool's functions; empty: src/kernel/arena_glue.c
function(arenafuzz_kernel_tree name tree origin glue)
  set(view ${CMAKE_CURRENT_BINARY_DIR}/${name}.view)
  arenafuzz_link_tree(${tree} ${view})
  arenafuzz_forward_kernel_headers(${CMAKE_CURRENT_BINARY_DIR}/kernel-include)
  set(named_glue "${glue}")
  if(NOT glue)
    set(glue ${arenafuzz_root}/src/kernel/arena_glue.c)
  endif()

  add_library(${name}_genalloc OBJECT ${view}/lib/genalloc.c
                                      ${arenafuzz_root}/src/kernel/gen_pool_glue.c)
  arenafuzz_kernel_flags(${name}_genalloc ${view})
  arenafuzz_gen_pool_features(${tree}/include/linux/genalloc.h features)
  target_compile_definitions(${name}_genalloc PRIVATE ${features})
  set(has_arena false)
  if(arena_source)
    set(has_arena true)
    add_library(${name}_arena OBJECT ${arenafuzz_root}/src/kernel/arena_unit.c)
    string(REGEX REPLACE "c$" "h" header ${arena_source})
    target_compile_definitions(
      ${name}_arena PRIVATE ARENAFUZZ_ARENA_SOURCE="${view}/${arena_source}"
                            ARENAFUZZ_ARENA_GLUE="${glue}")
    if(EXISTS ${view}/${header})
      target_compile_definitions(${name}_arena PRIVATE ARENAFUZZ_ARENA_HEADER="${view}/${header}")
    endif()
    arenafuzz_arithmetic_flags(${name}_arena)
  else()
    add_library(${name}_arena OBJECT ${arenafuzz_root}/src/kernel/no_arena.c)
  endif()
  arenafuzz_kernel_flags(${name}_arena ${view})

  set(info ${CMAKE_CURRENT_BINARY_DIR}/${name}_info.cc)
  set(members ${view}/include/arenafuzz_scx_sched_members.h)
  set(arithmetic false)
  if(ARENAFUZZ_ARITHMETIC AND has_arena AND CMAKE_C_COMPILER_ID STREQUAL "Clang")
    set(arithmetic true)
  endif()
  set(constant false)
  if(ARENAFUZZ_CONSTANT_PAGE)
    set(constant true)
  endif()
  string(REPLACE ";" "," files "${tree_files}")
  string(REPLACE ";" "," set_configs "${arenafuzz_set_configs}")
  set(describe
      ${CMAKE_COMMAND} -DTREE=${tree} -DORIGIN=${origin} -DGLUE=${named_glue}
      -DFILES=${files} -DOUT=${info} -DMEMBERS=${members} -DNAMELESS=${ARENAFUZZ_OSS_FUZZ}
      -DHAS_ARENA=${has_arena} -DARITHMETIC=${arithmetic} -DCONSTANT_PAGE=${constant} -DSET_CONFIGS=${set_configs}
      -P ${arenafuzz_root}/cmake/kernel_tree_info.cmake)
  execute_process(COMMAND ${describe} COMMAND_ERROR_IS_FATAL ANY)
  # A file that was put back, or is of another tree, may be older than its object: what is compiled hangs
  # on the sums of the files, which change with them.
  set_property(SOURCE ${view}/lib/genalloc.c ${arenafuzz_root}/src/kernel/gen_pool_glue.c
                      ${arenafuzz_root}/src/kernel/arena_unit.c
               APPEND PROPERTY OBJECT_DEPENDS ${info})
  add_custom_target(${name}_describe COMMAND ${describe} BYPRODUCTS ${info} ${members} VERBATIM
                    COMMENT "Describing the kernel tree")
  add_library(${name}_description OBJECT ${info})
  foreach(part description arena genalloc)
    add_dependencies(${name}_${part} ${name}_describe)
  endforeach()
  target_link_libraries(${name}_description PRIVATE arenafuzz_flags_TOOL)
  # Objects, not an archive: the harness calls into them, and they call into the seams.
  add_library(${name} INTERFACE)
  target_sources(${name} INTERFACE $<TARGET_OBJECTS:${name}_genalloc>
                                   $<TARGET_OBJECTS:${name}_arena>
                                   $<TARGET_OBJECTS:${name}_description>)
endfunction()

# arenafuzz_kernel_default: tests/fixtures' arena pool over the lib/genalloc.c of Debian's
# linux-source-6.12 where that is installed, else over the one of tests/fixtures.
function(arenafuzz_default_tree)
  set(folder ${PROJECT_BINARY_DIR}/default-kernel-tree)
  execute_process(COMMAND ${arenafuzz_root}/src/kernel/default_tree.sh ${folder}
                  OUTPUT_VARIABLE origin OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  arenafuzz_kernel_tree(arenafuzz_kernel_default ${folder} "${origin}" "")
  target_link_libraries(arenafuzz_kernel_default INTERFACE arenafuzz_harness)
endfunction()
