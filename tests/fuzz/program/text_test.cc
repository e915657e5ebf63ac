// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/text.h"

#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

// Every form that print knows, exactly as it prints it.
constexpr const char* kArenaLines[] = {
    "a3 = alloc s1 4097 (fail vzalloc:1)",
    "a255 = alloc s3 2^44+1 (fail page:2, span:255+) (collide:2 set) (collide:15 clear+63)",
    "a0 = alloc s0 0 (fail nth:4+)",
    "free a7",
    "free a7 (collide:1 set+1) (collide:1 set+2)",
    "enable s0 root m0",
    "enable s2 sub m0+m1 init-fails validation-fails (fail kmalloc:1, release:2)",
    "enable s1 root none validation-fails",
    "disable s3",
    "enable_path s1 sub m1 cpus:8192 shards:1024 cids:8192 (fail vzalloc:300+, nth:65535)",
    "p200 = claim m1 2097151",
    "p200 = claim m1 1 at:0",
    "release p9",
    "release a9",
    "release m1 12+4",
    "p255 = reserve m0 513+2",
    "user_fault m1 63",
    "user_fault m1 7 count:65535 stride:65535",
    "mmap m1",
    "worker m0 (fail release:1, span:2)",
    "heal",
    "teardown m1",
    "misuse free a4",
    "misuse free a4 size:4097 offset:-32768 via:s2 twice (collide:1 clear+32)",
};
constexpr const char* kGenPoolLines[] = {
    "create",
    "create (fail kmalloc:1)",
    "add 2^46-63 size:63",
    "add 65536 size:0 (fail vzalloc:1)",
    "a1 = alloc 24",
    "a1 = alloc 24 align:40",
    "a1 = alloc 24 order-align",
    "a1 = alloc 24 best-fit (collide:3 set)",
    "a1 = alloc 24 fixed:16777215",
    "free a1",
    "misuse free a2 size:0 offset:32767 twice",
    "has_addr 2^47+1 size:2^64-1",
    "destroy",
    "add 2^64-63 size:63 phys:1044480 owner:255 (fail vzalloc:1)",
    "add 65536 size:64 phys:0",
    "a1 = alloc 24 via:owner",
    "a1 = alloc 24 align:12 via:dma (collide:3 set)",
    "a1 = alloc 24 via:dma-no-address",
    "a1 = alloc 24 fixed:8 via:dma-zeroed",
    "free a1 via:owner (collide:3 set)",
    "set_algo default",
    "set_algo first-fit",
    "set_algo align:40",
    "set_algo order-align",
    "set_algo best-fit",
    "set_algo fixed:8",
    "virt_to_phys 2^64-1",
    "managed (fail kmalloc:2)",
    "managed named",
    "destroy as-is",
};

TEST(Print, IsExactlyWhatParseReads) {
  for (const char* line : kArenaLines) EXPECT_EQ(print_operation(operation_of(kWide, line)), line);
  for (const char* line : kGenPoolLines)
    EXPECT_EQ(print_operation(operation_of(kGenPool, line)), line);
}

TEST(Print, KnowsEveryOperationKind) {
  bool seen[kOperationKindCount] = {};
  for (const char* line : kArenaLines)
    seen[static_cast<int>(operation_of(kWide, line).kind)] = true;
  for (const char* line : kGenPoolLines)
    seen[static_cast<int>(operation_of(kGenPool, line).kind)] = true;
  EXPECT_THAT(seen, ::testing::Each(true));
}

TEST(Print, WritesAWholeProgram) {
  Program program;
  program.header.profile = Profile::kFaults;
  program.header.weights = 17;
  program.header.unmapped = true;
  program.has_plan = true;
  program.operations = {operation_of("", "enable s0 root m0"), operation_of("", "free a1")};
  EXPECT_EQ(print_program(program),
            "# arenafuzz\n"
            "header profile:faults pages:64 base:small page:4096 placement:lowest "
            "release:immediate schedulers:1 maps:1 unmapped weights:17\n"
            "plan\n"
            "enable s0 root m0\n"
            "free a1\n");
}

TEST(Print, WritesTheHeaderOfAGenPoolProgram) {
  EXPECT_EQ(print_header(program_of("header kind:gen_pool order:0 profile:misuse").header),
            "header profile:misuse kind:gen_pool order:0");
}

TEST(Print, WritesEveryWordOfAHeader) {
  const char* line =
      "header profile:misuse pages:7 base:end page:65536 placement:best release:deferred "
      "schedulers:4 maps:2 unmapped weights:5";
  EXPECT_EQ(print_header(program_of(line).header), line);
  EXPECT_EQ(program_of("header weights:2^32-1").header.weights, 0xffffffffu);
}

struct NumberText {
  std::uint64_t value;
  const char* text;
};

constexpr std::uint64_t kOne = 1;
constexpr NumberText kPrinted[] = {
    {0, "0"},
    {4097, "4097"},
    {(kOne << 31) - 1, "2147483647"},
    {kOne << 31, "2^31"},
    {(kOne << 32) - 1, "2^32-1"},
    {(kOne << 32) + 63, "2^32+63"},
    {(kOne << 32) + 64, "4294967360"},
    {(kOne << 44) + 1, "2^44+1"},
    {(kOne << 44) - 63, "2^44-63"},
    {(kOne << 44) - 64, "17592186044352"},
    {(kOne << 63) - 1, "2^63-1"},
    {kOne << 63, "2^63"},
    {~std::uint64_t{0} - 63, "2^64-64"},
    {~std::uint64_t{0} - 64, "18446744073709551551"},
    {~std::uint64_t{0}, "2^64-1"},
};

