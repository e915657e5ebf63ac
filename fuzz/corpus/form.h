// SPDX-License-Identifier: GPL-2.0-only
//
// The form in which a target's inputs are kept: canonical bytes of the newest format, with the
// target's profile in the header, so that `replay` needs no --target.
//
//   any bytes, or text --decode or parse--> program --profile--> encode--> canonical bytes
//
// Ownership Plain values.
// Errors    *why, a phrase: "line 3: expected ...".
// Threads   no state.
// Source    docs/design.md, docs/format.md.
#ifndef ARENAFUZZ_FUZZ_CORPUS_FORM_H_
#define ARENAFUZZ_FUZZ_CORPUS_FORM_H_

#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/base/files.h"
#include "fuzz/corpus/set_cover.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

struct CorpusForm {
  bool any_bytes = false;          // a target that takes bytes as they are: nothing is re-encoded
  std::optional<Profile> profile;  // none: that of each input
  bool gen_pool_only = false;      // whatever byte 0 says, the target reads a gen_pool program
};

struct CorpusInput {
  Bytes bytes;
  Cost cost;
  Program program;       // not of any_bytes
  bool changed = false;  // was not in this form before
};

// The largest input that is read: a program's most bytes, or of text as much as they may need.
inline constexpr std::size_t kMaxInputBytes = limits::kMaxProgramBytes;
inline constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20;

// `name` is the file's: what ends in .txt is text. The sentence says what it is, of which a name
// may be in front.
Status bring_into_form(const CorpusForm& form, const std::string& name, const Bytes& bytes,
                       CorpusInput* input);

// The same from a program, which is repaired.
CorpusInput input_of(const CorpusForm& form, Program program);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_FORM_H_
