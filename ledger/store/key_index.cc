#include "ledger/store/key_index.h"

#include <utility>

#include "ledger/base/check.h"
#include "ledger/store/sip_hash.h"

namespace daybook::store {
namespace {

constexpr std::uint32_t kFirstCapacity = 8;

}  // namespace

KeyIndex::KeyIndex() : segments_(kSegments) {}

std::uint64_t KeyIndex::fingerprint(KeySeed seed, CustomerNumber scope, std::string_view key) {
  return sipHash(seed, scope.value, std::as_bytes(std::span(key.data(), key.size())));
}

void KeyIndex::insert(std::uint64_t fingerprint, Position position) {
  CHECK(!position.isNone() && position.value <= kPositionMax, "a position fits its slot");
  Segment& segment = segments_[segmentOf(fingerprint)];
  // Full at four fifths: beyond it, runs of used slots get long.
  if ((segment.used + 1) * std::uint64_t{5} > segment.capacity * std::uint64_t{4}) grow(segment);
  place(segment, tagOf(fingerprint) << kPositionBits | position.value);
  ++segment.used;
  ++size_;
}

void KeyIndex::place(Segment& segment, std::uint64_t slot) {
  std::size_t at = homeOf(slot >> kPositionBits, segment.capacity);
  while (segment.slots[at] != 0) at = at + 1 == segment.capacity ? 0 : at + 1;
  segment.slots[at] = slot;
}

void KeyIndex::grow(Segment& segment) {
  Segment larger;
  larger.capacity =
      segment.capacity == 0 ? kFirstCapacity : segment.capacity + segment.capacity / 2;
  CHECK(larger.capacity > segment.capacity, "a segment's capacity does not overflow");
  larger.slots = std::make_unique<std::uint64_t[]>(larger.capacity);
  larger.used = segment.used;
  // Homes ascend with tags in both tables, so the copy walks through each of them once.
  for (std::uint32_t at = 0; at < segment.capacity; ++at) {
    if (segment.slots[at] != 0) place(larger, segment.slots[at]);
  }
  slot_bytes_ += (larger.capacity - segment.capacity) * sizeof(std::uint64_t);
  segment = std::move(larger);
}

}  // namespace daybook::store
