// SPDX-License-Identifier: GPL-2.0-only
#include <charconv>
#include <optional>

#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

// One line, read word by word. The first failed expectation is kept.
class Line {
 public:
  explicit Line(std::string_view rest) : rest_(rest) { skip_spaces(); }

  bool at_end() const { return rest_.empty(); }
  bool failed() const { return failed_; }
  const std::string& expected() const { return expected_; }

  std::string_view word() {
    const std::size_t end = rest_.find_first_of(" \t");
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(found.size());
    skip_spaces();
    return found;
  }

  std::string_view peek() const { return rest_.substr(0, rest_.find_first_of(" \t")); }
  std::string_view rest() const { return rest_; }
  void drop(std::size_t count) {
    rest_.remove_prefix(count);
    skip_spaces();
  }

  // Takes the next word if it is `wanted`.
  bool take(std::string_view wanted) {
    if (peek() != wanted) return false;
    word();
    return true;
  }

  // Takes "prefix<rest>" and gives the rest.
  std::optional<std::string_view> take_prefixed(std::string_view prefix) {
    const std::string_view next = peek();
    if (!next.starts_with(prefix)) return std::nullopt;
    word();
    return next.substr(prefix.size());
  }

  void fail(const std::string& expected, std::string_view got) {
    if (failed_) return;
    failed_ = true;
    expected_ = expected + ", got " +
                (got.empty() ? "the end of the line" : "'" + std::string(got.substr(0, 40)) + "'");
  }

  std::uint64_t number(std::string_view text, std::uint64_t most, const char* what) {
    std::uint64_t value = 0;
    if (!parse_number(text, &value) || value > most)
      fail(std::string(what) + " of at most " + print_number(most), text);
    return value;
  }

  // "a17": a letter and a number below `count`.
  std::uint8_t name(std::string_view text, char letter, int count) {
    std::uint64_t value = 0;
    if (text.size() < 2 || text[0] != letter || !parse_number(text.substr(1), &value) ||
        value >= static_cast<std::uint64_t>(count))
      fail(std::string("one of ") + letter + "0 to " + letter + std::to_string(count - 1), text);
    return static_cast<std::uint8_t>(value);
  }

 private:
  void skip_spaces() {
    const std::size_t begin = rest_.find_first_not_of(" \t");
    rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
  }

  std::string_view rest_;
  std::string expected_;
  bool failed_ = false;
};

constexpr std::uint64_t kMaxNumber = ~std::uint64_t{0};

