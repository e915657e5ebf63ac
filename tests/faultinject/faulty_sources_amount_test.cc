// SPDX-License-Identifier: GPL-2.0-only
//
// What the decorators tell the injector: units, order and the one count that they share.
#include <gmock/gmock.h>

#include "faultinject/faulty_sources.h"

namespace arenafuzz {
namespace {

using testing::Return;
using testing::StrictMock;

class BehindPages : public PageSource {
 public:
  MOCK_METHOD(std::uint64_t, claim, (const ClaimRequest&), (override));
  MOCK_METHOD(void, release, (std::uint64_t, PageCount), (override));
  MOCK_METHOD(std::uint64_t, kernel_base, (), (const, override));
  MOCK_METHOD(std::uint64_t, page_bytes, (), (const, override));
};

class BehindMetadata : public MetadataSource {
 public:
  MOCK_METHOD(void*, allocate, (MetadataSite, std::size_t), (override));
  MOCK_METHOD(void, free, (MetadataSite, void*), (override));
  MOCK_METHOD(BlockState, look_up, (MetadataSite, const void*), (const, override));
};

class FaultySourcesAmount : public testing::Test {
 protected:
  void start(FaultSite site, const FaultAttributes& attributes) {
    FaultPlan plan;
    plan.sites[static_cast<int>(site)] = attributes;
    injector_.reset(plan);
    injector_.set_active(true);
    injector_.begin_operation(1, {});
  }
  std::uint32_t space_left(FaultSite site) const {
    return injector_.state().sites[static_cast<int>(site)].space;
  }

  Injector injector_;
  StrictMock<BehindPages> pages_;
  StrictMock<BehindMetadata> metadata_;
  FaultyPageSource faulty_pages_{pages_, injector_};
  FaultyMetadataSource faulty_metadata_{metadata_, injector_};
  std::uint64_t block_ = 0;
};

TEST_F(FaultySourcesAmount, ClaimsUseUpSpaceInPages) {
  start(FaultSite::kPage, {100, 1, -1, 10, 0});
  EXPECT_CALL(pages_, claim).WillOnce(Return(8));
  EXPECT_EQ(faulty_pages_.claim({.pages = {4}}), 8u);
  EXPECT_EQ(space_left(FaultSite::kPage), 6u);
  EXPECT_EQ(faulty_pages_.claim({.pages = {7}}), 0u);
  EXPECT_EQ(injector_.fired_fault(0).amount, 7u);
}

TEST_F(FaultySourcesAmount, AllocationsUseUpSpaceInBytes) {
  start(FaultSite::kVzalloc, {100, 1, -1, 1000, 0});
  EXPECT_CALL(metadata_, allocate(MetadataSite::kVzalloc, 256)).WillOnce(Return(&block_));
  EXPECT_EQ(faulty_metadata_.allocate(MetadataSite::kVzalloc, 256), &block_);
  EXPECT_EQ(space_left(FaultSite::kVzalloc), 744u);
  EXPECT_EQ(faulty_metadata_.allocate(MetadataSite::kVzalloc, 1024), nullptr);
  EXPECT_EQ(injector_.fired_fault(0).amount, 1024u);
}

TEST_F(FaultySourcesAmount, AClaimIsDecidedBeforeTheSourceBehindIsAsked) {
  start(FaultSite::kPage, {});
  EXPECT_CALL(pages_, claim).WillOnce([this](const ClaimRequest&) {
    return 100 + injector_.calls(FaultSite::kPage);
  });
  EXPECT_EQ(faulty_pages_.claim({.pages = {1}}), 101u);
}

TEST_F(FaultySourcesAmount, AnAllocationIsDecidedBeforeTheSourceBehindIsAsked) {
  start(FaultSite::kSpan, {});
  std::uint64_t calls_then = 0;
  EXPECT_CALL(metadata_, allocate(MetadataSite::kSpan, 24))
      .WillOnce([&](MetadataSite, std::size_t) {
        calls_then = injector_.calls(FaultSite::kSpan);
        return &block_;
      });
  EXPECT_EQ(faulty_metadata_.allocate(MetadataSite::kSpan, 24), &block_);
  EXPECT_EQ(calls_then, 1u);
}

TEST_F(FaultySourcesAmount, ARefusedAllocationBehindIsNoFault) {
  start(FaultSite::kRelease, {});
  EXPECT_CALL(metadata_, allocate(MetadataSite::kRelease, 24)).WillOnce(Return(nullptr));
  EXPECT_EQ(faulty_metadata_.allocate(MetadataSite::kRelease, 24), nullptr);
  EXPECT_EQ(injector_.calls(FaultSite::kRelease), 1u);
  EXPECT_EQ(injector_.fired_total(), 0u);
}

TEST_F(FaultySourcesAmount, BothSourcesShareOneCountOfCalls) {
  start(FaultSite::kKmalloc, {});
  const FaultClause third[] = {{FaultClause::Kind::kNth, FaultSite::kKmalloc, false, 3}};
  injector_.begin_operation(2, third);
  EXPECT_CALL(metadata_, allocate(MetadataSite::kKmalloc, 56)).WillOnce(Return(&block_));
  EXPECT_CALL(pages_, claim).WillOnce(Return(8));
  EXPECT_EQ(faulty_metadata_.allocate(MetadataSite::kKmalloc, 56), &block_);
  EXPECT_EQ(faulty_pages_.claim({.pages = {4}}), 8u);
  EXPECT_EQ(faulty_metadata_.allocate(MetadataSite::kVzalloc, 64), nullptr);
  EXPECT_EQ(injector_.fired_fault(0).any_ordinal, 3u);
}

TEST_F(FaultySourcesAmount, AnInactiveInjectorPassesBothSourcesOn) {
  start(FaultSite::kPage, {0, 1, 1, 0, 1});
  injector_.set_active(false);
  EXPECT_CALL(pages_, claim).WillOnce(Return(8));
  EXPECT_CALL(metadata_, allocate(MetadataSite::kKmalloc, 56)).WillOnce(Return(&block_));
  EXPECT_EQ(faulty_pages_.claim({.pages = {4}}), 8u);
  EXPECT_EQ(faulty_metadata_.allocate(MetadataSite::kKmalloc, 56), &block_);
  EXPECT_EQ(injector_.calls(FaultSite::kPage), 0u);
}

}  // namespace
}  // namespace arenafuzz
