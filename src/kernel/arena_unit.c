/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The translation unit of the arena pool's file: what must precede it, the file, then our glue.
 *
 *   shim --> <linux/genalloc.h> of the tree --> ARENAFUZZ_ARENA_HEADER --> ..._SOURCE --> ..._GLUE
 *
 * Purpose   In its first layout the file has no includes of its own. The build passes the three as
 *           -DARENAFUZZ_ARENA_...="\"name\"": symlinks in the build folder, and arena_glue.c or the
 *           user's --glue FILE. A tree without the header leaves that one out. The glue is in
 *           this unit so that it may also reach static functions.
 */
#include "src/kernel/shim/internal.h"

/* After the shim. */
#include <linux/genalloc.h>

#ifdef ARENAFUZZ_ARENA_HEADER
#include ARENAFUZZ_ARENA_HEADER
#endif
#include ARENAFUZZ_ARENA_SOURCE
#include ARENAFUZZ_ARENA_GLUE
