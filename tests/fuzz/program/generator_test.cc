// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/generator.h"

#include <set>

#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

Program generated(std::uint64_t seed, Profile profile, ProgramKind kind = ProgramKind::kArena,
                  std::size_t operations = 60, bool all_policies = false) {
  GeneratorOptions options;
  options.all_policies = all_policies;
  options.seed = seed;
  options.profile = profile;
  options.operations = operations;
  options.kind = kind;
  Program program;
  generate(options, &program);
  return program;
}

// FNV-1a of the canonical bytes.
std::uint64_t hash_of(const Program& program) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const std::uint8_t byte : encoded(program)) hash = (hash ^ byte) * 0x100000001b3u;
  return hash;
}

TEST(RandomNumbers, AreThoseOfSplitmix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(RandomNumbers, StayBetweenTheirBounds) {
  Random random(1);
  for (int i = 0; i < 10000; ++i) {
    EXPECT_LT(random.below(3), 3u);
    EXPECT_THAT(random.between(5, 7), ::testing::AllOf(::testing::Ge(5u), ::testing::Le(7u)));
    EXPECT_THAT(random.log_uniform(8, 2048),
                ::testing::AllOf(::testing::Ge(8u), ::testing::Le(2048u)));
  }
  EXPECT_EQ(random.log_uniform(0, 0), 0u);
  EXPECT_EQ(random.between(~std::uint64_t{0}, ~std::uint64_t{0}), ~std::uint64_t{0});
}

TEST(RandomNumbers, ReachBothEndsOfALogUniformRange) {
  Random random(1);
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 2000; ++i) drawn.insert(random.log_uniform(0, 9));
  EXPECT_EQ(drawn, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

// The same with every compiler and word size; a change here changes every seeded test.
TEST(Generator, MakesTheseProgramsOfTheseSeeds) {
  EXPECT_EQ(hash_of(generated(1, Profile::kCorrect)), 11291795638069804082u);
  EXPECT_EQ(hash_of(generated(2, Profile::kFaults)), 234390548538163640u);
  EXPECT_EQ(hash_of(generated(3, Profile::kMisuse)), 527707737062857183u);
  EXPECT_EQ(hash_of(generated(4, Profile::kMisuse, ProgramKind::kGenPool)), 3158654687361857209u);
  Program scale;
  generate_scale(5, 1000, &scale);
  EXPECT_EQ(hash_of(scale), 202039675674819785u);
}

TEST(Generator, MakesTheSameProgramInMemoryUsedBefore) {
  GeneratorOptions options;
  options.seed = 5;
  options.profile = Profile::kMisuse;
  Program used = generated(6, Profile::kMisuse, ProgramKind::kGenPool, 300);
  generate(options, &used);
  EXPECT_EQ(used, generated(5, Profile::kMisuse, ProgramKind::kArena, options.operations));
}

TEST(Generator, MakesExactlySoManyOperations) {
  for (const std::size_t count : {0u, 1u, 2u, 63u, 1000u}) {
    EXPECT_EQ(generated(1, Profile::kMisuse, ProgramKind::kArena, count).operations.size(), count);
    EXPECT_EQ(generated(1, Profile::kMisuse, ProgramKind::kGenPool, count).operations.size(),
              count);
  }
  EXPECT_EQ(generated(1, Profile::kCorrect, ProgramKind::kArena, 70000).operations.size(),
            limits::kMaxOperations);
}

TEST(Generator, MakesRepairedPrograms) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const auto profile = static_cast<Profile>(seed % 3);
    for (const ProgramKind kind : {ProgramKind::kArena, ProgramKind::kGenPool}) {
      std::string why;
      ASSERT_TRUE(check_program(generated(seed, profile, kind), &why)) << seed << ": " << why;
    }
  }
}

bool is_neighbour(OperationKind kind) {
  return kind == OperationKind::kClaim || kind == OperationKind::kRelease ||
         kind == OperationKind::kReserve || kind == OperationKind::kUserFault ||
         kind == OperationKind::kTeardown;
}

bool is_disturbed(const Operation& operation) {
  return operation.faults[0].kind != FaultClause::Kind::kNone ||
         operation.collisions[0].ordinal != 0;
}

bool is_misuse(const Operation& operation) {
  return operation.kind == OperationKind::kMisuseFree ||
         operation.kind == OperationKind::kGenMisuseFree;
}

