// SPDX-License-Identifier: GPL-2.0-only
//
// Internal to fuzz/program: parts of one kind of operation of a gen_pool, or of two. What each
// member function does is said in part.h.
//
// Threads: no state.
#ifndef ARENAFUZZ_FUZZ_PROGRAM_PART_GEN_POOL_H_
#define ARENAFUZZ_FUZZ_PROGRAM_PART_GEN_POOL_H_

#include "fuzz/program/part.h"

namespace arenafuzz::part {

// How an alloc looks for a hole, and the number that align and fixed need. First fit is the pool's
// own, and not printed.
struct Policy : All<In<&Operation::policy, Flags<kAllocPolicyCount>>,
                    In<&Operation::policy_data, Bytes<11, 3>>> {
  static constexpr std::string_view kWords[kAllocPolicyCount] = {
      "first-fit", "align", "order-align", "best-fit", "fixed"};
  static void decode_as(std::uint64_t code, Record record, Operation& to) {
    to.policy = static_cast<AllocPolicy>(code);
    to.policy_data = static_cast<std::uint32_t>(Bytes<11, 3>::get(record));
    if (to.policy == AllocPolicy::kAlign) to.policy_data %= limits::kMaxAlignExponent + 1;
  }
  static void decode(Record record, bool, Operation& to) {
    decode_as(Flags<kAllocPolicyCount>::get(record), record, to);
  }
  static void keep(const Operation& from, Operation& to, const Header&) {
    to.policy = from.policy;
    if (from.policy == AllocPolicy::kAlign)
      to.policy_data = std::min(from.policy_data, limits::kMaxAlignExponent);
    if (from.policy == AllocPolicy::kFixed)
      to.policy_data = std::min(from.policy_data, limits::kMaxPolicyData);
  }
  static void print_any(const Operation& from, std::string& text) {
    add_word(text, alloc_policy_name(from.policy));
    if (from.policy == AllocPolicy::kAlign || from.policy == AllocPolicy::kFixed)
      (text += ':') += std::to_string(from.policy_data);
  }
  static void print(const Operation& from, std::string& text) {
    if (from.policy != AllocPolicy::kFirstFit) print_any(from, text);
  }
  static void parse_any(Line& line, Operation& to) {
    const std::string_view word = line.word();
    const std::size_t colon = word.find(':');
    to.policy = static_cast<AllocPolicy>(line.choose(word.substr(0, colon), kWords));
    if (colon != std::string_view::npos)
      to.policy_data = static_cast<std::uint32_t>(
          line.number(word.substr(colon + 1), limits::kMaxPolicyData, "the policy's number"));
  }
  static void parse(Line& line, Operation& to, const Header&) {
    if (!line.at_clauses() && !line.peek().starts_with("via:")) parse_any(line, to);
  }
};

// set_algo: a policy, or none.
struct OwnPolicy : Part {
  using Code = Flags<kAllocPolicyCount + 1>;
  static constexpr std::uint64_t kDefault = kAllocPolicyCount;
  static void decode(Record record, bool, Operation& to) {
    to.by_default = Code::get(record) == kDefault;
    if (!to.by_default) Policy::decode_as(Code::get(record), record, to);
  }
  static void encode(const Operation& from, std::uint8_t* record) {
    from.by_default ? Code::put(record, kDefault) : Policy::encode(from, record);
  }
  static void keep(const Operation& from, Operation& to, const Header& header) {
    to.by_default = from.by_default;
    if (!from.by_default) Policy::keep(from, to, header);
  }
  static void print(const Operation& from, std::string& text) {
    from.by_default ? add_word(text, "default") : Policy::print_any(from, text);
  }
  static void parse(Line& line, Operation& to, const Header&) {
    to.by_default = line.take("default");
    if (!to.by_default) Policy::parse_any(line, to);
  }
};

// By which function gen_pool is asked for a block.
struct Door : In<&Operation::door, Bits<1, 0, 2>> {
  static constexpr std::string_view kWords[kAllocDoorCount] = {"plain", "owner", "dma",
                                                               "dma-no-address", "dma-zeroed"};
  static constexpr bool extends(const Operation& operation) {
    return operation.door != AllocDoor::kPlain;
  }
  static void decode(Record record, bool extended, Operation& to) {
    if (extended) to.door = static_cast<AllocDoor>(1 + Bits<1, 0, 2>::get(record));
  }
  static void encode(const Operation& from, std::uint8_t* record) {
    if (extends(from)) Bits<1, 0, 2>::put(record, static_cast<std::uint64_t>(from.door) - 1);
  }
  static void print(const Operation& from, std::string& text) {
    if (extends(from)) (text += " via:") += alloc_door_name(from.door);
  }
  static void parse(Line& line, Operation& to, const Header&) {
    if (const auto door = line.take_prefixed("via:"))
      to.door = static_cast<AllocDoor>(line.choose(*door, kWords));
  }
};

// "ADDRESS size:BYTES".
struct Range : All<In<&Operation::address, Bytes<2, 6>>, In<&Operation::size, Bytes<8, 8>>> {
  static constexpr bool uses(const Operation&, Use use) { return use == Use::kSize; }
  // Bit 47 decides all above it, as in addresses of x86-64.
  static std::uint64_t sign_extended(std::uint64_t address) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(address << 16) >> 16);
  }
  static void print(const Operation& from, std::string& text) {
    add_word(text, print_number(from.address));
    text += " size:" + print_number(from.size);
  }
  static void parse(Line& line, Operation& to, const Header&) {
    to.address = line.number(line.word(), parse::kMaxNumber, "an address");
    const auto size = line.take_prefixed("size:");
    if (!size) return line.fail("'size:BYTES'", line.peek());
    to.size = line.number(*size, parse::kMaxNumber, "a size in bytes");
  }
};

