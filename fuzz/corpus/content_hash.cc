// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/content_hash.h"

#include <sha1.h>
#include <sys/types.h>

namespace arenafuzz {

std::string content_hash(std::span<const std::uint8_t> bytes) {
  char text[SHA1_DIGEST_STRING_LENGTH];
  SHA1Data(bytes.data(), bytes.size(), text);
  return text;
}

bool is_content_hash(std::string_view name) {
  return name.size() == 40 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace arenafuzz
