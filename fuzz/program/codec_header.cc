// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <bit>

#include "fuzz/program/codec_parts.h"

namespace arenafuzz::codec {

void decode_header(const std::uint8_t* at, Header& header) {
  header = Header{};
  header.kind = at[0] == 1 ? ProgramKind::kGenPool : ProgramKind::kArena;
  header.profile = static_cast<Profile>(std::min(at[1] & 3, 2));
  header.best_fit = bit(at[1], 2);
  header.deferred_release = bit(at[1], 3);
  header.unmapped = bit(at[1], 4);
  header.maps = static_cast<std::uint8_t>((at[1] >> 5 & 1) + 1);
  header.schedulers = static_cast<std::uint8_t>((at[1] >> 6) + 1);
  header.base = static_cast<BaseKind>(at[2] & 3);
  header.page_size_code = static_cast<std::uint8_t>((at[2] >> 2 & 3) % 3);
  header.granule_order = static_cast<std::uint8_t>(at[3] % (limits::kMaxGranuleOrder + 1));
  const int bits = at[4] % (limits::kMaxArenaPageBits + 1);
  header.arena_pages = 1 + static_cast<std::uint32_t>(get(at + 5, 3) & ((1u << bits) - 1));
  header.weights = static_cast<std::uint32_t>(get(at + 8, 4));
  repair(header);
}

void encode_header(const Program& program, std::uint8_t* at) {
  const Header& header = program.header;
  at[0] = static_cast<std::uint8_t>(header.kind);
  at[1] = static_cast<std::uint8_t>(static_cast<int>(header.profile) | flag(header.best_fit, 2) |
                                    flag(header.deferred_release, 3) | flag(header.unmapped, 4) |
                                    (header.maps - 1) << 5 | (header.schedulers - 1) << 6);
  at[2] = static_cast<std::uint8_t>(static_cast<int>(header.base) | header.page_size_code << 2 |
                                    flag(program.has_plan, 4));
  at[3] = header.kind == ProgramKind::kGenPool ? header.granule_order : 0;
  at[4] = static_cast<std::uint8_t>(std::bit_width(header.arena_pages - 1));
  put(at + 5, 3, header.arena_pages - 1);
  put(at + 8, 4, header.weights);
}

// Plan block: seed 4; then for each site probability 1, interval 2, times 2, space 4, fail_nth 2.
constexpr int kPlanSiteBytes = 11;
static_assert(4 + kFaultSiteCount * kPlanSiteBytes <= limits::kPlanBytes);

void decode_plan(const std::uint8_t* at, FaultPlan& plan) {
  plan.seed = static_cast<std::uint32_t>(get(at, 4));
  for (int i = 0; i < kFaultSiteCount; ++i) {
    const std::uint8_t* site = at + 4 + i * kPlanSiteBytes;
    FaultAttributes& attributes = plan.sites[i];
    attributes.probability = site[0] % 101u;
    attributes.interval = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(get(site + 1, 2)));
    const auto times = static_cast<std::int16_t>(get(site + 3, 2));
    attributes.times = std::max<std::int32_t>(times, -1);
    attributes.space = static_cast<std::uint32_t>(get(site + 5, 4));
    attributes.fail_nth = static_cast<std::uint32_t>(get(site + 9, 2));
  }
}

void encode_plan(const FaultPlan& plan, std::uint8_t* at) {
  put(at, 4, plan.seed);
  for (int i = 0; i < kFaultSiteCount; ++i) {
    std::uint8_t* site = at + 4 + i * kPlanSiteBytes;
    const FaultAttributes& attributes = plan.sites[i];
    site[0] = static_cast<std::uint8_t>(attributes.probability);
    put(site + 1, 2, attributes.interval);
    put(site + 3, 2, static_cast<std::uint64_t>(static_cast<std::int64_t>(attributes.times)));
    put(site + 5, 4, attributes.space);
    put(site + 9, 2, attributes.fail_nth);
  }
}

}  // namespace arenafuzz::codec
