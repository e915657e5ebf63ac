// SPDX-License-Identifier: GPL-2.0-only
//
// The command `arenafuzz`: picks the sub-command and sees to it that its output was written.
// main() is in main/main.cc, apart from the library.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "fuzz/cli/command.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/quoting.h"

namespace arenafuzz::cli {
namespace {

// The one list of sub-commands of this binary. The root script adds `test`.
constexpr Command kCommands[] = {
    {"fuzz", "[OPTIONS] [-- ENGINE ARGS]", "fuzz the pool and report what is found", run_fuzz},
    {"status", "DIR", "how a run stands, from elsewhere", run_status},
    {"replay", "FILE|DIR...", "run programs (bytes or text) and print verdicts", run_replay},
    {"show", "FILE", "print a program as text", run_show},
    {"encode", "FILE -o OUT", "turn a program's text into bytes", run_encode},
    {"bench", "[OPTIONS]", "ratios against the bare loop", run_bench},
    {"minimize", "FILE [-o OUT]", "the shortest program with the same finding", run_minimize},
    {"triage", "DIR [--out REPORT]", "a folder of crashes, sorted by cause", run_triage},
    {"corpus", "merge|migrate|import|export", "corpora: merge, re-encode, exchange", run_corpus},
};

void print_help() {
  fmt::print("Usage: arenafuzz COMMAND [OPTIONS]\n\n");
  for (const Command& command : kCommands)
    fmt::print("  {:<8} {:<28} {}\n", command.name, command.arguments, command.summary);
  fmt::print(
      "\nExit: 0 clean, 1 a finding, 2 usage or unreadable input.\n"
      "\"arenafuzz COMMAND --help\" has the options and examples.\n");
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

int dispatch(int argc, char** argv) {
  Context context{argc > 0 ? argv[0] : "arenafuzz", ARENAFUZZ_SOURCE_DIR, executable_folder(), "",
                  ""};
  int at = 1;
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
  for (const Command& command : kCommands)
    if (name == command.name) return command.run(context, Words(argv + at + 1, argv + argc));
  return refuse(fmt::format("unknown command {}: use {}, or --help", shell_quoted(name), names()));
}

}  // namespace

Words context_words(const Context& context) {
  return {"--source-dir=" + context.source_folder, "--bin-dir=" + context.build_folder,
          "--called-as=" + context.called_as};
}

Words baseline_words(const Context& context) {
  if (context.baseline_folder.empty()) return {};
  return {"--baseline-bin=" + context.baseline_folder, "--baseline-glue=" + context.baseline_glue};
}

int run_command(int argc, char** argv) {
  const int code = dispatch(argc, argv);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return refuse(std::string("cannot write the output (") + std::strerror(errno) +
                "): send it where there is room");
}

int refuse(const std::string& sentence) {
  std::fflush(stdout);
  fmt::print(stderr, "arenafuzz: {}\n", sentence);
  return kUnusable;
}

}  // namespace arenafuzz::cli
