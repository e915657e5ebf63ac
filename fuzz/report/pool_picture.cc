// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/pool_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "fuzz/report/fields.h"

namespace arenafuzz::report {
namespace {

// A bar's own units across; the browser stretches it.
constexpr double kAcross = 1000;
// What is shorter is widened, so that a single granule in a large chunk is seen.
constexpr double kLeast = 3;

struct Run {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
};

// Those inside [0, total), in their order; whatever is no pair of numbers is passed over.
std::vector<Run> runs_of(const Json& pairs, std::uint64_t total) {
  std::vector<Run> runs;
  for (const Json& pair : pairs) {
    if (!pair.is_array() || pair.size() < 2) continue;
    const auto start = whole(pair[0]);
    const auto length = whole(pair[1]);
    if (!start || !length || *start >= total || *length == 0) continue;
    runs.push_back({*start, std::min(*length, total - *start)});
  }
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.start < b.start; });
  return runs;
}

std::uint64_t length_of(const std::vector<Run>& runs) {
  std::uint64_t sum = 0;
  std::uint64_t end = 0;
  for (const Run& run : runs) {
    const std::uint64_t from = std::max(run.start, end);
    const std::uint64_t to = run.start + run.length;
    if (to > from) sum += to - from;
    end = std::max(end, to);
  }
  return sum;
}

// What `runs` hold and `others` do not. REQUIRES: both ordered.
std::vector<Run> without(const std::vector<Run>& runs, const std::vector<Run>& others) {
  std::vector<Run> left;
  std::size_t at = 0;  // of the first other that is not over yet
  for (const Run& run : runs) {
    std::uint64_t from = run.start;
    const std::uint64_t end = run.start + run.length;
    while (at < others.size() && others[at].start + others[at].length <= from) ++at;
    for (std::size_t i = at; i < others.size() && others[i].start < end; ++i) {
      if (others[i].start > from) left.push_back({from, others[i].start - from});
      from = std::max(from, std::min(end, others[i].start + others[i].length));
    }
    if (from < end) left.push_back({from, end - from});
  }
  return left;
}

// Rectangles of one colour; runs that would touch on the screen are one.
std::string rectangles(const std::vector<Run>& runs, std::uint64_t total, const char* colour) {
  std::string out;
  const double scale = kAcross / static_cast<double>(total);
  double from = -1;
  double to = -1;
  const auto flush = [&] {
    if (to > from)
      out += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" width=\"{:.1f}\" height=\"10\"/>", colour,
                         from, to - from);
  };
  for (const Run& run : runs) {
    const double begin = std::min(static_cast<double>(run.start) * scale, kAcross - kLeast);
    const double end =
        std::max(static_cast<double>(run.start + run.length) * scale, begin + kLeast);
    if (begin > to + 0.2 || to < 0) {
      flush();
      from = begin;
    }
    to = std::max(to, end);
  }
  flush();
  return out;
}

std::string bar(const std::string& rects, const std::string& words) {
  return fmt::format(
      "<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">"
      "<rect class=\"f\" width=\"1000\" height=\"10\"/>{}</svg>",
      words, rects);
}

std::string numbers(const std::string& left, const std::string& right) {
  return fmt::format("<p><span>{}</span><span class=\"quiet\">{}</span></p>", left, right);
}

// The one of `all` with the same value in every field of `names`; null if there is none.
const Json& same_in(const Json& all, const Json& one, std::initializer_list<const char*> names) {
  static const Json kNone;
  for (const Json& other : all)
    if (std::all_of(names.begin(), names.end(),
                    [&](const char* name) { return whole(other, name) == whole(one, name); }))
      return other;
  return kNone;
}

