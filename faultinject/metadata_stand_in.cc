// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/metadata_stand_in.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENAFUZZ_ASAN 1
#endif
#if __has_feature(memory_sanitizer)
#define ARENAFUZZ_MSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENAFUZZ_ASAN 1
#endif
#ifdef ARENAFUZZ_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) (static_cast<void>(address))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) (static_cast<void>(address))
#endif
#ifdef ARENAFUZZ_MSAN
#include <sanitizer/msan_interface.h>
#endif

namespace arenafuzz {
namespace {

#ifdef ARENAFUZZ_ASAN
constexpr bool kAsan = true;
#else
constexpr bool kAsan = false;
#endif
constexpr unsigned char kPattern = 0x5a;
constexpr unsigned char kGarbage = 0x6b;
constexpr std::uint32_t kLive = 0x6c697665;
constexpr std::uint32_t kFreed = 0x66726565;
// What a block needs behind its bytes, and from which size on a freed one goes back to the system.
constexpr std::size_t kTailBytes = 80;
constexpr std::size_t kGiveBackBytes = std::size_t{1} << 20;

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "metadata stand-in: %s\n", what);
  std::abort();
}

// Reads a word of a redzone; memcpy would be intercepted.
__attribute__((no_sanitize("address"))) std::uint32_t poisoned_word(const unsigned char* from) {
  return *reinterpret_cast<const volatile std::uint32_t*>(from);
}

// To MemorySanitizer, what nobody wrote, whatever lies there.
void forget_content([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef ARENAFUZZ_MSAN
  __msan_allocated_memory(block, bytes);
#endif
}

std::size_t round_up(std::size_t bytes) { return (bytes + 7) & ~std::size_t{7}; }

}  // namespace

// Lives in the last bytes of the redzone in front of its block.
struct MetadataStandIn::Header {
  std::uint32_t state;
  std::uint32_t generation;
  std::uint32_t mark_and_site;
  std::uint32_t bytes;
  std::uint32_t site() const { return mark_and_site % kMetadataSiteCount; }
  std::uint32_t mark() const { return mark_and_site / kMetadataSiteCount; }
};

