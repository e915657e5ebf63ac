// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz show` and `arenafuzz encode`: bytes <-> text.
#include <fmt/format.h>

#include <filesystem>

#include "fuzz/base/quoting.h"
#include "fuzz/cli/options.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/program_file.h"

namespace arenafuzz::cli {
namespace {

void print(const Json& object) {
  fmt::print("{}\n", object.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

int run_show(const Context&, const Words& words) {
  ShowOptions options;
  if (const auto code = read_show_options(words, &options)) return *code;
  ProgramFile file;
  const Status status = load_program(options.file, &file);
  if (!status.ok()) return refuse(status.sentence);
  const std::string text = print_program(file.program);
  if (!options.json) {
    fmt::print("{}", text);
    return kClean;
  }
  Json operations = Json::array();
  for (const Operation& operation : file.program.operations)
    operations.push_back(print_operation(operation));
  print({{"command", "show"},
         {"file", options.file},
         {"format", file.is_text ? "text" : "bytes"},
         {"header", print_header(file.program.header)},
         {"operations", operations},
         {"text", text}});
  return kClean;
}

int run_encode(const Context&, const Words& words) {
  EncodeOptions options;
  if (const auto code = read_encode_options(words, &options)) return *code;
  std::error_code ignored;
  if (options.json && options.out == kStandardStream)
    return refuse("--json owns the standard output: name a file for -o");
  if (std::filesystem::equivalent(options.file, options.out, ignored))
    return refuse(fmt::format("{} would overwrite its own text: choose another name for -o",
                              shell_quoted(options.file)));
  ProgramFile file;
  Status status = load_program(options.file, &file, true);
  if (!status.ok()) return refuse(status.sentence);
  std::vector<std::uint8_t> bytes;
  encode(file.program, &bytes);
  status = write_durably(options.out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!status.ok()) return refuse(status.sentence);
  if (options.json) {
    print({{"command", "encode"},
           {"file", options.file},
           {"out", options.out},
           {"operations", file.program.operations.size()},
           {"bytes", bytes.size()}});
  } else {
    fmt::print(stderr, "{}: {} operations, {} bytes\n", shell_quoted(options.out),
               file.program.operations.size(), bytes.size());
  }
  return kClean;
}

}  // namespace arenafuzz::cli
