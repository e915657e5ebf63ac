// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/html.h"

#include <algorithm>
#include <cstdint>

namespace arenafuzz::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

// The length of the well-formed sequence at the beginning, or 0.
std::size_t sequence_length(std::string_view bytes) {
  const std::uint8_t first = byte_at(bytes, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2   ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(bytes, i) & 0xC0) != 0x80) return 0;
  const std::uint8_t second = byte_at(bytes, 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

// U+061C, U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069; U+0080 to U+009F; C0 and DEL.
bool is_shown(std::string_view sequence) {
  if (sequence.size() == 1) {
    const char c = sequence[0];
    return c == '\n' || c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  }
  if (sequence.size() == 2)
    return sequence != "\xD8\x9C" && !(sequence[0] == '\xC2' && byte_at(sequence, 1) < 0xA0);
  if (!sequence.starts_with("\xE2\x80") && !sequence.starts_with("\xE2\x81")) return true;
  const std::uint8_t last = byte_at(sequence, 2);
  if (sequence[1] == '\x80') return last != 0x8E && last != 0x8F && !(last >= 0xAA && last <= 0xAE);
  return !(last >= 0xA6 && last <= 0xA9);
}

std::string_view entity_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string readable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    const std::string_view sequence = bytes.substr(0, std::max<std::size_t>(length, 1));
    out += length != 0 && is_shown(sequence) ? sequence : kReplacement;
    bytes.remove_prefix(sequence.size());
  }
  return out;
}

std::string escaped(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : readable(bytes)) {
    const std::string_view entity = entity_of(c);
    if (entity.empty())
      out += c;
    else
      out += entity;
  }
  return out;
}

std::string url_of(std::string_view file) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : file) {
    if (is_plain(c) || std::string_view("-._~/").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  // "//host/..." would be another machine's.
  const std::size_t slashes = std::min(out.find_first_not_of('/'), out.size());
  return slashes > 1 ? out.substr(slashes - 1) : out;
}

std::string word_of(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += is_plain(c) ? c : '-';
  return out;
}

}  // namespace arenafuzz::report
