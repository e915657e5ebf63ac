// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/book_traits.h"

namespace arenafuzz {

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
  if (traits.spare_pages == 1) add("1 page of each run is kept out of its chunk");
  if (traits.spare_pages > 1)
    add(std::to_string(traits.spare_pages) + " pages of each run are kept out of its chunk");
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
