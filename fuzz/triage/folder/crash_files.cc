// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/crash_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>

#include "fuzz/base/quoting.h"
#include "fuzz/program/limits.h"
#include "fuzz/session/out_folder.h"
#include "fuzz/triage/folder/journal.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

// A `fuzz --out` folder and AFL++'s hold more than crashes: there, these folders alone count.
bool in_crash_folder(const std::string& folder, const std::string& file) {
  const auto relative = fs::path(file).lexically_relative(folder);
  return std::any_of(relative.begin(), relative.end(), [](const fs::path& part) {
    return part == "crashes" || part == "hangs" || part == "findings";
  });
}

Status collect_crashes(const std::string& folder, std::vector<std::string>* files) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    return {shell_quoted(folder) + " is no folder: name one with crash files"};
  // A run that found nothing has no crashes, and nothing else that it keeps is one.
  const bool run = is_fuzz_folder(folder);
  const Status status = collect_files(folder, files);
  if (!status.ok()) return run ? Status{} : status;
  const bool sorted =
      run || std::any_of(files->begin(), files->end(),
                         [&](const std::string& file) { return in_crash_folder(folder, file); });
  if (sorted)
    std::erase_if(*files, [&](const std::string& file) { return !in_crash_folder(folder, file); });
  return {};
}

const char* engine_of(const std::string& file) {
  const std::string name = fs::path(file).filename().string();
  if (name.starts_with("clusterfuzz-testcase")) return "oss-fuzz";
  if (name.starts_with("id:")) return "afl";
  for (const char* prefix : {"crash-", "timeout-", "oom-", "leak-", "slow-unit-"})
    if (name.starts_with(prefix)) return "libfuzzer";
  return "";
}

std::string seen_of(const std::string& file) {
  struct stat state{};
  struct tm parts{};
  if (stat(file.c_str(), &state) != 0 || gmtime_r(&state.st_mtime, &parts) == nullptr) return "";
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

// build.json next to the file, or in the folder `findings` next to its folder; not above the
// folder.
std::string build_file_of(const std::string& folder, const std::string& file) {
  const fs::path own = fs::path(file).parent_path();
  std::vector<fs::path> names = {own / kBuildFileName};
  if (own.lexically_normal() != fs::path(folder + "/").parent_path().lexically_normal())
    names.push_back(own.parent_path() / "findings" / kBuildFileName);
  std::error_code ignored;
  for (const fs::path& name : names)
    if (fs::is_regular_file(fs::symlink_status(name, ignored))) return name.string();
  return "";
}

bool is_below(const std::string& folder, const std::string& name) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  if (error) return false;
  const fs::path relative = fs::weakly_canonical(name, error).lexically_relative(real);
  return !relative.empty() && *relative.begin() != "..";
}

class Builds {
 public:
  Builds(const Context& context, CrashFolder* found) : context_(context), found_(found) {}

  std::size_t add(const BuildChoice& choice) {
    auto& builds = found_->builds;
    const auto same = std::find_if(builds.begin(), builds.end(), [&](const BuildChoice& one) {
      return one.binary == choice.binary && one.words == choice.words;
    });
    if (same != builds.end()) return static_cast<std::size_t>(same - builds.begin());
    builds.push_back(choice);
    return builds.size() - 1;
  }
  void settle(const std::string& build_file, CrashInput* input) {
    const auto [entry, fresh] = read_.try_emplace(build_file);
    if (fresh) {
      BuildChoice choice;
      const Status status = read_build_file(context_, build_file, &choice);
      entry->second = {status.sentence, status.ok() ? add(choice) : 0};
    }
    input->problem = {entry->second.first};
    input->build = entry->second.second;
  }

 private:
  const Context& context_;
  CrashFolder* found_;
  std::map<std::string, std::pair<std::string, std::size_t>> read_;
};

}  // namespace

Status read_crash_folder(const Context& context, const std::string& folder,
                         const std::string& report, const BuildChoice& given, bool overrides,
                         CrashFolder* found) {
  std::vector<std::string> names;
  const Status status = collect_crashes(folder, &names);
  if (!status.ok()) return status;
  // Its own pages and programs would come to lie among the crashes, and none of them would be read.
  std::error_code unknown;
  if (fs::exists(report, unknown) && is_below(report, folder))
    return {
        fmt::format("--out {} holds the crashes themselves: choose another folder for the report",
                    shell_quoted(report))};
  std::erase_if(names, [&](const std::string& name) { return is_below(report, name); });
  Builds builds(context, found);
  builds.add(given);
  for (const std::string& name : names) {
    CrashInput input;
    input.name = name;
    input.engine = engine_of(name);
    input.seen = seen_of(name);
    std::string content;
    std::error_code ignored;
    if (fs::is_symlink(name, ignored)) {
      input.problem = {shell_quoted(name) +
                       " is a symbolic link, and only the folder is read: copy what it names"};
      found->inputs.push_back(std::move(input));
      continue;
    }
    const Status readable = read_file(name, limits::kMaxProgramBytes, &content);
    input.hash = hash_of(content);
    const std::string build_file = overrides ? "" : build_file_of(folder, name);
    if (!readable.ok()) {
      input.problem = readable;
    } else if (!build_file.empty()) {
      builds.settle(build_file, &input);
    }
    found->inputs.push_back(std::move(input));
  }
  return {};
}

}  // namespace arenafuzz
