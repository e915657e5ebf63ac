// SPDX-License-Identifier: GPL-2.0-only
//
// GitHub runs what CI is, and its forms ask for the line that replays a finding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::text_of;

TEST(GithubFiles, EachPullRequestRunsTheScriptOfCiInABareDebian) {
  const std::string workflow = text_of(".github/workflows/ci.yml");
  EXPECT_THAT(workflow, HasSubstr("\n  pull_request:\n"));
  EXPECT_THAT(workflow, HasSubstr("\n      image: debian:12\n"));
  EXPECT_THAT(workflow, HasSubstr("\n        run: .ci/run\n"));
}

// With git in the container checkout makes a repository, and else unpacks an archive.
TEST(GithubFiles, GitIsInstalledBeforeTheCheckout) {
  const std::string workflow = text_of(".github/workflows/ci.yml");
  const std::size_t install = workflow.find("ca-certificates git\n");
  ASSERT_NE(install, std::string::npos);
  EXPECT_LT(install, workflow.find("uses: actions/checkout@"));
}

// The item of the form with that id, up to the next item.
std::string form_item(const std::string& form, const std::string& id) {
  const std::size_t at = form.find("    id: " + id + "\n");
  return at == std::string::npos ? "" : form.substr(at, form.find("\n  - ", at) - at);
}

TEST(GithubFiles, EveryFormDemandsAReplayLine) {
  int forms = 0;
  for (const testing::ProjectFile& file : testing::project_files(".github/ISSUE_TEMPLATE")) {
    if (file.path.ends_with("config.yml")) continue;
    ++forms;
    const std::string item = form_item(text_of(file.path), "replay");
    EXPECT_THAT(item, HasSubstr("./arenafuzz replay ")) << file.path;
    EXPECT_THAT(item, HasSubstr("required: true")) << file.path;
  }
  EXPECT_EQ(forms, 2);
  EXPECT_THAT(text_of(".github/PULL_REQUEST_TEMPLATE.md"), HasSubstr("./arenafuzz replay "));
  EXPECT_THAT(text_of(".github/ISSUE_TEMPLATE/config.yml"),
              HasSubstr("blank_issues_enabled: false"));
}

TEST(GithubFiles, AFormWithoutAReplayLineIsSeen) {
  EXPECT_EQ(form_item("body:\n  - type: input\n    id: version\n", "replay"), "");
  EXPECT_THAT(form_item("    id: replay\n    x\n  - type: y\n    required: true\n", "replay"),
              Not(HasSubstr("required: true")));
}

}  // namespace
}  // namespace arenafuzz
