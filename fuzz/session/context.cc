// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/context.h"

#include <fmt/format.h>

#include <cstdio>

namespace arenafuzz {

Words context_words(const Context& context) {
  return {"--source-dir=" + context.source_folder, "--bin-dir=" + context.build_folder,
          "--called-as=" + context.called_as};
}

Words baseline_words(const Context& context) {
  if (context.baseline_folder.empty()) return {};
  return {"--baseline-bin=" + context.baseline_folder, "--baseline-glue=" + context.baseline_glue};
}

std::string& exit_base() {
  static std::string word;
  return word;
}

int refuse(const std::string& sentence) {
  std::fflush(stdout);
  fmt::print(stderr, "arenafuzz: {}\n", sentence);
  return kUnusable;
}

}  // namespace arenafuzz
