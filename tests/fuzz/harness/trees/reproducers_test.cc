// SPDX-License-Identifier: GPL-2.0-only
//
// Emitted reproducers, compiled and run: on a tree whose failed growth keeps its pages they fail,
// on the tree without that patch they pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/program_runner.h"
#include "fuzz/program/text.h"
#include "fuzz/triage/reproduce/reproducer.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kGrowthFails =
    "# arenafuzz\nheader profile:faults pages:8\nenable s0 root m0\n"
    "a0 = alloc s0 1 (fail vzalloc:1)\n";
constexpr const char* kMasks =
    "# arenafuzz\nheader profile:faults pages:64\n"
    "enable_path s0 root m0 cpus:1024 shards:0 cids:0 (fail vzalloc:2)\n";
constexpr const char* kNeighbour =
    "# arenafuzz\nheader profile:faults pages:16 release:deferred\nenable s0 root m0\n"
    "p0 = claim m0 2\np1 = reserve m0 4+2\nuser_fault m0 6 count:1\nrelease p0\n"
    "a0 = alloc s0 16384 (fail vzalloc:1)\nworker m0\na1 = alloc s0 8\nfree a1\ndisable s0\n";

struct Outcome {
  int code = -1;
  std::string output;
};

class ReproducerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "arenafuzz-reproducer-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }

  ReproducerInput input_of(const std::string& text, const std::string& view = ARENAFUZZ_BAD_VIEW) {
    ReproducerInput input;
    TextError error;
    EXPECT_TRUE(parse_program(text, &input.program, &error)) << error.line << error.expected;
    KernelBackend kernel;
    Executor executor(kernel);
    const Verdict& verdict = executor.run(input.program);
    input.signature = verdict.findings.empty() ? "none" : signature(verdict.findings[0]);
    input.failing = verdict.findings.empty() ? 0 : verdict.findings[0].position;
    for (std::uint64_t age = executor.injector().fired_total(); age-- > 0;) {
      const FiredFault& fault = executor.injector().fired_fault(age);
      input.fired.push_back({fault.operation, fault.site, fault.site_ordinal});
    }
    input.actual = record(executor, kernel, input.program, {});
    CppBackend ours;
    Executor reference(ours);
    input.reference = record(reference, ours, input.program, {});
    input.title = "a failed growth keeps its pages, told at a length that no line of eighty holds";
    input.backend = "kernel";
    input.version = "a tree of the tests";
    input.arena_file = "kernel/sched/ext_arena.c";
    input.arena_header = "kernel/sched/ext_arena.h";
    input.compiler = ARENAFUZZ_C_COMPILER;
    input.build = ARENAFUZZ_TREES_BUILD;
    input.view = view;
    return input;
  }

  Outcome run(const std::string& command) const {
    Outcome outcome;
    const std::string line =
        "cd '" ARENAFUZZ_SOURCE_DIR "' && {\n" + command + "\n} >'" + path("output") + "' 2>&1";
    write("command.sh", line + "\n");
    const int state = std::system(("bash " + path("command.sh")).c_str());
    outcome.code = WEXITSTATUS(state);
    std::ostringstream text;
    text << std::ifstream(path("output")).rdbuf();
    outcome.output = text.str();
    return outcome;
  }

  // The command of the file's head, as a user would paste it.
  Outcome run_c(const ReproducerInput& input) {
    const std::string file = path("reproducer.c");
    const std::string text = c_reproducer(input, file).text;
    write("reproducer.c", text);
    std::string command;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line) && line != " */";)
      if (!command.empty() || line.starts_with(" * V=")) command += line.substr(3) + "\n";
    const std::size_t out = command.find("-o reproducer && ./reproducer");
    EXPECT_NE(out, std::string::npos) << command;
    command.replace(out, 29, "-o " + path("binary") + " && " + path("binary"));
    return run(command);
  }

  // Beside the pool's file in a copy of the tree, with a KUnit of a few lines.
  Outcome run_kunit(const ReproducerInput& input) {
    fs::remove_all(path("tree"));
    fs::copy(input.view, path("tree"), fs::copy_options::recursive);
    const bool gen = input.program.header.kind == ProgramKind::kGenPool;
    const std::string file = gen ? "tree/lib/repro.c" : "tree/kernel/sched/repro.c";
    write(file, kunit_reproducer(input).text);
    write("stub/kunit/test.h", kKunit);
    write("runner.c", kRunner);
    const std::string flags = std::string(" -std=gnu11 -w -fno-strict-aliasing -nostdlibinc -I ") +
                              path("stub") + " -I " + input.build + "/kernel-include -I " +
                              path("tree") + "/include -I . ";
    return run(input.compiler + flags + path(file) + " " + path("runner.c") + " -o " +
               path("binary") + " && " + path("binary"));
  }

  static constexpr const char* kKunit =
      "#pragma once\n#include <linux/types.h>\n"
      "struct kunit { int failures; };\n"
      "struct kunit_case { void (*run)(struct kunit *test); };\n"
      "struct kunit_suite { const char *name; struct kunit_case *test_cases; };\n"
      "#define KUNIT_CASE(function) { .run = function }\n"
      "#define KUNIT_EXPECT_EQ_MSG(test, a, b, text...) ((test)->failures += (a) != (b))\n"
      "#define kunit_test_suite(suite) struct kunit_suite *the_suite = &(suite)\n"
      "#define MODULE_DESCRIPTION(text) extern int unused\n"
      "#undef MODULE_LICENSE\n#define MODULE_LICENSE(text) extern int unused\n";
  static constexpr const char* kRunner =
      "#include <kunit/test.h>\n#include <linux/slab.h>\n"
      "extern struct kunit_suite *the_suite;\nextern void *calloc(size_t, size_t);\n"
      "extern void free(void *);\nextern void _Exit(int);\n"
      "unsigned int arenafuzz_page_shift = 12;\n"
      "int arenafuzz_lock_epoch = 1;\n"
      "__thread struct arenafuzz_thread_hooks arenafuzz_thread_hooks;\n"
      "__thread struct arenafuzz_context_depth arenafuzz_context_depth;\n"
      "void *arenafuzz_kernel_kmalloc(size_t n, int z, int s) { return calloc(1, n); }\n"
      "void *arenafuzz_kernel_vzalloc(size_t n) { return calloc(1, n); }\n"
      "void arenafuzz_kernel_kfree(const void *p) { free((void *)p); }\n"
      "void arenafuzz_kernel_vfree(const void *p) { free((void *)p); }\n"
      "void arenafuzz_kernel_kvfree(const void *p) { free((void *)p); }\n"
      "void *arenafuzz_kernel_claim(void *m, void *h, uint32_t n, int o, uint64_t f)\n"
      "{ return NULL; }\n"
      "void arenafuzz_kernel_release(void *m, void *a, uint32_t n) {}\n"
      "uint64_t arenafuzz_kernel_vm_start(void *m) { return 0; }\n"
      "void arenafuzz_kernel_bug(const struct arenafuzz_place *p, const char *c) { _Exit(3); }\n"
      "void arenafuzz_kernel_warn(const struct arenafuzz_place *p, const char *c) {}\n"
      "void arenafuzz_kernel_sleeping_call(const char *w) {}\n"
      "int main(void)\n{\n\tstruct kunit test = {0};\n"
      "\tarenafuzz_thread_hooks.steps_left = 1UL << 30;\n"
      "\tthe_suite->test_cases[0].run(&test);\n\treturn test.failures != 0;\n}\n";

 private:
  std::string folder_;
};

