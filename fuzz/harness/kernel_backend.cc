// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/kernel_backend.h"

#include "fuzz/harness/report.h"
#include "src/kernel/kernel_seam.h"
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {

// The compiled file of the tree that a source line lies in, or nullptr. Debug information puts the
// build's folder in front of it.
const char* tree_file(const std::string& file) {
  for (int i = 0; i < kernel_tree_info.file_count; ++i) {
    const char* path = kernel_tree_info.files[i].path;
    if (file == path || file.ends_with(std::string("/") + path)) return path;
  }
  return nullptr;
}

std::string rows_of(const char* name, const std::vector<std::string>& lines) {
  std::string rows;
  for (const std::string& line : lines) {
    rows += report_row(rows.empty() ? name : "", line);
  }
  return rows;
}

std::vector<std::string> where(const Backtrace& backtrace) {
  std::vector<std::string> lines;
  for (int i = 0; i < backtrace.count; ++i)
    for (const SourceLine& line : symbolize(backtrace.frames[i]))
      if (const char* file = tree_file(line.file))
        lines.push_back(line.function + " " + file + ":" + std::to_string(line.line));
  if (lines.empty()) lines.emplace_back("after the call came back: no seam call and no BUG in it");
  return lines;
}

std::vector<std::string> tree() {
  const KernelTreeInfo& info = kernel_tree_info;
  const bool own = info.origin[0] != '\0';
  std::vector<std::string> lines = {own ? std::string(info.origin)
                                        : std::string(info.describe) +
                                              (info.dirty ? ", dirty" : ", clean")};
  for (int i = 0; i < info.file_count; ++i)
    lines.push_back(std::string(info.files[i].path) + " sha256:" + info.files[i].sha256);
  return lines;
}

}  // namespace

std::string kernel_tree_rows() { return rows_of("tree", tree()); }

void KernelBackend::bind(MetadataSource& metadata) {
  metadata_ = &metadata;
  bind_kernel_metadata(metadata);
}

void KernelBackend::forget() {
  // Another executor's kernel backend may have run since.
  bind_kernel_metadata(*metadata_);
  for (KernelPool& pool : pools_) pool.forget();
  gen_pool_.forget();
}

bool KernelBackend::can_run(const Header& header, const char** why) const {
  if (header.kind == ProgramKind::kGenPool) return true;
  if (!kernel_tree_info.has_arena) {
    *why = "the tree has no arena pool";
    return false;
  }
  if (kernel_tree_info.constant_page && page_bytes(header) != 4096) {
    *why = "the tree was built for pages of 4 KiB";
    return false;
  }
  return true;
}

void KernelBackend::set_page_bytes(std::uint64_t bytes) { set_kernel_page_bytes(bytes); }

std::string KernelBackend::report_rows(const Finding& finding) const {
  return rows_of("where", where(finding.backtrace)) + kernel_tree_rows();
}

std::string KernelBackend::sources_line() const { return "kernel tree " + tree().front(); }

bool KernelBackend::TreeGenPool::create(int granule_order) {
  pool_ = arenafuzz_gen_pool_create(granule_order);
  return pool_ != nullptr;
}

int KernelBackend::TreeGenPool::add(std::uint64_t start, std::uint64_t size) {
  return arenafuzz_gen_pool_add(pool_, start, size);
}

std::uint64_t KernelBackend::TreeGenPool::alloc(std::uint64_t size, AllocPolicy policy,
                                                std::uint32_t data) {
  static_assert(static_cast<int>(AllocPolicy::kAlign) == ARENAFUZZ_POLICY_ALIGN);
  static_assert(static_cast<int>(AllocPolicy::kOrderAlign) == ARENAFUZZ_POLICY_ORDER_ALIGN);
  static_assert(static_cast<int>(AllocPolicy::kBestFit) == ARENAFUZZ_POLICY_BEST_FIT);
  static_assert(static_cast<int>(AllocPolicy::kFixed) == ARENAFUZZ_POLICY_FIXED);
  const std::uint64_t argument =
      policy == AllocPolicy::kAlign ? std::uint64_t{1} << data : std::uint64_t{data};
  return arenafuzz_gen_pool_alloc(pool_, size, static_cast<arenafuzz_policy>(policy), argument);
}

void KernelBackend::TreeGenPool::free(std::uint64_t address, std::uint64_t size) {
  arenafuzz_gen_pool_free(pool_, address, size);
}

bool KernelBackend::TreeGenPool::has_addr(std::uint64_t start, std::uint64_t size) {
  return arenafuzz_gen_pool_has_addr(pool_, start, size) != 0;
}

void KernelBackend::TreeGenPool::destroy() {
  arenafuzz_gen_pool_destroy(pool_);
  pool_ = nullptr;
}

void KernelBackend::TreeGenPool::for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                                                void* context) const {
  for_each_kernel_chunk(pool_, visit, context);
}

}  // namespace arenafuzz