template <std::size_t N>
int choose(Line& line, std::string_view text, const std::string_view (&names)[N]) {
  std::string list;
  for (std::size_t i = 0; i < N; ++i) {
    if (text == names[i]) return static_cast<int>(i);
    list += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  line.fail("one of " + list, text);
  return 0;
}

// "12+4": first page and count.
void read_run(Line& line, Operation& operation) {
  const std::string_view text = line.word();
  const std::size_t plus = text.find('+');
  if (plus == std::string_view::npos) {
    line.fail("a run of pages such as 12+4", text);
    return;
  }
  operation.page = static_cast<std::uint32_t>(
      line.number(text.substr(0, plus), limits::kPageMask, "a page number"));
  operation.count = static_cast<std::uint32_t>(
      line.number(text.substr(plus + 1), limits::kPageMask, "a number of pages"));
}

void read_clause(Line& line, std::string_view text, Operation& operation) {
  FaultClause clause;
  const std::size_t colon = text.find(':');
  const std::string_view site = text.substr(0, colon);
  if (site == "nth") {
    clause.kind = FaultClause::Kind::kNth;
  } else if (parse_fault_site(site, &clause.site)) {
    clause.kind = FaultClause::Kind::kSite;
  } else {
    line.fail("a fault site: kmalloc, page, vzalloc, span, release or nth", site);
    return;
  }
  std::string_view ordinal =
      colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (ordinal.ends_with('+')) {
    clause.lasting = true;
    ordinal.remove_suffix(1);
  }
  const bool wide = operation.kind == OperationKind::kEnablePath;
  clause.ordinal = static_cast<std::uint16_t>(
      line.number(ordinal, wide ? 0xffff : 0xff, "the ordinal of a call, from 1,"));
  if (clause.ordinal == 0) line.fail("the ordinal of a call, from 1", ordinal);
  for (FaultClause& room : operation.faults) {
    if (room.kind != FaultClause::Kind::kNone) continue;
    room = clause;
    return;
  }
  line.fail("at most two faults an operation", text);
}

void read_collision(Line& line, std::string_view text, Operation& operation) {
  const std::size_t space = text.find(' ');
  Collision collision;
  collision.ordinal = static_cast<std::uint8_t>(line.number(
      text.substr(0, space), kMaxCollisionOrdinal, "the ordinal of a compare-and-swap, from 1,"));
  std::string_view what =
      space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  const std::size_t plus = what.find('+');
  const std::string_view verb = what.substr(0, plus);
  if (verb != "set" && verb != "clear") line.fail("'set' or 'clear'", verb);
  collision.clear = verb == "clear";
  std::uint64_t offset = 0;
  if (plus != std::string_view::npos)
    offset = line.number(what.substr(plus + 1), 63, "a bit offset");
  while (collision.offset_code < 8 && kCollisionOffsets[collision.offset_code] != offset)
    ++collision.offset_code;
  if (collision.offset_code == 8) line.fail("a bit offset of 0, 1, 2, 4, 8, 16, 32 or 63", what);
  if (collision.ordinal == 0) line.fail("the ordinal of a compare-and-swap, from 1", text);
  for (Collision& room : operation.collisions) {
    if (room.ordinal != 0) continue;
    room = collision;
    return;
  }
  line.fail("at most two collisions an operation", text);
}

// "(fail a, b) (collide:2 set)" to the end of the line.
void read_clauses(Line& line, Operation& operation) {
  while (!line.failed() && !line.at_end()) {
    const std::string_view rest = line.rest();
    const std::size_t close = rest.find(')');
    if (rest[0] != '(' || close == std::string_view::npos) {
      line.fail("the end of the line or a clause such as (fail vzalloc:1)", rest);
      return;
    }
    std::string_view inside = rest.substr(1, close - 1);
    line.drop(close + 1);
    if (inside.starts_with("collide:")) {
      if (!takes_collisions(operation.kind))
        line.fail("no collision: this operation compares and swaps nothing", inside);
      read_collision(line, inside.substr(8), operation);
    } else if (inside.starts_with("fail ")) {
      if (!takes_faults(operation.kind))
        line.fail("no fault: this operation makes no fallible call", inside);
      inside.remove_prefix(5);
      while (!line.failed() && !inside.empty()) {
        const std::size_t comma = inside.find(',');
        read_clause(line, inside.substr(0, comma), operation);
        inside.remove_prefix(comma == std::string_view::npos ? inside.size() : comma + 1);
        while (inside.starts_with(' ')) inside.remove_prefix(1);
      }
    } else {
      line.fail("'(fail site:ordinal)' or '(collide:ordinal set|clear)'", inside);
    }
  }
}

void read_enable(Line& line, Operation& operation, const Header& header) {
  constexpr std::string_view kKinds[] = {"root", "sub"};
  constexpr std::string_view kArenas[] = {"none", "m0", "m1", "m0+m1"};
  operation.scheduler = line.name(line.word(), 's', header.schedulers);
  operation.sub = choose(line, line.word(), kKinds) == 1;
  const std::string_view arenas = line.word();
  operation.arenas = static_cast<std::uint8_t>(choose(line, arenas, kArenas));
  if (operation.arenas >= 2 && header.maps < 2) line.fail("m0: the header has one map", arenas);
  if (operation.kind == OperationKind::kEnablePath) {
    const auto field = [&line](const char* prefix, std::uint32_t most) {
      const auto text = line.take_prefixed(prefix);
      if (!text) line.fail(std::string("'") + prefix + "NUMBER'", line.peek());
      return static_cast<std::uint16_t>(text ? line.number(*text, most, "a number") : 0);
    };
    operation.cpus = field("cpus:", limits::kMaxCpus);
    operation.shards = field("shards:", limits::kMaxShards);
    operation.cids = field("cids:", limits::kMaxCids);
    return;
  }
  operation.init_fails = line.take("init-fails");
  operation.validation_fails = line.take("validation-fails");
}

void read_misuse(Line& line, Operation& operation, const Header& header) {
  if (!line.take("free")) line.fail("'misuse free aN'", line.peek());
  operation.slot = line.name(line.word(), 'a', limits::kBlockSlots);
  while (!line.failed() && !line.at_end() && line.peek()[0] != '(') {
    if (const auto size = line.take_prefixed("size:")) {
      operation.size_given = true;
      operation.size = line.number(*size, kMaxNumber, "a size in bytes");
    } else if (const auto offset = line.take_prefixed("offset:")) {
      const bool negative = offset->starts_with('-');
      const auto magnitude = static_cast<std::int32_t>(
          line.number(offset->substr(negative ? 1 : 0), negative ? 32768 : 32767, "an offset"));
      operation.offset = static_cast<std::int16_t>(negative ? -magnitude : magnitude);
    } else if (const auto via = line.take_prefixed("via:")) {
      if (operation.kind == OperationKind::kGenMisuseFree)
        line.fail("no scheduler in a gen_pool program", *via);
      operation.via = true;
      operation.scheduler = line.name(*via, 's', header.schedulers);
    } else if (line.take("twice")) {
      operation.twice = true;
    } else {
      line.fail("size:N, offset:N, via:sN or twice", line.peek());
    }
  }
}

void read_release(Line& line, Operation& operation, const Header& header) {
  const std::string_view name = line.word();
  const char letter = name.empty() ? '\0' : name[0];
  if (letter == 'm') {
    operation.target = ReleaseTarget::kPages;
    operation.map = line.name(name, 'm', header.maps);
    read_run(line, operation);
  } else {
    operation.target = letter == 'a' ? ReleaseTarget::kBlock : ReleaseTarget::kOwnRun;
    operation.slot = line.name(name, letter == 'a' ? 'a' : 'p', limits::kRunSlots);
  }
}

// What stands to the right of "aN =" or "pN =".
void read_assignment(Line& line, std::string_view target, Operation& operation,
                     const Header& header) {
  const std::string_view verb = line.word();
  const bool gen_pool = header.kind == ProgramKind::kGenPool;
  if (verb == "alloc") {
    operation.kind = gen_pool ? OperationKind::kGenAlloc : OperationKind::kAlloc;
    operation.slot = line.name(target, 'a', limits::kBlockSlots);
    if (!gen_pool) operation.scheduler = line.name(line.word(), 's', header.schedulers);
    operation.size = line.number(line.word(), kMaxNumber, "a size in bytes");
    if (!gen_pool || line.at_end() || line.peek()[0] == '(') return;
    constexpr std::string_view kPolicies[] = {"first-fit", "align", "order-align", "best-fit",
                                              "fixed"};
    const std::string_view policy = line.word();
    const std::size_t colon = policy.find(':');
    operation.policy = static_cast<AllocPolicy>(choose(line, policy.substr(0, colon), kPolicies));
    if (colon != std::string_view::npos)
      operation.policy_data = static_cast<std::uint32_t>(
          line.number(policy.substr(colon + 1), 0xffffff, "the policy's number"));
  } else if (verb == "claim" && !gen_pool) {
    operation.kind = OperationKind::kClaim;
    operation.slot = line.name(target, 'p', limits::kRunSlots);
    operation.map = line.name(line.word(), 'm', header.maps);
    operation.count = static_cast<std::uint32_t>(
        line.number(line.word(), limits::kPageMask, "a number of pages"));
    if (const auto at = line.take_prefixed("at:"))
      operation.page =
          static_cast<std::uint32_t>(line.number(*at, limits::kPageMask - 1, "a page number") + 1);
  } else if (verb == "reserve" && !gen_pool) {
    operation.kind = OperationKind::kReserve;
    operation.slot = line.name(target, 'p', limits::kRunSlots);
    operation.map = line.name(line.word(), 'm', header.maps);
    read_run(line, operation);
  } else {
    line.fail(gen_pool ? "alloc" : "alloc, claim or reserve", verb);
  }
}

void read_user_fault(Line& line, Operation& operation, const Header& header) {
  operation.map = line.name(line.word(), 'm', header.maps);
  operation.page =
      static_cast<std::uint32_t>(line.number(line.word(), limits::kPageMask, "a page number"));
  operation.count = 1;
  if (const auto count = line.take_prefixed("count:"))
    operation.count = static_cast<std::uint32_t>(line.number(*count, 0xffff, "a number of pages"));
  if (const auto stride = line.take_prefixed("stride:"))
    operation.stride =
        static_cast<std::uint16_t>(line.number(*stride, 0xffff, "a number of pages"));
}

void read_arena_statement(Line& line, std::string_view verb, Operation& operation,
                          const Header& header) {
  const auto is = [&](std::string_view name, OperationKind kind) {
    if (verb == name) operation.kind = kind;
    return verb == name;
  };
  if (is("free", OperationKind::kFree)) {
    operation.slot = line.name(line.word(), 'a', limits::kBlockSlots);
  } else if (is("enable", OperationKind::kEnable) ||
             is("enable_path", OperationKind::kEnablePath)) {
    read_enable(line, operation, header);
  } else if (is("disable", OperationKind::kDisable)) {
    operation.scheduler = line.name(line.word(), 's', header.schedulers);
  } else if (is("release", OperationKind::kRelease)) {
    read_release(line, operation, header);
  } else if (is("user_fault", OperationKind::kUserFault)) {
    read_user_fault(line, operation, header);
  } else if (is("mmap", OperationKind::kMmap) || is("worker", OperationKind::kWorker) ||
             is("teardown", OperationKind::kTeardown)) {
    operation.map = line.name(line.word(), 'm', header.maps);
  } else if (is("misuse", OperationKind::kMisuseFree)) {
    read_misuse(line, operation, header);
  } else if (!is("heal", OperationKind::kHeal)) {
    line.fail(
        "an operation: aN = alloc, free, enable, enable_path, disable, pN = claim, pN = reserve, "
        "release, user_fault, mmap, worker, heal, teardown or misuse free",
        verb);
  }
}

void read_gen_pool_statement(Line& line, std::string_view verb, Operation& operation,
                             const Header& header) {
  const bool add = verb == "add";
  if (add || verb == "has_addr") {
    operation.kind = add ? OperationKind::kGenAdd : OperationKind::kGenHasAddr;
    operation.address = line.number(line.word(), kMaxNumber, "an address");
    const auto size = line.take_prefixed("size:");
    if (!size) line.fail("'size:BYTES'", line.peek());
    if (size) operation.size = line.number(*size, kMaxNumber, "a size in bytes");
  } else if (verb == "free") {
    operation.kind = OperationKind::kGenFree;
    operation.slot = line.name(line.word(), 'a', limits::kBlockSlots);
  } else if (verb == "misuse") {
    operation.kind = OperationKind::kGenMisuseFree;
    read_misuse(line, operation, header);
  } else if (verb == "create") {
    operation.kind = OperationKind::kGenCreate;
  } else if (verb == "destroy") {
    operation.kind = OperationKind::kGenDestroy;
  } else {
    line.fail("an operation: create, add, aN = alloc, free, misuse free, has_addr or destroy",
              verb);
  }
}

void read_operation(Line& line, const Header& header, Program* program) {
  Operation operation;
  const std::string_view verb = line.word();
  if (line.take("=")) {
    read_assignment(line, verb, operation, header);
  } else if (header.kind == ProgramKind::kGenPool) {
    read_gen_pool_statement(line, verb, operation, header);
  } else {
    read_arena_statement(line, verb, operation, header);
  }
  read_clauses(line, operation);
  if (line.failed()) return;
  Operation repaired = operation;
  repair(repaired, header);
  if (repaired != operation)
    line.fail(
        "values that the format can hold (it would read as '" + print_operation(repaired) + "')",
        print_operation(operation));
  if (program->operations.size() >= limits::kMaxOperations)
    line.fail("at most 65536 operations", verb);
  program->operations.push_back(repaired);
}

}  // namespace

