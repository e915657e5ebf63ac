// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/summary.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>

#include "fuzz/base/number_text.h"
#include "fuzz/base/quoting.h"
#include "fuzz/harness/verdict/title.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/version.h"
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kProgramLines = 60;  // of a program; the file has all

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

Json kernel_tree_json(const KernelChoice& choice) {
  if (!choice.kernel) return nullptr;
  Json files;
  for (int i = 0; i < kernel_tree_info.file_count; ++i)
    files[kernel_tree_info.files[i].path] = kernel_tree_info.files[i].sha256;
  return {{"folder", kernel_tree_info.folder},
          {"origin", kernel_tree_info.origin},
          {"describe", kernel_tree_info.describe},
          {"dirty", kernel_tree_info.dirty},
          {"sha256", files}};
}

void print_indented(std::FILE* stream, const std::string& text) {
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (lines++ < kProgramLines)
      fmt::print(stream, "  {}\n", printable(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  if (lines > kProgramLines) fmt::print(stream, "  ... {} lines more\n", lines - kProgramLines);
}

}  // namespace

FuzzSummary::FuzzSummary(const FuzzPlan& plan, const Findings& findings, const FuzzRun& run)
    : plan_(plan),
      totals_(run.totals()),
      interrupted_(run.interrupted()),
      stop_signal_(run.stop_signal()),
      earlier_(findings.earlier()),
      old_(findings.old()),
      first_seen_(run.first_seen()),
      warnings_(run.warnings()) {
  for (KeptFinding& finding : findings.found())
    (finding_fails(plan.options(), finding) ? found_ : changes_).push_back(std::move(finding));
  causes_ = by_cause(found_, run.details());
  changed_ = by_cause(changes_, run.details());
}

bool FuzzSummary::is_known(const KeptFinding& finding) const {
  return plan_.options().known.knows(finding.signature);
}

// Programs with findings of which none was kept. Those that came before the baseline was asked do
// not count where something old was found.
bool FuzzSummary::lost_findings() const {
  const bool compared = !plan_.options().kernel.baseline.empty();
  return found_.empty() && totals_.programs_with_findings != 0 && !(compared && !old_.empty());
}

int FuzzSummary::exit_code() const {
  const bool clean = found_.empty() && !lost_findings() && totals_.deaths_without_report == 0;
  if (!clean) return kFound;
  return not_clean().empty() ? kClean : kUnusable;
}

// Ctrl-C is what a user wants; what else ends a run before its time is a job that was taken away.
std::string FuzzSummary::not_clean() const {
  if (totals_.executions == 0)
    return "nothing was run: leave out what keeps the engine from it, or give it time";
  if (stop_signal_ == 0 || stop_signal_ == SIGINT || plan_.options().seconds == 0) return "";
  return "the run was stopped before its time: run it again";
}

// Programs that show old findings, or findings that turned out to be old.
std::uint64_t FuzzSummary::programs_with_old() const {
  return totals_.programs_with_old + (found_.empty() ? totals_.programs_with_findings : 0);
}

std::string FuzzSummary::replay_line(const KeptFinding& finding) const {
  const bool by_bytes = !plan_.options().target->runs_programs() && !finding.artifact.empty();
  return plan_.replay_line(by_bytes ? finding.artifact : finding.file);
}

void FuzzSummary::print_totals(std::FILE* stream) const {
  fmt::print(stream, "\nsummary of target {}{}\n", plan_.options().target->name,
             interrupted_ ? ", interrupted" : "");
  fmt::print(stream, "  time         {}\n", time_text(totals_.seconds));
  if (stop_signal_ != 0)
    fmt::print(
        stream, "  stopped      by SIG{} after {:.0f} s{}\n", sigabbrev_np(stop_signal_),
        totals_.seconds,
        plan_.options().seconds == 0 ? "" : fmt::format(" of {} s", plan_.options().seconds));
  const std::string why = not_clean();
  if (!why.empty()) fmt::print(stream, "  no verdict   {}\n", why);
  fmt::print(stream, "  executions   {} ({}/s)\n", count_text(totals_.executions),
             rate_text(per_second(totals_.executions, totals_.seconds)));
  if (plan_.options().engine != EngineChoice::kLibFuzzer)
    fmt::print(stream,
               "  engines      libFuzzer {} executions; AFL++ {} executions, {} edges, corpus {} "
               "inputs, {} imported, stability {:.1f}%\n",
               count_text(totals_.executions - totals_.afl_executions),
               count_text(totals_.afl_executions), totals_.afl_edges, totals_.afl_corpus,
               totals_.afl_imported, totals_.afl_stability);
  fmt::print(stream, "  operations   {} ({}/s), {} skipped\n", count_text(totals_.operations),
             rate_text(per_second(totals_.operations, totals_.seconds)),
             count_text(totals_.skipped));
  fmt::print(stream, "  coverage     {} edges, corpus {} inputs\n", totals_.coverage,
             totals_.corpus);
  fmt::print(stream, "  faults fired");
  for (int site = 0; site < kFaultSiteCount; ++site)
    fmt::print(stream, " {} {}{}", fault_site_name(static_cast<FaultSite>(site)),
               count_text(totals_.faults_fired[site]), site + 1 < kFaultSiteCount ? "," : "\n");
  fmt::print(stream, "  memory       {} MiB at most in a job\n", totals_.peak_kib >> 10);
  for (const Counter& counter : kCounters)
    if (*counter.line != '\0' && totals_.*counter.total != 0)
      fmt::print(stream, "  {}\n",
                 fmt::format(fmt::runtime(counter.line), count_text(totals_.*counter.total)));
  if (!old_.empty())
    fmt::print(stream, "  old          {} distinct, in {} programs; {} shows them too\n",
               old_.size(), count_text(programs_with_old()),
               shell_quoted(plan_.options().kernel.baseline));
  if (!changes_.empty())
    fmt::print(stream, "  changes      {} distinct, in {} programs with nothing else\n",
               changes_.size(), count_text(totals_.programs_with_changes));
  const std::string causes = found_.empty() ? ""
                                            : fmt::format(" of likely {} {}", causes_.size(),
                                                          causes_.size() == 1 ? "cause" : "causes");
  fmt::print(stream, "  findings     {} distinct{}, in {} programs", found_.size(), causes,
             count_text(found_.empty() && !lost_findings() ? 0 : totals_.programs_with_findings));
  if (totals_.deaths != 0) fmt::print(stream, "; jobs died {} times", totals_.deaths);
  fmt::print(stream, "\n");
}

void FuzzSummary::print_finding(std::FILE* stream, const KeptFinding& finding,
                                const std::string& title) const {
  fmt::print(stream, "\n{}\n", title);
  fmt::print(stream, "{}program\n", printable(with_version(finding.facts), true));
  print_indented(stream, finding.program);
  fmt::print(stream, "replay it:  {}\n", replay_line(finding));
}

// Each signature with its whole report.
void FuzzSummary::print_all(std::FILE* stream) const {
  for (std::size_t i = 0; i < changes_.size(); ++i)
    print_finding(stream, changes_[i], fmt::format("change {} of {}", i + 1, changes_.size()));
  for (std::size_t i = 0; i < found_.size(); ++i)
    print_finding(stream, found_[i], fmt::format("finding {} of {}", i + 1, found_.size()));
}

void FuzzSummary::print_causes(std::FILE* stream) const {
  if (!changed_.empty()) fmt::print(stream, "\nchanges, which are no failure without --strict:\n");
  for (const FindingCause& cause : changed_)
    fmt::print(stream, "  {}: {}\n", finding_title(cause[0].signature), replay_line(cause[0]));
  if (causes_.empty()) return;
  print_cause_table(stream, causes_, first_seen_);
  std::size_t number = 0;
  for (const FindingCause& cause : causes_)
    print_cause(stream, fmt::format("cause {}", ++number), cause, replay_line(cause[0]));
}

void FuzzSummary::print(std::FILE* stream) const {
  print_totals(stream);
  if (plan_.options().verbose) print_all(stream);
  print_causes(stream);
  if (!old_.empty()) {
    fmt::print(stream, "\nold, since the baseline shows them too ({}):\n", old_.size());
    for (const KeptFinding& finding : old_)
      fmt::print(stream, "  {}\n", shell_quoted(finding.file));
  }
  if (!earlier_.empty()) {
    fmt::print(stream, "\nfrom earlier runs, not found again ({}):\n", earlier_.size());
    for (const KeptFinding& finding : earlier_)
      fmt::print(stream, "  {}{}\n", shell_quoted(finding.file),
                 is_known(finding) ? "  (known)" : "");
  }
  for (const std::string& warning : warnings_) fmt::print(stream, "\nwarning: {}\n", warning);
  if (lost_findings())
    fmt::print(stream, "\nwarning: findings could not be kept: see {}\n",
               shell_quoted(plan_.out("logs")));
  for (const std::string& note : notes_) fmt::print(stream, "\n{}\n", note);
  const std::string unused = plan_.options().known.unused_sentence();
  if (!unused.empty()) fmt::print(stream, "\n{}\n", unused);
  const int code = exit_code();
  const char* verdict = code == kClean      ? "clean"
                        : !found_.empty()   ? "FINDINGS"
                        : code == kUnusable ? "no verdict"
                                            : "FAILED";
  fmt::print(stream, "\n{}: {}\n", verdict,
             known_file_.empty() || (found_.empty() && changes_.empty())
                 ? fmt::format("everything is in {}", shell_quoted(plan_.options().out))
                 : fmt::format("signatures are in {}", shell_quoted(known_file_)));
  std::fflush(stream);
}

// Its number in the table, from 1; null: it is none of these.
Json FuzzSummary::cause_of(const KeptFinding& finding) const {
  for (std::size_t i = 0; i < causes_.size(); ++i)
    for (const KeptFinding& one : causes_[i])
      if (one.signature == finding.signature) return i + 1;
  return nullptr;
}

Json FuzzSummary::list_json(const std::vector<KeptFinding>& findings) const {
  Json out = Json::array();
  for (const KeptFinding& finding : findings)
    out.push_back({{"signature", finding.signature},
                   {"title", finding_title(finding.signature)},
                   {"likely_cause", cause_of(finding)},
                   {"known", is_known(finding)},
                   {"tier", finding.tier},
                   {"reach", finding.reach},
                   {"file", finding.file},
                   {"report", with_version(finding.facts)},
                   {"program", finding.program},
                   {"replay", replay_line(finding)}});
  return out;
}

void FuzzSummary::print_json() const {
  Json faults;
  for (int site = 0; site < kFaultSiteCount; ++site)
    faults[fault_site_name(static_cast<FaultSite>(site))] = totals_.faults_fired[site];
  Json object{
      {"command", "fuzz"},
      {"version", kSourceVersion},
      {"backend", backend_name(plan_.options().target, plan_.options().kernel)},
      {"kernel_tree", kernel_tree_json(plan_.options().kernel)},
      {"engine", engine_name(plan_.options().engine)},
      {"target", plan_.options().target->name},
      {"seed", plan_.seed()},
      {"jobs", plan_.options().jobs},
      {"build", build_text()},
      {"command_line", command_line(plan_.command(0, plan_.options().seconds))},
      {"interrupted", interrupted_},
      {"stopped_by",
       stop_signal_ == 0 ? Json() : Json(fmt::format("SIG{}", sigabbrev_np(stop_signal_)))},
      {"no_verdict", not_clean().empty() ? Json() : Json(not_clean())},
      {"seconds", totals_.seconds},
      {"afl_stability", totals_.afl_stability},
      {"operations_per_second", per_second(totals_.operations, totals_.seconds)},
      {"faults_fired", faults},
      {"peak_mib", totals_.peak_kib >> 10},
      {"findings", list_json(found_)},
      {"likely_causes", causes_.size()},
      {"changes", list_json(changes_)},
      {"earlier", list_json(earlier_)},
      {"baseline",
       plan_.options().kernel.baseline.empty() ? Json() : Json(plan_.options().kernel.baseline)},
      {"old", list_json(old_)},
      {"programs_with_old", old_.empty() ? 0 : programs_with_old()},
      {"known_not_met", plan_.options().known.unused_json()},
      {"known_file", known_file_.empty() ? Json() : Json(known_file_)},
      {"warnings", warnings_},
      {"out", plan_.options().out},
      {"exit", exit_code()}};
  for (const Counter& counter : kCounters)
    if (counter.shown != Shown::kInside) object[counter.name] = totals_.*counter.total;
  fmt::print("{}\n", object.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace arenafuzz
