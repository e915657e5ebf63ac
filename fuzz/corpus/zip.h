// SPDX-License-Identifier: GPL-2.0-only
//
// Zips of programs, through libarchive. Entries are read into memory and never become files under
// their own names, so that no name can lead out of a folder.
//
// Errors    Status: a sentence. A build without libarchive says what to install.
// Threads   none.
// Source    shared contract of ClusterFuzz: flat zips, names are SHA-1 of the content.
#ifndef ARENAFUZZ_FUZZ_CORPUS_ZIP_H_
#define ARENAFUZZ_FUZZ_CORPUS_ZIP_H_

#include <functional>
#include <map>
#include <string>

#include "fuzz/base/files.h"

namespace arenafuzz {

// Larger entries are dropped, as OSS-Fuzz does; so is what is beyond so many bytes or entries.
inline constexpr std::size_t kMaxEntryBytes = std::size_t{5} << 20;
inline constexpr std::size_t kMaxZipBytes = std::size_t{4} << 30;
inline constexpr std::size_t kMaxZipEntries = 2'000'000;

struct ZipEntry {
  std::string name;  // any bytes: for messages alone
  Bytes bytes;
  std::string dropped;   // why; empty: `bytes` is its content
  bool damaged = false;  // that is why: it could not be read
};
// False: stop.
using ZipVisitor = std::function<bool(const ZipEntry& entry)>;

Status read_zip(const std::string& file, const ZipVisitor& visit);

// The same content makes the same zip. Written durably.
Status write_zip(const std::string& file, const std::map<std::string, Bytes>& entries);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_CORPUS_ZIP_H_
