// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/books/book_traits.h"

namespace arenafuzz {
namespace {

std::string spare_text(const SparePages& spare) {
  const auto pages = [](std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " page" : " pages");
  };
  if (spare.per == 0)
    return pages(spare.constant) + " of each run " + (spare.constant == 1 ? "is" : "are") +
           " kept out of its chunk";
  std::string text = "besides each chunk, 1 page for every ";
  text += spare.per == 1 ? "page of it" : pages(spare.per) + " of it";
  if (spare.rounded_up && spare.per > 1) text += " or part of them";
  if (spare.constant > 0) text += " and " + pages(spare.constant) + " more";
  if (spare.least > spare.constant) text += ", at least " + pages(spare.least) + ",";
  return text + (spare.constant > 0 ? " are claimed" : " is claimed");
}

}  // namespace

std::string books_line(const BookTraits& traits) {
  if (traits == BookTraits{}) return "";
  std::string line = "books:";
  const auto add = [&line](const std::string& part) {
    line += (line.back() == ':' ? " " : "; ") + part;
  };
  if (traits.unit > 1) add("sizes rounded to " + std::to_string(traits.unit) + " bytes");
  if (traits.extra > 0) add(std::to_string(traits.extra) + " bytes more than asked for are taken");
  if (traits.before > 0) add(std::to_string(traits.before) + " of them in front");
  if (traits.alignment > 1) add("blocks aligned to " + std::to_string(traits.alignment) + " bytes");
  if (traits.natural) add("blocks aligned to their size");
  if (traits.own_marks) add("a new chunk holds marks of the pool's own");
  if (traits.spare != SparePages{}) add(spare_text(traits.spare));
  if (traits.init_pages == 1) add("init claims 1 page for no chunk");
  if (traits.init_pages > 1)
    add("init claims " + std::to_string(traits.init_pages) + " pages for no chunk");
  if (traits.late) add("the pool is made by its first alloc");
  std::string off;
  const auto switched = [&off](bool on, const char* name) {
    if (!on) off += (off.empty() ? "" : ", ") + std::string(name);
  };
  switched(traits.chunks, "chunks");
  switched(traits.bits, "bitmap");
  switched(traits.avail, "avail");
  switched(traits.holes, "hole-fits");
  switched(traits.once, "second-claim");
  if (!off.empty()) add("kept another way, so not judged: " + off);
  return line;
}

}  // namespace arenafuzz
