// SPDX-License-Identifier: GPL-2.0-only
//
// The lines of a known file: which findings they mean, and which lines are malformed.
//
//   # a comment
//   unwind.alloc.page.pages-kept.within-chunk.vzalloc   this finding
//   neighbour.alloc.none.address-twice                  all that begin so: a prefix ends at a dot
//   sanitizer.heap-buffer-overflow                      reports of programs that end their process
//
// Ownership Views of what the caller holds. Errors: half a sentence. Threads: no state.
// Source    docs/commands.md, "Known findings".
#ifndef ARENAFUZZ_FUZZ_HARNESS_VERDICT_KNOWN_SIGNATURE_H_
#define ARENAFUZZ_FUZZ_HARNESS_VERDICT_KNOWN_SIGNATURE_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/harness/verdict/renamed_signatures.h"

namespace arenafuzz {

// A larger file is not a list of signatures.
inline constexpr std::size_t kMaxKnownBytes = std::size_t{4} << 20;

// Line by line, without comments, blanks, carriage returns and a byte order mark.
class KnownLines {
 public:
  explicit KnownLines(std::string_view content);
  // False at the end. Lines without a signature are passed over.
  bool next();
  std::size_t number() const { return number_; }  // from 1
  // As names_signature() takes it: without a dot at its end.
  std::string_view text() const { return text_; }

 private:
  std::string_view rest_;
  std::string_view text_;
  std::size_t number_ = 0;
};

// Why the text is neither a signature nor the beginning of one; empty: it is.
std::string signature_problem(std::string_view text,
                              std::span<const RenamedSignature> renamed = renamed_signatures());

// Whether a line's text means the finding of this signature, also under a former name.
bool names_signature(std::string_view text, std::string_view signature,
                     std::span<const RenamedSignature> renamed = renamed_signatures());

// What a line means that was renamed as a whole; empty: its name stands.
std::string present_name(std::string_view text,
                         std::span<const RenamedSignature> renamed = renamed_signatures());

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_HARNESS_VERDICT_KNOWN_SIGNATURE_H_
