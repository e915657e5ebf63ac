// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/exchange.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unordered_set>

#include "fuzz/base/quoting.h"
#include "fuzz/corpus/content_hash.h"
#include "fuzz/corpus/zip.h"
#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

std::string_view view_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Status files_of(const std::string& name, std::vector<std::string>* files) {
  std::error_code error;
  if (!fs::exists(name, error))
    return {fmt::format("there is no {}: name a folder of programs", shell_quoted(name))};
  if (!fs::is_directory(name, error)) {
    files->push_back(name);
    return {};
  }
  Status status = files_below(name, files);
  std::erase_if(*files, is_control_file);
  return status;
}

bool read_input(const std::string& file, Bytes* bytes, std::vector<InputNote>* unreadable) {
  const Status status = read_bytes(file, kMaxTextBytes + 1, bytes);
  if (!status.ok()) unreadable->push_back({file, status.reason(), ""});
  return status.ok();
}

// Loads one file; false and a note if it cannot be read.
bool load(const CorpusForm& form, const std::string& file, CorpusInput* input,
          std::vector<InputNote>* unreadable, std::vector<InputNote>* dropped) {
  Bytes bytes;
  if (!read_input(file, &bytes, unreadable)) return false;
  const Status status = bring_into_form(form, file, bytes, input);
  if (!status.ok()) dropped->push_back({file, status.sentence, ""});
  return status.ok();
}

// Decoding is total, so that a README would become a program too.
bool is_prose(const Bytes& bytes) {
  return !bytes.empty() && std::none_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) {
    return byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r';
  });
}

// A file that is named by its content gets its new name; the old one goes when that is there.
Status rewrite(const std::string& file, const Bytes& bytes, Migrated* result) {
  const fs::path path(file);
  std::string name = file;
  if (is_content_hash(path.filename().string()))
    name = (path.parent_path() / content_hash(bytes)).string();
  Status status = write_durably(name, view_of(bytes));
  if (!status.ok()) return status;
  if (name != file && unlink(file.c_str()) != 0)
    return {fmt::format("cannot remove {} ({}): its new form is {}", shell_quoted(file),
                        std::strerror(errno), shell_quoted(name))};
  result->changed.push_back({file, name == file ? "re-encoded" : "re-encoded as " + name, ""});
  return {};
}

Status migrate_file(const CorpusForm& form, const std::string& file, Migrated* result) {
  Bytes bytes;
  CorpusInput input;
  if (!read_input(file, &bytes, &result->unreadable)) return {};
  const Status status = bring_into_form(form, file, bytes, &input);
  if (!status.ok()) {
    result->left_alone.push_back({file, status.sentence, ""});
  } else if (looks_like_text(file, view_of(bytes))) {
    ++result->texts;
  } else if (is_prose(bytes)) {
    result->left_alone.push_back({file, "is no program", ""});
  } else if (input.changed) {
    return rewrite(file, input.bytes, result);
  } else {
    ++result->unchanged;
  }
  return {};
}

class Import {
 public:
  Import(const CorpusForm& form, const std::string& out, const ExchangeProgress& progress,
         Imported* result)
      : form_(form), out_(out), progress_(progress), result_(result) {}

  // Files count as present by their content, whatever their name.
  Status see_what_is_there() {
    std::error_code error;
    std::vector<std::string> files;
    if (!fs::exists(out_, error)) return {};
    if (!fs::is_directory(out_, error))
      return {fmt::format("{} is no folder: choose another one with --out", shell_quoted(out_))};
    Status status = files_of(out_, &files);
    for (const std::string& file : files) {
      CorpusInput input;
      std::vector<InputNote> ignored;
      if (load(form_, file, &input, &ignored, &ignored)) there_.insert(input.cost.name);
    }
    return status;
  }

  Status take_folder(const std::string& name) {
    std::vector<std::string> files;
    Status status = files_of(name, &files);
    for (std::size_t i = 0; i < files.size() && status.ok(); ++i) {
      if (!progress_(i, files.size())) break;
      CorpusInput input;
      if (load(form_, files[i], &input, &result_->unreadable, &result_->dropped))
        status = add(input);
    }
    return status;
  }

  Status take_zip(const std::string& name) {
    Status written;
    std::size_t done = 0;
    Status status = read_zip(name, [&](const ZipEntry& entry) {
      const bool more = progress_(done++, 0);
      written = take(entry);
      return written.ok() && more;
    });
    return status.ok() ? written : status;
  }

 private:
  Status take(const ZipEntry& entry) {
    std::string why = entry.dropped;
    if (why.empty()) {
      CorpusInput input;
      const Status status = bring_into_form(form_, entry.name, entry.bytes, &input);
      if (status.ok()) return add(input);
      why = status.sentence;
    }
    result_->dropped.push_back({entry.name, why, ""});
    if (entry.damaged) ++result_->damaged;
    return {};
  }

  Status add(const CorpusInput& input) {
    if (!there_.insert(input.cost.name).second) {
      ++result_->duplicates;
      return {};
    }
    if (input.changed) ++result_->reencoded;
    Status status = make_folder(out_);
    const std::string name = free_name(out_ + "/" + input.cost.name);
    if (status.ok()) status = write_durably(name, view_of(input.bytes));
    if (status.ok()) ++result_->added;
    return status;
  }

  const CorpusForm& form_;
  const std::string& out_;
  const ExchangeProgress& progress_;
  Imported* result_;
  std::unordered_set<std::string> there_;
};

}  // namespace

Status migrate(const CorpusForm& form, const std::string& folder, const ExchangeProgress& progress,
               Migrated* result) {
  std::vector<std::string> files;
  Status status = files_of(folder, &files);
  if (status.ok() && form.any_bytes)
    status = {"this target takes any bytes as they are: there is nothing to migrate"};
  result->files = files.size();
  for (std::size_t i = 0; i < files.size() && status.ok() && progress(i, files.size()); ++i)
    status = migrate_file(form, files[i], result);
  return status;
}

Status import_programs(const CorpusForm& form, const std::string& from, const std::string& out,
                       const ExchangeProgress& progress, Imported* result) {
  Import import(form, out, progress, result);
  std::error_code error;
  Status status = import.see_what_is_there();
  if (!status.ok()) return status;
  if (fs::is_directory(from, error)) return import.take_folder(from);
  if (!fs::exists(from, error))
    return {fmt::format("there is no {}: name a zip or a folder", shell_quoted(from))};
  status = import.take_zip(from);
  if (status.ok() && result->damaged != 0 && result->added + result->duplicates == 0)
    status = {fmt::format("no entry of {} is whole: get it again", shell_quoted(from))};
  return status;
}

Status export_programs(const CorpusForm& form, const std::vector<std::string>& folders,
                       const std::string& out, const ExchangeProgress& progress, Exported* result) {
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    Status status = files_of(folder, &files);
    if (!status.ok()) return status;
  }
  std::map<std::string, Bytes> entries;
  for (const std::string& file : files) {
    if (!progress(entries.size(), files.size()))
      return {fmt::format("interrupted: {} was not written", shell_quoted(out))};
    CorpusInput input;
    keep_as_given(file);
    if (!load(form, file, &input, &result->unreadable, &result->dropped)) continue;
    if (!entries.emplace(input.cost.name, std::move(input.bytes)).second) ++result->duplicates;
  }
  if (entries.empty()) return {"there is nothing to export: name a folder with programs"};
  result->programs = entries.size();
  return write_zip(out, entries);
}

}  // namespace arenafuzz
