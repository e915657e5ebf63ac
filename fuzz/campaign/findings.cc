// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/harness/verdict/known_signature.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/text.h"
#include "fuzz/session/finding_file.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{64} << 20;
constexpr std::string_view kSuffix = ".txt";

// "S.txt" -> "S"; empty for other names, such as a file that is being written.
std::string signature_of(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.ends_with(kSuffix) || name.starts_with('.')) return "";
  return name.substr(0, name.size() - kSuffix.size());
}

std::string path_in(const std::string& folder, const std::string& signature) {
  return folder + "/" + signature + std::string(kSuffix);
}

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    std::error_code ignored;
    if (it->is_regular_file(ignored)) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::size_t operation_count(const std::string& text) {
  Program program;
  TextError error;
  return parse_program(text, &program, &error) ? program.operations.size() : ~std::size_t{0};
}

int reach_rank(const std::string& reach) {
  for (int rank = 0; rank <= static_cast<int>(Reach::kMisuse); ++rank)
    if (reach == reach_name(static_cast<Reach>(rank))) return rank;
  return static_cast<int>(Reach::kMisuse) + 1;
}

// What ended its process is no oracle's, and safety.
Tier tier_of(const std::string& oracle) {
  for (int i = 0; i < kOracleCount; ++i)
    if (const OracleInfo& info = oracle_info(static_cast<Oracle>(i)); oracle == info.name)
      return info.tier;
  return Tier::kSafety;
}

// The finding whose text has that name, of that signature. An older version left no record: then
// the program is the text, and the tier what the signature's oracle says.
FindingRecord read_one(const std::string& text_name, const std::string& signature) {
  FindingRecord record;
  if (!read_finding(text_name, &record)) {
    std::string content;
    std::size_t at = 0;
    if (!read_file(text_name, kMaxFile, &content).ok()) content.clear();
    while (at < content.size() && content[at] == '#')
      at = std::min(content.find('\n', at), content.size() - 1) + 1;
    record.program = content.substr(at);
    record.tier = tier_name(tier_of(signature.substr(0, signature.find('.'))));
  }
  record.signature = signature;
  return record;
}

}  // namespace

// As ProgramRunner::fails.
bool finding_fails(const FuzzOptions& options, const KeptFinding& finding) {
  return !options.kernel.kernel || options.strict || finding.tier != tier_name(Tier::kChange);
}

Findings::Findings(const std::string& out, bool compared)
    : compared_(compared),
      kept_(out + "/findings"),
      incoming_(out + "/findings.new"),
      old_(out + "/old"),
      old_list_(out + "/old.txt") {}

void Findings::open() {
  const bool compared = compared_;
  compared_ = false;  // of a run that was killed: asked below
  collect();
  compared_ = compared;
  found_.clear();
  taken_.clear();
  for (const fs::path& file : files_in(incoming_)) {
    std::error_code ignored;
    if (problem_.ok()) fs::remove(file, ignored);
  }
  for (const fs::path& file : files_in(kept_)) {
    const std::string signature = signature_of(file);
    if (!signature.empty()) earlier_.insert(signature);
  }
}

void Findings::keep(const std::string& folder, const FindingRecord& finding) {
  const std::string name = path_in(folder, finding.signature);
  std::error_code error;
  const bool exists = fs::exists(name, error);
  if (exists && operation_count(read_one(name, finding.signature).program) <=
                    operation_count(finding.program))
    return;
  const Status status = write_finding(name, finding);
  if (!status.ok()) problem_ = status;
}

void Findings::collect() {
  for (const fs::path& file : files_in(incoming_)) {
    const std::string signature = signature_of(file);
    if (signature.empty()) continue;
    std::error_code error;
    const fs::file_time_type time = fs::last_write_time(file, error);
    const auto taken = taken_.find(signature);
    if (error || (taken != taken_.end() && taken->second == time)) continue;
    take(read_one(file.string(), signature));
    if (compared_ || problem_.ok()) taken_[signature] = time;
  }
}

std::string Findings::file_of(const std::string& signature) const {
  return path_in(kept_, signature);
}

void Findings::shortened(const std::string& signature, const FindingRecord& finding) {
  const Status status = write_finding(file_of(signature), finding);
  if (!status.ok()) problem_ = status;
}

