// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/campaign_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fuzz/report/pages.h"

namespace arenafuzz::report {
namespace {

using testing::campaign_history;
using testing::campaign_status;
using ::testing::HasSubstr;
using ::testing::Not;

std::string page(const nlohmann::json& status = campaign_status(), int samples = 10) {
  return campaign_page(status, campaign_history(samples));
}

TEST(CampaignPage, ShowsTheHeadFigures) {
  const std::string html = page();
  for (const char* shown :
       {"pool_faults on pool", "3 h 30 min", "12 min 6 s ago", "2.96 M ops/s", "48.7 k exec/s",
        "100 %", "3,184", "2,210", "1.50 MiB", "of 4,096 MiB", "2 sessions", "process 4123"})
    EXPECT_THAT(html, HasSubstr(shown));
}

TEST(CampaignPage, LoadsItselfAgainOnlyWhileItRuns) {
  auto status = campaign_status();
  EXPECT_THAT(page(status), HasSubstr("http-equiv=\"refresh\""));
  status["state"] = "stopped";
  EXPECT_THAT(page(status), Not(HasSubstr("http-equiv=\"refresh\"")));
  status.erase("state");
  EXPECT_THAT(page(status), Not(HasSubstr("http-equiv=\"refresh\"")));
}

TEST(CampaignPage, CallsAJobDeadOnlyWhileOthersRun) {
  auto status = campaign_status();
  status["jobs"][0]["alive"] = false;
  EXPECT_THAT(page(status), HasSubstr("<span class=\"chip dead\">dead</span>"));
  status["state"] = "stopped";
  EXPECT_THAT(page(status), Not(HasSubstr(">dead</span>")));
}

TEST(CampaignPage, DrawsACurveOfEachEngine) {
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("class=\"curve two\""));
  EXPECT_THAT(html, HasSubstr("libFuzzer 2."));
  EXPECT_THAT(html, HasSubstr("AFL++ 8"));
}

TEST(CampaignPage, NamesNoEngineThatDoesNotRun) {
  auto status = campaign_status();
  status["jobs"].erase(1);
  std::vector<nlohmann::json> history = campaign_history(5);
  for (auto& sample : history) {
    sample.erase("afl_edges");
    sample["operations_per_second"].erase("afl");
  }
  EXPECT_THAT(campaign_page(status, history), Not(HasSubstr("Coverage of AFL++")));
  EXPECT_THAT(campaign_page(status, history), Not(HasSubstr("class=\"curve two\"")));
}

TEST(CampaignPage, GivesAnEngineAloneItsNameAndColour) {
  auto history = campaign_history(5);
  for (auto& sample : history) sample["operations_per_second"].erase("libfuzzer");
  const std::string html = campaign_page(campaign_status(), history);
  EXPECT_THAT(html, HasSubstr("class=\"curve two\""));
  EXPECT_THAT(html, HasSubstr("</svg>AFL++ 8"));
}

TEST(CampaignPage, MarksBugsAndFindingsOfTheHeatMap) {
  EXPECT_THAT(page(), HasSubstr("<td class=\"alarm\" style=\"--h:0.15\" title=\"14\">14</td>"));
  EXPECT_THAT(page(), HasSubstr("title=\"87,654,295\">87.7 M</td>"));
}

TEST(CampaignPage, LinksAFindingRelativeToItself) {
  auto status = campaign_status();
  status["findings"][0]["file"] = "findings/a b\"c.txt";
  EXPECT_THAT(page(status), HasSubstr("href=\"findings/a%20b%22c.txt\""));
}

TEST(CampaignPage, ShowsAWarning) { EXPECT_THAT(page(), HasSubstr("job-0 ended with code 77")); }

TEST(CampaignPage, OfNothingSaysNotKnown) {
  const std::string html = campaign_page(nullptr, {});
  EXPECT_THAT(html, HasSubstr("not known"));
  EXPECT_THAT(html, HasSubstr("no sample yet"));
  EXPECT_THAT(html, HasSubstr("no job"));
  EXPECT_THAT(html, HasSubstr("no finding so far"));
}

// Each field in turn as something else: nothing throws, and the page is whole.
TEST(CampaignPage, SurvivesEveryFieldAsEveryType) {
  const auto whole = campaign_status().flatten();
  const std::vector<nlohmann::json> odd = {
      nullptr, "x", -1, 1e308, true, nlohmann::json::array(), nlohmann::json{{"a", 1}}};
  std::size_t next = 0;
  for (const auto& [pointer, value] : whole.items())
    for (int i = 0; i < 2; ++i) {
      const auto& other = odd[next++ % odd.size()];
      auto status = campaign_status();
      status[nlohmann::json::json_pointer(pointer)] = other;
      EXPECT_TRUE(campaign_page(status, {other}).ends_with("</html>\n")) << pointer;
    }
}

TEST(CampaignPage, SurvivesEverySectionAsEveryType) {
  const auto status = campaign_status();
  for (const auto& [name, value] : status.items())
    for (const auto& other : {nlohmann::json(nullptr), nlohmann::json("x"), nlohmann::json(7),
                              nlohmann::json::array({1, "x", nullptr}),
                              nlohmann::json{{"F1", 3}, {"x", {{"y", "z"}}}}}) {
      auto changed = status;
      changed[name] = other;
      EXPECT_TRUE(campaign_page(changed, {other}).ends_with("</html>\n")) << name;
    }
}

TEST(CampaignPage, OfManySamplesStaysSmall) {
  EXPECT_LT(page(campaign_status(), 20000).size(), 150000u);
}

TEST(CampaignPage, NamesNoOtherMachineAndNoOtherFile) {
  const std::string html = page();
  for (const char* other : {"http:", "https:", " src=", "<link", "@import", "url("})
    EXPECT_THAT(html, Not(HasSubstr(other)));
}

TEST(CampaignPage, EscapesAllThatItShows) {
  const std::string html = page(testing::hostile(campaign_status()), 2);
  EXPECT_THAT(html, Not(HasSubstr("<script>document")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("\xFF")));
  EXPECT_THAT(html, HasSubstr("&lt;/pre&gt;"));
}

}  // namespace
}  // namespace arenafuzz::report
