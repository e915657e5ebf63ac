// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/title.h"

#include <gmock/gmock.h>

#include <cctype>
#include <fstream>
#include <set>
#include <sstream>

namespace arenafuzz {
namespace {

TEST(Title, IsASentenceThatSaysTheSignatureInWords) {
  EXPECT_EQ(finding_title("unwind.alloc.page.pages-kept.within-chunk.vzalloc"),
            "Pages claimed by a call that failed are never given back");
  EXPECT_EQ(finding_title("neighbour.alloc.none.address-twice.within-chunk.none"),
            "Two live blocks share an address after the BPF program released the pool's pages");
  EXPECT_EQ(finding_title("bug.free.free-not-allocated.bug.none.none"),
            "A legal call runs into a BUG");
  EXPECT_EQ(finding_title("sanitizer.heap-buffer-overflow.gen_pool_add_owner.scx_arena_grow"),
            "A sanitizer reports heap-buffer-overflow in gen_pool_add_owner");
  EXPECT_EQ(finding_title("timeout.alloc"), "The program does not end");
  EXPECT_EQ(finding_title("exit.alloc"), "The tree ends the process");
  EXPECT_EQ(finding_title("crash.alloc.segv"), "The program crashes: segv");
  EXPECT_EQ(finding_title("codec.program.none"), "codec.program.none");
  EXPECT_EQ(finding_title(""), "");
}

TEST(Title, EveryOracleHasOneForAnyDifference) {
  std::set<Oracle> any;
  std::set<std::string> pairs;
  for (const TitleRow& row : title_rows()) {
    if (*row.difference == '\0') any.insert(row.oracle);
    EXPECT_TRUE(any.contains(row.oracle)) << row.title << ": not behind the row for any";
    EXPECT_TRUE(
        pairs.insert(oracle_info(row.oracle).name + std::string(".") + row.difference).second);
    EXPECT_TRUE(std::isupper(static_cast<unsigned char>(row.title[0])) != 0 ||
                std::string(row.title).starts_with("gen_pool_"))
        << row.title;
    EXPECT_NE(std::string(row.title).back(), '.');
    EXPECT_LE(std::string(row.title).size(), 80u) << row.title;
  }
  EXPECT_EQ(any.size(), static_cast<std::size_t>(kOracleCount));
}

TEST(Title, TheDocsListEachRow) {
  std::ifstream file(ARENAFUZZ_SOURCE_DIR "/docs/verdicts.md");
  std::stringstream page;
  page << file.rdbuf();
  std::string table = "| oracle | difference | title |\n|---|---|---|\n";
  for (const TitleRow& row : title_rows()) {
    const std::string difference(row.difference);
    table += std::string("| `") + oracle_info(row.oracle).name + "` | " +
             (difference.empty() ? "" : "`" + difference + "`") + " | " + row.title + " |\n";
  }
  EXPECT_THAT(page.str(), ::testing::HasSubstr(table));
}

}  // namespace
}  // namespace arenafuzz
