// SPDX-License-Identifier: GPL-2.0-only
//
// What `triage` leaves for people and viewers beside report.json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/cli/cli_run.h"

namespace arenafuzz::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class TriagePagesTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    std::filesystem::create_directories(path("in"));
    write(kFile,
          "# arenafuzz\nheader profile:faults pages:64\nenable s0 root m0\n"
          "a5 = alloc s0 64 (fail vzalloc:1)\na0 = alloc s0 0\na1 = alloc s0 20000\nfree a1\n");
    EXPECT_EQ(run({"triage", "--target", "canary", "in", "--out", "re port"}).exit_code, 1);
  }
  static constexpr const char* kFile = "in/<script>alert(1)<b>'\"\xFF.txt";
};

TEST_F(TriagePagesTest, AreOneSelfContainedPageAndSarif) {
  const std::string html = read("re port/index.html");
  EXPECT_THAT(html, HasSubstr("1 cluster"));
  EXPECT_THAT(html, HasSubstr("just the block&#39;s granules freed"));
  EXPECT_TRUE(html.ends_with("</html>\n"));
  const Json log = Json::parse(read("re port/report.sarif"));
  EXPECT_EQ(log["version"], "2.1.0");
  EXPECT_EQ(log["runs"][0]["results"][0]["ruleId"], "accounting");
}

TEST_F(TriagePagesTest, EscapeAFileName) {
  const std::string html = read("re port/index.html");
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;b&gt;&#39;&quot;"));
}

TEST_F(TriagePagesTest, LinkTheShortestProgramFromTheReportsFolder) {
  const Json log = Json::parse(read("re port/report.sarif"));
  const std::string uri =
      log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  EXPECT_TRUE(std::filesystem::exists(path("re port/" + uri))) << uri;
}

TEST_F(TriagePagesTest, LinkFromAnAbsoluteFolderAsFromAnyOther) {
  const std::string out = path("elsewhere");
  EXPECT_EQ(run({"triage", "--target", "canary", "in", "--out", out}).exit_code, 1);
  EXPECT_THAT(read("elsewhere/index.html"),
              HasSubstr("href=\"accounting.free.none.bitmap.several-pages.none/minimized.txt\""));
}

TEST_F(TriagePagesTest, DrawThePoolBeforeAndAfterTheFailingOperation) {
  const Json cluster = Json::parse(read("re port/report.json"))["clusters"][0];
  const auto failing = cluster["failing_operation"].get<std::size_t>();
  EXPECT_EQ(failing + 1, cluster["operations"].get<std::size_t>());
  const Json& before = cluster["pool_before"]["chunks"][0];
  const Json& after = cluster["pool_after"]["chunks"][0];
  EXPECT_EQ(before["address"], 0);
  EXPECT_EQ(before["used"][0][0], 0);
  EXPECT_NE(before["used"], after["used"]);
}

}  // namespace
}  // namespace arenafuzz::testing
