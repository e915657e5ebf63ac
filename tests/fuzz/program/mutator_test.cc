// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/mutator.h"

#include <algorithm>
#include <set>

#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using testing::Bytes;

Bytes arbitrary_bytes(Random& random, std::uint32_t most) {
  Bytes bytes(random.below(most + 1));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

Program generated(std::uint64_t seed, ProgramKind kind = ProgramKind::kArena) {
  GeneratorOptions options;
  options.seed = seed;
  options.profile = Profile::kMisuse;
  options.kind = kind;
  options.operations = 32;
  Program program;
  generate(options, &program);
  return program;
}

Bytes encoded(const Program& program) {
  Bytes bytes;
  encode(program, &bytes);
  return bytes;
}

bool canonical(const Bytes& bytes) {
  Program program;
  decode(bytes, &program);
  return encoded(program) == bytes;
}

Operation block_operation(OperationKind kind, std::uint8_t slot) {
  Operation operation;
  operation.kind = kind;
  operation.slot = slot;
  operation.size = kind == OperationKind::kAlloc ? 8 : 0;
  return operation;
}

// Whether some seed makes a program, out of a generated one, of which `holds` is true; and every
// result is repaired.
template <typename Holds>
bool some_seed(Mutation mutation, Holds holds) {
  bool seen = false;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Program before = generated(seed);
    Program after = before;
    Random random(~seed);  // not what the program was drawn from
    const bool applied = apply(mutation, random, &after);
    Program repaired = after;
    repair(repaired);
    EXPECT_EQ(repaired, after);
    EXPECT_TRUE(canonical(encoded(after)));
    if (!applied) EXPECT_EQ(after, before) << "seed " << seed;
    seen |= applied && holds(before, after);
  }
  return seen;
}

bool same_multiset(const Program& one, const Program& other) {
  return std::is_permutation(one.operations.begin(), one.operations.end(), other.operations.begin(),
                             other.operations.end());
}

TEST(Mutator, EveryResultIsCanonicalWhateverTheBytes) {
  Random random(1);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const Bytes bytes = arbitrary_bytes(random, 400);
    Bytes out;
    mutate(bytes, seed, 4096, &out);
    ASSERT_TRUE(canonical(out)) << "seed " << seed;
  }
}

TEST(Mutator, EveryCrossingIsCanonicalWhateverTheBytes) {
  Random random(2);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const Bytes first = arbitrary_bytes(random, 400);
    const Bytes second = arbitrary_bytes(random, 400);
    Bytes out;
    cross_over(first, second, seed, 4096, &out);
    ASSERT_TRUE(canonical(out)) << "seed " << seed;
  }
}

TEST(Mutator, NoResultExceedsTheMaximumSize) {
  for (std::size_t most = 0; most < 300; ++most) {
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
      Program program = generated(seed);
      program.has_plan = seed % 2 == 0;
      repair(program);
      const Bytes bytes = encoded(program);
      Bytes out;
      mutate(bytes, seed, most, &out);
      EXPECT_LE(out.size(), most);
      if (most >= limits::kHeaderBytes) EXPECT_TRUE(canonical(out));
      cross_over(bytes, bytes, seed, most, &out);
      EXPECT_LE(out.size(), most);
      if (most >= limits::kHeaderBytes) EXPECT_TRUE(canonical(out));
    }
  }
}

TEST(Mutator, OneSeedGivesOneResultWithEveryCompiler) {
  std::uint64_t hash = 14695981039346656037u;
  Bytes bytes = encoded(generated(1));
  Bytes out;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    mutate(bytes, seed, 2048, &out);
    if (seed % 8 == 0) {
      bytes = out;
      cross_over(bytes, encoded(generated(seed)), seed, 2048, &out);
    }
    for (const std::uint8_t byte : out) hash = (hash ^ byte) * 1099511628211u;
    bytes = out;
  }
  EXPECT_EQ(hash, 9001844003517664444u);
}

