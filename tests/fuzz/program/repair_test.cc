// SPDX-License-Identifier: GPL-2.0-only
#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

Header repaired(Header header) {
  repair(header);
  return header;
}

Operation repaired(Operation operation, const Header& header) {
  repair(operation, header);
  return operation;
}

Header arena(std::uint32_t pages, BaseKind base, std::uint8_t page_size_code = 0) {
  Header header;
  header.arena_pages = pages;
  header.base = base;
  header.page_size_code = page_size_code;
  return header;
}

TEST(RepairHeader, CutsTheArenaToFourGibibytes) {
  EXPECT_EQ(repaired(arena(0, BaseKind::kZero)).arena_pages, 1u);
  EXPECT_EQ(repaired(arena(1u << 21, BaseKind::kZero, 0)).arena_pages, 1u << 20);
  EXPECT_EQ(repaired(arena(1u << 20, BaseKind::kZero, 1)).arena_pages, 1u << 18);
  EXPECT_EQ(repaired(arena(1u << 20, BaseKind::kZero, 2)).arena_pages, 1u << 16);
}

TEST(RepairHeader, MovesABaseDownThatWouldMakeTheArenaCrossFourGibibytes) {
  EXPECT_EQ(repaired(arena((1u << 20) - 16, BaseKind::kSmall)).base, BaseKind::kSmall);
  EXPECT_EQ(repaired(arena((1u << 20) - 15, BaseKind::kSmall)).base, BaseKind::kEnd);
  EXPECT_EQ(repaired(arena(1u << 19, BaseKind::kHigh)).base, BaseKind::kHigh);
  EXPECT_EQ(repaired(arena((1u << 19) + 1, BaseKind::kHigh)).base, BaseKind::kEnd);
}

TEST(RepairHeader, CallsTheBaseOfAWholeArenaZero) {
  for (const BaseKind base : {BaseKind::kZero, BaseKind::kSmall, BaseKind::kHigh, BaseKind::kEnd})
    EXPECT_EQ(repaired(arena(1u << 20, base)).base, BaseKind::kZero);
}

TEST(RepairHeader, GivesTheBaseThatItsNameSays) {
  EXPECT_EQ(base_low(arena(64, BaseKind::kZero)), 0u);
  EXPECT_EQ(base_low(arena(64, BaseKind::kSmall)), 0x10000u);
  EXPECT_EQ(base_low(arena(64, BaseKind::kHigh)), 0x80000000u);
  EXPECT_EQ(base_low(arena(64, BaseKind::kEnd)), 0xfffc0000u);
  EXPECT_EQ(base_low(arena(64, BaseKind::kEnd, 2)), 0xffc00000u);
}

TEST(RepairHeader, KeepsSchedulersMapsAndPageSizeInRange) {
  Header header;
  header.schedulers = 0;
  header.maps = 9;
  header.page_size_code = 3;
  header.granule_order = 5;
  header = repaired(header);
  EXPECT_EQ(header.schedulers, 1);
  EXPECT_EQ(header.maps, 2);
  EXPECT_EQ(header.page_size_code, 2);
  EXPECT_EQ(header.granule_order, 3);
}

TEST(RepairHeader, KeepsOfAGenPoolProgramOnlyWhatItUses) {
  Header header = arena(7, BaseKind::kEnd, 2);
  header.kind = ProgramKind::kGenPool;
  header.profile = Profile::kFaults;
  header.schedulers = 4;
  header.unmapped = true;
  header.granule_order = 60;
  header.weights = 9;
  Header expected;
  expected.kind = ProgramKind::kGenPool;
  expected.profile = Profile::kFaults;
  expected.granule_order = 12;
  expected.weights = 9;
  EXPECT_EQ(repaired(header), expected);
}

TEST(RepairOperation, TakesSchedulerAndMapModuloThoseThereAre) {
  Operation operation;
  operation.scheduler = 3;
  EXPECT_EQ(repaired(operation, Header{}).scheduler, 0);
  operation.kind = OperationKind::kMmap;
  operation.map = 1;
  EXPECT_EQ(repaired(operation, Header{}).map, 0);
  operation.kind = OperationKind::kEnable;
  operation.arenas = 3;
  EXPECT_EQ(repaired(operation, Header{}).arenas, 1);
}

TEST(RepairOperation, ClearsWhatTheKindDoesNotUse) {
  Operation operation;
  operation.kind = OperationKind::kHeal;
  operation.scheduler = operation.map = operation.slot = operation.arenas = 1;
  operation.sub = operation.init_fails = operation.size_given = operation.twice = true;
  operation.offset = 3;
  operation.cpus = operation.shards = operation.cids = operation.stride = 5;
  operation.page = operation.count = operation.policy_data = 6;
  operation.size = operation.address = 7;
  operation.faults[0] = {FaultClause::Kind::kNth, {}, false, 1};
  operation.collisions[0] = {1, false, 0};
  Operation expected;
  expected.kind = OperationKind::kHeal;
  EXPECT_EQ(repaired(operation, Header{}), expected);
}

