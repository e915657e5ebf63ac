// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/corpus/merge.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unordered_map>

#include "fuzz/corpus/reduce.h"
#include "fuzz/corpus/set_cover.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

// An input in its form, spooled in the scratch folder under its content hash.
struct Entry {
  std::string file;  // the first of that content
  bool stays = false;
};

class Merge {
 public:
  Merge(const MergeRequest& request, MergeWatch& watch)
      : request_(request),
        watch_(watch),
        scratch_(request.scratch),
        reader_(request.target, scratch_.folder()) {}

  MergeResult run() {
    Status made = scratch_.folder().empty() ? Status{"cannot", errno}
                                            : make_folder(scratch_.folder() + "/spool");
    if (made.ok()) made = make_folder(scratch_.folder() + "/candidates");
    if (!made.ok()) {
      fail("make a folder in", request_.scratch, made, "make room there");
    } else if (read_all() && measure() && set_aside()) {
      choose_and_write();
    }
    if (result_.problem.ok() && !result_.stopped) result_.problem = reader_.problem();
    return std::move(result_);
  }

 private:
  bool fail(const char* what, const std::string& name, const Status& status, const char* advice) {
    result_.problem = {std::string("cannot ") + what + " " + name + " (" + status.reason() +
                       "): " + advice};
    return false;
  }

  bool go_on(MergeStage stage, std::size_t done, std::size_t all) {
    result_.stopped = watch_.go_on(stage, done, all) == Patience::kStop;
    return !result_.stopped;
  }

  std::string spool(const std::string& hash) const { return scratch_.folder() + "/spool/" + hash; }

  bool read_all() {
    std::vector<std::string> present;
    std::error_code error;
    const bool exists = fs::exists(request_.out, error);
    if (exists)
      if (const Status status = files_below(request_.out, &present); !status.ok())
        return fail("read the folder", request_.out, status, "name a readable folder");
    std::erase_if(present, is_control_file);
    result_.present = present.size();
    std::vector<std::string> files;
    for (const std::string& name : request_.in) {
      if (!fs::is_directory(name, error)) {
        files.push_back(name);
      } else if (const Status status = files_below(name, &files); !status.ok()) {
        return fail("read the folder", name, status, "name a readable folder");
      }
    }
    std::erase_if(files, is_control_file);
    result_.files = files.size();
    const std::size_t all = present.size() + files.size();
    std::size_t done = 0;
    for (const std::string& file : present)
      if (!go_on(MergeStage::kRead, done++, all) || !read_one(file, true)) return false;
    for (const std::string& file : files)
      if (!go_on(MergeStage::kRead, done++, all) || !read_one(file, false)) return false;
    return true;
  }

  bool read_one(const std::string& file, bool stays) {
    Bytes bytes;
    CorpusInput input;
    if (const Status status = read_bytes(file, kMaxTextBytes + 1, &bytes); !status.ok()) {
      // libFuzzer removes an input from the folder when a shorter one shows the same.
      const auto& named = request_.in;
      if (status.error == ENOENT && std::find(named.begin(), named.end(), file) == named.end())
        return true;
      result_.unreadable.push_back({file, status.reason(), ""});
      return true;
    }
    if (const Status status = bring_into_form(request_.form, file, bytes, &input); !status.ok()) {
      result_.dropped.push_back({file, status.sentence, ""});
      return true;
    }
    if (!stays && input.changed) ++result_.migrated;
    const auto [place, fresh] = by_hash_.try_emplace(input.cost.name, entries_.size());
    if (!fresh) {
      if (!stays) ++result_.duplicates;
      return true;
    }
    if (const Status status = write_bytes(spool(input.cost.name), input.bytes); !status.ok())
      return fail("write in", request_.scratch, status, "make room there");
    entries_.push_back({file, stays});
    items_.push_back({input.cost, {}, stays});
    return true;
  }

  bool measure_items(MergeStage stage, std::span<CoverItem> items,
                     std::vector<Measurement>* measurements) {
    std::vector<std::string> files;
    files.reserve(items.size());
    for (const CoverItem& item : items) files.push_back(spool(item.cost.name));
    const auto watch = [&](std::size_t done, std::size_t all) { return go_on(stage, done, all); };
    if (!reader_.measure(files, watch, measurements)) return false;
    for (std::size_t i = 0; i < items.size(); ++i)
      items[i].features = std::move((*measurements)[i].features);
    return true;
  }

  Status copy_from_spool(const std::string& hash, const std::string& folder,
                         const std::string& name) const {
    Bytes bytes;
    Status status = make_folder(folder);
    if (status.ok()) status = read_bytes(spool(hash), kMaxInputBytes, &bytes);
    return status.ok() ? write_durably(name, bytes) : status;
  }

  bool measure() { return measure_items(MergeStage::kMeasure, items_, &measurements_); }

