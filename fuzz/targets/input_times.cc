// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/targets/input_times.h"

#include <bit>
#include <ctime>

#include "fuzz/targets/mapped_file.h"

namespace arenafuzz {
namespace {

InputTimes* times = nullptr;

std::uint64_t now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1000000000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

void add(std::atomic<std::uint64_t>& to, std::uint64_t what) {
  to.store(to.load(std::memory_order_relaxed) + what, std::memory_order_relaxed);
}

}  // namespace

std::size_t InputTimes::bucket_of(std::uint64_t nanoseconds) {
  if (nanoseconds < 16) return nanoseconds;
  const int power = std::bit_width(nanoseconds) - 1;
  return static_cast<std::size_t>(power) * 16 + ((nanoseconds >> (power - 4)) & 15);
}

bool measure_times(const std::string& path) {
  times = static_cast<InputTimes*>(map_file(path, sizeof(InputTimes)));
  return times != nullptr;
}

InputTimer::InputTimer() : begin_(times != nullptr ? now() : 0) {}

InputTimer::~InputTimer() {
  if (times == nullptr) return;
  const std::uint64_t taken = now() - begin_;
  const std::size_t bucket = InputTimes::bucket_of(taken);
  add(times->inputs[bucket], 1);
  add(times->nanoseconds[bucket], taken);
}

}  // namespace arenafuzz
