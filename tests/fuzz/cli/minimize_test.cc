// SPDX-License-Identifier: GPL-2.0-only
//
// minimize, end to end.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr const char* kCrasher =
    "# arenafuzz\n"
    "header profile:faults pages:64 schedulers:2 maps:2\n"
    "plan seed:7 vzalloc:fail_nth=3\n"
    "enable s0 root m0\n"
    "enable s1 root m1\n"
    "a3 = alloc s0 20000\n"
    "a4 = alloc s0 20000\n"
    "a5 = alloc s0 20000\n"
    "free a3\n"
    "a7 = alloc s0 9000\n"
    "free a7\n"
    "free a4\n"
    "disable s1\n";
constexpr const char* kShortest =
    "# arenafuzz\n"
    "header profile:faults pages:5 base:small page:4096 placement:lowest release:immediate "
    "schedulers:1 maps:1\n"
    "enable s0 root m0\n"
    "a0 = alloc s0 0\n"
    "a1 = alloc s0 16385\n"
    "free a1\n";
constexpr const char* kSignature = "accounting.free.none.bitmap.several-pages.none";

class MinimizeTest : public CliTest {};

TEST_F(MinimizeTest, PrintsTheShortestProgramItsReportAndTheReplayLine) {
  write("a.txt", kCrasher);
  const CliResult result = run({"minimize", "--target", "canary", "a.txt", "-o", "b.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith(kShortest));
  EXPECT_THAT(result.out, ContainsRegex("4 of 10 operations left, [0-9]+ runs, [0-9.]+ s: nothing "
                                        "more can be taken away\n"));
  EXPECT_THAT(result.out, EndsWith("arenafuzz replay --target canary b.txt\n"));
  EXPECT_THAT(result.err, HasSubstr(std::string("signature  ") + kSignature + "\n"));
  const CliResult replayed = run({"replay", "--target", "canary", "b.txt"});
  EXPECT_EQ(replayed.exit_code, 1);
  EXPECT_THAT(replayed.out, HasSubstr(kSignature));
}

TEST_F(MinimizeTest, GivesTheSameFileFromBytesAndText) {
  write("a.txt", kCrasher);
  run({"encode", "a.txt", "-o", "a"});
  run({"minimize", "--target", "canary", "a.txt", "-o", "b.txt"});
  EXPECT_EQ(run({"minimize", "--target", "canary", "a"}).exit_code, 0);
  EXPECT_EQ(read("a.min.txt"), read("b.txt"));
}

TEST_F(MinimizeTest, RefusesAProgramWithoutAFinding) {
  write("a.txt", kCrasher);
  expect_refusal(run({"minimize", "a.txt"}), "shows no finding");
  EXPECT_FALSE(std::filesystem::exists(path("a.txt.min.txt")));
}

TEST_F(MinimizeTest, PassesOverWhatIsKnown) {
  write("a.txt", kCrasher);
  write("known.txt", std::string(kSignature) + "\n");
  expect_refusal(run({"minimize", "--target", "canary", "--known", "known.txt", "a.txt"}),
                 "known findings alone");
}

TEST_F(MinimizeTest, RefusesASignatureThatTheProgramDoesNotShow) {
  write("a.txt", kCrasher);
  expect_refusal(run({"minimize", "--target", "canary", "--signature", "x.y", "a.txt"}),
                 "does not show x.y");
}

TEST_F(MinimizeTest, WantsOneReadableFileAndAPlaceToWrite) {
  write("a.txt", kCrasher);
  expect_refusal(run({"minimize"}), "takes one file");
  expect_refusal(run({"minimize", "a.txt", "a.txt"}), "takes one file");
  expect_refusal(run({"minimize", "none"}), "cannot read none");
  expect_refusal(run({"minimize", "--target", "program", "a.txt"}), "runs no programs");
  expect_refusal(run({"minimize", "--target", "canary", "a.txt", "-o", "no/such/b.txt"}),
                 "-o names another file");
}

TEST_F(MinimizeTest, TakesNamesOfAnyBytes) {
  for (const std::string name : {"a b.txt", "-a.txt", "it's \"x\"\n.txt", "<b>.txt", "\xff.txt"}) {
    write(name, kCrasher);
    const CliResult result = run({"minimize", "--target", "canary", "--", name});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(read(name + ".min.txt"), EndsWith(std::string(kShortest).substr(12)));
    const std::size_t at = result.out.rfind(ARENAFUZZ_BINARY);
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(run_shell(result.out.substr(at)).exit_code, 1) << result.out.substr(at);
  }
}

TEST_F(MinimizeTest, AnswersAMachineInOneObject) {
  write("a.txt", kCrasher);
  const CliResult result =
      run({"minimize", "--target", "canary", "--json", "a.txt", "-o", "b.txt"});
  const Json object = Json::parse(result.out);
  EXPECT_EQ(object["signature"], kSignature);
  EXPECT_EQ(object["program"], kShortest);
  EXPECT_EQ(object["operations_before"], 10);
  EXPECT_EQ(object["minimal"], true);
  EXPECT_EQ(object["output"], "b.txt");
}

// Only the arena's end makes an alloc fail, which takes thousands of operations, none of which can
// be dropped: minutes of work.
TEST_F(MinimizeTest, KeepsTheBestSoFarWhenInterrupted) {
  std::string slow =
      "# arenafuzz\nheader profile:faults pages:16384\nenable s0 root m0\na4 = alloc s0 20000\n";
  for (int i = 0; i < 4095; ++i) slow += "a3 = alloc s0 16384\n";
  write("a.txt", slow + "free a4\n");
  const CliResult result =
      run_and_signal({"minimize", "--target", "canary", "a.txt", "-o", "b.txt"}, "b.txt", SIGINT);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(" s: stopped: the best so far\n"));
  EXPECT_EQ(run({"replay", "--target", "canary", "b.txt"}).exit_code, 1);
}

}  // namespace
}  // namespace arenafuzz
