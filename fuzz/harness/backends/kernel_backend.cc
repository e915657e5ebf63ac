// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/backends/kernel_backend.h"

#include "fuzz/harness/verdict/report.h"
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

std::vector<SourceLine> tree_lines(const Backtrace& backtrace) {
  std::vector<SourceLine> lines;
  for (int i = 0; i < backtrace.count; ++i)
    for (SourceLine& line : symbolize(backtrace.frames[i]))
      if (const char* file = tree_file(line.file)) {
        line.file = file;
        lines.push_back(std::move(line));
      }
  return lines;
}

// Whether the backtrace is of the very thing that is wrong, and not of the last call out before.
bool is_exact(const Finding& finding) {
  switch (finding.oracle) {
    case Oracle::kBug:
    case Oracle::kWarn:
    case Oracle::kArithmetic:
    case Oracle::kStrayAccess:
    case Oracle::kContext:
    case Oracle::kHang:
      return true;
    default:
      return finding.site >= Site::kFreeNoChunk || finding.backtrace.count == 0;
  }
}

arenafuzz_policy policy_of(AllocPolicy policy) {
  static_assert(static_cast<int>(AllocPolicy::kAlign) == ARENAFUZZ_POLICY_ALIGN);
  static_assert(static_cast<int>(AllocPolicy::kOrderAlign) == ARENAFUZZ_POLICY_ORDER_ALIGN);
  static_assert(static_cast<int>(AllocPolicy::kBestFit) == ARENAFUZZ_POLICY_BEST_FIT);
  static_assert(static_cast<int>(AllocPolicy::kFixed) == ARENAFUZZ_POLICY_FIXED);
  return static_cast<arenafuzz_policy>(policy);
}

