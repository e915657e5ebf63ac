// SPDX-License-Identifier: GPL-2.0-only
//
// The shared library as afl-fuzz uses it: loaded, and driven through its C functions.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include "fuzz/program/codec.h"
#include "fuzz/program/generator.h"

namespace arenafuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes generated(std::uint64_t seed) {
  GeneratorOptions options;
  options.seed = seed;
  options.profile = Profile::kFaults;
  options.operations = 20;
  Program program;
  generate(options, &program);
  Bytes bytes;
  encode(program, &bytes);
  return bytes;
}

Program decoded(const Bytes& bytes) {
  Program program;
  decode(bytes, &program);
  return program;
}

bool canonical(const Bytes& bytes) {
  Bytes again;
  encode(decoded(bytes), &again);
  return again == bytes;
}

class AflMutator : public ::testing::Test {
 protected:
  void SetUp() override {
    library_ = dlopen(ARENAFUZZ_AFL_MUTATOR, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library_, nullptr) << dlerror();
    load("afl_custom_init", init_);
    load("afl_custom_deinit", deinit_);
    load("afl_custom_fuzz", fuzz_);
    load("afl_custom_init_trim", init_trim_);
    load("afl_custom_trim", trim_);
    load("afl_custom_post_trim", post_trim_);
    ASSERT_FALSE(HasFatalFailure());
    state_ = init_(nullptr, 1);
  }

  void TearDown() override {
    if (state_ != nullptr) deinit_(state_);
    if (library_ != nullptr) dlclose(library_);
  }

  template <typename Function>
  void load(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    ASSERT_NE(function, nullptr) << name;
  }

  Bytes fuzz(void* state, Bytes bytes, Bytes other, std::size_t most) {
    std::uint8_t* out = nullptr;
    const std::size_t size = fuzz_(state, bytes.data(), bytes.size(), &out,
                                   other.empty() ? nullptr : other.data(), other.size(), most);
    return {out, out + size};
  }

  // Trims as afl-fuzz does; a candidate is taken if `same`.
  template <typename Same>
  Bytes trim(Bytes bytes, Same same) {
    int steps = 0;
    std::int32_t at = 0;
    const std::int32_t most = init_trim_(state_, bytes.data(), bytes.size());
    while (at < most) {
      std::uint8_t* out = nullptr;
      const std::size_t size = trim_(state_, &out);
      const Bytes candidate(out, out + size);
      EXPECT_LE(candidate.size(), bytes.size());
      EXPECT_TRUE(canonical(candidate));
      const bool taken = same(decoded(candidate));
      if (taken) bytes = candidate;
      at = post_trim_(state_, taken ? 1 : 0);
      if (++steps > 1000) {
        ADD_FAILURE() << "trimming does not end";
        break;
      }
    }
    return bytes;
  }

  void* library_ = nullptr;
  void* state_ = nullptr;
  void* (*init_)(void*, unsigned int) = nullptr;
  void (*deinit_)(void*) = nullptr;
  std::size_t (*fuzz_)(void*, std::uint8_t*, std::size_t, std::uint8_t**, std::uint8_t*,
                       std::size_t, std::size_t) = nullptr;
  std::int32_t (*init_trim_)(void*, std::uint8_t*, std::size_t) = nullptr;
  std::size_t (*trim_)(void*, std::uint8_t**) = nullptr;
  std::int32_t (*post_trim_)(void*, std::uint8_t) = nullptr;
};

// afl-fuzz needs one input, for which a run without any has this one.
TEST_F(AflMutator, DrawsFaultsFromAProgramWithoutOperations) {
  Program bare;
  bare.header.profile = Profile::kFaults;
  Bytes bytes;
  encode(bare, &bytes);
  int with_fault = 0;
  for (int i = 0; i < 100; ++i)
    for (const Operation& operation : decoded(fuzz(state_, bytes, {}, 4096)).operations)
      with_fault += operation.faults[0].kind != FaultClause::Kind::kNone ? 1 : 0;
  EXPECT_GT(with_fault, 50);
}

TEST_F(AflMutator, EveryResultIsCanonicalAndWithinTheMaximum) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Bytes out = fuzz(state_, generated(seed), seed % 2 == 0 ? Bytes{} : generated(7), 256);
    EXPECT_LE(out.size(), 256u);
    EXPECT_TRUE(canonical(out));
  }
}

TEST_F(AflMutator, OneSeedGivesTheSameResults) {
  void* again = init_(nullptr, 1);
  void* other = init_(nullptr, 2);
  bool differs = false;
  for (int i = 0; i < 50; ++i) {
    const Bytes out = fuzz(state_, generated(3), generated(4), 1024);
    EXPECT_EQ(out, fuzz(again, generated(3), generated(4), 1024));
    differs |= out != fuzz(other, generated(3), generated(4), 1024);
  }
  EXPECT_TRUE(differs);
  deinit_(again);
  deinit_(other);
}

TEST_F(AflMutator, AnInputOfNoBytesIsMutatedToo) {
  EXPECT_FALSE(fuzz(state_, {}, {}, 512).empty());
}

TEST_F(AflMutator, TrimmingLeavesTheOneOperationThatMatters) {
  const Bytes bytes = generated(5);
  const Operation wanted = decoded(bytes).operations[11];
  const auto holds_it = [&](const Program& program) {
    for (const Operation& operation : program.operations) {
      if (operation == wanted) return true;
    }
    return false;
  };
  const Program left = decoded(trim(bytes, holds_it));
  ASSERT_EQ(left.operations.size(), 1u);
  EXPECT_EQ(left.operations[0], wanted);
}

TEST_F(AflMutator, TrimmingEndsWhateverTheAnswers) {
  EXPECT_EQ(trim(generated(5), [](const Program&) { return false; }), generated(5));
  const Bytes left = trim(generated(5), [](const Program&) { return true; });
  EXPECT_TRUE(decoded(left).operations.empty());
}

TEST_F(AflMutator, AnInputWithoutOperationsIsNotTrimmed) {
  Bytes bytes(16);
  EXPECT_EQ(init_trim_(state_, bytes.data(), bytes.size()), 0);
  EXPECT_EQ(init_trim_(state_, bytes.data(), 0), 0);
}

}  // namespace
}  // namespace arenafuzz
