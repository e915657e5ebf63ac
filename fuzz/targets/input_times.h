// SPDX-License-Identifier: GPL-2.0-only
//
// How the processor time of a run is spread over its inputs: a histogram in a file, for `bench`. It
// is measured only when asked for, since each look at the clock is a system call, and no verdict
// depends on it.
#ifndef ARENAFUZZ_FUZZ_TARGETS_INPUT_TIMES_H_
#define ARENAFUZZ_FUZZ_TARGETS_INPUT_TIMES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace arenafuzz {

// Bucket b holds the inputs of 2^(b/16) to 2^((b+1)/16) nanoseconds, by the sixteenth of their
// highest power of two.
struct InputTimes {
  static constexpr std::size_t kBuckets = 64 * 16;
  static std::size_t bucket_of(std::uint64_t nanoseconds);

  std::atomic<std::uint64_t> inputs[kBuckets];
  std::atomic<std::uint64_t> nanoseconds[kBuckets];
};

// Where the times of later inputs go; false if the file cannot be mapped.
bool measure_times(const std::string& path);

// The time of one input, from here to the end of its scope; nothing if they are not recorded.
class InputTimer {
 public:
  InputTimer();
  ~InputTimer();
  InputTimer(const InputTimer&) = delete;
  InputTimer& operator=(const InputTimer&) = delete;

 private:
  std::uint64_t begin_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_INPUT_TIMES_H_
