// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to fuzz/program: parts of one kind of operation of an arena, or of two. What each
// member function does is said in part.h.
//
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_PART_ARENA_H_
#define ARENAFUZZ_FUZZ_PROGRAM_PART_ARENA_H_

#include "fuzz/program/part.h"

namespace arenafuzz::part {

// "16+4": the first page and how many.
struct Run : All<FirstPage, PageCount> {
  static void print(const Operation& from, std::string& text) {
    FirstPage::print(from, text);
    (text += '+') += std::to_string(from.count);
  }
  static void parse(Line& line, Operation& to, const Header&) {
    const std::string_view text = line.word();
    const std::size_t plus = text.find('+');
    if (plus == std::string_view::npos) return line.fail("a run of pages such as 12+4", text);
    FirstPage::read(line, to, text.substr(0, plus));
    PageCount::read(line, to, text.substr(plus + 1));
  }
};

// claim: "at:16", which the record holds as 17, for 0 is none.
struct Hint : FirstPage {
  static void print(const Operation& from, std::string& text) {
    if (from.page != 0) text += " at:" + std::to_string(from.page - 1);
  }
  static void parse(Line& line, Operation& to, const Header&) {
    if (const auto at = line.take_prefixed("at:"))
      to.page =
          static_cast<std::uint32_t>(line.number(*at, limits::kPageMask - 1, "a page number") + 1);
  }
};

// release: a run by its slot, the pages of a block, or pages by number.
struct Released : All<In<&Operation::target, Flags<3>>, Map, Slot<'p'>, Run> {
  static constexpr bool uses(const Operation& operation, Use use) {
    return (use == Use::kBlock && operation.target == ReleaseTarget::kBlock) ||
           (use == Use::kRun && operation.target == ReleaseTarget::kOwnRun);
  }
  static void keep(const Operation& from, Operation& to, const Header& header) {
    to.target = from.target;
    if (from.target != ReleaseTarget::kPages) return Slot<'p'>::keep(from, to, header);
    Map::keep(from, to, header);
    Run::keep(from, to, header);
  }
  static void print(const Operation& from, std::string& text) {
    if (from.target != ReleaseTarget::kPages)
      return add_name(text, from.target == ReleaseTarget::kBlock ? 'a' : 'p', from.slot);
    Map::print(from, text);
    Run::print(from, text);
  }
  static void parse(Line& line, Operation& to, const Header& header) {
    const std::string_view name = line.peek();
    switch (name.empty() ? '\0' : name[0]) {
      case 'm':
        to.target = ReleaseTarget::kPages;
        Map::parse(line, to, header);
        return Run::parse(line, to, header);
      case 'a':
        to.target = ReleaseTarget::kBlock;
        return Slot<'a'>::parse(line, to, header);
      case 'p':
        to.target = ReleaseTarget::kOwnRun;
        return Slot<'p'>::parse(line, to, header);
      default:
        line.fail("pN, aN or mN PAGE+COUNT", name);
    }
  }
};

// user_fault: how many pages, each `stride` after the last.
struct Touches : All<In<&Operation::count, Bytes<7, 2>>, In<&Operation::stride, Bytes<9, 2>>> {
  static void keep(const Operation& from, Operation& to, const Header&) {
    to.count = std::clamp<std::uint32_t>(from.count, 1, 0xffff);
    to.stride = to.count > 1 ? std::max<std::uint16_t>(from.stride, 1) : 0;
  }
  static void print(const Operation& from, std::string& text) {
    if (from.count > 1)
      text += " count:" + std::to_string(from.count) + " stride:" + std::to_string(from.stride);
  }
  static void parse(Line& line, Operation& to, const Header&) {
    to.count = 1;
    const auto count = line.take_prefixed("count:");
    if (!count) return;
    to.count = static_cast<std::uint32_t>(line.number(*count, 0xffff, "a number of pages"));
    if (to.count == 0) line.fail("a number of pages of at least 1", *count);
    if (to.count < 2) return;
    to.stride = 1;
    if (const auto stride = line.take_prefixed("stride:"))
      to.stride = static_cast<std::uint16_t>(line.number(*stride, 0xffff, "a number of pages"));
  }
};

inline std::int16_t read_offset(Line& line, std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto magnitude = static_cast<std::int32_t>(
      line.number(text.substr(negative ? 1 : 0), negative ? 32768 : 32767, "an offset"));
  return static_cast<std::int16_t>(negative ? -magnitude : magnitude);
}

// misuse free: what is wrong with it, in any order. Only an arena has schedulers to free through.
template <bool kSchedulers>
struct Wrongs : All<Size, Scheduler, In<&Operation::size_given, FlagBit<4>>,
                    In<&Operation::twice, FlagBit<5>>, In<&Operation::via, FlagBit<6>>,
                    In<&Operation::offset, Bytes<11, 2>>> {
  static constexpr bool uses(const Operation& operation, Use use) {
    return (use == Use::kSize && operation.size_given) || (use == Use::kScheduler && operation.via);
  }
  static void keep(const Operation& from, Operation& to, const Header& header) {
    to.size_given = from.size_given;
    to.size = from.size_given ? from.size : 0;
    to.twice = from.twice;
    to.offset = from.offset;
    to.via = kSchedulers && from.via;
    if (to.via) Scheduler::keep(from, to, header);
  }
  static void print(const Operation& from, std::string& text) {
    if (from.size_given) text += " size:" + print_number(from.size);
    if (from.offset != 0) text += " offset:" + std::to_string(from.offset);
    if (from.via) text += " via:s" + std::to_string(from.scheduler);
    if (from.twice) text += " twice";
  }
  static void parse(Line& line, Operation& to, const Header& header) {
    while (!line.failed() && !line.at_clauses()) {
      if (const auto size = line.take_prefixed("size:")) {
        to.size_given = true;
        to.size = line.number(*size, parse::kMaxNumber, "a size in bytes");
      } else if (const auto offset = line.take_prefixed("offset:")) {
        to.offset = read_offset(line, *offset);
      } else if (const auto via = line.take_prefixed("via:")) {
        if (!kSchedulers) line.fail("no scheduler in a gen_pool program", *via);
        to.via = true;
        to.scheduler = line.name(*via, 's', header.schedulers);
      } else if (line.take("twice")) {
        to.twice = true;
      } else {
        line.fail("size:N, offset:N, via:sN or twice", line.peek());
      }
    }
  }
};

}  // namespace arenafuzz::part

#endif  // ARENAFUZZ_FUZZ_PROGRAM_PART_ARENA_H_
