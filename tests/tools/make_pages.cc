// SPDX-License-Identifier: GPL-2.0-only
//
// make_pages FOLDER: the pages of tests/fuzz/report/pages.h as files, for a browser.
#include <cstdio>
#include <fstream>
#include <string>

#include "fuzz/report/campaign_page.h"
#include "fuzz/report/triage_page.h"
#include "tests/fuzz/report/pages.h"

namespace {

bool write(const std::string& name, const std::string& page) {
  std::ofstream file(name, std::ios::binary);
  file << page;
  file.close();
  if (!file) std::fprintf(stderr, "%s cannot be written\n", name.c_str());
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace arenafuzz;
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_pages FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  const auto status = testing::campaign_status();
  auto stopped = status;
  stopped["state"] = "stopped";
  const bool done =
      write(folder + "/campaign.html",
            report::campaign_page(status, testing::campaign_history(1260))) &&
      write(folder + "/campaign-stopped.html",
            report::campaign_page(stopped, testing::campaign_history(100000))) &&
      write(folder + "/campaign-begun.html",
            report::campaign_page(status, testing::campaign_history(1))) &&
      write(folder + "/campaign-unknown.html",
            report::campaign_page(nlohmann::json::object(), {})) &&
      write(folder + "/triage.html", report::triage_page(testing::triage_report())) &&
      write(folder + "/triage-clean.html", report::triage_page({{"files", 3}})) &&
      write(folder + "/hostile.html",
            report::triage_page(testing::hostile(testing::triage_report()))) &&
      write(folder + "/hostile-campaign.html",
            report::campaign_page(testing::hostile(status), testing::campaign_history(2)));
  return done ? 0 : 1;
}
