// SPDX-License-Identifier: GPL-2.0-only
//
// The passes over operations, numbers and names.
#include <algorithm>
#include <array>
#include <utility>

#include "fuzz/program/limits.h"
#include "fuzz/triage/minimize/complexity.h"
#include "fuzz/triage/minimize/search.h"

namespace arenafuzz {
namespace {

// Pairs are tried where they are few: alone, neither of a claim and its release may go.
constexpr std::size_t kMaxForPairs = 24;

Program without(const Program& program, std::size_t from, std::size_t count) {
  Program shorter = program;
  const auto first = shorter.operations.begin() + static_cast<std::ptrdiff_t>(from);
  shorter.operations.erase(first, first + static_cast<std::ptrdiff_t>(count));
  return shorter;
}

void cut_behind_the_finding(Search& search) {
  const Sighting* sighting = search.shown().find(search.signature());
  const std::size_t all = search.best().operations.size();
  if (sighting == nullptr || sighting->position + 1 >= all) return;
  search.attempt(without(search.best(), sighting->position + 1, all - sighting->position - 1));
}

// From the end, since later operations depend on earlier ones.
void drop_chunks(Search& search, std::size_t size) {
  std::size_t end = search.best().operations.size();
  while (end != 0 && !search.stopped()) {
    const std::size_t from = end > size ? end - size : 0;
    search.attempt(without(search.best(), from, end - from));
    end = from;
  }
}

void drop_pairs(Search& search) {
  for (std::size_t i = 0; i < search.best().operations.size(); ++i)
    for (std::size_t j = i + 1; j < search.best().operations.size();) {
      if (search.stopped()) return;
      if (!search.attempt(without(without(search.best(), j, 1), i, 1))) {
        ++j;
      } else {
        j = i + 1;
      }
    }
}

void simplify_kinds(Search& search) {
  for (std::size_t i = 0; i < search.best().operations.size(); ++i) {
    Program candidate = search.best();
    OperationKind& kind = candidate.operations[i].kind;
    if (simpler_kind(kind) == kind) continue;
    kind = simpler_kind(kind);
    search.attempt(std::move(candidate));
  }
}

bool attempt_number(Search& search, std::size_t position, const NumberField& field,
                    std::uint64_t value) {
  Program candidate = search.best();
  field.set(candidate.operations[position], value);
  return search.attempt(std::move(candidate));
}

// The smallest edge that shows it; then, from the edge below, by halves to a value whose
// predecessor does not.
void shrink_number(Search& search, std::size_t position, const NumberField& field) {
  const std::uint64_t value = field.get(search.best().operations[position]);
  if (value == 0) return;
  std::uint64_t below = 0;
  for (const std::uint64_t edge : edges_below(value, field.bytes, search.best().header)) {
    if (search.stopped()) return;
    if (attempt_number(search, position, field, edge)) break;
    below = edge;
  }
  std::uint64_t shows = field.get(search.best().operations[position]);
  while (below < shows && shows - below > 1 && !search.stopped()) {
    const std::uint64_t middle = below + (shows - below) / 2;
    if (attempt_number(search, position, field, middle)) {
      shows = field.get(search.best().operations[position]);
    } else {
      below = middle;
    }
  }
}

// New names in the order of first use.
class Names {
 public:
  std::uint8_t operator()(std::uint8_t old) {
    if (!known_[old]) {
      known_[old] = true;
      names_[old] = next_++;
    }
    return names_[old];
  }

 private:
  std::array<bool, 256> known_{};
  std::array<std::uint8_t, 256> names_{};
  std::uint8_t next_ = 0;
};

}  // namespace

void drop_operations(Search& search) {
  cut_behind_the_finding(search);
  std::size_t size = search.best().operations.size() / 2;
  for (; size > 1 && !search.stopped(); size /= 2) drop_chunks(search, size);
  for (std::size_t before = 0; before != search.best().operations.size() && !search.stopped();) {
    before = search.best().operations.size();
    drop_chunks(search, 1);
  }
  if (search.best().operations.size() <= kMaxForPairs) drop_pairs(search);
  simplify_kinds(search);
}

void shrink_numbers(Search& search) {
  for (std::size_t i = 0; i < search.best().operations.size() && !search.stopped(); ++i)
    for (const NumberField& field : number_fields()) shrink_number(search, i, field);
}

// Neighbours whose order does not matter come out in one order, wherever the program came from.
void reorder(Search& search) {
  for (std::size_t i = 0; i + 1 < search.best().operations.size() && !search.stopped(); ++i) {
    Program candidate = search.best();
    std::swap(candidate.operations[i], candidate.operations[i + 1]);
    search.attempt(std::move(candidate));
  }
}

void rename(Search& search) {
  Program candidate = search.best();
  Names blocks;
  Names runs;
  for (Operation& operation : candidate.operations) {
    if (names_block(operation)) operation.slot = blocks(operation.slot);
    if (names_run(operation)) operation.slot = runs(operation.slot);
  }
  search.attempt(candidate);
  Names schedulers;
  for (Operation& operation : candidate.operations)
    if (uses(operation, Use::kScheduler)) operation.scheduler = schedulers(operation.scheduler);
  search.attempt(std::move(candidate));
}

}  // namespace arenafuzz
