// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/fault_plan.h"

#include <algorithm>
#include <charconv>

namespace arenafuzz {
namespace {

constexpr std::string_view kSiteNames[kFaultSiteCount] = {"kmalloc", "page", "vzalloc", "span",
                                                          "release"};

// Appends to a fixed buffer; kMaxPlanText is enough for every plan within the limits. Any other is
// cut: it must not be written past the buffer either.
class Writer {
 public:
  explicit Writer(std::span<char> out) : out_(out) {}

  void put(std::string_view word) {
    const std::size_t count = std::min(word.size(), out_.size() - length_);
    std::copy_n(word.begin(), count, out_.begin() + static_cast<std::ptrdiff_t>(length_));
    length_ += count;
  }
  void put(std::int64_t number) {
    char digits[20];  // -2^63
    const char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    put(std::string_view(digits, static_cast<std::size_t>(end - digits)));
  }
  std::size_t length() const { return length_; }

 private:
  std::span<char> out_;
  std::size_t length_ = 0;
};

struct Field {
  std::string_view name;
  std::int64_t least;
  std::int64_t most;
  const char* expected;
};

constexpr Field kFields[] = {
    {"probability", 0, 100, "probability=0 to 100"},
    {"interval", 1, kMaxInterval, "interval=1 to 65535"},
    {"times", -1, kMaxTimes, "times=-1 to 32767"},
    {"space", 0, 0xffffffff, "space=0 to 4294967295"},
    {"fail_nth", 0, kMaxFailNth, "fail_nth=0 to 65535"},
};
constexpr int kFieldCount = 5;
constexpr const char* kFieldList =
    "probability=, interval=, times=, space= or fail_nth=, each at most once";
constexpr const char* kTokenList =
    "seed:, kmalloc:, page:, vzalloc:, span: or release:, each at most once";

std::int64_t get_field(const FaultAttributes& attributes, int field) {
  switch (field) {
    case 0:
      return attributes.probability;
    case 1:
      return attributes.interval;
    case 2:
      return attributes.times;
    case 3:
      return attributes.space;
    default:
      return attributes.fail_nth;
  }
}

void set_field(FaultAttributes& attributes, int field, std::int64_t value) {
  switch (field) {
    case 0:
      attributes.probability = static_cast<std::uint32_t>(value);
      break;
    case 1:
      attributes.interval = static_cast<std::uint32_t>(value);
      break;
    case 2:
      attributes.times = static_cast<std::int32_t>(value);
      break;
    case 3:
      attributes.space = static_cast<std::uint32_t>(value);
      break;
    default:
      attributes.fail_nth = static_cast<std::uint32_t>(value);
      break;
  }
}

bool parse_integer(std::string_view text, std::int64_t least, std::int64_t most,
                   std::int64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && *value >= least &&
         *value <= most;
}

class Parser {
 public:
  Parser(std::string_view text, FaultPlan* plan, PlanError* error)
      : text_(text), plan_(plan), error_(error) {}

  bool run() {
    std::string_view word = next_word();
    if (word != "plan") return fail(word, "the word 'plan'");
    bool seen[kFaultSiteCount + 1] = {};
    for (word = next_word(); !word.empty(); word = next_word()) {
      const std::size_t colon = word.find(':');
      if (colon == std::string_view::npos) return fail(word, kTokenList);
      const std::string_view value = word.substr(colon + 1);
      FaultSite site = FaultSite::kKmalloc;
      const bool is_seed = word.substr(0, colon) == "seed";
      if (!is_seed && !parse_fault_site(word.substr(0, colon), &site))
        return fail(word, kTokenList);
      bool& once = seen[is_seed ? kFaultSiteCount : static_cast<int>(site)];
      if (once) return fail(word, kTokenList);
      once = true;
      if (is_seed ? !seed(value) : !site_attributes(value, plan_->sites[static_cast<int>(site)]))
        return false;
    }
    return true;
  }

 private:
  std::string_view next_word() {
    at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size());
    const std::size_t end = std::min(text_.find_first_of(" \t", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end;
    return word;
  }

  bool fail(std::string_view where, const char* expected) {
    *error_ = {where.data() == nullptr ? text_.size()
                                       : static_cast<std::size_t>(where.data() - text_.data()),
               expected};
    return false;
  }

  bool seed(std::string_view value) {
    std::int64_t number = 0;
    if (!parse_integer(value, 0, 0xffffffff, &number)) return fail(value, "seed:0 to 4294967295");
    plan_->seed = static_cast<std::uint32_t>(number);
    return true;
  }

  bool site_attributes(std::string_view rest, FaultAttributes& attributes) {
    bool seen[kFieldCount] = {};
    while (true) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view part = rest.substr(0, comma);
      const std::size_t equals = std::min(part.find('='), part.size());
      int field = 0;
      while (field < kFieldCount && kFields[field].name != part.substr(0, equals)) ++field;
      if (field == kFieldCount || equals == part.size() || seen[field])
        return fail(part, kFieldList);
      seen[field] = true;
      std::int64_t number = 0;
      if (!parse_integer(part.substr(equals + 1), kFields[field].least, kFields[field].most,
                         &number))
        return fail(part.substr(equals + 1), kFields[field].expected);
      set_field(attributes, field, number);
      if (comma == rest.size()) return true;
      rest.remove_prefix(comma + 1);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  FaultPlan* plan_;
  PlanError* error_;
};

}  // namespace

const char* fault_site_name(FaultSite site) { return kSiteNames[static_cast<int>(site)].data(); }

bool parse_fault_site(std::string_view name, FaultSite* site) {
  for (int i = 0; i < kFaultSiteCount; ++i) {
    if (name != kSiteNames[i]) continue;
    *site = static_cast<FaultSite>(i);
    return true;
  }
  return false;
}

std::size_t print_plan(const FaultPlan& plan, std::span<char> out) {
  const FaultAttributes defaults;
  Writer writer(out);
  writer.put("plan");
  if (plan.seed != 0) {
    writer.put(" seed:");
    writer.put(plan.seed);
  }
  for (int site = 0; site < kFaultSiteCount; ++site) {
    bool first = true;
    for (int field = 0; field < kFieldCount; ++field) {
      const std::int64_t value = get_field(plan.sites[site], field);
      if (value == get_field(defaults, field)) continue;
      if (first) writer.put(" ");
      if (first) writer.put(kSiteNames[site]);
      writer.put(first ? ":" : ",");
      first = false;
      writer.put(kFields[field].name);
      writer.put("=");
      writer.put(value);
    }
  }
  return writer.length();
}

bool parse_plan(std::string_view text, FaultPlan* plan, PlanError* error) {
  *plan = {};
  return Parser(text, plan, error).run();
}

}  // namespace arenafuzz
