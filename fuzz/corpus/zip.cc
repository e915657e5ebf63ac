// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/zip.h"

#include <fmt/format.h>

#include <memory>
#include <string_view>

#include "fuzz/base/quoting.h"

#ifdef ARENAFUZZ_HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

namespace arenafuzz {

#ifndef ARENAFUZZ_HAVE_LIBARCHIVE

namespace {
Status no_library() {
  return {"this build reads and writes no zips: apt-get install libarchive-dev and build again"};
}
}  // namespace

Status read_zip(const std::string&, const ZipVisitor&) { return no_library(); }
Status write_zip(const std::string&, const std::map<std::string, Bytes>&) { return no_library(); }

#else

namespace {

constexpr std::size_t kBlockBytes = 65536;
constexpr std::int64_t kYear1980 = 315619200;  // the first that a zip can tell

struct Close {
  void operator()(archive* zip) const { archive_free(zip); }
};
using Zip = std::unique_ptr<archive, Close>;

std::string problem_of(archive* zip) {
  const char* text = archive_error_string(zip);
  return printable(text != nullptr ? text : "unknown error");
}

bool leads_out(std::string_view name) {
  if (name.starts_with('/')) return true;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    if (name.substr(at, end - at) == "..") return true;
    at = end + 1;
  }
  return false;
}

// Why the entry is not read at all; empty: it is.
std::string refused(archive_entry* entry, std::string_view name) {
  if (leads_out(name)) return "its name leads out of the zip";
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_symlink(entry) != nullptr)
    return "is no regular file";
  if (archive_entry_is_encrypted(entry) != 0) return "is encrypted";
  return "";
}

// What it claims to hold is not believed.
int read_content(archive* zip, ZipEntry* entry) {
  std::uint8_t block[kBlockBytes];
  for (;;) {
    const la_ssize_t got = archive_read_data(zip, block, sizeof(block));
    if (got == 0) return ARCHIVE_OK;
    if (got < 0) {
      entry->dropped = "is damaged (" + problem_of(zip) + ")";
      entry->damaged = true;
      return static_cast<int>(got);
    }
    if (entry->bytes.size() + static_cast<std::size_t>(got) > kMaxEntryBytes) {
      entry->dropped = fmt::format("is larger than {} MiB", kMaxEntryBytes >> 20);
      return ARCHIVE_OK;
    }
    entry->bytes.insert(entry->bytes.end(), block, block + got);
  }
}

// An end record and nothing before it, which libarchive takes for no zip.
bool is_empty_zip(const std::string& file) {
  constexpr std::string_view kEnd("PK\5\6", 4);
  constexpr std::size_t kEndBytes = 22;
  constexpr std::size_t kCommentLength = 20;  // in two bytes, the end record's last
  std::string content;
  if (!read_file(file, kEndBytes + 0xffff + 1, &content).ok()) return false;
  if (content.size() < kEndBytes || !content.starts_with(kEnd)) return false;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(content[at]); };
  const std::size_t comment = byte(kCommentLength) + (std::size_t{byte(kCommentLength + 1)} << 8);
  return content.find_first_not_of('\0', kEnd.size()) >= kCommentLength &&
         content.size() == kEndBytes + comment;
}

la_ssize_t append(archive*, void* content, const void* data, std::size_t size) {
  static_cast<std::string*>(content)->append(static_cast<const char*>(data), size);
  return static_cast<la_ssize_t>(size);
}

}  // namespace

Status read_zip(const std::string& file, const ZipVisitor& visit) {
  if (is_empty_zip(file)) return {};
  const Zip zip(archive_read_new());
  // Only with its directory at the end: what is cut off there is no zip.
  archive_read_support_format_zip_seekable(zip.get());
  const auto broken = [&] {
    return Status{fmt::format("{} cannot be read as a zip ({}): name a whole one",
                              shell_quoted(file), problem_of(zip.get()))};
  };
  if (archive_read_open_filename(zip.get(), file.c_str(), kBlockBytes) != ARCHIVE_OK)
    return broken();
  std::size_t bytes = 0;
  std::size_t entries = 0;
  for (;;) {
    archive_entry* header = nullptr;
    const int code = archive_read_next_header(zip.get(), &header);
    if (code == ARCHIVE_EOF) return {};
    if (code < ARCHIVE_WARN || header == nullptr) return broken();
    if (archive_entry_filetype(header) == AE_IFDIR) continue;
    ZipEntry entry;
    const char* name = archive_entry_pathname(header);
    entry.name = name != nullptr ? name : "";
    entry.dropped = refused(header, entry.name);
    if (entry.dropped.empty() && read_content(zip.get(), &entry) == ARCHIVE_FATAL) return broken();
    bytes += entry.bytes.size();
    if (++entries > kMaxZipEntries || bytes > kMaxZipBytes)
      return {fmt::format("{} holds more than {} GiB or {} entries: unpack it, and import folders",
                          shell_quoted(file), kMaxZipBytes >> 30, kMaxZipEntries)};
    if (!visit(entry)) return {};
  }
}

Status write_zip(const std::string& file, const std::map<std::string, Bytes>& entries) {
  std::string content;
  const Zip zip(archive_write_new());
  const auto failed = [&] {
    return Status{fmt::format("cannot make the zip {} ({}): choose another name",
                              shell_quoted(file), problem_of(zip.get()))};
  };
  if (archive_write_set_format_zip(zip.get()) != ARCHIVE_OK ||
      archive_write_set_bytes_per_block(zip.get(), 0) != ARCHIVE_OK ||
      archive_write_open(zip.get(), &content, nullptr, append, nullptr) != ARCHIVE_OK)
    return failed();
  for (const auto& [name, bytes] : entries) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> header(archive_entry_new(),
                                                                               archive_entry_free);
    archive_entry_set_pathname(header.get(), name.c_str());
    archive_entry_set_filetype(header.get(), AE_IFREG);
    archive_entry_set_perm(header.get(), 0644);
    archive_entry_set_size(header.get(), static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_mtime(header.get(), kYear1980, 0);
    if (archive_write_header(zip.get(), header.get()) != ARCHIVE_OK ||
        archive_write_data(zip.get(), bytes.data(), bytes.size()) !=
            static_cast<la_ssize_t>(bytes.size()))
      return failed();
  }
  if (archive_write_close(zip.get()) != ARCHIVE_OK) return failed();
  return write_durably(file, content);
}

#endif

}  // namespace arenafuzz
