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
#include "src/pool/forwarding.h"

namespace arenafuzz {

FaultSite fault_site_of(MetadataSite site);

class FaultyPageSource final : public ForwardingPages {
 public:
  FaultyPageSource(PageSource& behind, Injector& injector)
      : ForwardingPages(behind), injector_(&injector) {}

  std::uint64_t claim(const ClaimRequest& request) override;

 private:
  Injector* injector_;
};

class FaultyMetadataSource final : public ForwardingMetadata {
 public:
  FaultyMetadataSource(MetadataSource& behind, Injector& injector)
      : ForwardingMetadata(behind), injector_(&injector) {}

  void* allocate(MetadataSite site, std::size_t bytes) override;

 private:
  Injector* injector_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FAULTINJECT_FAULTY_SOURCES_H_
