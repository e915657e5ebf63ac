// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/triage_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fuzz/report/pages.h"

namespace arenafuzz::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::triage_report;

std::size_t occurrences(const std::string& text, const std::string& of) {
  std::size_t count = 0;
  for (std::size_t at = text.find(of); at != std::string::npos; at = text.find(of, at + 1)) ++count;
  return count;
}

// A report of this one cluster.
std::string page_of(json cluster) {
  return triage_page({{"clusters", json::array({std::move(cluster)})}});
}

TEST(TriagePage, HasASectionForEachCluster) {
  const std::string html = triage_page(triage_report());
  EXPECT_EQ(occurrences(html, "<details class=\"cluster\""), 5u);
  EXPECT_THAT(html, HasSubstr("5 clusters"));
  EXPECT_THAT(html, HasSubstr("Likely causes"));
  EXPECT_THAT(html, HasSubstr("2 new, 1 regression, 1 known, 1 incubating"));
}

TEST(TriagePage, OffersEachStateAsAFilter) {
  const std::string html = triage_page(triage_report());
  EXPECT_THAT(html, HasSubstr("value=\"new\""));
  EXPECT_THAT(html, HasSubstr("value=\"incubating\""));
  EXPECT_EQ(occurrences(html, "name=\"state\""), 4u);
}

TEST(TriagePage, ShowsExpectedAndGotAndTheReplayCommand) {
  const std::string html = triage_page(triage_report());
  EXPECT_THAT(html, HasSubstr("<dt>Expected</dt><dd>the 5 pages of the failed growth given back"));
  EXPECT_THAT(html, HasSubstr("<dt>Got</dt><dd>pages 9 to 13 still claimed, in no chunk"));
  EXPECT_THAT(html, HasSubstr("./arenafuzz replay report/minimized/unwind"));
}

TEST(TriagePage, MarksTheFailingOperationAlone) {
  const std::string html = page_of(triage_report()["clusters"][0]);
  EXPECT_EQ(occurrences(html, "class=\"op fails\""), 1u);
  EXPECT_THAT(html, HasSubstr("<span class=\"op fails\"><u class=\"decisive\">a3 = alloc s0 0x1001 "
                              "(fail vzalloc:1)</u></span>"));
  EXPECT_EQ(occurrences(html, "class=\"op\""), 3u);
}

TEST(TriagePage, SaysWhereAFindingShowsAfterTheLastOperation) {
  json cluster = triage_report()["clusters"][0];
  cluster["failing_operation"] = 4;
  const std::string html = page_of(cluster);
  EXPECT_THAT(html, HasSubstr("after the last operation"));
  EXPECT_THAT(html, Not(HasSubstr("op fails")));
}

TEST(TriagePage, DrawsWhatTheOperationChanged) {
  const std::string html = page_of(triage_report()["clusters"][0]);
  // Pages 9 to 13 of 64: only after the operation, of no chunk.
  EXPECT_EQ(occurrences(html, "<rect class=\"d\" x=\"140.6\" width=\"78.1\" height=\"10\"/>"), 1u);
  EXPECT_THAT(html, HasSubstr("11 claimed, 9 of chunks"));
  EXPECT_THAT(html, HasSubstr("16 claimed, 9 of chunks"));
  EXPECT_THAT(html, HasSubstr("16.0 KiB of 16.0 KiB used"));
}

TEST(TriagePage, ShowsTheFaultThatFiredWithItsBacktrace) {
  const std::string html = page_of(triage_report()["clusters"][0]);
  EXPECT_THAT(html, HasSubstr("F3, in operation 3"));
  EXPECT_THAT(html, HasSubstr("src/pool/arena_pool.cc:52"));
}

TEST(TriagePage, SumsUpReliabilityEnginesAndDates) {
  const std::string html = triage_page(triage_report());
  EXPECT_THAT(html, HasSubstr("<dd>shows in every run of every file</dd>"));
  EXPECT_THAT(html, HasSubstr("12 of 14 files show it in every run, the least reliable in 2/3"));
  EXPECT_THAT(html, HasSubstr("<dt>Engines</dt><dd>afl, libfuzzer</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>First seen</dt><dd>2026-11-23 22:14:01 UTC</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>Last seen</dt><dd>2026-11-24 03:40:55 UTC</dd>"));
}

