// SPDX-License-Identifier: GPL-2.0-only
//
// The part that the standalone C file and the KUnit case have in common: a small arena, the faults,
// the checks, and the program as calls.
#include <algorithm>
#include <sstream>

#include "fuzz/harness/backends/arena_layout.h"
#include "fuzz/program/text.h"
#include "fuzz/triage/reproduce/parts.h"
#include "fuzz/triage/reproduce/reproducer.h"
#include "fuzz/triage/reproduce/reproducer_blocks.h"
#include "fuzz/triage/reproduce/reproducer_text.h"
#include "src/pool/scheduler.h"

namespace arenafuzz {
namespace {

constexpr std::uint32_t kMostUserFaults = 64;  // written out one by one
constexpr int kMostFaults = 8;                 // of a site in one operation, as fail() has room for

class Body {
 public:
  explicit Body(const ReproducerInput& input)
      : input_(input), header_(input.program.header), blocks_(input.program) {}

  bool write(std::string* why) {
    if (header_.kind == ProgramKind::kArena && (header_.best_fit || header_.maps > 1)) {
      *why = header_.best_fit ? "its arena places pages by best fit" : "it has two arenas";
      return false;
    }
    for (std::size_t i = 0; i < input_.program.operations.size() && why->empty(); ++i) {
      const Operation& operation = input_.program.operations[i];
      out_ << "\n" << comment(std::to_string(i) + ": " + print_operation(operation));
      const RecordedStep* step = step_of(input_.reference, i);
      if (step != nullptr && step->skipped) {
        out_ << "\t/* it calls nothing */\n";
        continue;
      }
      out_ << "\tbegin();\n";
      faults(i, operation, why);
      if (operation.collisions[0].ordinal != 0) *why = "a peer changes bits between two steps";
      write(operation, i, why);
      if (step != nullptr && step->cut_short)
        *why = "a free that would run off its bitmap is not made";
      checks(i);
    }
    finish();
    return why->empty();
  }
  std::string text() const { return out_.str(); }
  bool masks() const { return masks_; }
  bool keeps_freed() const { return blocks_.keeps_freed(); }
  bool worker() const { return worker_; }

 private:
  static const char* site_name(FaultSite site) {
    constexpr const char* kNames[] = {"KMALLOC", "PAGE", "VZALLOC", "SPAN", "RELEASE"};
    return kNames[static_cast<int>(site)];
  }
  void faults(std::size_t index, const Operation& operation, std::string* why) {
    bool lasting[kFaultSiteCount] = {};
    for (const FaultClause& clause : operation.faults) {
      if (clause.kind != FaultClause::Kind::kSite || !clause.lasting) continue;
      lasting[static_cast<int>(clause.site)] = true;
      out_ << "\tfail_from[" << site_name(clause.site) << "] = " << clause.ordinal << ";\n";
    }
    int listed[kFaultSiteCount] = {};
    for (const Fired& fired : input_.fired) {
      const int site = static_cast<int>(fired.site);
      if (fired.operation != index || lasting[site] || ever_[site]) continue;
      if (++listed[site] > kMostFaults)
        *why = "more than 8 calls of one kind fail in one operation";
      out_ << "\tfail(" << site_name(fired.site) << ", " << fired.ordinal << ");\n";
    }
    for (int site = 0; site < kFaultSiteCount; ++site) ever_[site] |= lasting[site];
  }

  // In the kernel's form: one line, or a block.
  static std::string comment(const std::string& text) {
    std::string line = wrapped("/* " + text + " */", "\t");
    if (std::count(line.begin(), line.end(), '\n') == 1) return line;
    return "\t/*\n" + wrapped(text, "\t * ") + "\t */\n";
  }
  std::string sch(int index) const { return "&schs[" + std::to_string(index) + "]"; }
  static std::string block(const Operation& operation) {
    return ReproducerBlocks::name(operation.slot);
  }

  void write(const Operation& operation, std::size_t index, std::string* why) {
    switch (operation.kind) {
      case OperationKind::kAlloc:
        out_ << blocks_.alloc(operation, is_served(index));
        break;
      case OperationKind::kFree:
        out_ << blocks_.free(operation);
        break;
      case OperationKind::kMisuseFree:
        out_ << blocks_.misuse(operation, why);
        break;
      case OperationKind::kEnable:
      case OperationKind::kEnablePath:
        enable(operation, index, why);
        break;
      case OperationKind::kDisable:
        disable(operation.scheduler);
        break;
      default:
        other_operation(operation, index, why);
        break;
    }
  }

