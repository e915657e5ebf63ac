// SPDX-License-Identifier: GPL-2.0-only
//
// `arenafuzz status DIR`: how a run stands. Reads DIR/status.json alone.
//
// Exit 0, or 2 where there is none.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <ctime>

#include "fuzz/base/number_text.h"
#include "fuzz/base/quoting.h"
#include "fuzz/campaign/record.h"
#include "fuzz/cli/options.h"
#include "fuzz/report/fields.h"
#include "fuzz/session/status_file.h"

namespace arenafuzz::cli {
namespace {

// What is missing or of another type was not counted.
double number(const report::Json& object, const char* name) {
  return report::number(object, name).value_or(0);
}
std::uint64_t count(const report::Json& object, const char* name) {
  return report::whole(object, name).value_or(0);
}
std::string text(const report::Json& object, const char* name) {
  return printable(report::text(object, name));
}

// A run holds the lock of its folder: it needs no message to have ended.
bool is_running(const std::string& folder) {
  const int file = open((folder + "/.lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool taken = flock(file, LOCK_EX | LOCK_NB) != 0;
  close(file);
  return taken;
}

void print_jobs(const report::Json& status) {
  for (const report::Json& job : report::list(status, "jobs")) {
    const auto restarts = count(job, "restarts");
    const double stability = number(job, "stability");
    fmt::print(
        "  {:<12} {}, {} ops/s, {} executions, {} edges, {} inputs, {} imported, {} MiB{}{}\n",
        text(job, "name"), text(job, "engine") == "afl" ? "AFL++" : "libFuzzer",
        rate_text(number(job, "operations_per_second")), count_text(count(job, "executions")),
        count(job, "coverage"), count_text(count(job, "corpus")),
        count_text(count(job, "imported")), count(job, "resident_mib"),
        stability > 0 ? fmt::format(", stability {:.1f}%", stability) : "",
        restarts != 0 ? fmt::format(", started again {} times", restarts) : "");
  }
}

void print_findings(const std::string& folder, const report::Json& status) {
  const report::Json& findings = report::list(status, "findings");
  fmt::print("  findings     {}\n", findings.size());
  for (const report::Json& finding : findings)
    fmt::print("    {}  first seen at {}  {}\n", text(finding, "signature"),
               time_text(number(finding, "first_seen_seconds")),
               shell_quoted(folder + "/" + text(finding, "file")));
}

void print_status_of(const std::string& folder, const report::Json& status, bool running) {
  const report::Json& totals = report::object_in(status, "totals");
  const double seconds = number(status, "run_seconds");
  const auto age = static_cast<std::int64_t>(std::time(nullptr)) -
                   static_cast<std::int64_t>(count(status, "updated"));
  const char* state = running                              ? "running"
                      : text(status, "state") == "running" ? "killed; start it again to go on"
                                                           : "stopped";
  fmt::print("target {}, {}\n", text(status, "target"), state);
  fmt::print("  run time     {} in {} session{}; figures of {} s ago\n", time_text(seconds),
             count(status, "sessions"), count(status, "sessions") == 1 ? "" : "s",
             age < 0 ? 0 : age);
  fmt::print("  last find    {} ago\n",
             time_text(seconds - number(status, "last_new_find_seconds")));
  fmt::print("  executions   {}, {} operations, now {} ops/s\n",
             count_text(count(totals, "executions")), count_text(count(totals, "operations")),
             rate_text(number(totals, "operations_per_second")));
  print_jobs(status);
  fmt::print("  coverage     {} edges; corpus {} files, {} KiB; disk {:.0f} MiB\n",
             count(totals, "coverage"), count_text(count(totals, "corpus_files")),
             count_text(count(totals, "corpus_bytes") >> 10), number(status, "disk_mib"));
  std::string faults;
  const report::Json& fired = report::object_in(totals, "faults_fired");
  for (int site = 0; site < kFaultSiteCount; ++site) {
    const std::string id = fmt::format("F{}", site + 1);
    const char* name = fault_site_name(static_cast<FaultSite>(site));
    faults += fmt::format("{}{} {}", faults.empty() ? "" : ", ", name,
                          count_text(count(fired, id.c_str())));
  }
  fmt::print("  faults fired {}\n", faults);
  print_findings(folder, status);
  for (const report::Json& warning : report::list(status, "warnings"))
    if (warning.is_string())
      fmt::print("  warning      {}\n", printable(warning.get<std::string>()));
}

int refuse_status(const std::string& folder, StatusFile state) {
  const std::string file = shell_quoted(folder + "/status.json");
  switch (state) {
    case StatusFile::kUnreadable:
      return refuse(fmt::format("cannot read {}: make it readable", file));
    case StatusFile::kDamaged:
      return refuse(fmt::format(
          "{} is damaged: a run with this --out writes it again, and keeps the findings", file));
    case StatusFile::kOtherVersion:
      return refuse(fmt::format(
          "{} was written by another version of arenafuzz: use that one to read it", file));
    default:
      return refuse(fmt::format("no run has written in {}: name the --out of a fuzz run",
                                shell_quoted(folder)));
  }
}

}  // namespace

int run_status(const Context& /*context*/, const Words& words) {
  StatusOptions options;
  if (const auto code = read_status_options(words, &options)) return *code;
  StatusFile state{};
  report::Json status = read_status(options.folder, &state);
  if (state != StatusFile::kRead) return refuse_status(options.folder, state);
  const bool running = is_running(options.folder);
  if (options.json) {
    status["alive"] = running;
    fmt::print("{}\n", status.dump(2, ' ', false, report::Json::error_handler_t::replace));
    return kClean;
  }
  print_status_of(options.folder, status, running);
  return kClean;
}

}  // namespace arenafuzz::cli
