// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/faulty_sources.h"

namespace arenafuzz {

FaultSite fault_site_of(MetadataSite site) {
  switch (site) {
    case MetadataSite::kKmalloc:
      return FaultSite::kKmalloc;
    case MetadataSite::kVzalloc:
      return FaultSite::kVzalloc;
    case MetadataSite::kSpan:
      return FaultSite::kSpan;
    case MetadataSite::kRelease:
      return FaultSite::kRelease;
  }
  return FaultSite::kKmalloc;
}

std::uint64_t FaultyPageSource::claim(const ClaimRequest& request) {
  if (injector_->should_fail(FaultSite::kPage, request.pages.value)) return 0;
  return behind().claim(request);
}

void* FaultyMetadataSource::allocate(MetadataSite site, std::size_t bytes) {
  if (injector_->should_fail(fault_site_of(site), bytes)) return nullptr;
  return behind().allocate(site, bytes);
}

}  // namespace arenafuzz
