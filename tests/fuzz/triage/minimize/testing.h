// SPDX-License-Identifier: GPL-2.0-only
//
// What the tests of fuzz/triage share: crashers, probes that count, and minimality checked by hand.
#ifndef ARENAFUZZ_TESTS_FUZZ_TRIAGE_MINIMIZE_TESTING_H_
#define ARENAFUZZ_TESTS_FUZZ_TRIAGE_MINIMIZE_TESTING_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/triage/minimize/complexity.h"
#include "fuzz/triage/minimize/minimizer.h"
#include "tests/fuzz/harness/broken_pool.h"
#include "tests/fuzz/harness/testing.h"

namespace arenafuzz::testing {

// A probe over a backend of its own, that counts.
template <typename AnyBackend>
class CountingProbe final : public Probe {
 public:
  template <typename... Arguments>
  explicit CountingProbe(Arguments... arguments)
      : backend_(arguments...), runner_(backend_), probe_(runner_, Options{}) {
    EXPECT_EQ(runner_.error(), nullptr);
  }
  const ProbeResult& run(const Program& program) override {
    ++runs;
    return probe_.run(program);
  }
  std::uint64_t runs = 0;

 private:
  AnyBackend backend_;
  ProgramRunner runner_;
  RunnerProbe probe_;
};

// Answers with what a function says of the program.
class FunctionProbe final : public Probe {
 public:
  using Function = std::function<std::vector<std::string>(const Program&)>;
  explicit FunctionProbe(Function function) : function_(std::move(function)) {}
  const ProbeResult& run(const Program& program) override {
    result_ = {};
    for (const std::string& signature : function_(program))
      result_.sightings.push_back({signature, program.operations.size(), true});
    return result_;
  }

 private:
  Function function_;
  ProbeResult result_;
};

// Goes on for so many runs.
class Patience final : public MinimizeWatch {
 public:
  explicit Patience(std::uint64_t runs = ~std::uint64_t{0}) : runs_(runs) {}
  bool go_on(const Program&, std::uint64_t runs) override { return runs < runs_; }

 private:
  std::uint64_t runs_;
};

inline Minimized minimized(Probe& probe, const Program& program, const std::string& signature) {
  Patience patience;
  return minimize(probe, program, signature, patience);
}

// What can still be taken away, in words; the minimizer's own passes have no part in it.
inline std::vector<std::string> simplifications(Probe& probe, const Program& program,
                                                const std::string& signature) {
  std::vector<std::string> left;
  const auto check = [&](Program candidate, const std::string& what) {
    repair(candidate);
    if (!(candidate == program) && probe.run(candidate).find(signature) != nullptr)
      left.push_back(what);
  };
  for (std::size_t i = 0; i < program.operations.size(); ++i) {
    const std::string name = "operation " + std::to_string(i);
    Program candidate = program;
    candidate.operations.erase(candidate.operations.begin() + static_cast<std::ptrdiff_t>(i));
    check(candidate, name);
    for (int k = 0; k < 2; ++k) {
      candidate = program;
      candidate.operations[i].faults[k] = {};
      check(candidate, name + ": fault " + std::to_string(k));
      candidate = program;
      candidate.operations[i].faults[k].lasting = false;
      check(candidate, name + ": lasting " + std::to_string(k));
      candidate = program;
      candidate.operations[i].collisions[k] = {};
      check(candidate, name + ": collision " + std::to_string(k));
    }
    for (const NumberField& field : number_fields())
      for (const std::uint64_t edge :
           edges_below(field.get(program.operations[i]), field.bytes, program.header)) {
        candidate = program;
        field.set(candidate.operations[i], edge);
        check(candidate, name + ": " + field.name + " " + std::to_string(edge));
      }
  }
  for (std::uint32_t pages = 1; pages < program.header.arena_pages && pages < 64; ++pages) {
    Program candidate = program;
    candidate.header.arena_pages = pages;
    check(candidate, "an arena of " + std::to_string(pages) + " pages");
  }
  return left;
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_TRIAGE_MINIMIZE_TESTING_H_