TEST(RepairOperation, ClampsTheNumbersOfEnablePath) {
  Operation operation;
  operation.kind = OperationKind::kEnablePath;
  operation.cpus = operation.shards = operation.cids = 0xffff;
  operation = repaired(operation, Header{});
  EXPECT_EQ(operation.cpus, 8192);
  EXPECT_EQ(operation.shards, 1024);
  EXPECT_EQ(operation.cids, 8192);
}

TEST(RepairOperation, BringsChunksIntoTheirRange) {
  Operation operation;
  operation.kind = OperationKind::kGenAdd;
  operation.address = 0;
  operation.size = ~std::uint64_t{0};
  Header header;
  header.kind = ProgramKind::kGenPool;
  EXPECT_EQ(print_operation(repaired(operation, header)), "add 4096 size:2^40-1");
  operation.address = ~std::uint64_t{0};
  EXPECT_EQ(print_operation(repaired(operation, header)), "add 2^64-1 size:1");
  operation.address = std::uint64_t{1}
                      << 47;  // no address: it reads as the lowest of the upper half
  EXPECT_EQ(print_operation(repaired(operation, header)), "add 18446603336221196288 size:2^40-1");
  operation.address = 4096;
  operation.size = (std::uint64_t{1} << 46) - 4096;
  EXPECT_EQ(print_operation(repaired(operation, header)), "add 4096 size:70368744173568");
  operation.owner = 1;
  EXPECT_EQ(print_operation(repaired(operation, header)), "add 4096 size:2^40-1 owner:1");
  operation.has_physical = true;
  operation.physical = ~std::uint64_t{0};
  EXPECT_EQ(print_operation(repaired(operation, header)),
            "add 4096 size:2^40-1 phys:17523467612160 owner:1");
}

TEST(RepairOperation, MasksPagesToTwentyOneBits) {
  Operation operation;
  operation.kind = OperationKind::kReserve;
  operation.page = 0xffffffff;
  operation.count = 1u << 21;
  EXPECT_EQ(print_operation(repaired(operation, Header{})), "p0 = reserve m0 2097151+0");
}

TEST(RepairOperation, GivesAUserFaultAtLeastOnePageAndAStride) {
  Operation operation;
  operation.kind = OperationKind::kUserFault;
  operation.stride = 9;
  EXPECT_EQ(print_operation(repaired(operation, Header{})), "user_fault m0 0");
  operation.count = 1u << 20;
  operation.stride = 0;
  EXPECT_EQ(print_operation(repaired(operation, Header{})), "user_fault m0 0 count:65535 stride:1");
}

TEST(RepairOperation, DropsTheSecondOfTwoEqualClausesAndCollisions) {
  Operation operation;
  operation.faults[0] =
      operation.faults[1] = {FaultClause::Kind::kSite, FaultSite::kPage, false, 1};
  operation.collisions[0] = operation.collisions[1] = {2, true, 1};
  EXPECT_EQ(print_operation(repaired(operation, Header{})),
            "a0 = alloc s0 0 (fail page:1) (collide:2 clear+1)");
}

TEST(RepairOperation, ClampsOrdinals) {
  Operation operation;
  operation.faults[0] = {FaultClause::Kind::kNth, FaultSite::kPage, true, 300};
  operation.collisions[0] = {200, false, 255};
  EXPECT_EQ(print_operation(repaired(operation, Header{})),
            "a0 = alloc s0 0 (fail nth:255+) (collide:15 set+63)");
  EXPECT_EQ(repaired(operation, Header{}).faults[0].site, FaultSite::kKmalloc);
}

TEST(RepairProgram, DropsOperationsOfTheOtherKind) {
  Program program = program_of("heal\nfree a1");
  program.header.kind = ProgramKind::kGenPool;
  repair(program);
  EXPECT_THAT(program.operations, ::testing::IsEmpty());
}

TEST(RepairProgram, DropsOperationsPastTheMost) {
  Program program;
  program.operations.resize(limits::kMaxOperations + 1);
  repair(program);
  EXPECT_EQ(program.operations.size(), limits::kMaxOperations);
}

TEST(RepairProgram, ClampsThePlanToWhatBytesAndTextCanCarry) {
  Program program;
  program.has_plan = true;
  program.plan.sites[0] = {101, 0, -2, 0xffffffff, 0x10000};
  program.plan.sites[1] = {7, 0x10000, 0x8000, 5, 6};
  repair(program);
  EXPECT_EQ(program.plan.sites[0], (FaultAttributes{100, 1, -1, 0xffffffff, 0xffff}));
  EXPECT_EQ(program.plan.sites[1], (FaultAttributes{7, 0xffff, 0x7fff, 5, 6}));
  std::string why;
  EXPECT_TRUE(check_program(program, &why)) << why;
}

TEST(RepairProgram, ForgetsAPlanThatIsNotThere) {
  Program program;
  program.plan.seed = 9;
  repair(program);
  EXPECT_EQ(program, Program{});
}

}  // namespace
}  // namespace arenafuzz
