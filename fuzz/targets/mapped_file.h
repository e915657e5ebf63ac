// SPDX-License-Identifier: GPL-2.0-only
//
// Figures that a running target publishes, as a file in memory: a reader sees them without any
// message from the writer, and after its death too.
#ifndef ARENAFUZZ_FUZZ_TARGETS_MAPPED_FILE_H_
#define ARENAFUZZ_FUZZ_TARGETS_MAPPED_FILE_H_

#include <cstddef>
#include <string>

namespace arenafuzz {

// `bytes` of zeroes, or of what the file had; nullptr if that cannot be.
void* map_file(const std::string& path, std::size_t bytes);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TARGETS_MAPPED_FILE_H_