TEST(TriagePage, LinksFilesAndReproducersAsUrls) {
  const std::string html = page_of(triage_report()["clusters"][0]);
  EXPECT_THAT(html, HasSubstr("href=\"../afl/crashes/id%3A000004%2Csig%3A06\""));
  EXPECT_THAT(html, HasSubstr("href=\"reproducers/unwind_test.cc\""));
}

TEST(TriagePage, SaysWhereItWasAndWhyAReproducerIsMissing) {
  const std::string html = triage_page(triage_report());
  EXPECT_THAT(html, HasSubstr("<dt>Last call</dt><dd><code>gen_pool_add_owner "
                              "lib/genalloc.c:192</code><br><code>scx_arena_grow "));
  EXPECT_THAT(html, HasSubstr("no KUnit case: its calls, made outside of arenafuzz, do not fail"));
}

TEST(TriagePage, LinksALikelyCauseOnlyIfItIsThere) {
  EXPECT_THAT(triage_page(triage_report()),
              HasSubstr("href=\"#c-accounting-disable-none-pages-left-none-none\""));
  EXPECT_THAT(page_of(triage_report()["clusters"][0]), Not(HasSubstr("href=\"#")));
}

TEST(TriagePage, ShowsWhatIsGoneSinceTheReportBefore) {
  json report = triage_report();
  report["gone"] = {{{"signature", "hang.alloc.none.calls.none.none"}, {"state", "fixed"}}};
  const std::string html = triage_page(report);
  EXPECT_THAT(html, HasSubstr("not shown any more"));
  EXPECT_THAT(html, HasSubstr("value=\"fixed\""));
}

TEST(TriagePage, TakesTheStateByItsOlderName) {
  EXPECT_THAT(page_of({{"signature", "a.b"}, {"mark", "regression"}}),
              HasSubstr("data-state=\"regression\""));
}

TEST(TriagePage, OfNoClusterSaysSo) {
  EXPECT_THAT(triage_page(json::object()), HasSubstr("No file here shows a finding"));
  EXPECT_THAT(triage_page(nullptr), HasSubstr("not known"));
}

TEST(TriagePage, SurvivesEveryFieldAsEveryType) {
  const json whole = {{"clusters", json::array({triage_report()["clusters"][0]})}};
  const json flat = whole.flatten();
  const std::vector<json> odd = {nullptr,       "x",           -1, 1e308, ~std::uint64_t{0}, true,
                                 json::array(), json{{"a", 1}}};
  std::size_t next = 0;
  for (const auto& [pointer, value] : flat.items())
    for (int i = 0; i < 2; ++i) {
      const json& other = odd[next++ % odd.size()];
      json report = whole;
      report[json::json_pointer(pointer)] = other;
      EXPECT_TRUE(triage_page(report).ends_with("</html>\n")) << pointer;
    }
  const json& cluster = whole["clusters"][0];
  for (const auto& [name, value] : cluster.items())
    for (const json& other : odd) {
      json report = whole;
      report["clusters"][0][name] = other;
      EXPECT_TRUE(triage_page(report).ends_with("</html>\n")) << name;
    }
}

TEST(TriagePage, EscapesAllThatItShows) {
  const std::string html = triage_page(testing::hostile(triage_report()));
  EXPECT_THAT(html, Not(HasSubstr("<script>document")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("\xFF")));
  EXPECT_THAT(html, Not(HasSubstr("\x01")));
  EXPECT_THAT(html, HasSubstr("\xEF\xBF\xBD"));
}

TEST(TriagePage, CutsAProgramThatNobodyReads) {
  json cluster{{"signature", "a.b.c.d"}, {"program", json::array()}};
  for (int i = 0; i < 5000; ++i) cluster["program"].push_back("free a0");
  const std::string html = page_of(cluster);
  EXPECT_EQ(occurrences(html, "class=\"op\""), 400u);
  EXPECT_THAT(html, HasSubstr("and 4600 more lines"));
}

}  // namespace
}  // namespace arenafuzz::report
