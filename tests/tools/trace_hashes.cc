// SPDX-License-Identifier: GPL-2.0-only
//
// arenafuzz_trace_hashes [--reverse] [--twice] FILE|DIR...: runs each program and prints "hash end
// name", ordered by name whatever the order of running. Every build of every compiler must print
// the same. Exit 0 clean, 1 a finding or two hashes for one program, 2 something cannot be read.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/executor.h"
#include "tests/tools/corpus_files.h"

namespace {

using arenafuzz::Finding;
using arenafuzz::Verdict;

// "hash end name", or nothing after a message.
std::string line_for(const std::string& name, const Verdict& verdict) {
  for (const Finding& finding : verdict.findings)
    std::fprintf(stderr, "%s: %s\n", name.c_str(), arenafuzz::signature(finding).c_str());
  char hash[32];
  std::snprintf(hash, sizeof hash, "%016" PRIx64, verdict.trace_hash);
  return std::string(hash) + " " + arenafuzz::end_reason_name(verdict.end) + " " + name;
}

}  // namespace

int main(int argc, char** argv) {
  bool reverse = false;
  int times = 1;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--reverse") == 0) {
      reverse = true;
    } else if (std::strcmp(argv[i], "--twice") == 0) {
      times = 2;
    } else if (!arenafuzz::collect_files(argv[i], &names)) {
      std::fprintf(stderr, "arenafuzz_trace_hashes: cannot read %s\n", argv[i]);
      return 2;
    }
  }
  std::sort(names.begin(), names.end());
  if (reverse) std::reverse(names.begin(), names.end());
  arenafuzz::CppBackend backend;
  arenafuzz::Executor executor(backend);
  if (executor.error() != nullptr || names.empty()) {
    std::fprintf(stderr, "arenafuzz_trace_hashes: %s\n",
                 names.empty() ? "no program: name a file or folder" : executor.error());
    return 2;
  }
  bool good = true;
  std::vector<std::string> lines;
  for (const std::string& name : names) {
    arenafuzz::Program program;
    std::string why;
    if (!arenafuzz::read_program(name, &program, &why)) {
      std::fprintf(stderr, "arenafuzz_trace_hashes: %s\n", why.c_str());
      return 2;
    }
    std::string first;
    for (int i = 0; i < times; ++i) {
      const Verdict& verdict = executor.run(program);
      const std::string line = line_for(name, verdict);
      good = good && verdict.clean() && (i == 0 || line == first);
      first = line;
    }
    lines.push_back(first);
  }
  std::sort(lines.begin(), lines.end(), [](const std::string& a, const std::string& b) {
    return a.substr(a.rfind(' ')) < b.substr(b.rfind(' '));
  });
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  return good ? 0 : 1;
}
