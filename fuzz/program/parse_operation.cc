// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/operation_table.h"

namespace arenafuzz::parse {
namespace {

// "misuse" of "misuse free".
std::string_view first_word(std::string_view verb) { return verb.substr(0, verb.find(' ')); }

// "alloc, claim or reserve": what could have stood there, before a "=" or without one.
std::string choices(ProgramKind program, bool assigned) {
  std::vector<std::string> words;
  table::each_row([&](const auto& row) {
    if (row.head.program != program || (assigned && row.target() == '\0')) return;
    const bool whole = !assigned && row.target() != '\0';
    words.push_back((whole ? row.target() + std::string("N = ") : "") + std::string(row.head.verb));
  });
  std::string list = words[0];
  for (std::size_t i = 1; i < words.size(); ++i)
    list += (i + 1 == words.size() ? " or " : ", ") + words[i];
  return (assigned ? "" : "an operation: ") + list;
}

template <typename Row>
void read_row(const Row& row, Line& line, std::string_view target, const Header& header,
              Operation* operation) {
  const std::string_view verb = row.head.verb;
  operation->kind = row.head.kind;
  // What is said in two words goes on with a block.
  if (verb != first_word(verb) && !line.take(verb.substr(first_word(verb).size() + 1)))
    line.fail("'" + std::string(verb) + " aN'", line.peek());
  if (row.target() != '\0') operation->slot = line.name(target, row.target(), limits::kBlockSlots);
  row.each([&](const auto& part) { part.parse(line, *operation, header); });
}

}  // namespace

void read_operation(Line& line, const Header& header, Operation* operation) {
  *operation = Operation{};
  const std::string_view target = line.word();
  const bool assigned = line.take("=");
  const std::string_view verb = assigned ? line.word() : target;
  bool known = false;
  table::each_row([&](const auto& row) {
    if (known || row.head.program != header.kind || first_word(row.head.verb) != verb ||
        assigned != (row.target() != '\0'))
      return;
    known = true;
    read_row(row, line, target, header, operation);
  });
  if (!known) line.fail(choices(header.kind, assigned), verb);
  read_clauses(line, *operation);
  if (line.failed()) return;
  const Operation written = *operation;
  repair(*operation, header);
  if (*operation != written)
    line.fail(
        "values that the format can hold (it would read as '" + print_operation(*operation) + "')",
        print_operation(written));
}

}  // namespace arenafuzz::parse
