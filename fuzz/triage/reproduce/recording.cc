// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/recording.h"

#include "fuzz/triage/reproduce/picture.h"
#include "src/pool/atomics.h"

namespace arenafuzz {
namespace {

void record_chunk(void* context, const ChunkView& view) {
  auto& pool = *static_cast<RecordedPool*>(context);
  RecordedChunk chunk{view.start, view.granules, {}};
  pool.size += view.end - view.start + 1;
  pool.avail += atomics::load(*view.avail);
  for (const PictureRun& run : used_runs(view, view.granules)) {
    pool.used += run.length;
    chunk.used.emplace_back(run.start, run.length);
  }
  pool.chunks.push_back(std::move(chunk));
}

class Recorder final : public TraceSink {
 public:
  Recorder(Backend& backend, const Header& header) : backend_(backend), header_(header) {}

  void step(const TraceStep& step) override {
    const auto signed_value = static_cast<std::int64_t>(step.value);
    switch (step.kind) {
      case TraceKind::kOperation:
      case TraceKind::kSkipped:
        close_step();
        open_ = true;
        current_ = {};
        current_.skipped = step.kind == TraceKind::kSkipped;
        return;
      case TraceKind::kEnd:
        close_step();
        recording_.ended = true;
        return;
      case TraceKind::kResult:
        current_.result = signed_value;
        return;
      case TraceKind::kAddress:
        current_.address = step.value;
        return;
      case TraceKind::kNull:
        current_.address = kNoAddress;
        return;
      case TraceKind::kClaimed:
        held_ += signed_value;
        return;
      case TraceKind::kReleased:
        held_ -= signed_value;
        return;
      case TraceKind::kNotExecuted:
        current_.cut_short = true;
        return;
      case TraceKind::kRefused:
      case TraceKind::kFinding:
      case TraceKind::kOther:
        return;
    }
  }
  Recording finish() { return std::move(recording_); }

 private:
  void close_step() {
    if (!open_) return;
    open_ = false;
    current_.pages_held = held_;
    if (header_.kind == ProgramKind::kGenPool) {
      RecordedPool pool;
      pool.exists = backend_.gen_pool().exists();
      if (pool.exists) backend_.gen_pool().for_each_chunk(record_chunk, &pool);
      current_.pools.push_back(std::move(pool));
    } else {
      for (int i = 0; i < header_.schedulers; ++i) {
        RecordedPool pool;
        pool.exists = backend_.pool(i).exists();
        if (pool.exists) backend_.pool(i).for_each_chunk(record_chunk, &pool);
        current_.pools.push_back(std::move(pool));
      }
    }
    recording_.steps.push_back(std::move(current_));
  }

  Backend& backend_;
  Header header_;
  Recording recording_;
  RecordedStep current_;
  std::int64_t held_ = 0;
  bool open_ = false;
};

}  // namespace

Recording record(Executor& executor, Backend& backend, const Program& program,
                 const Options& options) {
  Recorder recorder(backend, program.header);
  Options traced = options;
  traced.trace = &recorder;
  Program longer = program;
  // Nothing reports the end of a gen_pool: this event creates nothing, and closes the step before
  // it.
  if (program.header.kind == ProgramKind::kGenPool) {
    Operation mark;
    mark.kind = OperationKind::kGenCreate;
    longer.operations.push_back(mark);
  }
  executor.run(longer, traced);
  Recording recording = recorder.finish();
  if (recording.steps.size() > program.operations.size()) recording.steps.pop_back();
  return recording;
}

}  // namespace arenafuzz
