// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/renamed_signatures.h"

namespace arenafuzz {

std::span<const RenamedSignature> renamed_signatures() {
  // Nothing was renamed yet: the first row makes this an array.
  return {};
}

}  // namespace arenafuzz
