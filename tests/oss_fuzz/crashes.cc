// SPDX-License-Identifier: GPL-2.0-only
//
// A fuzz target that ends in the crash that --crash=NAME names, whatever its input: for
// `tests/oss_fuzz.sh --states`, which looks at what ClusterFuzz would make of each.
//
//   a finding of every oracle, of a pool with a planted defect, by the glue of the real targets;
//   ten sanitizer reports, of mistakes that such a pool could have.
//
// --list prints the names. An input that begins with '2' gives the same crash by another program.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"
#include "fuzz/targets/finding_traps.h"
#include "fuzz/targets/glue.h"
#include "tests/fuzz/harness/broken_pool.h"

namespace arenafuzz::testing {
namespace {

struct OracleCrash {
  const char* name;
  Variant variant;
  const char* operations;
};

constexpr const char* kOne = "a0 = alloc s0 64\n";
constexpr const char* kTwo = "a0 = alloc s0 64\na1 = alloc s0 64\n";
constexpr const char* kFreed = "a0 = alloc s0 64\nfree a0\n";

constexpr OracleCrash kOracleCrashes[] = {
    {"overlap", Variant::kSameAddressTwice, kTwo},
    {"outside", Variant::kOutside, kOne},
    {"misaligned", Variant::kMisaligned, kOne},
    {"bug", Variant::kBugOnFree, kFreed},
    {"unwind", Variant::kUnwindWithoutRelease, "a0 = alloc s0 64 (fail vzalloc:1)\n"},
    {"accounting", Variant::kAvailNotRestored, kFreed},
    {"metadata-leak", Variant::kDestroyForgetsChunk, kOne},
    {"stray-access", Variant::kTouchesArena, kOne},
    {"lifecycle", Variant::kDestroyKeepsPool, kOne},
    {"context", Variant::kSleepsUnderLock, kOne},
    {"hang", Variant::kSearchesForever, kOne},
    {"missed-failure", Variant::kInitSaysZero, "disable s0\nenable s0 root m0 (fail kmalloc:1)\n"},
    {"spurious-failure", Variant::kRefusesThoughHoleFits, kTwo},
    {"over-claim", Variant::kClaimsTwice, kOne},
    {"not-recovered", Variant::kStaysRefused, "a0 = alloc s0 64 (fail page:1)\na0 = alloc s0 64\n"},
    {"neighbour", Variant::kNoOverlapGuard,
     "a0 = alloc s0 16384\nrelease m0 0+4\na1 = alloc s0 16384\n"},
    {"warn", Variant::kWarnsOnFree, kFreed},
    {"change", Variant::kMovesBlocks, kOne},
};

// Mistakes of a pool, each below two callers of its own: a state has three functions.
volatile std::size_t far = 80;
volatile int zero = 0;
volatile int sum = 1;
volatile char table[64];

[[gnu::noinline]] char* make_header(std::size_t size) {
  char* header = new char[size];
  std::memset(header, 1, size);
  return header;
}

[[gnu::noinline]] int visit_sub_schedulers(int depth) {
  volatile char space[4096];
  space[0] = static_cast<char>(depth);
  return sum > 1000000 ? 0 : visit_sub_schedulers(depth + 1) + space[0];
}

#define ARENAFUZZ_MISTAKE(inner, middle, outer, ...)                  \
  extern "C" [[gnu::noinline]] void inner() { __VA_ARGS__ sum += 1; } \
  extern "C" [[gnu::noinline]] void middle() {                        \
    inner();                                                          \
    sum += 1;                                                         \
  }                                                                   \
  extern "C" [[gnu::noinline]] void outer() {                         \
    middle();                                                         \
    sum += 1;                                                         \
  }

ARENAFUZZ_MISTAKE(read_past_bitmap, find_next_hole, first_fit, {
  const char* header = make_header(64);
  sum += header[far];
  delete[] header;
})
ARENAFUZZ_MISTAKE(clear_last_word_twice, bitmap_clear, give_back_block, {
  char* header = make_header(128);
  header[far + 48] = 0;
  delete[] header;
})
ARENAFUZZ_MISTAKE(walk_released_chunk, for_every_chunk, sum_of_avail, {
  char* header = make_header(64);
  delete[] header;
  sum += header[far - 50];
})
ARENAFUZZ_MISTAKE(destroy_chunk_again, empty_the_list, scheduler_exit, {
  char* header = make_header(64);
  delete[] header;
  delete[] header;
})
ARENAFUZZ_MISTAKE(kfree_an_offset, put_owner, drop_last_reference, {
  char* header = make_header(64);
  delete[] (header + far - 72);
})
ARENAFUZZ_MISTAKE(format_name, describe_pool, show_in_debugfs, {
  volatile char name[16];
  name[far - 60] = 'x';
  sum += name[0];
})
ARENAFUZZ_MISTAKE(order_out_of_range, look_up, choose_policy, { sum += table[far]; })
ARENAFUZZ_MISTAKE(follow_empty_list, splice_init, rcu_callback, {
  volatile int* volatile next = nullptr;
  *next = 1;
})
ARENAFUZZ_MISTAKE(granules_of_nothing, align_request, claim_run, { sum += 64 / zero; })
ARENAFUZZ_MISTAKE(recurse, walk_tree, enable_all, { sum += visit_sub_schedulers(0); })

struct SanitizerCrash {
  const char* name;
  void (*run)();
};
constexpr SanitizerCrash kSanitizerCrashes[] = {
    {"sanitizer-heap-read", first_fit},          {"sanitizer-heap-write", give_back_block},
    {"sanitizer-use-after-free", sum_of_avail},  {"sanitizer-double-free", scheduler_exit},
    {"sanitizer-bad-free", drop_last_reference}, {"sanitizer-stack-write", show_in_debugfs},
    {"sanitizer-global-read", choose_policy},    {"sanitizer-null", rcu_callback},
    {"sanitizer-division", claim_run},           {"sanitizer-recursion", enable_all},
};

// These need a kernel tree with arithmetic checks, two backends, and a codec that is wrong.
constexpr const char* kDirect[] = {"arithmetic", "difference", "codec"};

std::string chosen;

void crash_directly(std::string_view name) {
  Finding finding;
  finding.difference = "planted";
  if (name == "codec") {
    std::fprintf(stderr, "%s\n", check_line("codec.program.none").c_str());
    assert_format();
  }
  finding.oracle = name == "arithmetic" ? Oracle::kArithmetic : Oracle::kDifference;
  const bool check = finding.tier() != Tier::kSafety;
  std::fprintf(stderr, "%s\n",
               (check ? check_line(signature(finding)) : assertion_line(finding)).c_str());
  assert_finding(finding.oracle);
}

void list() {
  for (const OracleCrash& crash : kOracleCrashes) std::puts(crash.name);
  for (const char* name : kDirect) std::puts(name);
  for (const SanitizerCrash& crash : kSanitizerCrashes) std::puts(crash.name);
}

const OracleCrash* oracle_crash() {
  for (const OracleCrash& crash : kOracleCrashes)
    if (chosen == crash.name) return &crash;
  return nullptr;
}

void run_oracle_crash(const OracleCrash& crash, bool other) {
  std::string text = std::string("header profile:faults pages:") + (other ? "128" : "64") +
                     "\nenable s0 root m0\n" + (other ? "p0 = claim m0 1\n" : "") +
                     crash.operations;
  if (other && crash.variant == Variant::kNoOverlapGuard)
    text = std::string("header profile:faults pages:128\nenable s0 root m0\n") + crash.operations;
  Program program;
  TextError error;
  if (!parse_program(text, &program, &error)) std::exit(2);
  std::vector<std::uint8_t> bytes;
  encode(program, &bytes);
  run_input(bytes.data(), bytes.size());
}

}  // namespace
}  // namespace arenafuzz::testing

using namespace arenafuzz::testing;

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  for (int i = 1; i < *argc; ++i) {
    const std::string_view word = (*argv)[i];
    if (word.starts_with("--crash=")) chosen = word.substr(8);
    if (word == "--list") {
      list();
      std::exit(0);
    }
  }
  const OracleCrash* crash = oracle_crash();
  if (crash == nullptr) return 0;
  static BrokenBackend backend(crash->variant);
  arenafuzz::initialize_target(*arenafuzz::find_target("pool_faults"), backend, *argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;  // libFuzzer's first
  if (const OracleCrash* crash = oracle_crash()) run_oracle_crash(*crash, data[0] == '2');
  for (const SanitizerCrash& crash : kSanitizerCrashes)
    if (chosen == crash.name) crash.run();
  for (const char* name : kDirect)
    if (chosen == name) crash_directly(name);
  return 0;
}
