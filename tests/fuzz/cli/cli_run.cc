// SPDX-License-Identifier: GPL-2.0-only
#include "tests/fuzz/cli/cli_run.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

std::string content_of(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void redirect(const std::string& name, int to) {
  dup2(open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), to);
}

[[noreturn]] void become(const std::string& folder, std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  if (chdir(folder.c_str()) != 0) _exit(126);
  dup2(open("/dev/null", O_RDONLY), 0);
  redirect(folder + ".out", 1);
  redirect(folder + ".err", 2);
  execv(argv[0], argv.data());
  _exit(127);
}

void wait_for_file(const std::string& name, const std::string& mark) {
  using namespace std::chrono_literals;
  const auto is_there = [&] {
    // Without a mark it may be a folder.
    return fs::exists(name) && (mark.empty() || content_of(name).find(mark) != std::string::npos);
  };
  for (int i = 0; i < 300 && !is_there(); ++i) std::this_thread::sleep_for(100ms);
}

}  // namespace

void CliTest::SetUp() {
  if (stays_) {
    fs::create_directories(folder_);
    return;
  }
  std::string name = fs::temp_directory_path() / "arenafuzz-cli-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  folder_ = name;
}

void CliTest::TearDown() {
  std::error_code ignored;
  if (!stays_) fs::remove_all(folder_, ignored);
  fs::remove(folder_ + ".out", ignored);
  fs::remove(folder_ + ".err", ignored);
}

void CliTest::write(const std::string& name, const std::string& content) const {
  std::ofstream(path(name), std::ios::binary) << content;
}

std::string CliTest::read(const std::string& name) const { return content_of(path(name)); }

CliResult CliTest::execute(const std::vector<std::string>& words, const std::string& sign,
                           int signal, const std::string& mark) const {
  const pid_t child = fork();
  if (child == 0) become(folder_, words);
  if (signal != 0) {
    wait_for_file(path(sign), mark);
    kill(child, signal);
  }
  int state = 0;
  waitpid(child, &state, 0);
  CliResult result;
  result.exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  result.out = content_of(folder_ + ".out");
  result.err = content_of(folder_ + ".err");
  return result;
}

CliResult CliTest::run(std::vector<std::string> words) const {
  words.insert(words.begin(), ARENAFUZZ_BINARY);
  return execute(words);
}

CliResult CliTest::run_and_signal(std::vector<std::string> words, const std::string& sign,
                                  int signal, const std::string& mark) const {
  words.insert(words.begin(), ARENAFUZZ_BINARY);
  return execute(words, sign, signal, mark);
}

CliResult CliTest::run_shell(const std::string& line) const {
  return execute({"/bin/bash", "-c", line});
}

void CliTest::expect_refusal(const CliResult& result, const std::string& part) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, ::testing::HasSubstr(part));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

}  // namespace arenafuzz
