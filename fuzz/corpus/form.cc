// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/form.h"

#include <string_view>

#include "fuzz/corpus/content_hash.h"
#include "fuzz/program/codec.h"
#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void set_cost(CorpusInput* input) {
  input->cost = {input->program.operations.size(), input->bytes.size(), content_hash(input->bytes)};
}

}  // namespace

CorpusInput input_of(const CorpusForm& form, Program program) {
  CorpusInput input;
  input.program = std::move(program);
  if (form.profile) input.program.header.profile = *form.profile;
  repair(input.program);
  encode(input.program, &input.bytes);
  set_cost(&input);
  return input;
}

Status bring_into_form(const CorpusForm& form, const std::string& name, const Bytes& bytes,
                       CorpusInput* input) {
  const bool text = !form.any_bytes && looks_like_text(name, text_of(bytes));
  if (!form.any_bytes && is_unmarked_text(name, text_of(bytes))) return {kUnmarkedText};
  // Of a program's bytes the decoder reads as many as it needs.
  if ((text && bytes.size() > kMaxTextBytes) || (form.any_bytes && bytes.size() > kMaxInputBytes))
    return {"is larger than any program"};
  if (form.any_bytes) {
    *input = {};
    input->bytes = bytes;
    set_cost(input);
    return {};
  }
  Program program;
  TextError error;
  if (!text) {
    Bytes read = bytes;
    if (form.gen_pool_only && !read.empty())
      read[0] = static_cast<std::uint8_t>(ProgramKind::kGenPool);
    decode(read, &program);
  } else if (!parse_program(text_of(bytes), &program, &error)) {
    return {"line " + std::to_string(error.line) + ": expected " + error.expected};
  }
  if (form.gen_pool_only && program.header.kind != ProgramKind::kGenPool)
    return {"is no program of gen_pool alone"};
  *input = input_of(form, std::move(program));
  input->changed = text || input->bytes != bytes;
  return {};
}

}  // namespace arenafuzz
