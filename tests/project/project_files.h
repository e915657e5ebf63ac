// SPDX-License-Identifier: GPL-2.0-only
//
// The project's own files, read from the source folder.
#ifndef ARENAFUZZ_TESTS_PROJECT_PROJECT_FILES_H_
#define ARENAFUZZ_TESTS_PROJECT_PROJECT_FILES_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace arenafuzz::testing {

struct ProjectFile {
  std::string path;  // from the source folder, with '/'
  std::vector<std::string> lines;
  std::string folder() const { return path.substr(0, path.rfind('/')); }
};

inline std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// The text of a file of the source tree; "" if it is not there.
inline std::string text_of(const std::string& path) {
  std::string text;
  for (const std::string& line : lines_of(std::string(ARENAFUZZ_SOURCE_DIR) + "/" + path))
    text += line + "\n";
  return text;
}

// What is not ours to look at: made by builds, editors and git.
inline bool is_made(const std::filesystem::path& name) {
  static const std::set<std::string> kMade = {
      ".git", "build", "out", "fuzz-out", ".cache", "compile_commands.json", "Testing"};
  return kMade.contains(name.filename().string());
}

// Every file below `folder` of the source tree ("": all), by path.
inline std::vector<ProjectFile> project_files(const std::string& folder = "") {
  namespace fs = std::filesystem;
  const fs::path root = ARENAFUZZ_SOURCE_DIR;
  std::vector<ProjectFile> files;
  fs::recursive_directory_iterator it(root / folder), end;
  for (; it != end; ++it) {
    if (is_made(it->path())) {
      if (it->is_directory()) it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      files.push_back({fs::relative(it->path(), root).generic_string(), lines_of(it->path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const ProjectFile& a, const ProjectFile& b) { return a.path < b.path; });
  return files;
}

inline bool is_source(const std::string& path) {
  return path.ends_with(".cc") || path.ends_with(".h") || path.ends_with(".c");
}

// corpus/pool/NAME and its like, which are encoded programs, and pictures.
inline bool is_data(const std::string& path) {
  if (path.ends_with(".png")) return true;
  return path.starts_with("corpus/") && !path.ends_with(".md") && !path.ends_with(".txt");
}

}  // namespace arenafuzz::testing

#endif  // ARENAFUZZ_TESTS_PROJECT_PROJECT_FILES_H_
