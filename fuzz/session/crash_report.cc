// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/crash_report.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "fuzz/base/files.h"
#include "fuzz/base/process.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/sanitizer_settings.h"

namespace arenafuzz {
namespace {

constexpr const char* kOptionNames[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS"};
// What later options say holds.
constexpr std::string_view kWithout = ":symbolize=0";
constexpr std::string_view kWith = ":symbolize=1";
constexpr std::size_t kMaxAnswer = std::size_t{64} << 20;

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

}  // namespace

void restart_without_symbolizer(const Context& context, const char* command, const Words& words) {
  const std::string settled = std::string(kSettledOptions) + std::string(kWithout);
  if (option_of(kOptionNames[0]).ends_with(settled)) return;
  for (const char* name : kOptionNames)
    if (setenv(name, (option_of(name) + settled).c_str(), 1) != 0) return;
  Words all = words_of(context, command);
  if (!exit_base().empty()) all.insert(all.begin() + 1, exit_base());
  all.insert(all.end(), words.begin(), words.end());
  execute(all);
}

Json replayed(const Context& context, const Words& replay_words, int timeout,
              const std::string& file, const base::Process::GoOn& go_on) {
  Words words = words_of(context, "replay");
  words.insert(words.end(), replay_words.begin(), replay_words.end());
  words.insert(words.end(), {"--json", "--timeout", std::to_string(timeout), "--", file});
  base::ProcessOptions options;
  options.binary = kSelf;
  options.words = std::move(words);
  options.error = open("/dev/null", O_WRONLY | O_CLOEXEC);
  for (const char* name : kOptionNames)
    options.environment.push_back(std::string(name) + "=" + option_of(name) + std::string(kWith));
  // Without a limit: it watches its own child, and waits for a processor like everybody.
  const base::Captured run = base::run_captured(options, {}, kMaxAnswer, go_on);
  close(options.error);
  const Json answer = Json::parse(run.output, nullptr, false);
  const auto files = answer.is_object() ? answer.find("files") : answer.end();
  return answer.is_object() && files != answer.end() && files->size() == 1 ? (*files)[0] : Json();
}

const Json* finding_in(const Json& file, const std::string& signature) {
  if (!file.is_object() || !file.contains("findings")) return nullptr;
  const std::string verdict = text_of(file, "verdict");
  const bool died = verdict == "crash" || verdict == "exit" || verdict == "timeout";
  for (const Json& finding : file["findings"])
    if (signature.empty() ? died : text_of(finding, "signature") == signature) return &finding;
  return nullptr;
}

}  // namespace arenafuzz
