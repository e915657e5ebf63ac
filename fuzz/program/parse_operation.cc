// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/program/parse_line.h"

namespace arenafuzz::parse {
namespace {

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

void read_enable(Line& line, Operation& operation, const Header& header) {
  constexpr std::string_view kKinds[] = {"root", "sub"};
  constexpr std::string_view kArenas[] = {"none", "m0", "m1", "m0+m1"};
  operation.scheduler = line.name(line.word(), 's', header.schedulers);
  operation.sub = line.choose(line.word(), kKinds) == 1;
  const std::string_view arenas = line.word();
  operation.arenas = static_cast<std::uint8_t>(line.choose(arenas, kArenas));
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
  } else if (letter != 'a' && letter != 'p') {
    line.fail("pN, aN or mN PAGE+COUNT", name);
  } else {
    operation.target = letter == 'a' ? ReleaseTarget::kBlock : ReleaseTarget::kOwnRun;
    operation.slot = line.name(name, letter == 'a' ? 'a' : 'p', limits::kRunSlots);
  }
}

void read_policy(Line& line, std::string_view policy, Operation& operation) {
  constexpr std::string_view kPolicies[] = {"first-fit", "align", "order-align", "best-fit",
                                            "fixed"};
  const std::size_t colon = policy.find(':');
  operation.policy = static_cast<AllocPolicy>(line.choose(policy.substr(0, colon), kPolicies));
  if (colon != std::string_view::npos)
    operation.policy_data = static_cast<std::uint32_t>(
        line.number(policy.substr(colon + 1), limits::kMaxPolicyData, "the policy's number"));
}

void read_policy_and_door(Line& line, Operation& operation) {
  constexpr std::string_view kDoors[] = {"plain", "owner", "dma", "dma-no-address", "dma-zeroed"};
  const auto more = [&line] { return !line.at_end() && line.peek()[0] != '('; };
  if (more() && !line.peek().starts_with("via:")) read_policy(line, line.word(), operation);
  if (const auto door = line.take_prefixed("via:"))
    operation.door = static_cast<AllocDoor>(line.choose(*door, kDoors));
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
    if (gen_pool) read_policy_and_door(line, operation);
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
  const auto count = line.take_prefixed("count:");
  if (!count) return;
  operation.count = static_cast<std::uint32_t>(line.number(*count, 0xffff, "a number of pages"));
  if (operation.count == 0) line.fail("a number of pages of at least 1", *count);
  if (operation.count < 2) return;
  operation.stride = 1;
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

void read_chunk(Line& line, Operation& operation) {
  operation.address = line.number(line.word(), kMaxNumber, "an address");
  const auto size = line.take_prefixed("size:");
  if (!size) return line.fail("'size:BYTES'", line.peek());
  operation.size = line.number(*size, kMaxNumber, "a size in bytes");
  if (operation.kind != OperationKind::kGenAdd) return;
  if (const auto physical = line.take_prefixed("phys:")) {
    operation.has_physical = true;
    operation.physical = line.number(*physical, kMaxNumber, "a physical address");
  }
  if (const auto owner = line.take_prefixed("owner:"))
    operation.owner = static_cast<std::uint8_t>(line.number(*owner, 0xff, "an owner's number"));
}

void read_gen_pool_statement(Line& line, std::string_view verb, Operation& operation,
                             const Header& header) {
  const auto is = [&](std::string_view name, OperationKind kind) {
    if (verb == name) operation.kind = kind;
    return verb == name;
  };
  if (is("add", OperationKind::kGenAdd) || is("has_addr", OperationKind::kGenHasAddr)) {
    read_chunk(line, operation);
  } else if (is("free", OperationKind::kGenFree)) {
    operation.slot = line.name(line.word(), 'a', limits::kBlockSlots);
    operation.via = line.take("via:owner");
  } else if (is("misuse", OperationKind::kGenMisuseFree)) {
    read_misuse(line, operation, header);
  } else if (is("destroy", OperationKind::kGenDestroy)) {
    operation.as_is = line.take("as-is");
  } else if (is("set_algo", OperationKind::kGenSetAlgo)) {
    operation.by_default = line.take("default");
    if (!operation.by_default) read_policy(line, line.word(), operation);
  } else if (is("virt_to_phys", OperationKind::kGenVirtToPhys)) {
    operation.address = line.number(line.word(), kMaxNumber, "an address");
  } else if (is("managed", OperationKind::kGenManaged)) {
    operation.named = line.take("named");
  } else if (!is("create", OperationKind::kGenCreate)) {
    line.fail(
        "an operation: create, add, aN = alloc, free, misuse free, has_addr, virt_to_phys, "
        "set_algo, managed or destroy",
        verb);
  }
}

}  // namespace

void read_operation(Line& line, const Header& header, Operation* operation) {
  *operation = {};
  const std::string_view first = line.word();
  if (line.take("=")) {
    read_assignment(line, first, *operation, header);
  } else if (header.kind == ProgramKind::kGenPool) {
    read_gen_pool_statement(line, first, *operation, header);
  } else {
    read_arena_statement(line, first, *operation, header);
  }
  read_clauses(line, *operation);
  if (line.failed()) return;
  const Operation written = *operation;
  repair(*operation, header);
  if (*operation != written)
    line.fail(
        "values that the format can hold (it would read as '" + print_operation(*operation) + "')",
        print_operation(written));
}

}  // namespace arenafuzz::parse
