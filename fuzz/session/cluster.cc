// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/cluster.h"

#include <algorithm>
#include <vector>

#include "fuzz/harness/verdict/title.h"

namespace arenafuzz {
namespace {

constexpr std::string_view kSanitizer = "sanitizer.";
constexpr std::size_t kCommonFrames = 2;
constexpr double kAlike = 0.8;

// The longest sequence that both have in this order.
template <typename Sequence>
std::size_t common_in_order(const Sequence& left, const Sequence& right) {
  std::vector<std::size_t> row(right.size() + 1, 0);
  for (const auto& item : left) {
    std::size_t diagonal = 0;
    for (std::size_t i = 0; i < right.size(); ++i) {
      const std::size_t above = row[i + 1];
      row[i + 1] = item == right[i] ? diagonal + 1 : std::max(above, row[i]);
      diagonal = above;
    }
  }
  return row.back();
}

// Type first, then frames.
std::vector<std::string_view> frames_of(std::string_view signature) {
  signature.remove_prefix(kSanitizer.size());
  return signature_parts(signature);
}

}  // namespace

bool same_complaint(std::string_view left, std::string_view right) {
  enum { kOracle, kOperation, kSite, kDifference, kSizeClass, kFault, kParts };
  if (left.starts_with(kSanitizer) || right.starts_with(kSanitizer)) return false;
  const std::vector<std::string_view> one = signature_parts(left);
  const std::vector<std::string_view> other = signature_parts(right);
  if (one.size() != kParts || other.size() != kParts) return false;
  constexpr std::string_view kNeighbour = "neighbour";
  const bool oracles =
      one[kOracle] == other[kOracle] || one[kOracle] == kNeighbour || other[kOracle] == kNeighbour;
  return oracles && one[kSite] == other[kSite] && one[kDifference] == other[kDifference];
}

double likeness(std::string_view left, std::string_view right) {
  const std::size_t all = left.size() + right.size();
  if (all == 0) return 1;
  return 2.0 * static_cast<double>(common_in_order(left, right)) / static_cast<double>(all);
}

bool same_cluster(std::string_view left, std::string_view right) {
  if (left == right) return true;
  if (!left.starts_with(kSanitizer) || !right.starts_with(kSanitizer)) return false;
  std::vector<std::string_view> one = frames_of(left);
  std::vector<std::string_view> other = frames_of(right);
  if (one.empty() || other.empty() || one.front() != other.front()) return false;
  one.erase(one.begin());
  other.erase(other.begin());
  if (common_in_order(one, other) >= kCommonFrames) return true;
  const std::size_t type = kSanitizer.size() + frames_of(left).front().size();
  return likeness(left.substr(type), right.substr(type)) > kAlike;
}

}  // namespace arenafuzz
