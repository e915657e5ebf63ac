// SPDX-License-Identifier: GPL-2.0-only
//
// The default tree's sources behind the executor: what our own pool does, they do.
#include "fuzz/harness/backends/kernel_backend.h"

#include "src/kernel/tree_info.h"
#include "tests/fuzz/harness/testing.h"
#include "tests/tools/corpus_files.h"

namespace arenafuzz::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kPrograms = 500;  // of each profile

std::vector<std::string> corpus_files() {
  std::vector<std::string> files;
  EXPECT_TRUE(collect_files(std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus", &files));
  return files;
}

Program read(const std::string& file) {
  Program program;
  std::string why;
  EXPECT_TRUE(read_program(file, &program, &why)) << why;
  return program;
}

// Our pool has first fit alone.
Options first_fit_only() {
  Options options;
  options.first_fit_only = true;
  return options;
}

// Everything of a verdict that two backends must agree in.
std::string verdict_text(const Verdict& verdict) {
  std::string text = std::to_string(verdict.trace_hash) + " " + end_reason_name(verdict.end) + " " +
                     std::to_string(verdict.operations) + " operations, " +
                     std::to_string(verdict.skipped) + " skipped, faults";
  for (const std::uint64_t fired : verdict.faults_fired) text += " " + std::to_string(fired);
  return text + " " + first_finding(verdict);
}

TEST(KernelBackend, HasTheVerdictsAndTraceHashesOfOurPoolOnTheCommittedCorpus) {
  Bench<> own;
  Bench<KernelBackend> kernel;
  for (const std::string& file : corpus_files()) {
    const Program program = read(file);
    const std::string ours = verdict_text(own.run(program, first_fit_only()));
    EXPECT_EQ(verdict_text(kernel.run(program, first_fit_only())), ours) << file;
  }
}

TEST(KernelBackend, IsCleanOnTheCommittedCorpusWithEveryPolicyAndWithoutTheModel) {
  Bench<KernelBackend> kernel;
  for (const std::string& file : corpus_files()) {
    const Program program = read(file);
    EXPECT_EQ(first_finding(kernel.run(program)), "clean") << file;
    EXPECT_EQ(first_finding(kernel.run(program, without_model())), "clean") << file;
  }
}

class KernelBackendProfile : public ::testing::TestWithParam<Profile> {};

TEST_P(KernelBackendProfile, IsCleanOnGeneratedProgramsOfEveryPolicy) {
  Bench<KernelBackend> kernel;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = with_every_policy(seed, GetParam());
    ASSERT_EQ(first_finding(kernel.run(program)), "clean") << "seed " << seed << "\n"
                                                           << print_program(program);
  }
}

TEST_P(KernelBackendProfile, HasTheVerdictsOfOurPoolOnGeneratedPrograms) {
  Bench<> own;
  Bench<KernelBackend> kernel;
  for (std::uint64_t seed = 1000; seed < 1000 + kPrograms; ++seed) {
    const Program program = with_every_policy(seed, GetParam());
    const std::string ours = verdict_text(own.run(program, first_fit_only()));
    ASSERT_EQ(verdict_text(kernel.run(program, first_fit_only())), ours) << "seed " << seed << "\n"
                                                                         << print_program(program);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, KernelBackendProfile,
                         ::testing::Values(Profile::kCorrect, Profile::kFaults, Profile::kMisuse),
                         [](const auto& chosen) { return profile_test_name(chosen.param); });

TEST(KernelBackend, RunsEveryPolicyWhereOursPassesThemOver) {
  constexpr const char* kText =
      "header profile:faults kind:gen_pool order:3\ncreate\nadd 65544 size:4096\n"
      "a0 = alloc 64 align:7\n";
  Bench<> own;
  EXPECT_THAT(own.traced(kText), HasSubstr("is not run here"));
  Bench<KernelBackend> kernel;
  EXPECT_THAT(kernel.traced(kText), HasSubstr("address 65664"));
}

TEST(KernelBackend, RunsProgramsOfEachPageSizeInAnyOrder) {
  Bench<KernelBackend> kernel;
  for (const char* page : {"4096", "65536", "16384", "4096"}) {
    const std::string text = std::string("header profile:faults pages:8 page:") + page +
                             "\nenable s0 root m0\na0 = alloc s0 8\n";
    EXPECT_THAT(kernel.traced(text),
                HasSubstr("vzalloc " + std::to_string(56 + std::stoi(page) / 16) + " bytes"));
  }
}

TEST(KernelBackend, GivesTheSameVerdictAfterAnyOtherProgram) {
  Bench<KernelBackend> kernel;
  const Program program = generated(7, Profile::kMisuse);
  const std::string first = verdict_text(kernel.run(program));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    kernel.run(generated(seed, Profile::kMisuse));
    ASSERT_EQ(verdict_text(kernel.run(program)), first) << "after seed " << seed;
  }
}

// Two executors, the later one's metadata being bound when the earlier one runs again.
TEST(KernelBackend, RunsAgainAfterAnotherExecutorsKernelBackend) {
  Bench<KernelBackend> first;
  Bench<KernelBackend> second;
  const Program program = generated(7, Profile::kFaults);
  const std::string wanted = verdict_text(first.run(program));
  EXPECT_EQ(verdict_text(second.run(program)), wanted);
  EXPECT_EQ(verdict_text(first.run(program)), wanted);
}

TEST(KernelBackend, SaysWhatItIsAndThatChangesDoNotFail) {
  const KernelBackend backend;
  EXPECT_STREQ(backend.name(), "kernel");
  EXPECT_FALSE(backend.changes_fail());
  EXPECT_TRUE(backend.wants_backtraces());
}

TEST(DefaultTree, IsTheFixturesPoolAndSaysWhoseGenallocItHas) {
  EXPECT_THAT(kernel_tree_info.origin, HasSubstr("the arena pool"));
  EXPECT_THAT(kernel_tree_info.origin, HasSubstr("linux-source-6.12"));
  EXPECT_TRUE(kernel_tree_info.has_arena);
  EXPECT_FALSE(kernel_tree_info.constant_page);
  std::vector<std::string> files;
  for (int i = 0; i < kernel_tree_info.file_count; ++i) {
    files.emplace_back(kernel_tree_info.files[i].path);
    EXPECT_THAT(kernel_tree_info.files[i].sha256, ::testing::MatchesRegex("[0-9a-f]+"));
    EXPECT_EQ(std::string(kernel_tree_info.files[i].sha256).size(), 64u);
  }
  EXPECT_THAT(files,
              ::testing::ElementsAre("lib/genalloc.c", "include/linux/genalloc.h",
                                     "kernel/sched/ext_arena.c", "kernel/sched/ext_arena.h"));
}

}  // namespace
}  // namespace arenafuzz::testing