  const RecordedStep* step_of(const Recording& recording, std::size_t index) const {
    return index < recording.steps.size() ? &recording.steps[index] : nullptr;
  }
  // Whether the alloc succeeded on the tree that is blamed; on ours where that was not recorded.
  bool is_served(std::size_t index) const {
    const RecordedStep* step = step_of(input_.actual, index);
    if (step == nullptr) step = step_of(input_.reference, index);
    return step == nullptr || step->address.value_or(0) != kNoAddress;
  }

  void enable(const Operation& operation, std::size_t index, std::string* why) {
    const int s = operation.scheduler;
    if (operation.init_fails || operation.arenas == 3 || operation.arenas == 0) {
      out_ << "\t/* no pool is made */\n";
      return;
    }
    if (enabled_[s]) {  // misuse
      out_ << "\tcheck(\"enabling twice\", scx_arena_pool_init(" << sch(s) << "), -EBUSY);\n";
      return;
    }
    out_ << "\terror = enable(" << sch(s) << ");\n";
    if (operation.validation_fails)
      out_ << "\tdisable(" << sch(s) << ");\n\terror = error ? error : -EINVAL;\n";
    if (operation.kind == OperationKind::kEnablePath && !operation.validation_fails) {
      masks_ = true;
      out_ << "\tif (!error)\n\t\terror = make_masks(" << s << ", " << operation.cpus << ", "
           << Scheduler::mask_bytes(operation.cpus) << ", " << operation.shards << ", "
           << Scheduler::mask_bytes(operation.cids) << ");\n";
      if (operation.cpus + operation.shards > 16384) *why = "it makes more than 16384 masks";
    }
    // By the reference: a reproducer must pass on a tree that is right.
    const auto& steps = input_.reference.steps;
    enabled_[s] = index < steps.size() && steps[index].result.value_or(0) == 0;
    with_masks_[s] = operation.kind == OperationKind::kEnablePath;
    if (!enabled_[s] && !operation.validation_fails)
      out_ << "\tif (!error)\n\t\tdisable(" << sch(s) << ");\n";
  }

  void disable(int s) {
    if (!enabled_[s]) return;
    enabled_[s] = false;
    out_ << blocks_.drop(s);
    if (with_masks_[s]) out_ << "\tfree_masks(" << s << ");\n";
    out_ << "\tdisable(" << sch(s) << ");\n";
  }

  void other_operation(const Operation& operation, std::size_t index, std::string* why) {
    const std::string page = std::to_string(operation.page);
    const std::string count = std::to_string(operation.count);
    switch (operation.kind) {
      case OperationKind::kReserve:
        out_ << "\tset_pages(" << page << ", " << count << ", OTHER);\n";
        break;
      case OperationKind::kUserFault:
        for (std::uint32_t i = 0, at = operation.page; i < operation.count && i < kMostUserFaults;
             ++i, at += operation.stride)
          out_ << "\tif (ARENA_PAGES > " << at << " && pages[" << at << "] == FREE)\n\t\tpages["
               << at << "] = OTHER;\n";
        if (operation.count > kMostUserFaults)
          *why = "it makes more than 64 user faults in one operation";
        break;
      case OperationKind::kClaim:
        if (operation.page != 0) {
          out_ << "\tset_pages(" << operation.page - 1 << ", " << count << ", OTHER);\n";
          runs_[operation.slot] = {std::to_string(operation.page - 1), operation.count};
        } else {
          const std::string name = "runs[" + std::to_string(operation.slot) + "]";
          out_ << "\t" << name << " = find_gap(" << count << ");\n\tif (" << name
               << " >= 0)\n\t\tset_pages(" << name << ", " << count << ", OTHER);\n";
          runs_[operation.slot] = {name, operation.count};
        }
        break;
      case OperationKind::kRelease:
        release(operation);
        break;
      case OperationKind::kMmap:
        out_ << "\tmapped = true;\n";
        break;
      case OperationKind::kWorker:
        worker_ = true;
        out_ << "\trun_worker();\n";
        break;
      case OperationKind::kHeal:
        for (int site = 0; site < kFaultSiteCount; ++site) {
          if (ever_[site])
            out_ << "\tfail_from[" << site_name(static_cast<FaultSite>(site)) << "] = 0;\n";
          ever_[site] = false;
        }
        break;
      case OperationKind::kTeardown:
        out_ << "\t/* the BPF program drops its reference to the arena */\n";
        break;
      default:
        gen_pool(operation, index, why);
        break;
    }
  }

