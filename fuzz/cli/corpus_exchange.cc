// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz corpus migrate`, `import` and `export`.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unordered_set>

#include "fuzz/base/quoting.h"
#include "fuzz/cli/corpus.h"
#include "fuzz/corpus/content_hash.h"
#include "fuzz/corpus/zip.h"
#include "fuzz/program/text.h"
#include "fuzz/triage/minimize/command_watch.h"

namespace arenafuzz::cli {
namespace {

namespace fs = std::filesystem;
using campaign::CorpusForm;
using campaign::CorpusInput;
using campaign::InputNote;

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

// Loads one file; false and a note if it cannot be read.
bool load(const CorpusForm& form, const std::string& file, CorpusInput* input,
          std::vector<InputNote>* unreadable, std::vector<InputNote>* dropped) {
  Bytes bytes;
  std::string why;
  const Status status = read_bytes(file, campaign::kMaxTextBytes + 1, &bytes);
  if (!status.ok()) {
    unreadable->push_back({file, status.reason(), ""});
    return false;
  }
  if (campaign::bring_into_form(form, file, bytes, input, &why)) return true;
  dropped->push_back({file, why, ""});
  return false;
}

int exit_code(const std::vector<InputNote>& unreadable) {
  if (was_interrupted()) {
    refuse("interrupted: what is done is kept; the same command does the rest");
    return kUnusable;
  }
  return unreadable.empty() ? kClean : kUnusable;
}

// ---- migrate ----

class Migration {
 public:
  explicit Migration(const CorpusOptions& options)
      : options_(options), form_(form_of(options.choice.target)) {}

  int run() {
    std::vector<std::string> files;
    Status status = files_of(options_.names[0], &files);
    if (status.ok() && form_.any_bytes)
      status = {"this target takes any bytes as they are: there is nothing to migrate"};
    if (!status.ok()) return refuse(status.sentence);
    watch_signals();
    ProgressLine progress("migrate");
    for (const std::string& file : files) {
      if (was_interrupted()) break;
      progress.show(fmt::format("{} of {} files", done_++, files.size()));
      status = migrate(file);
      if (!status.ok()) return refuse(status.sentence);
    }
    progress.end();
    print(files.size());
    return exit_code(unreadable_);
  }

 private:
  // Decoding is total, so that a README would become a program too.
  static bool is_prose(const Bytes& bytes) {
    return !bytes.empty() && std::none_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) {
      return byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r';
    });
  }

  Status migrate(const std::string& file) {
    Bytes bytes;
    std::string why;
    CorpusInput input;
    const Status status = read_bytes(file, campaign::kMaxTextBytes + 1, &bytes);
    if (!status.ok()) {
      unreadable_.push_back({file, status.reason(), ""});
      return {};
    }
    if (!campaign::bring_into_form(form_, file, bytes, &input, &why)) {
      left_.push_back({file, why, ""});
    } else if (looks_like_text(file, view_of(bytes))) {
      ++texts_;
    } else if (is_prose(bytes)) {
      left_.push_back({file, "is no program", ""});
    } else if (input.changed) {
      return rewrite(file, input.bytes);
    } else {
      ++present_;
    }
    return {};
  }

  // A file that is named by its content gets its new name; the old one goes when that is there.
  Status rewrite(const std::string& file, const Bytes& bytes) {
    const fs::path path(file);
    std::string name = file;
    if (campaign::is_content_hash(path.filename().string()))
      name = (path.parent_path() / campaign::content_hash(bytes)).string();
    const Status status = write_durably(name, view_of(bytes));
    if (!status.ok()) return status;
    if (name != file && unlink(file.c_str()) != 0)
      return {fmt::format("cannot remove {} ({}): its new form is {}", shell_quoted(file),
                          std::strerror(errno), shell_quoted(name))};
    changed_.push_back({file, name == file ? "re-encoded" : "re-encoded as " + name, ""});
    return {};
  }

  void print(std::size_t files) const {
    print_notes("changed", changed_);
    print_notes("left alone", left_);
    print_notes("unreadable", unreadable_);
    fmt::print(options_.json ? stderr : stdout,
               "{} files: {} re-encoded, {} were so already, {} are text, {} left alone, {} "
               "unreadable\n",
               files, changed_.size(), present_, texts_, left_.size(), unreadable_.size());
    if (options_.json)
      print_json({{"command", "corpus migrate"},
                  {"folder", options_.names[0]},
                  {"interrupted", was_interrupted()},
                  {"files", files},
                  {"changed", notes_as_json(changed_)},
                  {"unchanged", present_},
                  {"text", texts_},
                  {"left_alone", notes_as_json(left_)},
                  {"unreadable", notes_as_json(unreadable_)}});
  }

  const CorpusOptions& options_;
  CorpusForm form_;
  std::size_t done_ = 0;
  std::size_t present_ = 0;
  std::size_t texts_ = 0;
  std::vector<InputNote> changed_;
  std::vector<InputNote> left_;
  std::vector<InputNote> unreadable_;
};

// ---- import ----

class Import {
 public:
  Import(const Context& context, const CorpusOptions& options)
      : options_(options),
        form_(form_of(options.choice.target)),
        out_(options.out.empty() ? seed_folders(context, *options.choice.target)[0] : options.out) {
  }

  int run() {
    Status status = see_what_is_there();
    if (!status.ok()) return refuse(status.sentence);
    watch_signals();
    ProgressLine progress("import");
    status = take_all(progress);
    progress.end();
    if (!status.ok()) return refuse(status.sentence);
    print();
    if (damaged_ != 0 && added_ + duplicates_ == 0)
      return refuse(
          fmt::format("no entry of {} is whole: get it again", shell_quoted(options_.names[0])));
    return exit_code(unreadable_);
  }

