// SPDX-License-Identifier: GPL-2.0-only
//
// How a campaign stands, on disk, over all its sessions.
//
//   OUT/status.json     the present figures; replaced by a rename every few seconds
//   OUT/history.jsonl   one line per sample, for the curves; a last line cut by a kill is passed
//   over OUT/index.html      both as a page
//
// Ownership Plain values.
// Units     seconds of the run over all sessions, MiB, operations per second; times of day in
// seconds
//           since 1970, for people only: nothing depends on them.
// Errors    Status: only the figures are lost.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_RECORD_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_RECORD_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fuzz/base/status.h"
#include "fuzz/campaign/fuzz_totals.h"

namespace arenafuzz {

struct JobStatus {
  std::string name;
  std::string engine;  // "libfuzzer" or "afl"
  bool alive = false;
  std::uint64_t restarts = 0;  // in this session
  std::uint64_t executions = 0;
  std::uint64_t operations = 0;
  double operations_per_second = 0;
  std::uint64_t coverage = 0;  // edges, as the engine counts them
  std::uint64_t corpus = 0;    // inputs that it holds
  std::uint64_t imported = 0;  // from the other engine
  std::uint64_t resident_mib = 0;
  double stability = 0;  // percent, AFL++ only; 0: not known
};

// The figures of this session, as the run counts them; the record adds those of earlier ones.
struct CampaignStatus {
  std::string version;  // of arenafuzz
  std::string target;
  std::string backend;
  std::uint64_t process = 0;
  std::uint64_t began = 0;  // time of day
  std::uint64_t updated = 0;
  bool running = true;
  double session_seconds = 0;
  std::vector<JobStatus> jobs;
  FuzzTotals totals;
  double operations_per_second = 0;
  std::uint64_t corpus_files = 0;
  std::uint64_t corpus_bytes = 0;
  std::map<std::string, std::string> findings;  // signature -> file, below OUT
  // The findings by likely cause, in the form of the clusters of triage's report.json.
  nlohmann::ordered_json causes = nlohmann::ordered_json::array();
  std::uint64_t limit_seconds = 0;
  std::uint64_t limit_disk_mib = 0;
  std::uint64_t limit_memory_mib = 0;
  double disk_mib = 0;
  std::vector<std::string> warnings;
};

class Record {
 public:
  explicit Record(std::string out);

  // Continues what an earlier session left; unreadable files are started over.
  void open();
  std::uint64_t sessions() const { return sessions_; }
  double seconds_before() const { return seconds_before_; }

  // Writes what is due at `status.session_seconds`, or all of it.
  Status update(const CampaignStatus& status, bool all);

 private:
  nlohmann::ordered_json as_json(const CampaignStatus& status);
  Status add_sample(const CampaignStatus& status);
  Status write_page(const nlohmann::ordered_json& status) const;

  std::string out_;
  nlohmann::json before_;  // status.json of the earlier sessions
  std::uint64_t sessions_ = 1;
  double seconds_before_ = 0;
  double status_at_ = -1e9;  // session_seconds of the last of each
  double sample_at_ = -1e9;
  double page_at_ = -1e9;
  double last_find_ = 0;  // in seconds of the run
  std::uint64_t most_coverage_ = 0;
  std::uint64_t most_corpus_ = 0;
  std::map<std::string, double> first_seen_;
};

// The lines of DIR/history.jsonl that can be read, oldest first.
std::vector<nlohmann::json> read_history(const std::string& folder);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_RECORD_H_
