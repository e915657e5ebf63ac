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

#include "fuzz/campaign/fuzz_options.h"
#include "fuzz/cli/commands.h"
#include "fuzz/session/kernel_choice.h"
#include "fuzz/session/known_findings.h"
#include "fuzz/session/run_choice.h"
#include "fuzz/targets/targets.h"
#include "fuzz/triage/folder/triage_options.h"

namespace arenafuzz::cli {

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
