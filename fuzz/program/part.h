// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to fuzz/program: the parts that operations are made of. Each says once its place in a
// record, its range and its text:
//
//   decode   out of a record; `extended`: the record has its kind's second opcode
//   encode   into a record of zeroes, next to what other parts put there
//   keep     a copy brought into its range; a field that no part keeps has its default
//   print    its words, each behind a blank
//   parse    the same words; the line keeps what was expected instead
//
// operation_table.h makes rows of them. Those of one kind alone are in part_arena.h and
// part_gen_pool.h.
//
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_PART_H_
#define ARENAFUZZ_FUZZ_PROGRAM_PART_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include "fuzz/program/codec_parts.h"
#include "fuzz/program/parse_line.h"
#include "fuzz/program/program.h"

namespace arenafuzz::part {

using parse::Line;
using Record = const std::uint8_t*;

// What a part does unless it says otherwise.
struct Part {
  static constexpr bool extends(const Operation&) { return false; }
  static constexpr bool uses(const Operation&, Use) { return false; }
};

// Places in a record: the bits or bytes of a number, and what of it is read.
template <int kByte, int kShift, int kWidth>
struct Bits {
  static std::uint64_t get(Record record) { return record[kByte] >> kShift & ((1 << kWidth) - 1); }
  static void put(std::uint8_t* record, std::uint64_t value) {
    record[kByte] = static_cast<std::uint8_t>(record[kByte] | value << kShift);
  }
};
template <int kBit>
using FlagBit = Bits<1, kBit, 1>;
// F4 to F7, modulo kCount.
template <int kCount>
struct Flags : Bits<1, 4, 4> {
  static std::uint64_t get(Record record) { return Bits::get(record) % kCount; }
};
template <int kByte, int kBytes>
struct Bytes {
  static std::uint64_t get(Record record) { return codec::get(record + kByte, kBytes); }
  static void put(std::uint8_t* record, std::uint64_t value) {
    codec::put(record + kByte, kBytes, value);
  }
};
struct Sized {
  static std::uint64_t get(Record record) { return codec::get_size(record); }
  static void put(std::uint8_t* record, std::uint64_t size) { codec::put_size(record, size); }
};
template <int kByte, std::uint32_t kMost>
struct Counted {
  static std::uint64_t get(Record record) { return codec::get_count(record + kByte, kMost); }
  static void put(std::uint8_t* record, std::uint64_t count) {
    codec::put_count(record + kByte, static_cast<std::uint32_t>(count));
  }
};

// A field at that place, of any value: what most parts are made from.
template <auto kField, typename Place>
struct In : Part {
  static void decode(Record record, bool, Operation& to) {
    to.*kField = static_cast<std::decay_t<decltype(to.*kField)>>(Place::get(record));
  }
  static void encode(const Operation& from, std::uint8_t* record) {
    Place::put(record, static_cast<std::uint64_t>(from.*kField));
  }
  static void keep(const Operation& from, Operation& to, const Header&) {
    to.*kField = from.*kField;
  }
};

// Several, which have their words together.
template <typename... Parts>
struct All : Part {
  static void decode(Record record, bool extended, Operation& to) {
    (Parts::decode(record, extended, to), ...);
  }
  static void encode(const Operation& from, std::uint8_t* record) {
    (Parts::encode(from, record), ...);
  }
  static void keep(const Operation& from, Operation& to, const Header& header) {
    (Parts::keep(from, to, header), ...);
  }
};

inline void add_word(std::string& text, std::string_view word) { (text += ' ') += word; }
inline void add_name(std::string& text, char letter, int number) {
  ((text += ' ') += letter) += std::to_string(number);
}

struct Scheduler : In<&Operation::scheduler, Bits<1, 0, 2>> {
  static constexpr bool uses(const Operation&, Use use) { return use == Use::kScheduler; }
  static void keep(const Operation& from, Operation& to, const Header& header) {
    to.scheduler = static_cast<std::uint8_t>(from.scheduler % header.schedulers);
  }
  static void print(const Operation& from, std::string& text) {
    add_name(text, 's', from.scheduler);
  }
  static void parse(Line& line, Operation& to, const Header& header) {
    to.scheduler = line.name(line.word(), 's', header.schedulers);
  }
};

struct Map : In<&Operation::map, Bits<1, 0, 1>> {
  static void keep(const Operation& from, Operation& to, const Header& header) {
    to.map = static_cast<std::uint8_t>(from.map % header.maps);
  }
  static void print(const Operation& from, std::string& text) { add_name(text, 'm', from.map); }
  static void parse(Line& line, Operation& to, const Header& header) {
    to.map = line.name(line.word(), 'm', header.maps);
  }
};

// a0 to a255, or p0 to p255.
template <char kLetter>
struct Slot : In<&Operation::slot, Bits<2, 0, 8>> {
  static_assert(limits::kBlockSlots == 256 && limits::kRunSlots == 256, "a byte names one");
  static constexpr bool uses(const Operation&, Use use) {
    return use == (kLetter == 'a' ? Use::kBlock : Use::kRun);
  }
  static void print(const Operation& from, std::string& text) {
    add_name(text, kLetter, from.slot);
  }
  static void parse(Line& line, Operation& to, const Header&) {
    to.slot = line.name(line.word(), kLetter, limits::kBlockSlots);
  }
};

// The same before a "=": its row prints and parses it (operation_table.h).
template <char kLetter>
struct Target : Slot<kLetter> {
  static void print(const Operation&, std::string&) {}
  static void parse(Line&, Operation&, const Header&) {}
};

// A word that is there or not.
template <auto kField, int kBit>
struct Flag : In<kField, FlagBit<kBit>> {
  std::string_view word;
  explicit constexpr Flag(std::string_view its_word) : word(its_word) {}
  void print(const Operation& from, std::string& text) const {
    if (from.*kField) add_word(text, word);
  }
  void parse(Line& line, Operation& to, const Header&) const { to.*kField = line.take(word); }
};

// The same, but the kind's second opcode says it.
template <auto kField>
struct SecondCode : Flag<kField, 0> {
  using Flag<kField, 0>::Flag;
  static constexpr bool extends(const Operation& operation) { return operation.*kField; }
  static void decode(Record, bool extended, Operation& to) { to.*kField = extended; }
  static void encode(const Operation&, std::uint8_t*) {}
};

// enable: whether the scheduler is another's.
struct Parent : In<&Operation::sub, FlagBit<4>> {
  static constexpr std::string_view kWords[] = {"root", "sub"};
  static void print(const Operation& from, std::string& text) { add_word(text, kWords[from.sub]); }
  static void parse(Line& line, Operation& to, const Header&) {
    to.sub = line.choose(line.word(), kWords) == 1;
  }
};

// The arenas that a scheduler's programs use: bit i is map i, and those that are not there drop
// out.
template <typename Place>
struct Arenas : In<&Operation::arenas, Place> {
  static constexpr std::string_view kWords[] = {"none", "m0", "m1", "m0+m1"};
  static void keep(const Operation& from, Operation& to, const Header& header) {
    to.arenas = static_cast<std::uint8_t>(from.arenas & ((1 << header.maps) - 1));
  }
  static void print(const Operation& from, std::string& text) {
    add_word(text, kWords[from.arenas & 3]);
  }
  static void parse(Line& line, Operation& to, const Header& header) {
    const std::string_view word = line.word();
    to.arenas = static_cast<std::uint8_t>(line.choose(word, kWords));
    if (to.arenas >= 2 && header.maps < 2) line.fail("m0: the header has one map", word);
  }
};

// A size in bytes.
struct Size : In<&Operation::size, Sized> {
  static constexpr bool uses(const Operation&, Use use) { return use == Use::kSize; }
  static void print(const Operation& from, std::string& text) {
    add_word(text, print_number(from.size));
  }
  static void parse(Line& line, Operation& to, const Header&) {
    to.size = line.number(line.word(), parse::kMaxNumber, "a size in bytes");
  }
};

// virt_to_phys: any address.
struct Address : In<&Operation::address, Bytes<3, 8>> {
  static void print(const Operation& from, std::string& text) {
    add_word(text, print_number(from.address));
  }
  static void parse(Line& line, Operation& to, const Header&) {
    to.address = line.number(line.word(), parse::kMaxNumber, "an address");
  }
};

// enable_path: "cpus:N" and the like.
template <auto kField, int kByte, std::uint32_t kMost>
struct Count : In<kField, Counted<kByte, kMost>> {
  std::string_view prefix;
  explicit constexpr Count(std::string_view its_prefix) : prefix(its_prefix) {}
  static void keep(const Operation& from, Operation& to, const Header&) {
    to.*kField = static_cast<std::uint16_t>(std::min<std::uint32_t>(from.*kField, kMost));
  }
  void print(const Operation& from, std::string& text) const {
    add_word(text, prefix);
    text += std::to_string(from.*kField);
  }
  void parse(Line& line, Operation& to, const Header&) const {
    const auto text = line.take_prefixed(prefix);
    if (!text) line.fail("'" + std::string(prefix) + "NUMBER'", line.peek());
    to.*kField = static_cast<std::uint16_t>(text ? line.number(*text, kMost, "a number") : 0);
  }
};

// A page of the neighbours, or how many: 21 bits in four bytes.
template <auto kField, int kByte>
struct Pages : In<kField, Bytes<kByte, 4>> {
  static constexpr const char* kWhat = kByte == 3 ? "a page number" : "a number of pages";
  static void keep(const Operation& from, Operation& to, const Header&) {
    to.*kField = from.*kField & limits::kPageMask;
  }
  static void print(const Operation& from, std::string& text) {
    add_word(text, std::to_string(from.*kField));
  }
  static void read(Line& line, Operation& to, std::string_view text) {
    to.*kField = static_cast<std::uint32_t>(line.number(text, limits::kPageMask, kWhat));
  }
  static void parse(Line& line, Operation& to, const Header&) { read(line, to, line.word()); }
};
using FirstPage = Pages<&Operation::page, 3>;
using PageCount = Pages<&Operation::count, 7>;

}  // namespace arenafuzz::part

#endif  // ARENAFUZZ_FUZZ_PROGRAM_PART_H_
