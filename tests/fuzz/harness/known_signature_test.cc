// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/known_signature.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

#include "fuzz/harness/verdict/verdict.h"

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr RenamedSignature kRenamed[] = {
    {"bookkeeping.free.none.bitmap", "change.free.none.bitmap"},
};

std::vector<std::string> texts_of(std::string_view content) {
  std::vector<std::string> texts;
  for (KnownLines lines(content); lines.next();)
    texts.push_back(std::to_string(lines.number()) + " " + std::string(lines.text()));
  return texts;
}

TEST(KnownLines, CommentsBlanksAndLineEndsAreNoPartOfASignature) {
  EXPECT_THAT(texts_of("# first\n\n  unwind.alloc  # why\r\n\toverlap\t\n#\nbug.free."),
              ElementsAre("3 unwind.alloc", "4 overlap", "6 bug.free"));
  EXPECT_THAT(texts_of(""), ElementsAre());
  EXPECT_THAT(texts_of("\n\r\n # \n"), ElementsAre());
}

TEST(KnownLines, AByteOrderMarkDoesNotHideTheFirstLine) {
  EXPECT_THAT(texts_of("\xef\xbb\xbfoverlap.alloc\nbug\n"),
              ElementsAre("1 overlap.alloc", "2 bug"));
}

TEST(SignatureProblem, EverySignatureAndEveryBeginningOfItIsOne) {
  for (int oracle = 0; oracle < kOracleCount; ++oracle)
    for (int operation = 0; operation < kOperationKindCount; ++operation)
      for (int site = 0; site <= static_cast<int>(Site::kOther); ++site) {
        Finding finding;
        finding.oracle = static_cast<Oracle>(oracle);
        finding.operation = static_cast<OperationKind>(operation);
        finding.site = static_cast<Site>(site);
        finding.function = "scx_arena_grow64";
        finding.difference = "pages-kept";
        finding.size_class = static_cast<SizeClass>(site % 6);
        finding.fault_fired = site % 2 == 0;
        std::string text = signature(finding);
        for (;;) {
          ASSERT_EQ(signature_problem(text), "");
          ASSERT_TRUE(names_signature(text, signature(finding)));
          const std::size_t dot = text.rfind('.');
          if (dot == std::string::npos) break;
          text.erase(dot);
        }
      }
}

TEST(SignatureProblem, WhatEndsAProcessIsNamedFreely) {
  for (const char* text : {"sanitizer", "sanitizer.heap-buffer-overflow.GenPool-alloc.run_input",
                           "crash:timeout", "codec.program.none", "crash.alloc", "timeout"})
    EXPECT_EQ(signature_problem(text), "") << text;
}

TEST(SignatureProblem, AnythingElseIsRefusedByItsPart) {
  const auto expect = [](std::string_view text, const char* why) {
    EXPECT_THAT(signature_problem(text), HasSubstr(why)) << text;
  };
  expect("unwnd.alloc", "there is no oracle \"unwnd\"");
  expect("unwind.aloc.page", "there is no operation \"aloc\"");
  expect("unwind.alloc.pge", "there is no site \"pge\"");
  expect("unwind.alloc.page.pages_kept", "there is no difference");
  expect("unwind.alloc.page.pages-kept.huge", "there is no size class \"huge\"");
  expect("unwind.alloc.page.pages-kept.zero.disk", "there is no fault \"disk\"");
  expect("unwind.alloc.page.pages-kept.zero.none.more", "more than six parts");
  expect("unwind..page", "an empty part");
  expect(".", "an empty part");
  expect("unwind*", "there is no oracle");
  expect("signature unwind.alloc", "blanks");
  expect("sanitizers.heap", "there is no oracle");
  expect(std::string_view("unwind\0.alloc", 13), "characters that none has");
  expect(std::string(100000, 'a'), "longer than any");
}

TEST(NamesSignature, APrefixEndsAtADot) {
  const char* kOne = "neighbour.alloc.none.address-twice.within-chunk.none";
  EXPECT_TRUE(names_signature("neighbour.alloc.none.address-twice", kOne));
  EXPECT_TRUE(names_signature("neighbour", kOne));
  EXPECT_FALSE(names_signature("neighbour.all", kOne));
  EXPECT_FALSE(names_signature("neighbour.alloc.none.address", kOne));
  EXPECT_FALSE(names_signature(std::string(kOne) + ".more", kOne));
}