TEST(Mutator, OneOfEightSeedsIsOfPlainBytes) {
  int plain = 0;
  for (std::uint64_t seed = 0; seed < 8000; ++seed) plain += wants_plain_bytes(seed) ? 1 : 0;
  EXPECT_NEAR(plain, 1000, 100);
}

TEST(Mutator, InsertAddsOneToFourOperationsAndKeepsTheRest) {
  std::set<std::size_t> added;
  EXPECT_TRUE(some_seed(Mutation::kInsert, [&](const Program& before, const Program& after) {
    added.insert(after.operations.size() - before.operations.size());
    return true;
  }));
  EXPECT_EQ(added, (std::set<std::size_t>{1, 2, 3, 4}));
}

TEST(Mutator, InsertPrefersASmallEnablePath) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Program program;
    Random random(seed);
    apply(Mutation::kInsert, random, &program);
    for (const Operation& operation : program.operations) EXPECT_LE(operation.cpus, 16);
  }
}

// Each mask is an alloc of the pool's: a path of thousands takes as long as a thousand programs.
TEST(Mutator, OfSeveralLongEnablePathsOneStaysLong) {
  Program program;
  for (const int cpus : {129, 8192, 2048, 128}) {
    Operation path;
    path.kind = OperationKind::kEnablePath;
    path.arenas = 1;
    path.cpus = static_cast<std::uint16_t>(cpus);
    program.operations.push_back(path);
  }
  const Bytes bytes = encoded(program);
  std::set<std::ptrdiff_t> counts;
  Bytes out;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    cross_over(bytes, bytes, seed, 4096, &out);
    Program crossed;
    decode(out, &crossed);
    counts.insert(std::count_if(crossed.operations.begin(), crossed.operations.end(),
                                [](const Operation& path) { return path.cpus > 128; }));
  }
  EXPECT_EQ(counts, (std::set<std::ptrdiff_t>{1}));
}

TEST(Mutator, DeleteRemovesOneOperationOrARun) {
  std::set<std::size_t> left;
  EXPECT_TRUE(some_seed(Mutation::kDelete, [&](const Program& before, const Program& after) {
    EXPECT_LT(after.operations.size(), before.operations.size());
    left.insert(after.operations.size());
    return true;
  }));
  EXPECT_TRUE(left.contains(31));
  EXPECT_GT(left.size(), 2u);
}

TEST(Mutator, DuplicatePutsTheSameOperationBehindItself) {
  EXPECT_TRUE(some_seed(Mutation::kDuplicate, [](const Program& before, const Program& after) {
    EXPECT_EQ(after.operations.size(), before.operations.size() + 1);
    return std::adjacent_find(after.operations.begin(), after.operations.end()) !=
           after.operations.end();
  }));
}

TEST(Mutator, MoveKeepsEveryOperation) {
  EXPECT_TRUE(some_seed(Mutation::kMove, [](const Program& before, const Program& after) {
    EXPECT_TRUE(same_multiset(before, after));
    return !(before == after);
  }));
}

TEST(Mutator, SpliceCopiesARun) {
  EXPECT_TRUE(some_seed(Mutation::kSplice, [](const Program& before, const Program& after) {
    return after.operations.size() > before.operations.size() + 1;
  }));
}

TEST(Mutator, SizeChangesOneSizeAlone) {
  EXPECT_TRUE(some_seed(Mutation::kSize, [](const Program& before, const Program& after) {
    int changed = 0;
    for (std::size_t i = 0; i < before.operations.size(); ++i) {
      Operation same = before.operations[i];
      same.size = after.operations[i].size;
      same.cpus = after.operations[i].cpus;  // an enable path's size
      EXPECT_EQ(same, after.operations[i]);
      changed += before.operations[i] == after.operations[i] ? 0 : 1;
    }
    EXPECT_LE(changed, 1);
    return changed == 1;
  }));
}

