// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/set_cover.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

namespace arenafuzz {

std::vector<Taken> set_cover(std::span<const CoverItem> items) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [items](std::size_t a, std::size_t b) {
    if (items[a].stays != items[b].stays) return items[a].stays;
    return items[a].cost < items[b].cost;
  });
  std::unordered_set<std::uint32_t> shown;
  std::vector<Taken> taken;
  for (const std::size_t index : order) {
    Taken next{index, {}};
    for (const std::uint32_t feature : items[index].features)
      if (shown.insert(feature).second) next.features.push_back(feature);
    if (items[index].stays || !next.features.empty()) taken.push_back(std::move(next));
  }
  return taken;
}

}  // namespace arenafuzz
