// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cli/options_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <thread>

#include "fuzz/base/files.h"
#include "fuzz/base/quoting.h"
#include "fuzz/session/version.h"

namespace arenafuzz::cli {
namespace {

class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) { column_width(26); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: arenafuzz " + usage_ + "\n";
  }

 private:
  std::string usage_;
};

constexpr int kMaxSeconds = 366 * 24 * 3600;
constexpr int kMaxTimeout = 3600;

// CLI11 prints these words as they are, and none of its own.
[[noreturn]] void complain(const std::string& sentence) { throw CLI::ValidationError(sentence); }

// All of `text` as a decimal number; false if it is not a number, or too large for any use.
bool read_whole(std::string_view text, std::int64_t* value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end && !text.empty();
}

bool read_duration(std::string_view text, int* seconds) {
  struct Unit {
    char letter;
    std::int64_t seconds;
  };
  constexpr Unit kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 24 * 3600}};
  std::int64_t unit_seconds = 1;
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.letter)) continue;
    unit_seconds = unit.seconds;
    text.remove_suffix(1);
    break;
  }
  std::int64_t value = 0;
  if (!read_whole(text, &value) || value < 0 || value > kMaxSeconds / unit_seconds) return false;
  *seconds = static_cast<int>(value * unit_seconds);
  return true;
}

// "--output" of "-o,--output".
const char* long_name(const char* option) {
  const char* comma = std::strrchr(option, ',');
  return comma != nullptr ? comma + 1 : option;
}

bool asks_for(const Words& words, std::initializer_list<std::string_view> wanted) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), dashes, [&](const std::string& word) {
    return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
  });
}

}  // namespace

Reader::Reader(const char* name, const char* usage, const char* about, const char* examples)
    : name_(name), app_(about) {
  app_.formatter(std::make_shared<HelpFormatter>(std::string(name) + " " + usage));
  app_.footer(std::string("Examples:\n") + examples);
  app_.set_help_flag("-h,--help", "print this and exit");
  app_.allow_extras();
}

void Reader::add_flag(const char* option, bool* value, const std::string& help) {
  app_.add_flag(option, *value, help)->disable_flag_override();
}

void Reader::add_text(const char* option, const char* kind, std::string* value,
                      const std::string& help) {
  const auto take = [name = long_name(option), value](const std::string& text) {
    if (text.empty()) complain(fmt::format("nothing behind {}: give it a value", name));
    *value = text;
  };
  app_.add_option_function<std::string>(option, take, help)->type_name(kind);
}

void Reader::add_texts(const char* option, const char* kind, std::vector<std::string>* values,
                       const std::string& help) {
  const auto take = [option, values](const std::vector<std::string>& texts) {
    if (std::find(texts.begin(), texts.end(), "") != texts.end())
      complain(fmt::format("nothing behind {}: give it a value", option));
    *values = texts;
  };
  app_.add_option_function<std::vector<std::string>>(option, take, help)
      ->type_name(kind)
      ->allow_extra_args(false);
}

void Reader::add_whole(const char* option, int least, int most, int* value,
                       const std::string& help) {
  const auto take = [option, least, most, value](const std::string& text) {
    std::int64_t number = 0;
    if (!read_whole(text, &number) || number < least || number > most)
      complain(fmt::format("{} {}: give it a whole number from {} to {}", option,
                           shell_quoted(text), least, most));
    *value = static_cast<int>(number);
  };
  app_.add_option_function<std::string>(option, take, help)->type_name("N");
}

void Reader::add_duration(const char* option, int* seconds, const std::string& help) {
  const auto take = [option, seconds](const std::string& text) {
    if (!read_duration(text, seconds))
      complain(
          fmt::format("{} {}: give it seconds, or a time such as 90s, 10m, 2h or 1d, of a "
                      "year at most",
                      option, shell_quoted(text)));
  };
  app_.add_option_function<std::string>(option, take, help)->type_name("TIME");
}

