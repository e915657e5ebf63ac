// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/control_file.h"

#include <algorithm>
#include <charconv>

namespace arenafuzz {
namespace {

// The next number of the line, which is taken off it.
bool take_number(std::string_view* line, std::uint64_t* value) {
  line->remove_prefix(std::min(line->find_first_not_of(' '), line->size()));
  const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), *value);
  if (error != std::errc()) return false;
  line->remove_prefix(static_cast<std::size_t>(end - line->data()));
  return true;
}

}  // namespace

void ControlFile::add(std::string_view text) {
  rest_ += text;
  std::size_t at = 0;
  for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', at)) {
    add_line(std::string_view(rest_).substr(at, end - at));
    at = end + 1;
  }
  rest_.erase(0, at);
}

void ControlFile::add_line(std::string_view line) {
  const bool started = line.starts_with("STARTED ");
  if (!started && !line.starts_with("FT ")) return;
  line.remove_prefix(line.find(' '));
  std::uint64_t index = 0;
  if (!take_number(&line, &index)) return;
  if (started) {
    any_started_ = true;
    last_started_ = index;
    return;
  }
  Features& features = features_[index];
  // Features of 64 bits are folded: only value profiles, which we do not ask for, are that large.
  for (std::uint64_t feature = 0; take_number(&line, &feature);)
    features.push_back(static_cast<std::uint32_t>(feature ^ feature >> 32));
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
}

}  // namespace arenafuzz
