// SPDX-License-Identifier: GPL-2.0-only
//
// What a person who mistyped a program is told: the line, and what was expected there.
#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

struct Refusal {
  const char* text;
  const char* message;
};

constexpr Refusal kWordErrors[] = {
    {"# arenafuzz\n\na0 = alloc s0",
     "3: a size in bytes of at most 2^64-1, got the end of the line"},
    {"a0 = alloc s0 x", "1: a size in bytes of at most 2^64-1, got 'x'"},
    {"a0 = alloc s0 2^65", "1: a size in bytes of at most 2^64-1, got '2^65'"},
    {"a256 = alloc s0 1", "1: one of a0 to a255, got 'a256'"},
    {"p1 = alloc s0 1", "1: one of a0 to a255, got 'p1'"},
    {"a0 = alloc s1 1", "1: s0, got 's1'"},
    {"a0 = seize s0 1", "1: alloc, claim or reserve, got 'seize'"},
    {"frob s0",
     "1: an operation: aN = alloc, free, enable, disable, enable_path, pN = claim, release, "
     "pN = reserve, user_fault, mmap, worker, heal, teardown or misuse free, got 'frob'"},
    {"free", "1: one of a0 to a255, got the end of the line"},
    {"free p1", "1: one of a0 to a255, got 'p1'"},
    {"free a1 now", "1: the end of the line or a clause such as (fail vzalloc:1), got 'now'"},
    {"enable s0 top m0", "1: one of root, sub, got 'top'"},
    {"enable s0 root m2", "1: one of none, m0, m1, m0+m1, got 'm2'"},
    {"enable s0 root m1", "1: m0: the header has one map, got 'm1'"},
    {"enable_path s0 root m0 shards:1", "1: 'cpus:NUMBER', got 'shards:1'"},
    {"enable_path s0 root m0 cpus:8193 shards:1 cids:1", "1: a number of at most 8192, got '8193'"},
    {"p0 = claim m0 2^21", "1: a number of pages of at most 2097151, got '2^21'"},
    {"p0 = claim m0 1 at:2097151", "1: a page number of at most 2097150, got '2097151'"},
    {"p0 = reserve m0 12", "1: a run of pages such as 12+4, got '12'"},
    {"release m0 2^21+1", "1: a page number of at most 2097151, got '2^21'"},
    {"release x1", "1: pN, aN or mN PAGE+COUNT, got 'x1'"},
    {"user_fault m0 1 count:0", "1: a number of pages of at least 1, got '0'"},
    {"user_fault m0 1 stride:3",
     "1: the end of the line or a clause such as (fail vzalloc:1), got 'stride:3'"},
    {"teardown m1", "1: m0, got 'm1'"},
    {"misuse alloc a1", "1: 'misuse free aN', got 'alloc'"},
    {"misuse free a1 sideways", "1: size:N, offset:N, via:sN or twice, got 'sideways'"},
    {"misuse free a1 offset:32768", "1: an offset of at most 32767, got '32768'"},
    {"misuse free a1 offset:-0x80000000", "1: an offset of at most 32768, got '0x80000000'"},
};

constexpr Refusal kClauseErrors[] = {
    {"a0 = alloc s0 1 (fail disk:1)",
     "1: a fault site: kmalloc, page, vzalloc, span, release or nth, got 'disk'"},
    {"a0 = alloc s0 1 (fail vzalloc)",
     "1: the ordinal of a call, from 1, of at most 255, got the end of the line"},
    {"a0 = alloc s0 1 (fail vzalloc:0)", "1: the ordinal of a call, from 1, got '0'"},
    {"a0 = alloc s0 1 (fail vzalloc:256)",
     "1: the ordinal of a call, from 1, of at most 255, got '256'"},
    {"a0 = alloc s0 1 (fail nth:1, nth:2, nth:3)",
     "1: at most two faults per operation, got 'nth:3'"},
    {"a0 = alloc s0 1 (fail )",
     "1: a fault site: kmalloc, page, vzalloc, span, release or nth, got the end of the line"},
    {"a0 = alloc s0 1 (fail nth:1, nth:1)",
     "1: values that the format can hold (it would read as 'a0 = alloc s0 1 (fail nth:1)'), got "
     "'a0 = alloc s0 1 (fail nth:1, nth:1)'"},
    {"free a0 (fail nth:1)", "1: no fault: this operation makes no fallible call, got 'nth:1'"},
    {"a0 = alloc s0 1 (collide:16 set)",
     "1: the ordinal of a compare-and-swap, from 1, of at most 15, got '16'"},
    {"a0 = alloc s0 1 (collide:0 set)",
     "1: the ordinal of a compare-and-swap, from 1, got '0 set'"},
    {"a0 = alloc s0 1 (collide:1 flip)", "1: 'set' or 'clear', got 'flip'"},
    {"a0 = alloc s0 1 (collide:1 set+3)",
     "1: a bit offset of 0, 1, 2, 4, 8, 16, 32 or 63, got 'set+3'"},
    {"a0 = alloc s0 1 (collide:1 set) (collide:2 set) (collide:3 set)",
     "1: at most two collisions per operation, got '3 set'"},
    {"heal (collide:1 set)",
     "1: no collision: this operation compares and swaps nothing, got '1 set'"},
    {"a0 = alloc s0 1 (fold:1)",
     "1: '(fail site:ordinal)' or '(collide:ordinal set|clear)', got 'fold:1'"},
    {"a0 = alloc s0 1 (fail nth:1",
     "1: the end of the line or a clause such as (fail vzalloc:1), got '(fail nth:1'"},
};