void Findings::take(const FindingRecord& finding) {
  const bool old = old_signatures_.contains(finding.signature);
  if (compared_ && !old && !found_.contains(finding.signature)) {
    pending_.push_back(finding);
  } else {
    settle(finding, old);
  }
}

std::optional<PendingFinding> Findings::next_pending() {
  if (pending_.empty()) return std::nullopt;
  PendingFinding finding = std::move(pending_.front());
  pending_.pop_front();
  return finding;
}

void Findings::settle(const PendingFinding& finding, bool old) {
  const std::string& signature = finding.signature;
  if (!old) {
    found_.insert(signature);
    keep(kept_, finding);
  } else if (!found_.contains(signature)) {
    keep(old_, finding);
    old_met_.insert(signature);
    if (old_signatures_.insert(signature).second) write_old_list();
  }
}

void Findings::write_old_list() {
  std::string list = "# what the baseline shows too; written by the run, for its jobs\n";
  for (const std::string& signature : old_signatures_) list += signature + "\n";
  const Status status = write_durably(old_list_, list);
  if (!status.ok()) problem_ = status;
}

Status Findings::open_old(const std::string& trees) {
  const std::string mark = old_ + "/trees.json";
  std::string before;
  Status status = make_folder(old_);
  if (!status.ok()) return status;
  const bool same = read_file(mark, kMaxFile, &before).ok() && before == trees;
  for (const fs::path& file : files_in(old_)) {
    const std::string signature = signature_of(file);
    std::error_code ignored;
    if (signature.empty()) continue;
    if (same) {
      old_signatures_.insert(signature);
      continue;
    }
    fs::remove(file, ignored);
    fs::remove(record_name(file.string()), ignored);
  }
  if (!same) status = write_durably(mark, trees);
  write_old_list();
  return status.ok() ? problem_ : status;
}

void Findings::close() {
  collect();
  std::error_code ignored;
  for (const fs::path& file : files_in(incoming_)) {
    fs::path text = file;
    if (file.extension() == ".json") text.replace_extension(kSuffix);
    const std::string signature = signature_of(text);
    if (signature.empty() || (taken_.contains(signature) && problem_.ok()))
      fs::remove(file, ignored);
  }
  fs::remove(incoming_, ignored);  // only if it is empty
}

std::vector<KeptFinding> Findings::read(const std::set<std::string>& signatures,
                                        const std::string& folder) const {
  std::vector<KeptFinding> findings;
  for (const std::string& signature : signatures) {
    std::string file = path_in(folder, signature);
    std::error_code error;
    if (!fs::exists(file, error)) file = path_in(incoming_, signature);
    findings.push_back({read_one(file, signature), file});
  }
  std::sort(findings.begin(), findings.end(), [](const auto& a, const auto& b) {
    const int ranks[] = {reach_rank(a.reach), reach_rank(b.reach)};
    return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : a.signature < b.signature;
  });
  return findings;
}

std::vector<KeptFinding> Findings::found() const { return read(found_, kept_); }

std::vector<KeptFinding> Findings::earlier() const {
  std::set<std::string> alone;
  std::set_difference(earlier_.begin(), earlier_.end(), found_.begin(), found_.end(),
                      std::inserter(alone, alone.end()));
  for (const std::string& signature : old_met_) alone.erase(signature);
  return read(alone, kept_);
}

std::set<std::string> Findings::all_signatures() const {
  std::set<std::string> all = earlier_;
  all.insert(found_.begin(), found_.end());
  return all;
}

Status Findings::write_known(const std::string& name) const {
  std::string content;
  std::set<std::string> there;
  std::error_code error;
  if (fs::exists(name, error)) {
    const Status status = read_file(name, kMaxKnownBytes, &content);
    if (!status.ok()) return status;
    for (KnownLines lines(content); lines.next();) there.emplace(lines.text());
    if (!content.empty() && !content.ends_with('\n')) content += '\n';
  }
  const std::size_t before = content.size();
  if (content.empty()) content = "# arenafuzz: signatures found, for --known\n";
  for (const std::string& signature : all_signatures())
    if (!there.contains(signature))
      content += fmt::format("{}  # findings/{}{}\n", signature, signature, kSuffix);
  for (const std::string& signature : old_signatures_)
    if (!there.contains(signature))
      content += fmt::format("{}  # old/{}{}\n", signature, signature, kSuffix);
  return content.size() == before ? Status{} : write_durably(name, content);
}

}  // namespace arenafuzz