bool parse_number(std::string_view text, std::uint64_t* value) {
  const auto plain = [](std::string_view digits, std::uint64_t* out) {
    int base = 10;
    if (digits.starts_with("0x")) {
      base = 16;
      digits.remove_prefix(2);
    }
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), *out, base);
    return error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
  };
  if (!text.starts_with("2^")) return plain(text, value);
  text.remove_prefix(2);
  const std::size_t sign = text.find_first_of("+-");
  std::uint64_t exponent = 0;
  std::uint64_t delta = 0;
  if (!plain(text.substr(0, sign), &exponent) || exponent > 64) return false;
  if (sign != std::string_view::npos && !plain(text.substr(sign + 1), &delta)) return false;
  const bool minus = sign != std::string_view::npos && text[sign] == '-';
  if (exponent == 64 && (!minus || delta == 0)) return false;
  const std::uint64_t power = exponent == 64 ? 0 : std::uint64_t{1} << exponent;
  if (!minus && delta > ~power) return false;
  if (minus && exponent < 64 && delta > power) return false;
  *value = minus ? power - delta : power + delta;
  return true;
}

bool read_header_line(std::string_view text, Header* header, std::string* expected);

bool parse_program(std::string_view text, Program* program, TextError* error) {
  *program = Program{};
  std::size_t number = 0;
  bool header_seen = false;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view content = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    content = content.substr(0, content.find('#'));
    while (!content.empty() &&
           (content.back() == ' ' || content.back() == '\r' || content.back() == '\t'))
      content.remove_suffix(1);
    Line line(content);
    if (line.at_end()) continue;
    const bool begun = header_seen || program->has_plan || !program->operations.empty();
    if (!begun && line.take("header")) {
      header_seen = true;
      std::string expected;
      if (!read_header_line(line.rest(), &program->header, &expected)) {
        *error = {number, expected};
        return false;
      }
    } else if (line.peek() == "plan" && !program->has_plan && program->operations.empty()) {
      PlanError plan_error;
      if (!parse_plan(line.rest(), &program->plan, &plan_error)) {
        *error = {number, plan_error.expected};
        return false;
      }
      program->has_plan = true;
    } else {
      read_operation(line, program->header, program);
      if (line.failed()) {
        *error = {number, line.expected()};
        return false;
      }
    }
  }
  return true;
}

