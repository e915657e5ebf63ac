// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/codec.h"

#include "tests/fuzz/program/testing.h"

namespace arenafuzz {
namespace {

using namespace testing;

struct Golden {
  const char* line;
  const char* record;
};

// One changed byte here means that every corpus ever saved now means something else.
constexpr Golden kArenaRecords[] = {
    {"a3 = alloc s1 4097 (fail vzalloc:1)", "00050301100000000000001300000000"},
    {"a255 = alloc s3 2^44+1 (fail page:2, span:255+) (collide:2 set) (collide:15 clear+63)",
     "000fff010000000010000022c0ff02ff"},
    {"a0 = alloc s0 2^64-1", "000c00ffffffffffffffff0000000000"},
    {"a0 = alloc s0 65535", "000400ffff0000000000000000000000"},
    {"a0 = alloc s0 2^32-1 (fail nth:4+)", "000800ffffffff000000004e00000000"},
    {"free a7 (collide:1 set+1)", "50000700000000000000000000002100"},
    {"enable s2 sub m0+m1 init-fails validation-fails (fail kmalloc:1)",
     "88720003000000000000001100000000"},
    {"disable s3 (collide:3 clear+8)", "94030000000000000000000000009300"},
    {"enable_path s1 root m1 cpus:8192 shards:1024 cids:8191 (fail vzalloc:300+, nth:65535) "
     "(collide:1 set)",
     "9c410000e000c4ffdf01ffcb62ff0100"},
    {"p200 = claim m1 2097151 at:12", "a401c80d000000ffff1f000000000000"},
    {"release p9", "ac000900000000000000000000000000"},
    {"release a9", "ac100900000000000000000000000000"},
    {"release m1 12+4", "ac21000c000000040000000000000000"},
    {"p255 = reserve m0 513+2", "b800ff01020000020000000000000000"},
    {"user_fault m1 63", "c001003f000000010000000000000000"},
    {"user_fault m1 7 count:300 stride:5", "c00100070000002c0105000000000000"},
    {"mmap m1", "ca010000000000000000000000000000"},
    {"worker m1 (fail release:1, span:2)", "ce010000000000000000001540020000"},
    {"heal", "d6000000000000000000000000000000"},
    {"teardown m1", "da010000000000000000000000000000"},
    {"misuse free a4 size:4097 offset:-8 via:s2 twice (collide:1 clear+32)",
     "de76040110000000000000f8ff00d100"},
    {"misuse free a4", "de000400000000000000000000000000"},
};

constexpr Golden kGenPoolRecords[] = {
    {"create (fail kmalloc:1)", "c0000000000000000000001100000000"},
    {"add 2^46-63 size:63 (fail vzalloc:1)", "a810c1ffffffff3f3f00000000000000"},
    {"add 65536 size:0", "a8000000010000000000000000000000"},
    {"a1 = alloc 24", "00000118000000000000000000000000"},
    {"a1 = alloc 2^40 align:12 (collide:1 set+16)", "001c0100000000000100000c0000a100"},
    {"a1 = alloc 24 order-align", "00200118000000000000000000000000"},
    {"a1 = alloc 24 best-fit", "00300118000000000000000000000000"},
    {"a1 = alloc 24 fixed:16777215", "0040011800000000000000ffffff0000"},
    {"free a1 (collide:2 set+4)", "60000100000000000000000000006200"},
    {"misuse free a2 size:0 offset:32767 twice", "e030020000000000000000ff7f000000"},
    {"has_addr 2^47+1 size:2^64-1", "d000010000000080ffffffffffffffff"},
    {"destroy", "c8000000000000000000000000000000"},
    {"add 18446744073709547520 size:4096", "f00000f0ffffffff0010000000000000"},
    {"add 2^64-1 size:1 phys:2^43 owner:255 (fail vzalloc:1)", "f030ffffffffffff0100000000ff0080"},
    {"add 65536 size:64 phys:0", "f0200000010000004000000000000000"},
    {"add 2^47-1 size:2^40-1", "f000ffffffffff7fffffffffff000000"},
    {"a1 = alloc 24 via:owner", "f2000118000000000000000000000000"},
    {"a1 = alloc 4096 align:12 via:dma (collide:1 set+16)", "f2150100100000000000000c0000a100"},
    {"a1 = alloc 24 fixed:8 via:dma-no-address", "f2420118000000000000000800000000"},
    {"a1 = alloc 24 best-fit via:dma-zeroed", "f2330118000000000000000000000000"},
    {"free a1 via:owner (collide:2 set+4)", "f4000100000000000000000000006200"},
    {"destroy as-is", "f5000000000000000000000000000000"},
    {"has_addr 2^64-1 size:2", "f600ffffffffffff0200000000000000"},
    {"set_algo default", "f7500000000000000000000000000000"},
    {"set_algo align:30", "f7100000000000000000001e00000000"},
    {"set_algo fixed:16777215", "f740000000000000000000ffffff0000"},
    {"virt_to_phys 2^64-2", "f80000feffffffffffffff0000000000"},
    {"managed named (fail kmalloc:3)", "f9100000000000000000003100000000"},
};

constexpr Golden kHeaders[] = {
    {"header profile:faults pages:1024 base:high page:16384 placement:best release:deferred "
     "schedulers:3 maps:2 unmapped weights:0x12345678",
     "00bd06000aff03007856341200000000"},
    {"header", "00000100063f00000000000000000000"},
    {"header pages:0x100000 base:zero", "0000000014ffff0f0000000000000000"},
    {"header kind:gen_pool order:12 profile:misuse weights:5", "0102010c063f00000500000000000000"},
};

TEST(Golden, RecordsOfAnArenaProgramAreThese) {
  for (const Golden& golden : kArenaRecords)
    EXPECT_EQ(record_of(kWide, golden.line), golden.record) << golden.line;
}

TEST(Golden, RecordsOfAGenPoolProgramAreThese) {
  for (const Golden& golden : kGenPoolRecords)
    EXPECT_EQ(record_of(kGenPool, golden.line), golden.record) << golden.line;
}

TEST(Golden, RecordsReadBackAsTheLinesTheyCameFrom) {
  for (const Golden& golden : kArenaRecords) {
    Bytes bytes = encoded(program_of(kWide));
    const Bytes record = from_hex(golden.record);
    bytes.insert(bytes.end(), record.begin(), record.end());
    EXPECT_EQ(print_operation(decoded(bytes).operations.at(0)), golden.line);
  }
  for (const Golden& golden : kGenPoolRecords) {
    Bytes bytes = encoded(program_of(kGenPool));
    const Bytes record = from_hex(golden.record);
    bytes.insert(bytes.end(), record.begin(), record.end());
    EXPECT_EQ(print_operation(decoded(bytes).operations.at(0)), golden.line);
  }
}

TEST(Golden, EveryOperationKindHasARecord) {
  bool seen[kOperationKindCount] = {};
  for (const Golden& golden : kArenaRecords)
    seen[static_cast<int>(operation_of(kWide, golden.line).kind)] = true;
  for (const Golden& golden : kGenPoolRecords)
    seen[static_cast<int>(operation_of(kGenPool, golden.line).kind)] = true;
  EXPECT_THAT(seen, ::testing::Each(true));
}

TEST(Golden, HeadersAreThese) {
  for (const Golden& golden : kHeaders) {
    EXPECT_EQ(hex(encoded(program_of(golden.line))), golden.record) << golden.line;
    EXPECT_EQ(decoded(from_hex(golden.record)), program_of(golden.line)) << golden.line;
  }
}

// Seed; then probability, interval, times, space, fail_nth of each site.
TEST(Golden, APlanFollowsTheHeaderInSixtyFourBytes) {
  Program program = program_of("header");
  program.has_plan = true;
  program.plan.seed = 0x04030201;
  program.plan.sites[1] = {100, 0xffff, -1, 0x0d0c0b0a, 0xffff};
  program.plan.sites[4] = {1, 2, 0x7fff, 4, 5};
  const std::string unset = "00 0100 0100 00000000 0000";
  const Bytes expected =
      from_hex("00001100063f00000000000000000000 01020304" + unset + "64 ffff ffff 0a0b0c0d ffff" +
               unset + unset + "01 0200 ff7f 04000000 0500 0000000000");
  EXPECT_EQ(hex(encoded(program)), hex(expected));
  EXPECT_EQ(decoded(expected), program);
}

std::string table_text(ProgramKind kind) {
  std::string text;
  for (const OpcodeRange& range : opcode_table(kind))
    text += hex({range.first, range.last}) + " " + operation_kind_name(range.kind) + "\n";
  return text;
}

TEST(OpcodeTable, OfArenaProgramsIsThis) {
  EXPECT_EQ(table_text(ProgramKind::kArena),
            "004f alloc\n5087 free\n8893 enable\n949b disable\n9ca3 enable-path\na4ab claim\n"
            "acb7 release\nb8bf reserve\nc0c9 user-fault\ncacd mmap\nced5 worker\nd6d9 heal\n"
            "dadd teardown\ndeef misuse-free\n");
}

TEST(OpcodeTable, OfGenPoolProgramsIsThis) {
  EXPECT_EQ(table_text(ProgramKind::kGenPool),
            "005f gen-alloc\n60a7 gen-free\na8bf gen-add\nc0c7 gen-create\nc8cf gen-destroy\n"
            "d0df gen-has-addr\ne0ef gen-misuse-free\nf0f1 gen-add\nf2f3 gen-alloc\n"
            "f4f4 gen-free\nf5f5 gen-destroy\nf6f6 gen-has-addr\nf7f7 gen-set-algo\n"
            "f8f8 gen-virt-to-phys\nf9f9 gen-managed\n");
}

// What each of the 256 codes decodes to, -1 if nothing.
std::vector<int> kinds_by_code(ProgramKind kind) {
  std::vector<int> kinds;
  for (int code = 0; code < 256; ++code) {
    Bytes bytes(limits::kHeaderBytes);
    bytes[0] = static_cast<std::uint8_t>(kind);
    bytes.push_back(static_cast<std::uint8_t>(code));
    const Program program = decoded(bytes);
    kinds.push_back(program.operations.empty() ? -1 : static_cast<int>(program.operations[0].kind));
  }
  return kinds;
}

TEST(OpcodeTable, SaysWhatEachOfThe256CodesDecodesTo) {
  for (const ProgramKind kind : {ProgramKind::kArena, ProgramKind::kGenPool}) {
    std::vector<int> expected(256, -1);
    for (const OpcodeRange& range : opcode_table(kind)) {
      for (std::size_t code = range.first; code <= range.last; ++code)
        expected[code] = static_cast<int>(range.kind);
    }
    EXPECT_EQ(kinds_by_code(kind), expected);
  }
}

TEST(OpcodeTable, ReachesEveryOperationKindFromSomeByte) {
  std::vector<int> all = kinds_by_code(ProgramKind::kArena);
  const std::vector<int> more = kinds_by_code(ProgramKind::kGenPool);
  all.insert(all.end(), more.begin(), more.end());
  for (int kind = 0; kind < kOperationKindCount; ++kind)
    EXPECT_THAT(all, ::testing::Contains(kind)) << kind;
}

TEST(OpcodeTable, LeavesSixteenCodesReservedInArenaProgramsAndSixInGenPoolPrograms) {
  const std::vector<int> arena = kinds_by_code(ProgramKind::kArena);
  EXPECT_EQ(std::count(arena.begin(), arena.end(), -1), 16);
  EXPECT_EQ(arena[0xef] == -1, false);
  EXPECT_EQ(arena[0xf0], -1);
  const std::vector<int> gen_pool = kinds_by_code(ProgramKind::kGenPool);
  EXPECT_EQ(std::count(gen_pool.begin(), gen_pool.end(), -1), 6);
  EXPECT_EQ(gen_pool[0xf9] == -1, false);
  EXPECT_EQ(gen_pool[0xfa], -1);
}

// Bits that a first record of these kinds ignores stay ignored: what came later has opcodes of its
// own. The bounds of a chunk are those of the first record as well.
TEST(Golden, FirstRecordsOfAGenPoolProgramIgnoreWhatTheyAlwaysDid) {
  struct Old {
    const char* record;
    const char* line;
  };
  constexpr Old kOld[] = {
      {"a8ef00000100000040000000000000ff", "add 65536 size:64"},
      {"a8ff00000100000040000000000000ff", "add 65536 size:64 (fail vzalloc:1)"},
      {"a800ffffffffffffffffffffffff0000", "add 2^46 size:0"},
      {"a800001000000000ffffffffffff0000", "add 4096 size:70368744173568"},
      {"00030118000000000000000000000000", "a1 = alloc 24"},
      {"60ff01ffffffffffffffffffffff0000", "free a1"},
      {"c8ffffffffffffffffffffffffffffff", "destroy"},
      {"d0fe0100000000800200000000000000", "has_addr 2^47+1 size:2"},
  };
  for (const Old& old : kOld) {
    Bytes bytes = encoded(program_of(kGenPool));
    const Bytes record = from_hex(old.record);
    bytes.insert(bytes.end(), record.begin(), record.end());
    EXPECT_EQ(print_operation(decoded(bytes).operations.at(0)), old.line) << old.record;
  }
}

// An opcode that came later holds what an older one does too; written is the older one.
TEST(Encode, WritesTheFirstOpcodeThatHoldsAnOperation) {
  struct Later {
    const char* record;
    const char* canonical;
  };
  constexpr Later kLater[] = {
      {"f00000000100000040000000000000ff", "a8000000010000004000000000000000"},
      {"f6000100000000000200000000000000", "d0000100000000000200000000000000"},
      {"f700000000000000000000ffffff0000", "f7000000000000000000000000000000"},
  };
  for (const Later& later : kLater) {
    Bytes bytes = encoded(program_of(kGenPool));
    const Bytes record = from_hex(later.record);
    bytes.insert(bytes.end(), record.begin(), record.end());
    EXPECT_EQ(hex(encoded(decoded(bytes)), limits::kHeaderBytes), later.canonical);
  }
}

// "# arenafuzz" is 11 bytes, so what stands behind the header's line is what was decoded.
std::string lines_of(std::string_view bytes_in_hex) {
  const std::string text = print_program(decoded(from_hex(bytes_in_hex)));
  return text.substr(text.find('\n', 12) + 1);
}

constexpr const char* kZeroHeader = "00000000000000000000000000000000";

TEST(Decode, ReadsNothingAsAnEmptyProgramOfOnePage) {
  const Program program = decoded({});
  EXPECT_EQ(print_header(program.header),
            "header profile:correct pages:1 base:zero page:4096 placement:lowest "
            "release:immediate schedulers:1 maps:1");
  EXPECT_THAT(program.operations, ::testing::IsEmpty());
  EXPECT_FALSE(program.has_plan);
}

TEST(Decode, ReadsAShortHeaderAsIfZeroesFollowed) {
  EXPECT_EQ(decoded(from_hex("0001")), decoded(from_hex("00010000000000000000000000000000")));
}

TEST(Decode, ReadsAShortRecordAsIfZeroesFollowed) {
  EXPECT_EQ(lines_of(std::string(kZeroHeader) + "000407ff"), "a7 = alloc s0 255\n");
  EXPECT_EQ(lines_of(std::string(kZeroHeader) + "00"), "a0 = alloc s0 0\n");
}

TEST(Decode, ReadsAShortPlanAsIfZeroesFollowed) {
  const Program program = decoded(from_hex("00001000000000000000000000000000 0700000032"));
  EXPECT_TRUE(program.has_plan);
  EXPECT_EQ(program.plan.seed, 7u);
  EXPECT_EQ(program.plan.sites[0], (FaultAttributes{50, 1, 0, 0, 0}));
  EXPECT_THAT(program.operations, ::testing::IsEmpty());
}

TEST(Decode, SkipsReservedRecordsAndGoesOn) {
  EXPECT_EQ(lines_of(std::string(kZeroHeader) + "f00000ff000000000000000000000000" +
                     "50000900000000000000000000000000"),
            "free a9\n");
}

TEST(Decode, ReadsAnUnknownFirstByteAsAnArenaProgram) {
  for (const std::uint8_t first : {std::uint8_t{2}, std::uint8_t{0x81}, std::uint8_t{0xff}})
    EXPECT_EQ(decoded({first}).header.kind, ProgramKind::kArena);
  EXPECT_EQ(decoded({1}).header.kind, ProgramKind::kGenPool);
}

TEST(Decode, ReadsProfileThreeAsMisuse) {
  EXPECT_EQ(decoded({0, 3}).header.profile, Profile::kMisuse);
}

TEST(Decode, TakesNoMoreThanTheMostOperations) {
  const Bytes bytes(limits::kMaxProgramBytes + 100 * limits::kRecordBytes, 0);
  EXPECT_EQ(decoded(bytes).operations.size(), limits::kMaxOperations);
}

TEST(Decode, ReadsNothingPastTheMostBytes) {
  Bytes bytes(limits::kMaxProgramBytes, 0xff);
  std::fill_n(bytes.begin(), limits::kHeaderBytes, std::uint8_t{0});
  bytes.resize(limits::kMaxProgramBytes + limits::kRecordBytes, 0);
  EXPECT_THAT(decoded(bytes).operations, ::testing::IsEmpty());
}

TEST(Decode, ForgetsWhatTheProgramHeldBefore) {
  Program program = program_of("plan seed:1\na1 = alloc s0 5");
  decode({}, &program);
  EXPECT_EQ(program, decoded({}));
}

TEST(Decode, ReadsOneChangedByteOfARecordAsOneChangedOperation) {
  const Program before = program_of(std::string(kWide) + "enable s0 root m0\nfree a1\nfree a2");
  Bytes bytes = encoded(before);
  bytes[limits::kHeaderBytes + limits::kRecordBytes + 2] = 200;
  const Program after = decoded(bytes);
  EXPECT_EQ(after.operations[0], before.operations[0]);
  EXPECT_EQ(print_operation(after.operations[1]), "free a200");
  EXPECT_EQ(after.operations[2], before.operations[2]);
}

TEST(Encode, IsCanonicalForEveryCodeOfAKind) {
  Bytes bytes = encoded(program_of(kWide));
  for (const std::uint8_t code : {std::uint8_t{0x51}, std::uint8_t{0x87}}) {
    bytes.resize(limits::kHeaderBytes);
    bytes.push_back(code);
    bytes.push_back(0xff);  // a free has no scheduler and no flags
    bytes.push_back(5);
    bytes.resize(limits::kHeaderBytes + limits::kRecordBytes - 2, 0xee);
    EXPECT_EQ(hex(encoded(decoded(bytes)), limits::kHeaderBytes),
              "50000500000000000000000000000000");
  }
}

TEST(Encode, WritesASizeWithTheLeastWidthThatHoldsIt) {
  const auto width = [](const char* size) {
    return std::stoi(record_of(kWide, "a0 = alloc s0 " + std::string(size)).substr(2, 2)) >> 2;
  };
  EXPECT_EQ(width("0"), 0);
  EXPECT_EQ(width("4095"), 0);
  EXPECT_EQ(width("4096"), 1);
  EXPECT_EQ(width("65535"), 1);
  EXPECT_EQ(record_of(kWide, "a0 = alloc s0 65536").substr(2, 2), "08");
  EXPECT_EQ(record_of(kWide, "a0 = alloc s0 2^32-1").substr(2, 2), "08");
  EXPECT_EQ(record_of(kWide, "a0 = alloc s0 2^32").substr(2, 2), "0c");
}

// Sizes, not to be mistaken for each other, at each width.
TEST(Decode, CutsASizeToItsWidth) {
  const std::string header = kZeroHeader;
  EXPECT_EQ(lines_of(header + "000000ffffffffffffffff"), "a0 = alloc s0 4095\n");
  EXPECT_EQ(lines_of(header + "000400ffffffffffffffff"), "a0 = alloc s0 65535\n");
  EXPECT_EQ(lines_of(header + "000800ffffffffffffffff"), "a0 = alloc s0 2^32-1\n");
  EXPECT_EQ(lines_of(header + "000c00ffffffffffffffff"), "a0 = alloc s0 2^64-1\n");
}

TEST(Decode, ReadsFaultSiteSevenAndOrdinalZeroAsNoFault) {
  EXPECT_EQ(lines_of(std::string(kZeroHeader) + "0000000000000000000000170000"),
            "a0 = alloc s0 0\n");
  EXPECT_EQ(lines_of(std::string(kZeroHeader) + "0000000000000000000000030000"),
            "a0 = alloc s0 0\n");
}

TEST(Decode, MovesASecondClauseIntoTheFirstPlace) {
  EXPECT_EQ(lines_of(std::string(kZeroHeader) + "0000000000000000000000003001 0021"),
            "a0 = alloc s0 0 (fail vzalloc:1) (collide:1 set+1)\n");
}

}  // namespace
}  // namespace arenafuzz
