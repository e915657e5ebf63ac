// SPDX-License-Identifier: GPL-2.0-only
//
// Our pool with one bug: once an alloc has failed, freeing two pages or more leaves the block's
// last granule allocated. It takes a fault, a large block and a free, in this order, to see it.
#ifndef ARENAFUZZ_FUZZ_TARGETS_CANARY_BACKEND_H_
#define ARENAFUZZ_FUZZ_TARGETS_CANARY_BACKEND_H_

#include <vector>

#include "fuzz/harness/backends/cpp_backend.h"
#include "src/pool/forwarding.h"

namespace arenafuzz {

class CanaryPool final : public ForwardingPool {
 public:
  using ForwardingPool::ForwardingPool;

  int init(PageSource* map) override {
    failed_ = false;
    return behind().init(map);
  }
  std::uint64_t alloc(std::uint64_t size) override {
    const std::uint64_t address = behind().alloc(size);
    failed_ |= address == 0;
    return address;
  }
  void free(std::uint64_t address, std::uint64_t size) override {
    const bool planted = failed_ && size >= 8192;
    behind().free(address, planted ? size - 8 : size);
  }

 private:
  bool failed_ = false;
};

class CanaryBackend final : public Backend {
 public:
  const char* name() const override { return "canary"; }
  void bind(MetadataSource& metadata) override {
    real_.bind(metadata);
    for (int i = 0; i < limits::kMaxSchedulers; ++i) pools_.emplace_back(real_.pool(i));
  }
  PoolPort& pool(int scheduler) override { return pools_[static_cast<std::size_t>(scheduler)]; }
  GenPoolPort& gen_pool() override { return real_.gen_pool(); }
  void forget() override { real_.forget(); }

 private:
  CppBackend real_;
  std::vector<CanaryPool> pools_;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_CANARY_BACKEND_H_
