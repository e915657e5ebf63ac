// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/metadata_stand_in.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENAFUZZ_ASAN 1
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

namespace arenafuzz {
namespace {

#ifdef ARENAFUZZ_ASAN
constexpr bool kAsan = true;
#else
constexpr bool kAsan = false;
#endif
constexpr unsigned char kPattern = 0x5a;
constexpr std::uint64_t kLive = 0x6c697665626c6f6b;
constexpr std::uint64_t kFreed = 0x66726565626c6f6b;

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "metadata stand-in: %s\n", what);
  std::abort();
}

std::size_t round_up(std::size_t bytes) { return (bytes + 7) & ~std::size_t{7}; }

}  // namespace

// Lives in the last bytes of the redzone in front of its block.
struct MetadataStandIn::Header {
  std::uint64_t state;
  std::uint32_t site;
  std::uint32_t bytes;
};

MetadataStandIn::MetadataStandIn(std::size_t region_bytes) {
  void* memory = mmap(nullptr, region_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  region_ = static_cast<unsigned char*>(memory);
  region_bytes_ = region_bytes;
  ASAN_POISON_MEMORY_REGION(region_, region_bytes_);
}

MetadataStandIn::~MetadataStandIn() {
  if (region_ == nullptr) return;
  ASAN_UNPOISON_MEMORY_REGION(region_, region_bytes_);
  munmap(region_, region_bytes_);
}

void* MetadataStandIn::allocate(MetadataSite site, std::size_t bytes) {
  static_assert(sizeof(Header) <= kRedzoneBytes / 2, "half of the redzone stays a redzone");
  const std::size_t needed = kRedzoneBytes + round_up(bytes) + kRedzoneBytes;
  if (region_ == nullptr || needed > region_bytes_ - used_) {
    exhausted_ = true;
    return nullptr;
  }
  // The redzone behind this block is the one in front of the next.
  unsigned char* block = region_ + used_ + kRedzoneBytes;
  used_ += kRedzoneBytes + round_up(bytes);
  auto* header = reinterpret_cast<Header*>(block - sizeof(Header));
  ASAN_UNPOISON_MEMORY_REGION(header, sizeof(Header) + bytes);
  *header = {kLive, static_cast<std::uint32_t>(site), static_cast<std::uint32_t>(bytes)};
  ASAN_POISON_MEMORY_REGION(header, sizeof(Header));
  if (!kAsan) {
    std::memset(block - kRedzoneBytes, kPattern, kRedzoneBytes - sizeof(Header));
    std::memset(block + bytes, kPattern, round_up(bytes) - bytes + kRedzoneBytes);
  }
  if (site == MetadataSite::kVzalloc) std::memset(block, 0, bytes);
  ++outstanding_[static_cast<int>(site)];
  return block;
}

void MetadataStandIn::free(MetadataSite site, void* memory) {
  auto* block = static_cast<unsigned char*>(memory);
  if (block < region_ + kRedzoneBytes || block >= region_ + used_ || (block - region_) % 8 != 0)
    refuse("freed what was never allocated");
  auto* header = reinterpret_cast<Header*>(block - sizeof(Header));
  ASAN_UNPOISON_MEMORY_REGION(header, sizeof(Header));
  if (header->state == kFreed) refuse("freed twice");
  if (header->state != kLive) refuse("freed what was never allocated");
  if (header->site != static_cast<std::uint32_t>(site)) refuse("freed at another site");
  if (!kAsan && is_broken(block, header->bytes)) ++broken_redzones_;
  header->state = kFreed;
  ASAN_POISON_MEMORY_REGION(header, sizeof(Header) + header->bytes);
  --outstanding_[static_cast<int>(site)];
}

// True if a redzone around the block does not hold its pattern. Only without ASan.
bool MetadataStandIn::is_broken(const unsigned char* block, std::size_t bytes) {
  for (const unsigned char* at = block - kRedzoneBytes; at < block - sizeof(Header); ++at)
    if (*at != kPattern) return true;
  // The next block's header may lie in the second half of the redzone behind.
  const unsigned char* end = block + round_up(bytes) + kRedzoneBytes - sizeof(Header);
  for (const unsigned char* at = block + bytes; at < end; ++at)
    if (*at != kPattern) return true;
  return false;
}

std::uint64_t MetadataStandIn::check_redzones() {
  if (kAsan) return 0;
  for (std::size_t at = kRedzoneBytes; at <= used_ && used_ != 0;) {
    const unsigned char* block = region_ + at;
    if (at == used_ + kRedzoneBytes || block - sizeof(Header) >= region_ + used_) break;
    const auto* header = reinterpret_cast<const Header*>(block - sizeof(Header));
    if (header->state != kLive && header->state != kFreed) {
      ++broken_redzones_;  // the header itself was overwritten: nothing behind it can be found
      break;
    }
    if (header->state == kLive && is_broken(block, header->bytes)) ++broken_redzones_;
    at += round_up(header->bytes) + kRedzoneBytes;
  }
  return broken_redzones_;
}

void MetadataStandIn::reset() {
  if (used_ != 0) ASAN_POISON_MEMORY_REGION(region_, used_ + kRedzoneBytes);
  if (used_ > kKeepBytes) madvise(region_ + kKeepBytes, region_bytes_ - kKeepBytes, MADV_DONTNEED);
  used_ = 0;
  exhausted_ = false;
  broken_redzones_ = 0;
  for (std::uint64_t& count : outstanding_) count = 0;
}

}  // namespace arenafuzz
