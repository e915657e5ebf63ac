// SPDX-License-Identifier: GPL-2.0-only
//
// An engine that begins without a corpus: how soon each kind of fault fires. Mutations only, with
// no coverage to guide them: every result joins the corpus.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/fault_points.h"
#include "fuzz/program/mutator.h"

namespace arenafuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Seen {
  // site, page size, deferred release, ordinal
  std::set<std::array<int, 4>> fired;
  std::uint64_t can_fail = 0;  // operations in which a fault could fire, in an empty pool
  std::array<std::uint64_t, kFaultSiteCount> fired_by_site{};
};

class FromNothing : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Seen run(int executions) {
    Seen seen;
    Random random(GetParam());
    std::vector<Bytes> corpus(1);
    Program program;
    for (int i = 0; i < executions; ++i) {
      const auto size = static_cast<std::uint32_t>(corpus.size());
      Bytes bytes;
      const Bytes& parent = corpus[random.below(size)];
      mutate(parent, random.next(), 4096, &bytes, {Profile::kFaults, ProgramKind::kArena});
      decode(bytes, &program);
      program.header.profile = Profile::kFaults;
      repair(program);
      run_one(program, &seen);
      corpus.push_back(bytes);
    }
    return seen;
  }

 private:
  void run_one(const Program& program, Seen* seen) {
    runner_.run(program, {});
    for (const Operation& operation : program.operations)
      for (int site = 0; site < kFaultSiteCount; ++site)
        seen->can_fail +=
            fault_points(program.header, operation, static_cast<FaultSite>(site)) != 0 ? 1 : 0;
    const Injector& injector = runner_.injector();
    const std::uint64_t all = injector.fired_total();
    for (std::uint64_t age = 0; age < std::min<std::uint64_t>(all, Injector::kLogCapacity); ++age) {
      const FiredFault& fault = injector.fired_fault(age);
      ++seen->fired_by_site[static_cast<std::size_t>(fault.site)];
      seen->fired.insert({static_cast<int>(fault.site), program.header.page_size_code,
                          program.header.deferred_release ? 1 : 0,
                          static_cast<int>(fault.site_ordinal)});
    }
  }

  CppBackend backend_;
  ProgramRunner runner_{backend_};
};

TEST_P(FromNothing, EverySiteFailsUnderEveryPageSizeAndPolicyInAFewHundredExecutions) {
  const Seen seen = run(500);
  for (int page_size = 0; page_size < 3; ++page_size) {
    for (int deferred = 0; deferred < 2; ++deferred) {
      for (const FaultSite site : {FaultSite::kKmalloc, FaultSite::kPage, FaultSite::kVzalloc,
                                   deferred != 0 ? FaultSite::kSpan : FaultSite::kRelease}) {
        const std::array<int, 4> first = {static_cast<int>(site), page_size, deferred, 1};
        EXPECT_TRUE(seen.fired.contains(first))
            << fault_site_name(site) << ", page size " << page_size
            << (deferred != 0 ? ", deferred" : ", immediate");
      }
    }
  }
}

// enable_path alone makes several such calls.
TEST_P(FromNothing, LaterCallsOfAnOperationFailAsWell) {
  const Seen seen = run(1600);
  for (const FaultSite site : {FaultSite::kPage, FaultSite::kVzalloc})
    for (int ordinal = 2; ordinal <= 3; ++ordinal) {
      bool any = false;
      for (const auto& one : seen.fired)
        any |= one[0] == static_cast<int>(site) && one[3] == ordinal;
      EXPECT_TRUE(any) << fault_site_name(site) << ":" << ordinal;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FromNothing, ::testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace arenafuzz
