// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/executor.h"

#include <gtest/gtest.h>

#include "fuzz/harness/cpp_backend.h"
#include "fuzz/program/generator.h"
#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

struct Printer : TraceSink {
  void line(const char* text) override { out += std::string(text) + "\n"; }
  std::string out;
};

TEST(Executor, RunsGeneratedProgramsWithoutAFinding) {
  CppBackend backend;
  Executor executor(backend);
  ASSERT_EQ(executor.error(), nullptr);
  Program program;
  for (const Profile profile : {Profile::kCorrect, Profile::kFaults, Profile::kMisuse}) {
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      GeneratorOptions options;
      options.seed = seed;
      options.profile = profile;
      options.operations = 64;
      generate(options, &program);
      const Verdict& verdict = executor.run(program);
      if (verdict.clean()) continue;
      const std::string found = signature(verdict.findings[0]) + " expected " +
                                verdict.findings[0].expected + " got " + verdict.findings[0].got;
      Printer printer;
      Options traced;
      traced.trace = &printer;
      executor.run(program, traced);
      FAIL() << "seed " << seed << ": " << found << "\n"
             << print_program(program) << printer.out;
    }
  }
}

}  // namespace
}  // namespace arenafuzz
