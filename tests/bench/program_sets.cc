// SPDX-License-Identifier: GPL-2.0-only
#include "tests/bench/program_sets.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/program/codec.h"
#include "fuzz/program/generator.h"
#include "fuzz/program/random.h"

namespace arenafuzz::bench {
namespace {

namespace fs = std::filesystem;

// Only what the bare loop can follow: a collision or a robbed pool may legally hit BUG there.
void make_followable(std::vector<Program>* programs) {
  for (Program& program : *programs) {
    for (Operation& operation : program.operations)
      for (Collision& collision : operation.collisions) collision = {};
    std::erase_if(program.operations, [](const Operation& operation) {
      return operation.kind == OperationKind::kMisuseFree ||
             (operation.kind == OperationKind::kRelease &&
              operation.target != ReleaseTarget::kOwnRun);
    });
  }
}

void read_program(const std::string& name, std::vector<Program>* programs) {
  std::ifstream file(name, std::ios::binary);
  const std::vector<char> content((std::istreambuf_iterator<char>(file)), {});
  Program program;
  decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, &program);
  if (program.header.kind == ProgramKind::kArena) programs->push_back(program);
}

// What engines found has a content hash for a name. Without it: the figures are those of the same
// programs in every version.
bool is_found(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.size() == 40 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::vector<Program> corpus_programs() {
  std::vector<std::string> names;
  for (const char* target : {"pool", "pool_faults"}) {
    std::error_code error;
    const fs::path folder = fs::path(ARENAFUZZ_SOURCE_DIR) / "corpus" / target;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      if (it->is_regular_file() && !is_found(it->path())) names.push_back(it->path().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<Program> programs;
  for (const std::string& name : names) read_program(name, &programs);
  make_followable(&programs);
  return programs;
}

std::vector<Program> folder_programs(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->is_regular_file()) names.push_back(it->path().string());
  std::sort(names.begin(), names.end());
  std::vector<Program> programs;
  for (const std::string& name : names) read_program(name, &programs);
  make_followable(&programs);
  return programs;
}

std::vector<Program> generated_programs(std::size_t count) {
  std::vector<Program> programs(count);
  GeneratorOptions options;
  for (std::size_t i = 0; i < count; ++i) {
    options.seed = i;
    options.profile = i % 2 == 0 ? Profile::kCorrect : Profile::kFaults;
    options.weights = options.profile == Profile::kCorrect ? 0x00000099 : 0x01110199;
    generate(options, &programs[i]);
  }
  make_followable(&programs);
  return programs;
}

std::vector<Program> scale_programs(std::size_t count, std::size_t operations) {
  std::vector<Program> programs(count);
  for (std::size_t i = 0; i < count; ++i)
    generate_scale(count == 1 ? 1 : i, operations, &programs[i]);
  return programs;
}

std::vector<Program> churn_programs(std::size_t pages, std::size_t most_bytes, bool fill) {
  constexpr std::size_t kOperations = 8192;
  Random random(pages);
  Program program;
  program.header.arena_pages = static_cast<std::uint32_t>(pages);
  Operation operation;
  operation.kind = OperationKind::kEnable;
  operation.arenas = 1;
  program.operations.push_back(operation);
  // A slot that is written again forgets its block, which stays allocated: so the arena fills.
  const std::size_t filling = fill ? pages * 4096 / most_bytes : 0;
  for (std::size_t i = 0; i < filling + kOperations; ++i) {
    operation = Operation{};
    const bool churns = i >= filling;
    operation.kind = churns && random.chance(1, 2) ? OperationKind::kFree : OperationKind::kAlloc;
    operation.slot = static_cast<std::uint8_t>(churns ? random.below(256) : i % 256);
    operation.size = fill ? most_bytes : random.log_uniform(8, most_bytes);
    if (operation.kind == OperationKind::kFree) operation.size = 0;
    program.operations.push_back(operation);
  }
  repair(program);
  return {program};
}

}  // namespace arenafuzz::bench
