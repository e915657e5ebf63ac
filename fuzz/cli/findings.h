// SPDX-License-Identifier: GPL-2.0-only
//
// The findings of a run and of earlier ones in the same folder, one text file a signature.
//
//   targets --> OUT/findings.new/S.txt --collect()--> OUT/findings/S.txt   (the shorter one stays)
//
// Targets keep a program only if it is shorter than what they find on disk; a folder of its own
// tells what this run found again from what lay there.
//
// Ownership Plain values.
// Errors    what cannot be written stays in findings.new, and problem() says so.
// Threads   none.
#ifndef ARENAFUZZ_FUZZ_CLI_FINDINGS_H_
#define ARENAFUZZ_FUZZ_CLI_FINDINGS_H_

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fuzz/cli/files.h"

namespace arenafuzz::cli {

// A kept file, taken apart.
struct KeptFinding {
  std::string signature;
  std::string file;
  std::string report;   // the leading comments without their '#'
  std::string program;  // the rest
  std::string tier;
  std::string reach;
  std::string artifact;  // crashes only
};

class Findings {
 public:
  explicit Findings(const std::string& out);

  // Takes over what an earlier run that was killed left behind.
  void open();
  // Takes what the targets wrote since.
  void collect();
  // A finding of this process, as the content of its file.
  void add(const std::string& signature, const std::string& content);
  // After the last collect().
  void close();

  std::size_t found_count() const { return found_.size(); }
  // Most reachable first.
  std::vector<KeptFinding> found() const;
  std::vector<KeptFinding> earlier() const;
  // Of this run and earlier ones.
  std::set<std::string> all_signatures() const;
  const std::string& problem() const { return problem_; }
  // All of them, behind what the file holds: lines and comments of others stay.
  Status write_known(const std::string& name) const;

 private:
  std::string path(const std::string& signature) const;
  std::vector<KeptFinding> read(const std::set<std::string>& signatures) const;
  bool keep(const std::string& signature, const std::string& content);

  std::string kept_;
  std::string incoming_;
  std::set<std::string> earlier_;
  std::set<std::string> found_;
  std::map<std::string, std::filesystem::file_time_type> taken_;
  std::string problem_;
};

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_FINDINGS_H_
