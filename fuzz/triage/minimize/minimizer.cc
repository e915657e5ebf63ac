// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/minimizer.h"

#include "fuzz/triage/minimize/search.h"

namespace arenafuzz {

Minimized minimize(Probe& probe, const Program& program, const std::string& signature,
                   MinimizeWatch& watch) {
  Search search(probe, signature, watch);
  if (search.begin(program)) {
    for (bool changed = true; changed && !search.stopped();) {
      const Program before = search.best();
      drop_operations(search);
      simplify_faults(search);
      simplify_header(search);
      shrink_numbers(search);
      reorder(search);
      rename(search);
      changed = !(before == search.best());
    }
  }
  return search.finish();
}

}  // namespace arenafuzz
