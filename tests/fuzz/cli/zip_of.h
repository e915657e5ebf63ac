// SPDX-License-Identifier: GPL-2.0-only
//
// A zip, byte by byte: also such as no tool would make.
// Source: PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16.
#ifndef ARENAFUZZ_TESTS_FUZZ_CLI_ZIP_OF_H_
#define ARENAFUZZ_TESTS_FUZZ_CLI_ZIP_OF_H_

#include <cstdint>
#include <string>
#include <vector>

namespace arenafuzz::testing {

struct ZippedFile {
  std::string name;
  std::string content;
  std::uint32_t unix_mode = 0100644;
  std::uint32_t crc_error = 0;  // added to the right checksum
  std::uint16_t flags = 0;      // 1: says that it is encrypted
};

inline std::uint32_t crc32_of(const std::string& content) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : content) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
  }
  return ~crc;
}

// Stored, without compression.
inline std::string zip_of(const std::vector<ZippedFile>& files) {
  std::string zip;
  std::string directory;
  const auto put = [](std::string* to, int bytes, std::uint64_t value) {
    for (; bytes > 0; --bytes, value >>= 8) *to += static_cast<char>(value & 0xff);
  };
  for (const ZippedFile& file : files) {
    std::string common;  // from the version that is needed up to the length of the extra field
    put(&common, 2, 20);
    put(&common, 2, file.flags);
    put(&common, 2, 0);
    put(&common, 4, 0x00210000);  // 1980-01-01
    put(&common, 4, crc32_of(file.content) + file.crc_error);
    put(&common, 4, file.content.size());
    put(&common, 4, file.content.size());
    put(&common, 2, file.name.size());
    put(&common, 2, 0);
    const std::size_t at = zip.size();
    zip += "PK\3\4" + common + file.name + file.content;
    directory += "PK\1\2";
    put(&directory, 2, 3 << 8 | 20);  // made on Unix
    directory += common;
    put(&directory, 6, 0);
    put(&directory, 4, std::uint64_t{file.unix_mode} << 16);
    put(&directory, 4, at);
    directory += file.name;
  }
  const std::size_t at = zip.size();
  zip += directory + "PK\5\6";
  put(&zip, 4, 0);
  put(&zip, 2, files.size());
  put(&zip, 2, files.size());
  put(&zip, 4, directory.size());
  put(&zip, 4, at);
  put(&zip, 2, 0);
  return zip;
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_FUZZ_CLI_ZIP_OF_H_
