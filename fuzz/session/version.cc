// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/version.h"

#include <fmt/format.h>

#include "fuzz/harness/verdict/report.h"

namespace arenafuzz {

std::string build_text() {
#ifdef __clang__
  const std::string compiler = fmt::format("clang {}", __clang_version__);
#else
  const std::string compiler = fmt::format("gcc {}", __VERSION__);
#endif
  return fmt::format("{}, sanitizers {}", compiler, ARENAFUZZ_SANITIZERS);
}

std::string version_text() {
  return fmt::format("arenafuzz {} ({})", kSourceVersion, build_text());
}

std::string with_version(const std::string& facts) {
  return facts + report_row("version", std::string("arenafuzz ") + kSourceVersion);
}

}  // namespace arenafuzz