  void release(const Operation& operation) {
    if (operation.target == ReleaseTarget::kPages) {
      out_ << "\tset_pages(" << operation.page << ", " << operation.count << ", FREE);\n";
    } else if (operation.target == ReleaseTarget::kOwnRun) {
      const auto& [page, count] = runs_[operation.slot];
      if (count != 0) out_ << "\tset_pages(" << page << ", " << count << ", FREE);\n";
    } else {
      const std::string offset = "offset_of(" + block(operation) + ")";
      out_ << "\tif (" << block(operation) << ")\n\t\tset_pages(" << offset
           << " / PAGE_SIZE,\n\t\t\t  (" << offset << " % PAGE_SIZE + "
           << c_number(blocks_.size(operation.slot)) << " +\n\t\t\t   PAGE_SIZE - 1) / PAGE_SIZE, "
           << "FREE);\n";
    }
  }

  // Of the extended operations our own pool, the reference, has gen_pool_add() at any address and
  // gen_pool_has_addr().
  static bool is_beyond_reference(const Operation& operation) {
    const OperationKind kind = operation.kind;
    if (kind == OperationKind::kGenAdd || kind == OperationKind::kGenHasAddr) return false;
    return is_extended(operation) || kind > OperationKind::kGenDestroy;
  }

  void gen_pool(const Operation& operation, std::size_t index, std::string* why) {
    if (is_beyond_reference(operation)) {
      *why = "it calls functions of gen_pool that the reference, our own pool, does not have";
      return;
    }
    switch (operation.kind) {
      case OperationKind::kGenCreate:
        out_ << "\tpool = gen_pool_create(" << int{header_.granule_order}
             << ", NUMA_NO_NODE);\n\tresult = !!pool;\n\tif (!pool)\n\t\treturn;\n";
        break;
      case OperationKind::kGenAdd:
        out_ << "\tresult = !!gen_pool_add(pool, " << c_number(operation.address) << ", "
             << c_number(operation.size) << ", NUMA_NO_NODE);\n";
        break;
      case OperationKind::kGenAlloc:
        if (operation.policy != AllocPolicy::kFirstFit)
          *why = "the reference, our own pool, has first fit alone";
        out_ << blocks_.alloc(operation, is_served(index));
        break;
      case OperationKind::kGenFree:
        out_ << blocks_.free(operation);
        break;
      case OperationKind::kGenHasAddr:
        out_ << "\tresult = gen_pool_has_addr(pool, " << c_number(operation.address) << ", "
             << c_number(operation.size) << ");\n";
        break;
      case OperationKind::kGenDestroy:
        out_ << "\tif (pool)\n\t\tdestroy_pool();\n";
        blocks_.drop_all();
        break;
      default:
        out_ << blocks_.misuse(operation, why);
        break;
    }
  }

  bool is_checked(std::size_t index) const {
    const auto& want = input_.reference.steps;
    const auto& got = input_.actual.steps;
    if (index >= want.size()) return false;
    return index == input_.failing || index >= got.size() || !(want[index] == got[index]) ||
           index + 1 == want.size();
  }

  void checks(std::size_t index) {
    if (!is_checked(index)) return;
    const RecordedStep& want = input_.reference.steps[index];
    const Operation& operation = input_.program.operations[index];
    const bool gen = header_.kind == ProgramKind::kGenPool;
    const bool enables =
        operation.kind == OperationKind::kEnable || operation.kind == OperationKind::kEnablePath;
    if (gen && want.result) out_ << "\tcheck(\"the result\", result, " << *want.result << ");\n";
    if (!gen && enables && want.result && operation.arenas != 0 && operation.arenas != 3 &&
        !operation.init_fails)
      out_ << "\tcheck(\"the error\", error, " << *want.result << ");\n";
    if (want.address && operation.kind == OperationKind::kAlloc)
      out_ << "\tcheck(\"where the block is\", offset_of(" << block(operation) << "), "
           << (*want.address == kNoAddress ? "NONE" : c_hex(*want.address)) << ");\n";
    if (want.address && operation.kind == OperationKind::kGenAlloc)
      out_ << "\tcheck(\"where the block is\", " << block(operation) << ", " << c_hex(*want.address)
           << ");\n";
    if (!gen) out_ << "\tcheck(\"pages held\", pages_held, " << want.pages_held << ");\n";
    for (std::size_t s = 0; s < want.pools.size(); ++s) {
      const RecordedPool& pool = want.pools[s];
      const std::string name = gen ? "pool" : "schs[" + std::to_string(s) + "].arena_pool";
      if (pool.exists)
        out_ << "\tcheck_pool(" << name << ", " << c_number(pool.size) << ", "
             << c_number(pool.avail) << ", " << c_number(pool.used) << ");\n";
      else if (!gen)
        out_ << "\tcheck(\"no pool\", !" << name << ", 1);\n";
    }
  }

