// Finds customers by id: a table of their numbers beside a part of each id's hash.
//
// 8 bytes a slot; the ids themselves are the customers' own, so that a lookup costs the slot and
// the customer, which its caller touches next. 256 segments, each grown by itself, so that an
// insert never waits for more than the copy of one segment. Derived state; never iterated. Belongs
// to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "ledger/base/ids.h"

namespace daybook::core {

class CustomerIndex {
 public:
  /// REQUIRES: `number` is not none; no customer of this id is in it.
  void insert(std::string_view id, CustomerNumber number);

  /// The customer for whose number is(number) is true, of those that may have this id; none when
  /// there is none.
  template <typename Is>
  CustomerNumber find(std::string_view id, Is&& is) const {
    const std::uint64_t hash = hashOf(id);
    const std::vector<std::uint64_t>& slots = segments_[segmentOf(hash)].slots;
    if (slots.empty()) return {};
    const std::size_t mask = slots.size() - 1;
    for (std::size_t at = tagOf(hash) & mask; slots[at] != 0; at = (at + 1) & mask) {
      if (slots[at] >> kNumberBits != tagOf(hash)) continue;
      const CustomerNumber number(static_cast<std::uint32_t>(slots[at]));
      if (is(number)) return number;
    }
    return {};
  }

  /// Fetches what find() of this id looks at first.
  void prefetch(std::string_view id) const {
    const std::uint64_t hash = hashOf(id);
    const std::vector<std::uint64_t>& slots = segments_[segmentOf(hash)].slots;
    if (!slots.empty()) __builtin_prefetch(&slots[tagOf(hash) & (slots.size() - 1)]);
  }

 private:
  static constexpr unsigned kNumberBits = 32;
  static constexpr std::size_t kSegments = 256;
  static constexpr std::size_t kFirstSlots = 8;

  /// Open addressing with linear probing in a power of two of slots. A slot is tag << 32 | number;
  /// 0 is empty. A slot's home follows from its tag alone, so that growing needs no ids.
  struct Segment {
    std::vector<std::uint64_t> slots;
    std::size_t used = 0;
  };

  static std::uint64_t hashOf(std::string_view id) { return std::hash<std::string_view>()(id); }
  static std::size_t segmentOf(std::uint64_t hash) { return hash >> 56; }
  static std::uint64_t tagOf(std::uint64_t hash) { return hash & 0xFFFF'FFFF; }
  static void place(std::vector<std::uint64_t>& slots, std::uint64_t slot);

  std::array<Segment, kSegments> segments_;
};

}  // namespace daybook::core
