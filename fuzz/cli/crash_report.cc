// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/crash_report.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "fuzz/base/process.h"
#include "fuzz/cli/files.h"

namespace arenafuzz::cli {
namespace {

constexpr const char* kOptionNames[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS"};
// What later options say holds.
constexpr std::string_view kWithout = ":symbolize=0";
constexpr std::string_view kWith = ":symbolize=1";
constexpr base::Limits kReplayLimits{.wall_seconds = 300};
constexpr std::size_t kMaxReplayLog = std::size_t{256} << 10;

std::string option_of(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// The words of a command of this binary.
Words words_of(const Context& context, const char* command) {
  Words words = {context.called_as};
  for (const Words& more : {context_words(context), baseline_words(context), Words{command}})
    words.insert(words.end(), more.begin(), more.end());
  return words;
}

// Only returns if it cannot.
void execute(const Words& words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(kSelf, arguments.data());
}

// The same crash, the same text: process numbers and addresses differ from run to run.
std::string without_addresses(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t digits = text.find_first_not_of("0123456789abcdef", 2);
    const bool address = text.starts_with("0x") && digits > 8;
    const std::size_t number = text.find_first_not_of("0123456789", 2);
    const bool process = text.starts_with("==") && number != std::string_view::npos && number > 2 &&
                         text.substr(number).starts_with("==");
    if (address || process) {
      out += address ? "0x..." : "==..==";
      text.remove_prefix(std::min(address ? digits : number + 2, text.size()));
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

void restart_without_symbolizer(const Context& context, const char* command, const Words& words) {
  if (option_of(kOptionNames[0]).ends_with(kWithout)) return;
  for (const char* name : kOptionNames)
    if (setenv(name, (option_of(name) + std::string(kWithout)).c_str(), 1) != 0) return;
  Words all = words_of(context, command);
  all.insert(all.end(), words.begin(), words.end());
  execute(all);
}

std::string replay_log(const Context& context, const Words& replay_words, const std::string& file) {
  Words words = words_of(context, "replay");
  words.insert(words.end(), replay_words.begin(), replay_words.end());
  words.insert(words.end(), {"--", file});
  base::ProcessOptions options;
  options.binary = kSelf;
  options.words = std::move(words);
  for (const char* name : kOptionNames)
    options.environment.push_back(std::string(name) + "=" + option_of(name) + std::string(kWith));
  return base::run_captured(std::move(options), kReplayLimits, kMaxReplayLog).output;
}

SanitizerReport symbolized_report(const Context& context, const Words& replay_words,
                                  const std::string& file) {
  SanitizerReport report;
  const std::string log = replay_log(context, replay_words, file);
  if (!read_sanitizer_report(log, "", &report)) report = {};
  report.excerpt = without_addresses(report.excerpt);
  return report;
}

}  // namespace arenafuzz::cli
