// SPDX-License-Identifier: GPL-2.0-only
//
// The seams with faults in front of them: ask the injector first, then pass the call on.
//
// Ownership Both borrow the source behind and the injector.
// Units     as PageSource and MetadataSource.
// Errors    an injected failure looks exactly like a real one: 0 or nullptr.
// Threads   the injector's: one thread.
// Source    docs/design.md.
#ifndef ARENAFUZZ_FAULTINJECT_FAULTY_SOURCES_H_
#define ARENAFUZZ_FAULTINJECT_FAULTY_SOURCES_H_

#include "faultinject/injector.h"
#include "src/pool/seams.h"

namespace arenafuzz {

FaultSite fault_site_of(MetadataSite site);

class FaultyPageSource final : public PageSource {
 public:
  FaultyPageSource(PageSource& behind, Injector& injector)
      : behind_(&behind), injector_(&injector) {}

  std::uint64_t claim(const ClaimRequest& request) override;
  void release(std::uint64_t user_address, PageCount pages) override;
  std::uint64_t kernel_base() const override { return behind_->kernel_base(); }
  std::uint64_t page_bytes() const override { return behind_->page_bytes(); }

 private:
  PageSource* behind_;
  Injector* injector_;
};

class FaultyMetadataSource final : public MetadataSource {
 public:
  FaultyMetadataSource(MetadataSource& behind, Injector& injector)
      : behind_(&behind), injector_(&injector) {}

  void* allocate(MetadataSite site, std::size_t bytes) override;
  void free(MetadataSite site, void* memory) override;
  BlockState look_up(MetadataSite site, const void* memory) const override;

 private:
  MetadataSource* behind_;
  Injector* injector_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FAULTINJECT_FAULTY_SOURCES_H_
