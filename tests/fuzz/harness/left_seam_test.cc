// SPDX-License-Identifier: GPL-2.0-only
//
// A loop that never ends leaves its call at the bound, whichever seam call that falls on; the next
// program finds nothing locked.
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {
namespace {

struct Residue {
  int tries;
  int lead;
  bool deferred;
};

// A round of the loop is one claim, `tries` adds, one release and its record: each `lead` below
// its length moves the bound to another call of the round.
std::vector<Residue> residues() {
  std::vector<Residue> all;
  for (const bool deferred : {false, true})
    for (int tries = 1; tries <= 3; ++tries)
      for (int lead = 0; lead < tries + 3; ++lead) all.push_back({tries, lead, deferred});
  return all;
}

class LeftSeam : public ::testing::TestWithParam<Residue> {
 protected:
  void SetUp() override {
    failed_add_tries = GetParam().tries;
    failed_add_lead = GetParam().lead;
  }
  void TearDown() override {
    failed_add_tries = 2;
    failed_add_lead = 0;
  }
};

TEST_P(LeftSeam, EndsAtTheBoundAndLeavesNothingLocked) {
  Bench<BrokenBackend> bench(Variant::kIgnoresFailedAdd);
  const std::string header = std::string("header profile:faults pages:256 release:") +
                             (GetParam().deferred ? "deferred" : "immediate") +
                             "\nenable s0 root m0\n";
  for (int i = 0; i < 2; ++i) {
    const Verdict& verdict =
        bench.run(header + "a0 = alloc s0 64 (fail vzalloc:1+)\nworker m0\n", without_model());
    EXPECT_EQ(verdict.end, EndReason::kFinding);
    EXPECT_THAT(first_finding(verdict), ::testing::HasSubstr("hang.alloc."));
    failed_add_lead = 0;
    EXPECT_EQ(first_finding(bench.run(header + "a0 = alloc s0 64\n", without_model())), "clean");
    failed_add_lead = GetParam().lead;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, LeftSeam, ::testing::ValuesIn(residues()), [](const auto& each) {
  return std::string(each.param.deferred ? "Deferred" : "Immediate") + "Tries" +
         std::to_string(each.param.tries) + "Lead" + std::to_string(each.param.lead);
});

}  // namespace
}  // namespace arenafuzz::testing
