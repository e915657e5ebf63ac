// SPDX-License-Identifier: GPL-2.0-only
//
// Which of two programs is simpler, and by which numbers: as ever. What a minimizer ends with
// depends on each.
#include "tests/tools/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/triage/minimize/complexity.h"

namespace arenafuzz {
namespace {

std::string order_of(const golden::Set& set) {
  golden::Hash numbers;
  golden::Hash order;
  const Program* before = &set.programs.back();
  for (const Program& program : set.programs) {
    for (const Operation& operation : program.operations)
      for (const NumberField& field : number_fields()) numbers.add(field.get(operation));
    order.add(std::uint64_t{is_simpler(*before, program)});
    order.add(std::uint64_t{is_simpler(program, *before)});
    before = &program;
  }
  const std::size_t count = set.programs.size();
  return golden::line(set.name + " inputs", count, set.inputs) +
         golden::line(set.name + " numbers", count, numbers) +
         golden::line(set.name + " order", count, order);
}

// A number set back to what it is changes nothing, and a fresh one is read back.
std::string setting_of_numbers(const golden::Set& set) {
  golden::Hash numbers;
  std::size_t count = 0;
  for (const Program& program : set.programs) {
    for (Operation operation : program.operations) {
      const Operation before = operation;
      for (const NumberField& field : number_fields()) {
        field.set(operation, field.get(operation));
        EXPECT_EQ(operation, before) << field.name;
      }
      for (const NumberField& field : number_fields()) {
        field.set(operation, ++count % 2);
        numbers.add(field.get(operation));
      }
    }
  }
  return golden::line(set.name + " set", count, numbers);
}

// Else the minimizer leaves it as it was found. Slots are names, faults and collisions have passes
// of their own, and "set_algo default" says no less than a policy.
TEST(NumberFields, HoldAllThatAnOperationSays) {
  for (const Program& program : golden::random_set().programs) {
    for (Operation operation : program.operations) {
      Operation least;
      least.kind = operation.kind;
      least.slot = operation.slot;
      for (const NumberField& field : number_fields()) field.set(operation, 0);
      operation.by_default = false;
      for (FaultClause& clause : operation.faults) clause = {};
      repair(operation, program.header);
      repair(least, program.header);
      ASSERT_EQ(operation, least) << print_operation(operation) << " | " << print_operation(least);
    }
  }
}

TEST(Golden, ProgramsAreAsSimpleAsTheyAlwaysWere) {
  std::string found;
  for (const NumberField& field : number_fields())
    found += std::string(field.name) + (field.bytes ? " in bytes\n" : "\n");
  for (const golden::Set& set : golden::corpus_sets()) found += order_of(set);
  const golden::Set random = golden::random_set();
  found += order_of(random) + setting_of_numbers(random);
  EXPECT_EQ(found, golden::committed("fuzz/triage/minimize/golden.txt"))
      << "if lines \"inputs\" differ, the corpus changed: put these lines into golden.txt;\n"
         "if others alone do, another program is the simplest now\n"
      << found;
}

}  // namespace
}  // namespace arenafuzz
