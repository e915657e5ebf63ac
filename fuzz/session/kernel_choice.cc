// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/kernel_choice.h"

#include <fmt/format.h>

#include <filesystem>

#include "fuzz/base/quoting.h"
#include "fuzz/harness/backends/kernel_backend.h"
#include "fuzz/session/tree_books.h"
#include "src/kernel/tree_info.h"

namespace arenafuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTreeFile = std::size_t{4} << 20;

std::string real_path(const std::string& name) {
  std::error_code error;
  const fs::path path = fs::canonical(name, error);
  return error ? std::string() : path.string();
}

// Whether the user's words mean what the binary was built with. What is gone is no match.
bool same_place(const std::string& named, const std::string& built) {
  if (named.empty() || built.empty()) return named == built;
  const std::string path = real_path(named);
  return !path.empty() && path == real_path(built);
}

// A binary holds one tree; the root script makes sure that it is the user's.
Status check_tree(const KernelChoice& choice) {
  const bool own = choice.tree.empty() && kernel_tree_info.origin[0] != '\0';
  const bool named = !choice.tree.empty() && same_place(choice.tree, kernel_tree_info.folder);
  if (!own && !named)
    return {
        fmt::format("this binary was built with the kernel tree {}: run ./arenafuzz, which "
                    "builds one for {}",
                    shell_quoted(kernel_tree_info.folder),
                    choice.tree.empty() ? "the default tree" : shell_quoted(choice.tree))};
  if (!same_place(choice.glue, kernel_tree_info.glue))
    return {
        fmt::format("this binary was built with another --glue: run ./arenafuzz, which builds "
                    "one for {}",
                    choice.glue.empty() ? "the default" : shell_quoted(choice.glue))};
  if (choice.no_arithmetic && kernel_tree_info.arithmetic)
    return {"this binary checks arithmetic: run ./arenafuzz, which builds one that does not"};
  return {};
}

Status check_arena(bool target_given, KernelChoice* choice, const TargetInfo** target) {
  if (kernel_tree_info.has_arena || (*target != nullptr && !(*target)->arena())) return {};
  const std::string lacks =
      fmt::format("{} has neither kernel/sched/ext_arena.c nor kernel/sched/ext/arena.c",
                  shell_quoted(choice->tree));
  if (*target == nullptr) {
    choice->sentence = lacks + ": programs that need the arena pool cannot run there";
    return {};
  }
  if (target_given) return {lacks + ": only --target kernel_gen_pool can run there"};
  choice->sentence = lacks + ": running kernel_gen_pool, its lib/genalloc.c alone";
  *target = find_target("kernel_gen_pool");
  return {};
}

}  // namespace

std::vector<std::string> KernelChoice::words() const {
  if (!kernel) return {};
  std::vector<std::string> list = {"--backend", "kernel"};
  if (!tree.empty()) list.insert(list.end(), {"--kernel-tree", tree});
  if (!glue.empty()) list.insert(list.end(), {"--glue", glue});
  if (no_arithmetic) list.emplace_back("--no-arithmetic");
  return list;
}

Status settle_kernel_choice(const std::string& backend, bool target_given, KernelChoice* choice,
                            const TargetInfo** target) {
  const bool kernel_target = *target != nullptr && (*target)->kernel();
  const bool wants = backend == "kernel" || !choice->tree.empty() || !choice->glue.empty() ||
                     choice->no_arithmetic;
  if (backend != "cpp" && backend != "kernel" && !backend.empty())
    return {"unknown backend " + shell_quoted(backend) + ": use cpp or kernel"};
  if (backend == "cpp" && (kernel_target || wants))
    return {"--backend cpp runs our own pool: leave out the kernel's target, tree or glue"};
  choice->kernel = wants || kernel_target;
  if (!choice->kernel) return {};
  const Status status = check_tree(*choice);
  if (!status.ok()) return status;
  if (*target != nullptr && !kernel_target) {
    const TargetInfo* counterpart = find_target(std::string("kernel_") + (*target)->name);
    if (counterpart == nullptr)
      return {fmt::format("target {} does not run on a kernel tree: use --backend cpp",
                          (*target)->name)};
    *target = counterpart;
  }
  return check_arena(target_given, choice, target);
}

const char* backend_name(const TargetInfo* target, const KernelChoice& choice) {
  if (target != nullptr && target->kind == TargetKind::kDifferential) return "differential";
  if (target != nullptr && target->canary()) return "canary";
  return choice.kernel ? "kernel" : "cpp";
}

std::string kernel_tree_version() {
  return fmt::format("{}{}", kernel_tree_info.describe, kernel_tree_info.dirty ? ", dirty" : "");
}

void print_kernel_tree(std::FILE* stream, const KernelChoice& choice) {
  const KernelTreeInfo& info = kernel_tree_info;
  if (info.origin[0] != '\0') {
    fmt::print(stream, "no --kernel-tree: {}\n", info.origin);
  } else {
    fmt::print(stream, "kernel tree {} ({})\n", shell_quoted(info.folder), kernel_tree_version());
  }
  const std::string lacks = kernel_tree_lacks();
  if (!lacks.empty()) fmt::print(stream, "{}\n", lacks);
  if (!choice.sentence.empty()) fmt::print(stream, "{}\n", choice.sentence);
  if (info.constant_page)
    fmt::print(stream,
               "the tree wants PAGE_SHIFT as a constant: programs of 16 and 64 KiB pages "
               "are skipped and counted\n");
  if (info.unset_configs[0] != '\0')
    fmt::print(stream, "its files test, and the shim does not set: {}\n", info.unset_configs);
  if (const std::string books = tree_books(); !books.empty()) fmt::print(stream, "{}\n", books);
}

void TreeWatch::begin() {
  for (int i = 0; i < kernel_tree_info.file_count; ++i) {
    names_.push_back(std::string(kernel_tree_info.folder) + "/" + kernel_tree_info.files[i].path);
    contents_.emplace_back();
    // What cannot be read is not there to be compared: changed() names it.
    read_file(names_.back(), kMaxTreeFile, &contents_.back()).ignore();
  }
}

std::string TreeWatch::changed() const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::string now;
    if (!read_file(names_[i], kMaxTreeFile, &now).ok() || now != contents_[i]) return names_[i];
  }
  return "";
}

}  // namespace arenafuzz