// The words after "header".
bool read_header_line(std::string_view text, Header* header, std::string* expected) {
  constexpr std::string_view kProfiles[] = {"correct", "faults", "misuse"};
  constexpr std::string_view kBases[] = {"zero", "small", "high", "end"};
  constexpr std::string_view kPages[] = {"4096", "16384", "65536"};
  constexpr std::string_view kPlacements[] = {"lowest", "best"};
  constexpr std::string_view kReleases[] = {"immediate", "deferred"};
  constexpr std::string_view kKinds[] = {"arena", "gen_pool"};
  Line line(text);
  const auto number = [&line](std::string_view value, std::uint64_t least, std::uint64_t most) {
    const std::uint64_t found = line.number(value, most, "a number");
    if (found < least) line.fail("a number of at least " + print_number(least), value);
    return found;
  };
  while (!line.failed() && !line.at_end()) {
    const std::string_view word = line.word();
    const std::size_t colon = word.find(':');
    const std::string_view name = word.substr(0, colon);
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view{} : word.substr(colon + 1);
    if (name == "profile") {
      header->profile = static_cast<Profile>(choose(line, value, kProfiles));
    } else if (name == "kind") {
      header->kind = static_cast<ProgramKind>(choose(line, value, kKinds));
    } else if (name == "order") {
      header->granule_order = static_cast<std::uint8_t>(number(value, 0, limits::kMaxGranuleOrder));
    } else if (name == "pages") {
      header->arena_pages = static_cast<std::uint32_t>(number(value, 1, 1u << 20));
    } else if (name == "base") {
      header->base = static_cast<BaseKind>(choose(line, value, kBases));
    } else if (name == "page") {
      header->page_size_code = static_cast<std::uint8_t>(choose(line, value, kPages));
    } else if (name == "placement") {
      header->best_fit = choose(line, value, kPlacements) == 1;
    } else if (name == "release") {
      header->deferred_release = choose(line, value, kReleases) == 1;
    } else if (name == "schedulers") {
      header->schedulers = static_cast<std::uint8_t>(number(value, 1, limits::kMaxSchedulers));
    } else if (name == "maps") {
      header->maps = static_cast<std::uint8_t>(number(value, 1, limits::kMaxMaps));
    } else if (name == "weights") {
      header->weights = static_cast<std::uint32_t>(number(value, 0, 0xffffffff));
    } else if (word == "unmapped") {
      header->unmapped = true;
    } else {
      line.fail(
          "profile:, kind:, order:, pages:, base:, page:, placement:, release:, schedulers:, "
          "maps:, weights: or unmapped",
          word);
    }
  }
  const Header wanted = *header;
  repair(*header);
  if (!(wanted == *header))
    line.fail("a header that fits together (it would read as '" + print_header(*header) + "')",
              text);
  *expected = line.expected();
  return !line.failed();
}

bool looks_like_text(std::string_view name, std::string_view bytes) {
  return name.ends_with(".txt") || bytes.starts_with("# arenafuzz");
}

}  // namespace arenafuzz
