// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/faulty_sources.h"

#include <array>

#include "tests/src/pool/mock_seams.h"

namespace arenafuzz {
namespace {

using testing::Field;
using testing::Return;
using testing::StrictMock;

// Strict: a call that reaches the source behind without being expected fails the test.
class FaultySources : public testing::Test {
 protected:
  void fail_first(FaultSite site) {
    FaultPlan plan;
    plan.sites[static_cast<int>(site)].fail_nth = 1;
    injector_.reset(plan);
    injector_.set_active(true);
    injector_.begin_operation(1, {});
  }

  Injector injector_;
  StrictMock<MockPages> pages_;
  StrictMock<MockMetadata> metadata_;
  FaultyPageSource faulty_pages_{pages_, injector_};
  FaultyMetadataSource faulty_metadata_{metadata_, injector_};
};

TEST_F(FaultySources, AFailedClaimGivesNoneWithoutAskingBehind) {
  fail_first(FaultSite::kPage);
  EXPECT_EQ(faulty_pages_.claim({.pages = {4}}), 0u);
  EXPECT_EQ(injector_.fired_fault(0).site, FaultSite::kPage);
  EXPECT_EQ(injector_.fired_fault(0).amount, 4u) << "pages, not bytes";
}

TEST_F(FaultySources, APassedClaimReachesTheSourceAsItWas) {
  fail_first(FaultSite::kVzalloc);
  const ClaimRequest request{.pages = {4}, .hint = 0x5000, .node = 2, .flags = 8};
  EXPECT_CALL(pages_, claim(AllOf(Field(&ClaimRequest::pages, PageCount{4}),
                                  Field(&ClaimRequest::hint, 0x5000u),
                                  Field(&ClaimRequest::node, 2), Field(&ClaimRequest::flags, 8u))))
      .WillOnce(Return(0x7000));
  EXPECT_EQ(faulty_pages_.claim(request), 0x7000u);
  EXPECT_EQ(injector_.calls(FaultSite::kPage), 1u);
}

TEST_F(FaultySources, ARefusalOfTheSourceBehindIsNoInjectedFault) {
  fail_first(FaultSite::kVzalloc);
  EXPECT_CALL(pages_, claim).WillOnce(Return(0));
  EXPECT_EQ(faulty_pages_.claim({.pages = {4}}), 0u);
  EXPECT_EQ(injector_.fired_total(), 0u);
}

TEST_F(FaultySources, ReleaseIsPassedOnAndNeverAsked) {
  fail_first(FaultSite::kRelease);
  EXPECT_CALL(pages_, release(0x3000, PageCount{5}));
  faulty_pages_.release(0x3000, {5});
  EXPECT_EQ(injector_.calls(FaultSite::kRelease), 0u);
}

TEST_F(FaultySources, BaseAndPageSizeArePassedOn) {
  EXPECT_CALL(pages_, kernel_base()).WillOnce(Return(0x7ea000000000));
  EXPECT_CALL(pages_, page_bytes()).WillOnce(Return(65536));
  EXPECT_EQ(faulty_pages_.kernel_base(), 0x7ea000000000u);
  EXPECT_EQ(faulty_pages_.page_bytes(), 65536u);
}

struct SitePair {
  MetadataSite metadata;
  FaultSite fault;
};
constexpr std::array<SitePair, kMetadataSiteCount> kPairs = {{
    {MetadataSite::kKmalloc, FaultSite::kKmalloc},
    {MetadataSite::kVzalloc, FaultSite::kVzalloc},
    {MetadataSite::kSpan, FaultSite::kSpan},
    {MetadataSite::kRelease, FaultSite::kRelease},
}};

TEST_F(FaultySources, EveryMetadataSiteHasItsOwnFaultSite) {
  for (const SitePair& pair : kPairs) EXPECT_EQ(fault_site_of(pair.metadata), pair.fault);
}

TEST_F(FaultySources, AFailedAllocationGivesNullWithoutAskingBehind) {
  for (const SitePair& pair : kPairs) {
    fail_first(pair.fault);
    EXPECT_EQ(faulty_metadata_.allocate(pair.metadata, 312), nullptr);
    EXPECT_EQ(injector_.fired_fault(0).site, pair.fault);
    EXPECT_EQ(injector_.fired_fault(0).amount, 312u);
  }
}

TEST_F(FaultySources, APassedAllocationReachesTheSourceAsItWas) {
  fail_first(FaultSite::kPage);
  int block = 0;
  for (const SitePair& pair : kPairs) {
    EXPECT_CALL(metadata_, allocate(pair.metadata, 24)).WillOnce(Return(&block));
    EXPECT_EQ(faulty_metadata_.allocate(pair.metadata, 24), &block);
    EXPECT_EQ(injector_.calls(pair.fault), 1u);
  }
}

TEST_F(FaultySources, FreeIsPassedOnAndNeverAsked) {
  fail_first(FaultSite::kSpan);
  int block = 0;
  EXPECT_CALL(metadata_, free(MetadataSite::kSpan, &block));
  faulty_metadata_.free(MetadataSite::kSpan, &block);
  EXPECT_EQ(injector_.calls(FaultSite::kSpan), 0u);
}

}  // namespace
}  // namespace arenafuzz
