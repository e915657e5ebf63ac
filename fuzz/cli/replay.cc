// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz replay`: runs programs in this process and prints a verdict on each.
//
// A file that cannot be read does not stop the others. Exit: 1 if any has a finding, else 2 if any
// cannot be read, else 0.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fuzz/cli/backends.h"
#include "fuzz/cli/baseline.h"
#include "fuzz/cli/options.h"
#include "fuzz/cli/program_file.h"
#include "fuzz/cli/quoting.h"
#include "fuzz/cli/replay_output.h"
#include "fuzz/cli/sanitizer_report.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/program/round_trip.h"
#include "fuzz/program/text.h"

// There with every sanitizer, absent otherwise.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());
extern "C" __attribute__((weak)) void* __asan_get_report_address();

namespace arenafuzz::cli {
namespace {

class Replayer {
 public:
  Replayer(const Context& context, const ReplayOptions& options, ReplayOutput& output)
      : options_(options),
        output_(output),
        old_or_new_(context, {options.kernel, options.target, options.domain, options.strict}),
        runner_(backends_.make_runner(options.target, options.kernel)) {
    run_options_.use_model = !options.no_model;
    run_options_.domain = options.domain.given ? options.domain.domain : Domain::kMisuse;
    run_options_.trace_backtraces = options.backtrace;
    if (options.trace) run_options_.trace = &output;
    // A program that kills the process has had its faults before.
    if (!shows_faults() || __sanitizer_set_death_callback == nullptr) return;
    dying_ = this;
    __sanitizer_set_death_callback([] {
      if (dying_ == nullptr) return;
      dying_->show_record();
      dying_->show_faults();
      std::fflush(dying_->output_.stream());
    });
  }
  ~Replayer() { dying_ = nullptr; }
  Replayer(const Replayer&) = delete;
  Replayer& operator=(const Replayer&) = delete;

  const char* error() const { return runner_->error(); }

  void replay(const std::string& name) {
    FileResult result;
    result.name = name;
    const Status status = load_program(name, &file_);
    if (!status.ok()) {
      result.outcome = Outcome::kUnreadable;
      result.sentence = status.sentence;
    } else if (options_.target != nullptr && !options_.target->runs_programs()) {
      check_format(&result);
    } else {
      run(&result);
    }
    output_.finish(std::move(result));
  }

 private:
  void run(FileResult* result) {
    if (options_.target != nullptr) file_.program.header.profile = options_.target->profile;
    output_.start(result->name);
    result->verdict = runner_->run(file_.program, run_options_);
    if (result->verdict.end == EndReason::kSkipped) result->outcome = Outcome::kNotRun;
    if (shows_faults()) show_faults();
    const std::set<std::string> old = old_of(result->verdict);
    for (const Finding& finding : result->verdict.findings) {
      ReportedFinding reported;
      reported.finding = finding;
      reported.known = options_.known.knows(signature(finding));
      reported.old = !reported.known && old.contains(signature(finding));
      reported.fails = runner_->fails(finding, options_.strict);
      const Outcome outcome = reported.known   ? Outcome::kKnown
                              : reported.old   ? Outcome::kOld
                              : reported.fails ? Outcome::kFinding
                                               : Outcome::kChange;
      result->outcome = std::max(result->outcome, outcome);
      // A report runs the program once more, and a folder may hold one bug a thousand times.
      if (!reported.known && !reported.old && reported_.insert(signature(finding)).second)
        reported.report = runner_->report(file_.program, finding, run_options_);
      result->findings.push_back(std::move(reported));
    }
  }

  std::set<std::string> old_of(const Verdict& verdict) {
    std::vector<std::string> signatures;
    for (const Finding& finding : verdict.findings)
      if (!options_.known.knows(signature(finding))) signatures.push_back(signature(finding));
    std::set<std::string> old = old_or_new_.old_of(file_.program, signatures);
    if (!old_or_new_.problem().empty()) output_.baseline_problem(old_or_new_.problem());
    return old;
  }

