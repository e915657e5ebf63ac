// SPDX-License-Identifier: GPL-2.0-only
#include "src/pool/atomics.h"
#include "src/pool/context.h"

namespace arenafuzz {

constinit thread_local atomics::ThreadHooks atomics::hooks{};
constinit thread_local ContextDepth context_depth{};

}  // namespace arenafuzz