TEST_F(ReproducerTest, TheCFileFailsWithTheBugAndPassesWithout) {
  for (const char* program : {kGrowthFails, kMasks, kNeighbour}) {
    const Outcome bad = run_c(input_of(program));
    EXPECT_EQ(bad.code, 1) << bad.output;
    EXPECT_THAT(bad.output, HasSubstr("pages held: got"));
    EXPECT_THAT(bad.output, HasSubstr("the bug is there\n"));
    const Outcome good = run_c(input_of(program, ARENAFUZZ_GOOD_VIEW));
    EXPECT_EQ(good.code, 0) << good.output;
    EXPECT_EQ(good.output, "clean\n");
  }
}

// A BUG leaves the program by a jump, past all checks that would come.
TEST_F(ReproducerTest, TheCFileEndsAtABug) {
  const Outcome outcome = run_c(
      input_of("# arenafuzz\nheader profile:misuse pages:8\nenable s0 root m0\na0 = alloc s0 8\n"
               "misuse free a0 twice size:8\ndisable s0\n"));
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("BUG at "));
  EXPECT_THAT(outcome.output, HasSubstr("the bug is there\n"));
}

// What a slot held last is freed again, after a free and after its scheduler is gone; an empty one
// calls nothing. As the executor does it, which meets a BUG here, or none.
TEST_F(ReproducerTest, WrongFreesOfAnEmptySlotAreTheExecutors) {
  const std::string head = "# arenafuzz\nheader profile:misuse pages:8\nenable s0 root m0\n";
  for (const char* rest :
       {"a0 = alloc s0 8\nfree a0\nmisuse free a0 twice\n",
        "a0 = alloc s0 8\na1 = alloc s0 64\ndisable s0\nenable s0 root m0\na2 = alloc s0 8\n"
        "free a2\nmisuse free a0 twice\n",
        "a0 = alloc s0 8\nmisuse free a0\nmisuse free a0 twice\n"}) {
    const Outcome outcome = run_c(input_of(head + rest));
    EXPECT_EQ(outcome.code, 1) << rest << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("BUG at ")) << rest;
  }
  for (const char* rest : {"misuse free a7 twice\n", "a0 = alloc s0 8\nfree a0\nfree a0\n",
                           "a0 = alloc s0 8\nfree a0\nmisuse free a0 size:16\n",
                           "a0 = alloc s0 8192 (fail page:1)\nmisuse free a0 twice\n"}) {
    const Outcome outcome = run_c(input_of(head + rest));
    EXPECT_EQ(outcome.code, 0) << rest << outcome.output;
  }
}

