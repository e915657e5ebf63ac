// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to the option readers: CLI11 with our sentences, and what several sub-commands share.
//
// Ownership Plain values.
// Errors    as options.h.
// Threads   none.
// Source    design.md, The command.
#ifndef ARENAFUZZ_FUZZ_CLI_OPTIONS_READER_H_
#define ARENAFUZZ_FUZZ_CLI_OPTIONS_READER_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fuzz/cli/options.h"

namespace arenafuzz::cli {

inline constexpr int kMaxSeconds = 366 * 24 * 3600;

// CLI11 for what begins with a dash; all other words, and those after "--", are the reader's: in
// CLI11 a name such as "[x]" would be a list.
class Reader {
 public:
  Reader(const char* name, const char* usage, const char* about, const char* examples);

  CLI::App& app() { return app_; }
  const CLI::App& app() const { return app_; }
  const Words& names() const { return names_; }
  const Words& after_dashes() const { return after_; }

  std::optional<int> read(const Words& words);
  int wrong(const std::string& what) const;

 private:
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

void add_shared(CLI::App& app, SharedWords* words);
std::string target_list(const char* separator);
std::optional<int> check_shared(const Reader& reader, const SharedWords& words,
                                DomainChoice* domain, const TargetInfo** target,
                                KernelChoice* kernel);
std::optional<int> read_known(const std::vector<std::string>& names, std::set<std::string>* known);
// Those before and behind "--".
Words all_names(const Reader& reader);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_OPTIONS_READER_H_
