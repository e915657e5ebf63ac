// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/out_folder.h"

#include <fmt/format.h>

#include <filesystem>

#include "fuzz/base/quoting.h"
#include "fuzz/session/json_words.h"
#include "fuzz/session/status_file.h"
#include "fuzz/session/version.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSchema = "arenafuzz-out-1";
constexpr std::size_t kMaxStamp = std::size_t{1} << 20;

enum class Content { kNothing, kStamped, kOther };

// What a file system puts there by itself, and the stamp of a process that was killed, do not
// count.
Content content_of(const std::string& folder) {
  std::error_code error;
  Content content = Content::kNothing;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name == kStampName) return Content::kStamped;
    const bool half_stamp = name.starts_with(std::string(".") + kStampName + ".tmp");
    if (!half_stamp && name != "lost+found") content = Content::kOther;
  }
  return error ? Content::kOther : content;
}

std::string described(const OutStamp& stamp) {
  std::string text = stamp.command == "triage" ? "a triage report" : "a fuzz run";
  if (!stamp.target.empty()) text += " of target " + shell_quoted(stamp.target);
  if (stamp.backend == "kernel")
    text += " on " + (stamp.tree.empty() ? "the default kernel tree" : shell_quoted(stamp.tree));
  return text;
}

Json as_json(const OutStamp& stamp) {
  return {{"schema", kSchema},
          {"version", kSourceVersion},
          {"build", build_text()},
          {"command", stamp.command},
          {"target", stamp.target},
          {"backend", stamp.backend},
          {"tree", json_text(stamp.tree)}};
}

bool read_stamp(const std::string& folder, OutStamp* stamp) {
  std::string content;
  if (!read_file(folder + "/" + kStampName, kMaxStamp, &content).ok()) return false;
  const Json object = Json::parse(content, nullptr, false);
  if (!object.is_object() || text_of(object, "schema") != kSchema) return false;
  *stamp = {text_of(object, "command"), text_of(object, "target"), text_of(object, "backend"),
            bytes_of(text_of(object, "tree"))};
  return true;
}

// Folders from before there were stamps say in their status what they hold.
bool is_older_run(const std::string& folder, const OutStamp& stamp) {
  if (stamp.command != "fuzz") return false;
  const Json status = read_status(folder);
  return text_of(status, "target") == stamp.target && text_of(status, "backend") == stamp.backend &&
         !status.is_null();
}

}  // namespace

Status claim_out_folder(const std::string& folder, const OutStamp& stamp) {
  std::error_code ignored;
  const std::string shown = shell_quoted(folder);
  if (!fs::exists(fs::symlink_status(folder, ignored))) {
    const Status status = make_folder(folder);
    if (!status.ok()) return status;
  }
  if (!fs::is_directory(folder, ignored))
    return {fmt::format("{} is no folder: choose another one with --out", shown)};
  const Content content = content_of(folder);
  OutStamp found;
  if (content == Content::kOther && !is_older_run(folder, stamp))
    return {
        fmt::format("{} holds files that are not arenafuzz's: choose a new or empty folder with "
                    "--out",
                    shown)};
  if (content == Content::kStamped && !read_stamp(folder, &found))
    return {fmt::format("{} is damaged: choose another folder with --out, or remove that file",
                        shell_quoted(folder + "/" + kStampName))};
  const bool same = found.command == stamp.command && found.target == stamp.target &&
                    found.backend == stamp.backend && found.tree == stamp.tree;
  if (content == Content::kStamped && !same)
    return {fmt::format("{} holds {}, and this is {}: choose another folder with --out", shown,
                        described(found), described(stamp))};
  return write_durably(folder + "/" + kStampName, as_json(stamp).dump(2) + "\n");
}

bool is_fuzz_folder(const std::string& folder) {
  OutStamp stamp;
  return read_stamp(folder, &stamp) && stamp.command == "fuzz";
}

}  // namespace arenafuzz