// has_addr: below 2^48, or in the last 2^48 bytes.
struct Asked : Range {
  static constexpr bool extends(const Operation& operation) { return operation.address >> 48 != 0; }
  static void decode(Record record, bool extended, Operation& to) {
    Range::decode(record, extended, to);
    if (extended) to.address |= std::uint64_t{0xffff} << 48;
  }
  static void keep(const Operation& from, Operation& to, const Header&) {
    to.address = extends(from) ? sign_extended(from.address) : from.address;
    to.size = from.size;
  }
};

// add. A chunk as first laid out lies below 2^46 and has neither a physical address nor an owner;
// it keeps its size, though none so large can be added.
struct Chunk : Range {
  static constexpr bool extends(const Operation& operation) {
    return operation.address > limits::kMaxChunkAddress ||
           operation.size > limits::kMaxChunkAddress - operation.address ||
           operation.has_physical || operation.owner != 0;
  }
  static void decode(Record record, bool extended, Operation& to) {
    to.address = codec::get(record + 2, 6);
    if (!extended) {
      to.address = std::clamp(to.address, limits::kMinChunkAddress, limits::kMaxChunkAddress);
      to.size = std::min(codec::get(record + 8, 6), limits::kMaxChunkAddress - to.address);
      return;
    }
    to.size = codec::get(record + 8, 5);
    to.owner = record[13];
    to.has_physical = FlagBit<5>::get(record) != 0;
    to.physical = std::uint64_t{record[14]} << 12 | std::uint64_t{record[15]} << 36;
  }
  static void encode(const Operation& from, std::uint8_t* record) {
    Range::encode(from, record);
    if (!extends(from)) return;
    FlagBit<5>::put(record, from.has_physical ? 1 : 0);
    record[13] = from.owner;
    record[14] = static_cast<std::uint8_t>(from.physical >> 12);
    record[15] = static_cast<std::uint8_t>(from.physical >> 36);
  }
  static void keep(const Operation& from, Operation& to, const Header&) {
    to.address = std::max(sign_extended(from.address), limits::kMinChunkAddress);
    to.has_physical = from.has_physical;
    to.physical = from.has_physical ? from.physical & limits::kPhysicalMask : 0;
    to.owner = from.owner;
    to.size = from.size;
    if (extends(to)) to.size = std::min({to.size, limits::kMaxChunkSize, ~to.address + 1});
  }
  static void print(const Operation& from, std::string& text) {
    Range::print(from, text);
    if (from.has_physical) text += " phys:" + print_number(from.physical);
    if (from.owner != 0) text += " owner:" + std::to_string(from.owner);
  }
  static void parse(Line& line, Operation& to, const Header& header) {
    Range::parse(line, to, header);
    if (const auto physical = line.take_prefixed("phys:")) {
      to.has_physical = true;
      to.physical = line.number(*physical, parse::kMaxNumber, "a physical address");
    }
    if (const auto owner = line.take_prefixed("owner:"))
      to.owner = static_cast<std::uint8_t>(line.number(*owner, 0xff, "an owner's number"));
  }
};

}  // namespace arenafuzz::part

#endif  // ARENAFUZZ_FUZZ_PROGRAM_PART_GEN_POOL_H_