TEST(Generator, KeepsProfileCorrectFreeOfFaultsNeighboursAndMisuse) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto kind = static_cast<ProgramKind>(seed % 2);
    const Program program = generated(seed, Profile::kCorrect, kind);
    EXPECT_FALSE(program.has_plan);
    for (const Operation& operation : program.operations)
      ASSERT_FALSE(is_neighbour(operation.kind) || is_disturbed(operation) || is_misuse(operation))
          << seed << ": " << print_operation(operation);
  }
}

TEST(Generator, KeepsProfileFaultsFreeOfMisuse) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto kind = static_cast<ProgramKind>(seed % 2);
    for (const Operation& operation : generated(seed, Profile::kFaults, kind).operations)
      ASSERT_FALSE(is_misuse(operation)) << seed << ": " << print_operation(operation);
  }
}

// Enabling a scheduler again, before it was disabled, is misuse.
TEST(Generator, DisablesBeforeItEnablesAgainOutsideMisuse) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    bool enabled[limits::kMaxSchedulers] = {};
    const auto profile = static_cast<Profile>(seed % 2);
    for (const Operation& operation : generated(seed, profile).operations) {
      bool& on = enabled[operation.scheduler];
      if (operation.kind == OperationKind::kDisable) on = false;
      if (operation.kind != OperationKind::kEnable && operation.kind != OperationKind::kEnablePath)
        continue;
      ASSERT_FALSE(on) << "seed " << seed;
      on = true;
    }
  }
}

TEST(Generator, BeginsByEnablingASchedulerOrCreatingAPool) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_EQ(generated(seed, Profile::kMisuse).operations[0].kind, OperationKind::kEnable);
    EXPECT_EQ(generated(seed, Profile::kMisuse, ProgramKind::kGenPool).operations[0].kind,
              OperationKind::kGenCreate);
  }
}

TEST(Generator, DrawsEveryOperationKind) {
  bool seen[kOperationKindCount] = {};
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto kind = static_cast<ProgramKind>(seed % 2);
    for (const Operation& operation : generated(seed, Profile::kMisuse, kind, 60, true).operations)
      seen[static_cast<int>(operation.kind)] = true;
  }
  EXPECT_THAT(seen, ::testing::Each(true));
}

// What our own gen_pool does not have is drawn only where it is asked for.
TEST(Generator, DrawsEveryWayToAskAGenPool) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    for (const Operation& operation :
         generated(seed, Profile::kFaults, ProgramKind::kGenPool, 60, true).operations) {
      const bool collides = operation.collisions[0].ordinal != 0;
      if (operation.kind == OperationKind::kGenAlloc)
        seen.insert(std::string(alloc_policy_name(operation.policy)) + (collides ? " races" : ""));
      if (operation.kind == OperationKind::kGenAlloc) seen.insert(alloc_door_name(operation.door));
      if (operation.kind == OperationKind::kGenDestroy && operation.as_is) seen.insert("as-is");
      if (operation.kind == OperationKind::kGenFree && operation.via) seen.insert("free-owner");
      if (operation.kind != OperationKind::kGenAdd) continue;
      if (operation.address + operation.size == 0) seen.insert("last-address");
      if (operation.address - limits::kMemoryStart < limits::kMemoryBytes) seen.insert("memory");
      if (operation.has_physical) seen.insert("physical");
      if (operation.owner != 0) seen.insert("chunk-owner");
    }
    for (const Operation& operation :
         generated(seed, Profile::kFaults, ProgramKind::kGenPool).operations)
      ASSERT_FALSE(is_extended(operation)) << print_operation(operation);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"first-fit",
                                         "align",
                                         "order-align",
                                         "best-fit",
                                         "fixed",
                                         "first-fit races",
                                         "align races",
                                         "order-align races",
                                         "best-fit races",
                                         "fixed races",
                                         "plain",
                                         "owner",
                                         "dma",
                                         "dma-no-address",
                                         "dma-zeroed",
                                         "as-is",
                                         "free-owner",
                                         "last-address",
                                         "memory",
                                         "physical",
                                         "chunk-owner"}));
}

TEST(Generator, DrawsEveryHeader) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Header header = generated(seed, Profile::kCorrect, ProgramKind::kArena, 1).header;
    seen.insert("base " + std::to_string(static_cast<int>(header.base)));
    seen.insert("page " + std::to_string(header.page_size_code));
    seen.insert("schedulers " + std::to_string(header.schedulers));
    seen.insert("maps " + std::to_string(header.maps));
    seen.insert(header.best_fit ? "best" : "lowest");
    seen.insert(header.deferred_release ? "deferred" : "immediate");
    seen.insert(header.unmapped ? "unmapped" : "mapped");
    seen.insert(header.arena_pages > 4096 ? "large" : "small");
  }
  EXPECT_EQ(seen.size(), 4u + 3 + 4 + 2 + 2 + 2 + 2 + 2);
}

