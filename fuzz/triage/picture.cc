// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/picture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <sstream>
#include <utility>

#include "fuzz/harness/arena_layout.h"

namespace arenafuzz {
namespace {

constexpr unsigned kMostSeconds = 20;

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

// One record a line, all of it numbers: what the child tells.
std::string line_of(const char* kind, const std::vector<PictureRun>& runs,
                    std::initializer_list<std::uint64_t> values) {
  std::string line = kind;
  for (const std::uint64_t value : values) line += " " + std::to_string(value);
  for (const PictureRun& run : runs)
    line += " " + std::to_string(run.start) + " " + std::to_string(run.length);
  return line + "\n";
}

std::string lines_of(const PoolPicture& picture) {
  std::string lines;
  for (const ArenaPicture& arena : picture.arenas)
    lines += line_of("arena", arena.claimed, {static_cast<std::uint64_t>(arena.map), arena.pages});
  for (const ChunkPicture& chunk : picture.chunks)
    lines += line_of(
        "chunk", chunk.used,
        {static_cast<std::uint64_t>(chunk.scheduler), static_cast<std::uint64_t>(chunk.map + 1),
         chunk.address, chunk.bytes, chunk.granules});
  return lines +
         line_of("pools", {}, {picture.page_bytes, picture.granule_bytes, picture.left_out});
}

void tell(int channel, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t done = write(channel, text.data() + at, text.size() - at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) _exit(1);
    at += static_cast<std::size_t>(done);
  }
}

// In the child: tells which operation is about to run, and the pools before those it is asked for.
class Teller final : public StateSink {
 public:
  Teller(int channel, const Header& header, std::optional<std::size_t> operation)
      : channel_(channel), header_(&header), operation_(operation) {}

  void before(std::size_t position, const Executor& executor) override {
    std::string text = line_of("before", {}, {position});
    const bool wanted = operation_ && (position == *operation_ || position == *operation_ + 1);
    if (wanted) text = lines_of(draw_pools(executor, *header_)) + text;
    tell(channel_, text);
  }
  void after(const Executor& executor) {
    tell(channel_, lines_of(draw_pools(executor, *header_)) + "end\n");
  }

 private:
  int channel_;
  const Header* header_;
  std::optional<std::size_t> operation_;
};

[[noreturn]] void run_child(int channel, ProgramRunner& runner, Options options,
                            const Program& program, std::optional<std::size_t> operation) {
  // The caller has said what went wrong; here it would only be said again.
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  alarm(kMostSeconds);
  Teller teller(channel, program.header, operation);
  options.states = &teller;
  options.trace = nullptr;
  runner.run(program, options);
  teller.after(runner.executor());
  _exit(0);
}

// What the child said until it ended.
std::string listen(ProgramRunner& runner, const Options& options, const Program& program,
                   std::optional<std::size_t> operation) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return "";
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    run_child(ends[1], runner, options, program, operation);
  }
  close(ends[1]);
  std::string said;
  char part[1 << 16];
  for (ssize_t read_now = 1; child > 0 && read_now != 0;) {
    read_now = read(ends[0], part, sizeof part);
    if (read_now < 0 && errno == EINTR) continue;
    if (read_now <= 0) break;
    said.append(part, static_cast<std::size_t>(read_now));
  }
  close(ends[0]);
  while (child > 0 && waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return said;
}

std::vector<PictureRun> runs_from(std::istringstream& words) {
  std::vector<PictureRun> runs;
  for (PictureRun run; words >> run.start >> run.length;) runs.push_back(run);
  return runs;
}

struct Told {
  std::optional<std::size_t> last;              // operation that was begun
  std::map<std::size_t, PoolPicture> pictures;  // before it
  std::optional<PoolPicture> end;
};

// A line that was cut by the child's death ends it.
Told understand(const std::string& said) {
  Told told;
  PoolPicture picture;
  std::istringstream lines(said.substr(0, said.rfind('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "arena") {
      ArenaPicture arena;
      words >> arena.map >> arena.pages;
      arena.claimed = runs_from(words);
      picture.arenas.push_back(std::move(arena));
    } else if (kind == "chunk") {
      ChunkPicture chunk;
      words >> chunk.scheduler >> chunk.map >> chunk.address >> chunk.bytes >> chunk.granules;
      --chunk.map;
      chunk.used = runs_from(words);
      picture.chunks.push_back(std::move(chunk));
    } else if (kind == "pools") {
      words >> picture.page_bytes >> picture.granule_bytes >> picture.left_out;
    } else if (kind == "before") {
      std::size_t position = 0;
      words >> position;
      told.last = position;
      if (picture.page_bytes != 0) told.pictures[position] = std::exchange(picture, {});
    } else if (kind == "end") {
      told.end = std::exchange(picture, {});
    }
  }
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
                            std::optional<std::size_t> operation) {
  FailurePicture drawn;
  drawn.operation = operation;
  if (runner.is_differential() || runner.error() != nullptr) return drawn;
  if (!operation) {
    const Told told = understand(listen(runner, options, program, std::nullopt));
    if (!told.last || told.end) return drawn;  // it does not die
    drawn.operation = told.last;
  }
  Told told = understand(listen(runner, options, program, drawn.operation));
  const auto picture_of = [&told](std::size_t position) -> std::optional<PoolPicture> {
    const auto found = told.pictures.find(position);
    return found == told.pictures.end() ? std::nullopt : std::optional(std::move(found->second));
  };
  drawn.before = picture_of(*drawn.operation);
  drawn.after = picture_of(*drawn.operation + 1);
  if (!drawn.after && drawn.before) drawn.after = std::move(told.end);
  return drawn;
}

}  // namespace arenafuzz
