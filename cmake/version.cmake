# SPDX-License-Identifier: GPL-2.0-only
# cmake -DSOURCE=.. -DOUT=.. -P: writes what `arenafuzz --version` says of the source, only if it
# changed. The index is not refreshed: a build by one user must not write into another's checkout.
set(ENV{GIT_OPTIONAL_LOCKS} 0)
foreach(name GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE)
  unset(ENV{${name}})
endforeach()
set(version "no git")
find_program(git git)
if(git)
  execute_process(COMMAND ${git} -c safe.directory=* -c core.fsmonitor=false -C "${SOURCE}"
                          describe --always --tags --dirty --abbrev=12
                  OUTPUT_VARIABLE found ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(found)
    set(version "${found}")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
// Written by cmake/version.cmake.
#include "fuzz/session/version.h"

namespace arenafuzz {
const char* const kSourceVersion = "@version@";
}  // namespace arenafuzz
]])
