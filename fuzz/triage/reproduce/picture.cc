// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/picture.h"

#include <algorithm>
#include <map>
#include <utility>

#include "fuzz/base/worker.h"
#include "fuzz/harness/backends/arena_layout.h"

namespace arenafuzz {
namespace {

// Runs beyond `most` are left out.
void add_run(std::vector<PictureRun>* runs, std::size_t most, std::uint64_t at,
             std::uint64_t length) {
  if (!runs->empty() && runs->back().start + runs->back().length == at)
    runs->back().length += length;
  else if (runs->size() < most)
    runs->push_back({at, length});
}

struct ChunkVisit {
  PoolPicture* picture;
  const Header* header;
  int scheduler;
};

void picture_chunk(void* context, const ChunkView& view) {
  const auto* visit = static_cast<const ChunkVisit*>(context);
  if (visit->picture->chunks.size() >= kMostChunks) {
    ++visit->picture->left_out;
    return;
  }
  ChunkPicture chunk;
  chunk.scheduler = visit->scheduler;
  chunk.address = view.start;
  chunk.bytes = view.end - view.start + 1;
  chunk.granules = view.granules;
  for (int map = 0; visit->header->kind == ProgramKind::kArena && map < limits::kMaxMaps; ++map) {
    if (view.start - kernel_base_of(map) >= kKernelStride) continue;
    chunk.map = map;
    chunk.address = view.start - kernel_base_of(map) - base_low(*visit->header);
  }
  chunk.used = used_runs(view, kMostRuns);
  visit->picture->chunks.push_back(std::move(chunk));
}

void put_runs(base::RecordWriter* record, const std::vector<PictureRun>& runs) {
  record->number(runs.size());
  for (const PictureRun& run : runs) record->number(run.start).number(run.length);
}

std::vector<PictureRun> get_runs(base::RecordReader* record) {
  std::vector<PictureRun> runs(record->number());
  for (PictureRun& run : runs) run = {record->number(), record->number()};
  return runs;
}

// What the child says: a picture taken before the operation at `position`.
std::string record_of(std::size_t position, const PoolPicture& picture) {
  base::RecordWriter record;
  record.number(position).number(picture.page_bytes).number(picture.granule_bytes);
  record.number(picture.left_out).number(picture.arenas.size()).number(picture.chunks.size());
  for (const ArenaPicture& arena : picture.arenas) {
    record.number(static_cast<std::uint64_t>(arena.map)).number(arena.pages);
    put_runs(&record, arena.claimed);
  }
  for (const ChunkPicture& chunk : picture.chunks) {
    record.number(static_cast<std::uint64_t>(chunk.scheduler));
    record.number(static_cast<std::uint64_t>(chunk.map + 1)).number(chunk.address);
    record.number(chunk.bytes).number(chunk.granules);
    put_runs(&record, chunk.used);
  }
  return record.bytes();
}

std::size_t read_record(std::string_view bytes, PoolPicture* picture) {
  base::RecordReader record(bytes);
  const std::size_t position = record.number();
  picture->page_bytes = record.number();
  picture->granule_bytes = record.number();
  picture->left_out = record.number();
  picture->arenas.resize(record.number());
  picture->chunks.resize(record.number());
  for (ArenaPicture& arena : picture->arenas) {
    arena.map = static_cast<int>(record.number());
    arena.pages = record.number();
    arena.claimed = get_runs(&record);
  }
  for (ChunkPicture& chunk : picture->chunks) {
    chunk.scheduler = static_cast<int>(record.number());
    chunk.map = static_cast<int>(record.number()) - 1;
    chunk.address = record.number();
    chunk.bytes = record.number();
    chunk.granules = record.number();
    chunk.used = get_runs(&record);
  }
  return position;
}

// Reports from the child where it is, and the pools before the operations that are asked for.
class Teller final : public StateSink {
 public:
  Teller(const base::Worker& worker, const base::Worker::Send& send, const Header& header,
         std::optional<std::size_t> operation)
      : worker_(&worker), send_(&send), header_(&header), operation_(operation) {}

  void before(std::size_t position, const Executor& executor) override {
    worker_->set_place(position + 1);
    if (operation_ && (position == *operation_ || position == *operation_ + 1))
      (*send_)(record_of(position, draw_pools(executor, *header_)));
  }

