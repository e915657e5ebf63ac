// SPDX-License-Identifier: GPL-2.0-only
//
// The part of FuzzRun that is about long runs: its figures on disk, memory and disk within bounds,
// the corpus merged in a process of its own.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>

#include "fuzz/base/quoting.h"
#include "fuzz/campaign/run.h"
#include "fuzz/session/version.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr double kJobsSeconds = 2;
constexpr double kDiskSeconds = 20;
// From here on the corpus is merged before its time.
constexpr double kDiskShort = 0.8;

struct FolderSize {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;  // bytes on disk
};

// Files may come and go meanwhile.
FolderSize size_of(const std::string& folder) {
  FolderSize size;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    struct stat state{};
    if (lstat(it->path().c_str(), &state) != 0) continue;
    size.blocks += static_cast<std::uint64_t>(state.st_blocks) * 512;
    if (!S_ISREG(state.st_mode)) continue;
    ++size.files;
    size.bytes += static_cast<std::uint64_t>(state.st_size);
  }
  return size;
}

std::uint64_t entries_in(const std::string& folder) {
  std::uint64_t files = 0;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error))
    ++files;
  return files;
}

}  // namespace

void FuzzRun::look_at_jobs() {
  const double now = elapsed();
  const double span = now - looked_at_jobs_;
  figures_.resize(jobs_.size());
  const auto limit = static_cast<std::uint64_t>(plan_.options().memory_mib);
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    FuzzJob& job = *jobs_[i];
    const std::uint64_t operations = job.stats().operations.load();
    JobFigures& figures = figures_[i];
    if (span < 1e6)
      figures.operations_per_second = static_cast<double>(operations - figures.operations) / span;
    figures.operations = operations;
    if (job.running()) figures.resident_mib = job.resident_mib();  // else its last
    job.cut_log();
    // One that reads its seeds would start over with the same.
    if (!job.afl() && !job.has_read_seeds()) continue;
    if (limit == 0 || job.recycled() || figures.resident_mib <= limit / jobs_.size()) continue;
    warn(fmt::format("a job kept more than its share of {} MiB resident and was started again",
                     limit / jobs_.size()));
    job.recycle();
  }
  looked_at_jobs_ = now;
  corpus_files_ = entries_in(plan_.out("corpus"));
}

void FuzzRun::look_at_disk() {
  const double began = elapsed();
  corpus_bytes_ = size_of(plan_.out("corpus")).bytes;
  disk_mib_ = static_cast<double>(size_of(plan_.options().out).blocks) / (1 << 20);
  // A folder of very many files is looked at less often.
  looked_at_disk_ = elapsed() + 20 * (elapsed() - began);
  const int limit = plan_.options().disk_mib;
  if (limit == 0) return;
  disk_short_ = disk_mib_ > limit * kDiskShort;
  disk_full_ = disk_mib_ > limit;
  if (disk_full_)
    warn(
        fmt::format("{} holds {:.0f} MiB, over the {} of --disk: the run ended; raise --disk and "
                    "start it again to go on",
                    shell_quoted(plan_.options().out), disk_mib_, limit));
}

void FuzzRun::keep_record(bool last) {
  const double now = elapsed();
  if (!last && now < looked_at_jobs_ + kJobsSeconds) return;
  look_at_jobs();
  if (last || now >= looked_at_disk_ + kDiskSeconds) look_at_disk();
  if (!last) keeper_.poll(corpus_files_, disk_short_);
  if (!keeper_.problem().ok()) warn(keeper_.problem().sentence);
  if (told_causes_ != std::pair(findings_.found_count(), details().size())) {
    told_causes_ = {findings_.found_count(), details().size()};
    causes_ = causes_json(plan_, findings_.found(), details());
  }
  CampaignStatus status;
  record_to(&status);
  status.running = !last;
  const Status problem = record_.update(status, last);
  if (!problem.ok()) warn(problem.sentence);
}

void FuzzRun::record_to(CampaignStatus* status) const {
  const FuzzOptions& options = plan_.options();
  status->version = kSourceVersion;
  status->target = options.target->name;
  status->backend = backend_name(options.target, options.kernel);
  status->process = static_cast<std::uint64_t>(getpid());
  status->began = began_at_;
  status->updated = static_cast<std::uint64_t>(std::time(nullptr));
  status->session_seconds = seconds_ > 0 ? seconds_ : elapsed();
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    const FuzzJob& job = *jobs_[i];
    const JobFigures& figures = figures_[i];
    JobStatus& one = status->jobs.emplace_back();
    one.name = fmt::format("job-{}", i);
    one.engine = job.afl() ? "afl" : "libfuzzer";
    one.alive = job.running();
    one.restarts = job.starts() == 0 ? 0 : job.starts() - 1;
    one.executions = job.stats().executions.load();
    one.operations = job.stats().operations.load();
    one.operations_per_second = figures.operations_per_second;
    one.resident_mib = figures.resident_mib;
    one.coverage = job.afl() ? job.afl_status().edges : job.coverage();
    one.corpus = job.afl() ? job.afl_status().corpus : job.corpus();
    one.imported = job.afl() ? job.afl_status().imported : job.imported();
    one.stability = job.afl() ? job.afl_status().stability : 0;
    status->operations_per_second += figures.operations_per_second;
  }
  status->totals = totals_;
  status->corpus_files = corpus_files_;
  status->corpus_bytes = corpus_bytes_;
  for (const std::string& signature : findings_.all_signatures())
    status->findings[signature] = "findings/" + signature + ".txt";
  status->causes = causes_;
  status->limit_seconds = static_cast<std::uint64_t>(options.seconds);
  status->limit_disk_mib = static_cast<std::uint64_t>(options.disk_mib);
  status->limit_memory_mib = static_cast<std::uint64_t>(options.memory_mib);
  status->disk_mib = disk_mib_;
  status->warnings = warnings_;
}

// Engines go by the time of day; a step of that clock ends them before their time.
bool FuzzRun::ended_early(const FuzzJob& job) const {
  if (stopping_ || interrupts_ != 0) return false;
  if (job.recycled()) return true;
  for (const std::string& word : plan_.options().engine_words)
    if (word.starts_with("-runs=") || word.starts_with("-max_total_time=") || word == "-V" ||
        word == "-E")
      return false;
  const int all = plan_.options().seconds;
  return all == 0 || elapsed() < all - 2;
}

}  // namespace arenafuzz