std::uint64_t argument_of(AllocPolicy policy, std::uint32_t data) {
  return policy == AllocPolicy::kAlign ? std::uint64_t{1} << data : std::uint64_t{data};
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

std::string kernel_tree_lacks() {
  struct Part {
    unsigned bit;
    const char* name;
  };
  constexpr Part kParts[] = {{1u << ARENAFUZZ_POLICY_ALIGN, "align"},
                             {1u << ARENAFUZZ_POLICY_ORDER_ALIGN, "order-align"},
                             {1u << ARENAFUZZ_POLICY_BEST_FIT, "best-fit"},
                             {1u << ARENAFUZZ_POLICY_FIXED, "fixed"},
                             {ARENAFUZZ_GEN_POOL_OWNERS, "owners"},
                             {ARENAFUZZ_GEN_POOL_DMA, "dma_alloc"},
                             {ARENAFUZZ_GEN_POOL_DMA_POLICIES, "dma_alloc_algo"},
                             {ARENAFUZZ_GEN_POOL_DMA_ZEROED, "dma_zalloc"},
                             {ARENAFUZZ_GEN_POOL_SET_ALGO, "set_algo"},
                             {ARENAFUZZ_GEN_POOL_PHYSICAL, "virt_to_phys"},
                             {ARENAFUZZ_GEN_POOL_MANAGED, "devm_gen_pool_create"},
                             {ARENAFUZZ_GEN_POOL_HAS_ADDR, "has_addr"}};
  std::string names;
  for (const Part& part : kParts)
    if ((arenafuzz_gen_pool_features() & part.bit) == 0)
      names += (names.empty() ? "" : ", ") + std::string(part.name);
  if (names.empty()) return names;
  return "its gen_pool lacks " + names + ": operations that need it do nothing";
}

std::string kernel_tree_rows() { return rows_of("tree", tree()); }

void KernelBackend::bind(MetadataSource& metadata) {
  metadata_ = &metadata;
  bind_kernel_metadata(metadata);
}

void KernelBackend::forget() {
  // Another executor's kernel backend may have run since.
  bind_kernel_metadata(*metadata_);
  free_kernel_locks();
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
  const FindingPlace found = place(finding);
  std::vector<std::string> lines;
  for (const SourceLine& line : found.lines) lines.push_back(place_text(line));
  if (lines.empty()) lines.push_back(found.no_line);
  return rows_of(found.last_call ? "last call" : "where", lines) + kernel_tree_rows();
}

FindingPlace KernelBackend::place(const Finding& finding) const {
  FindingPlace found{tree_lines(finding.backtrace), !is_exact(finding), ""};
  if (found.lines.empty())
    found.no_line = finding.backtrace.count == 0
                        ? "after the call came back: no seam call and no BUG in it"
                        : "not known: a backtrace without names (install llvm for llvm-symbolizer)";
  return found;
}

std::string KernelBackend::sources_line() const {
  const std::string lacks = kernel_tree_lacks();
  return "kernel tree " + tree().front() + (lacks.empty() ? "" : "; " + lacks);
}

bool KernelBackend::TreeGenPool::create(int granule_order) {
  pool_ = arenafuzz_gen_pool_create(granule_order);
  return pool_ != nullptr;
}

bool KernelBackend::TreeGenPool::has(GenFeature feature) const {
  // GenFeature's bits are the glue's, from the eighth on.
  static_assert(static_cast<int>(GenFeature::kOwners) << 8 == ARENAFUZZ_GEN_POOL_OWNERS);
  static_assert(static_cast<int>(GenFeature::kHasAddr) << 8 == ARENAFUZZ_GEN_POOL_HAS_ADDR);
  return (arenafuzz_gen_pool_features() >> 8 & static_cast<unsigned>(feature)) != 0;
}

bool KernelBackend::TreeGenPool::supports(AllocPolicy policy) const {
  return (arenafuzz_gen_pool_features() >> static_cast<unsigned>(policy) & 1) != 0;
}

int KernelBackend::TreeGenPool::add_chunk(const GenChunk& chunk) {
  const arenafuzz_chunk added = {chunk.start, chunk.size, chunk.physical, chunk.owner,
                                 chunk.has_physical ? 1 : 0};
  return arenafuzz_gen_pool_add(pool_, &added);
}

GenBlock KernelBackend::TreeGenPool::alloc_through(const GenRequest& request) {
  static_assert(static_cast<int>(AllocDoor::kDmaZeroed) == ARENAFUZZ_DOOR_DMA_ZEROED);
  const arenafuzz_request asked = {request.size, policy_of(request.policy),
                                   static_cast<arenafuzz_door>(request.door),
                                   argument_of(request.policy, request.policy_data),
                                   request.policy == AllocPolicy::kFirstFit ? 1 : 0};
  const arenafuzz_block block = arenafuzz_gen_pool_alloc(pool_, &asked);
  return {block.address, block.owner, block.physical};
}

void KernelBackend::TreeGenPool::set_algo(AllocPolicy policy, std::uint32_t data, bool by_default) {
  arenafuzz_gen_pool_set_algo(pool_, policy_of(policy), argument_of(policy, data),
                              by_default ? 1 : 0);
}

GenManaged KernelBackend::TreeGenPool::managed(int granule_order, bool named) {
  arenafuzz_managed did{};
  arenafuzz_gen_pool_managed(granule_order, named ? 1 : 0, &did);
  return {
      did.error,       did.null != 0, did.found != 0, did.found_other != 0, did.found_unnamed != 0,
      did.second_error};
}

void KernelBackend::TreeGenPool::destroy() {
  arenafuzz_gen_pool_destroy(pool_);
  pool_ = nullptr;
}

void KernelBackend::TreeGenPool::destroy_as_is() {
  arenafuzz_gen_pool_destroy_as_is(pool_);
  pool_ = nullptr;
}

void KernelBackend::TreeGenPool::for_each_chunk(void (*visit)(void* context, const ChunkView& view),
                                                void* context) const {
  for_each_kernel_chunk(pool_, visit, context);
}

}  // namespace arenafuzz
