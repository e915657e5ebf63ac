// SPDX-License-Identifier: GPL-2.0-only
//
// What triage does with a report that is written: mails, trackers, the regression corpus.
#include "fuzz/triage/folder/after.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "fuzz/base/files.h"
#include "fuzz/base/process.h"
#include "fuzz/base/quoting.h"
#include "fuzz/session/json_words.h"
#include "fuzz/triage/minimize/command_watch.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMaxReportFile = std::size_t{1} << 30;

// The command's exit code, 128 and more if a signal ended it; -1 if it cannot be run.
int run_with_input(const std::string& command, const std::string& text) {
  const int input = base::nameless_file("arenafuzz-input");
  if (input < 0 || !write_all(input, text)) return -1;
  lseek(input, 0, SEEK_SET);
  base::Process process;
  base::ProcessOptions options;
  options.words = {"/bin/sh", "-c", command};
  options.input = input;
  options.output = STDERR_FILENO;  // --json owns stdout
  const bool started = process.start(options);
  close(input);
  if (!started) return -1;
  const base::ProcessEnd end = process.wait({}, nullptr, [] { return !was_interrupted(); });
  return end.exit_code >= 0 ? end.exit_code : 128 + end.signal;
}

// "unwind.alloc.page.pages-kept.within-chunk.vzalloc" ->
// "unwind_of_alloc_page_pages_kept_within_chunk_with_vzalloc_failing"
std::string sentence_of(const std::string& signature) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= signature.size();) {
    const std::size_t end = std::min(signature.find('.', at), signature.size());
    parts.push_back(signature.substr(at, end - at));
    at = end + 1;
  }
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == "none" || parts[i].empty()) continue;
    const bool fault = parts.size() == 6 && i == 5;
    if (!out.empty()) out += i == 1 ? "_of_" : fault ? "_with_" : "_";
    for (const char one : parts[i])
      out += std::isalnum(static_cast<unsigned char>(one)) != 0 ? one : '_';
    if (fault) out += "_failing";
  }
  return out.substr(0, 100);
}

void add_regression(const Context& context, const TriageCluster& cluster) {
  const std::string program = text_of(cluster.detail, "program");
  if (program.empty()) return;
  const std::string folder = context.source_folder + "/corpus/regression";
  const std::string base = folder + "/" + sentence_of(cluster.signature);
  std::string name = base + ".txt";
  std::string content;
  for (int i = 2; read_file(name, std::size_t{1} << 20, &content).ok(); ++i) {
    if (content.ends_with(program.substr(program.find('\n') + 1))) return;  // it is there
    name = fmt::format("{}_{}.txt", base, std::string(static_cast<std::size_t>(i - 1), 'i'));
  }
  const std::string text = fmt::format("# arenafuzz\n# {}\n{}", text_of(cluster.detail, "title"),
                                       program.substr(program.find('\n') + 1));
  const Status status = write_durably(name, text);
  if (!status.ok())
    refuse(status.sentence);
  else
    fmt::print(stderr, "regression: {}\n", shell_quoted(name));
}

}  // namespace

Json previous_clusters(const std::string& name) {
  std::string content;
  Json clusters = Json::array();
  if (!read_file(name, kMaxReportFile, &content).ok()) return clusters;
  const Json report = Json::parse(content, nullptr, false);
  for (const char* key : {"clusters", "gone"})
    if (report.is_object() && report.contains(key) && report[key].is_array())
      for (const Json& cluster : report[key])
        if (cluster.is_object()) clusters.push_back(cluster);
  return clusters;
}

BuildChoice given_build(const TriageOptions& options) {
  const RunChoice& choice = options.choice;
  const KernelChoice& kernel = choice.kernel;
  BuildChoice build;
  build.words = run_words(choice);
  std::error_code error;
  const std::string tree =
      kernel.tree.empty() ? "" : std::filesystem::canonical(kernel.tree, error).string();
  build.name = backend_name(choice.target, kernel);
  if (!tree.empty()) build.name += " " + tree;
  build.sanitizers = ARENAFUZZ_SANITIZERS;
  return build;
}

void after_report(const Context& context, const TriageOptions& options, const TriageResult& result,
                  TriageJournal* journal) {
  for (const TriageCluster& cluster : result.clusters) {
    if (cluster.state != "new") continue;
    if (options.add_regression) add_regression(context, cluster);
    const std::string key = fmt::format("on-new {} {}", cluster.build, cluster.folder);
    if (options.on_new.empty() || journal->find(key) != nullptr) continue;
    const std::string text =
        cluster_json(result, cluster).dump(2, ' ', false, Json::error_handler_t::replace);
    const int code = run_with_input(options.on_new, text + "\n");
    if (code != 0)
      refuse(
          fmt::format("--on-new ended with {} for {}: see what it says", code, cluster.signature));
    const Status status = journal->add(key, code);
    if (!status.ok()) refuse(status.sentence);
  }
}

int print_mail(const TriageOptions& options) {
  const std::string name = options.out + "/report.json";
  const Json clusters = previous_clusters(name);
  std::size_t number = 0;
  std::from_chars(options.mail.data(), options.mail.data() + options.mail.size(), number);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    if (i + 1 != number && text_of(clusters[i], "signature") != options.mail) continue;
    std::string text;
    const std::string file = options.out + "/" + text_of(clusters[i], "folder") + "/mail.txt";
    const Status status = read_file(file, std::size_t{1} << 20, &text);
    if (!status.ok()) return refuse(status.sentence);
    fmt::print("{}", text);
    return kClean;
  }
  return refuse(fmt::format("no cluster {} in {}: run triage first, or name one by its number",
                            shell_quoted(options.mail), shell_quoted(name)));
}

}  // namespace arenafuzz