void Reader::add_sandbox() {
  app_.add_flag_callback(
      "--sandbox", [] { complain("--sandbox is of the script: run ./arenafuzz"); },
      "of ./arenafuzz: a kernel tree's code runs with your rights; this runs it without a network, "
      "and lets it write in --out alone (needs bubblewrap)");
}

// CLI11 names the option first; the rest of its sentence is of no use to a user.
std::string Reader::complaint(const CLI::ParseError& error) const {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) return printable(text);
  for (const CLI::Option* option : app_.get_options()) {
    const std::string name = option->get_name();
    const bool named = text.starts_with(name + ":") || text.find(name + " ") != std::string::npos;
    if (!named && !text.starts_with(name.substr(2) + " was given a disallowed flag")) continue;
    if (option->get_expected_max() == 0)
      return fmt::format("{} takes no value: leave it out", name);
    if (option->count() > 1) return fmt::format("{} is given twice: give it once", name);
    return fmt::format("nothing behind {}: give it a value", name);
  }
  return "the options cannot be read: " + printable(text);
}

std::optional<int> Reader::read(const Words& words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) after_.assign(dashes + 1, words.end());
  if (asks_for(words, {"-h", "--help"})) {
    fmt::print("{}", app_.help());
    return kClean;
  }
  if (asks_for(words, {"--version"})) {
    fmt::print("{}\n", version_text());
    return kClean;
  }
  Words reversed(words.begin(), dashes);
  std::reverse(reversed.begin(), reversed.end());
  try {
    app_.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return wrong(complaint(error));
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

void add_shared(Reader& reader, SharedWords* words) {
  reader.add_text("--backend", "NAME", &words->backend,
                  "cpp: our own pool (the default); kernel: a kernel tree's sources");
  reader.add_text("--kernel-tree", "DIR", &words->kernel.tree,
                  "root of the kernel tree; without it tests/fixtures' arena pool over Debian's "
                  "lib/genalloc.c");
  reader.add_text("--glue", "FILE", &words->kernel.glue,
                  "C file in place of src/kernel/arena_glue.c, where a patch changes a prototype");
  reader.add_flag("--no-arithmetic", &words->kernel.no_arithmetic,
                  "do not check the tree's arena pool for undefined shifts and divisions");
  reader.add_text("--baseline", "DIR", &words->kernel.baseline,
                  "a kernel tree to compare with: what shows there too is old, and no failure");
  reader.add_text("--domain", "NAME", &words->domain,
                  "sizes and orders that inputs may use: callers, api or misuse");
  reader.add_texts("--known", "FILE", &words->known,
                   "signatures to count and pass over, one per line; may be repeated");
}

void add_timeout(Reader& reader, int* seconds) {
  reader.add_whole("--timeout", 1, kMaxTimeout, seconds,
                   fmt::format("seconds of processor time that one program may take, then its "
                               "verdict is timeout ({})",
                               kDefaultTimeout));
}

// Behind each other, as words of a sentence.
static std::string target_list() {
  std::string list;
  for (const TargetInfo& info : kTargets)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", info.name);
  return list;
}

std::optional<int> check_shared(const Reader& reader, const SharedWords& words,
                                DomainChoice* domain, const TargetInfo** target,
                                KernelChoice* kernel) {
  if (!words.target.empty()) {
    *target = find_target(words.target);
    if (*target == nullptr)
      return reader.wrong("unknown target " + shell_quoted(words.target) + ": use one of " +
                          target_list());
  } else if (words.default_target != nullptr) {
    *target = find_target(words.default_target);
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

std::optional<int> read_known(const std::vector<std::string>& names, KnownFindings* known) {
  for (const std::string& name : names) {
    const Status status = known->read(name);
    if (!status.ok()) return refuse(status.sentence);
  }
  const std::string renamed = known->renamed_sentence();
  if (!renamed.empty()) fmt::print(stderr, "arenafuzz: {}\n", renamed);
  return std::nullopt;
}

int default_jobs() {
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxJobs);
}

Words all_names(const Reader& reader) {
  Words names = reader.names();
  names.insert(names.end(), reader.after_dashes().begin(), reader.after_dashes().end());
  return names;
}

}  // namespace arenafuzz::cli
