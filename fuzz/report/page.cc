// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/report/page.h"

#include <fmt/format.h>

#include "fuzz/report/html.h"

namespace arenafuzz::report {

std::string render(const Page& page) {
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += fmt::format(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n",
      kScriptHash);
  if (page.refresh_seconds > 0)
    out += fmt::format("<meta http-equiv=\"refresh\" content=\"{}\">\n", page.refresh_seconds);
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta name=\"color-scheme\" content=\"light dark\">\n";
  if (!page.version.empty())
    out +=
        fmt::format("<meta name=\"generator\" content=\"arenafuzz {}\">\n", escaped(page.version));
  out += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n", escaped(page.title),
                     kStyle);
  out += page.body;
  if (!page.version.empty())
    out += fmt::format("<footer>arenafuzz {}</footer>\n", escaped(page.version));
  out += fmt::format("<script>{}</script>\n</body>\n</html>\n", kScript);
  return out;
}

std::string figure(std::string_view name, std::string_view value, std::string_view remark) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd>{}</div>\n", name, value,
                     remark.empty() ? "" : fmt::format("<dd class=\"remark\">{}</dd>", remark));
}

std::string chip(std::string_view state) {
  return fmt::format("<span class=\"chip {}\">{}</span>", word_of(state), escaped(state));
}

}  // namespace arenafuzz::report
