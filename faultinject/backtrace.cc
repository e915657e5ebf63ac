// SPDX-License-Identifier: GPL-2.0-only
#include "faultinject/backtrace.h"

#include <dlfcn.h>
#include <execinfo.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

// There with every sanitizer, absent otherwise.
extern "C" __attribute__((weak)) void __sanitizer_symbolize_pc(void* pc, const char* format,
                                                               char* out, std::size_t size);

namespace arenafuzz {
namespace {

// "function<TAB>file<TAB>line", of which any part may be missing.
SourceLine parse_line(const char* text) {
  SourceLine line;
  const char* file = std::strchr(text, '\t');
  if (file == nullptr) return {text, "", 0};
  line.function.assign(text, file);
  const char* number = std::strchr(++file, '\t');
  line.file = number == nullptr ? file : std::string(file, number);
  line.line = number == nullptr ? 0 : std::atoi(number + 1);
  if (line.file == "??" || line.file.starts_with("<null>")) line.file.clear();
  line.file = source_name(line.file);
  return line;
}

std::vector<SourceLine> by_sanitizer(void* frame) {
  char text[4096] = {};
  // Strings that each end with a NUL; the two bytes kept back end the list if it was cut.
  // Given a return address, it looks up the call in front of it.
  __sanitizer_symbolize_pc(frame, "%f\t%s\t%l", text, sizeof text - 2);
  std::vector<SourceLine> lines;
  for (const char* at = text; *at != '\0'; at += std::strlen(at) + 1)
    lines.push_back(parse_line(at));
  return lines;
}

// Without a name the offset in the module, which addr2line turns into a line.
SourceLine by_symbol_table(void* frame) {
  Dl_info info{};
  const bool found = dladdr(frame, &info) != 0;
  const bool named = found && info.dli_sname != nullptr;
  const auto base = reinterpret_cast<std::uintptr_t>(named ? info.dli_saddr : info.dli_fbase);
  const std::uint64_t offset = reinterpret_cast<std::uintptr_t>(frame) - base;
  char text[512];
  std::snprintf(text, sizeof text, "%p %s+0x%llx (%s)", frame, named ? info.dli_sname : "?",
                static_cast<unsigned long long>(offset), found ? info.dli_fname : "?");
  return {text, "", 0};
}

}  // namespace

std::string source_name(std::string_view file) {
  constexpr std::string_view kView = ".view/";
  constexpr std::string_view kBuild = "build/";
  constexpr std::string_view kTreeBuilds = "kernel/";
  const std::size_t view = file.rfind(kView);
  if (view != std::string_view::npos) return std::string(file.substr(view + kView.size()));
  std::string name = std::filesystem::path(file).lexically_normal().string();
  while (name.starts_with(kBuild)) {
    const bool tree = name.compare(kBuild.size(), kTreeBuilds.size(), kTreeBuilds) == 0;
    const std::size_t end = name.find('/', kBuild.size() + (tree ? kTreeBuilds.size() : 0));
    if (end == std::string::npos) break;
    name.erase(0, end + 1);
  }
  return name;
}

Backtrace capture_backtrace(const void* caller) {
  constexpr int kOwnFrames = 6;
  void* all[Backtrace::kMaxFrames + kOwnFrames];
  const int count = ::backtrace(all, Backtrace::kMaxFrames + kOwnFrames);
  const int skipped = static_cast<int>(std::find(all, all + count, caller) - all);
  const int first = skipped <= kOwnFrames && skipped < count ? skipped : 0;
  Backtrace backtrace;
  backtrace.count = std::min(count - first, Backtrace::kMaxFrames);
  std::copy_n(all + first, backtrace.count, backtrace.frames);
  return backtrace;
}

std::vector<SourceLine> symbolize(void* frame) {
  if (__sanitizer_symbolize_pc != nullptr) return by_sanitizer(frame);
  return {by_symbol_table(frame)};
}

}  // namespace arenafuzz
