// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/triage/folder/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fuzz/base/files.h"
#include "fuzz/base/quoting.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kMaxJournal = std::size_t{1} << 30;

Status cannot_write(const std::string& name) {
  return {fmt::format("cannot write {} ({}): choose a writable place with --out",
                      shell_quoted(name), std::strerror(errno))};
}

}  // namespace

std::string hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char one : bytes) hash = (hash ^ static_cast<unsigned char>(one)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

TriageJournal::~TriageJournal() {
  if (file_ >= 0) close(file_);
}

bool TriageJournal::read_old(const Json& what, Json* seed, std::size_t* length) {
  std::string content;
  if (!read_file(name_, kMaxJournal, &content).ok()) return false;
  bool first = true;
  for (std::size_t at = 0, end = 0; (end = content.find('\n', at)) != std::string::npos;
       at = end + 1) {
    const auto from = content.begin() + static_cast<std::ptrdiff_t>(at);
    const Json line =
        Json::parse(from, content.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!line.is_object()) break;
    if (first) {
      if (!line.contains("what") || line["what"] != what || !line.contains("seed")) return false;
      *seed = line["seed"];
    } else if (line.contains("key") && line["key"].is_string() && line.contains("answer")) {
      answers_[line["key"].get<std::string>()] = line["answer"];
    } else {
      break;
    }
    first = false;
    *length = end + 1;
  }
  resumed_ = answers_.size();
  return !first;
}

Status TriageJournal::open(const std::string& name, const Json& what, Json* seed) {
  name_ = name;
  std::size_t length = 0;
  if (!read_old(what, seed, &length)) {
    answers_.clear();
    const Json head{{"what", what}, {"seed", *seed}};
    const std::string line = head.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    const Status status = write_durably(name, line);
    if (!status.ok()) return status;
    length = line.size();
  }
  file_ = ::open(name.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file_ < 0 || ftruncate(file_, static_cast<off_t>(length)) != 0) return cannot_write(name);
  return {};
}

const Json* TriageJournal::find(const std::string& key) const {
  const auto found = answers_.find(key);
  return found != answers_.end() ? &found->second : nullptr;
}

Status TriageJournal::add(const std::string& key, const Json& answer) {
  const Json line{{"key", key}, {"answer", answer}};
  if (!write_all(file_, line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"))
    return cannot_write(name_);
  return {};
}

void TriageJournal::finish() { unlink(name_.c_str()); }

}  // namespace arenafuzz
