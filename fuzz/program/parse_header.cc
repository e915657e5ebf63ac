// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/header_words.h"
#include "fuzz/program/parse_line.h"

namespace arenafuzz::parse {
namespace {

template <typename Field>
void read_number(Line& line, std::string_view value, std::uint64_t least, std::uint64_t most,
                 Field* field) {
  const std::uint64_t found = line.number(value, most, "a number");
  if (found < least) line.fail("a number of at least " + print_number(least), value);
  *field = static_cast<Field>(found);
}

// One "name:value" or "unmapped".
void read_word(Line& line, std::string_view word, Header* header) {
  const std::size_t colon = word.find(':');
  const std::string_view name = word.substr(0, colon);
  const std::string_view value =
      colon == std::string_view::npos ? std::string_view{} : word.substr(colon + 1);
  if (name == "profile") {
    header->profile = static_cast<Profile>(line.choose(value, words::kProfiles));
  } else if (name == "kind") {
    header->kind = static_cast<ProgramKind>(line.choose(value, words::kKinds));
  } else if (name == "order") {
    read_number(line, value, 0, limits::kMaxGranuleOrder, &header->granule_order);
  } else if (name == "pages") {
    read_number(line, value, 1, 1u << limits::kMaxArenaPageBits, &header->arena_pages);
  } else if (name == "base") {
    header->base = static_cast<BaseKind>(line.choose(value, words::kBases));
  } else if (name == "page") {
    header->page_size_code = static_cast<std::uint8_t>(line.choose(value, words::kPages));
  } else if (name == "placement") {
    header->best_fit = line.choose(value, words::kPlacements) == 1;
  } else if (name == "release") {
    header->deferred_release = line.choose(value, words::kReleases) == 1;
  } else if (name == "schedulers") {
    read_number(line, value, 1, limits::kMaxSchedulers, &header->schedulers);
  } else if (name == "maps") {
    read_number(line, value, 1, limits::kMaxMaps, &header->maps);
  } else if (name == "weights") {
    read_number(line, value, 0, 0xffffffff, &header->weights);
  } else if (word == "unmapped") {
    header->unmapped = true;
  } else {
    line.fail(
        "profile:, kind:, order:, pages:, base:, page:, placement:, release:, schedulers:, "
        "maps:, weights: or unmapped",
        word);
  }
}

}  // namespace

void read_header(Line& line, Header* header) {
  const std::string_view text = line.rest();
  while (!line.failed() && !line.at_end()) read_word(line, line.word(), header);
  const Header written = *header;
  repair(*header);
  if (!(written == *header))
    line.fail("a header that fits together (it would read as '" + print_header(*header) + "')",
              text);
}

}  // namespace arenafuzz::parse
