// SPDX-License-Identifier: GPL-2.0-only
//
// The stand-in for kmalloc and vzalloc: exact sizes, own redzones, no reuse within an input.
//
//   region   | redzone | block A | redzone | block B ... | redzone |  never used yet |
//   ASan     | poison  | size A  | poison  | freed: poison          |    poison       |
//
//   A read or write one byte past a block, and any use of a freed block, is an ASan report. Without
//   ASan the redzones hold a pattern that is checked when a block is freed and by check_redzones();
//   reset() does not look: what one input broke must not be counted for the next.
//
// Ownership One reserved region, made once; reset() takes every block back at once, also after a
//           BUG, without a system call unless an input used more than kKeepBytes.
// Units     bytes. Blocks are aligned to 8; kVzalloc blocks are zeroed.
// Errors    allocate gives nullptr only when the region is used up: exhausted() tells. freeing what
//           was not given, or twice, aborts with a sentence.
// Threads   one thread.
// Source    docs/verdicts.md, docs/arena_pool.md.
#ifndef ARENAFUZZ_FAULTINJECT_METADATA_STAND_IN_H_
#define ARENAFUZZ_FAULTINJECT_METADATA_STAND_IN_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "src/pool/seams.h"

namespace arenafuzz {

class MetadataStandIn final : public MetadataSource {
 public:
  static constexpr std::size_t kRegionBytes =
      sizeof(void*) == 8 ? std::size_t{512} << 20 : std::size_t{128} << 20;
  static constexpr std::size_t kKeepBytes = std::size_t{8} << 20;
  static constexpr std::size_t kRedzoneBytes = 32;

  // `region_bytes` of address space; valid() is false if the system refused.
  explicit MetadataStandIn(std::size_t region_bytes = kRegionBytes);
  ~MetadataStandIn() override;
  MetadataStandIn(const MetadataStandIn&) = delete;
  MetadataStandIn& operator=(const MetadataStandIn&) = delete;

  bool valid() const { return region_ != nullptr; }

  void* allocate(MetadataSite site, std::size_t bytes) override;
  void free(MetadataSite site, void* memory) override;
  BlockState look_up(MetadataSite site, const void* memory) const override;

  // Every byte of it lies in one live block. Walks over the blocks.
  bool is_readable(const void* from, std::size_t bytes) const;

  // Takes everything back.
  void reset();

  // Blocks from now on carry this number, which says for whom they were made.
  void set_mark(std::uint32_t mark) { mark_ = mark; }
  // The last block that begins at or below an address of the region, with its mark.
  struct Record {
    std::uint64_t offset;  // of the address, from the block's start
    std::uint64_t bytes;
    std::uint32_t mark;
    bool freed;
  };
  std::optional<Record> record_at(const void* address) const;

  std::uint64_t outstanding(MetadataSite site) const {
    return outstanding_[static_cast<int>(site)];
  }
  std::size_t used_bytes() const { return used_; }
  bool exhausted() const { return exhausted_; }
  // Blocks with a redzone found overwritten since reset(), each finding counted once; only builds
  // without ASan count here.
  std::uint64_t broken_redzones() const { return broken_redzones_; }
  // Also looks at the blocks that are still out.
  std::uint64_t check_redzones();

 private:
  struct Header;  // in front of each block, inside its redzone
  bool is_block(const Header& header, std::size_t offset) const;
  BlockState state_of(const void* memory, Header* header) const;
  void look_at_redzones(unsigned char* block, std::size_t bytes);
  void give_back(unsigned char* block, std::size_t bytes);

  bool open_to(std::size_t bytes);

  static constexpr std::size_t kOpenStep = std::size_t{4} << 20;
  unsigned char* region_ = nullptr;
  std::size_t opened_ = 0;
  std::size_t region_bytes_ = 0;
  std::size_t used_ = 0;
  std::uint32_t mark_ = 0;
  std::size_t written_ = 0;       // from here on all bytes are zero
  std::uint32_t generation_ = 0;  // resets so far: headers from before the last one do not count
  bool exhausted_ = false;
  std::uint64_t broken_redzones_ = 0;
  std::uint64_t outstanding_[kMetadataSiteCount] = {};
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FAULTINJECT_METADATA_STAND_IN_H_
