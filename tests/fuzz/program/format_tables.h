// SPDX-License-Identifier: GPL-2.0-only
//
// The tables of docs/format.md, made of the table of operations: opcodes with their arguments, and
// the words of each line of text. A part that nothing here describes does not compile.
#ifndef ARENAFUZZ_TESTS_FUZZ_PROGRAM_FORMAT_TABLES_H_
#define ARENAFUZZ_TESTS_FUZZ_PROGRAM_FORMAT_TABLES_H_

#include <cstdio>
#include <string>
#include <vector>

#include "fuzz/program/operation_table.h"

namespace arenafuzz::format_tables {

struct Description {
  std::string words;      // behind the verb
  std::string arguments;  // in the record
  std::string second;     // in the record of the second opcode, where that differs
};

inline std::string ticked(std::string_view word) { return "`" + std::string(word) + "`"; }

template <typename Words>
std::string joined(const Words& words, const char* between, std::size_t from = 0) {
  std::string text;
  for (std::size_t i = from; i < std::size(words); ++i)
    text += (i == from ? "" : between) + std::string(words[i]);
  return text;
}

// "0 none, 1 m0": what each value stands for.
template <typename Words>
std::string numbered(const Words& words, std::size_t from = 0) {
  std::string text;
  for (std::size_t i = from; i < std::size(words); ++i)
    text += (i == from ? "" : ", ") + std::to_string(i - from) + " " + std::string(words[i]);
  return text;
}

template <int kByte, int kShift, int kWidth>
std::string place(part::Bits<kByte, kShift, kWidth>) {
  const std::string first = std::to_string(kShift);
  const std::string last = std::to_string(kShift + kWidth - 1);
  if (kByte != 1) return "byte " + std::to_string(kByte) + " bits " + first + "-" + last;
  return "F" + first + (kWidth == 1 ? "" : "-F" + last);
}

inline std::string bytes(int first, int count) {
  return std::to_string(first) + "-" + std::to_string(first + count - 1);
}

inline Description describe(const part::Scheduler&) { return {" sN", "S", ""}; }
inline Description describe(const part::Map&) { return {" mN", "M", ""}; }
template <char kLetter>
Description describe(const part::Slot<kLetter>&) {
  return {std::string(1, ' ') + kLetter + "N", "K", ""};
}
template <char kLetter>
Description describe(const part::Target<kLetter>&) {
  return {"", "K", ""};
}
template <auto kField, int kBit>
Description describe(const part::Flag<kField, kBit>& flag) {
  return {" [" + std::string(flag.word) + "]", "F" + std::to_string(kBit) + " " + ticked(flag.word),
          ""};
}
template <auto kField>
Description describe(const part::SecondCode<kField>& code) {
  return {" [" + std::string(code.word) + "]", "", ticked(code.word)};
}
inline Description describe(const part::Parent&) {
  return {" " + joined(part::Parent::kWords, "|"), "F4: " + numbered(part::Parent::kWords), ""};
}
template <typename Place>
Description describe(const part::Arenas<Place>&) {
  return {" " + joined(part::Arenas<Place>::kWords, "|"), place(Place()) + " arenas", ""};
}
inline Description describe(const part::Size&) { return {" SIZE", "size", ""}; }
inline Description describe(const part::Address&) {
  return {" ADDRESS", "3-10 address, whole", ""};
}
template <auto kField, int kByte, std::uint32_t kMost>
Description describe(const part::Count<kField, kByte, kMost>& count) {
  const std::string prefix(count.prefix);
  return {" " + prefix + "N",
          bytes(kByte, 2) + " count of " + ticked(prefix) + ", mod " + std::to_string(kMost + 1),
          ""};
}
template <auto kField, int kByte>
Description describe(const part::Pages<kField, kByte>&) {
  const std::string what = kByte == 3 ? "page" : "pages";
  return {kByte == 3 ? " PAGE" : " PAGES", bytes(kByte, 4) + " " + what + " (21 bit)", ""};
}
inline Description describe(const part::Run&) {
  return {" PAGE+PAGES",
          describe(part::FirstPage()).arguments + ", " + describe(part::PageCount()).arguments, ""};
}
inline Description describe(const part::Hint&) {
  return {" [at:PAGE]", "3-6 hint page + 1, 0 none (21 bit)", ""};
}
inline Description describe(const part::Released&) {
  return {" pN|aN|(mN PAGE+PAGES)",
          "F4-F7 mod 3: 0 own run K, 1 the block in slot K, 2 pages; then M, " +
              describe(part::Run()).arguments,
          ""};
}
inline Description describe(const part::Touches&) {
  return {" [count:N [stride:N]]",
          "7-8 count, 0 reads as 1; 9-10 stride, 0 reads as 1; with a count of 1 the stride is 0",
          ""};
}
template <bool kSchedulers>
Description describe(const part::Wrongs<kSchedulers>&) {
  const std::string common = "F4 a size is given; F5 `twice`; ";
  if (!kSchedulers)
    return {" [size:N] [offset:N] [twice]",
            common + "11-12 offset, signed; without F4 the size is 0", ""};
  return {" [size:N] [offset:N] [via:sN] [twice]",
          common +
              "F6 through scheduler S; 11-12 offset, signed; without F4 the size is 0, without "
              "F6 S is 0",
          ""};
}
inline std::string policies(std::size_t from) {
  std::vector<std::string> words(std::begin(part::Policy::kWords), std::end(part::Policy::kWords));
  words[static_cast<std::size_t>(AllocPolicy::kAlign)] += ":LOG2";
  words[static_cast<std::size_t>(AllocPolicy::kFixed)] += ":BYTES";
  return joined(words, "|", from);
}
inline Description describe(const part::Policy&) {
  return {" [" + policies(1) + "]",
          "F4-F7 mod 5: policy " + numbered(part::Policy::kWords) +
              "; 11-13 the policy's number: for align log2 of the alignment, mod 41; for fixed a "
              "byte offset; else 0",
          ""};
}
inline Description describe(const part::OwnPolicy&) {
  return {" default|" + policies(0),
          "F4-F7 mod 6: 5 NULL, else a policy as in alloc; 11-13 its number", ""};
}
inline Description describe(const part::Door&) {
  return {" [via:" + joined(part::Door::kWords, "|", 1) + "]", "",
          "bits 0-1 of byte 1 say by which function: " + numbered(part::Door::kWords, 1)};
}
inline Description describe(const part::Asked&) {
  return {" ADDRESS size:N", "2-7 address, 8-15 size, whole",
          "2-7 address of 48 bits, above them ones; 8-15 size, whole"};
}
inline Description describe(const part::Chunk&) {
  return {" ADDRESS size:N [phys:N] [owner:0..255]",
          "2-7 address, at least 4096, at most 2^46; 8-13 size, at most 2^46 - address",
          "2-7 address of 48 bits, its bit 47 stands for all above it; at least 4096; 8-12 size, "
          "at most 2^64 - address; F5 a physical address is given: byte 14 is its bits 12-19, "
          "byte 15 its bits 36-43; 13 owner, 0 none"};
}

inline std::string range_of(const table::Opcodes& codes) {
  char text[8];
  std::snprintf(text, sizeof text, "%02x-%02x", static_cast<unsigned>(codes.first),
                static_cast<unsigned>(codes.last));
  return text;
}

inline std::string faults_of(table::Faults faults) {
  switch (faults) {
    case table::Faults::kNone:
      return "";
    case table::Faults::kClauses:
      return "yes";
    case table::Faults::kWideClauses:
      return "yes; 9 and 10: high bytes of the two ordinals";
    case table::Faults::kFlag:
      return "F4: its vzalloc fails";
  }
  return "";
}

inline std::string cells(const std::vector<std::string>& texts) {
  std::string line = "|";
  for (const std::string& text : texts) line += text.empty() ? " |" : " " + text + " |";
  return line + "\n";
}

inline void add_part(std::string& list, const std::string& text) {
  if (!text.empty()) list += (list.empty() ? "" : "; ") + text;
}

// The lines of one kind's opcodes, ascending.
inline std::string opcodes(ProgramKind program) {
  std::vector<std::pair<table::Opcodes, std::string>> lines;
  table::each_row([&](const auto& row) {
    const table::Head& head = row.head;
    if (head.program != program) return;
    std::string arguments;
    std::string second;
    bool shared = false;
    row.each([&](const auto& part) {
      const Description description = describe(part);
      add_part(arguments, description.arguments);
      add_part(second, description.second);
      shared = shared || description.second.empty();
    });
    if (shared) second = "as " + range_of(head.codes) + "; " + second;
    const std::string verb(head.verb);
    const std::string faults = faults_of(head.faults);
    const std::string collisions = head.collisions ? "yes" : "";
    lines.emplace_back(head.codes,
                       cells({range_of(head.codes), verb, arguments, faults, collisions}));
    if (head.second_codes.first <= head.second_codes.last)
      lines.emplace_back(head.second_codes,
                         cells({range_of(head.second_codes), verb, second, faults, collisions}));
  });
  std::sort(lines.begin(), lines.end(),
            [](const auto& a, const auto& b) { return a.first.first < b.first.first; });
  std::string text = cells({"opcodes", "operation", "arguments", "faults", "collisions"}) +
                     "|---|---|---|---|---|\n";
  int next = 0;
  const auto reserve_to = [&](int end) {
    if (next < end) text += cells({range_of({next, end - 1}), "reserved", "", "", ""});
  };
  for (const auto& [codes, line] : lines) {
    reserve_to(codes.first);
    text += line;
    next = codes.last + 1;
  }
  reserve_to(0x100);
  return text;
}

// A line for each kind, as a writer of text needs it.
inline std::string words(ProgramKind program) {
  std::string text;
  table::each_row([&](const auto& row) {
    if (row.head.program != program) return;
    if (row.target() != '\0') text += row.target() + std::string("N = ");
    text += row.head.verb;
    row.each([&](const auto& part) { text += describe(part).words; });
    text += "\n";
  });
  return text;
}

}  // namespace arenafuzz::format_tables

#endif  // ARENAFUZZ_TESTS_FUZZ_PROGRAM_FORMAT_TABLES_H_
