// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/tree_books.h"

#include "fuzz/base/worker.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/harness/executor.h"
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {

constexpr const char* kNotMeasured =
    "books: not measured, as the tree ended the process; judged in the reference's way";

}  // namespace

std::string tree_books() {
  if (!kernel_tree_info.has_arena) return "";
  const auto measure = [](std::string_view, const base::Worker::Send& send) {
    KernelBackend backend;
    Executor executor(backend);
    if (executor.error() != nullptr) return;
    const std::string line = books_line(executor.book_traits());
    send(executor.books_measure_died() ? kNotMeasured : line);
  };
  constexpr base::Limits kLimits{.processor_seconds = 10, .idle_seconds = 10};
  base::Worker worker(measure, kLimits);
  std::string line;
  const auto result = worker.ask("", [&line](std::string_view record) {
    line = record;
    return true;
  });
  return result == base::Worker::Result::kDied ? kNotMeasured : line;
}

}  // namespace arenafuzz
