// SPDX-License-Identifier: GPL-2.0-only
//
// The arenas' addresses are taken at some starts: at each address that is tried then, every program
// of the corpus has the verdict and the trace hash that it has at the first.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>

#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/harness/backends/cpp_backend.h"
#include "fuzz/harness/executor.h"
#include "tests/tools/corpus_files.h"

namespace arenafuzz {
namespace {

constexpr std::uint64_t kReserved = kKernelStride * limits::kMaxMaps;

bool take(std::uint64_t base) {
  void* wanted = reinterpret_cast<void*>(static_cast<std::uintptr_t>(base));
  return mmap(wanted, 4096, PROT_NONE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) == wanted;
}

// In a process of its own: "base name hash end" lines of every program with the first `taken` bases
// taken, each at its last page.
void write_hashes(std::size_t taken, const std::string& file) {
  for (std::size_t i = 0; i < taken; ++i)
    if (!take(kKernelBases[i] + kReserved - 4096) && errno != EEXIST) _exit(3);
  CppBackend backend;
  Executor executor(backend);
  if (executor.error() != nullptr) _exit(4);
  std::vector<std::string> names;
  if (!collect_files(std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus", &names)) _exit(7);
  std::sort(names.begin(), names.end());
  std::ofstream out(file);
  out << std::hex << kernel_base << "\n";
  for (const std::string& name : names) {
    Program program;
    std::string why;
    if (!read_program(name, &program, &why)) _exit(5);
    const Verdict& verdict = executor.run(program);
    out << name << " " << verdict.trace_hash << " " << end_reason_name(verdict.end) << "\n";
  }
  out.close();
  _exit(out ? 0 : 6);
}

std::vector<std::string> hashes(std::size_t taken) {
  const std::string file =
      ::testing::TempDir() + "arenafuzz-bases-" + std::to_string(getpid()) + std::to_string(taken);
  const pid_t child = fork();
  if (child == 0) write_hashes(taken, file);
  int state = 0;
  waitpid(child, &state, 0);
  std::vector<std::string> lines;
  EXPECT_EQ(state, 0) << "with " << taken << " bases taken";
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  unlink(file.c_str());
  return lines;
}

TEST(AddressBases, TheWholeCorpusHasTheSameHashesAtEach) {
  if (sizeof(void*) == 4) GTEST_SKIP() << "to un-skip, build for 64 bits";
  const std::vector<std::string> first = hashes(0);
  ASSERT_GT(first.size(), 100u);
  std::set<std::string> bases = {first[0]};
  for (std::size_t taken = 1; taken < std::size(kKernelBases); ++taken) {
    const std::vector<std::string> other = hashes(taken);
    ASSERT_EQ(other.size(), first.size());
    bases.insert(other[0]);
    for (std::size_t i = 1; i < first.size(); ++i) EXPECT_EQ(other[i], first[i]);
  }
  // This very process may lie at one of those of the library's part.
  EXPECT_GE(bases.size(), std::size(kKernelBases) - 1);
}

// Where nothing of a process is placed, whatever the kernel draws: the last resort cannot be taken.
TEST(AddressBases, TheListReachesBelowWhatIsPlacedAtRandom) {
  const std::uint64_t lowest_program = 0x555555554000;
  EXPECT_LE(kKernelBases[1] + kReserved, lowest_program);
  EXPECT_LE(kKernelBases[std::size(kKernelBases) - 1] + kReserved, lowest_program);
  const auto [low, high] = std::minmax_element(std::begin(kKernelBases), std::end(kKernelBases));
  EXPECT_GT(*high - *low, std::uint64_t{1} << 44);
}

TEST(AddressBases, AllTakenIsASentence) {
  if (sizeof(void*) == 4) GTEST_SKIP() << "to un-skip, build for 64 bits";
  const pid_t child = fork();
  if (child == 0) {
    for (const std::uint64_t base : kKernelBases)
      if (!take(base) && errno != EEXIST) _exit(3);
    CppBackend backend;
    const Executor executor(backend);
    const char* error = executor.error();
    _exit(error != nullptr && std::string_view(error).find("are taken: run") != std::string::npos
              ? 0
              : 1);
  }
  int state = 0;
  waitpid(child, &state, 0);
  EXPECT_EQ(state, 0);
}

}  // namespace
}  // namespace arenafuzz