 private:
  // Files count as present by their content, whatever their name.
  Status see_what_is_there() {
    std::error_code error;
    std::vector<std::string> files;
    if (!fs::exists(out_, error)) return {};
    if (!fs::is_directory(out_, error))
      return {fmt::format("{} is no folder: choose another one with --out", shell_quoted(out_))};
    const Status status = files_of(out_, &files);
    for (const std::string& file : files) {
      CorpusInput input;
      std::vector<InputNote> ignored;
      if (load(form_, file, &input, &ignored, &ignored)) there_.insert(input.cost.name);
    }
    return status;
  }

  Status take_all(ProgressLine& progress) {
    const std::string& name = options_.names[0];
    std::error_code error;
    if (fs::is_directory(name, error)) {
      std::vector<std::string> files;
      Status status = files_of(name, &files);
      for (const std::string& file : files) {
        if (!status.ok() || was_interrupted()) break;
        progress.show(fmt::format("{} of {} files", taken_++, files.size()));
        CorpusInput input;
        if (load(form_, file, &input, &unreadable_, &dropped_)) status = add(input);
      }
      return status;
    }
    if (!fs::exists(name, error))
      return {fmt::format("there is no {}: name a zip or a folder", shell_quoted(name))};
    Status written;
    const Status status = read_zip(name, [&](const ZipEntry& entry) {
      progress.show(fmt::format("{} entries", taken_++));
      written = take(entry);
      return written.ok() && !was_interrupted();
    });
    return status.ok() ? written : status;
  }

  Status take(const ZipEntry& entry) {
    std::string why = entry.dropped;
    CorpusInput input;
    if (why.empty() && campaign::bring_into_form(form_, entry.name, entry.bytes, &input, &why))
      return add(input);
    dropped_.push_back({entry.name, why, ""});
    if (entry.damaged) ++damaged_;
    return {};
  }

  Status add(const CorpusInput& input) {
    if (!there_.insert(input.cost.name).second) {
      ++duplicates_;
      return {};
    }
    if (input.changed) ++changed_;
    Status status = make_folder(out_);
    const std::string name = free_name(out_ + "/" + input.cost.name);
    if (status.ok()) status = write_durably(name, view_of(input.bytes));
    if (status.ok()) ++added_;
    return status;
  }

  void print() const {
    print_notes("dropped", dropped_);
    print_notes("unreadable", unreadable_);
    fmt::print(options_.json ? stderr : stdout,
               "{}: {} added, {} of them re-encoded; {} of a content met before, {} dropped, {} "
               "unreadable\n",
               shell_quoted(out_), added_, changed_, duplicates_, dropped_.size(),
               unreadable_.size());
    if (options_.json)
      print_json({{"command", "corpus import"},
                  {"target", options_.choice.target->name},
                  {"from", options_.names[0]},
                  {"out", out_},
                  {"interrupted", was_interrupted()},
                  {"added", added_},
                  {"reencoded", changed_},
                  {"duplicates", duplicates_},
                  {"dropped", notes_as_json(dropped_)},
                  {"unreadable", notes_as_json(unreadable_)}});
  }

  const CorpusOptions& options_;
  CorpusForm form_;
  std::string out_;
  std::unordered_set<std::string> there_;
  std::size_t taken_ = 0;
  std::size_t added_ = 0;
  std::size_t changed_ = 0;
  std::size_t duplicates_ = 0;
  std::size_t damaged_ = 0;  // entries of a zip
  std::vector<InputNote> dropped_;
  std::vector<InputNote> unreadable_;
};

}  // namespace

int migrate_corpus(const CorpusOptions& options) { return Migration(options).run(); }

int import_corpus(const Context& context, const CorpusOptions& options) {
  return Import(context, options).run();
}

int export_corpus(const Context& context, const CorpusOptions& options) {
  const TargetInfo& target = *options.choice.target;
  const CorpusForm form = form_of(&target);
  std::vector<std::string> files;
  for (const std::string& folder :
       options.names.empty() ? seed_folders(context, target) : options.names) {
    const Status status = files_of(folder, &files);
    if (!status.ok()) return refuse(status.sentence);
  }
  watch_signals();
  std::map<std::string, Bytes> entries;
  std::vector<InputNote> dropped;
  std::vector<InputNote> unreadable;
  std::size_t duplicates = 0;
  ProgressLine progress("export");
  for (const std::string& file : files) {
    if (was_interrupted())
      return refuse(fmt::format("interrupted: {} was not written", shell_quoted(options.out)));
    progress.show(fmt::format("{} of {} files", entries.size(), files.size()));
    CorpusInput input;
    keep_as_given(file);
    if (!load(form, file, &input, &unreadable, &dropped)) continue;
    if (!entries.emplace(input.cost.name, std::move(input.bytes)).second) ++duplicates;
  }
  progress.end();
  if (entries.empty()) return refuse("there is nothing to export: name a folder with programs");
  const Status status = write_zip(options.out, entries);
  if (!status.ok()) return refuse(status.sentence);
  print_notes("dropped", dropped);
  print_notes("unreadable", unreadable);
  fmt::print(options.json ? stderr : stdout,
             "{}: {} programs; {} of a content met before, {} dropped, {} unreadable\n",
             shell_quoted(options.out), entries.size(), duplicates, dropped.size(),
             unreadable.size());
  if (options.json)
    print_json({{"command", "corpus export"},
                {"target", target.name},
                {"out", options.out},
                {"programs", entries.size()},
                {"duplicates", duplicates},
                {"dropped", notes_as_json(dropped)},
                {"unreadable", notes_as_json(unreadable)}});
  return unreadable.empty() ? kClean : kUnusable;
}

}  // namespace arenafuzz::cli
