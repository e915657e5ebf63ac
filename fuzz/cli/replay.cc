// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz replay`: runs programs and prints a verdict on each.
//
//   this process --index of a file--> watched child: that file and all behind it
//        ^                              | trace lines, faults, results: records
//        +------------------------------+ dies, or is late: the verdict on the file it was at
//
// The code under test never runs in this process, so whatever it does there is a verdict, and the
// remaining files are still run. A child goes on until a program ends it. A program that ends a
// child in which others ran before is run once more in a child of its own, and that run decides.
//
// A file that cannot be read does not stop the others. Exit: 1 if any has a finding, else 2 if any
// cannot be read, else 0; with --bisect 125 instead of 2.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "fuzz/base/quoting.h"
#include "fuzz/base/worker.h"
#include "fuzz/cli/options.h"
#include "fuzz/cli/replay_output.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/program/round_trip.h"
#include "fuzz/program/text.h"
#include "fuzz/session/backends.h"
#include "fuzz/session/death_report.h"
#include "fuzz/session/program_file.h"
#include "fuzz/session/sanitizer_report.h"
#include "fuzz/triage/folder/baseline.h"

// Weak: the first is there with any sanitizer, the second with AddressSanitizer alone.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());
extern "C" __attribute__((weak)) void* __asan_get_report_address();

namespace arenafuzz::cli {
namespace {

RunChoice choice_of(const ReplayOptions& options) {
  RunChoice choice;
  choice.kernel = options.kernel;
  choice.target = options.target;
  choice.domain = options.domain;
  choice.strict = options.strict;
  choice.timeout = options.timeout;
  return choice;
}

// What a record begins with.
enum class Kind : std::uint8_t { kTrace, kNote, kFault, kResult };

// Runs the programs, in the watched child.
class Replayer final : public TraceSink, public StateSink {
 public:
  explicit Replayer(const ReplayOptions& options)
      : options_(options), runner_(backends_.make_runner(options.target, options.kernel)) {
    run_options_.use_model = !options.no_model;
    // A file is replayed as it is, misuse and all, unless --domain narrows it.
    run_options_.domain = options.domain.given ? options.domain.domain : Domain::kMisuse;
    run_options_.trace_backtraces = options.backtrace;
    run_options_.states = this;
    if (options.trace) run_options_.trace = this;
  }
  ~Replayer() override { dying_ = nullptr; }
  Replayer(const Replayer&) = delete;
  Replayer& operator=(const Replayer&) = delete;

  const char* error() const { return runner_->error(); }
  const char* backend() const { return runner_->name(); }
  bool is_kernel() const { return options_.kernel.kernel; }
  // False if the signature was reported before: its report is then left out. The child's set is a
  // copy of this process's.
  bool add_reported(const std::string& signature) { return reported_.insert(signature).second; }

  void serve(const std::vector<std::string>& files, std::size_t first, const base::Worker& worker,
             const base::Worker::Send& send) {
    worker_ = &worker;
    send_ = &send;
    // The faults of a program that kills the process came before its end.
    if (!runner_->is_differential() && __sanitizer_set_death_callback != nullptr) {
      dying_ = this;
      __sanitizer_set_death_callback([] {
        if (dying_ == nullptr) return;
        dying_->show_record();
        if (dying_->wants_fault_backtraces()) dying_->send_faults();
      });
    }
    for (std::size_t i = first; i < files.size(); ++i) replay(files[i]);
  }

  void step(const TraceStep& step) override { send(Kind::kTrace, step.text); }
  // Operations from 1; 0: before the first.
  void before(std::size_t position, const Executor&) override { worker_->set_place(position + 1); }

 private:
  void send(Kind kind, std::string_view content) {
    record_ = static_cast<char>(kind);
    record_ += content;
    (*send_)(record_);
  }

  void replay(const std::string& name) {
    FileResult result;
    worker_->set_place(0);
    const Status status = load_program(name, &file_);
    if (!status.ok()) {
      result.outcome = Outcome::kUnreadable;
      result.sentence = status.sentence;
    } else if (options_.target != nullptr && !options_.target->runs_programs()) {
      check_format(&result);
    } else {
      run(&result);
    }
    send(Kind::kResult, to_record(result));
  }

