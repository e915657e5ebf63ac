// SPDX-License-Identifier: GPL-2.0-only
//
// No change of the code may change what a program means: bytes, texts, repaired values, refusals,
// drawn and mutated programs are compared with numbers that are older than the code.
#include "tests/tools/golden.h"

#include "fuzz/program/mutator.h"
#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

std::string meaning_of(const golden::Set& set) {
  golden::Hash bytes;
  golden::Hash text;
  for (const Program& program : set.programs) {
    bytes.add(encoded(program));
    text.add(print_program(program));
  }
  const std::size_t count = set.programs.size();
  return golden::line(set.name + " inputs", count, set.inputs) +
         golden::line(set.name + " bytes", count, bytes) +
         golden::line(set.name + " text", count, text);
}

// Any values, in fields that the kind has and in those that it has not.
Operation wild_operation(Random& random, OperationKind kind) {
  const auto byte = [&random] { return static_cast<std::uint8_t>(random.next()); };
  const auto flag = [&random] { return random.chance(1, 2); };
  const auto small = [&random] { return static_cast<std::uint16_t>(random.log_uniform(0, 65535)); };
  const auto number = [&random] { return random.log_uniform(0, ~std::uint64_t{0}); };
  Operation operation;
  operation.kind = kind;
  operation.scheduler = byte();
  operation.map = byte();
  operation.slot = byte();
  operation.arenas = byte();
  operation.sub = flag();
  operation.init_fails = flag();
  operation.validation_fails = flag();
  operation.size_given = flag();
  operation.twice = flag();
  operation.via = flag();
  operation.as_is = flag();
  operation.by_default = flag();
  operation.named = flag();
  operation.target = static_cast<ReleaseTarget>(random.below(3));
  operation.policy = static_cast<AllocPolicy>(random.below(kAllocPolicyCount));
  operation.door = static_cast<AllocDoor>(random.below(kAllocDoorCount));
  operation.owner = random.chance(1, 2) ? std::uint8_t{0} : byte();
  operation.has_physical = flag();
  operation.offset = static_cast<std::int16_t>(random.next());
  operation.cpus = small();
  operation.shards = small();
  operation.cids = small();
  operation.stride = small();
  operation.page = static_cast<std::uint32_t>(number());
  operation.count = static_cast<std::uint32_t>(number());
  operation.size = number();
  operation.address = number();
  operation.physical = number();
  operation.policy_data = static_cast<std::uint32_t>(number());
  for (FaultClause& clause : operation.faults) {
    clause.kind = static_cast<FaultClause::Kind>(random.below(3));
    clause.site = static_cast<FaultSite>(random.below(kFaultSiteCount));
    clause.lasting = flag();
    clause.ordinal = small();
  }
  for (Collision& collision : operation.collisions) {
    collision.ordinal = random.chance(1, 4) ? std::uint8_t{0} : byte();
    collision.clear = flag();
    collision.offset_code = byte();
  }
  return operation;
}

Header header_of(std::uint64_t number) {
  Header header;
  header.kind = static_cast<ProgramKind>(number % 2);
  header.schedulers = static_cast<std::uint8_t>(1 + number % 4);
  header.maps = static_cast<std::uint8_t>(1 + number / 4 % 2);
  repair(header);
  return header;
}

std::string meaning_of_repair() {
  constexpr std::uint64_t kRounds = 2000;
  golden::Hash repaired;
  Random random(16);
  for (std::uint64_t i = 0; i < kRounds; ++i) {
    Program program;
    program.header = header_of(i);
    for (int kind = 0; kind < kOperationKindCount; ++kind)
      program.operations.push_back(wild_operation(random, static_cast<OperationKind>(kind)));
    repair(program);
    repaired.add(print_program(program));
    repaired.add(encoded(program));
  }
  return golden::line("repaired", kRounds, repaired);
}

