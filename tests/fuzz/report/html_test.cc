// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arenafuzz::report {
namespace {

constexpr const char* kReplaced = "\xEF\xBF\xBD";

TEST(Escaped, LeavesNothingThatMeansAnythingToHtml) {
  EXPECT_EQ(escaped("<script>\"a\" & 'b'</script>"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
}

TEST(Readable, KeepsWellFormedTextOfEveryLength) {
  const std::string text = "a\tb\n\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 \xEF\xBF\xBD \xE2\x80\x93";
  EXPECT_EQ(readable(text), text);
}

TEST(Readable, ReplacesEachByteThatIsNoUtf8) {
  EXPECT_EQ(readable("a\xFFz"), std::string("a") + kReplaced + "z");
  EXPECT_EQ(readable("\xC3("), std::string(kReplaced) + "(");
  EXPECT_EQ(readable("\xC3"), kReplaced);  // cut
  EXPECT_EQ(readable("\xE2\x82"), std::string(kReplaced) + kReplaced);
  EXPECT_EQ(readable("\x80"), kReplaced);  // a continuation alone
}

TEST(Readable, TakesNoOverlongNoSurrogateAndNothingBeyondUnicode) {
  for (const char* bytes : {"\xC0\xBC", "\xE0\x80\xBC", "\xF0\x80\x80\xBC", "\xED\xA0\x80",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"})
    EXPECT_TRUE(readable(bytes).starts_with(kReplaced)) << bytes;
}

TEST(Readable, ReplacesControlCharactersAndTurnsOfDirection) {
  EXPECT_EQ(readable(std::string_view("\0", 1)), kReplaced);
  for (const char* bytes : {"\x01", "\x1B", "\x7F", "\r", "\xC2\x85", "\xE2\x80\xAE",
                            "\xE2\x81\xA6", "\xE2\x80\x8F", "\xD8\x9C"})
    EXPECT_EQ(readable(bytes), kReplaced) << bytes;
}

TEST(Readable, OfAnyTwoBytesIsStableAndWellFormed) {
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      const std::string once = readable(bytes);
      ASSERT_EQ(readable(once), once) << first << " " << second;
    }
}

TEST(UrlOf, KeepsWhatIsPlainAndEncodesTheRestByteForByte) {
  EXPECT_EQ(url_of("../crashes/id:000004,sig:06"), "../crashes/id%3A000004%2Csig%3A06");
  EXPECT_EQ(url_of("a b\"<>#?%\n\xFF"), "a%20b%22%3C%3E%23%3F%25%0A%FF");
}

TEST(UrlOf, HasNeverASchemeOrAHost) {
  EXPECT_EQ(url_of("javascript:alert(1)"), "javascript%3Aalert%281%29");
  EXPECT_EQ(url_of("//host/x"), "/host/x");
  EXPECT_EQ(url_of("///x"), "/x");
  EXPECT_EQ(url_of("\\\\host"), "%5C%5Chost");
}

TEST(WordOf, IsFitForAnIdAndAClass) { EXPECT_EQ(word_of("a.b c\"9"), "a-b-c-9"); }

}  // namespace
}  // namespace arenafuzz::report
