// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/minimize/decisive.h"

#include <gmock/gmock.h>

#include <functional>

#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Shows "the.bug", and whatever else, as a rule says.
class RuleProbe final : public Probe {
 public:
  using Rule = std::function<std::vector<Sighting>(const Program&)>;
  explicit RuleProbe(Rule rule) : rule_(std::move(rule)) {}
  const ProbeResult& run(const Program& program) override {
    result_ = {};
    result_.sightings = rule_(program);
    return result_;
  }

 private:
  Rule rule_;
  ProbeResult result_;
};

Program parsed(const std::string& text) {
  Program program;
  TextError error;
  EXPECT_TRUE(parse_program("# arenafuzz\nheader profile:faults\n" + text, &program, &error));
  return program;
}

std::vector<Sighting> bug_if(bool shown, std::size_t position = 1) {
  return shown ? std::vector<Sighting>{{"the.bug", position, true}} : std::vector<Sighting>{};
}

bool has_fault(const Program& program, FaultSite site) {
  for (const Operation& operation : program.operations)
    for (const FaultClause& clause : operation.faults)
      if (clause.kind == FaultClause::Kind::kSite && clause.site == site) return true;
  return false;
}

TEST(Decisive, IsTheFaultWithoutWhichTheProgramIsClean) {
  RuleProbe probe([](const Program& p) { return bug_if(has_fault(p, FaultSite::kVzalloc)); });
  const Program program = parsed("enable s0 root m0\na0 = alloc s0 1 (fail vzalloc:1)\nfree a0\n");
  const Decisive found = find_decisive(probe, program, "the.bug");
  EXPECT_EQ(found.single, "fault vzalloc:1 of operation 1");
  ASSERT_THAT(found.faults, SizeIs(1));
  EXPECT_TRUE(found.faults[0].clean);
  EXPECT_THAT(found.operations, ElementsAre(1));
  EXPECT_THAT(found.turns_into, IsEmpty());
}

// A fault whose absence only turns one finding into another does not make correct behaviour wrong.
TEST(Decisive, PrefersAFaultThatLeavesNothingElse) {
  RuleProbe probe([](const Program& p) {
    if (!has_fault(p, FaultSite::kPage)) return std::vector<Sighting>{{"another.bug", 1, true}};
    return bug_if(has_fault(p, FaultSite::kVzalloc));
  });
  const Decisive found = find_decisive(
      probe,
      parsed("enable s0 root m0\na0 = alloc s0 1 (fail page:1)\na1 = alloc s0 1 (fail "
             "vzalloc:2+)\n"),
      "the.bug");
  EXPECT_THAT(found.faults, SizeIs(2));
  EXPECT_THAT(found.turns_into, ElementsAre("another.bug"));
  EXPECT_EQ(found.single, "fault vzalloc:2+ of operation 2");
}

TEST(Decisive, IsACollisionOrAHeaderFieldWhereNoFaultIs) {
  RuleProbe collision([](const Program& p) {
    return bug_if(!p.operations.empty() && p.operations[0].collisions[0].ordinal != 0);
  });
  EXPECT_EQ(find_decisive(collision, parsed("a0 = alloc s0 1 (collide:1 set)\n"), "the.bug").single,
            "fault collide:1 set of operation 0");
  RuleProbe header([](const Program& p) { return bug_if(p.header.best_fit); });
  Program program = parsed("enable s0 root m0\n");
  program.header.best_fit = true;
  program.header.base = BaseKind::kEnd;
  const Decisive found = find_decisive(header, program, "the.bug");
  EXPECT_THAT(found.fields, ElementsAre("placement"));
  EXPECT_EQ(found.single, "header field placement");
}

TEST(Decisive, IsTheOperationThatShowsItWhereNothingElseIs) {
  RuleProbe probe([](const Program& p) { return bug_if(p.operations.size() == 3); });
  const Decisive found =
      find_decisive(probe, parsed("enable s0 root m0\na0 = alloc s0 1\nfree a0\n"), "the.bug");
  EXPECT_EQ(found.single, "operation 1: a0 = alloc s0 1");
  EXPECT_THAT(found.operations, ElementsAre(0, 1, 2));
}

TEST(Decisive, IsNothingInAProgramThatDoesNotShowIt) {
  RuleProbe probe([](const Program&) { return bug_if(false); });
  const Decisive found = find_decisive(probe, parsed("enable s0 root m0\n"), "the.bug");
  EXPECT_EQ(found.single, "");
  EXPECT_THAT(found.operations, IsEmpty());
}

}  // namespace
}  // namespace arenafuzz
