// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/corpus_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "fuzz/base/quoting.h"
#include "fuzz/campaign/engine_process.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFirstMerge = 2000;  // files

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error))
    names.push_back(it->path().filename().string());
  return names;
}

}  // namespace

CorpusKeeper::CorpusKeeper(const FuzzPlan& plan)
    : plan_(plan), able_(plan.can_merge()), due_at_(kFirstMerge) {
  std::error_code ignored;
  fs::remove_all(plan.out("corpus.merged"), ignored);  // of a run that was killed
}

CorpusKeeper::~CorpusKeeper() {
  if (!process_.running()) return;
  process_.stop();
  std::error_code ignored;
  fs::remove_all(plan_.out("corpus.merged"), ignored);
}

void CorpusKeeper::poll(std::uint64_t files, bool wanted) {
  if (!process_.running()) {
    if (able_ && (files >= due_at_ || (wanted && files >= due_at_ / 4))) begin(files);
    return;
  }
  const auto end = process_.reap();
  if (!end) return;
  // kFound: inputs that end the target are in OUT/crashes now.
  if (end->exit_code == kClean || end->exit_code == kFound) {
    take_over();
    problem_ = {};
    return;
  }
  problem_ = {fmt::format("the corpus could not be merged and was left as it is: see {}",
                          shell_quoted(plan_.out("logs/merge.log")))};
}

void CorpusKeeper::begin(std::uint64_t files) {
  due_at_ = 2 * files;
  before_ = names_in(plan_.out("corpus"));
  const Status status =
      start_process(plan_.merge_command(), plan_.out("logs/merge.log"), &process_);
  if (!status.ok()) problem_ = status;
}

void CorpusKeeper::take_over() {
  const std::string corpus = plan_.out("corpus") + "/";
  const std::string merged = plan_.out("corpus.merged") + "/";
  std::error_code error;
  std::set<std::string> taken;
  for (const std::string& name : names_in(merged)) {
    if (name.starts_with('.')) continue;
    fs::rename(merged + name, corpus + name, error);
    if (error) return;  // all that was there still is
    taken.insert(name);
  }
  if (taken.empty()) return;
  for (const std::string& name : before_) {
    if (taken.contains(name) || name.starts_with('.')) continue;
    if (fs::remove(corpus + name, error)) ++removed_;
  }
  fs::remove_all(merged, error);
  due_at_ = std::max<std::uint64_t>(kFirstMerge, 2 * taken.size());
  ++merges_;
}

}  // namespace arenafuzz