  void check_format(FileResult* result) {
    std::string why;
    const std::string& content = file_.content;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(content.data());
    if (check_bytes({bytes, content.size()}, &why) && check_text(content, &why)) return;
    result->outcome = Outcome::kFinding;
    result->sentence = "ASSERTION FAILED: codec.program.none\n" + printable(why);
  }

  // To stderr, beside the report: whose record of the pool it is that was touched.
  void show_record() {
    if (__asan_get_report_address == nullptr) return;
    const auto record = runner_->executor().metadata().record_at(__asan_get_report_address());
    if (!record || record->mark >= file_.program.operations.size()) return;
    const std::uint64_t behind = record->offset - std::min(record->offset, record->bytes);
    const std::string where = record->offset < record->bytes
                                  ? fmt::format("{} bytes into", record->offset)
                                  : fmt::format("{} bytes behind", behind);
    fmt::print(stderr, "{}{} a {}record of {} bytes, made by operation {}: {}\n", kRecordMark,
               where, record->freed ? "freed " : "", record->bytes, record->mark,
               print_operation(file_.program.operations[record->mark]));
  }

  bool shows_faults() const { return options_.backtrace && !runner_->is_differential(); }

  // Oldest first.
  void show_faults() {
    const Injector& injector = runner_->injector();
    const std::uint64_t all = injector.fired_total();
    const std::uint64_t kept = std::min<std::uint64_t>(all, Injector::kLogCapacity);
    if (kept < all) output_.note(fmt::format("{} older faults are not shown", all - kept));
    for (std::uint64_t age = kept; age-- > 0;) {
      const FiredFault& fault = injector.fired_fault(age);
      output_.note(fmt::format("fault {}:{} in operation {} ({}), {} {}",
                               fault_site_name(fault.site), fault.site_ordinal, fault.operation,
                               fault_cause_name(fault.cause), fault.amount,
                               fault.site == FaultSite::kPage ? "pages" : "bytes"));
      std::fflush(output_.stream());
      print_backtrace(fault, output_.stream());
    }
  }

  const ReplayOptions& options_;
  ReplayOutput& output_;
  OldOrNew old_or_new_;
  Backends backends_;
  std::unique_ptr<ProgramRunner> runner_;
  Options run_options_;
  ProgramFile file_;
  std::set<std::string> reported_;  // signatures
  static Replayer* dying_;
};

Replayer* Replayer::dying_ = nullptr;

}  // namespace

int run_replay(const Context& context, const Words& words) {
  ReplayOptions options;
  const bool bisect = std::find(words.begin(), words.end(), "--bisect") != words.end();
  const auto no_run = [bisect](int code) {
    return bisect && code == kUnusable ? kNoVerdict : code;
  };
  if (const auto code = read_replay_options(words, &options)) return no_run(*code);
  std::vector<std::string> files;
  std::size_t passed_over = 0;
  for (const std::string& name : options.files) {
    const Status status = collect_files(name, &files, &passed_over);
    if (!status.ok()) return no_run(refuse(status.sentence));
  }
  std::string note;
  const Status compared = check_baseline(
      context, {options.kernel, options.target, options.domain, options.strict}, &note);
  if (!compared.ok()) return no_run(refuse(compared.sentence));
  if (options.reverse) std::reverse(files.begin(), files.end());
  ReplayOutput output(options, files.size(), passed_over);
  if (options.kernel.kernel) print_kernel_tree(output.stream(), options.kernel);
  if (!note.empty()) fmt::print(output.stream(), "{}\n", note);
  const auto replayer = std::make_unique<Replayer>(context, options, output);
  if (replayer->error() != nullptr) return no_run(refuse(replayer->error()));
  for (const std::string& name : files) {
    if (output.enough()) break;
    replayer->replay(name);
  }
  return output.end();
}

}  // namespace arenafuzz::cli
