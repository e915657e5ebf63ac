// SPDX-License-Identifier: GPL-2.0-only
//
// What the pages link to, and what comments and messages refer to, is in the repository.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>

#include "tests/project/project_files.h"

namespace arenafuzz {
namespace {

using ::testing::IsEmpty;
using testing::project_files;
using testing::ProjectFile;
namespace fs = std::filesystem;

const fs::path kRoot = ARENAFUZZ_SOURCE_DIR;
constexpr std::uintmax_t kMostPictureBytes = 200 * 1024;

// A heading as GitHub names its anchor: lower case, blanks to '-', without punctuation.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_' || c == '-')
      anchor += static_cast<char>(std::tolower(byte));
    else if (c == ' ')
      anchor += '-';
  }
  return anchor;
}

std::set<std::string> headings_of(const std::vector<std::string>& lines) {
  std::set<std::string> headings;
  for (const std::string& line : lines) {
    const std::size_t text = line.find_first_not_of('#');
    if (text != 0 && text != std::string::npos && line[text] == ' ')
      headings.insert(line.substr(text + 1));
  }
  return headings;
}

bool has_anchor(const fs::path& page, const std::string& anchor) {
  for (const std::string& heading : headings_of(testing::lines_of(page)))
    if (anchor_of(heading) == anchor) return true;
  return false;
}

// The targets of [text](target) and ![text](target), in order.
std::vector<std::string> links_in(const std::string& line) {
  std::vector<std::string> links;
  for (std::size_t at = 0; (at = line.find("](", at)) != std::string::npos;) {
    at += 2;
    links.push_back(line.substr(at, line.find(')', at) - at));
  }
  return links;
}

bool link_resolves(const fs::path& page, const std::string& link) {
  if (link.find("://") != std::string::npos) return true;  // not of this repository
  const std::size_t hash = link.find('#');
  const fs::path target = hash == 0 ? page : page.parent_path() / link.substr(0, hash);
  if (!fs::exists(target)) return false;
  return hash == std::string::npos || has_anchor(target, link.substr(hash + 1));
}

TEST(Links, EveryRelativeLinkOfAPageResolves) {
  int links = 0;
  for (const ProjectFile& file : project_files()) {
    if (!file.path.ends_with(".md")) continue;
    for (const std::string& line : file.lines)
      for (const std::string& link : links_in(line)) {
        ++links;
        EXPECT_TRUE(link_resolves(kRoot / file.path, link)) << file.path << " links to " << link;
      }
  }
  EXPECT_GE(links, 20);
}

TEST(Links, ALinkToNothingIsSeen) {
  const fs::path page = kRoot / "docs/design.md";
  EXPECT_EQ(links_in("see [a](b.md) and ![c](d.png)"), (std::vector<std::string>{"b.md", "d.png"}));
  EXPECT_TRUE(link_resolves(page, "verdicts.md#names"));
  EXPECT_FALSE(link_resolves(page, "verdicts.md#no-such-heading"));
  EXPECT_FALSE(link_resolves(page, "no_such_page.md"));
}

// Pages of other projects, whose sentence names the project.
const std::set<std::string>& pages_of_others() {
  static const std::set<std::string> kPages = {"docs/custom_mutators.md",
                                               "docs/fuzzing_in_depth.md"};
  return kPages;
}

// "docs/NAME.md", anywhere in a line.
std::vector<std::string> pages_named_in(const std::string& line) {
  std::vector<std::string> pages;
  for (std::size_t at = 0; (at = line.find("docs/", at)) != std::string::npos; at += 5) {
    const std::size_t end = line.find(".md", at);
    const std::string name = line.substr(at, end == std::string::npos ? 0 : end + 3 - at);
    if (!name.empty() && name.find_first_of(" \"'`)") == std::string::npos) pages.push_back(name);
  }
  return pages;
}

TEST(Links, EveryPageThatAFileNamesIsHere) {
  int named = 0;
  for (const ProjectFile& file : project_files()) {
    if (testing::is_data(file.path) || file.path == "tests/project/links_test.cc") continue;
    for (const std::string& line : file.lines)
      for (const std::string& page : pages_named_in(line)) {
        if (pages_of_others().contains(page)) continue;
        ++named;
        EXPECT_TRUE(fs::exists(kRoot / page)) << file.path << " names " << page;
      }
  }
  EXPECT_GE(named, 50);
  EXPECT_THAT(pages_named_in("// Source    docs/a.md, docs/b-c.md."),
              ::testing::ElementsAre("docs/a.md", "docs/b-c.md"));
}

// Comment markers and the blanks of indentation, so that a reference may go on in the next line.
std::string comment_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const std::size_t from = line.find_first_not_of(" /*#");
    if (from != std::string::npos) text += line.substr(from) + " ";
  }
  return text;
}

// "(docs/PAGE.md, Section)": a section in parentheses is a heading of the page.
std::vector<std::string> lost_sections_in(const ProjectFile& file) {
  std::vector<std::string> lost;
  const std::string text = comment_text(file.lines);
  for (std::size_t at = 0; (at = text.find("(docs/", at)) != std::string::npos; ++at) {
    const std::size_t comma = text.find(".md, ", at);
    const std::size_t end = text.find(')', at);
    if (comma == std::string::npos || comma > end) continue;
    const std::string page = text.substr(at + 1, comma + 3 - at - 1);
    std::string section = text.substr(comma + 5, end - comma - 5);
    std::erase(section, '"');
    if (section.starts_with("docs/") || pages_of_others().contains(page)) continue;
    const std::set<std::string> headings = headings_of(testing::lines_of(kRoot / page));
    const bool found = std::any_of(headings.begin(), headings.end(), [&](const std::string& one) {
      return section.starts_with(one);
    });
    if (!found) lost.push_back(file.path + " cites " + page + ", " + section);
  }
  return lost;
}

TEST(Links, EverySectionThatACommentCitesIsAHeadingOfThatPage) {
  for (const ProjectFile& file : project_files()) {
    if (testing::is_data(file.path) || file.path == "tests/project/links_test.cc") continue;
    EXPECT_THAT(lost_sections_in(file), IsEmpty());
  }
}

TEST(Links, ASectionThatIsNoHeadingIsSeen) {
  EXPECT_THAT(lost_sections_in({"a.h", {"// (docs/design.md, One input,", "// one verdict)."}}),
              IsEmpty());
  EXPECT_THAT(lost_sections_in({"a.h", {"// x (docs/design.md, Nowhere)."}}), ::testing::SizeIs(1));
}

TEST(Links, PicturesAreSmall) {
  int pictures = 0;
  for (const ProjectFile& file : project_files("docs")) {
    if (!file.path.ends_with(".png")) continue;
    ++pictures;
    EXPECT_LE(fs::file_size(kRoot / file.path), kMostPictureBytes) << file.path;
  }
  EXPECT_GE(pictures, 2);
}

}  // namespace
}  // namespace arenafuzz
