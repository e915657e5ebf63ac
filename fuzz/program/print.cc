// SPDX-License-Identifier: GPL-2.0-only
#include <bit>

#include "fuzz/program/text.h"

namespace arenafuzz {
namespace {

constexpr const char* kProfileNames[] = {"correct", "faults", "misuse"};
constexpr const char* kBaseNames[] = {"zero", "small", "high", "end"};

std::string decimal(std::uint64_t value) { return std::to_string(value); }

std::string slot(char letter, int number) { return letter + std::to_string(number); }

std::string arenas_text(std::uint8_t arenas) {
  constexpr const char* kTexts[] = {"none", "m0", "m1", "m0+m1"};
  return kTexts[arenas & 3];
}

std::string clause_text(const FaultClause& clause) {
  std::string text = clause.kind == FaultClause::Kind::kNth ? "nth" : fault_site_name(clause.site);
  text += ":" + decimal(clause.ordinal);
  if (clause.lasting) text += "+";
  return text;
}

std::string faults_text(const Operation& operation) {
  std::string text;
  for (const FaultClause& clause : operation.faults) {
    if (clause.kind == FaultClause::Kind::kNone) continue;
    text += text.empty() ? " (fail " : ", ";
    text += clause_text(clause);
  }
  return text.empty() ? text : text + ")";
}

std::string collisions_text(const Operation& operation) {
  std::string text;
  for (const Collision& collision : operation.collisions) {
    if (collision.ordinal == 0) continue;
    text += " (collide:" + decimal(collision.ordinal) + (collision.clear ? " clear" : " set");
    const int offset = kCollisionOffsets[collision.offset_code];
    if (offset != 0) text += "+" + decimal(static_cast<std::uint64_t>(offset));
    text += ")";
  }
  return text;
}

std::string run_text(const Operation& operation) {
  return slot('m', operation.map) + " " + decimal(operation.page) + "+" + decimal(operation.count);
}

std::string release_text(const Operation& operation) {
  switch (operation.target) {
    case ReleaseTarget::kOwnRun:
      return "release " + slot('p', operation.slot);
    case ReleaseTarget::kBlock:
      return "release " + slot('a', operation.slot);
    case ReleaseTarget::kPages:
      break;
  }
  return "release " + run_text(operation);
}

std::string misuse_text(const Operation& operation) {
  std::string text = "misuse free " + slot('a', operation.slot);
  if (operation.size_given) text += " size:" + print_number(operation.size);
  if (operation.offset != 0) text += " offset:" + std::to_string(operation.offset);
  if (operation.via) text += " via:" + slot('s', operation.scheduler);
  if (operation.twice) text += " twice";
  return text;
}

std::string enable_text(const Operation& operation, const char* word) {
  std::string text = word + slot('s', operation.scheduler) + (operation.sub ? " sub " : " root ") +
                     arenas_text(operation.arenas);
  if (operation.kind == OperationKind::kEnablePath)
    text += " cpus:" + decimal(operation.cpus) + " shards:" + decimal(operation.shards) +
            " cids:" + decimal(operation.cids);
  if (operation.init_fails) text += " init-fails";
  if (operation.validation_fails) text += " validation-fails";
  return text;
}

std::string policy_text(const Operation& operation) {
  if (operation.policy == AllocPolicy::kFirstFit) return "";
  std::string text = std::string(" ") + alloc_policy_name(operation.policy);
  if (operation.policy == AllocPolicy::kAlign || operation.policy == AllocPolicy::kFixed)
    text += ":" + decimal(operation.policy_data);
  return text;
}

std::string chunk_text(const Operation& operation) {
  std::string text =
      "add " + print_number(operation.address) + " size:" + print_number(operation.size);
  if (operation.has_physical) text += " phys:" + print_number(operation.physical);
  if (operation.owner != 0) text += " owner:" + decimal(operation.owner);
  return text;
}

std::string arena_text(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kAlloc:
      return slot('a', operation.slot) + " = alloc " + slot('s', operation.scheduler) + " " +
             print_number(operation.size);
    case OperationKind::kFree:
      return "free " + slot('a', operation.slot);
    case OperationKind::kEnable:
      return enable_text(operation, "enable ");
    case OperationKind::kDisable:
      return "disable " + slot('s', operation.scheduler);
    case OperationKind::kEnablePath:
      return enable_text(operation, "enable_path ");
    case OperationKind::kClaim: {
      std::string text = slot('p', operation.slot) + " = claim " + slot('m', operation.map) + " " +
                         decimal(operation.count);
      if (operation.page != 0) text += " at:" + decimal(operation.page - 1);
      return text;
    }
    case OperationKind::kRelease:
      return release_text(operation);
    case OperationKind::kReserve:
      return slot('p', operation.slot) + " = reserve " + run_text(operation);
    case OperationKind::kUserFault: {
      std::string text = "user_fault " + slot('m', operation.map) + " " + decimal(operation.page);
      if (operation.count > 1)
        text += " count:" + decimal(operation.count) + " stride:" + decimal(operation.stride);
      return text;
    }
    case OperationKind::kMmap:
      return "mmap " + slot('m', operation.map);
    case OperationKind::kWorker:
      return "worker " + slot('m', operation.map);
    case OperationKind::kHeal:
      return "heal";
    case OperationKind::kTeardown:
      return "teardown " + slot('m', operation.map);
    case OperationKind::kMisuseFree:
      return misuse_text(operation);
    default:
      return "";
  }
}

std::string gen_pool_text(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::kGenCreate:
      return "create";
    case OperationKind::kGenDestroy:
      return operation.as_is ? "destroy as-is" : "destroy";
    case OperationKind::kGenAdd:
      return chunk_text(operation);
    case OperationKind::kGenAlloc:
      return slot('a', operation.slot) + " = alloc " + print_number(operation.size) +
             policy_text(operation) +
             (operation.door == AllocDoor::kPlain
                  ? ""
                  : std::string(" via:") + alloc_door_name(operation.door));
    case OperationKind::kGenSetAlgo:
      if (operation.by_default) return "set_algo default";
      return operation.policy == AllocPolicy::kFirstFit ? "set_algo first-fit"
                                                        : "set_algo" + policy_text(operation);
    case OperationKind::kGenVirtToPhys:
      return "virt_to_phys " + print_number(operation.address);
    case OperationKind::kGenManaged:
      return operation.named ? "managed named" : "managed";
    case OperationKind::kGenFree:
      return "free " + slot('a', operation.slot) + (operation.via ? " via:owner" : "");
    case OperationKind::kGenMisuseFree:
      return misuse_text(operation);
    case OperationKind::kGenHasAddr:
      return "has_addr " + print_number(operation.address) +
             " size:" + print_number(operation.size);
    default:
      return "";
  }
}

}  // namespace

