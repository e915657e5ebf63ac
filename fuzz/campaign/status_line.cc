// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/campaign/status_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz/base/number_text.h"
#include "fuzz/base/streams.h"

namespace arenafuzz {

std::string status_line(const FuzzTotals& totals, double operations_per_second,
                        std::size_t findings) {
  std::string line = fmt::format("{}  execs {}  ops/s {}  cov {}  corpus {}  faults",
                                 time_text(totals.seconds), count_text(totals.executions),
                                 rate_text(operations_per_second), totals.coverage, totals.corpus);
  for (int site = 0; site < kFaultSiteCount; ++site)
    line += fmt::format(" {}:{}", fault_site_name(static_cast<FaultSite>(site)),
                        rate_text(static_cast<double>(totals.faults_fired[site])));
  line += fmt::format("  findings {}", findings);
  if (totals.programs_with_known != 0)
    line += fmt::format(" (+{} known)", count_text(totals.programs_with_known));
  return line;
}

void print_status(std::FILE* stream, bool terminal, bool last, const std::string& line) {
  if (!terminal) {
    fmt::print(stream, "{}\n", line);
    std::fflush(stream);
    return;
  }
  winsize size{};
  const bool sized = ioctl(descriptor_of(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  const std::size_t columns = sized && !last ? size.ws_col - 1u : line.size();
  fmt::print(stream, "\r\x1b[K{}{}", line.substr(0, columns), last ? "\n" : "");
  std::fflush(stream);
}

}  // namespace arenafuzz
