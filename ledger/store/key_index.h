// Every idempotency key ever used, in memory: which positions may hold the event of a key.
//
// The table is exact together with the log: it keeps 36 bits of each key's fingerprint and the
// position, and the caller confirms a candidate by reading the event. A key that was inserted is
// always among its candidates; a foreign one is with a chance of about (number of keys) / 2^36.
// 8 bytes a slot in 4 096 segments, each grown by itself by half, so that an insert never waits for
// more than the copy of one segment, and a key never costs more than 16 bytes once there are many.
// Derived data: rebuilt from the key runs or the log. Throws std::bad_alloc.
// Threads: none; one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ledger/store/store.h"

namespace daybook::store {

class KeyIndex {
 public:
  /// Positions up to this can be kept.
  static constexpr std::uint64_t kPositionMax = (std::uint64_t{1} << 40) - 1;

  KeyIndex();
  KeyIndex(const KeyIndex&) = delete;
  KeyIndex& operator=(const KeyIndex&) = delete;

  /// The fingerprint of a key in the scope of a customer; the seed is the store's.
  static std::uint64_t fingerprint(KeySeed seed, CustomerNumber scope, std::string_view key);

  /// REQUIRES: position is not none and at most kPositionMax. Equal fingerprints are all kept.
  void insert(std::uint64_t fingerprint, Position position);

  /// Calls visitor(Position) for every position that may hold this fingerprint, in no order.
  template <typename Visitor>
  void candidates(std::uint64_t fingerprint, Visitor&& visitor) const {
    const Segment& segment = segments_[segmentOf(fingerprint)];
    if (segment.capacity == 0) return;
    const std::uint64_t tag = tagOf(fingerprint);
    for (std::size_t slot = homeOf(tag, segment.capacity); segment.slots[slot] != 0;
         slot = slot + 1 == segment.capacity ? 0 : slot + 1) {
      if (segment.slots[slot] >> kPositionBits == tag) {
        visitor(Position(segment.slots[slot] & kPositionMax));
      }
    }
  }

  /// Fetches what candidates() and insert() of this fingerprint will touch.
  void prefetch(std::uint64_t fingerprint) const {
    const Segment& segment = segments_[segmentOf(fingerprint)];
    if (segment.capacity != 0) {
      __builtin_prefetch(&segment.slots[homeOf(tagOf(fingerprint), segment.capacity)]);
    }
  }

  std::size_t size() const { return size_; }
  /// Memory held, without the allocator's own.
  std::size_t bytes() const { return sizeof(*this) + kSegments * sizeof(Segment) + slot_bytes_; }

 private:
  static constexpr unsigned kSegmentBits = 12;
  static constexpr unsigned kTagBits = 24;
  static constexpr unsigned kPositionBits = 40;
  static constexpr std::size_t kSegments = std::size_t{1} << kSegmentBits;
  static_assert(kTagBits + kPositionBits == 64);

  /// Open addressing with linear probing. A slot is tag << 40 | position; 0 is empty. A slot's home
  /// follows from its tag alone, so that growing needs no fingerprints.
  struct Segment {
    std::unique_ptr<std::uint64_t[]> slots;
    std::uint32_t capacity = 0;
    std::uint32_t used = 0;
  };

  static std::size_t segmentOf(std::uint64_t fingerprint) {
    return static_cast<std::size_t>(fingerprint >> (64 - kSegmentBits));
  }
  static std::uint64_t tagOf(std::uint64_t fingerprint) {
    return fingerprint >> (64 - kSegmentBits - kTagBits) & ((std::uint64_t{1} << kTagBits) - 1);
  }
  static std::size_t homeOf(std::uint64_t tag, std::uint32_t capacity) {
    return static_cast<std::size_t>(tag * capacity >> kTagBits);
  }
  static void place(Segment& segment, std::uint64_t slot);
  void grow(Segment& segment);

  std::vector<Segment> segments_;
  std::size_t size_ = 0;
  std::size_t slot_bytes_ = 0;
};

}  // namespace daybook::store
