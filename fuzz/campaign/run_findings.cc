// SPDX-License-Identifier: GPL-2.0-only
//
// The part of FuzzRun that is about what was found: reported at once, compared with the baseline,
// minimized.
#include <fmt/format.h>

#include <algorithm>

#include "fuzz/base/quoting.h"
#include "fuzz/campaign/run.h"
#include "fuzz/harness/verdict/title.h"
#include "fuzz/session/cluster.h"

namespace arenafuzz {
namespace {

// How long the baseline is asked, and findings are minimized, when the jobs have ended.
constexpr double kJudgeSeconds = 600;
constexpr double kShortenSeconds = 10;
constexpr double kQuickShortenSeconds = 0.7;  // --stop-at-first
constexpr double kInterruptedSeconds = 0.3;

}  // namespace

bool FuzzRun::found_any() const {
  if (plan_.options().kernel.baseline.empty())
    return totals_.programs_with_findings + totals_.deaths != 0;
  const std::vector<KeptFinding> found = findings_.found();
  return std::any_of(found.begin(), found.end(), [this](const KeptFinding& finding) {
    return finding_fails(plan_.options(), finding);
  });
}

void FuzzRun::judge_the_rest() {
  const double until = elapsed() + (interrupts_ != 0 ? kInterruptedSeconds : kJudgeSeconds);
  while (judge_.busy() && elapsed() < until) {
    const int interrupts = interrupts_;
    judge_.poll(kJudgeMs);
    wait_for_signal(0);
    if (interrupts_ != interrupts) break;
  }
  judge_.give_up();
  if (!judge_.problem().ok()) warn(judge_.problem().sentence);
}

void FuzzRun::shorten_the_rest() {
  const bool quick = plan_.options().stop_at_first;
  const double until = elapsed() + (interrupts_ != 0 ? kInterruptedSeconds
                                    : quick          ? kQuickShortenSeconds
                                                     : kShortenSeconds);
  if (shortener_.busy())
    fmt::print(stream_, "minimizing what was found, {:.0f} s at the most\n", until - elapsed());
  std::fflush(stream_);
  while (shortener_.busy() && elapsed() < until) {
    const int interrupts = interrupts_;
    shortener_.poll_rest(kJudgeMs);
    wait_for_signal(0);
    if (interrupts_ != interrupts) break;
  }
  shortener_.give_up();
}

void FuzzRun::tell_new_findings() {
  for (const std::string& signature : findings_.found_signatures()) {
    if (!first_seen_.emplace(signature, elapsed()).second) continue;
    if (plan_.options().kernel.kernel && !plan_.options().strict &&
        signature.starts_with("change."))
      continue;
    const bool like_another =
        std::any_of(first_seen_.begin(), first_seen_.end(), [&signature](const auto& other) {
          return other.first != signature &&
                 (same_complaint(other.first, signature) || same_cluster(other.first, signature));
        });
    if (!like_another)
      fmt::print(stream_, "{}found: {} ({})\n", terminal_ ? "\r\x1b[K" : "",
                 finding_title(signature), plan_.out("findings/" + signature + ".txt"));
  }
  std::fflush(stream_);
}

// Which lines of the user's files the jobs met.
void FuzzRun::note_known() {
  const KnownFindings& known = plan_.options().known;
  for (std::size_t line = 0; line < known.size(); ++line) {
    const bool tracked = line < TargetStats::kKnownTracked;
    if (!tracked || std::any_of(jobs_.begin(), jobs_.end(), [line](const auto& job) {
          return job->stats().known_met[line].load();
        }))
      known.mark_used(line);
  }
}

}  // namespace arenafuzz
