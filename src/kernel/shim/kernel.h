/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All of the shim: what every forwarded <linux/...> header stands for.
 *
 *   lib/genalloc.c --<linux/slab.h> and others (generated)--> this file --> src/kernel/seam.h
 *
 * Purpose   A tree's file finds everything whichever of the kernel's headers it names; a name that
 *           the shim lacks ends in the compiler's message. forwarded_headers.txt lists the headers.
 */
#ifndef ARENAFUZZ_SRC_KERNEL_SHIM_KERNEL_H_
#define ARENAFUZZ_SRC_KERNEL_SHIM_KERNEL_H_

#include "src/kernel/shim/arena.h"
#include "src/kernel/shim/atomic.h"
#include "src/kernel/shim/bits.h"
#include "src/kernel/shim/bug.h"
#include "src/kernel/shim/compiler.h"
#include "src/kernel/shim/device.h"
#include "src/kernel/shim/list.h"
#include "src/kernel/shim/locks.h"
#include "src/kernel/shim/math.h"
#include "src/kernel/shim/memory.h"
#include "src/kernel/shim/steps.h"
#include "src/kernel/shim/types.h"

#endif /* ARENAFUZZ_SRC_KERNEL_SHIM_KERNEL_H_ */
