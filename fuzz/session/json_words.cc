// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/json_words.h"

namespace arenafuzz {

std::string json_text(std::string_view bytes) {
  std::string out;
  for (const char one : bytes) {
    const auto byte = static_cast<unsigned char>(one);
    if (byte < 0x80) {
      out += one;
    } else {
      out += static_cast<char>(0xc0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return out;
}

std::string bytes_of(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80 || i + 1 == text.size()) {
      out += text[i];
    } else {
      ++i;
      out += static_cast<char>((byte & 0x03) << 6 | (static_cast<unsigned char>(text[i]) & 0x3f));
    }
  }
  return out;
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json places_json(const std::vector<SourceLine>& places) {
  Json list = Json::array();
  for (const SourceLine& place : places)
    list.push_back(
        {{"function", place.function}, {"file", json_text(place.file)}, {"line", place.line}});
  return list;
}

std::vector<SourceLine> places_of(const Json& list) {
  std::vector<SourceLine> places;
  if (!list.is_array()) return places;
  for (const Json& one : list) {
    const auto line = one.find("line");
    const bool numbered = line != one.end() && line->is_number_integer();
    places.push_back({text_of(one, "function"), bytes_of(text_of(one, "file")),
                      numbered ? line->get<int>() : 0});
  }
  return places;
}

}  // namespace arenafuzz
