# SPDX-License-Identifier: GPL-2.0-only
# What the gen_pool of a kernel tree has, by what its header declares: src/kernel/gen_pool_glue.c is
# compiled without the rest. Linux 4.5 has no owners, 4.19 no alloc with an owner, 5.x calls
# gen_pool_has_addr by its former name.

# arenafuzz_gen_pool_features(HEADER OUT): definitions HAS_x for each x that the header declares.
function(arenafuzz_gen_pool_features header out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
  file(READ ${header} text)
  string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" " " text "${text}")
  set(definitions "")
  foreach(name add_virt add_owner alloc_algo alloc_owner alloc_algo_owner free_owner has_addr set_algo
               virt_to_phys first_fit_align first_fit_order_align best_fit fixed_alloc dma_alloc
               dma_alloc_algo dma_alloc_align dma_zalloc dma_zalloc_algo dma_zalloc_align)
    if(text MATCHES "[^a-z_]gen_pool_${name}[ \t\n]*\\(")
      list(APPEND definitions HAS_gen_pool_${name})
    endif()
  endforeach()
  if(text MATCHES "[^a-z_]addr_in_gen_pool[ \t\n]*\\(")
    list(APPEND definitions HAS_addr_in_gen_pool)
  endif()
  if(text MATCHES "devm_gen_pool_create[ \t\n]*\\([^)]*char[^)]*\\)" AND text MATCHES "[^a-z_]gen_pool_get[ \t\n]*\\([^)]*char")
    list(APPEND definitions HAS_devm_gen_pool_create_of_a_name)
  endif()
  set(${out} "${definitions}" PARENT_SCOPE)
endfunction()