TEST_F(ReproducerTest, AGenPoolsSlotIsFreedAgain) {
  const Outcome outcome =
      run_c(input_of("# arenafuzz\nheader kind:gen_pool profile:misuse order:4\ncreate\n"
                     "add 65536 size:4096\na0 = alloc 100\nfree a0\nmisuse free a0 twice\n"));
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("BUG at "));
}

TEST_F(ReproducerTest, TheKunitCaseFailsWithTheBugAndPassesWithout) {
  for (const char* program : {kGrowthFails, kMasks, kNeighbour}) {
    const Outcome bad = run_kunit(input_of(program));
    EXPECT_EQ(bad.code, 1) << bad.output;
    const Outcome good = run_kunit(input_of(program, ARENAFUZZ_GOOD_VIEW));
    EXPECT_EQ(good.code, 0) << good.output;
  }
}

TEST_F(ReproducerTest, AGenPoolAloneCompilesAndRuns) {
  const std::string program =
      "# arenafuzz\nheader kind:gen_pool profile:faults order:4\ncreate\n"
      "add 65536 size:4096 (fail vzalloc:1)\nadd 65536 size:4096\na0 = alloc 100\n"
      "a1 = alloc 16\nfree a0\nhas_addr 65536 size:16\nadd 4096 size:0 (fail vzalloc:1)\n";
  const Outcome outcome = run_c(input_of(program));
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(run_kunit(input_of(program)).code, 0);
}

// Tabs, 80 columns, no trailing blanks; names of folders are as long as they are.
TEST_F(ReproducerTest, TheKernelFormsKeepTheKernelsStyle) {
  ReproducerInput input = input_of(kMasks);
  input.view = "V";
  input.build = "build";
  for (const std::string& text :
       {c_reproducer(input, "reproducer.c").text, kunit_reproducer(input).text}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      std::size_t columns = 0;
      for (const char one : line) columns = one == '\t' ? (columns | 7) + 1 : columns + 1;
      EXPECT_LE(columns, 80) << line;
      EXPECT_FALSE(line.ends_with(' ') || line.ends_with('\t')) << line;
      EXPECT_FALSE(line.starts_with("        ")) << line;
    }
    EXPECT_THAT(text, Not(HasSubstr("\n\n\n")));
  }
}

