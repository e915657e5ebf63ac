// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/corpus.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "fuzz/base/quoting.h"
#include "fuzz/triage/minimize/command_watch.h"

namespace arenafuzz::cli {
namespace {

constexpr std::size_t kNotesShown = 10;

// Ctrl-C and --time end the reducing, and what was chosen is still written; Ctrl-C before that ends
// the merge, and OUT is as it was.
class CommandMergeWatch final : public MergeWatch {
 public:
  explicit CommandMergeWatch(int seconds) : seconds_(seconds), progress_("merge") {}
  ~CommandMergeWatch() override { progress_.end(); }

  Patience go_on(MergeStage stage, std::size_t done, std::size_t all) override {
    progress_.show(fmt::format("{} {} of {}", merge_stage_name(stage), done, all));
    const bool early = stage < MergeStage::kReduce;
    if (was_interrupted() && early) return Patience::kStop;
    if (stage != MergeStage::kReduce) return Patience::kGoOn;
    if (reducing_since_ < 0) reducing_since_ = progress_.elapsed();
    const bool late = seconds_ != 0 && progress_.elapsed() - reducing_since_ >= seconds_;
    return late || was_interrupted() ? Patience::kHurry : Patience::kGoOn;
  }

 private:
  int seconds_;
  ProgressLine progress_;
  double reducing_since_ = -1;
};

Domain domain_of(const RunChoice& choice) {
  if (choice.domain.given) return choice.domain.domain;
  return choice.target->profile == Profile::kMisuse ? Domain::kMisuse : Domain::kApi;
}

MergeRequest request_for(const Context& context, const CorpusOptions& options) {
  const TargetInfo& target = *options.choice.target;
  MergeRequest request;
  request.out = options.out;
  request.in = options.names;
  request.form = form_of(&target);
  request.target.path = fmt::format("{}/fuzz/targets/{}_fuzzer", context.build_folder, target.name);
  request.target.words = {fmt::format("--domain={}", domain_name(domain_of(options.choice)))};
  for (const std::string& name : options.known_files)
    request.target.words.push_back("--known=" + name);
  std::error_code error;
  const std::string temporary = std::filesystem::temp_directory_path(error).string();
  request.scratch = error ? "/tmp" : temporary;
  request.aside = options.aside;
  request.reduce = !options.no_reduce;
  return request;
}

// One sentence for what can be said before anything is read.
Status check_request(const Context& context, const MergeRequest& request,
                     const TargetInfo& target) {
  std::error_code error;
  if (access(request.target.path.c_str(), X_OK) != 0 || std::string_view(ARENAFUZZ_ENGINE).empty())
    return {
        fmt::format("no engine's binary {}: build it: cmake -S {} --preset fuzz && cmake "
                    "--build {}/build/fuzz --target {}_fuzzer",
                    shell_quoted(request.target.path), shell_quoted(context.source_folder),
                    shell_quoted(context.source_folder), target.name)};
  if (request.scratch.find('\n') != std::string::npos)
    return {"the folder for temporary files has a newline in its name: set TMPDIR to another one"};
  if (std::filesystem::exists(request.out, error) &&
      !std::filesystem::is_directory(request.out, error))
    return {fmt::format("{} is no folder: name another OUT", shell_quoted(request.out))};
  for (const std::string& name : request.in) {
    if (!std::filesystem::exists(name, error))
      return {fmt::format("there is no {}: name folders or files to merge", shell_quoted(name))};
    if (std::filesystem::equivalent(name, request.out, error))
      return {
          fmt::format("{} is OUT itself: name a new folder to get a smaller corpus, or only the "
                      "other ones to add to it",
                      shell_quoted(name))};
  }
  return {};
}

Json merge_as_json(const CorpusOptions& options, const MergeResult& result) {
  return {{"command", "corpus merge"},
          {"target", options.choice.target->name},
          {"out", options.out},
          {"interrupted", was_interrupted()},
          {"files", result.files},
          {"duplicates", result.duplicates},
          {"migrated", result.migrated},
          {"dropped", notes_as_json(result.dropped)},
          {"unreadable", notes_as_json(result.unreadable)},
          {"ended_the_process", notes_as_json(result.ended)},
          {"present", result.present},
          {"added", result.added},
          {"added_bytes", result.added_bytes},
          {"features_before", result.features_before},
          {"features", result.features_after},
          {"operations_taken", result.operations_taken},
          {"operations_added", result.operations_added},
          {"reduced_to_the_end", result.reduced_to_the_end}};
}

void print_merge(const CorpusOptions& options, const MergeResult& result) {
  std::FILE* stream = options.json ? stderr : stdout;
  fmt::print(stream,
             "{} files: {} of a content met before, {} re-encoded, {} dropped, {} unreadable\n",
             result.files, result.duplicates, result.migrated, result.dropped.size(),
             result.unreadable.size());
  print_notes("dropped", result.dropped);
  print_notes("unreadable", result.unreadable);
  print_notes("ended the process", result.ended);
  fmt::print(stream,
             "{}: {} files there, {} added ({} operations after reducing{}, {} before; {} bytes)\n"
             "coverage: {} features, {} of them new\n",
             shell_quoted(options.out), result.present, result.added, result.operations_added,
             result.reduced_to_the_end ? "" : " as far as it went", result.operations_taken,
             result.added_bytes, result.features_after,
             result.features_after - result.features_before);
}

}  // namespace

CorpusForm form_of(const TargetInfo* target) {
  if (target == nullptr) return {};
  CorpusForm form;
  form.any_bytes = !target->runs_programs();
  form.profile = target->profile;
  form.gen_pool_only = target->kind == TargetKind::kKernelGenPool;
  return form;
}

std::vector<std::string> seed_folders(const Context& context, const TargetInfo& target) {
  std::vector<std::string> folders;
  std::istringstream names(target.seeds);
  for (std::string name; names >> name;)
    folders.push_back(fmt::format("{}/corpus/{}", context.source_folder, name));
  return folders;
}

void print_json(const Json& object) {
  fmt::print("{}\n", object.dump(2, ' ', false, Json::error_handler_t::replace));
}

Json notes_as_json(const std::vector<InputNote>& notes) {
  Json list = Json::array();
  for (const InputNote& note : notes) {
    Json one = {{"file", note.file}, {"why", note.why}};
    if (!note.aside.empty()) one["aside"] = note.aside;
    list.push_back(one);
  }
  return list;
}

void print_notes(const char* what, const std::vector<InputNote>& notes) {
  for (std::size_t i = 0; i < std::min(notes.size(), kNotesShown); ++i)
    fmt::print(stderr, "{}: {}: {}{}\n", what, shell_quoted(notes[i].file), printable(notes[i].why),
               notes[i].aside.empty() ? "" : ", kept as " + shell_quoted(notes[i].aside));
  if (notes.size() > kNotesShown)
    fmt::print(stderr, "{}: {} more (--json lists them)\n", what, notes.size() - kNotesShown);
}

int merge_corpus(const Context& context, const CorpusOptions& options) {
  const TargetInfo& target = *options.choice.target;
  const MergeRequest request = request_for(context, options);
  const Status status = check_request(context, request, target);
  if (!status.ok()) return refuse(status.sentence);
  if (target.kernel()) print_kernel_tree(stderr, options.choice.kernel);
  watch_signals();
  MergeResult result;
  {
    CommandMergeWatch watch(options.seconds);
    result = merge_corpora(request, watch);
  }
  if (!result.problem.ok()) return refuse(printable(result.problem.sentence));
  if (result.stopped)
    return refuse(fmt::format("interrupted: {} is as it was; the same command starts over",
                              shell_quoted(options.out)));
  print_merge(options, result);
  if (options.json) print_json(merge_as_json(options, result));
  if (!result.ended.empty()) return kFound;
  return result.unreadable.empty() ? kClean : kUnusable;
}

int run_corpus(const Context& context, const Words& words) {
  CorpusOptions options;
  if (const auto code = read_corpus_options(words, &options)) return *code;
  switch (options.action) {
    case CorpusAction::kMerge:
      return merge_corpus(context, options);
    case CorpusAction::kMigrate:
      return migrate_corpus(options);
    case CorpusAction::kImport:
      return import_corpus(context, options);
    case CorpusAction::kExport:
      return export_corpus(context, options);
  }
  return kUnusable;
}

}  // namespace arenafuzz::cli
