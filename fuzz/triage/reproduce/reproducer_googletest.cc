// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <sstream>

#include "fuzz/program/text.h"
#include "fuzz/triage/reproduce/reproducer.h"

namespace arenafuzz {
namespace {

std::string test_name(const std::string& signature) {
  std::string out = "Shows";
  bool capital = true;
  for (const char one : signature) {
    const bool letter = std::isalpha(static_cast<unsigned char>(one)) != 0;
    if (letter)
      out += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(one))) : one;
    capital = !letter;
  }
  return out;
}

struct BackendNames {
  const char* header;
  const char* type;
};
BackendNames names_of(const std::string& backend) {
  if (backend == "canary") return {"fuzz/targets/canary_backend.h", "CanaryBackend"};
  if (backend == "kernel") return {"fuzz/harness/backends/kernel_backend.h", "KernelBackend"};
  return {"fuzz/harness/backends/cpp_backend.h", "CppBackend"};
}

}  // namespace

std::string wrapped(const std::string& text, const std::string& prefix, std::size_t columns) {
  // A tab is eight columns.
  std::size_t wide = 0;
  for (const char one : prefix) wide += one == '\t' ? 8 : 1;
  std::string out;
  std::string line;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!line.empty() && wide + line.size() + 1 + word.size() > columns) {
      out += prefix + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? out : out + prefix + line + "\n";
}

Reproducer googletest_reproducer(const ReproducerInput& input) {
  if (input.backend == "differential")
    return no_reproducer(
        "a comparison of two pools needs both: replay it with --target differential");
  const BackendNames backend = names_of(input.backend);
  std::string domain = input.domain;
  domain[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(domain[0])));
  std::ostringstream out;
  out << "// SPDX-License-Identifier: GPL-2.0-only\n//\n"
      << wrapped(input.title, "// ", 100) << "// signature " << input.signature << "\n//\n"
      << "// Passes once the bug is gone. As one of the project's tests: copy it to\n"
      << "// tests/fuzz/harness/ under a name that ends in _test.cc, and run\n"
      << "//   cmake --build build/fuzz --target harness_test && build/fuzz/tests/harness_test \\\n"
      << "//     --gtest_filter='Reproducer.*'\n"
      << "#include " << "<gtest/gtest.h>\n\n#include \"" << backend.header << "\"\n"
      << "#include \"fuzz/harness/executor.h\"\n#include \"fuzz/program/text.h\"\n\n"
      << "namespace arenafuzz {\nnamespace {\n\nconstexpr const char* kProgram =\n";
  std::istringstream lines(print_program(input.program));
  for (std::string line, next; std::getline(lines, line);)
    out << "    \"" << line << "\\n\"" << (lines.peek() == EOF ? ";\n" : "\n");
  out << "\nTEST(Reproducer, " << test_name(input.signature) << ") {\n"
      << "  Program program;\n  TextError error;\n"
      << "  ASSERT_TRUE(parse_program(kProgram, &program, &error)) << error.expected;\n"
      << "  auto backend = std::make_unique<" << backend.type << ">();\n"
      << "  Executor executor(*backend);\n  ASSERT_EQ(executor.error(), nullptr);\n"
      << "  Options options;\n  options.domain = Domain::k" << domain << ";\n"
      << "  for (const Finding& finding : executor.run(program, options).findings)\n"
      << "    ADD_FAILURE() << signature(finding) << \": expected \" << finding.expected\n"
      << "                  << \", got \" << finding.got;\n}\n\n"
      << "}  // namespace\n}  // namespace arenafuzz\n";
  return {out.str(), "", ""};
}

}  // namespace arenafuzz