constexpr Refusal kHeaderErrors[] = {
    {"header profile:wrong", "1: one of correct, faults, misuse, got 'wrong'"},
    {"header pages:0", "1: a number of at least 1, got '0'"},
    {"header pages:1048577", "1: a number of at most 1048576, got '1048577'"},
    {"header colour:red",
     "1: profile:, kind:, order:, pages:, base:, page:, placement:, release:, schedulers:, maps:, "
     "weights: or unmapped, got 'colour:red'"},
    {"header pages:262145 page:16384",
     "1: a header that fits together (it would read as 'header profile:correct pages:262144 "
     "base:zero page:16384 placement:lowest release:immediate schedulers:1 maps:1'), got "
     "'pages:262145 page:16384'"},
    {"header base:high pages:1048576",
     "1: a header that fits together (it would read as 'header profile:correct pages:1048576 "
     "base:zero page:4096 placement:lowest release:immediate schedulers:1 maps:1'), got 'base:high "
     "pages:1048576'"},
    {"header kind:gen_pool pages:4",
     "1: a header that fits together (it would read as 'header profile:correct kind:gen_pool "
     "order:3'), got 'kind:gen_pool pages:4'"},
    {"header order:4",
     "1: a header that fits together (it would read as 'header profile:correct pages:64 base:small "
     "page:4096 placement:lowest release:immediate schedulers:1 maps:1'), got 'order:4'"},
    {"header\nheader", "2: the header once, before all else, got 'header'"},
    {"heal\nheader", "2: the header once, before all else, got 'header'"},
    {"plan\nplan", "2: one plan, before all operations, got 'plan'"},
};

constexpr Refusal kGenPoolErrors[] = {
    {"header kind:gen_pool\nenable s0 root m0",
     "2: an operation: create, add, aN = alloc, free, misuse free, has_addr, destroy, set_algo, "
     "virt_to_phys or managed, got 'enable'"},
    {"header kind:gen_pool\np0 = claim m0 1", "2: alloc, got 'claim'"},
    {"header kind:gen_pool\nmisuse free a1 via:s0",
     "2: no scheduler in a gen_pool program, got 's0'"},
    {"header kind:gen_pool\nadd 4095 size:1",
     "2: values that the format can hold (it would read as 'add 4096 size:1'), got 'add 4095 "
     "size:1'"},
    {"header kind:gen_pool\nadd 4096", "2: 'size:BYTES', got the end of the line"},
    {"header kind:gen_pool\na1 = alloc 1 worst-fit",
     "2: one of first-fit, align, order-align, best-fit, fixed, got 'worst-fit'"},
    {"header kind:gen_pool\na1 = alloc 1 align:41",
     "2: values that the format can hold (it would read as 'a1 = alloc 1 align:40'), got 'a1 = "
     "alloc 1 align:41'"},
    {"header kind:gen_pool\na1 = alloc 1 fixed:2^24",
     "2: the policy's number of at most 16777215, got '2^24'"},
    {"header kind:gen_pool\nadd 4096 size:1 (fail kmalloc:1)",
     "2: values that the format can hold (it would read as 'add 4096 size:1 (fail vzalloc:1)'), "
     "got 'add 4096 size:1 (fail kmalloc:1)'"},
};

TEST(ParseError, NamesTheLineAndWhatAnOperationWants) {
  for (const Refusal& wrong : kWordErrors)
    EXPECT_EQ(refusal(wrong.text), wrong.message) << wrong.text;
}

TEST(ParseError, SaysWhatAClauseWants) {
  for (const Refusal& wrong : kClauseErrors)
    EXPECT_EQ(refusal(wrong.text), wrong.message) << wrong.text;
}

TEST(ParseError, SaysWhatAHeaderWantsAndWhere) {
  for (const Refusal& wrong : kHeaderErrors)
    EXPECT_EQ(refusal(wrong.text), wrong.message) << wrong.text;
}

TEST(ParseError, SaysWhatAGenPoolOperationWants) {
  for (const Refusal& wrong : kGenPoolErrors)
    EXPECT_EQ(refusal(wrong.text), wrong.message) << wrong.text;
}

TEST(ParseError, OfAPlanHasItsLineAndAPhrase) {
  EXPECT_THAT(refusal("# arenafuzz\nplan disk:1"), ::testing::MatchesRegex("2: .+, got '.*"));
  EXPECT_THAT(refusal("plan vzalloc:probability=101"), ::testing::MatchesRegex("1: .+, got '.*"));
}

TEST(ParseError, CountsCommentsAndBlankLines) {
  EXPECT_EQ(refusal("# one\n\n  # three\nheal\n\nhael\n").substr(0, 3), "6: ");
}

TEST(ParseError, IsThatOfTheFirstWrongLine) {
  EXPECT_EQ(refusal("heal\nfree b1\nfree b2"), "2: one of a0 to a255, got 'b1'");
}

TEST(ParseError, QuotesNoMoreThanFortyCharacters) {
  EXPECT_EQ(refusal("free " + std::string(90, 'x')),
            "1: one of a0 to a255, got '" + std::string(40, 'x') + "'");
}

}  // namespace
}  // namespace arenafuzz