TEST(Numbers, ArePrintedByThePowerOfTwoTheyAreNearTo) {
  for (const NumberText& number : kPrinted) {
    std::uint64_t back = 0;
    EXPECT_EQ(print_number(number.value), number.text);
    EXPECT_TRUE(parse_number(number.text, &back)) << number.text;
    EXPECT_EQ(back, number.value) << number.text;
  }
}

TEST(Numbers, AreReadInDecimalHexadecimalAndPowersOfTwo) {
  const NumberText cases[] = {
      {255, "0xff"},
      {255, "0xFF"},
      {10, "010"},
      {1, "2^0"},
      {3, "2^2-1"},
      {0, "2^1-2"},
      {0x1000ff, "2^20+0xff"},
      {~std::uint64_t{0}, "18446744073709551615"},
      {~std::uint64_t{0}, "0xffffffffffffffff"},
      {std::uint64_t{1} << 63, "2^64-0x8000000000000000"},
  };
  for (const NumberText& number : cases) {
    std::uint64_t value = 77;
    EXPECT_TRUE(parse_number(number.text, &value)) << number.text;
    EXPECT_EQ(value, number.value) << number.text;
  }
}

constexpr const char* kNoNumbers[] = {"",
                                      "x",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1k",
                                      "0x",
                                      "0xg",
                                      "2^",
                                      "2^64",
                                      "2^64-0",
                                      "2^65-1",
                                      "2^64+1",
                                      "2^x",
                                      "2^3-9",
                                      "2^3+",
                                      "2^3-",
                                      "2^63+0x8000000000000000",
                                      "2^-1",
                                      "18446744073709551616",
                                      "0x10000000000000000",
                                      "1.0",
                                      "2^2^2"};

TEST(Numbers, AreRefusedWhenTheyAreNone) {
  for (const char* text : kNoNumbers) {
    std::uint64_t value = 0;
    EXPECT_FALSE(parse_number(text, &value)) << text;
  }
}

TEST(Parse, SkipsCommentsBlankLinesAndBlanks) {
  const Program program = program_of(
      "# a comment\r\n\n  \t\n  a1\t=  alloc s0   5  # the rest is not read\r\n"
      "free a1 (collide:1 set)\t (collide:2 set)");
  ASSERT_EQ(program.operations.size(), 2u);
  EXPECT_EQ(print_operation(program.operations[0]), "a1 = alloc s0 5");
  EXPECT_EQ(print_operation(program.operations[1]), "free a1 (collide:1 set) (collide:2 set)");
}

TEST(Parse, ReadsAnEmptyTextAsTheDefaultProgram) {
  EXPECT_EQ(program_of(""), Program{});
  EXPECT_EQ(program_of("# arenafuzz\n"), Program{});
}

TEST(Parse, ReadsAPlanBeforeTheOperations) {
  const Program program = program_of("header\nplan seed:7 vzalloc:probability=50,times=-1\nheal");
  EXPECT_TRUE(program.has_plan);
  EXPECT_EQ(program.plan.seed, 7u);
  EXPECT_EQ(program.plan.sites[2], (FaultAttributes{50, 1, -1, 0, 0}));
}

TEST(Parse, GivesAUserFaultAStrideOfOnePage) {
  EXPECT_EQ(operation_of("", "user_fault m0 1 count:4").stride, 1);
  EXPECT_EQ(operation_of("", "user_fault m0 1 count:4"),
            operation_of("", "user_fault m0 1 count:4 stride:1"));
}

TEST(Parse, TakesFaultsFromSeveralClauses) {
  EXPECT_EQ(operation_of("", "a1 = alloc s0 5 (fail page:1) (collide:1 set) (fail span:1)"),
            operation_of("", "a1 = alloc s0 5 (fail page:1, span:1) (collide:1 set)"));
}

TEST(Parse, TakesTheMostOperationsAndNoMore) {
  std::string text;
  for (std::size_t i = 0; i < limits::kMaxOperations; ++i) text += "heal\n";
  EXPECT_EQ(refusal(text), "");
  EXPECT_EQ(refusal(text + "heal"), "65537: at most 65536 operations, got 'heal'");
}

TEST(LooksLikeText, GoesByTheNameOrTheFirstLine) {
  EXPECT_TRUE(looks_like_text("program.txt", ""));
  EXPECT_TRUE(looks_like_text("crash-1234", "# arenafuzz\n"));
  EXPECT_TRUE(looks_like_text("", "# arenafuzz"));
  EXPECT_FALSE(looks_like_text("program.txt.bin", "heal"));
  EXPECT_FALSE(looks_like_text("", "# arenafuz"));
  EXPECT_FALSE(looks_like_text("", " # arenafuzz"));
  EXPECT_FALSE(looks_like_text("", ""));
}

TEST(LooksLikeText, MissesTheMarkUnlessAnEngineGaveTheName) {
  const std::string sha1 = "acd0121d40bc5f986dbc3df76475faa7643a0246";
  EXPECT_TRUE(is_unmarked_text("a", "heal\n"));
  EXPECT_TRUE(is_unmarked_text(sha1 + "/a", "heal\n"));
  EXPECT_TRUE(is_unmarked_text("f" + sha1, "heal\n"));
  EXPECT_FALSE(is_unmarked_text(sha1, "heal\n"));
  EXPECT_FALSE(is_unmarked_text("corpus/program/" + sha1, "heal\n"));
  EXPECT_FALSE(is_unmarked_text("crashes/crash-" + sha1, "heal\n"));
}

}  // namespace
}  // namespace arenafuzz
