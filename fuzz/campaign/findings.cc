// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/harness/verdict/known_signature.h"
#include "fuzz/harness/verdict/verdict.h"
#include "fuzz/program/text.h"
#include "fuzz/session/version.h"

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

void take_row(const std::string& line, std::string_view name, std::string* value) {
  if (!line.starts_with(name) || !value->empty()) return;
  const std::size_t at = line.find_first_not_of(' ', name.size());
  if (at != std::string::npos) *value = line.substr(at);
}

KeptFinding take_apart(const std::string& signature, const std::string& file,
                       const std::string& content) {
  KeptFinding finding;
  finding.signature = signature;
  finding.file = file;
  std::size_t at = 0;
  for (bool first = true; at < content.size() && content[at] == '#'; first = false) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    std::string line = content.substr(at + 1, end - at - 1);
    at = std::min(end + 1, content.size());
    if (first) continue;  // "# arenafuzz"
    if (line.starts_with(' ')) line.erase(0, 1);
    take_row(line, "tier ", &finding.tier);
    take_row(line, "reach ", &finding.reach);
    take_row(line, "operation ", &finding.operation);
    take_row(line, "expected ", &finding.expected);
    take_row(line, "got ", &finding.got);
    take_row(line, "where ", &finding.where);
    take_row(line, "artifact ", &finding.artifact);
    finding.report += line + "\n";
  }
  finding.program = content.substr(at);
  return finding;
}

// Behind the comments that are the report.
std::string with_version_row(const std::string& content) {
  std::size_t at = 0;
  while (at < content.size() && content[at] == '#')
    at = std::min(content.find('\n', at), content.size() - 1) + 1;
  return content.substr(0, at) + "# " + with_version("") + content.substr(at);
}

}  // namespace

// As ProgramRunner::fails; the tier is the first word of the kept report's row.
bool finding_fails(const FuzzOptions& options, const KeptFinding& finding) {
  return !options.kernel.kernel || options.strict || !finding.tier.starts_with("change");
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
    if (problem_.empty()) fs::remove(file, ignored);
  }
  for (const fs::path& file : files_in(kept_)) {
    const std::string signature = signature_of(file);
    if (!signature.empty()) earlier_.insert(signature);
  }
}

bool Findings::keep(const std::string& folder, const std::string& signature,
                    const std::string& content) {
  const std::string name = path_in(folder, signature);
  std::string old;
  const bool exists = read_file(name, kMaxFile, &old).ok();
  if (exists && operation_count(old) <= operation_count(content)) return true;
  const Status status = write_durably(name, with_version_row(content));
  if (!status.ok()) problem_ = status.sentence;
  return status.ok();
}

void Findings::collect() {
  for (const fs::path& file : files_in(incoming_)) {
    const std::string signature = signature_of(file);
    if (signature.empty()) continue;
    std::error_code error;
    const fs::file_time_type time = fs::last_write_time(file, error);
    const auto taken = taken_.find(signature);
    if (error || (taken != taken_.end() && taken->second == time)) continue;
    std::string content;
    if (!read_file(file.string(), kMaxFile, &content).ok()) continue;
    take(signature, content);
    if (compared_ || problem_.empty()) taken_[signature] = time;
  }
}

std::string Findings::file_of(const std::string& signature) const {
  return path_in(kept_, signature);
}

void Findings::shortened(const std::string& signature, const std::string& content) {
  const Status status = write_durably(file_of(signature), content);
  if (!status.ok()) problem_ = status.sentence;
}

void Findings::add(const std::string& signature, const std::string& content) {
  take(signature, content);
}

void Findings::take(const std::string& signature, const std::string& content) {
  if (compared_ && !old_signatures_.contains(signature) && !found_.contains(signature)) {
    pending_.push_back({signature, content});
  } else {
    settle({signature, content}, old_signatures_.contains(signature));
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
    keep(kept_, signature, finding.content);
  } else if (!found_.contains(signature)) {
    keep(old_, signature, finding.content);
    old_met_.insert(signature);
    if (old_signatures_.insert(signature).second) write_old_list();
  }
}

void Findings::write_old_list() {
  std::string list = "# what the baseline shows too; written by the run, for its jobs\n";
  for (const std::string& signature : old_signatures_) list += signature + "\n";
  const Status status = write_durably(old_list_, list);
  if (!status.ok()) problem_ = status.sentence;
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
    if (same)
      old_signatures_.insert(signature);
    else
      fs::remove(file, ignored);
  }
  if (!same) status = write_durably(mark, trees);
  write_old_list();
  return status.ok() ? Status{problem_} : status;
}

void Findings::close() {
  collect();
  std::error_code ignored;
  for (const fs::path& file : files_in(incoming_)) {
    const std::string signature = signature_of(file);
    if (signature.empty() || (taken_.contains(signature) && problem_.empty()))
      fs::remove(file, ignored);
  }
  fs::remove(incoming_, ignored);  // only if it is empty
}

std::vector<KeptFinding> Findings::read(const std::set<std::string>& signatures,
                                        const std::string& folder) const {
  std::vector<KeptFinding> findings;
  for (const std::string& signature : signatures) {
    std::string content;
    std::string file = path_in(folder, signature);
    if (!read_file(file, kMaxFile, &content).ok()) {
      file = incoming_ + "/" + signature + std::string(kSuffix);
      if (!read_file(file, kMaxFile, &content).ok()) content.clear();
    }
    findings.push_back(take_apart(signature, file, content));
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
