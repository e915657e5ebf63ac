// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/pages.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "fuzz/report/sarif.h"
#include "fuzz/report/triage_page.h"
#include "fuzz/session/json_words.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

Json runs_json(const std::vector<PictureRun>& runs) {
  Json pairs = Json::array();
  for (const PictureRun& run : runs) pairs.push_back({run.start, run.length});
  return pairs;
}

Json pool_json(const PoolPicture& pool) {
  Json object{{"page_size", pool.page_bytes},
              {"granule", pool.granule_bytes},
              {"chunks", Json::array()},
              {"arenas", Json::array()},
              {"left_out", pool.left_out}};
  for (const ChunkPicture& chunk : pool.chunks) {
    Json one{{"scheduler", chunk.scheduler},
             {"address", chunk.address},
             {"bytes", chunk.bytes},
             {"granules", chunk.granules},
             {"used", runs_json(chunk.used)}};
    if (chunk.map >= 0) {
      one["map"] = chunk.map;
      one["pages"] = (chunk.bytes + pool.page_bytes - 1) / pool.page_bytes;
    }
    object["chunks"].push_back(std::move(one));
  }
  for (const ArenaPicture& arena : pool.arenas)
    object["arenas"].push_back(
        {{"map", arena.map}, {"pages", arena.pages}, {"claimed", runs_json(arena.claimed)}});
  return object;
}

// "kmalloc" is F1, in the order of the pool's specification.
std::string site_of(const std::string& name) {
  for (int site = 0; site < kFaultSiteCount; ++site)
    if (name == fault_site_name(static_cast<FaultSite>(site)))
      return fmt::format("F{} ({})", site + 1, name);
  return name;
}

// A frame of the harness's own decorators around the seams: it says nothing of what failed.
bool is_decorator(const std::string& frame) {
  return frame.find(", inlined into ") == std::string::npos &&
         (frame.find(" arenafuzz::Faulty") != std::string::npos ||
          frame.find(" arenafuzz::Recording") != std::string::npos);
}

// "f build/kernel/fuzz-1a2b/lib/genalloc.c:92" --> "f lib/genalloc.c:92": debug information puts
// the build's folder, even twice, in front of what is compiled through symlinks or from there.
std::string without_build_folder(std::string frame) {
  constexpr std::string_view kTrees = "build/kernel/";
  for (std::size_t at = 0; (at = frame.find(" build/", at)) != std::string::npos; ++at) {
    const std::size_t start = at + 1;
    const std::string file = frame.substr(start, frame.find(':', start) - start);
    std::size_t cut = 0;
    if (const std::size_t up = file.rfind("../"); up != std::string::npos)
      cut = up + 3;
    else if (const std::size_t tree = file.rfind(kTrees); tree != std::string::npos)
      cut = file.find('/', tree + kTrees.size()) + 1;
    frame.erase(start, cut);
  }
  return frame;
}

// As a link from the report's folder, if the file can be reached from there at all.
std::string from_folder(const std::string& file, const fs::path& folder) {
  std::error_code error;
  const fs::path absolute = fs::absolute(file, error);
  if (error || file.empty()) return file;
  const fs::path relative = absolute.lexically_normal().lexically_relative(folder);
  return relative.empty() ? file : relative.string();
}

// Where "minimized" and "original" are still names as the user would write them.
void make_relative(Json& cluster, const char* name, const fs::path& folder) {
  const auto found = cluster.find(name);
  if (found == cluster.end() || !found->is_string()) return;
  const auto file = found->get<std::string>();
  std::error_code error;
  // It may be relative to the folder already.
  if (fs::path(file).is_relative() && fs::exists(folder / file, error)) return;
  *found = from_folder(file, folder);
}

void add_links(Json& cluster, const fs::path& folder) {
  make_relative(cluster, "minimized", folder);
  make_relative(cluster, "original", folder);
  const auto files = cluster.find("files");
  if (files == cluster.end() || !files->is_array()) return;
  for (Json& file : *files)
    if (file.is_object() && file.contains("file") && file["file"].is_string())
      file["link"] = from_folder(file["file"].get<std::string>(), folder);
}

}  // namespace

void add_picture(const FailurePicture& picture, Json* cluster) {
  if (picture.operation && !cluster->contains("failing_operation"))
    (*cluster)["failing_operation"] = *picture.operation;
  if (picture.before) (*cluster)["pool_before"] = pool_json(*picture.before);
  if (picture.after) (*cluster)["pool_after"] = pool_json(*picture.after);
}

void add_fault(const Json& faults, Json* cluster) {
  if (!cluster->contains("failing_operation")) return;
  const auto failing = (*cluster)["failing_operation"].get<std::size_t>();
  for (const Json& fault : faults) {
    if (fault.value("operation", ~std::size_t{0}) != failing) continue;
    Json frames = Json::array();
    for (const Json& line : fault["backtrace"]) {
      const auto frame = line.get<std::string>();
      if (frame.find(" arenafuzz::Executor::") != std::string::npos) break;
      if (!is_decorator(frame)) frames.push_back(without_build_folder(frame));
    }
    (*cluster)["fault"] = {
        {"site", site_of(text_of(fault, "site"))},
        {"operation", failing},
        {"note", fmt::format("call {} of its site ({}), {} {}", fault.value("call", 0),
                             text_of(fault, "cause"), fault.value("amount", std::uint64_t{0}),
                             text_of(fault, "unit"))},
        {"backtrace", frames}};
  }
}

Status write_pages(const std::string& folder, const Json& report) {
  std::error_code error;
  fs::path base = fs::absolute(folder, error).lexically_normal();
  if (!base.has_filename()) base = base.parent_path();
  Json linked = report;
  for (const char* list : {"clusters", "gone"}) {
    const auto found = linked.find(list);
    if (found == linked.end() || !found->is_array()) continue;
    for (Json& cluster : *found)
      if (cluster.is_object()) add_links(cluster, base);
  }
  const nlohmann::json plain = linked;
  const Status status = write_durably(folder + "/index.html", report::triage_page(plain));
  if (!status.ok()) return status;
  return write_durably(
      folder + "/report.sarif",
      report::sarif(plain).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace arenafuzz
