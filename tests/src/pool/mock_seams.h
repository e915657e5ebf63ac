// SPDX-License-Identifier: GPL-2.0-only
//
// The seams as mocks.
#ifndef ARENAFUZZ_TESTS_SRC_POOL_MOCK_SEAMS_H_
#define ARENAFUZZ_TESTS_SRC_POOL_MOCK_SEAMS_H_

#include <gmock/gmock.h>

#include "src/pool/seams.h"

namespace arenafuzz {

class MockPages : public PageSource {
 public:
  MOCK_METHOD(std::uint64_t, claim, (const ClaimRequest&), (override));
  MOCK_METHOD(void, release, (std::uint64_t, PageCount), (override));
  MOCK_METHOD(std::uint64_t, kernel_base, (), (const, override));
  MOCK_METHOD(std::uint64_t, page_bytes, (), (const, override));
};

class MockMetadata : public MetadataSource {
 public:
  MOCK_METHOD(void*, allocate, (MetadataSite, std::size_t), (override));
  MOCK_METHOD(void, free, (MetadataSite, void*), (override));
  MOCK_METHOD(BlockState, look_up, (MetadataSite, const void*), (const, override));
};

class MockPool : public PoolPort {
 public:
  MOCK_METHOD(int, init, (PageSource*), (override));
  MOCK_METHOD(void, destroy, (), (override));
  MOCK_METHOD(std::uint64_t, alloc, (std::uint64_t), (override));
  MOCK_METHOD(void, free, (std::uint64_t, std::uint64_t), (override));
  MOCK_METHOD(bool, exists, (), (const, override));
  MOCK_METHOD(bool, newest_chunk, (ChunkView*), (const, override));
  MOCK_METHOD(void, for_each_chunk, (void (*)(void*, const ChunkView&), void*), (const, override));
  MOCK_METHOD(int, granule_order, (), (const, override));
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_TESTS_SRC_POOL_MOCK_SEAMS_H_
