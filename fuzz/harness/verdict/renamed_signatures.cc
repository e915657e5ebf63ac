// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/renamed_signatures.h"

namespace arenafuzz {

std::span<const RenamedSignature> renamed_signatures() {
  static constexpr RenamedSignature kRows[] = {
      // A sum that wraps and a value that is cut are no findings any more; what is left of these,
      // shifts and divisions, says so.
      {"arithmetic.*.none.wrapped-or-truncated", "arithmetic.*.none.undefined"},
      {"change.*.none.wrapped-or-truncated", "change.*.none.undefined"},
  };
  return kRows;
}

}  // namespace arenafuzz