  void run(FileResult* result) {
    if (options_.target != nullptr) file_.program.header.profile = options_.target->profile;
    const Verdict& verdict = runner_->run(file_.program, run_options_);
    if (verdict.end == EndReason::kSkipped) result->outcome = Outcome::kNotRun;
    result->hash = verdict.trace_hash;
    result->operations = verdict.operations;
    result->skipped = verdict.skipped;
    result->steps = verdict.steps;
    result->end = end_reason_name(verdict.end);
    result->why = verdict.documented;
    result->out_of_budget = verdict.end == EndReason::kOutOfBudget;
    std::copy(std::begin(verdict.faults_fired), std::end(verdict.faults_fired),
              result->faults_fired);
    if (wants_fault_backtraces()) send_faults();
    // Reporting one runs the program once more, which overwrites the verdict.
    const std::vector<Finding> findings = verdict.findings;
    for (const Finding& finding : findings) add(finding, result);
  }

  void add(const Finding& finding, FileResult* result) {
    ShownFinding shown;
    static_cast<FindingRecord&>(shown) = record_of(file_.program, finding);
    shown.fails = runner_->fails(finding, options_.strict);
    // A folder may hold one bug a thousand times. With a baseline it may be old in one program and
    // new in the next.
    const bool wanted = !options_.known.knows(shown.signature) &&
                        (!options_.kernel.baseline.empty() || add_reported(shown.signature));
    if (wanted) {
      ProgramRunner::Reported reported = runner_->reported(file_.program, finding, run_options_);
      static_cast<FindingRecord&>(shown) = std::move(reported.record);
      shown.report = std::move(reported.report);
    }
    result->findings.push_back(std::move(shown));
  }

  void check_format(FileResult* result) {
    std::string why;
    const std::string& content = file_.content;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(content.data());
    if (check_bytes({bytes, content.size()}, &why) && check_text(content, &why)) return;
    result->outcome = Outcome::kFinding;
    result->sentence = "ASSERTION FAILED: codec.program.none\n" + printable(why);
  }

  // To stderr, with the report: whose record of the pool was touched.
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

  bool wants_fault_backtraces() const { return options_.backtrace && !runner_->is_differential(); }

  // Oldest first.
  void send_faults() {
    const Injector& injector = runner_->injector();
    const std::uint64_t all = injector.fired_total();
    const std::uint64_t kept = std::min<std::uint64_t>(all, Injector::kLogCapacity);
    if (kept < all) send(Kind::kNote, fmt::format("{} older faults are not shown", all - kept));
    for (std::uint64_t age = kept; age-- > 0;) {
      const FiredFault& fault = injector.fired_fault(age);
      ShownFault shown;
      shown.site = fault_site_name(fault.site);
      shown.call = fault.site_ordinal;
      shown.operation = fault.operation;
      shown.cause = fault_cause_name(fault.cause);
      shown.amount = fault.amount;
      shown.unit = fault.site == FaultSite::kPage ? "pages" : "bytes";
      // From the harness on, the frames are the same for every fault and say nothing of the tree.
      for (std::string& frame : backtrace_lines(fault)) {
        if (frame.find(" arenafuzz::Executor::") != std::string::npos) break;
        shown.frames.push_back(std::move(frame));
      }
      send(Kind::kFault, to_record(shown));
    }
  }

  const ReplayOptions& options_;
  Backends backends_;
  std::unique_ptr<ProgramRunner> runner_;
  Options run_options_;
  ProgramFile file_;
  std::set<std::string> reported_;  // signatures
  const base::Worker* worker_ = nullptr;
  const base::Worker::Send* send_ = nullptr;
  std::string record_;
  static Replayer* dying_;
};

Replayer* Replayer::dying_ = nullptr;

// Watches the child, in this process.
class Watcher {
 public:
  Watcher(const Context& context, const ReplayOptions& options,
          const std::vector<std::string>& files, Replayer* replayer, ReplayOutput* output)
      : options_(options),
        old_or_new_(context, choice_of(options)),
        files_(files),
        replayer_(replayer),
        output_(output),
        worker_(
            [this](std::string_view request, const base::Worker::Send& send) {
              replayer_->serve(files_, base::RecordReader(request).number(), worker_, send);
            },
            run_limits(options.timeout)) {}

  // An error if no child can be started.
  Status run() {
    std::size_t first = 0;  // index of the first file that the running child served
    begin();
    while (next_ < files_.size() && !output_->enough()) {
      if (!worker_.running()) first = next_;
      const auto result = worker_.ask(base::RecordWriter().number(next_).bytes(),
                                      [this](std::string_view record) { return take(record); });
      show_output(worker_.take_output());
      if (result == base::Worker::Result::kNoChild) return worker_.problem();
      if (result != base::Worker::Result::kDied) continue;
      // The time limits begin again with each record, so they blame this program. A crash or the
      // memory limit may be an earlier one's fault: once more, in a fresh child.
      const base::Excess excess = worker_.death().excess;
      if (first != next_ && (excess == base::Excess::kNone || excess == base::Excess::kMemory)) {
        begin();
        continue;
      }
      finish_dead();
    }
    return {};
  }

