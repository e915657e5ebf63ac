// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace arenafuzz::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Result = Worker::Result;

const Limits kLimits{.processor_seconds = 1, .idle_seconds = 1, .waiting_seconds = 30};

// What a child answers to a word.
void serve(std::string_view word, const Worker::Send& send) {
  send("first");
  if (word == "exit") std::exit(0);
  if (word == "_exit") _exit(3);
  if (word == "abort") std::abort();
  if (word == "null") *static_cast<volatile int*>(nullptr) = 1;
  if (word == "kill") raise(SIGKILL);
  if (word == "stop") raise(SIGSTOP);
  for (volatile bool on = true; word == "loop" && on;) on = true;
  while (word == "sleep") pause();
  if (word == "close")
    for (int i = 0; i < 512; ++i) close(i);
  if (word == "fork" && fork() == 0) return;
  if (word == "print") std::fprintf(stderr, "said\n");
  send("second");
}

struct Asked {
  Result result;
  std::vector<std::string> records;
};
Asked ask(Worker& worker, const char* word) {
  Asked asked{Result::kNoChild, {}};
  asked.result = worker.ask(word, [&asked](std::string_view record) {
    asked.records.emplace_back(record);
    return true;
  });
  return asked;
}

TEST(Worker, AnswersInRecords) {
  Worker worker(serve, kLimits);
  EXPECT_EQ(ask(worker, "").result, Result::kAnswered);
  EXPECT_THAT(ask(worker, "").records, ElementsAre("first", "second"));
  EXPECT_EQ(worker.deaths(), 0u);
}

TEST(Worker, KeepsItsChildWhileNothingDies) {
  Worker worker([](std::string_view, const Worker::Send& send) { send(std::to_string(getpid())); },
                kLimits);
  EXPECT_EQ(ask(worker, "").records, ask(worker, "").records);
}

TEST(Worker, SaysHowAChildDiedAndGoesOn) {
  struct Case {
    const char* word;
    int exit_code;
    Excess excess;
  };
  Worker worker(serve, kLimits);
  for (const Case& one : {Case{"exit", 0, Excess::kNone}, Case{"_exit", 3, Excess::kNone},
                          Case{"kill", -1, Excess::kNone}, Case{"loop", -2, Excess::kProcessor},
                          Case{"sleep", -2, Excess::kIdle}, Case{"stop", -2, Excess::kIdle}}) {
    const Asked asked = ask(worker, one.word);
    EXPECT_EQ(asked.result, Result::kDied) << one.word;
    EXPECT_THAT(asked.records, ElementsAre("first")) << one.word;
    EXPECT_EQ(worker.death().excess, one.excess) << one.word;
    // A sanitizer turns the last signal into an exit code of its own.
    if (one.exit_code != -2) EXPECT_EQ(worker.death().end.exit_code, one.exit_code) << one.word;
    EXPECT_EQ(ask(worker, "").result, Result::kAnswered) << one.word;
  }
  EXPECT_EQ(worker.deaths(), 6u);
}

TEST(Worker, TakesAnAbortAndANullWriteForADeath) {
  Worker worker(serve, kLimits);
  EXPECT_EQ(ask(worker, "abort").result, Result::kDied);
  EXPECT_EQ(ask(worker, "null").result, Result::kDied);
  EXPECT_EQ(worker.death().excess, Excess::kNone);
}

TEST(Worker, AnswersThoughItsFirstDescriptorsWereClosed) {
  Worker worker(serve, kLimits);
  EXPECT_THAT(ask(worker, "close").records, ElementsAre("first", "second"));
}

TEST(Worker, IsNotDisturbedByAProcessThatTheServedCodeForks) {
  Worker worker(serve, kLimits);
  for (int i = 0; i < 20; ++i)
    EXPECT_THAT(ask(worker, "fork").records, ElementsAre("first", "second"));
  EXPECT_EQ(worker.deaths(), 0u);
}

TEST(Worker, KeepsWhatWasPrinted) {
  Worker worker(serve, kLimits);
  ask(worker, "print");
  EXPECT_EQ(worker.take_output(), "said\n");
  EXPECT_THAT(worker.take_output(), IsEmpty());
}

TEST(Worker, TellsWhatADeadChildHadPrinted) {
  Worker worker(
      [](std::string_view, const Worker::Send&) {
        std::fprintf(stderr, "last words\n");
        _exit(0);
      },
      kLimits);
  EXPECT_EQ(ask(worker, "").result, Result::kDied);
  EXPECT_THAT(worker.death().log, HasSubstr("last words"));
}

TEST(Worker, TellsWhereAChildWas) {
  Worker* self = nullptr;
  Worker worker(
      [&self](std::string_view, const Worker::Send&) {
        self->set_place(41);
        _exit(0);
      },
      kLimits);
  self = &worker;
  ask(worker, "");
  EXPECT_EQ(worker.death().place, 41u);
}

TEST(Worker, StopsWhenItIsToldTo) {
  Worker worker(serve, kLimits);
  EXPECT_EQ(worker.ask("sleep", [](std::string_view) { return false; }), Result::kStopped);
  worker.set_go_on([] { return false; });
  EXPECT_EQ(ask(worker, "sleep").result, Result::kStopped);
  EXPECT_EQ(worker.deaths(), 0u);
}

TEST(Worker, EndsAChildThatTakesTooMuchMemory) {
  Worker worker(
      [](std::string_view, const Worker::Send&) {
        for (;;) {
          auto* block = static_cast<volatile char*>(std::malloc(std::size_t{16} << 20));
          for (std::size_t i = 0; block != nullptr && i < std::size_t{16} << 20; i += 4096)
            block[i] = 1;
        }
      },
      {.processor_seconds = 60, .resident_mib = 200});
  EXPECT_EQ(ask(worker, "").result, Result::kDied);
  EXPECT_EQ(worker.death().excess, Excess::kMemory);
}

TEST(Record, ReadsBackWhatWasWritten) {
  RecordWriter out;
  out.number(7).text("two words").text("").number(~std::uint64_t{0});
  RecordReader in(out.bytes());
  EXPECT_EQ(in.number(), 7u);
  EXPECT_EQ(in.text(), "two words");
  EXPECT_EQ(in.text(), "");
  EXPECT_EQ(in.number(), ~std::uint64_t{0});
  EXPECT_EQ(in.number(), 0u);
  EXPECT_EQ(in.text(), "");
}

}  // namespace
}  // namespace arenafuzz::base
