// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/crash_log.h"

#include <algorithm>
#include <cctype>

#include "fuzz/session/log_line.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMaxKind = 64;
constexpr std::size_t kMaxFrames = 64;

// Letters, with a dash for any run of other characters; words with digits are left out.
std::string words_of(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() < kMaxKind) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty() || word.find_first_of("0123456789") != std::string_view::npos) continue;
    if (!out.empty()) out += '-';
    for (const char character : word)
      out += std::isalpha(static_cast<unsigned char>(character)) != 0 ? character : '-';
  }
  return out.substr(0, kMaxKind);
}

// "over-claim.alloc.page.in-vain.zero.none" -> "over-claim.alloc.page"
std::string three_parts(std::string_view text) {
  std::size_t end = 0;
  for (int part = 0; part < 3 && end < text.size(); ++part)
    end = std::min(text.find('.', end + (part > 0 ? 1 : 0)), text.size());
  return std::string(text.substr(0, std::min(end, kMaxKind)));
}

std::string crash_kind(std::string_view line) {
  const std::string_view finding = finding_in_line(line);
  if (!finding.empty()) return three_parts(finding);
  std::string_view rest = after(line, "runtime error: ");
  if (!rest.empty()) return words_of(rest);
  if (after(line, "ERROR: ").empty()) return "";
  rest = after(line, "Sanitizer: ");
  if (rest.starts_with("attempting ")) rest.remove_prefix(11);
  return words_of(rest.substr(0, rest.find(' ')));
}

// "    #0 0x55d0c3 (/path/arenafuzz+0x1d0c3)" -> "0x1d0c3"; where it was symbolized, the name.
std::string offset_of(std::string_view line) {
  const std::string_view name = after(line, " in ");
  if (!name.empty()) return words_of(name.substr(0, name.find('(')));
  const std::size_t plus = line.rfind("+0x");
  if (plus == std::string_view::npos) return "";
  const std::size_t end = line.find_first_not_of("0123456789abcdef", plus + 3);
  return std::string(line.substr(plus + 1, std::min(end, line.size()) - plus - 1));
}

}  // namespace

std::string_view finding_in_line(std::string_view line) {
  std::string_view text = after(line, "ASSERTION FAILED: ");
  if (text.empty()) text = after(line, "Check failed: ");
  const bool good = std::all_of(text.begin(), text.end(), [](char character) {
    return std::isalpha(static_cast<unsigned char>(character)) != 0 || character == '.' ||
           character == '-' || character == ':' || character == '_';
  });
  return good ? text : std::string_view();
}

CrashLog read_crash_log(std::string_view log) {
  CrashLog crash;
  const std::vector<std::string_view> lines = lines_of(log);
  std::size_t at = 0;
  while (at < lines.size() && crash.kind.empty()) crash.kind = crash_kind(lines[at++]);
  if (crash.kind.empty()) return {"died", {}};
  for (const std::string_view frame : first_stack(lines, at))
    if (crash.offsets.size() < kMaxFrames) crash.offsets.push_back(offset_of(frame));
  return crash;
}

std::string crash_identity(const CrashLog& crash) {
  std::string text = "crash:" + crash.kind;
  for (std::size_t i = 0; i < std::min(kIdentityFrames, crash.offsets.size()); ++i)
    text += ":" + crash.offsets[i];
  return text;
}

}  // namespace arenafuzz
