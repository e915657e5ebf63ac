// SPDX-License-Identifier: GPL-2.0-only
//
// The name of an input: SHA-1 of its bytes, in hexadecimal, as libFuzzer and ClusterFuzz name them.
// A name, never a proof: nothing here relies on it against an adversary.
// Errors: none. Threads: no state. Source: FIPS 180-4, by libmd.
#ifndef ARENAFUZZ_FUZZ_CORPUS_CONTENT_HASH_H_
#define ARENAFUZZ_FUZZ_CORPUS_CONTENT_HASH_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace arenafuzz {

// 40 digits.
std::string content_hash(std::span<const std::uint8_t> bytes);
bool is_content_hash(std::string_view name);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_CONTENT_HASH_H_