std::string meaning_of_the_dice() {
  golden::Hash drawn;
  golden::Hash mutated;
  constexpr std::uint64_t kPrograms = 3000;
  Bytes before;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    GeneratorOptions options;
    options.seed = seed;
    options.profile = static_cast<Profile>(seed % 3);
    options.kind = static_cast<ProgramKind>(seed / 3 % 2);
    options.all_policies = seed % 7 != 0;
    options.operations = 1 + seed % 60;
    Program program;
    generate(options, &program);
    Bytes bytes = encoded(program);
    drawn.add(bytes);
    for (std::uint64_t i = 0; i < 4; ++i) {
      Bytes next;
      mutate(bytes, seed * 4 + i, 2000, &next);
      mutated.add(next);
      bytes = next;
    }
    Bytes crossed;
    cross_over(bytes, before, seed, 2000, &crossed);
    mutated.add(crossed);
    before = bytes;
  }
  return golden::line("drawn", kPrograms, drawn) + golden::line("mutated", kPrograms, mutated);
}

// One word or character of each text is another, is there twice or is gone.
std::string spoilt(std::string text, Random& random) {
  constexpr std::string_view kWords[] = {"a1",
                                         "p2",
                                         "m1",
                                         "m5",
                                         "s3",
                                         "s9",
                                         "=",
                                         "alloc",
                                         "free",
                                         "size:7",
                                         "size:",
                                         "offset:-9",
                                         "via:s1",
                                         "twice",
                                         "sub",
                                         "claim",
                                         "at:3",
                                         "7+",
                                         "2097152+1",
                                         "count:0",
                                         "stride:2",
                                         "named",
                                         "as-is",
                                         "align:99",
                                         "fixed:1",
                                         "via:dma",
                                         "via:owner",
                                         "phys:4096",
                                         "owner",
                                         "owner:9",
                                         "cpus:9",
                                         "shards:2^9",
                                         "(fail page:1)",
                                         "2^64",
                                         "0x10",
                                         "mmap",
                                         "misuse",
                                         "destroy",
                                         "cids:x",
                                         "(collide:1 set)"};
  const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
  const std::size_t begin = text.find_last_of(" \n", at) + 1;
  const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
  const std::string word = text.substr(begin, end - begin);
  switch (random.below(4)) {
    case 0:
      return text.replace(begin, end - begin, random.pick(kWords));
    case 1:
      return text.insert(begin, word + " ");
    case 2:
      return text.erase(begin, std::min(text.size(), end + 1) - begin);
    default:
      text[at] = static_cast<char>(' ' + random.below(95));
      return text;
  }
}

// The list of operations may grow.
std::string without_list(const std::string& refusal) {
  constexpr std::string_view kList = "an operation: ";
  const std::size_t at = refusal.find(kList);
  return at == std::string::npos ? refusal : refusal.substr(0, at + kList.size());
}

std::string meaning_of_refusals() {
  constexpr std::uint64_t kPrograms = 1500;
  golden::Hash refused;
  Random random(17);
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    GeneratorOptions options;
    options.seed = seed;
    options.profile = Profile::kMisuse;
    options.kind = static_cast<ProgramKind>(seed % 2);
    options.all_policies = true;
    options.operations = 12;
    Program program;
    generate(options, &program);
    const std::string text = print_program(program);
    for (int i = 0; i < 20; ++i) {
      const std::string other = spoilt(text, random);
      const std::string why = without_list(refusal(other));
      refused.add(why);
      if (why.empty()) refused.add(encoded(program_of(other)));
    }
  }
  return golden::line("refused", kPrograms, refused);
}

TEST(Golden, ProgramsMeanWhatTheyAlwaysMeant) {
  std::string found;
  for (const golden::Set& set : golden::corpus_sets()) found += meaning_of(set);
  found += meaning_of(golden::random_set());
  found += meaning_of_repair() + meaning_of_the_dice() + meaning_of_refusals();
  EXPECT_EQ(found, golden::committed("fuzz/program/golden.txt"))
      << "if lines \"inputs\" differ, the corpus changed: put these lines into golden.txt;\n"
         "if others alone do, programs mean something else now, which corpora forbid\n"
      << found;
}

}  // namespace
}  // namespace arenafuzz
