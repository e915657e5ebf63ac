// SPDX-License-Identifier: GPL-2.0-only
//
// The judge of gen_pool programs: owners, physical addresses, memory, the pool's own policy, and
// pools that belong to a device.
#include <cerrno>

#include "fuzz/harness/judge/gen_pool_judge.h"

namespace arenafuzz {

void GenPoolJudge::judge_door(const GenRequest& request, const GenBlock& block) {
  switch (request.door) {
    case AllocDoor::kPlain:
    case AllocDoor::kDmaNoAddress:
      return;
    case AllocDoor::kOwner:
      if (block.address != 0) return judge_owner(block.address, block.owner);
      if (block.owner != 0)
        run_.fail(Oracle::kMissedFailure, Site::kNone, "owner-of-nothing",
                  text("no owner, as there is no block"), number(block.owner));
      return;
    case AllocDoor::kDmaZeroed:
      if (block.address != 0) judge_zeroed(request.size, block.address);
      break;
    case AllocDoor::kDma:
      break;
  }
  if (block.address != 0) judge_physical(block.address, block.physical);
}

void GenPoolJudge::judge_owner(std::uint64_t address, std::uint64_t owner) {
  note("owner", owner);
  if (!ledger_.trusted()) return;
  const std::uint64_t wanted = ledger_.chunks()[ledger_.find(address)].owner;
  if (owner != wanted)
    run_.fail(Oracle::kMissedFailure, Site::kNone, "owner",
              text("owner %llu of the block's chunk", ull(wanted)), number(owner));
}

// An address that no chunk holds has the physical address of all ones.
void GenPoolJudge::judge_physical(std::uint64_t address, std::uint64_t physical) {
  note("physical", physical);
  if (!ledger_.trusted()) return;
  const std::uint64_t wanted = ledger_.physical_of(address);
  if (physical == wanted) return;
  const bool refused = physical == ~std::uint64_t{0};
  run_.fail(refused ? Oracle::kSpuriousFailure : Oracle::kMissedFailure, Site::kNone,
            "physical-address", number(wanted), number(physical));
}

// What lies around it is checked with the whole state.
void GenPoolJudge::judge_zeroed(std::uint64_t size, std::uint64_t address) {
  if (!gen_memory().holds(address, size)) return;  // that of a chunk that is not the program's
  if (!gen_memory().is_zero(address, size))
    run_.fail(Oracle::kMissedFailure, Site::kNone, "not-zeroed",
              text("%s bytes of zeroes", number(size).chars), text("other bytes"));
  const std::uint64_t whole = ledger_.granules_for(size) << order_;
  gen_memory().restore(address, gen_memory().holds(address, whole) ? whole : size);
}

void GenPoolJudge::compare_memory() {
  const std::uint64_t touched = gen_memory().first_touched();
  if (touched == 0) return;
  gen_memory().restore_all();
  run_.fail(Oracle::kStrayAccess, Site::kNone, "memory",
            text("only a block that is asked for with zeroes is written to"),
            text("a write at 0x%llx", ull(touched)));
}

bool GenPoolJudge::all_in_memory() const {
  if (!gen_memory().valid()) return false;
  for (const GenLedger::Chunk& chunk : ledger_.chunks())
    if (!gen_memory().holds(chunk.start, chunk.size)) return false;
  return true;
}

void GenPoolJudge::set_algo(AllocPolicy policy, std::uint32_t data, bool by_default) {
  before(1);
  pool_->set_algo(policy, data, by_default);
  after();
  own_ = by_default ? OwnPolicy{} : OwnPolicy{policy, data};
  note("set", static_cast<std::uint64_t>(own_.policy));
}

void GenPoolJudge::virt_to_phys(std::uint64_t address) {
  before(1 + ledger_.chunks().size());
  const std::uint64_t physical = pool_->virt_to_phys(address);
  after();
  judge_physical(address, physical);
}

void GenPoolJudge::managed(bool named) {
  before(64);
  const GenManaged did = pool_->managed(order_, named);
  after();
  note("error", static_cast<std::uint64_t>(-static_cast<std::int64_t>(did.error)));
  const bool fired = run_.injector().fired_in_operation() != 0;
  if (did.null)
    run_.fail(Oracle::kMissedFailure, Site::kKmalloc, "no-pool", text("a pool, or an error"),
              text("NULL"));
  if (did.error != 0 && !fired)
    run_.fail(Oracle::kSpuriousFailure, Site::kKmalloc, "no-cause",
              text("a pool: nothing was refused"), text("%d", did.error));
  expect("result", fired ? ENOMEM : 0, static_cast<std::uint64_t>(-did.error));
  if (did.error != 0) return;
  if (!did.found)
    run_.fail(Oracle::kSpuriousFailure, Site::kNone, "not-found",
              text("the device's pool, by its name"), text("another, or none"));
  if (did.found_other || did.found_unnamed == named)
    run_.fail(Oracle::kMissedFailure, Site::kNone, "found-by-another-name",
              text("none by a name that it does not have"), text("a pool"));
  if (did.second_error == 0)
    run_.fail(Oracle::kMissedFailure, Site::kNone, "name-twice",
              text("-EINVAL for a second pool of that name"), text("a second pool"));
  expect("second", EINVAL, static_cast<std::uint64_t>(-did.second_error));
}

}  // namespace arenafuzz
