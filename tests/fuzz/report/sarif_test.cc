// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/sarif.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fuzz/report/pages.h"

namespace arenafuzz::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::triage_report;

// What SARIF 2.1.0 asks of the objects that are used here: "what is wrong", one each.
std::vector<std::string> violations(const json& log) {
  std::vector<std::string> wrong;
  const auto require = [&](bool holds, const char* what) {
    if (!holds) wrong.emplace_back(what);
  };
  require(log.value("version", "") == "2.1.0", "3.13.2 version");
  require(log.contains("runs") && log["runs"].is_array(), "3.13.4 runs");
  for (const json& run : log.value("runs", json::array())) {
    require(run.contains("/tool/driver/name"_json_pointer), "3.19.8 name of the driver");
    require(run.contains("results") && run["results"].is_array(), "3.14.23 results");
    const json rules = run.value("/tool/driver/rules"_json_pointer, json::array());
    for (const json& rule : rules) {
      require(rule.contains("id") && rule["id"].is_string(), "3.49.3 id");
      require(rule.contains("/shortDescription/text"_json_pointer), "3.49.9 shortDescription");
    }
    for (const json& result : run.value("results", json::array())) {
      require(result.contains("/message/text"_json_pointer), "3.27.11 message");
      const auto index = result.value("ruleIndex", rules.size());
      require(index < rules.size() && rules[index].value("id", "") == result.value("ruleId", "?"),
              "3.27.6 ruleIndex");
      const std::string level = result.value("level", "");
      require(level == "error" || level == "note" || level == "warning", "3.27.10 level");
      require(result.value("occurrenceCount", 0) >= 1, "3.27.19 occurrenceCount");
      for (const json& location : result.value("locations", json::array())) {
        require(location.contains("/physicalLocation/artifactLocation/uri"_json_pointer),
                "3.29.2 artifactLocation");
        require(location.value("/physicalLocation/region/startLine"_json_pointer, 0) >= 1,
                "3.30.5 startLine");
      }
    }
  }
  return wrong;
}

TEST(Sarif, HasEveryRequiredField) { EXPECT_THAT(violations(sarif(triage_report())), IsEmpty()); }

TEST(Sarif, AMissingFieldIsSeen) {
  json log = sarif(triage_report());
  log["runs"][0]["results"][0].erase("message");
  log["runs"][0]["tool"]["driver"]["rules"][0].erase("id");
  EXPECT_THAT(violations(log), ::testing::Not(IsEmpty()));
  EXPECT_THAT(violations(json::object()), SizeIs(2));
}

TEST(Sarif, HasARuleForEachOracleAndAResultForEachCluster) {
  json report = triage_report();
  report["clusters"].push_back({{"signature", "unwind.free.page.lost.none.none"}});
  const json run = sarif(report)["runs"][0];
  EXPECT_THAT(run["results"], SizeIs(6));
  EXPECT_THAT(run["tool"]["driver"]["rules"], SizeIs(5));
  EXPECT_EQ(run["results"][5]["ruleIndex"], 0);
  EXPECT_EQ(run["results"][2]["ruleId"], "sanitizer.heap-buffer-overflow");
}

TEST(Sarif, KnowsTheSameBugByItsSignature) {
  const json result = sarif(triage_report())["runs"][0]["results"][0];
  EXPECT_EQ(result["partialFingerprints"]["arenafuzzSignature/v1"],
            "unwind.alloc.page.pages-kept.within-chunk.vzalloc");
}

// Named from the tree's root, and as what it is: the last call out is not where it went wrong.
TEST(Sarif, PointsAtTheLineOfTheTree) {
  json report = triage_report();
  json result = sarif(report)["runs"][0]["results"][0];
  const json& place = result["locations"][0];
  EXPECT_EQ(place["physicalLocation"]["artifactLocation"]["uri"], "lib/genalloc.c");
  EXPECT_EQ(place["physicalLocation"]["artifactLocation"]["uriBaseId"], "SRCROOT");
  EXPECT_EQ(place["physicalLocation"]["region"]["startLine"], 192);
  EXPECT_EQ(place["logicalLocations"][0]["name"], "gen_pool_add_owner");
  EXPECT_THAT(place["message"]["text"], HasSubstr("last call"));
  EXPECT_THAT(result["stacks"][0]["frames"], SizeIs(2));
  EXPECT_EQ(result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            report["clusters"][0]["minimized"]);
  report["clusters"][0]["where_is_last_call"] = false;
  result = sarif(report)["runs"][0]["results"][0];
  EXPECT_FALSE(result["locations"][0].contains("message"));
}

TEST(Sarif, WithoutALinePointsAtTheShortestProgram) {
  json report = triage_report();
  report["clusters"][0]["minimized"] = "minimized/a b:c.txt";
  report["clusters"][0]["where"] = json::array();
  const json result = sarif(report)["runs"][0]["results"][0];
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "minimized/a%20b%3Ac.txt");
}

TEST(Sarif, SuppressesWhatIsKnownAndRaisesTheRest) {
  const json results = sarif(triage_report())["runs"][0]["results"];
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_EQ(results[2]["level"], "error");
  EXPECT_EQ(results[3]["level"], "note");
  EXPECT_THAT(results[3]["suppressions"], SizeIs(1));
  EXPECT_FALSE(results[0].contains("suppressions"));
}

TEST(Sarif, SaysWhatWasExpectedAndHowToReplayIt) {
  const std::string message =
      sarif(triage_report())["runs"][0]["results"][0]["message"]["text"].get<std::string>();
  EXPECT_THAT(message, HasSubstr("A failed alloc keeps the pages of its growth"));
  EXPECT_THAT(message, HasSubstr("got: pages 9 to 13"));
  EXPECT_THAT(message, HasSubstr("replay: ./arenafuzz replay"));
}

// nlohmann-json throws at bytes that are no UTF-8.
TEST(Sarif, CanBeWrittenWhateverTheReportHeld) {
  const json log = sarif(testing::hostile(triage_report()));
  EXPECT_NO_THROW(static_cast<void>(log.dump()));
  EXPECT_THAT(violations(log), IsEmpty());
}

TEST(Sarif, OfOddReportsIsValid) {
  for (const json& odd : {json(nullptr), json("x"), json::object(), json{{"clusters", 7}},
                          json{{"clusters", {1, nullptr, "x", json::object()}}}})
    EXPECT_THAT(violations(sarif(odd)), IsEmpty()) << odd;
}

}  // namespace
}  // namespace arenafuzz::report