TEST(Generator, MapsAnUnmappedArenaEarly) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Program program = generated(seed, Profile::kFaults);
    int mapped = 0;
    for (std::size_t i = 0; i < 12; ++i)
      mapped += program.operations[i].kind == OperationKind::kMmap ? 1 : 0;
    EXPECT_GE(mapped, program.header.unmapped ? program.header.maps : 0) << seed;
  }
}

TEST(Generator, LeavesOutWhatHasNoWeight) {
  GeneratorOptions options;
  options.profile = Profile::kMisuse;
  options.operations = 200;
  options.weights = 0x000000ff;  // alloc and free
  Program program;
  for (options.seed = 0; options.seed < 100; ++options.seed) {
    generate(options, &program);
    EXPECT_EQ(program.header.weights, options.weights);
    for (const Operation& operation : program.operations) {
      const SwarmGroup group = swarm_group(operation.kind);
      ASSERT_NE(group, SwarmGroup::kMisuse);
      ASSERT_NE(group, SwarmGroup::kUserPages);
      ASSERT_NE(group, SwarmGroup::kNeighbourPages);
      ASSERT_NE(group, SwarmGroup::kEnablePath);
    }
  }
}

TEST(Generator, DrawsMoreOfWhatWeighsMore) {
  const auto disables_with = [](std::uint32_t weights) {
    GeneratorOptions options;
    options.operations = 4000;
    options.weights = weights;
    Program program;
    generate(options, &program);
    return std::count_if(program.operations.begin(), program.operations.end(),
                         [](const Operation& o) { return o.kind == OperationKind::kDisable; });
  };
  EXPECT_LT(4 * disables_with(0x1ff), disables_with(0xfff));
}

TEST(Generator, FreesMostlySlotsThatHoldABlock) {
  int hits = 0;
  int frees = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::set<int> live;
    for (const Operation& operation : generated(seed, Profile::kCorrect).operations) {
      if (operation.kind == OperationKind::kAlloc) live.insert(operation.slot);
      if (operation.kind == OperationKind::kDisable) live.clear();
      if (operation.kind != OperationKind::kFree) continue;
      ++frees;
      hits += static_cast<int>(live.erase(operation.slot));
    }
  }
  EXPECT_GT(frees, 1000);
  EXPECT_GT(hits * 10, frees * 9);
}

TEST(Generator, HealsWhatLasts) {
  int lasting = 0;
  int heals = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    for (const Operation& o : generated(seed, Profile::kFaults).operations) {
      lasting += o.faults[0].lasting || o.faults[1].lasting ? 1 : 0;
      heals += o.kind == OperationKind::kHeal ? 1 : 0;
    }
  }
  EXPECT_GT(lasting, 100);
  EXPECT_GT(heals, lasting / 2);
}

TEST(Generator, MakesLargeArenasWhenAsked) {
  GeneratorOptions options;
  options.operations = 1;
  options.large_arena = true;
  Program program;
  for (options.seed = 0; options.seed < 100; ++options.seed) {
    generate(options, &program);
    EXPECT_GE(program.header.arena_pages, 1u << 16);
  }
}

TEST(Generator, UsesOtherPoliciesOnlyWhenAsked) {
  GeneratorOptions options;
  options.kind = ProgramKind::kGenPool;
  options.operations = 400;
  for (const bool all : {false, true}) {
    options.all_policies = all;
    std::set<AllocPolicy> policies;
    Program program;
    generate(options, &program);
    for (const Operation& operation : program.operations) policies.insert(operation.policy);
    EXPECT_EQ(policies.size(), all ? 5u : 1u);
  }
}

TEST(ScaleProgram, IsOneSchedulerOverTheWholeArena) {
  Program program;
  generate_scale(1, 65536, &program);
  EXPECT_EQ(print_header(program.header),
            "header profile:correct pages:1048576 base:zero page:4096 placement:lowest "
            "release:immediate schedulers:1 maps:1");
  ASSERT_EQ(program.operations.size(), 65536u);
  EXPECT_EQ(print_operation(program.operations[0]), "enable s0 root m0");
  for (std::size_t i = 1; i < program.operations.size(); ++i) {
    const Operation& operation = program.operations[i];
    if (operation.kind == OperationKind::kFree) continue;
    ASSERT_EQ(operation.kind, OperationKind::kAlloc);
    ASSERT_GE(operation.size, 8u);
    ASSERT_LE(operation.size, 2048u);
  }
}

}  // namespace
}  // namespace arenafuzz
