// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/session/sanitizer_report.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <span>
#include <vector>

#include "fuzz/session/crash_log.h"
#include "fuzz/session/log_line.h"

namespace arenafuzz {
namespace {

constexpr std::size_t kExcerptLines = 60;
constexpr std::size_t kFrames = 3;
constexpr std::size_t kMaxPart = 48;
constexpr std::size_t kMaxKindWords = 6;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Letters, with a dash for any run of other characters.
std::string dashed(std::string_view text) {
  std::string out;
  for (const char character : text) {
    if (std::isalpha(static_cast<unsigned char>(character)) != 0 || character == '_') {
      out += character;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
    if (out.size() == kMaxPart) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "unknown" : out;
}

// The first words that have neither digits nor quotes, up to the first colon.
std::string kind_words(std::string_view text) {
  text = text.substr(0, text.find(':'));
  std::string words;
  for (std::size_t count = 0; !text.empty() && count < kMaxKindWords;) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty() || word.find_first_of("0123456789'\"(") != std::string_view::npos) continue;
    words += (words.empty() ? "" : " ") + std::string(word);
    ++count;
  }
  return dashed(words);
}

std::string lower(std::string text) {
  for (char& character : text)
    character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  return text;
}

// What the line says went wrong; empty if it begins no report.
std::string report_kind(std::string_view line) {
  std::string_view rest = after(line, "ERROR: libFuzzer: ");
  if (!rest.empty())
    return kind_words(rest.substr(0, std::min(rest.find(" ("), rest.find(" after"))));
  rest = after(line, "runtime error: ");
  if (!rest.empty()) return lower(kind_words(rest));
  rest = after(line, "Sanitizer: ");
  if (rest.empty() || !contains(line, "ERROR: ")) return "";
  if (rest.starts_with("attempting ")) rest.remove_prefix(11);
  return lower(dashed(rest.substr(0, rest.find(' '))));
}

// Whether what follows a blank is the function's name, and not its file.
bool is_return_type(std::string_view rest) {
  const std::size_t at = rest.find('(');
  return at != std::string_view::npos && at != 0 && at < rest.find(' ');
}

// "    #3 0x55d0 in arenafuzz::GenPool::free(unsigned long) file:1" -> "GenPool-free".
std::string frame_name(std::string_view line) {
  std::string_view name = after(line, " in ");
  if (name.empty()) return "";
  std::string plain;
  int depth = 0;  // inside template arguments
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i).starts_with("(anonymous namespace)::")) {
      i += std::string_view("(anonymous namespace)::").size() - 1;
      continue;
    }
    if (depth == 0 && name[i] == ' ' && is_return_type(name.substr(i + 1))) {
      plain.clear();
      continue;
    }
    if (depth == 0 && (name[i] == '(' || name[i] == ' ')) break;
    if (name[i] == '<') ++depth;
    if (depth == 0) plain += name[i];
    if (name[i] == '>') --depth;
  }
  constexpr std::string_view kOwn = "arenafuzz::";
  if (plain.starts_with(kOwn)) plain.erase(0, kOwn.size());
  return plain;
}

bool is_foreign(std::string_view line, std::string_view name) {
  constexpr std::string_view kPrefixes[] = {"__",       "fuzzer::",   "std::",        "operator ",
                                            "operator", "LLVMFuzzer", "_start",       "abort",
                                            "raise",    "gsignal",    "pthread_kill", "main"};
  for (const std::string_view prefix : kPrefixes)
    if (name.starts_with(prefix)) return true;
  // The shim's and the glue's frames say nothing of the tree's.
  return contains(line, "src/kernel/shim/") || contains(line, "src/kernel/gen_pool_glue.c") ||
         contains(line, "src/kernel/arena_glue.c") || contains(line, "compiler-rt") ||
         contains(line, "/libc.so") || contains(line, "/glibc") || contains(line, "sysdeps/") ||
         contains(line, "libFuzzer");
}

// Files of a kernel tree, and of our own pool, as they are named from the root.
constexpr std::string_view kTreeFiles[] = {
    "lib/genalloc.c:", "include/linux/genalloc.h:", "kernel/sched/ext"};
constexpr std::string_view kPoolFiles[] = {"src/pool/"};

// Where such a name begins in a frame; npos if nowhere.
std::size_t name_at(std::string_view line, std::span<const std::string_view> files) {
  for (const std::string_view file : files)
    for (const char before : {' ', '/'}) {
      const std::size_t at = line.find(before + std::string(file));
      if (at != std::string_view::npos) return at + 1;
    }
  return std::string_view::npos;
}

