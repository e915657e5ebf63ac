// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/mutator.h"

#include <algorithm>

#include "fuzz/program/codec.h"
#include "fuzz/program/generator.h"
#include "fuzz/program/mutator_parts.h"

namespace arenafuzz {
namespace {

// How often each mutation is drawn.
// What adds operations is drawn about as often as what drops them: programs that only grow slow a
// campaign down, and an engine keeps the long ones.
constexpr std::uint32_t kShares[kMutationCount] = {5, 8, 2, 4, 2, 6, 5, 4, 2, 4, 2, 1};

Mutation draw_mutation(Random& random) {
  std::uint32_t total = 0;
  for (const std::uint32_t share : kShares) total += share;
  std::uint32_t drawn = random.below(total);
  int mutation = 0;
  while (drawn >= kShares[mutation]) drawn -= kShares[mutation++];
  return static_cast<Mutation>(mutation);
}

void encode_at_most(std::size_t max_size, Program& program, std::vector<std::uint8_t>* out) {
  fit(max_size, &program);
  encode(program, out);
  if (out->size() > max_size) out->resize(max_size);
}

void mutate_bytes(Random& random, std::vector<std::uint8_t>& bytes) {
  const std::uint32_t changes = 1 + random.below(4);
  for (std::uint32_t i = 0; i < changes && !bytes.empty(); ++i) {
    const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
    if (random.chance(1, 2)) {
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1u << random.below(8)));
    } else {
      bytes[at] = static_cast<std::uint8_t>(random.next());
    }
  }
}

// Above this, programs shrink more often than they grow: two short ones tell more in the same time.
constexpr std::size_t kLongProgram = 32;

// A mutation of the same program is tried in place of one that found nothing to do.
void mutate_program(Random& random, Program* program) {
  constexpr int kTries = 8;
  const std::uint32_t wanted = random.chance(1, 2) ? 1 : 1 + random.below(4);
  std::uint32_t applied = 0;
  for (int i = 0; i < kTries && applied < wanted; ++i) {
    Mutation mutation = draw_mutation(random);
    if (program->operations.size() > kLongProgram && random.chance(1, 4))
      mutation = Mutation::kDelete;
    if (apply(mutation, random, program)) ++applied;
  }
  if (applied == 0) apply(Mutation::kInsert, random, program);
}

// A program this short, such as the empty one that an engine begins with, gives a mutation nothing
// to work on: it is drawn whole. So is one in kWholeRate others, so that not all descend from the
// first.
constexpr std::size_t kFewOperations = 3;
constexpr std::uint32_t kWholeRate = 4;
constexpr std::uint32_t kMostDrawn = 24;

void draw_whole(Random& random, Program* program) {
  GeneratorOptions options;
  options.seed = random.next();
  options.profile = program->header.profile;
  options.kind = program->header.kind;
  options.all_policies = true;
  options.operations = kFewOperations + random.below(kMostDrawn);
  generate(options, program);
}

// A path of thousands of masks costs a thousand times as much as another operation: one in a
// program that was made of others is enough.
constexpr std::uint16_t kManyMasks = 128;

void bound_masks(Program* program) {
  bool any = false;
  for (Operation& operation : program->operations) {
    if (operation.kind != OperationKind::kEnablePath || operation.cpus <= kManyMasks) continue;
    if (any) operation.cpus = kManyMasks;
    any = true;
  }
}

void decode_for(const TargetPrograms& target, ByteSpan bytes, Program* program) {
  decode(bytes, program);
  program->header.profile = target.profile.value_or(program->header.profile);
  if (target.kind && program->header.kind != *target.kind) {
    program->header.kind = *target.kind;
    program->operations.clear();
  }
  repair(*program);
}

// Operations that crossover takes of the second program: all of it would double the length.
constexpr std::uint32_t kMaxCrossed = 16;

// Where the second's operations come between those of the first.
std::vector<Operation> mixed(const std::vector<Operation>& first,
                             const std::vector<Operation>& second, Random& random) {
  const auto first_size = static_cast<std::uint32_t>(first.size());
  const auto second_size = static_cast<std::uint32_t>(second.size());
  const std::uint32_t from = random.chance(1, 2) ? 0 : random.below(second_size + 1);
  const std::uint32_t end = from + std::min(second_size - from, 1 + random.below(kMaxCrossed));
  std::vector<Operation> out;
  if (random.chance(1, 2)) {  // a run of the second inside the first
    const std::uint32_t at = random.below(first_size + 1);
    out.assign(first.begin(), mutator::place(first, at));
    out.insert(out.end(), mutator::place(second, from), mutator::place(second, end));
    out.insert(out.end(), mutator::place(first, at), first.end());
    return out;
  }
  std::uint32_t i = 0;
  std::uint32_t k = from;
  while (i < first_size || k < end) {  // in turns
    for (std::uint32_t run = 1 + random.below(8); run > 0 && i < first_size; --run)
      out.push_back(first[i++]);
    for (std::uint32_t run = 1 + random.below(8); run > 0 && k < end; --run)
      out.push_back(second[k++]);
  }
  return out;
}

}  // namespace

void cross_over(const Program& second, Random& random, Program* first) {
  if (first->header.kind != second.header.kind) return;
  std::vector<Operation> renamed = second.operations;
  mutator::rename_slots(first->operations, renamed);
  first->operations = mixed(first->operations, renamed, random);
  repair(*first);
}

void fit(std::size_t max_size, Program* program) {
  if (program->has_plan && max_size < limits::kHeaderBytes + limits::kPlanBytes) {
    program->has_plan = false;
    program->plan = {};
  }
  const std::size_t fixed = limits::kHeaderBytes + (program->has_plan ? limits::kPlanBytes : 0);
  const std::size_t most = max_size < fixed ? 0 : (max_size - fixed) / limits::kRecordBytes;
  if (program->operations.size() > most) program->operations.resize(most);
}

void canonicalise(ByteSpan bytes, std::size_t max_size, std::vector<std::uint8_t>* out) {
  Program program;
  decode(bytes, &program);
  encode_at_most(max_size, program, out);
}

TargetPrograms& engine_target() {
  static TargetPrograms target;
  return target;
}

bool wants_plain_bytes(std::uint64_t seed) { return Random(seed).chance(1, 8); }

void mutate(ByteSpan bytes, std::uint64_t seed, std::size_t max_size,
            std::vector<std::uint8_t>* out, const TargetPrograms& target) {
  Random random(seed);
  Program program;
  if (random.chance(1, 8)) {
    std::vector<std::uint8_t> changed;
    canonicalise(bytes, limits::kMaxProgramBytes, &changed);
    mutate_bytes(random, changed);
    return canonicalise(changed, max_size, out);
  }
  decode_for(target, bytes, &program);
  // What does not fit is dropped first: a mutation there would be lost.
  fit(max_size, &program);
  if (program.operations.size() < kFewOperations || random.chance(1, kWholeRate)) {
    draw_whole(random, &program);
  } else {
    mutate_program(random, &program);
    bound_masks(&program);
  }
  encode_at_most(max_size, program, out);
}

void cross_over(ByteSpan first, ByteSpan second, std::uint64_t seed, std::size_t max_size,
                std::vector<std::uint8_t>* out, const TargetPrograms& target) {
  Random random(seed);
  Program program;
  Program other;
  decode_for(target, first, &program);
  decode_for(target, second, &other);
  cross_over(other, random, &program);
  bound_masks(&program);
  encode_at_most(max_size, program, out);
}

}  // namespace arenafuzz
