# SPDX-License-Identifier: GPL-2.0-only
# cmake -DTREE=.. -DFILES=a,b -DOUT=.. [...] -P: writes the tree's description as C++ (tree_info.h),
# only if it changed. Never writes into the tree: git must not even refresh its index.
set(ENV{GIT_OPTIONAL_LOCKS} 0)
string(REPLACE "," ";" FILES "${FILES}")
string(REPLACE "," ";" SET_CONFIGS "${SET_CONFIGS}")
set(named "${TREE}")
if(IS_SYMLINK ${TREE})
  file(READ_SYMLINK ${TREE} named)  # what the user wrote, made absolute
endif()
if(NAMELESS)
  get_filename_component(named ${TREE} NAME)  # OSS-Fuzz: no path of the build in a binary
endif()
set(rows "")
set(configs "")
set(count 0)
set(first "")
foreach(file IN LISTS FILES)
  file(SHA256 ${TREE}/${file} sum)
  string(APPEND rows "    {\"${file}\", \"${sum}\"},\n")
  math(EXPR count "${count} + 1")
  file(STRINGS ${TREE}/${file} lines REGEX "^[ \t]*#.*CONFIG_[A-Z0-9_]+|IS_ENABLED\\(")
  foreach(line IN LISTS lines)
    string(REGEX MATCHALL "CONFIG_[A-Z0-9_]+" names "${line}")
    list(APPEND configs ${names})
  endforeach()
endforeach()
if(configs)
  list(REMOVE_DUPLICATES configs)
  list(REMOVE_ITEM configs ${SET_CONFIGS})
  list(SORT configs)
endif()
string(REPLACE ";" " " configs "${configs}")

# The repository that holds the files: where they are links, that of what they point to.
file(REAL_PATH ${TREE} real)
set(describe "no git")
set(dirty false)
find_program(git git)
if(git)
  execute_process(COMMAND ${git} -C ${real} rev-parse --show-toplevel
                  OUTPUT_VARIABLE top ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(top STREQUAL real)
    execute_process(COMMAND ${git} -C ${real} describe --always --tags
                    OUTPUT_VARIABLE found ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    execute_process(COMMAND ${git} -C ${real} status --porcelain -- ${FILES}
                    OUTPUT_VARIABLE changes ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(found)
      set(describe "${found}")
    endif()
    if(changes)
      set(dirty true)
    endif()
  endif()
endif()

function(escape variable)
  string(REPLACE "\\" "\\\\" value "${${variable}}")
  string(REPLACE "\"" "\\\"" value "${value}")
  set(${variable} "${value}" PARENT_SCOPE)
endfunction()
escape(named)
escape(ORIGIN)
escape(GLUE)
escape(describe)
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
// Written by cmake/kernel_tree_info.cmake.
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {
constexpr KernelTreeFile kFiles[] = {
@rows@};
}  // namespace
extern const KernelTreeInfo kernel_tree_info;
const KernelTreeInfo kernel_tree_info = {"@named@", "@ORIGIN@", "@GLUE@",
    "@describe@", @dirty@, @HAS_ARENA@,
    @ARITHMETIC@, @CONSTANT_PAGE@, "@configs@", kFiles, @count@};
}  // namespace arenafuzz
]])