TEST(Mutator, SizeMeetsTheEdgesAndTheirNeighbours) {
  std::set<std::uint64_t> sizes;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Program program;
    program.operations = {block_operation(OperationKind::kAlloc, 0)};
    Random random(seed);
    apply(Mutation::kSize, random, &program);
    sizes.insert(program.operations[0].size);
  }
  for (const std::uint64_t edge :
       {std::uint64_t{8}, std::uint64_t{512}, std::uint64_t{4096}, std::uint64_t{16384},
        std::uint64_t{64} * 4096, std::uint64_t{1} << 16, std::uint64_t{1} << 32}) {
    EXPECT_TRUE(sizes.contains(edge - 1) && sizes.contains(edge) && sizes.contains(edge + 1))
        << edge;
  }
}

int fault_count(const Program& program) {
  int count = 0;
  for (const Operation& operation : program.operations) {
    for (const FaultClause& clause : operation.faults)
      count += clause.kind != FaultClause::Kind::kNone ? 1 : 0;
  }
  return count;
}

int collision_count(const Program& program) {
  int count = 0;
  for (const Operation& operation : program.operations) {
    for (const Collision& collision : operation.collisions) count += collision.ordinal != 0 ? 1 : 0;
  }
  return count;
}

// Added, moved and dropped.
template <typename Count>
void expect_all_ways(Mutation mutation, Count count) {
  for (const int change : {-1, 0, 1}) {
    EXPECT_TRUE(some_seed(mutation, [&](const Program& before, const Program& after) {
      return count(after) - count(before) == change && !(before == after);
    })) << change;
  }
}

TEST(Mutator, FaultAddsMovesAndDropsAClause) { expect_all_ways(Mutation::kFault, fault_count); }

TEST(Mutator, CollisionAddsMovesAndDropsOne) {
  expect_all_ways(Mutation::kCollision, collision_count);
}

TEST(Mutator, ProgramsOfTheCorrectProfileGetNoFaultCollisionOrPlan) {
  for (const Mutation mutation : {Mutation::kFault, Mutation::kCollision, Mutation::kPlan}) {
    Program program;
    program.operations = {block_operation(OperationKind::kAlloc, 0)};
    Random random(1);
    EXPECT_FALSE(apply(mutation, random, &program));
  }
}

TEST(Mutator, SwapFreesChangesTheOrderOfTwoFreesAlone) {
  EXPECT_TRUE(some_seed(Mutation::kSwapFrees, [](const Program& before, const Program& after) {
    EXPECT_TRUE(same_multiset(before, after));
    int changed = 0;
    for (std::size_t i = 0; i < before.operations.size(); ++i) {
      if (before.operations[i] == after.operations[i]) continue;
      ++changed;
      EXPECT_EQ(after.operations[i].kind, OperationKind::kFree);
    }
    return changed == 2;
  }));
}

TEST(Mutator, PlaceChangesSlotSchedulerAndMap) {
  bool slot = false;
  bool scheduler = false;
  bool map = false;
  some_seed(Mutation::kPlace, [&](const Program& before, const Program& after) {
    for (std::size_t i = 0; i < before.operations.size(); ++i) {
      slot |= before.operations[i].slot != after.operations[i].slot;
      scheduler |= before.operations[i].scheduler != after.operations[i].scheduler;
      map |= before.operations[i].map != after.operations[i].map;
    }
    return true;
  });
  EXPECT_TRUE(slot && scheduler && map);
}

TEST(Mutator, HeaderChangesEveryFieldButKindAndProfile) {
  int seen = 0;
  some_seed(Mutation::kHeader, [&](const Program& before, const Program& after) {
    const Header& a = before.header;
    const Header& b = after.header;
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.profile, b.profile);
    seen |= (a.arena_pages != b.arena_pages ? 1 : 0) | (a.base != b.base ? 2 : 0) |
            (a.page_size_code != b.page_size_code ? 4 : 0) | (a.best_fit != b.best_fit ? 8 : 0) |
            (a.deferred_release != b.deferred_release ? 16 : 0) |
            (a.schedulers != b.schedulers ? 32 : 0) | (a.maps != b.maps ? 64 : 0) |
            (a.unmapped != b.unmapped ? 128 : 0) | (a.weights != b.weights ? 256 : 0);
    return true;
  });
  EXPECT_EQ(seen, 511);
}

