// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/options_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/cli/files.h"
#include "fuzz/cli/quoting.h"

namespace arenafuzz::cli {
namespace {

constexpr const char* kDomainNames[] = {"callers", "api", "misuse"};

class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) { column_width(26); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: arenafuzz " + usage_ + "\n";
  }

 private:
  std::string usage_;
};

}  // namespace

Reader::Reader(const char* name, const char* usage, const char* about, const char* examples)
    : name_(name), app_(about) {
  app_.formatter(std::make_shared<HelpFormatter>(std::string(name) + " " + usage));
  app_.footer(std::string("Examples:\n") + examples);
  app_.set_help_flag("-h,--help", "print this and exit");
  app_.allow_extras();
}

std::optional<int> Reader::read(const Words& words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) after_.assign(dashes + 1, words.end());
  Words reversed(words.begin(), dashes);
  std::reverse(reversed.begin(), reversed.end());
  try {
    app_.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app_.help());
    return kClean;
  } catch (const CLI::ParseError& error) {
    return wrong(printable(error.what()));
  }
  for (const std::string& word : app_.remaining()) {
    if (word.size() > 1 && word[0] == '-') return wrong("unknown option " + shell_quoted(word));
    names_.push_back(word);
  }
  return std::nullopt;
}

int Reader::wrong(const std::string& what) const {
  return refuse(fmt::format("{} (see arenafuzz {} --help)", what, name_));
}

void add_shared(CLI::App& app, SharedWords* words) {
  app.add_option("--backend", words->backend,
                 "cpp: our own pool (the default); kernel: a kernel tree's sources");
  app.add_option("--kernel-tree", words->kernel.tree,
                 "root of the kernel tree; without it tests/fixtures' arena pool over Debian's "
                 "lib/genalloc.c");
  app.add_option("--glue", words->kernel.glue,
                 "C file in place of src/kernel/arena_glue.c, where a patch changes a prototype");
  app.add_flag("--no-arithmetic", words->kernel.no_arithmetic,
               "do not check the tree's arena pool for sums that wrap and values that are cut");
  app.add_option("--domain", words->domain,
                 "sizes and orders that inputs may use: callers, api or misuse");
  app.add_option("--known", words->known,
                 "signatures to count and pass over, one a line; may be repeated")
      ->allow_extra_args(false);
}

std::string target_list(const char* separator) {
  std::string list;
  for (const TargetInfo& info : kTargets)
    list += fmt::format("{}{}", list.empty() ? "" : separator, info.name);
  return list;
}

std::optional<int> check_shared(const Reader& reader, const SharedWords& words,
                                DomainChoice* domain, const TargetInfo** target,
                                KernelChoice* kernel) {
  if (!words.target.empty()) {
    *target = find_target(words.target);
    if (*target == nullptr)
      return reader.wrong("unknown target " + shell_quoted(words.target) + ": use one of " +
                          target_list(", "));
  } else if (words.default_target != nullptr) {
    *target = find_target(words.default_target);
  }
  for (const char* name : {"--kernel-tree", "--glue"}) {
    const CLI::Option* option = reader.app().get_option(name);
    if (option->count() != 0 && option->results().back().empty())
      return reader.wrong(fmt::format("nothing behind {}: name a file or folder", name));
  }
  *kernel = words.kernel;
  const Status status = settle_kernel_choice(words.backend, !words.target.empty(), kernel, target);
  if (!status.ok()) return reader.wrong(status.sentence);
  if (words.domain.empty()) return std::nullopt;
  for (int i = 0; i < 3; ++i) {
    if (words.domain != kDomainNames[i]) continue;
    *domain = {true, static_cast<Domain>(i)};
    return std::nullopt;
  }
  return reader.wrong("unknown domain " + shell_quoted(words.domain) +
                      ": use callers, api or misuse");
}

std::optional<int> read_known(const std::vector<std::string>& names, std::set<std::string>* known) {
  for (const std::string& name : names) {
    const Status status = read_signatures(name, known);
    if (!status.ok()) return refuse(status.sentence);
  }
  return std::nullopt;
}

Words all_names(const Reader& reader) {
  Words names = reader.names();
  names.insert(names.end(), reader.after_dashes().begin(), reader.after_dashes().end());
  return names;
}

const char* domain_name(Domain domain) { return kDomainNames[static_cast<int>(domain)]; }

}  // namespace arenafuzz::cli
