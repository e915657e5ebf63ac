// SPDX-License-Identifier: GPL-2.0-only
//
// The words of a header line, for those who print it and those who read it.
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_HEADER_WORDS_H_
#define ARENAFUZZ_FUZZ_PROGRAM_HEADER_WORDS_H_

#include <string_view>

namespace arenafuzz::words {

// Each in the order of what it names: Profile, ProgramKind, BaseKind, page_size_code and flags.
inline constexpr std::string_view kProfiles[] = {"correct", "faults", "misuse"};
inline constexpr std::string_view kKinds[] = {"arena", "gen_pool"};
inline constexpr std::string_view kBases[] = {"zero", "small", "high", "end"};
inline constexpr std::string_view kPages[] = {"4096", "16384", "65536"};
inline constexpr std::string_view kPlacements[] = {"lowest", "best"};
inline constexpr std::string_view kReleases[] = {"immediate", "deferred"};

}  // namespace arenafuzz::words

#endif  // ARENAFUZZ_FUZZ_PROGRAM_HEADER_WORDS_H_
