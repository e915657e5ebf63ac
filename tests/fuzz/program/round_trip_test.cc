// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/round_trip.h"

#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

Bytes random_bytes(Random& random, std::size_t length) {
  Bytes bytes(length);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

TEST(RoundTrip, HoldsForTwentyThousandRandomInputs) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const auto length = static_cast<std::size_t>(random.log_uniform(0, 600));
    const Bytes bytes = random_bytes(random, length);
    std::string why;
    ASSERT_TRUE(check_bytes(bytes, &why)) << hex(bytes) << "\n" << why;
  }
}

TEST(RoundTrip, HoldsForEveryLengthUpToAFewRecords) {
  Random random(2);
  for (std::size_t length = 0; length < 140; ++length) {
    Bytes bytes = random_bytes(random, length);
    if (length > 0) bytes[0] = static_cast<std::uint8_t>(length % 3);
    std::string why;
    ASSERT_TRUE(check_bytes(bytes, &why)) << hex(bytes) << "\n" << why;
  }
}

TEST(RoundTrip, HoldsForGeneratedProgramsWithAByteChanged) {
  Program program;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    GeneratorOptions options;
    options.seed = seed;
    options.profile = Profile::kMisuse;
    options.operations = 20;
    options.kind = seed % 3 == 0 ? ProgramKind::kGenPool : ProgramKind::kArena;
    generate(options, &program);
    Bytes bytes = encoded(program);
    Random random(seed);
    for (int i = 0; i < 10; ++i) {
      const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
      bytes[at] = static_cast<std::uint8_t>(random.next());
      std::string why;
      ASSERT_TRUE(check_bytes(bytes, &why)) << "seed " << seed << "\n" << why;
    }
  }
}

TEST(RoundTrip, HoldsForTheTextOfGeneratedPrograms) {
  Program program;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    GeneratorOptions options;
    options.seed = seed;
    options.profile = static_cast<Profile>(seed % 3);
    options.operations = 50;
    options.kind = seed % 2 == 0 ? ProgramKind::kArena : ProgramKind::kGenPool;
    options.all_policies = true;
    generate(options, &program);
    std::string why;
    ASSERT_TRUE(check_text(print_program(program), &why)) << "seed " << seed << "\n" << why;
  }
}

TEST(RoundTrip, HoldsForTextsWithACharacterChanged) {
  constexpr char kCharacters[] = "0129 +-:^()=#,\n\tasxmp\xff";
  Program program;
  Random random(3);
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    GeneratorOptions options;
    options.seed = seed;
    options.profile = Profile::kMisuse;
    options.operations = 8;
    generate(options, &program);
    for (int i = 0; i < 20; ++i) {
      std::string text = print_program(program);
      text[random.below(static_cast<std::uint32_t>(text.size()))] = random.pick(kCharacters);
      std::string why;
      ASSERT_TRUE(check_text(text, &why)) << text << "\n" << why;
    }
  }
}

TEST(RoundTrip, HoldsForTextsThatAreNone) {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("\n\n\n"), std::string_view("\0", 1),
        std::string_view("("), std::string_view("= alloc"), std::string_view("a = = ="),
        std::string_view("header ("), std::string_view("plan plan"), std::string_view("#")}) {
    std::string why;
    EXPECT_TRUE(check_text(text, &why)) << text << "\n" << why;
  }
}

TEST(RoundTrip, SaysWhatRepairWouldChange) {
  Program program = program_of("a1 = alloc s0 5");
  program.operations[0].scheduler = 3;
  std::string why;
  EXPECT_FALSE(check_program(program, &why));
  EXPECT_EQ(why, "repair changes the program: line 3: 'a1 = alloc s3 5' against 'a1 = alloc s0 5'");
}

}  // namespace
}  // namespace arenafuzz