TEST(Mutator, PlanIsAddedAndDropped) {
  EXPECT_TRUE(some_seed(Mutation::kPlan, [](const Program& before, const Program& after) {
    return after.has_plan && !before.has_plan;
  }));
  EXPECT_TRUE(some_seed(Mutation::kPlan, [](const Program& before, const Program& after) {
    return !after.has_plan && before.has_plan;
  }));
}

TEST(Mutator, GenPoolProgramsStayGenPoolPrograms) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Program program = generated(seed, ProgramKind::kGenPool);
    Random random(seed);
    apply(static_cast<Mutation>(seed % kMutationCount), random, &program);
    EXPECT_EQ(program.header.kind, ProgramKind::kGenPool);
    EXPECT_TRUE(canonical(encoded(program)));
  }
}

TEST(Mutator, ACrossingRenamesTheSlotsOfTheSecondAlike) {
  int both = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Program first;
    first.operations = {block_operation(OperationKind::kAlloc, 3),
                        block_operation(OperationKind::kAlloc, 0)};
    Program second;
    second.operations = {block_operation(OperationKind::kAlloc, 3),
                         block_operation(OperationKind::kFree, 3)};
    second.operations[0].size = 77;
    Random random(seed);
    cross_over(second, random, &first);
    const auto is_second = [](const Operation& operation) { return operation.size == 77; };
    const auto is_free = [](const Operation& operation) {
      return operation.kind == OperationKind::kFree;
    };
    const auto alloc = std::find_if(first.operations.begin(), first.operations.end(), is_second);
    if (alloc == first.operations.end()) continue;
    EXPECT_EQ(alloc->slot, 1);
    const auto free = std::find_if(alloc, first.operations.end(), is_free);
    if (free == first.operations.end()) continue;
    ++both;
    EXPECT_EQ(free->slot, alloc->slot);
  }
  EXPECT_GT(both, 50);
}

TEST(Mutator, ACrossingKeepsASlotThatTheFirstDoesNotUse) {
  Program second;
  second.operations = {block_operation(OperationKind::kAlloc, 9)};
  int crossed = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Program first;
    first.operations = {block_operation(OperationKind::kAlloc, 3)};
    Random random(seed);
    cross_over(second, random, &first);
    if (first.operations.size() == 1) continue;  // nothing of the second was drawn
    ++crossed;
    EXPECT_EQ(std::max(first.operations[0].slot, first.operations[1].slot), 9);
  }
  EXPECT_GT(crossed, 5);
}

TEST(Mutator, ACrossingTakesAtMostSixteenOperationsOfTheSecond) {
  Program second;
  second.operations.assign(500, block_operation(OperationKind::kAlloc, 9));
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Program first;
    first.operations.assign(10, block_operation(OperationKind::kAlloc, 3));
    Random random(seed);
    cross_over(second, random, &first);
    EXPECT_LE(first.operations.size(), 26u);
  }
}

TEST(Mutator, ASizeMutationMakesAnEnablePathSmall) {
  Program program;
  program.operations.emplace_back();
  program.operations[0].kind = OperationKind::kEnablePath;
  program.operations[0].cpus = 8192;
  repair(program);
  Random random(1);
  ASSERT_TRUE(apply(Mutation::kSize, random, &program));
  EXPECT_LE(program.operations[0].cpus, 128);
}

TEST(Mutator, ProgramsOfUnlikeKindsAreNotCrossed) {
  const Program second = generated(1, ProgramKind::kGenPool);
  Program first = generated(2);
  const Program before = first;
  Random random(1);
  cross_over(second, random, &first);
  EXPECT_EQ(first, before);
}

}  // namespace
}  // namespace arenafuzz
