# SPDX-License-Identifier: GPL-2.0-only
# arenafuzz_write_members(TREE FILES OUT): members of the kernel's struct scx_sched that the arena
# pool's files of TREE use and the shim does not have, as lines of C. Their types come from how they
# are used, for the struct itself is in a header of the tree that is not compiled: locks, atomics and
# lists. What has another type ends in the compiler's message.

function(arenafuzz_write_members tree files out)
  set(text "")
  foreach(file IN LISTS files)
    if(file MATCHES "^kernel/")
      file(READ "${tree}/${file}" part)
      string(APPEND text "${part}\n")
    endif()
  endforeach()
  # Lists in CMake end at these.
  string(REGEX REPLACE "[][;]" " " text "${text}")
  # The variables that are schedulers.
  string(REGEX MATCHALL "struct scx_sched[ \t]*[*][ \t]*[A-Za-z_0-9]+" schedulers "${text}")
  list(TRANSFORM schedulers REPLACE ".*[* \t]" "")
  list(REMOVE_DUPLICATES schedulers)
  set(types
      "struct mutex|mutex_[a-z_]+|guard[(]mutex[)]|scoped_guard[(]mutex,|guard[(]mutex_[a-z]+[)]"
      "raw_spinlock_t|raw_spin_[a-z_]+|guard[(]raw_spinlock[a-z_]*[)]|scoped_guard[(]raw_spinlock[a-z_]*,"
      "spinlock_t|spin_[a-z_]+|guard[(]spinlock[a-z_]*[)]|scoped_guard[(]spinlock[a-z_]*,"
      "struct rw_semaphore|init_rwsem|down_[a-z_]+|up_read|up_write"
      "atomic_long_t|atomic_long_[a-z_]+"
      "atomic64_t|atomic64_[a-z_]+"
      "atomic_t|atomic_[a-z_]+"
      "struct list_head|INIT_LIST_HEAD|list_[a-z_]+"
      "struct mutex|lockdep_assert_[a-z_]+|lockdep_is_held|lockdep_assert[(]lockdep_is_held")
  set(known arena_map arena_pool arena_kern_base)
  set(lines "")
  foreach(row IN LISTS types)
    string(FIND "${row}" "|" bar)
    string(SUBSTRING "${row}" 0 ${bar} type)
    math(EXPR bar "${bar} + 1")
    string(SUBSTRING "${row}" ${bar} -1 uses)
    foreach(scheduler IN LISTS schedulers)
      string(REGEX MATCHALL "(${uses})[ \t]*[(]?[^()&\n]*&${scheduler}->[A-Za-z_0-9]+" found "${text}")
      foreach(use IN LISTS found)
        string(REGEX REPLACE ".*->" "" member "${use}")
        list(FIND known ${member} at)
        if(at EQUAL -1)
          list(APPEND known ${member})
          string(APPEND lines "${type} ${member};\n")
        endif()
      endforeach()
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT "${out}" CONTENT "${lines}" @ONLY)
endfunction()
