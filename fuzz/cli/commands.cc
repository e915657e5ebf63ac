// SPDX-License-Identifier: GPL-2.0-only
//
// The command `arenafuzz`: picks the sub-command and makes sure that its output was written.
// main() is in main/main.cc, apart from the library.
#include "fuzz/cli/commands.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "fuzz/base/files.h"
#include "fuzz/base/quoting.h"
#include "fuzz/base/streams.h"
#include "fuzz/session/version.h"

namespace arenafuzz::cli {
namespace {

struct Command {
  const char* name;
  const char* arguments;
  const char* summary;  // one line of help
  int (*run)(const Context& context, const Words& words);
};

constexpr Command kCommands[] = {
#define ARENAFUZZ_COMMAND(name, arguments, summary) {#name, arguments, summary, run_##name},
#include "fuzz/cli/commands.def"
};

constexpr std::string_view kExitBase = "--exit-base=";

void print_help() {
  fmt::print("Usage: arenafuzz COMMAND [OPTIONS]\n\n");
  for (const Command& command : kCommands)
    fmt::print("  {:<8} {:<28} {}\n", command.name, command.arguments, command.summary);
  fmt::print(
      "\nExit: 0 clean, 1 a finding, 2 usage or unreadable input.\n"
      "\"arenafuzz COMMAND --help\" has the options and examples; --version says which this is.\n");
}

std::string names() {
  std::string list;
  for (const Command& command : kCommands)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", command.name);
  return list;
}

// Options before the sub-command's name; the root script gives them.
bool take_option(std::string_view word, std::string_view name, std::string* value) {
  if (!word.starts_with(name)) return false;
  *value = word.substr(name.size());
  return true;
}

// Where the script is killed nobody reads a verdict. It may have been before this was asked for.
void end_with_script(std::string_view word) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return;
  pid_t script = 0;
  std::from_chars(word.data() + colon + 1, word.data() + word.size(), script);
  if (getppid() != script) raise(SIGTERM);
}

int dispatch(int argc, char** argv) {
  Context context{argc > 0 ? argv[0] : "arenafuzz", ARENAFUZZ_SOURCE_DIR, executable_folder(), "",
                  ""};
  int at = 1;
  if (at < argc && std::string_view(argv[at]).starts_with(kExitBase)) {
    exit_base() = argv[at++];
    end_with_script(exit_base());
  }
  while (at < argc && (take_option(argv[at], "--source-dir=", &context.source_folder) ||
                       take_option(argv[at], "--bin-dir=", &context.build_folder) ||
                       take_option(argv[at], "--called-as=", &context.called_as) ||
                       take_option(argv[at], "--baseline-bin=", &context.baseline_folder) ||
                       take_option(argv[at], "--baseline-glue=", &context.baseline_glue)))
    ++at;
  if (at == argc) return refuse("no command given: use " + names() + ", or --help");
  const std::string_view name = argv[at];
  if (name == "--help" || name == "-h" || name == "help") {
    print_help();
    return kClean;
  }
  if (name == "--version" || name == "version") {
    fmt::print("{}\n", version_text());
    return kClean;
  }
  for (const Command& command : kCommands)
    if (name == command.name) return command.run(context, Words(argv + at + 1, argv + argc));
  return refuse(fmt::format("unknown command {}: use {}, or --help", shell_quoted(name), names()));
}

// One sentence where a stream is left; not into an object or a table for a machine.
int end_of_streams(const Words& words, int code) {
  const int out = stream_error(stdout);
  const int error = stream_error(stderr);
  if (out == 0 && error == 0) return code;
  const auto sentence = [](const char* name, int number) {
    return fmt::format("cannot write to {} ({}): send it where there is room", name,
                       std::strerror(number));
  };
  const auto has = [&](const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (out != 0) {
    refuse(sentence("stdout", out));
  } else if (!has("--json") && !has("--ktap")) {
    fmt::print("arenafuzz: {}\n", sentence("stderr", error));
    std::fflush(stdout);
  }
  return has("--bisect") ? kNoVerdict : kUnusable;
}

// The script tells a verdict from the death of this process by the range of the code.
int above_base(int code, std::string_view word) {
  if (word.empty()) return code;
  int base = 0;
  std::from_chars(word.data() + kExitBase.size(), word.data() + word.size(), base);
  return base + (code == kNoVerdict ? 3 : code);
}

}  // namespace

int run_command(int argc, char** argv) {
  guard_streams();
  const int code = dispatch(argc, argv);
  return above_base(end_of_streams(Words(argv, argv + argc), code), exit_base());
}

}  // namespace arenafuzz::cli
