// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/cluster_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>

#include "fuzz/base/quoting.h"
#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/program/text.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/version.h"
#include "fuzz/triage/folder/journal.h"
#include "fuzz/triage/minimize/worker_probe.h"
#include "fuzz/triage/reproduce/reproducer.h"
#include "fuzz/triage/reproduce/reproducer_check.h"
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMailColumns = 72;
constexpr std::size_t kMaxSource = std::size_t{4} << 20;

void name_tree(const Context& context, ReproducerInput* input) {
  const KernelTreeInfo& info = kernel_tree_info;
  input->version = info.origin[0] != '\0' ? info.origin : kernel_tree_version();
  input->compiler = reproducer_compiler();
  input->build = "${V%/*}";
  std::error_code ignored;
  // The build of a user's tree has a name that others' has not: theirs is the one used last.
  const std::pair<const char*, const char*> views[] = {
      {"kernel_tree",
       "$(ls -t $(find build/kernel -name .in-use) | head -n 1)\n * V=${V%/*}/kernel_tree.view"},
      {"arenafuzz_kernel_default", "build/fuzz/arenafuzz_kernel_default.view"}};
  for (const auto& [name, shown] : views) {
    const std::string view = fmt::format("{}/{}.view", context.build_folder, name);
    if (!std::filesystem::is_directory(view, ignored)) continue;
    input->compiled = view;
    input->view = shown;
  }
  for (int i = 0; i < info.file_count; ++i) {
    const std::string file = info.files[i].path;
    if (!file.starts_with("kernel/")) continue;
    (file.ends_with(".c") ? input->arena_file : input->arena_header) = file;
    std::string content;
    // A file that cannot be read uses nothing.
    read_file(input->compiled + "/" + file, kMaxSource, &content).ignore();
    input->uses_kern_base |= content.find("arena_kern_base") != std::string::npos ||
                             content.find("scx_arena_to_kaddr") != std::string::npos;
  }
}

std::string place_text(const Json& place) {
  return fmt::format("{} {}:{}", text_of(place, "function"), bytes_of(text_of(place, "file")),
                     place.value("line", 0));
}

// What is tried says why it is not kept.
Reproducer tried(const DetailInput& input, const ReproducerInput& wanted, Reproducer made,
                 bool endless) {
  if (made.text.empty()) return made;
  made.why = reproducer_problem(input.keeper.context(), wanted, made.text, input.folder, endless,
                                input.keeper.choice().timeout);
  if (!made.why.empty()) made.text = made.body = "";
  return made;
}

}  // namespace

std::string mail_text(const Json& detail, const std::string& version, const std::string& c_body,
                      const std::string& program) {
  const auto text = [&](const char* key) {
    return detail.contains(key) ? detail[key].get<std::string>() : std::string();
  };
  std::string out = wrapped(text("title"), "", kMailColumns) + "\n";
  if (detail.contains("where") && !detail["where"].empty()) {
    const bool last_call = detail.value("where_is_last_call", false);
    out += wrapped((last_call ? "The pool's last call out before that: " : "At ") +
                       place_text(detail["where"][0]) + ".",
                   "", kMailColumns);
  }
  if (!version.empty()) out += wrapped("Base: " + version + ".", "", kMailColumns);
  if (detail.contains("expected"))
    out += "\n" + wrapped("Expected: " + text("expected"), "", kMailColumns) +
           wrapped("Got:      " + text("got"), "", kMailColumns);
  out += "\nThe shortest program that shows it, one operation a line:\n\n";
  std::istringstream lines(program);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("#")) out += wrapped(line, "  ", kMailColumns);
  out += "\n" + wrapped(fmt::format("Found by arenafuzz {}.", kSourceVersion), "", kMailColumns);
  std::string command = wrapped(bytes_of(text("replay")), "  ", kMailColumns - 2);
  for (std::size_t at = 0; (at = command.find("\n  ", at)) != std::string::npos; at += 3)
    command.insert(at, " \\"), at += 2;
  out += "\nTo see it:\n\n" + command;
  if (c_body.empty()) return out;
  out += "\nAs C (the attached reproducer.c says how to build it):\n\n";
  std::istringstream source(c_body);
  for (std::string line; std::getline(source, line);) {
    std::string spaced;
    for (const char one : line) spaced += one == '\t' ? std::string("    ") : std::string(1, one);
    out += spaced + "\n";
  }
  return out;
}

Status write_reproducers(const DetailInput& input, const WrittenFinding& kept, Json* detail) {
  const RunChoice& choice = input.keeper.choice();
  ReproducerInput wanted;
  wanted.program = input.minimized.program;
  wanted.signature = kept.signature;
  wanted.title = printable(detail->at("title").get<std::string>());
  wanted.backend = backend_name(choice.target, choice.kernel);
  if (choice.domain.given) wanted.domain = domain_name(choice.domain.domain);
  if (!kept.died) wanted.fired = input.probe.run(wanted.program).fired;
  wanted.failing = kept.finding ? kept.finding->position : wanted.program.operations.size();
  if (wanted.backend == "kernel") name_tree(input.keeper.context(), &wanted);
  // What kills its process is not run here.
  if (kept.finding && !kept.died && wanted.backend != "differential") {
    wanted.actual = record(input.keeper.runner().executor(), input.keeper.backend(), wanted.program,
                           input.keeper.run_options());
  }
  auto ours = std::make_unique<CppBackend>();
  auto executor = std::make_unique<Executor>(*ours);
  wanted.reference = record(*executor, *ours, wanted.program, input.keeper.run_options());
  Json files = Json::object();
  Json missing = Json::object();
  Status status;
  const std::string folder = std::filesystem::path(input.folder).filename().string();
  const auto keep = [&](const char* kind, const char* name, const Reproducer& made) {
    if (made.text.empty()) {
      missing[kind] = made.why;
      return;
    }
    if (status.ok()) status = write_durably(input.folder + "/" + name, made.text);
    files[kind] = json_text(folder + "/" + name);
  };
  const bool endless = input.probed == kTimeoutSignature;
  const Reproducer c_file = tried(input, wanted, c_reproducer(wanted, "reproducer.c"), endless);
  Reproducer kunit = kunit_reproducer(wanted);
  // It makes the same calls.
  if (c_file.text.empty() && !kunit.text.empty()) kunit = no_reproducer(c_file.why);
  keep("googletest", "reproducer_test.cc", googletest_reproducer(wanted));
  keep("c", "reproducer.c", c_file);
  keep("kunit", "reproducer_kunit.c", kunit);
  Json told = *detail;
  told["replay"] = json_text(input.keeper.replay_line_for_others());
  keep("mail", "mail.txt",
       {mail_text(told, wanted.version, c_file.body, print_program(wanted.program)), "", ""});
  (*detail)["reproducers"] = files;
  if (!missing.empty()) (*detail)["no_reproducer"] = missing;
  return status;
}

}  // namespace arenafuzz