TEST(RenamedSignatures, ALineMeansWhatItMeantBefore) {
  const char* kNow = "change.free.none.bitmap.zero.none";
  const char* kOther = "change.free.none.address.zero.none";
  for (const char* line : {"bookkeeping.free.none.bitmap.zero.none", "bookkeeping.free.none.bitmap",
                           "bookkeeping.free", "bookkeeping"}) {
    EXPECT_EQ(signature_problem(line, kRenamed), "") << line;
    EXPECT_TRUE(names_signature(line, kNow, kRenamed)) << line;
    EXPECT_FALSE(names_signature(line, kOther, kRenamed)) << line;
  }
  EXPECT_FALSE(names_signature("bookkeeping.free.none.bitmap.wrapping", kNow, kRenamed));
  EXPECT_EQ(present_name("bookkeeping.free.none.bitmap.zero.none", kRenamed), kNow);
  EXPECT_EQ(present_name("bookkeeping.free", kRenamed), "") << "it may mean others as well";
  EXPECT_EQ(present_name(kNow, kRenamed), "");
}

TEST(RenamedSignatures, AStarIsAnyOnePartAndTheSame) {
  constexpr RenamedSignature kStar[] = {{"bookkeeping.*.none.kept", "unwind.*.page.kept"}};
  const char* kNow = "unwind.alloc.page.kept.zero.none";
  for (const char* line : {"bookkeeping.alloc.none.kept.zero.none", "bookkeeping.alloc.none.kept",
                           "bookkeeping.alloc", "bookkeeping"}) {
    EXPECT_EQ(signature_problem(line, kStar), "") << line;
    EXPECT_TRUE(names_signature(line, kNow, kStar)) << line;
  }
  EXPECT_FALSE(names_signature("bookkeeping.free.none.kept", kNow, kStar));
  EXPECT_FALSE(names_signature("bookkeeping.al", kNow, kStar));
  EXPECT_NE(signature_problem("bookkeeping.alloc.page", kStar), "");
  EXPECT_THAT(signature_problem("bookkeeping.aloc", kStar), HasSubstr("there is no operation"));
  EXPECT_EQ(present_name("bookkeeping.free.none.kept.zero", kStar), "unwind.free.page.kept.zero");
  EXPECT_EQ(present_name("bookkeeping.free.none", kStar), "") << "it may mean others as well";
}

// Lists that were written before sums that wrap were no findings any more.
TEST(RenamedSignatures, AnOldLineOfTheArithmeticOracleIsUnderstood) {
  const std::string line = "arithmetic.alloc.none.wrapped-or-truncated.wrapping.none";
  const char* kNow = "arithmetic.alloc.none.undefined.wrapping.none";
  EXPECT_EQ(signature_problem(line), "");
  EXPECT_THAT(signature_problem("arithmetic.aloc.none"), HasSubstr("there is no operation"));
  EXPECT_TRUE(names_signature(line, kNow));
  EXPECT_EQ(present_name(line), kNow);
  EXPECT_TRUE(names_signature("change.free.none.wrapped-or-truncated",
                              "change.free.none.undefined.zero.none"));
  EXPECT_FALSE(names_signature(line, "arithmetic.free.none.undefined.wrapping.none"));
}

TEST(RenamedSignatures, TheTableLeadsAllTheWayToPresentNames) {
  for (const RenamedSignature& row : renamed_signatures()) {
    const std::string_view former = row.former;
    std::string present = row.present;
    EXPECT_EQ(std::count(former.begin(), former.end(), '.'),
              std::count(present.begin(), present.end(), '.'));
    if (const std::size_t star = present.find('*'); star != std::string::npos)
      present.replace(star, 1, "alloc");
    EXPECT_EQ(signature_problem(present, {}), "") << present;
    for (const RenamedSignature& other : renamed_signatures())
      EXPECT_FALSE(names_signature(other.former, row.present, {}))
          << row.present << " is a former name itself";
  }
}

}  // namespace
}  // namespace arenafuzz
