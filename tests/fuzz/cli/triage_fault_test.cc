// SPDX-License-Identifier: GPL-2.0-only
//
// The fault that fired, as triage reads it from what replay says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/triage/folder/pages.h"
#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz::testing {
namespace {

using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

class TriageFaultTest : public CliTest {
 protected:
  Json fault_in(std::size_t operation) {
    write("one.txt",
          "# arenafuzz\nheader profile:faults pages:64\nenable s0 root m0\n"
          "a0 = alloc s0 64 (fail page:1)\na1 = alloc s0 64 (fail vzalloc:1)\n");
    const CliResult result = run({"replay", "--backtrace", "--json", "one.txt"});
    Json cluster{{"failing_operation", operation}};
    add_fault(Json::parse(result.out)["files"][0]["faults"], &cluster);
    return cluster.value("fault", Json());
  }
};

TEST_F(TriageFaultTest, IsTheOneOfTheFailingOperation) {
  const Json fault = fault_in(2);
  EXPECT_EQ(fault["site"], "F3 (vzalloc)");
  EXPECT_EQ(fault["operation"], 2);
  EXPECT_THAT(fault["note"].get<std::string>(), StartsWith("call 1 of its site (clause), "));
  EXPECT_EQ(fault_in(1)["site"], "F2 (page)");
}

TEST_F(TriageFaultTest, HasItsBacktraceDownToTheHarness) {
  const Json frames = fault_in(2)["backtrace"];
  ASSERT_FALSE(frames.empty());
  EXPECT_THAT(frames[0].get<std::string>(), StartsWith("#"));
  for (const Json& frame : frames)
    for (const char* own : {" arenafuzz::Executor::", " arenafuzz::FaultyMetadataSource::"})
      EXPECT_EQ(frame.get<std::string>().find(own), std::string::npos) << frame;
}

TEST_F(TriageFaultTest, NamesFilesFromTheRootOfTheirTree) {
  Json cluster{{"failing_operation", 2}};
  const Json frames = {
      "#2 vzalloc build/kernel/fuzz-da1c/src/kernel/shim/memory.h:83, inlined into add "
      "build/kernel/fuzz-da1c/build/kernel/fuzz-da1c/lib/genalloc.c:92",
      "#4 alloc build/fuzz/build/fuzz/../../fuzz/harness/judge/judge_calls.cc:45",
      "#5 free build/other.c:1"};
  add_fault(Json::array({{{"site", "vzalloc"}, {"operation", 2}, {"backtrace", frames}}}),
            &cluster);
  EXPECT_EQ(cluster["fault"]["backtrace"],
            Json({"#2 vzalloc src/kernel/shim/memory.h:83, inlined into add lib/genalloc.c:92",
                  "#4 alloc fuzz/harness/judge/judge_calls.cc:45", "#5 free build/other.c:1"}));
}

TEST_F(TriageFaultTest, IsNotThereWhereNoneFired) { EXPECT_TRUE(fault_in(0).is_null()); }

}  // namespace
}  // namespace arenafuzz::testing
