#include "ledger/store/event_list.h"

#include <limits>

#include "ledger/base/check.h"

namespace daybook::store {

BytesView EventList::operator[](std::size_t index) const {
  return BytesView(bytes_).subspan(beginOf(index), endOf(index) - beginOf(index));
}

std::span<std::byte> EventList::operator[](std::size_t index) {
  return std::span(bytes_).subspan(beginOf(index), endOf(index) - beginOf(index));
}

void EventList::push_back(BytesView event) {
  CHECK(!event.empty() && event.size() % kWordBytes == 0, "an event is some words long");
  bytes_.insert(bytes_.end(), event.begin(), event.end());
  const std::size_t end = bytes_.size() / kWordBytes;
  CHECK(end <= std::numeric_limits<std::uint32_t>::max(), "an end fits its field");
  ends_.push_back(static_cast<std::uint32_t>(end));
}

void EventList::clear() {
  bytes_.clear();
  ends_.clear();
}

std::size_t EventList::beginOf(std::size_t index) const {
  return index == 0 ? 0 : endOf(index - 1);
}

std::size_t EventList::endOf(std::size_t index) const {
  CHECK(index < ends_.size(), "the event is in the list");
  return ends_[index] * kWordBytes;
}

}  // namespace daybook::store