// The other picture's chunk of that place; what it holds otherwise is drawn as a difference.
std::string chunk_bar(const Json& chunk, const Json& other, std::uint64_t granule,
                      bool several_schedulers) {
  const std::uint64_t total = whole(chunk, "granules").value_or(0);
  const auto address = whole(chunk, "address");
  const auto pages = whole(chunk, "pages");
  const std::vector<Run> runs = runs_of(list(chunk, "used"), total);
  const double used = static_cast<double>(length_of(runs)) * static_cast<double>(granule);
  std::string left = address ? fmt::format("chunk at 0x{:x}", *address) : "chunk";
  if (pages) left += ", " + some(*pages, "page", "pages");
  if (const auto scheduler = whole(chunk, "scheduler"); scheduler && several_schedulers)
    left = fmt::format("s{}: {}", *scheduler, left);
  const std::string right =
      total == 0
          ? std::string(kNotKnown)
          : fmt::format("{} of {} used", byte_count(used),
                        byte_count(static_cast<double>(total) * static_cast<double>(granule)));
  const std::string rects =
      total == 0 ? ""
                 : rectangles(runs, total, "u") +
                       rectangles(without(runs, runs_of(list(other, "used"), total)), total, "d");
  return "<div class=\"pool\">" + numbers(left, right) + bar(rects, left + ": " + right) +
         "</div>\n";
}

// Pages that a chunk lies on, of this arena.
std::vector<Run> chunk_pages(const Json& pool, const Json& arena, std::uint64_t page_size) {
  std::vector<Run> runs;
  const auto map = whole(arena, "map");
  const std::uint64_t total = whole(arena, "pages").value_or(0);
  for (const Json& chunk : list(pool, "chunks")) {
    const auto address = whole(chunk, "address");
    const auto pages = whole(chunk, "pages");
    if (!address || !pages || whole(chunk, "map") != map || *address / page_size >= total) continue;
    runs.push_back({*address / page_size, std::min(*pages, total - *address / page_size)});
  }
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.start < b.start; });
  return runs;
}

std::string arena_bar(const Json& pool, const Json& arena, const Json& other,
                      std::uint64_t page_size, bool several) {
  const std::uint64_t total = whole(arena, "pages").value_or(0);
  if (total == 0 || page_size == 0) return "";
  const std::vector<Run> claimed = runs_of(list(arena, "claimed"), total);
  const std::vector<Run> chunks = chunk_pages(pool, arena, page_size);
  std::string left = several ? fmt::format("arena m{}", whole(arena, "map").value_or(0)) : "arena";
  left += ", " + some(total, "page", "pages");
  const std::string right =
      fmt::format("{} claimed, {} of chunks", length_of(claimed), length_of(chunks));
  const std::string rects =
      rectangles(claimed, total, "o") + rectangles(chunks, total, "u") +
      rectangles(without(claimed, runs_of(list(other, "claimed"), total)), total, "d");
  return "<div class=\"pool arena\">" + numbers(left, right) + bar(rects, left + ": " + right) +
         "</div>\n";
}

std::string key(const char* colour, const char* words) {
  return fmt::format(
      "<span><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"{}\" width=\"12\" "
      "height=\"12\"/></svg>{}</span>",
      colour, words);
}

}  // namespace

std::string pool_picture(const Json& pool, const Json& other) {
  const std::uint64_t granule = whole(pool, "granule").value_or(1);
  const std::uint64_t page_size = whole(pool, "page_size").value_or(0);
  // Without another picture there is nothing to differ from.
  const Json& compared = other.empty() ? pool : other;
  const Json& chunks = list(pool, "chunks");
  const Json& arenas = list(pool, "arenas");
  std::string out;
  for (const Json& arena : arenas)
    out += arena_bar(pool, arena, same_in(list(compared, "arenas"), arena, {"map"}), page_size,
                     arenas.size() > 1);
  const bool several = std::any_of(chunks.begin(), chunks.end(), [](const Json& chunk) {
    return whole(chunk, "scheduler").value_or(0) != 0;
  });
  for (const Json& chunk : chunks)
    out += chunk_bar(
        chunk,
        same_in(list(compared, "chunks"), chunk, {"scheduler", "map", "address", "granules"}),
        granule, several);
  if (chunks.empty()) out += "<p class=\"empty\">no chunk</p>\n";
  if (const auto left_out = whole(pool, "left_out"); left_out && *left_out > 0)
    out += "<p class=\"quiet\">and " + some(*left_out, "older chunk", "older chunks") + "</p>\n";
  return out;
}

std::string pool_legend() {
  return "<p class=\"legend\">" + key("u", "used, or pages of a chunk") + key("f", "free") +
         key("o", "pages claimed, but of no chunk") +
         key("d", "used or claimed here, not in the other picture") + "</p>\n";
}

}  // namespace arenafuzz::report
