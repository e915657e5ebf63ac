// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/program_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/cli/quoting.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"

namespace arenafuzz::cli {
namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{256} << 20;

struct Standard {
  Status status;
  std::string content;
};

// Standard input can be read once: as much as any text needs.
const Standard& standard_input() {
  static const Standard kept = [] {
    Standard standard;
    standard.status = read_file(kStandardStream, kMaxTextBytes + 1, &standard.content);
    return standard;
  }();
  return kept;
}

Status read_begin(const std::string& name, bool* whole, std::string* content) {
  *whole = name == kStandardStream;
  if (!*whole) return read_file(name, limits::kMaxProgramBytes, content);
  *content = standard_input().content;
  return standard_input().status;
}

}  // namespace

void keep_standard_input() { standard_input(); }

Status load_program(const std::string& name, ProgramFile* file, bool always_text) {
  bool whole = false;
  Status status = read_begin(name, &whole, &file->content);
  if (!status.ok()) return status;
  // Standard input has no name that could end in .txt.
  file->is_text =
      always_text || (whole ? is_all_text(file->content) : looks_like_text(name, file->content));
  if (!file->is_text) {
    if (is_unmarked_text(name, file->content))
      return {fmt::format("{} {}", shell_quoted(name), kUnmarkedText)};
    file->content.resize(std::min(file->content.size(), limits::kMaxProgramBytes));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(file->content.data());
    decode({bytes, file->content.size()}, &file->program);
    return {};
  }
  if (!whole && file->content.size() == limits::kMaxProgramBytes)
    status = read_file(name, kMaxTextBytes + 1, &file->content);
  if (!status.ok()) return status;
  if (file->content.size() > kMaxTextBytes)
    return {fmt::format("{} is larger than {} MiB: no program needs as much text",
                        shell_quoted(name), kMaxTextBytes >> 20)};
  TextError error;
  if (parse_program(file->content, &file->program, &error)) return {};
  return {
      fmt::format("{}:{}: expected {}", shell_quoted(name), error.line, printable(error.expected))};
}

}  // namespace arenafuzz::cli
