// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/build_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "fuzz/base/quoting.h"
#include "fuzz/session/json_words.h"
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSchema = "arenafuzz-build-1";
constexpr std::size_t kMaxBuildFile = std::size_t{1} << 20;

std::string absolute(const std::string& name) {
  std::error_code error;
  const fs::path path = name.empty() ? fs::path() : fs::canonical(name, error);
  return error ? name : path.string();
}

// "kernel/fuzz-1a2b" of SOURCE/build/kernel/fuzz-1a2b.
std::string build_name(const Context& context) {
  const fs::path folder = absolute(context.build_folder);
  const fs::path relative = folder.lexically_relative(absolute(context.source_folder) + "/build");
  const std::string name = relative.string();
  return name.empty() || name.starts_with("..") ? "" : name;
}

bool is_plain_name(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char one) {
    return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '-' || one == '_' ||
           one == '.' || one == '/';
  });
  return plain && name.find("..") == std::string::npos && !name.starts_with('/');
}

bool flag_of(const Json& object, const char* key, bool otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

// The words and the name; the binary is found later.
void fill(const Json& object, BuildChoice* choice) {
  const std::string tree = text_of(object, "kernel_tree");
  const std::string backend = text_of(object, "backend");
  const auto add = [choice](const char* option, const std::string& value) {
    if (value.empty()) return;
    choice->words.emplace_back(option);
    choice->words.push_back(value);
  };
  const std::string target = text_of(object, "target");
  add("--target", target);
  add("--kernel-tree", tree);
  add("--glue", text_of(object, "glue"));
  if (!tree.empty() && !flag_of(object, "arithmetic", true))
    choice->words.emplace_back("--no-arithmetic");
  // What misuse may do is what a target of misuse does.
  const std::string domain = text_of(object, "domain");
  if (domain != "api" || target.ends_with("misuse")) add("--domain", domain);
  if (flag_of(object, "strict", false)) choice->words.emplace_back("--strict");
  choice->name = tree.empty() ? backend : backend + " " + tree;
  choice->sanitizers = text_of(object, "sanitizers");
}

}  // namespace

std::string build_compiler() {
#ifdef __clang__
  return fmt::format("clang {}", __clang_version__);
#else
  return fmt::format("gcc {}", __VERSION__);
#endif
}

Status write_build_file(const Context& context, const RunChoice& choice, const std::string& name) {
  const KernelChoice& kernel = choice.kernel;
  Domain domain = choice.domain.domain;
  if (!choice.domain.given && choice.target->profile == Profile::kMisuse) domain = Domain::kMisuse;
  Json files = Json::array();
  for (int i = 0; kernel.kernel && i < kernel_tree_info.file_count; ++i)
    files.push_back(
        {{"path", kernel_tree_info.files[i].path}, {"sha256", kernel_tree_info.files[i].sha256}});
  const Json object{{"schema", kSchema},
                    {"target", choice.target->name},
                    {"backend", backend_name(choice.target, kernel)},
                    {"kernel_tree", absolute(kernel.tree)},
                    {"glue", absolute(kernel.glue)},
                    {"arithmetic", kernel_tree_info.arithmetic},
                    {"kernel_version", kernel.kernel ? kernel_tree_version() : ""},
                    {"kernel_files", files},
                    {"build", build_name(context)},
                    {"domain", domain_name(domain)},
                    {"strict", choice.strict},
                    {"sanitizers", ARENAFUZZ_SANITIZERS},
                    {"compiler", build_compiler()}};
  return write_durably(name, object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Status read_build_file(const Context& context, const std::string& name, BuildChoice* choice) {
  std::string content;
  const Status status = read_file(name, kMaxBuildFile, &content);
  if (!status.ok()) return status;
  const Json object = Json::parse(content, nullptr, false);
  const std::string target = object.is_object() ? text_of(object, "target") : "";
  if (!object.is_object() || text_of(object, "schema") != kSchema ||
      find_target(target) == nullptr || !find_target(target)->runs_programs())
    return {shell_quoted(name) +
            " names no build of this version: name target and tree with --target and "
            "--kernel-tree"};
  *choice = {};
  fill(object, choice);
  const std::string tree = text_of(object, "kernel_tree");
  if (tree.empty() || tree == absolute(kernel_tree_info.folder)) return {};
  const std::string build = text_of(object, "build");
  if (!build.empty() && is_plain_name(build))
    choice->binary = context.source_folder + "/build/" + build + "/arenafuzz";
  if (access(choice->binary.c_str(), X_OK) == 0) return {};
  return {
      fmt::format("{}: found on the kernel tree {}, of which there is no build here: run "
                  "./arenafuzz triage --kernel-tree {}",
                  shell_quoted(name), shell_quoted(tree), shell_quoted(tree))};
}

}  // namespace arenafuzz
