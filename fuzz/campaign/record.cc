// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "fuzz/base/files.h"
#include "fuzz/harness/verdict/title.h"
#include "fuzz/report/campaign_page.h"
#include "fuzz/report/fields.h"
#include "fuzz/session/status_file.h"

namespace arenafuzz {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr std::size_t kMaxHistory = std::size_t{1} << 30;
constexpr double kStatusSeconds = 2;
constexpr double kPageSeconds = 15;
// A sample each 10 s at first; over weeks some 20,000 in all.
constexpr double kSampleSeconds = 10;
constexpr double kSamples = 20000;

// F1 to F5, as the specification of the pool numbers them.
std::string site_name(int site) { return fmt::format("F{}", site + 1); }

std::string dump(const Ordered& object, int indent) {
  return object.dump(indent, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

Status cannot(const std::string& file, int error) {
  return {fmt::format("cannot write {} ({}): make room there", file, std::strerror(error)), error};
}

Status write_text(const std::string& file, const std::string& text) {
  const Status status = write_durably(file, text);
  return status.ok() ? status : cannot(file, status.error);
}

// What is missing or of another type was not counted.
std::uint64_t count_of(const report::Json& object, const char* name) {
  return report::whole(object, name).value_or(0);
}
double seconds_of(const report::Json& object, const char* name) {
  return std::max(0.0, report::number(object, name).value_or(0));
}

Ordered job_json(const JobStatus& job) {
  Ordered object{{"name", job.name},
                 {"engine", job.engine},
                 {"alive", job.alive},
                 {"restarts", job.restarts},
                 {"executions", job.executions},
                 {"operations", job.operations},
                 {"operations_per_second", job.operations_per_second},
                 {"coverage", job.coverage},
                 {"corpus", job.corpus},
                 {"imported", job.imported},
                 {"resident_mib", job.resident_mib}};
  if (job.stability > 0) object["stability"] = job.stability;
  return object;
}

}  // namespace

Record::Record(std::string out) : out_(std::move(out)) {}

void Record::open() {
  before_ = read_status(out_);
  if (!before_.is_object()) return;
  seconds_before_ = seconds_of(before_, "run_seconds");
  last_find_ = std::min(seconds_before_, seconds_of(before_, "last_new_find_seconds"));
  sessions_ = count_of(before_, "sessions") + 1;
  for (const report::Json& finding : report::list(before_, "findings"))
    if (const std::string signature = report::text(finding, "signature"); !signature.empty())
      first_seen_[signature] = seconds_of(finding, "first_seen_seconds");
}

nlohmann::ordered_json Record::as_json(const CampaignStatus& status) {
  Ordered jobs = Ordered::array();
  for (const JobStatus& job : status.jobs) jobs.push_back(job_json(job));
  const report::Json& totals = report::object_in(before_, "totals");
  const report::Json& fired_before = report::object_in(totals, "faults_fired");
  const report::Json& outcomes_before = report::object_in(before_, "fault_outcomes");
  Ordered fired;
  Ordered outcomes;
  for (int site = 0; site < kFaultSiteCount; ++site) {
    const std::string name = site_name(site);
    fired[name] = status.totals.faults_fired[site] + count_of(fired_before, name.c_str());
    const report::Json& of_site = report::object_in(outcomes_before, name.c_str());
    for (int i = 0; i < kFaultOutcomeCount; ++i) {
      const char* outcome = fault_outcome_name(static_cast<FaultOutcome>(i));
      outcomes[name][outcome] = status.totals.fault_outcomes[site][i] + count_of(of_site, outcome);
    }
  }
  Ordered sums;
  for (const Counter& counter : kCounters)
    if (counter.shown == Shown::kLasting)
      sums[counter.name] = status.totals.*counter.total + count_of(totals, counter.name);
  sums.update({{"operations_per_second", status.operations_per_second},
               {"coverage", status.totals.coverage},
               {"afl_edges", status.totals.afl_edges},
               {"corpus_files", status.corpus_files},
               {"corpus_bytes", status.corpus_bytes},
               {"findings", status.findings.size()},
               {"faults_fired", fired}});
  const double seconds = seconds_before_ + status.session_seconds;
  Ordered findings = Ordered::array();
  for (const auto& [signature, file] : status.findings)
    findings.push_back(
        {{"signature", signature},
         {"title", finding_title(signature)},
         {"file", file},
         {"first_seen_seconds", first_seen_.emplace(signature, seconds).first->second}});
  return {{"schema", kStatusSchema},
          {"version", status.version},
          {"target", status.target},
          {"backend", status.backend},
          {"state", status.running ? "running" : "stopped"},
          {"process", status.process},
          {"began", status.began},
          {"updated", status.updated},
          {"run_seconds", seconds},
          {"sessions", sessions_},
          {"last_new_find_seconds", last_find_},
          {"jobs", jobs},
          {"totals", sums},
          {"fault_outcomes", outcomes},
          {"findings", findings},
          {"causes", status.causes},
          {"limits",
           {{"disk_mib", status.limit_disk_mib},
            {"memory_mib", status.limit_memory_mib},
            {"seconds", status.limit_seconds}}},
          {"disk_mib", status.disk_mib},
          {"warnings", status.warnings}};
}

Status Record::update(const CampaignStatus& status, bool all) {
  if (status.totals.coverage + status.totals.afl_edges > most_coverage_ ||
      status.corpus_files > most_corpus_) {
    // Only from here on: what the seeds cover was not found by this run.
    if (most_corpus_ + most_coverage_ != 0) last_find_ = seconds_before_ + status.session_seconds;
    most_coverage_ = std::max(most_coverage_, status.totals.coverage + status.totals.afl_edges);
    most_corpus_ = status.corpus_files;
  }
  most_corpus_ = std::min(most_corpus_, status.corpus_files);  // a merge makes it smaller
  const double now = status.session_seconds;
  if (!all && now < status_at_ + kStatusSeconds) return {};
  status_at_ = now;
  const Ordered object = as_json(status);
  Status written = write_text(out_ + "/status.json", dump(object, 1));
  if (!written.ok()) return written;
  Status problem;
  if (all || now >= sample_at_ + std::max(kSampleSeconds, (seconds_before_ + now) / kSamples)) {
    sample_at_ = now;
    problem = add_sample(status);
  }
  if (problem.ok() && (all || now >= page_at_ + kPageSeconds)) {
    page_at_ = now;
    problem = write_page(object);
  }
  return problem;
}

Status Record::add_sample(const CampaignStatus& status) {
  double speed[2] = {};
  std::uint64_t resident = 0;
  for (const JobStatus& job : status.jobs) {
    speed[job.engine == "afl" ? 1 : 0] += job.operations_per_second;
    resident += job.resident_mib;
  }
  const Ordered sample{{"t", seconds_before_ + status.session_seconds},
                       {"coverage", status.totals.coverage},
                       {"afl_edges", status.totals.afl_edges},
                       {"corpus", status.corpus_files},
                       {"operations_per_second", {{"libfuzzer", speed[0]}, {"afl", speed[1]}}},
                       {"findings", status.findings.size()},
                       {"resident_mib", resident}};
  const std::string name = out_ + "/history.jsonl";
  const int file = ::open(name.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return cannot(name, errno);
  // A line that a kill or a full disk cut ends here, and is passed over by readers.
  struct stat state{};
  char last = '\n';
  if (fstat(file, &state) == 0 && state.st_size > 0 &&
      pread(file, &last, 1, state.st_size - 1) != 1)
    last = 0;
  const std::string line = (last == '\n' ? "" : "\n") + dump(sample, -1);
  const bool written = write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  Status problem = written ? Status{} : cannot(name, errno);
  close(file);
  return problem;
}

Status Record::write_page(const Ordered& status) const {
  return write_text(out_ + "/index.html", report::campaign_page(status, read_history(out_)));
}

std::vector<nlohmann::json> read_history(const std::string& folder) {
  Bytes bytes;
  std::vector<report::Json> samples;
  if (!read_bytes(folder + "/history.jsonl", kMaxHistory, &bytes).ok()) return samples;
  for (auto at = bytes.begin(); at != bytes.end();) {
    const auto end = std::find(at, bytes.end(), '\n');
    report::Json sample = report::Json::parse(at, end, nullptr, false);
    if (sample.is_object()) samples.push_back(std::move(sample));
    at = end == bytes.end() ? end : end + 1;
  }
  return samples;
}

}  // namespace arenafuzz
