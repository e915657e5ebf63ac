# SPDX-License-Identifier: GPL-2.0-only
# cmake -DTREE=.. -DFILES=a,b -DOUT=.. [...] -P: writes the tree's description as C++ (tree_info.h),
# only if it changed. Never writes into the tree, and runs nothing of its repository's: no command
# below reads the index (which would start core.fsmonitor) or a file through filters, no hook belongs
# to them, and none may fetch. Whoever owns the tree, it is only looked at.
set(ENV{GIT_OPTIONAL_LOCKS} 0)
set(ENV{GIT_ALLOW_PROTOCOL} none)
set(ENV{GIT_NO_LAZY_FETCH} 1)
foreach(name GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR)
  unset(ENV{${name}})
endforeach()
string(REPLACE "," ";" FILES "${FILES}")
string(REPLACE "," ";" SET_CONFIGS "${SET_CONFIGS}")
if(MEMBERS)
  include(${CMAKE_CURRENT_LIST_DIR}/kernel_tree_members.cmake)
  arenafuzz_write_members("${TREE}" "${FILES}" "${MEMBERS}")
endif()
set(named "${TREE}")
if(IS_SYMLINK ${TREE})
  file(READ_SYMLINK ${TREE} named)  # what the user wrote, made absolute
endif()
if(IS_SYMLINK "${GLUE}")
  file(READ_SYMLINK "${GLUE}" GLUE)
endif()
# What is compiled hangs on this description (kernel_tree.cmake): it changes with the glue too.
set(glue_sum "none of the user's")
if(GLUE)
  file(SHA256 "${GLUE}" glue_sum)
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
function(ask_git variable) # WORD...
  execute_process(COMMAND ${git} -c safe.directory=* -c core.fsmonitor=false
                          -c core.hooksPath=/dev/null -C "${real}" ${ARGN}
                  OUTPUT_VARIABLE said ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${variable} "${said}" PARENT_SCOPE)
endfunction()
if(git)
  ask_git(top rev-parse --show-toplevel)
  if(top STREQUAL real)
    ask_git(found describe --always --tags)
    if(found)
      set(describe "${found}")
    endif()
    foreach(file IN LISTS FILES)
      # Where it really lies: a folder of the tree may be a link to another.
      file(REAL_PATH "${real}/${file}" target)
      file(RELATIVE_PATH inside "${real}" "${target}")
      ask_git(committed rev-parse --verify --quiet "HEAD:${inside}")
      ask_git(present hash-object --no-filters -- "${file}")
      if(NOT committed STREQUAL present)
        set(dirty true)
      endif()
    endforeach()
  endif()
endif()

function(escape variable)
  string(REPLACE "\\" "\\\\" value "${${variable}}")
  string(REPLACE "\"" "\\\"" value "${value}")
  string(REPLACE "\n" "\\n" value "${value}")
  set(${variable} "${value}" PARENT_SCOPE)
endfunction()
escape(named)
escape(ORIGIN)
escape(GLUE)
escape(describe)
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
// Written by cmake/kernel_tree_info.cmake. Glue: @glue_sum@.
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
