// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/program_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "fuzz/base/quoting.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTextBytes = std::size_t{256} << 20;

// Standard input, a pipe, a device: read once, as much as any text needs.
struct Stream {
  Status status;
  std::string content;
};

// What was read from streams, by name. A forked child has it too.
std::map<std::string, Stream>& streams() {
  static std::map<std::string, Stream> all;
  return all;
}

// Under /dev/fd and /proc/self/fd a regular file is this process's alone.
bool is_stream(const std::string& name) {
  std::error_code ignored;
  return name == kStandardStream || name.starts_with("/dev/") || name.starts_with("/proc/") ||
         !fs::is_regular_file(fs::status(name, ignored));
}

const Stream& kept_stream(const std::string& name) {
  const auto [at, fresh] = streams().try_emplace(name);
  if (!fresh) return at->second;
  std::error_code ignored;
  // Some devices have no end.
  const std::size_t limit = fs::is_character_file(fs::status(name, ignored))
                                ? limits::kMaxProgramBytes
                                : kMaxTextBytes + 1;
  at->second.status = read_file(name, limit, &at->second.content);
  return at->second;
}

Status read_begin(const std::string& name, bool* whole, std::string* content) {
  *whole = is_stream(name);
  if (!*whole) return read_file(name, limits::kMaxProgramBytes, content);
  const Stream& stream = kept_stream(name);
  *content = stream.content;
  return stream.status;
}

}  // namespace

void keep_streams(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (is_stream(name)) kept_stream(name);
}

Status load_program(const std::string& name, ProgramFile* file, bool always_text) {
  bool whole = false;
  Status status = read_begin(name, &whole, &file->content);
  if (!status.ok()) return status;
  // A stream has no name that could end in .txt.
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

}  // namespace arenafuzz