bool is_tree(std::string_view line) { return name_at(line, kTreeFiles) != std::string_view::npos; }

// "FILE:12:3" at the frame's end.
void add_place(std::string_view line, std::size_t at, std::vector<SourceLine>* places) {
  const std::string_view named = line.substr(at);
  const std::size_t colon = named.find(':');
  if (colon == std::string_view::npos) return;
  SourceLine place{frame_name(line), std::string(named.substr(0, colon)), 0};
  std::from_chars(named.data() + colon + 1, named.data() + named.size(), place.line);
  if (place.line > 0) places->push_back(std::move(place));
}

struct Frames {
  std::string text;  // for the signature: of a kernel tree's frames alone, if it has any
  std::vector<SourceLine> places;
};

// The frames of the first stack after line `at`.
Frames frames_of(const std::vector<std::string_view>& lines, std::size_t at) {
  std::vector<std::string> all;
  std::vector<std::string> tree;
  std::vector<SourceLine> own;
  Frames frames;
  for (const std::string_view frame : first_stack(lines, at)) {
    const std::string name = frame_name(frame);
    if (name.empty() || is_foreign(frame, name)) continue;
    (is_tree(frame) ? tree : all).push_back("." + dashed(name));
    if (is_tree(frame)) add_place(frame, name_at(frame, kTreeFiles), &frames.places);
    const std::size_t pool = name_at(frame, kPoolFiles);
    if (pool != std::string_view::npos) add_place(frame, pool, &own);
  }
  if (frames.places.empty()) frames.places = std::move(own);
  std::vector<std::string>& shown = tree.empty() ? all : tree;
  shown.resize(std::min(shown.size(), kFrames));
  for (const std::string& name : shown) frames.text += name;
  if (frames.text.empty()) frames.text = ".unknown";
  return frames;
}

// Each word that is a file of a build is one that a reader finds.
std::string with_source_names(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, blank);
    const bool file = word.find('/') != std::string_view::npos && !word.starts_with('(');
    out += file ? source_name(word) : std::string(word);
    if (blank < line.size()) out += ' ';
    line.remove_prefix(std::min(blank + 1, line.size()));
  }
  return out;
}

}  // namespace

bool read_sanitizer_report(std::string_view log, std::string_view kind, SanitizerReport* report) {
  *report = {};
  const std::vector<std::string_view> lines = lines_of(log);
  std::size_t first = lines.size();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view artifact = after(lines[i], "Test unit written to ");
    // What was only slow ended no process.
    const bool slow = artifact.find("slow-unit-") != std::string_view::npos;
    if (!artifact.empty() && !slow) report->artifact = artifact;
    if (first != lines.size()) continue;
    const std::string_view assertion = finding_in_line(lines[i]);
    const std::string found = report_kind(lines[i]);
    if (!assertion.empty()) {
      report->signature = assertion;
      first = i;
    } else if (!found.empty()) {
      Frames frames = frames_of(lines, i);
      report->signature = "sanitizer." + (kind.empty() ? found : std::string(kind)) + frames.text;
      report->places = std::move(frames.places);
      first = i;
    }
  }
  if (first == lines.size()) return false;
  const std::size_t end = std::min(lines.size(), first + kExcerptLines);
  for (std::size_t i = first; i < end && !contains(lines[i], "MS: "); ++i) {
    report->excerpt += with_source_names(lines[i]) + "\n";
    if (lines[i].starts_with("SUMMARY: ")) break;  // then comes the shadow memory
  }
  // What `replay` said when it died, of the record that was touched.
  for (std::size_t i = first; i < lines.size(); ++i)
    if (lines[i].starts_with(kRecordMark)) report->excerpt += std::string(lines[i]) + "\n";
  return true;
}

std::string without_addresses(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t digits = text.find_first_not_of("0123456789abcdef", 2);
    const bool address = text.starts_with("0x") && digits > 8;
    const std::size_t number = text.find_first_not_of("0123456789", 2);
    const bool process = text.starts_with("==") && number != std::string_view::npos && number > 2 &&
                         text.substr(number).starts_with("==");
    if (address || process) {
      out += address ? "0x..." : "==..==";
      text.remove_prefix(std::min(address ? digits : number + 2, text.size()));
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace arenafuzz
