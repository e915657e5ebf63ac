// SPDX-License-Identifier: GPL-2.0-only
//
// Runs the built command as a user does, in a folder of the test's own.
#ifndef ARENAFUZZ_TESTS_FUZZ_CLI_CLI_RUN_H_
#define ARENAFUZZ_TESTS_FUZZ_CLI_CLI_RUN_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace arenafuzz {

struct CliResult {
  int exit_code = -1;  // 128 + signal, if one killed it
  std::string out;
  std::string err;
};

class CliTest : public ::testing::Test {
 protected:
  CliTest() = default;
  // In this folder, which stays.
  explicit CliTest(std::string folder) : folder_(std::move(folder)), stays_(true) {}
  void SetUp() override;
  void TearDown() override;

  // A path in the test's folder.
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;

  // The words are those after "arenafuzz"; it runs in the test's folder.
  CliResult run(std::vector<std::string> words) const;
  // Sends `signal` once the file `sign` is there and holds `mark`.
  CliResult run_and_signal(std::vector<std::string> words, const std::string& sign, int signal,
                           const std::string& mark = "") const;
  // As a shell takes it.
  CliResult run_shell(const std::string& line) const;
  // `text` is one sentence of ours, on stderr alone, with exit code 2.
  static void expect_refusal(const CliResult& result, const std::string& part);

 private:
  CliResult execute(const std::vector<std::string>& words, const std::string& sign = "",
                    int signal = 0, const std::string& mark = "") const;

  std::string folder_;
  bool stays_ = false;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_TESTS_FUZZ_CLI_CLI_RUN_H_