std::string print_number(std::uint64_t value) {
  constexpr std::uint64_t kNear = 64;
  constexpr std::uint64_t kSmallest = std::uint64_t{1} << 31;
  if (value < kSmallest) return decimal(value);
  if (~value < kNear) return "2^64-" + decimal(~value + 1);
  const int below = static_cast<int>(std::bit_width(value)) - 1;
  const std::uint64_t floor = std::uint64_t{1} << below;
  if (value - floor < kNear)
    return "2^" + std::to_string(below) + (value == floor ? "" : "+" + decimal(value - floor));
  if (below < 63 && floor * 2 - value < kNear)
    return "2^" + std::to_string(below + 1) + "-" + decimal(floor * 2 - value);
  return decimal(value);
}

std::string print_operation(const Operation& operation) {
  const bool gen_pool = belongs_to(operation.kind, ProgramKind::kGenPool);
  return (gen_pool ? gen_pool_text(operation) : arena_text(operation)) + faults_text(operation) +
         collisions_text(operation);
}

std::string print_header(const Header& header) {
  std::string text =
      std::string("header profile:") + kProfileNames[static_cast<int>(header.profile)];
  if (header.kind == ProgramKind::kGenPool) {
    text += " kind:gen_pool order:" + decimal(header.granule_order);
  } else {
    text += " pages:" + decimal(header.arena_pages) +
            " base:" + kBaseNames[static_cast<int>(header.base)] +
            " page:" + decimal(page_bytes(header)) +
            " placement:" + (header.best_fit ? "best" : "lowest") +
            " release:" + (header.deferred_release ? "deferred" : "immediate") +
            " schedulers:" + decimal(header.schedulers) + " maps:" + decimal(header.maps);
    if (header.unmapped) text += " unmapped";
  }
  if (header.weights != 0) text += " weights:" + decimal(header.weights);
  return text;
}

std::string print_program(const Program& program) {
  std::string text = "# arenafuzz\n" + print_header(program.header) + "\n";
  if (program.has_plan) {
    char line[kMaxPlanText];
    text.append(line, print_plan(program.plan, line)) += "\n";
  }
  for (const Operation& operation : program.operations) text += print_operation(operation) + "\n";
  return text;
}

}  // namespace arenafuzz
