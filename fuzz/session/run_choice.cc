// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/run_choice.h"

namespace arenafuzz {

const char* domain_name(Domain domain) { return kDomainNames[static_cast<int>(domain)]; }

Words run_words(const RunChoice& choice) {
  const KernelChoice& kernel = choice.kernel;
  Words words;
  const auto add = [&](const char* option, const std::string& value) {
    if (value.empty()) return;
    words.emplace_back(option);
    words.push_back(value);
  };
  add("--target", choice.target != nullptr ? choice.target->name : "");
  add("--domain", choice.domain.given ? domain_name(choice.domain.domain) : "");
  if (choice.strict) words.emplace_back("--strict");
  add("--backend", kernel.kernel ? "kernel" : "");
  add("--kernel-tree", kernel.tree);
  add("--glue", kernel.glue);
  if (kernel.no_arithmetic) words.emplace_back("--no-arithmetic");
  return words;
}

}  // namespace arenafuzz
