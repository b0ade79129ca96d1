#include "ledger/core/customer_index.h"

#include <utility>

#include "ledger/base/check.h"

namespace daybook::core {

static_assert(sizeof(std::size_t) == 8, "a hash has 64 bits");

void CustomerIndex::insert(std::string_view id, CustomerNumber number) {
  CHECK(!number.isNone(), "a customer has a number");
  const std::uint64_t hash = hashOf(id);
  Segment& segment = segments_[segmentOf(hash)];
  // Full at two thirds: beyond it, runs of used slots get long.
  if (segment.used * 3 >= segment.slots.size() * 2) {
    std::vector<std::uint64_t> larger(segment.slots.empty() ? kFirstSlots
                                                            : 2 * segment.slots.size());
    for (const std::uint64_t slot : segment.slots) {
      if (slot != 0) place(larger, slot);
    }
    segment.slots = std::move(larger);
  }
  place(segment.slots, tagOf(hash) << kNumberBits | number.value);
  ++segment.used;
}

void CustomerIndex::place(std::vector<std::uint64_t>& slots, std::uint64_t slot) {
  const std::size_t mask = slots.size() - 1;
  std::size_t at = slot >> kNumberBits & mask;
  while (slots[at] != 0) at = (at + 1) & mask;
  slots[at] = slot;
}

}  // namespace daybook::core