 private:
  const base::Worker* worker_;
  const base::Worker::Send* send_;
  const Header* header_;
  std::optional<std::size_t> operation_;
};

struct Told {
  bool died = false;
  std::optional<std::size_t> last;              // operation that was begun
  std::map<std::size_t, PoolPicture> pictures;  // before it; kTheEnd: when all was over
};
constexpr std::size_t kTheEnd = ~std::size_t{0};

Told listen(ProgramRunner& runner, Options options, const Program& program,
            std::optional<std::size_t> operation, const base::Limits& limits) {
  const base::Worker* self = nullptr;
  base::Worker worker(
      [&](std::string_view, const base::Worker::Send& send) {
        Teller teller(*self, send, program.header, operation);
        options.states = &teller;
        options.trace = nullptr;
        runner.run(program, options);
        send(record_of(kTheEnd, draw_pools(runner.executor(), program.header)));
      },
      limits);
  self = &worker;
  Told told;
  const auto result = worker.ask("", [&told](std::string_view record) {
    PoolPicture picture;
    const std::size_t position = read_record(record, &picture);
    told.pictures[position] = std::move(picture);
    return true;
  });
  told.died = result == base::Worker::Result::kDied;
  if (told.died && worker.death().place != 0) told.last = worker.death().place - 1;
  return told;
}

}  // namespace

// Whole words at once: a chunk may have 2^29 granules.
std::vector<PictureRun> used_runs(const ChunkView& view, std::size_t most) {
  std::vector<PictureRun> runs;
  const auto add = [&runs, most](std::uint64_t at, std::uint64_t length) {
    add_run(&runs, most, at, length);
  };
  for (std::uint64_t first = 0; first < view.granules; first += 64) {
    const std::uint64_t word = atomics::load(view.words[first / 64]);
    const std::uint64_t count = std::min<std::uint64_t>(64, view.granules - first);
    if (word == ~std::uint64_t{0}) {
      add(first, count);
    } else if (word != 0) {
      for (std::uint64_t bit = 0; bit < count; ++bit)
        if ((word >> bit & 1) != 0) add(first + bit, 1);
    }
  }
  return runs;
}

PoolPicture draw_pools(const Executor& executor, const Header& header) {
  PoolPicture picture;
  picture.page_bytes = page_bytes(header);
  if (header.kind == ProgramKind::kGenPool) {
    picture.granule_bytes = std::uint64_t{1} << header.granule_order;
    ChunkVisit visit{&picture, &header, 0};
    const GenPoolPort& pool = executor.backend().gen_pool();
    if (pool.exists()) pool.for_each_chunk(picture_chunk, &visit);
    return picture;
  }
  for (int map = 0; map < header.maps; ++map) {
    const ArenaMap& arena = executor.arena(map);
    if (!arena.alive()) continue;
    ArenaPicture drawn;
    drawn.map = map;
    drawn.pages = header.arena_pages;
    for (std::uint64_t page = 0; page < drawn.pages; ++page)
      if (arena.is_taken(page)) add_run(&drawn.claimed, kMostRuns, page, 1);
    picture.arenas.push_back(std::move(drawn));
  }
  for (int scheduler = 0; scheduler < header.schedulers; ++scheduler) {
    const PoolPort& pool = executor.backend().pool(scheduler);
    if (!pool.exists()) continue;
    picture.granule_bytes = std::uint64_t{1} << pool.granule_order();
    ChunkVisit visit{&picture, &header, scheduler};
    pool.for_each_chunk(picture_chunk, &visit);
  }
  return picture;
}

FailurePicture draw_failure(ProgramRunner& runner, const Options& options, const Program& program,
                            std::optional<std::size_t> operation, const base::Limits& limits) {
  FailurePicture drawn;
  drawn.operation = operation;
  if (runner.is_differential() || runner.error() != nullptr) return drawn;
  if (!operation) {
    const Told told = listen(runner, options, program, std::nullopt, limits);
    if (!told.last) return drawn;  // it does not die
    drawn.operation = told.last;
  }
  Told told = listen(runner, options, program, drawn.operation, limits);
  const auto picture_of = [&told](std::size_t position) -> std::optional<PoolPicture> {
    const auto found = told.pictures.find(position);
    return found == told.pictures.end() ? std::nullopt : std::optional(std::move(found->second));
  };
  drawn.before = picture_of(*drawn.operation);
  drawn.after = picture_of(*drawn.operation + 1);
  if (!drawn.after && drawn.before) drawn.after = picture_of(kTheEnd);
  return drawn;
}

}  // namespace arenafuzz
