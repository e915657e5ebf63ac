// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/base/quoting.h"

#include <algorithm>
#include <cstdio>

namespace arenafuzz {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// Bytes of the character at `at` if it is one that may be printed, else 0.
std::size_t character_length(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(text, at + i) & 0xc0) != 0x80) return 0;
  const unsigned second = byte_at(text, at + 1);
  // U+0080 to U+009f are controls; overlong forms and surrogates are no characters.
  if (first == 0xc2 && second < 0xa0) return 0;
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return length;
}

__attribute__((format(printf, 1, 0))) std::string escape(const char* form, unsigned byte) {
  char text[8];
  std::snprintf(text, sizeof(text), form, byte);
  return text;
}

bool is_plain(std::string_view text) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-=:,@%";
  return !text.empty() && text.find_first_not_of(kSafe) == std::string_view::npos;
}

}  // namespace

std::string printable(std::string_view text, bool keep_newlines) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    if (length == 0 && keep_newlines && (text[at] == '\n' || text[at] == '\t')) {
      out += text[at++];
    } else if (length == 0) {
      out += escape("\\x%02x", byte_at(text, at++));
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

std::string shell_quoted(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string simple = "'";
  std::string escaped = "$'";
  bool controls = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    if (length == 0) {
      controls = true;
      // Three octal digits: unlike \x, it ends by itself.
      escaped += text[at] == '\n' ? "\\n" : escape("\\%03o", byte_at(text, at));
      ++at;
      continue;
    }
    const std::string_view character = text.substr(at, length);
    simple += character == "'" ? std::string_view("'\\''") : character;
    if (character == "'" || character == "\\") escaped += '\\';
    escaped += character;
    at += length;
  }
  return (controls ? escaped : simple) + "'";
}

std::string shell_line(std::span<const std::string> words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_quoted(word);
  return line;
}

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += "  " + printable(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace arenafuzz
