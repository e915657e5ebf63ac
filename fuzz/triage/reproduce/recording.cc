// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/reproduce/recording.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "fuzz/triage/reproduce/picture.h"
#include "src/pool/atomics.h"

namespace arenafuzz {
namespace {

constexpr std::string_view kIndent = "      ";

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

  void line(const char* text) override {
    const std::string_view words = text;
    if (!words.starts_with(kIndent)) {
      close_step();
      open_ = true;
      current_ = {};
      current_.skipped = words.find("   # ") != std::string_view::npos;
    } else if (words == "      end of the program") {
      close_step();
      recording_.ended = true;
    } else if (open_) {
      detail(words.substr(kIndent.size()));
    }
  }
  Recording finish() { return std::move(recording_); }

 private:
  static std::uint64_t number(std::string_view text) {
    return std::strtoull(std::string(text).c_str(), nullptr, 0);
  }
  static std::int64_t signed_number(std::string_view text) {
    return std::strtoll(std::string(text).c_str(), nullptr, 0);
  }
  void detail(std::string_view text) {
    if (text.starts_with("claim ") && text.find("-> page ") != std::string_view::npos)
      held_ += signed_number(text.substr(6));
    if (text.starts_with("release page ")) held_ -= signed_number(text.substr(text.find(", ") + 2));
    if (text.starts_with("undefined: ")) current_.cut_short = true;
    if (text.starts_with("-> NULL")) current_.address = kNoAddress;
    if (text.starts_with("-> m")) current_.address = number(text.substr(text.find('+') + 1));
    if (text.starts_with("-> -") || (text.size() == 4 && text == "-> 0"))
      current_.result = signed_number(text.substr(3));
    if (text.starts_with("address ")) current_.address = number(text.substr(8));
    if (text.starts_with("result ")) current_.result = signed_number(text.substr(7));
  }
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
