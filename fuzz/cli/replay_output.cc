// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/replay_output.h"

#include <fmt/format.h>

#include <numeric>

#include "fuzz/base/quoting.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/version.h"

namespace arenafuzz::cli {
namespace {

std::string hash_text(const FileResult& result) { return fmt::format("{:016x}", result.hash); }

Json to_json(const ShownFinding& finding) {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return {{"signature", finding.signature},
          {"known", finding.known},
          {"old", finding.old},
          {"fails", finding.fails},
          {"tier", finding.tier},
          {"meaning", finding.meaning},
          {"oracle", finding.oracle},
          {"reach", finding.reach},
          {"operation", or_null(finding.operation)},
          {"position", finding.position},
          {"expected", finding.expected},
          {"got", finding.got},
          {"report", or_null(finding.report)},
          {"facts", or_null(finding.facts)},
          {"where", places_json(finding.place.lines)},
          {"where_is_last_call", finding.place.last_call},
          {"no_line", or_null(finding.place.no_line)}};
}

Json to_json(const ShownFault& fault) {
  return {{"site", fault.site},       {"call", fault.call},     {"operation", fault.operation},
          {"cause", fault.cause},     {"amount", fault.amount}, {"unit", fault.unit},
          {"backtrace", fault.frames}};
}

// A '#' in a KTAP description would begin a directive.
std::string ktap_name(const std::string& name) {
  std::string out;
  for (const char character : shell_quoted(name))
    out += character == '#' ? std::string("\\#") : std::string(1, character);
  return out;
}

}  // namespace

ReplayOutput::ReplayOutput(const ReplayOptions& options, std::size_t files, std::size_t passed_over)
    : options_(options),
      files_(files),
      passed_over_(passed_over),
      stream_(options.json || options.ktap ? stderr : stdout),
      results_(std::make_unique<Json>(Json::array())) {
  if (options.ktap) fmt::print("KTAP version 1\n1..{}\n", files);
}

ReplayOutput::~ReplayOutput() = default;

void ReplayOutput::start(const std::string& name) {
  trace_.clear();
  if (options_.trace && !options_.json) fmt::print(stream_, "trace of {}\n", shell_quoted(name));
}

void ReplayOutput::line(const char* text) {
  if (options_.json) {
    trace_.emplace_back(text);
  } else {
    fmt::print(stream_, "{}\n", text);
  }
}

void ReplayOutput::note(const std::string& text) { fmt::print(stream_, "{}\n", text); }

void ReplayOutput::fault(const ShownFault& fault) {
  if (options_.json) return;
  fmt::print(stream_, "fault {}:{} in operation {} ({}), {} {}\n", fault.site, fault.call,
             fault.operation, fault.cause, fault.amount, fault.unit);
  for (const std::string& frame : fault.frames) fmt::print(stream_, "    {}\n", frame);
}

void ReplayOutput::finish(FileResult result) {
  ++counts_[static_cast<int>(result.outcome)];
  if (result.out_of_budget) ++out_of_budget_;
  if (options_.json) {
    finish_json(result);
  } else if (options_.ktap) {
    finish_ktap(result);
  } else {
    finish_line(result);
  }
  std::fflush(stdout);
  if (result.outcome == Outcome::kUnreadable) {
    refuse(result.sentence);
  } else if (!result.sentence.empty()) {
    fmt::print(stream_, "{}\n", result.sentence);
  }
  for (const ShownFinding& finding : result.findings)
    if (!finding.known && !finding.old && (finding.fails || !options_.bisect))
      fmt::print(stream_, "{}", finding.report);
}

void ReplayOutput::finish_line(const FileResult& result) {
  if (result.outcome == Outcome::kUnreadable) return;
  fmt::print("{}: {}", shell_quoted(result.name), outcome_name(result.outcome));
  if (!result.end.empty()) {
    fmt::print(" hash:{} operations:{}", hash_text(result), result.operations);
    if (result.skipped != 0) fmt::print(" skipped:{}", result.skipped);
    if (result.end != end_reason_name(EndReason::kCompleted) &&
        result.end != end_reason_name(EndReason::kFinding))
      fmt::print(" end:{}", result.end);
    if (!result.why.empty()) fmt::print(" ({})", result.why);
  }
  for (const ShownFinding& finding : result.findings) fmt::print(" {}", finding.signature);
  fmt::print("\n");
}

void ReplayOutput::finish_ktap(const FileResult& result) {
  const bool good = result.outcome < Outcome::kFinding;
  std::size_t number = 0;
  for (const std::size_t count : counts_) number += count;
  for (const ShownFinding& finding : result.findings)
    fmt::print("# {}{}{}\n",
               finding.known ? "known "
               : finding.old ? "old "
                             : "",
               is_death(result.outcome) ? std::string(outcome_name(result.outcome)) + " " : "",
               finding.signature);
  if (result.outcome == Outcome::kUnreadable) fmt::print("# {}\n", result.sentence);
  fmt::print("{} {} {}{}\n", good ? "ok" : "not ok", number, ktap_name(result.name),
             result.outcome == Outcome::kNotRun ? " # SKIP " + result.why : "");
}

void ReplayOutput::finish_json(const FileResult& result) {
  Json object{{"file", result.name}, {"verdict", outcome_name(result.outcome)}};
  if (!result.sentence.empty()) object["message"] = result.sentence;
  if (result.outcome != Outcome::kUnreadable) {
    // A process that ended has no hash to show.
    object["hash"] = result.end.empty() ? Json() : Json(hash_text(result));
    object["operations"] = result.operations;
    object["skipped"] = result.skipped;
    object["steps"] = result.steps;
    object["end"] = result.end.empty() ? Json() : Json(result.end);
    object["why"] = result.why;
    for (int site = 0; site < kFaultSiteCount; ++site)
      object["faults_fired"][fault_site_name(static_cast<FaultSite>(site))] =
          result.faults_fired[site];
    object["findings"] = Json::array();
    for (const ShownFinding& finding : result.findings)
      object["findings"].push_back(to_json(finding));
  }
  if (options_.backtrace) {
    object["faults"] = Json::array();
    for (const ShownFault& fault : result.faults) object["faults"].push_back(to_json(fault));
  }
  if (options_.trace) object["trace"] = trace_;
  results_->push_back(std::move(object));
}

std::size_t ReplayOutput::bad() const {
  return count(Outcome::kFinding) + count(Outcome::kTimeout) + count(Outcome::kExit) +
         count(Outcome::kCrash);
}

int ReplayOutput::exit_code() const {
  if (bad() != 0) return kFound;
  const bool unreadable = count(Outcome::kUnreadable) != 0;
  if (options_.bisect)
    return unreadable || out_of_budget_ != 0 || count(Outcome::kNotRun) != 0 ? kNoVerdict : kClean;
  return unreadable ? kUnusable : kClean;
}

int ReplayOutput::end() {
  const int code = exit_code();
  const char* many = files_ == 1 ? "program" : "programs";
  std::string line = fmt::format("{} {}: {} clean, {} with a finding", files_, many,
                                 count(Outcome::kClean), count(Outcome::kFinding));
  for (const Outcome outcome : {Outcome::kTimeout, Outcome::kExit, Outcome::kCrash})
    if (const auto many_of_it = count(outcome))
      line += fmt::format(", {} with verdict {}", many_of_it, outcome_name(outcome));
  if (const auto known = count(Outcome::kKnown))
    line += fmt::format(", {} with known findings alone", known);
  if (const auto old = count(Outcome::kOld))
    line += fmt::format(", {} with old findings alone", old);
  if (const auto changes = count(Outcome::kChange))
    line += fmt::format(", {} with changes alone", changes);
  if (const auto not_run = count(Outcome::kNotRun))
    line += fmt::format(", {} that cannot run there", not_run);
  if (const auto unreadable = count(Outcome::kUnreadable))
    line += fmt::format(", {} unreadable", unreadable);
  if (out_of_budget_ != 0) line += fmt::format(", {} out of budget", out_of_budget_);
  if (const auto left = files_ - std::accumulate(counts_, std::end(counts_), std::size_t{0}))
    line += fmt::format(", {} not replayed after the first finding", left);
  if (passed_over_ != 0) line += fmt::format("; {} files are no programs", passed_over_);
  fmt::print(stream_, "{}\n", line);
  if (!baseline_problem_.empty())
    fmt::print(stderr,
               "arenafuzz: the baseline could not be asked about every finding ({}): run "
               "it again to tell old from new\n",
               baseline_problem_);
  const std::string unused = options_.known.unused_sentence();
  if (!unused.empty()) fmt::print(stderr, "arenafuzz: {}\n", unused);
  if (!options_.json) return code;
  const Json object{
      {"command", "replay"},
      {"version", kSourceVersion},
      {"backend", backend_name(options_.target, options_.kernel)},
      {"target", options_.target != nullptr ? Json(options_.target->name) : Json()},
      {"files", *results_},
      {"clean", count(Outcome::kClean)},
      {"baseline", options_.kernel.baseline.empty() ? Json() : Json(options_.kernel.baseline)},
      {"known", count(Outcome::kKnown)},
      {"old", count(Outcome::kOld)},
      {"changes", count(Outcome::kChange)},
      {"findings", count(Outcome::kFinding)},
      {"timeouts", count(Outcome::kTimeout)},
      {"exits", count(Outcome::kExit)},
      {"crashes", count(Outcome::kCrash)},
      {"unreadable", count(Outcome::kUnreadable)},
      {"not_run", count(Outcome::kNotRun)},
      {"out_of_budget", out_of_budget_},
      {"passed_over", passed_over_},
      {"known_not_met", options_.known.unused_json()},
      {"exit", code}};
  fmt::print("{}\n", object.dump(2, ' ', false, Json::error_handler_t::replace));
  return code;
}

}  // namespace arenafuzz::cli
