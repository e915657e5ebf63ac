// SPDX-License-Identifier: GPL-2.0-only
//
// A pool as bars: the arena with its claimed pages, and each chunk with its used and free runs.
//
//   arena    [====....==......]  claimed pages: those of chunks, and those of no chunk
//   chunk 0  [##.##...........]  used and free granules, newest chunk first
//
// Ownership Plain values. Errors: none; a chunk of which nothing is known is an empty bar.
// Threads   no state.
#ifndef ARENAFUZZ_FUZZ_REPORT_POOL_PICTURE_H_
#define ARENAFUZZ_FUZZ_REPORT_POOL_PICTURE_H_

#include <nlohmann/json.hpp>
#include <string>

namespace arenafuzz::report {

// `pool`: {"page_size", "granule", "chunks": [{"address", "pages", "granules", "used": [[start,
// length]...], "scheduler"}], "arenas": [{"map", "pages", "claimed": [[page, length]...]}],
// "left_out": chunks that were too many}; addresses count from the arena's first byte. `other`: the
// picture to compare with, or an empty object.
std::string pool_picture(const nlohmann::json& pool, const nlohmann::json& other);

// What the colours say; once a pair of pictures.
std::string pool_legend();

}  // namespace arenafuzz::report

#endif  // ARENAFUZZ_FUZZ_REPORT_POOL_PICTURE_H_
