// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/verdict/known_signature.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "fuzz/harness/verdict/verdict.h"

namespace arenafuzz {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::size_t kMaxSignature = 1024;
constexpr std::size_t kShown = 60;  // of a line that is refused

enum Part { kOraclePart, kOperationPart, kSitePart, kDifferencePart, kSizePart, kFaultPart };
constexpr std::size_t kParts = 6;
constexpr const char* kPartNames[kParts] = {"oracle",     "operation",  "site",
                                            "difference", "size class", "fault"};

// What ended a process is named by frames, offsets and kinds, of which there is no list.
constexpr std::string_view kProcessNames[] = {"sanitizer", "crash", "exit", "timeout", "codec"};

bool begins_with(std::string_view signature, std::string_view text) {
  return signature.starts_with(text) &&
         (signature.size() == text.size() || signature[text.size()] == '.');
}

// The next part, which is taken off.
std::string_view take_part(std::string_view* rest) {
  const std::size_t end = std::min(rest->find('.'), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

// The text with its first parts as `to` has them, if they are as `from` has them, as far as the
// shorter one goes; empty if not. '*' is any part, and stays. `*whole`: it has all of `from`.
// REQUIRES: `from` and `to` have as many parts.
std::string with_names(std::string_view text, std::string_view from, std::string_view to,
                       bool* whole) {
  std::string out;
  while (!text.empty()) {
    const std::string_view part = take_part(&text);
    const std::string_view wanted = from.empty() ? "*" : take_part(&from);
    const std::string_view present = to.empty() ? "*" : take_part(&to);
    if (wanted != "*" && wanted != part) return "";
    out += (out.empty() ? "" : ".") + std::string(present == "*" ? part : present);
  }
  *whole = from.empty();
  return out;
}

// As a message may show it, whatever the file holds.
std::string shown(std::string_view text) {
  std::string out;
  for (const char one : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(one);
    out += byte > ' ' && byte < 0x7f ? one : byte == ' ' ? ' ' : '?';
  }
  return "\"" + out + (text.size() > kShown ? "...\"" : "\"");
}

bool only(std::string_view text, std::string_view others) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char one) {
    return std::isalpha(static_cast<unsigned char>(one)) != 0 ||
           others.find(one) != std::string_view::npos;
  });
}

template <typename Name>
bool any_of_names(int count, std::string_view wanted, Name name) {
  for (int i = 0; i < count; ++i)
    if (wanted == name(i)) return true;
  return false;
}

bool is_part(std::size_t part, std::string_view text) {
  constexpr std::string_view kOtherSite = "other:";
  switch (part) {
    case kOraclePart:
      return any_of_names(kOracleCount, text,
                          [](int i) { return oracle_info(static_cast<Oracle>(i)).name; });
    case kOperationPart:
      return any_of_names(kOperationKindCount, text,
                          [](int i) { return operation_kind_name(static_cast<OperationKind>(i)); });
    case kSitePart:
      if (text.starts_with(kOtherSite)) return only(text.substr(kOtherSite.size()), "_");
      return any_of_names(static_cast<int>(Site::kOther), text,
                          [](int i) { return site_name(static_cast<Site>(i)); });
    case kDifferencePart:
      return only(text, "-");
    case kSizePart:
      return any_of_names(static_cast<int>(SizeClass::kWrapping) + 1, text,
                          [](int i) { return size_class_name(static_cast<SizeClass>(i)); });
    default:
      return text == "none" || any_of_names(kFaultSiteCount, text, [](int i) {
               return fault_site_name(static_cast<FaultSite>(i));
             });
  }
}

}  // namespace

KnownLines::KnownLines(std::string_view content) : rest_(content) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

bool KnownLines::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    text_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    text_ = text_.substr(0, text_.find('#'));
    const std::size_t first = text_.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) continue;
    text_ = text_.substr(first, text_.find_last_not_of(kBlanks) + 1 - first);
    if (text_.size() > 1 && text_.ends_with('.')) text_.remove_suffix(1);
    return true;
  }
  return false;
}

std::string signature_problem(std::string_view text, std::span<const RenamedSignature> renamed) {
  const auto refused = [text](const std::string& why) {
    return shown(text) + " is no signature, since " + why;
  };
  if (text.size() > kMaxSignature) return refused("it is longer than any");
  if (std::any_of(text.begin(), text.end(), [](char one) {
        return static_cast<unsigned char>(one) <= ' ' || static_cast<unsigned char>(one) > '~';
      }))
    return refused("it has blanks or characters that none has");
  for (const std::string_view name : kProcessNames)
    if (begins_with(text, name) || text.starts_with(std::string(name) + ":")) return "";
  bool whole = false;
  for (const RenamedSignature& row : renamed)
    if (const std::string present = with_names(text, row.former, row.present, &whole);
        !present.empty())
      return signature_problem(present, {});
  std::size_t part = 0;
  for (std::size_t at = 0; at <= text.size(); ++part) {
    const std::size_t end = std::min(text.find('.', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (part == kParts) return refused("it has more than six parts");
    if (word.empty()) return refused("it has an empty part");
    if (!is_part(part, word))
      return refused("there is no " + std::string(kPartNames[part]) + " " + shown(word));
    at = end + 1;
  }
  return "";
}

bool names_signature(std::string_view text, std::string_view signature,
                     std::span<const RenamedSignature> renamed) {
  if (begins_with(signature, text)) return true;
  return std::any_of(renamed.begin(), renamed.end(), [&](const RenamedSignature& row) {
    bool whole = false;
    const std::string former = with_names(signature, row.present, row.former, &whole);
    return whole && !former.empty() && begins_with(former, text);
  });
}

std::string present_name(std::string_view text, std::span<const RenamedSignature> renamed) {
  bool whole = false;
  for (const RenamedSignature& row : renamed)
    if (std::string present = with_names(text, row.former, row.present, &whole);
        whole && !present.empty())
      return present;
  return "";
}

}  // namespace arenafuzz
