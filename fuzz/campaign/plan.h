// SPDX-License-Identifier: GPL-2.0-only
//
// What a fuzz run will do: its folders, its seed and the engine's command line.
//
//   OUT/corpus       new inputs                  OUT/logs/job-N.log   what the engine printed
//   OUT/findings     a text file per signature   OUT/stats/job-N      counters (stats.h)
//   OUT/crashes      inputs that ended a job     OUT/known.txt        signatures, for --known
//   OUT/seeds        only after a seed crashed: the others; of text seeds: their bytes
//   OUT/afl          AFL++'s own folder           OUT/afl-seeds        the seeds, as it wants them
//   OUT/passed-over.txt  what --known named, for the jobs; files given by the user are only read
//   OUT/old, old.txt as findings, but what --baseline shows too; their list, for the jobs
//   OUT/findings.new where the targets write during a run; gone at its end
//
// Ownership Plain values; the lock is held until the plan is gone.
// Errors    a sentence.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CAMPAIGN_PLAN_H_
#define ARENAFUZZ_FUZZ_CAMPAIGN_PLAN_H_

#include <cstdint>
#include <string>

#include "fuzz/base/files.h"
#include "fuzz/campaign/fuzz_options.h"
#include "fuzz/session/kernel_choice.h"
#include "fuzz/session/out_folder.h"

namespace arenafuzz {

inline constexpr const char* kPassedOver = "passed-over.txt";
// The longest input that an engine makes.
inline constexpr std::size_t kMaxEngineInputBytes = 4096;
// A program that took all the steps that replay allows would take a second of the job's time.
inline constexpr const char* kFuzzSteps = "--steps=262144";

struct EngineCommand {
  Words environment;  // NAME=value
  Words words;
};
// As a shell takes it.
std::string command_line(const EngineCommand& command);
// "NAME=ours:user's": what the user set comes after ours, and so wins.
// `ours`: defaults, over which the user's environment goes. `settled`: what a verdict depends on.
std::string sanitizer_options(const char* name, const char* ours, const char* settled);
// A symbolizer that sanitizers do not find by themselves; empty: none, or not needed.
std::string versioned_symbolizer();
// The program's file; empty: none.
std::string program_on_path(const char* program);

class FuzzPlan {
 public:
  FuzzPlan(const Context& context, FuzzOptions options);
  ~FuzzPlan();
  FuzzPlan(const FuzzPlan&) = delete;
  FuzzPlan& operator=(const FuzzPlan&) = delete;

  // Makes the folders, takes OUT's lock, looks for the binary and the seeds.
  Status prepare();
  // For afl-fuzz, which needs at least one input to start.
  Status write_bare_seed() const;

  const FuzzOptions& options() const { return options_; }
  const Context& context() const { return context_; }
  // How the jobs run programs.
  RunChoice run_choice() const;
  std::string out(const std::string& name) const { return options_.out + "/" + name; }
  // What `replay` needs to be told to run a file as this run did; with the file's name, as the user
  // would type it.
  Words replay_words() const;
  std::string replay_line(const std::string& file) const;
  std::uint32_t seed() const { return seed_; }
  // Set if there are no committed seeds.
  const std::string& note() const { return note_; }
  // The first file of the kernel tree that is not what it was at the start; empty: none.
  std::string changed_tree_file() const { return tree_.changed(); }
  EngineCommand command(int job, int seconds) const;
  // Whether the job is AFL++'s, and its name there.
  bool runs_afl(int job) const;
  std::string afl_name(int job) const;
  // AFL++'s binary on files, by itself: reports with names, nothing counted.
  EngineCommand afl_replay_command(const Words& files) const;
  // One input by itself, as a job would run it.
  EngineCommand replay_command(const std::string& file) const;
  // OUT/corpus into OUT/corpus.merged. REQUIRES: can_merge().
  bool can_merge() const;
  EngineCommand merge_command() const;
  // A seed that ends a job at its start would end every one: from here on the seeds are a copy in
  // OUT/seeds without those that equal `artifact`. False if there is none.
  bool drop_seed(const std::string& artifact);
  // A folder of seeds that was there at the start is not: the next job begins without it.
  bool seeds_are_gone() const;

 private:
  Status lock();
  Status find_corpora();
  OutStamp stamp() const;
  bool copy_seeds();
  Status encode_text_seeds();
  Status find_afl();
  Status copy_afl_seeds();
  Words target_options() const;
  EngineCommand afl_command(int job, int seconds) const;

  Context context_;
  FuzzOptions options_;
  std::string binary_;
  std::string afl_binary_;
  std::string afl_fuzz_;
  std::string mutator_;
  Words corpora_;  // folders of seeds
  std::string note_;
  TreeWatch tree_;
  std::uint32_t seed_ = 0;
  Domain domain_ = Domain::kApi;
  int lock_ = -1;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CAMPAIGN_PLAN_H_
