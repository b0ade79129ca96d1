// Stored events, one after the other in one buffer, as a commit's block has them (commit_block.h).
//
// No memory for each event, and none at all once a list that is cleared and filled again has grown.
// A value. Views are good until the list changes. Belongs to one thread; once it does not change
// any more, any may read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ledger/model/codec.h"

namespace daybook::store {

class EventList {
 public:
  static constexpr std::size_t kWordBytes = 8;

  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  /// All events, with nothing in between.
  BytesView bytes() const { return bytes_; }
  /// Where each event ends, in words of 8 bytes.
  std::span<const std::uint32_t> ends() const { return ends_; }

  // REQUIRES: index < size().
  BytesView operator[](std::size_t index) const;
  std::span<std::byte> operator[](std::size_t index);

  /// REQUIRES: its length is a multiple of 8 bytes, and not 0.
  void push_back(BytesView event);
  /// Keeps the memory.
  void clear();

  bool operator==(const EventList&) const = default;

 private:
  std::size_t beginOf(std::size_t index) const;
  std::size_t endOf(std::size_t index) const;

  Bytes bytes_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace daybook::store
