// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to the minimizer: the best program so far, and the passes that try simpler ones.
// Errors: none. Threads: one. Source: minimizer.h.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_SEARCH_H_
#define ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_SEARCH_H_

#include <string>
#include <unordered_set>
#include <vector>

#include "fuzz/triage/minimize/minimized.h"
#include "fuzz/triage/minimize/probe.h"

namespace arenafuzz {

class Search {
 public:
  Search(Probe& probe, std::string signature, MinimizeWatch& watch);

  // Takes the program as the first best one; false if it does not show the signature.
  bool begin(const Program& program);
  const Program& best() const { return result_.program; }
  // The best program's own run.
  const ProbeResult& shown() const { return shown_; }
  const std::string& signature() const { return signature_; }
  // Repairs the candidate; true if it is simpler and shows the signature: it is then the best.
  bool attempt(Program candidate);
  bool stopped() const { return stopped_; }
  // At the end.
  Minimized finish();

 private:
  bool is_new(const Program& candidate);
  bool run(const Program& candidate);

  Probe* probe_;
  std::string signature_;
  MinimizeWatch* watch_;
  Minimized result_;
  ProbeResult shown_;
  bool stopped_ = false;
  // Programs that did not show it, encoded: a verdict never changes (docs/design.md, One input, one
  // verdict).
  std::unordered_set<std::string> tried_;
  std::vector<std::uint8_t> bytes_;
};

// Each tries all it knows of, once.
void drop_operations(Search& search);
void simplify_faults(Search& search);
void simplify_header(Search& search);
void shrink_numbers(Search& search);
void reorder(Search& search);
void rename(Search& search);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_MINIMIZE_SEARCH_H_
