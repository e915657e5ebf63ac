// SPDX-License-Identifier: GPL-2.0-only
//
// Work for several processes of this command at a time.
//
//   tasks, in order --one JSON line--> lane 0: arenafuzz triage --lane ...   (of any build)
//                   --one JSON line--> lane 1
//   done(index, answer)  <--one JSON line--
//
// A lane says {"ready":true} once it can work, then answers each line with one. One that dies is
// the answer {"error": its last words}, and the next task has a new one. In which order answers
// come is the machine's business; what a task's answer is depends on the task alone.
//
// Ownership Owns the processes; they end with it, and with this process.
// Errors    an answer with "error".
// Threads   one.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_FOLDER_LANES_H_
#define ARENAFUZZ_FUZZ_TRIAGE_FOLDER_LANES_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fuzz/base/process.h"
#include "fuzz/session/context.h"

namespace arenafuzz {

// What a lane is started with; lanes with the same are exchangeable.
struct LaneCommand {
  std::string binary;
  Words words;  // from argv[0]
  friend bool operator==(const LaneCommand&, const LaneCommand&) = default;
};

struct LaneTask {
  std::size_t lane = 0;  // index of its command
  nlohmann::ordered_json request;
};

class Lanes {
 public:
  using Done = std::function<void(std::size_t index, const nlohmann::ordered_json& answer)>;
  // Now and then; false: what runs is asked to end soon (SIGTERM), and nothing more is begun.
  using GoOn = std::function<bool()>;

  Lanes(std::vector<LaneCommand> commands, int jobs);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  void run(const std::vector<LaneTask>& tasks, const Done& done, const GoOn& go_on);

  // For a caller with other work meanwhile, and one lane: begin() gives it a task, poll() waits at
  // most that long for the answer.
  void begin(const LaneTask& task, const Done& done);
  void poll(int milliseconds, const Done& done);

 private:
  struct Lane {
    base::Process process;
    int channel = -1;
    int words = -1;  // a file without a name: what it said on stderr
    std::size_t command = 0;
    bool ready = false;
    bool busy = false;
    std::size_t task = 0;
    std::string received;
  };
  std::string start(Lane& lane, std::size_t command);
  static void stop(Lane& lane);
  std::string last_words(Lane& lane);
  bool give(Lane& lane, const LaneTask& task);
  // False if the lane is gone.
  bool take(Lane& lane, const Done& done);
  void give_to(Lane& lane, std::size_t index, const LaneTask& task, const Done& done);
  void take_answers(const Done& done);
  void wait(int milliseconds);

  std::vector<LaneCommand> commands_;
  std::vector<Lane> lanes_;
  std::size_t left_ = 0;
};

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_TRIAGE_FOLDER_LANES_H_
