// SPDX-License-Identifier: GPL-2.0-only
//
// The options of each sub-command, read and checked.
//
// Ownership Plain values.
// Errors    a reader returns a code if the sub-command is over (help was printed, or a sentence
//           that says what is wrong), else nothing.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_CLI_OPTIONS_H_
#define ARENAFUZZ_FUZZ_CLI_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "fuzz/base/process.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/kernel_choice.h"
#include "fuzz/cli/known_findings.h"
#include "fuzz/harness/options.h"
#include "fuzz/targets/targets.h"

namespace arenafuzz::cli {

// The input domain as a word, and whether the user gave one.
struct DomainChoice {
  bool given = false;
  Domain domain = Domain::kApi;
};
const char* domain_name(Domain domain);

// Seconds of processor time for one program; asleep, it may take as long at a stretch, and ten
// times as long in all. Programs are bounded by counts to a second or two.
inline constexpr int kDefaultTimeout = 10;
// Where a program that does not end is made shorter, each try has this long: none that ends takes
// it.
inline constexpr int kShortTimeout = 3;
inline base::Limits run_limits(int timeout) {
  constexpr int kMaxMemoryMib = 2048;
  const double seconds = timeout;
  return {seconds, seconds, 10 * seconds, kMaxMemoryMib};
}

enum class EngineChoice { kLibFuzzer, kAfl, kBoth };
const char* engine_name(EngineChoice engine);

struct FuzzOptions {
  EngineChoice engine = EngineChoice::kLibFuzzer;
  const TargetInfo* target = nullptr;
  KernelChoice kernel;
  DomainChoice domain;
  KnownFindings known;
  bool strict = false;
  bool stop_at_first = false;
  int seconds = 60;               // 0: until stopped
  int timeout = kDefaultTimeout;  // for one input
  int jobs = 0;
  int disk_mib = 0;    // of OUT; 0: no limit
  int memory_mib = 0;  // resident, of all jobs together; 0: no limit
  std::string out = "fuzz-out";
  std::string corpus;  // empty: the committed one
  bool json = false;
  bool verbose = false;
  Words engine_words;
};
std::optional<int> read_fuzz_options(const Words& words, FuzzOptions* options);

struct StatusOptions {
  std::string folder;
  bool json = false;
};
std::optional<int> read_status_options(const Words& words, StatusOptions* options);

struct ReplayOptions {
  std::vector<std::string> files;
  KernelChoice kernel;
  const TargetInfo* target = nullptr;  // none: the profile is that of each file
  DomainChoice domain;
  KnownFindings known;
  bool strict = false;
  bool trace = false;
  bool backtrace = false;
  bool bisect = false;
  bool no_model = false;
  bool stop_at_first = false;
  int timeout = kDefaultTimeout;  // for one program
  bool reverse = false;
  bool json = false;
  bool ktap = false;
};
std::optional<int> read_replay_options(const Words& words, ReplayOptions* options);

struct ShowOptions {
  std::string file;
  bool json = false;
};
std::optional<int> read_show_options(const Words& words, ShowOptions* options);

struct EncodeOptions {
  std::string file;
  std::string out;
  bool json = false;
};
std::optional<int> read_encode_options(const Words& words, EncodeOptions* options);

// How `minimize` and `triage` run programs.
struct RunChoice {
  KernelChoice kernel;
  const TargetInfo* target = nullptr;  // none: the profile is that of the file
  DomainChoice domain;
  bool strict = false;
  bool given = false;             // the user said anything of these
  int timeout = kDefaultTimeout;  // for one program
};

// The words that mean it, but for a baseline.
Words run_words(const RunChoice& choice);

struct MinimizeOptions {
  RunChoice choice;
  std::string file;
  std::string out;  // FILE.min.txt where none is given
  KnownFindings known;
  std::string signature;  // empty: the first finding that is not known
  int seconds = 0;        // 0: until nothing more can be taken away
  bool json = false;
};
std::optional<int> read_minimize_options(const Words& words, MinimizeOptions* options);

struct TriageOptions {
  RunChoice choice;
  std::string folder;
  std::string out = "triage-out";
  KnownFindings known;
  KnownFindings fixed;
  int seconds = 30;    // for each cluster
  int jobs = 0;        // processes at a time
  bool lane = false;   // this process answers another triage (lanes.h)
  std::string mail;    // the cluster to print as a mail, by number or signature
  std::string on_new;  // for a shell, once for each new cluster
  bool add_regression = false;
  bool json = false;
};
std::optional<int> read_triage_options(const Words& words, TriageOptions* options);

enum class CorpusAction { kMerge, kMigrate, kImport, kExport };
struct CorpusOptions {
  CorpusAction action = CorpusAction::kMerge;
  RunChoice choice;
  std::vector<std::string> known_files;
  std::string out;    // merge: a folder; import: a folder or empty; export: a zip
  std::string aside;  // merge: for inputs that end the target's process
  std::vector<std::string> names;
  bool no_reduce = false;
  int seconds = 0;  // of reducing; 0: until nothing more can be taken away
  bool json = false;
};
std::optional<int> read_corpus_options(const Words& words, CorpusOptions* options);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_OPTIONS_H_