  void finish() {
    out_ << "\n\t/* the end: nothing may be left */\n\tbegin();\n";
    for (int site = 0; site < kFaultSiteCount; ++site)
      if (ever_[site])
        out_ << "\tfail_from[" << site_name(static_cast<FaultSite>(site)) << "] = 0;\n";
    if (header_.kind == ProgramKind::kGenPool)
      out_ << "\tif (pool)\n\t\tdestroy_pool();\n";
    else
      for (int s = 0; s < header_.schedulers; ++s) disable(s);
    out_ << "\tcheck(\"metadata left allocated\", outstanding, 0);\n\tcheck_context();\n";
  }

  const ReproducerInput& input_;
  const Header& header_;
  std::ostringstream out_;
  ReproducerBlocks blocks_;
  std::pair<std::string, std::uint32_t> runs_[limits::kRunSlots];
  bool enabled_[limits::kMaxSchedulers] = {};
  bool with_masks_[limits::kMaxSchedulers] = {};
  bool ever_[kFaultSiteCount] = {};
  bool masks_ = false;
  bool worker_ = false;
};

std::string defines(const Program& program) {
  const Header& header = program.header;
  const bool robbed =
      std::any_of(program.operations.begin(), program.operations.end(),
                  [](const Operation& one) { return one.kind == OperationKind::kRelease; });
  std::ostringstream out;
  out << "\n#define ARENA_PAGES\t\t" << header.arena_pages << "\n#define ARENA_USER_START\t"
      << c_hex(user_base_of(0, base_low(header))) << "\n#define KERN_VM_START\t\t"
      << c_hex(kKernelBases[0]) << "\n#define ARENA_MAPPED\t\t"
      << (header.unmapped ? "false" : "true") << "\n#define ARENA_DEFERRED\t\t"
      << (header.deferred_release ? 1 : 0)
      << "\n/* whether the BPF program releases pages that it does not own */"
      << "\n#define ARENA_ROBBED\t\t" << (robbed ? 1 : 0) << "\n#define SCHEDULERS\t\t"
      << int{header.schedulers} << "\n";
  return out.str();
}

std::string schedulers_of(const ReproducerInput& input) {
  constexpr std::string_view kBase = "\tsch->arena_kern_base = KERN_VM_START;\n";
  std::string text(parts::kSchedulers);
  if (!input.uses_kern_base) text.erase(text.find(kBase), kBase.size());
  return text;
}

}  // namespace

Reproducer kernel_reproducer(const ReproducerInput& input, const KernelForm& form) {
  const Header& header = input.program.header;
  const bool gen = header.kind == ProgramKind::kGenPool;
  if (!gen && input.arena_file.empty()) return no_reproducer("the tree has no arena pool");
  Body body(input);
  Reproducer made;
  if (!body.write(&made.why)) return made;
  std::string text = "// SPDX-License-Identifier: GPL-2.0-only\n/*\n" +
                     wrapped(input.title, " * ") + " *\n" +
                     wrapped("signature: " + input.signature, " * ") +
                     wrapped("found in: " + input.version, " * ") + " *\n" + form.head + " */\n";
  text += form.check;
  if (!gen) text.append(defines(input.program)).append(parts::kArenaPages);
  text += parts::kFailingCalls;
  if (!gen) text += parts::kArenaClaims;
  text += form.seams;
  text += parts::kPoolChecks;
  text += gen ? std::string(parts::kGenPool) : schedulers_of(input);
  if (body.keeps_freed())
    text += std::string("\n/* What the slots held last. */\nstatic ") +
            (gen ? "unsigned long " : "void *") + "freed[256];\n";
  if (body.masks()) text += parts::kMasks;
  if (body.worker()) text += parts::kWorker;
  made.body = std::string("static void reproduce(void)\n{\n") +
              (gen ? "\tlong __maybe_unused result;\n"
                   : "\tlong __maybe_unused runs[256];\n\tint __maybe_unused error;\n") +
              body.text() + "}\n";
  made.text = text + "\n" + made.body + form.tail;
  return made;
}

}  // namespace arenafuzz
