// SPDX-License-Identifier: GPL-2.0-only
//
// What the tests of fuzz/harness share: programs from lines, runs, traces, random steps.
#ifndef ARENAFUZZ_TESTS_FUZZ_HARNESS_TESTING_H_
#define ARENAFUZZ_TESTS_FUZZ_HARNESS_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/executor.h"
#include "fuzz/program/generator.h"
#include "fuzz/program/random.h"
#include "fuzz/program/text.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENAFUZZ_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENAFUZZ_TEST_ASAN 1
#endif
#endif
#ifndef ARENAFUZZ_TEST_ASAN
#define ARENAFUZZ_TEST_ASAN 0
#endif

namespace arenafuzz::testing {

inline Program program_of(std::string_view text) {
  Program program;
  TextError error;
  EXPECT_TRUE(parse_program(text, &program, &error)) << error.line << ": " << error.expected;
  return program;
}

inline Program generated(std::uint64_t seed, Profile profile, std::size_t operations = 64,
                         ProgramKind kind = ProgramKind::kArena) {
  GeneratorOptions options;
  options.seed = seed;
  options.profile = profile;
  options.operations = operations;
  options.kind = kind;
  Program program;
  generate(options, &program);
  return program;
}

inline std::string profile_test_name(Profile profile) {
  constexpr const char* kNames[] = {"Correct", "Faults", "Misuse"};
  return kNames[static_cast<int>(profile)];
}

// Every fourth is a gen_pool's, with every policy.
inline Program with_every_policy(std::uint64_t seed, Profile profile) {
  GeneratorOptions options;
  options.seed = seed;
  options.profile = profile;
  options.kind = seed % 4 == 3 ? ProgramKind::kGenPool : ProgramKind::kArena;
  options.all_policies = true;
  Program program;
  generate(options, &program);
  return program;
}

// Cheap ones for the thousands: a small arena, and no enable paths.
inline Program small_program(std::uint64_t seed, Profile profile, std::size_t operations = 32) {
  GeneratorOptions options;
  options.seed = seed;
  options.profile = profile;
  options.operations = operations;
  options.weights = 0x433402af;
  Program program;
  generate(options, &program);
  program.header.arena_pages = 1 + program.header.arena_pages % 256;
  repair(program);
  return program;
}

struct Lines final : TraceSink {
  void step(const TraceStep& step) override { lines.emplace_back(step.text); }
  std::string all() const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }
  std::vector<std::string> lines;
};

inline Options without_model() {
  Options options;
  options.use_model = false;
  return options;
}

// "safety overlap.alloc.none.address-twice.within-chunk.none at 3", or "clean".
inline std::string described(const Finding& finding) {
  return std::string(tier_name(finding.tier())) + " " + signature(finding) + " at " +
         std::to_string(finding.position);
}
inline std::string first_finding(const Verdict& verdict) {
  return verdict.clean() ? "clean" : described(verdict.findings[0]);
}

// Runs on a backend of its own.
template <typename AnyBackend = CppBackend>
struct Bench {
  template <typename... Arguments>
  explicit Bench(Arguments... arguments) : backend(arguments...), executor(backend) {
    EXPECT_EQ(executor.error(), nullptr);
  }
  const Verdict& run(const Program& given, Options options = {}) {
    return executor.run(given, options);
  }
  const Verdict& run(std::string_view text, Options options = {}) {
    program = program_of(text);
    return executor.run(program, options);
  }
  std::string traced(std::string_view text, Options options = {}) {
    Lines lines;
    options.trace = &lines;
    run(text, options);
    return lines.all();
  }
  AnyBackend backend;
  Executor executor;
  Program program;
};

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_HARNESS_TESTING_H_
