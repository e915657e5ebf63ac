// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to the option readers: CLI11 with our sentences, and what several sub-commands share.
//
// Ownership Plain values.
// Errors    as options.h.
// Threads   none.
// Source    docs/commands.md.
#ifndef ARENAFUZZ_FUZZ_CLI_OPTIONS_READER_H_
#define ARENAFUZZ_FUZZ_CLI_OPTIONS_READER_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/cli/options.h"

namespace arenafuzz::cli {

inline constexpr int kMaxJobs = 1024;

// CLI11 for what begins with a dash; all other words, and those after "--", are the reader's: in
// CLI11 a name such as "[x]" would be a list. CLI11 takes every value as text: what a value may be,
// and the sentence about one that may not, are ours.
class Reader {
 public:
  Reader(const char* name, const char* usage, const char* about, const char* examples);

  const CLI::App& app() const { return app_; }

  // Options, each given once at most. An empty value is refused.
  void add_flag(const char* option, bool* value, const std::string& help);
  void add_text(const char* option, const char* kind, std::string* value, const std::string& help);
  // May be repeated.
  void add_texts(const char* option, const char* kind, std::vector<std::string>* values,
                 const std::string& help);
  void add_whole(const char* option, int least, int most, int* value, const std::string& help);
  // "90", "90s", "10m", "2h", "1d"; at most a year.
  void add_duration(const char* option, int* seconds, const std::string& help);
  // The root script's own, for the help; given to the built command it is refused.
  void add_sandbox();
  // Between commands of our own: not in the help.
  void hide(const char* option) { app_.get_option(option)->group(""); }
  bool given(const char* option) const { return app_.get_option(option)->count() != 0; }
  const Words& names() const { return names_; }
  const Words& after_dashes() const { return after_; }

  std::optional<int> read(const Words& words);
  int wrong(const std::string& what) const;

 private:
  std::string complaint(const CLI::ParseError& error) const;

  const char* name_;
  CLI::App app_;
  Words names_;
  Words after_;
};

// Options that several sub-commands have, as words until they are checked.
struct SharedWords {
  std::string backend;
  KernelChoice kernel;
  std::string target;
  const char* default_target = nullptr;
  std::string domain;
  std::vector<std::string> known;
};

void add_shared(Reader& reader, SharedWords* words);
void add_timeout(Reader& reader, int* seconds);
std::optional<int> check_shared(const Reader& reader, const SharedWords& words,
                                DomainChoice* domain, const TargetInfo** target,
                                KernelChoice* kernel);
std::optional<int> read_known(const std::vector<std::string>& names, KnownFindings* known);
// One for each core.
int default_jobs();
// Those before and behind "--".
Words all_names(const Reader& reader);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_OPTIONS_READER_H_
