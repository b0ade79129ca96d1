#include "client/src/usage_queue.h"

#include <capnp/common.h>

#include <utility>

#include "client/src/convert.h"

namespace daybook::client {
namespace {

std::size_t bytesOf(const UsageEntry& entry) {
  return sizeHint({&entry, 1}).wordCount * sizeof(capnp::word);
}

}  // namespace

MemoryQueue::MemoryQueue(std::size_t entries_max, std::size_t bytes_max)
    : entries_max_(entries_max), bytes_max_(bytes_max) {}

bool MemoryQueue::append(QueuedUsage& item) {
  const std::size_t bytes = bytesOf(item.entry);
  if (waiting() >= entries_max_ || waiting_bytes() + bytes > bytes_max_) return false;
  item.sequence = next_++;
  untaken_bytes_ += bytes;
  items_.push_back(std::move(item));
  return true;
}

std::vector<QueuedUsage> MemoryQueue::take(std::size_t entries_max, std::size_t bytes_max) {
  std::vector<QueuedUsage> out;
  std::size_t bytes = 0;
  while (!items_.empty() && out.size() < entries_max) {
    const std::size_t more = bytesOf(items_.front().entry);
    if (!out.empty() && bytes + more > bytes_max) break;
    bytes += more;
    out.push_back(std::move(items_.front()));
    items_.pop_front();
  }
  untaken_bytes_ -= bytes;
  taken_ += out.size();
  taken_bytes_ += bytes;
  return out;
}

void MemoryQueue::done() {
  taken_ = 0;
  taken_bytes_ = 0;
}

void MemoryQueue::sync(std::uint64_t) {}

}  // namespace daybook::client