 private:
  void begin() {
    result_ = {};
    if (next_ >= files_.size()) return;
    result_.name = files_[next_];
    begun_ = false;
  }

  void show_begin() {
    if (!begun_) output_->start(result_.name);
    begun_ = true;
  }

  bool take(std::string_view record) {
    const auto kind = static_cast<Kind>(record[0]);
    record.remove_prefix(1);
    show_begin();
    if (kind == Kind::kTrace) {
      output_->line(std::string(record).c_str());
    } else if (kind == Kind::kNote) {
      output_->note(std::string(record));
    } else if (kind == Kind::kFault) {
      result_.faults.emplace_back();
      from_record(record, &result_.faults.back());
      output_->fault(result_.faults.back());
    } else {
      from_record(record, &result_);
      finish();
    }
    return !output_->enough();
  }

  void finish() {
    settle();
    output_->finish(std::move(result_));
    ++next_;
    begin();
  }

  void finish_dead() {
    show_begin();
    ProgramFile file;
    const Status status = load_program(result_.name, &file);
    result_.sentence = status.sentence;
    if (options_.target != nullptr) file.program.header.profile = options_.target->profile;
    add_death({worker_.death(), file.program, replayer_->backend(),
               replayer_->is_kernel() ? kernel_tree_rows() : "", options_.timeout},
              &result_);
    finish();
  }

  // Known, old or new: that sets the outcome, and which findings are reported.
  void settle() {
    if (result_.findings.empty()) return;
    const Outcome unsettled = is_death(result_.outcome) ? result_.outcome : Outcome::kFinding;
    if (is_death(result_.outcome)) result_.outcome = Outcome::kClean;
    const std::set<std::string> old = old_signatures();
    for (ShownFinding& finding : result_.findings) {
      finding.known = options_.known.knows(finding.signature);
      finding.old = !finding.known && old.contains(finding.signature);
      const Outcome outcome = finding.known   ? Outcome::kKnown
                              : finding.old   ? Outcome::kOld
                              : finding.fails ? unsettled
                                              : Outcome::kChange;
      result_.outcome = std::max(result_.outcome, outcome);
      if (finding.known || finding.old || !replayer_->add_reported(finding.signature))
        finding.report = finding.facts = "";
    }
  }

  std::set<std::string> old_signatures() {
    if (options_.kernel.baseline.empty()) return {};
    std::vector<std::string> signatures;
    for (const ShownFinding& finding : result_.findings)
      if (!options_.known.knows(finding.signature)) signatures.push_back(finding.signature);
    ProgramFile file;
    if (!load_program(result_.name, &file).ok()) return {};
    if (options_.target != nullptr) file.program.header.profile = options_.target->profile;
    std::set<std::string> old = old_or_new_.old_of(file.program, signatures);
    if (!old_or_new_.problem().ok()) output_->baseline_problem(old_or_new_.problem().sentence);
    return old;
  }

  // printk() and the like of the code under test, behind what we have printed so far.
  static void show_output(const std::string& text) {
    std::fflush(stdout);
    if (!text.empty()) fmt::print(stderr, "{}", text);
  }

  const ReplayOptions& options_;
  OldOrNew old_or_new_;
  const std::vector<std::string>& files_;
  Replayer* replayer_;
  ReplayOutput* output_;
  std::size_t next_ = 0;  // file whose result is awaited
  FileResult result_;
  bool begun_ = false;
  base::Worker worker_;
};

}  // namespace

int run_replay(const Context& context, const Words& words) {
  ReplayOptions options;
  // Before the words are parsed: a wrong one must be 125 for `git bisect run`, too.
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
  const Status compared = check_baseline(context, choice_of(options), &note);
  if (!compared.ok()) return no_run(refuse(compared.sentence));
  keep_streams(files);
  if (options.reverse) std::reverse(files.begin(), files.end());
  ReplayOutput output(options, files.size(), passed_over);
  if (options.kernel.kernel) print_kernel_tree(output.stream(), options.kernel);
  if (!note.empty()) fmt::print(output.stream(), "{}\n", note);
  const auto replayer = std::make_unique<Replayer>(options);
  if (replayer->error() != nullptr) return no_run(refuse(replayer->error()));
  const Status ran = Watcher(context, options, files, replayer.get(), &output).run();
  if (!ran.ok()) return no_run(refuse(ran.sentence));
  return output.end();
}

}  // namespace arenafuzz::cli