MetadataStandIn::MetadataStandIn(std::size_t region_bytes) {
  void* memory =
      mmap(nullptr, region_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  region_ = static_cast<unsigned char*>(memory);
  region_bytes_ = region_bytes;
}

MetadataStandIn::~MetadataStandIn() {
  if (region_ == nullptr) return;
  ASAN_UNPOISON_MEMORY_REGION(region_, opened_);
  munmap(region_, region_bytes_);
}

// Opens the region up to `bytes`, poisoned; what is not opened cannot be touched at all. Poisoning
// the whole region at once would cost 64 MiB of shadow memory in every process.
bool MetadataStandIn::open_to(std::size_t bytes) {
  if (bytes <= opened_) return true;
  const std::size_t wanted =
      std::min(region_bytes_, (bytes + kOpenStep - 1) / kOpenStep * kOpenStep);
  if (mprotect(region_ + opened_, wanted - opened_, PROT_READ | PROT_WRITE) != 0) return false;
  ASAN_POISON_MEMORY_REGION(region_ + opened_, wanted - opened_);
  opened_ = wanted;
  return true;
}

void* MetadataStandIn::allocate(MetadataSite site, std::size_t bytes) {
  static_assert(sizeof(Header) <= kRedzoneBytes / 2, "half of the redzone stays a redzone");
  static_assert(kRedzoneBytes * 2 + 7 < kTailBytes, "what a block needs besides its bytes");
  const std::size_t left = region_bytes_ - used_;
  // Subtracted, not added: bytes may be as large as a size can be.
  if (left < kTailBytes || bytes > left - kTailBytes || !open_to(used_ + bytes + kTailBytes)) {
    exhausted_ = true;
    return nullptr;
  }
  // The redzone behind this block is the one in front of the next.
  unsigned char* block = region_ + used_ + kRedzoneBytes;
  used_ += kRedzoneBytes + round_up(bytes);
  auto* header = reinterpret_cast<Header*>(block - sizeof(Header));
  ASAN_UNPOISON_MEMORY_REGION(header, sizeof(Header) + bytes);
  *header = {kLive, generation_, mark_ * kMetadataSiteCount + static_cast<std::uint32_t>(site),
             static_cast<std::uint32_t>(bytes)};
  ASAN_POISON_MEMORY_REGION(header, sizeof(Header));
  if (!kAsan) {
    // Later blocks find it written, and it may hold what their neighbour overran.
    if (block == region_ + kRedzoneBytes)
      std::memset(region_, kPattern, kRedzoneBytes - sizeof(Header));
    std::memset(block + bytes, kPattern, round_up(bytes) - bytes + kRedzoneBytes);
  }
  // kmalloc gives what it likes, but always the same: a verdict must not depend on earlier inputs.
  const auto offset = static_cast<std::size_t>(block - region_);
  // The system's pages are zero, and not there until touched. Without ASan an overrun may have
  // written anywhere.
  const std::size_t dirty = kAsan ? std::min(bytes, written_ - std::min(written_, offset)) : bytes;
  if (site == MetadataSite::kVzalloc) {
    std::memset(block, 0, dirty);
  } else {
    std::memset(block, kGarbage, bytes);
    forget_content(block, bytes);
  }
  written_ = std::max(written_, used_ + kTailBytes);
  ++outstanding_[static_cast<int>(site)];
  return block;
}

// kForeign, kFreed or kLive; copies the header of the last two out of its redzone.
BlockState MetadataStandIn::state_of(const void* memory, Header* header) const {
  // As numbers: the pointer may point anywhere. A block of 0 bytes may lie at the very end.
  const std::uintptr_t offset =
      reinterpret_cast<std::uintptr_t>(memory) - reinterpret_cast<std::uintptr_t>(region_);
  if (offset < kRedzoneBytes || offset > used_ || offset % 8 != 0) return BlockState::kForeign;
  const unsigned char* at = region_ + offset - sizeof(Header);
  *header = {poisoned_word(at), poisoned_word(at + 4), poisoned_word(at + 8),
             poisoned_word(at + 12)};
  if (!is_block(*header, offset)) return BlockState::kForeign;
  return header->state == kFreed ? BlockState::kFreed : BlockState::kLive;
}

BlockState MetadataStandIn::look_up(MetadataSite site, const void* memory) const {
  Header header{};
  const BlockState state = state_of(memory, &header);
  const bool other = header.site() != static_cast<std::uint32_t>(site);
  return state == BlockState::kLive && other ? BlockState::kOtherSite : state;
}

bool MetadataStandIn::is_readable(const void* from, std::size_t bytes) const {
  const std::uintptr_t wanted =
      reinterpret_cast<std::uintptr_t>(from) - reinterpret_cast<std::uintptr_t>(region_);
  if (wanted > used_) return false;
  for (std::size_t offset = kRedzoneBytes; offset <= wanted;) {
    Header header{};
    const BlockState state = state_of(region_ + offset, &header);
    if (state == BlockState::kForeign) return false;
    if (wanted - offset <= header.bytes && bytes <= header.bytes - (wanted - offset))
      return state == BlockState::kLive;
    offset += round_up(header.bytes) + kRedzoneBytes;
  }
  return false;
}

void MetadataStandIn::free(MetadataSite site, void* memory) {
  auto* block = static_cast<unsigned char*>(memory);
  auto* header = reinterpret_cast<Header*>(block - sizeof(Header));
  Header copy{};
  const BlockState state = state_of(memory, &copy);
  if (state == BlockState::kForeign)
    refuse("freed what was never allocated, or its header is gone");
  if (state == BlockState::kFreed) refuse("freed twice");
  if (copy.site() != static_cast<std::uint32_t>(site)) refuse("freed at another site");
  ASAN_UNPOISON_MEMORY_REGION(header, sizeof(Header));
  if (!kAsan) look_at_redzones(block, header->bytes);
  header->state = kFreed;
  ASAN_POISON_MEMORY_REGION(header, sizeof(Header) + copy.bytes);
  forget_content(block, copy.bytes);
  give_back(block, copy.bytes);
  --outstanding_[static_cast<int>(site)];
}

// A large block that is freed under ASan cannot be looked at any more. Without ASan its content is
// what a use after free would read.
void MetadataStandIn::give_back(unsigned char* block, std::size_t bytes) {
  if (!kAsan || bytes < kGiveBackBytes) return;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(block - region_);
  const std::size_t first = (begin + page - 1) / page * page;
  const std::size_t last = (begin + bytes) / page * page;
  madvise(region_ + first, last - first, MADV_DONTNEED);
}

// Whether the block at `offset` was given out since reset(); its header may hold anything.
bool MetadataStandIn::is_block(const Header& header, std::size_t offset) const {
  return (header.state == kLive || header.state == kFreed) && header.generation == generation_ &&
         header.bytes <= used_ - offset;
}

// Only without ASan. Restores what it found broken, so that nothing is counted twice.
void MetadataStandIn::look_at_redzones(unsigned char* block, std::size_t bytes) {
  const auto restore = [](unsigned char* from, const unsigned char* to) {
    bool intact = true;
    for (; from < to; ++from) {
      intact &= *from == kPattern;
      *from = kPattern;
    }
    return !intact;
  };
  const bool front = restore(block - kRedzoneBytes, block - sizeof(Header));
  // The next block's header may lie in the second half of the redzone behind.
  const bool behind =
      restore(block + bytes, block + round_up(bytes) + kRedzoneBytes - sizeof(Header));
  if (front || behind) ++broken_redzones_;
}

std::uint64_t MetadataStandIn::check_redzones() {
  if (kAsan) return 0;
  for (std::size_t offset = kRedzoneBytes; offset <= used_;) {
    unsigned char* block = region_ + offset;
    const auto* header = reinterpret_cast<const Header*>(block - sizeof(Header));
    if (!is_block(*header, offset)) {
      ++broken_redzones_;  // the header itself was overwritten: nothing behind it can be found
      break;
    }
    if (header->state == kLive) look_at_redzones(block, header->bytes);
    offset += round_up(header->bytes) + kRedzoneBytes;
  }
  return broken_redzones_;
}

std::optional<MetadataStandIn::Record> MetadataStandIn::record_at(const void* address) const {
  const std::uintptr_t wanted =
      reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(region_);
  std::optional<Record> record;
  Header header{};
  for (std::size_t offset = kRedzoneBytes; offset <= wanted && offset <= used_;
       offset += round_up(header.bytes) + kRedzoneBytes) {
    if (state_of(region_ + offset, &header) == BlockState::kForeign) break;
    record = {wanted - offset, header.bytes, header.mark(), header.state == kFreed};
  }
  return wanted <= used_ + kTailBytes ? record : std::nullopt;
}

void MetadataStandIn::reset() {
  if (used_ != 0) ASAN_POISON_MEMORY_REGION(region_, used_ + kRedzoneBytes);
  if (written_ > kKeepBytes) {
    madvise(region_ + kKeepBytes, opened_ - kKeepBytes, MADV_DONTNEED);
    written_ = kKeepBytes;
  }
  used_ = 0;
  ++generation_;
  exhausted_ = false;
  broken_redzones_ = 0;
  for (std::uint64_t& count : outstanding_) count = 0;
}

}  // namespace arenafuzz