// The kernel's own judge of style.
TEST_F(ReproducerTest, CheckpatchFindsNothing) {
  if (!fs::exists(ARENAFUZZ_CHECKPATCH) || run("command -v perl").code != 0)
    GTEST_SKIP() << "no checkpatch.pl or no perl: to un-skip, apt-get install linux-source-6.12 "
                    "perl and configure again";
  const char* const kGenPool =
      "# arenafuzz\nheader kind:gen_pool profile:faults order:4\ncreate\nadd 65536 size:4096\n"
      "a0 = alloc 100\nfree a0\nhas_addr 65536 size:16\n";
  for (const char* program : {kGrowthFails, kMasks, kNeighbour, kGenPool}) {
    ReproducerInput input = input_of(program);
    input.view = "V";  // names of folders are as long as they are
    input.build = "build";
    write("reproducer.c", c_reproducer(input, "reproducer.c").text);
    write("kunit.c", kunit_reproducer(input).text);
    for (const char* file : {"reproducer.c", "kunit.c"}) {
      const Outcome outcome = run(
          std::string("perl " ARENAFUZZ_CHECKPATCH " --strict --no-tree --quiet --terse --file ") +
          path(file));
      EXPECT_EQ(outcome.code, 0) << outcome.output;
      EXPECT_THAT(outcome.output, Not(HasSubstr("WARNING:")));
      EXPECT_THAT(outcome.output, Not(HasSubstr("CHECK:")));
    }
  }
}

TEST_F(ReproducerTest, TheCFileIncludesNothingOfOurs) {
  const std::string text = c_reproducer(input_of(kGrowthFails), "reproducer.c").text;
  EXPECT_THAT(text, Not(HasSubstr("#include \"src/")));
  EXPECT_THAT(text, Not(HasSubstr("#include \"fuzz/")));
  EXPECT_THAT(text, HasSubstr("\tfail(VZALLOC, 1);\n"));
}

TEST_F(ReproducerTest, TheKunitCaseSaysThatItWasNotRun) {
  EXPECT_THAT(kunit_reproducer(input_of(kGrowthFails)).text, HasSubstr("NOT RUN in a kernel"));
}

TEST_F(ReproducerTest, WhatCannotBeSaidInCIsASentence) {
  ReproducerInput input = input_of(kGrowthFails);
  input.program.header.best_fit = true;
  EXPECT_EQ(c_reproducer(input, "x.c").text, "");
  EXPECT_EQ(c_reproducer(input, "x.c").why, "its arena places pages by best fit");
  ReproducerInput many = input_of(kGrowthFails);
  for (std::uint32_t i = 1; i <= 8; ++i)
    many.fired.push_back({many.fired[0].operation, many.fired[0].site, i});
  EXPECT_EQ(c_reproducer(many, "x.c").why, "more than 8 calls of one kind fail in one operation");
  input.backend = "canary";
  EXPECT_EQ(c_reproducer(input_of("# arenafuzz\nheader kind:gen_pool order:4\ncreate\n"
                                  "a0 = alloc 16 best-fit\n"),
                         "x.c")
                .why,
            "the reference, our own pool, has first fit alone");
  EXPECT_EQ(c_reproducer(input, "x.c").why, "it was not found in a kernel tree");
}

// Linked with the tree's objects, as the project links its own tests.
TEST_F(ReproducerTest, TheGoogleTestFailsWithTheBugAndPassesWithout) {
  write("reproducer_test.cc", googletest_reproducer(input_of(kGrowthFails)).text);
  const std::string compile = std::string(ARENAFUZZ_CXX_COMPILER) + " -std=c++20 -O0 " +
                              ARENAFUZZ_LINK_FLAGS + " -I . " + path("reproducer_test.cc") + " ";
  const std::string rest = std::string(" ") + ARENAFUZZ_LIBRARIES + " -lgtest -lgtest_main -o " +
                           path("binary") + " && " + path("binary");
  const Outcome bad = run(compile + ARENAFUZZ_BAD_OBJECTS + rest);
  EXPECT_EQ(bad.code, 1) << bad.output;
  EXPECT_THAT(bad.output, HasSubstr("unwind.alloc.page.pages-kept.within-chunk.vzalloc"));
  const Outcome good = run(compile + ARENAFUZZ_GOOD_OBJECTS + rest);
  EXPECT_EQ(good.code, 0) << good.output;
}

}  // namespace
}  // namespace arenafuzz