  // What ended the process.
  bool set_aside() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (measurements_[i].measured) continue;
      InputNote note{entries_[i].file, measurements_[i].end, ""};
      if (!request_.aside.empty()) {
        note.aside = request_.aside + "/" + items_[i].cost.name;
        const Status status = copy_from_spool(items_[i].cost.name, request_.aside, note.aside);
        if (!status.ok()) return fail("write", note.aside, status, "make room there");
      }
      result_.ended.push_back(std::move(note));
    }
    return true;
  }

  std::size_t count_features(std::span<const Taken> taken, bool stays_alone) const {
    std::size_t count = 0;
    for (const Taken& one : taken)
      if (!stays_alone || items_[one.item].stays) count += one.features.size();
    return count;
  }

  void choose_and_write() {
    std::vector<Taken> taken = set_cover(items_);
    result_.features_before = count_features(taken, true);
    for (const Taken& one : taken)
      if (!items_[one.item].stays) result_.operations_taken += items_[one.item].cost.operations;
    if (request_.reduce && !request_.form.any_bytes) {
      if (!reduce(taken)) return;
      taken = set_cover(items_);
    }
    result_.features_after = count_features(taken, false);
    write(taken);
  }

  // Adds the shorter programs to items_. The long ones stay there: they are used
  // again if a short one does not show what it was taken for.
  bool reduce(std::span<const Taken> taken) {
    std::vector<Reduction> reductions;
    for (const Taken& one : taken) {
      if (items_[one.item].stays) continue;
      Bytes bytes;
      CorpusInput input;
      Status status = read_bytes(spool(items_[one.item].cost.name), kMaxInputBytes, &bytes);
      if (status.ok()) status = bring_into_form(request_.form, "", bytes, &input);
      if (!status.ok()) return fail("read in", request_.scratch, status, "leave its files alone");
      reductions.push_back({std::move(input.program), one.features});
    }
    const auto measure = [this](std::span<const Program> programs, std::vector<Measurement>* out) {
      return measure_candidates(programs, out);
    };
    const auto watch = [this](std::size_t done, std::size_t all) {
      reduced_ = done;
      reducing_ = all;
      return go_on_reducing();
    };
    result_.reduced_to_the_end = reduce_programs(reductions, measure, watch);
    if (result_.stopped || !reader_.problem().ok() || !result_.problem.ok()) return false;
    return verify(reductions);
  }

  bool go_on_reducing() {
    const Patience patience = watch_.go_on(MergeStage::kReduce, reduced_, reducing_);
    result_.stopped |= patience == Patience::kStop;
    return patience == Patience::kGoOn;
  }

  bool measure_candidates(std::span<const Program> programs, std::vector<Measurement>* out) {
    std::vector<std::string> files;
    for (const Program& program : programs) {
      files.push_back(scratch_.folder() + "/candidates/" + std::to_string(files.size()));
      const Status status = write_bytes(files.back(), input_of(request_.form, program).bytes);
      if (!status.ok()) return fail("write in", request_.scratch, status, "make room there");
    }
    const auto watch = [this](std::size_t, std::size_t) { return go_on_reducing(); };
    return reader_.measure(files, watch, out);
  }

  bool verify(std::span<const Reduction> reductions) {
    std::vector<CoverItem> shorter;
    for (const Reduction& reduction : reductions) {
      const CorpusInput input = input_of(request_.form, reduction.program);
      if (!by_hash_.try_emplace(input.cost.name, 0).second) continue;
      const Status status = write_bytes(spool(input.cost.name), input.bytes);
      if (!status.ok()) return fail("write in", request_.scratch, status, "make room there");
      shorter.push_back({input.cost, {}, false});
    }
    std::vector<Measurement> measurements;
    if (!measure_items(MergeStage::kVerify, shorter, &measurements)) return false;
    items_.insert(items_.end(), shorter.begin(), shorter.end());
    return true;
  }

  void write(std::span<const Taken> taken) {
    std::size_t done = 0;
    for (const Taken& one : taken) {
      const CoverItem& item = items_[one.item];
      if (!go_on(MergeStage::kWrite, done++, taken.size())) return;
      if (item.stays) continue;
      // A file of OUT that has this name has another content.
      const std::string name = free_name(request_.out + "/" + item.cost.name);
      const Status status = copy_from_spool(item.cost.name, request_.out, name);
      if (!status.ok()) {
        fail("write", name, status, "choose a writable folder with room; what it holds is kept");
        return;
      }
      ++result_.added;
      result_.added_bytes += item.cost.bytes;
      result_.operations_added += item.cost.operations;
    }
  }

  const MergeRequest& request_;
  MergeWatch& watch_;
  Scratch scratch_;
  FeatureReader reader_;
  MergeResult result_;
  std::vector<Entry> entries_;  // as items_, without the shorter ones
  std::vector<CoverItem> items_;
  std::vector<Measurement> measurements_;
  std::unordered_map<std::string, std::size_t> by_hash_;
  std::size_t reduced_ = 0;   // programs, of
  std::size_t reducing_ = 0;  // so many
};

}  // namespace

const char* merge_stage_name(MergeStage stage) {
  constexpr const char* kNames[] = {"reading", "measuring", "reducing", "verifying", "writing"};
  return kNames[static_cast<int>(stage)];
}

MergeResult merge_corpora(const MergeRequest& request, MergeWatch& watch) {
  return Merge(request, watch).run();
}

}  // namespace arenafuzz
