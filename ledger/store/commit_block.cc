#include "ledger/store/commit_block.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"

namespace daybook::store {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are stored as they lie");

constexpr std::uint32_t kMagic = 0x31434244;  // "DBC1"
constexpr std::size_t kCountAt = 4;
constexpr std::size_t kFirstAt = 8;
constexpr std::size_t kRecordedAt = 16;
constexpr std::size_t kTreeSizeAt = 24;
constexpr std::size_t kRootAt = 32;
constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kEndBytes = 4;
constexpr std::size_t kWordBytes = EventList::kWordBytes;
constexpr std::size_t kEventWordsMax = limits::kEventBytesMax / kWordBytes;
constexpr std::size_t kPageBytes = 4'096;
constexpr std::size_t kPageHeaderBytes = 16;

static_assert(limits::kCommitEventsMax * kEventWordsMax <= UINT32_MAX, "an end fits its field");

constexpr std::size_t roundUp(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

constexpr std::size_t endsAt(std::size_t count) { return kHeaderBytes + kHashBytes * count; }

constexpr std::size_t eventsAt(std::size_t count) {
  return endsAt(count) + roundUp(kEndBytes * count, kWordBytes);
}

/// The length of a block whose content ends at `content`.
constexpr std::size_t paddedBytes(std::size_t content) {
  if (content <= kInlineBlockBytesMax) return content;
  return roundUp(content + kPageHeaderBytes, kPageBytes) - kPageHeaderBytes;
}

template <typename Number>
Number load(BytesView bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

template <typename Number>
void save(std::span<std::byte> bytes, std::size_t at, Number number) {
  std::memcpy(bytes.data() + at, &number, sizeof(number));
}

bool allZero(BytesView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

void checkBatch(const Batch& batch, Position tip) {
  CHECK(batch.first == tip.next(), "a batch follows the tip");
  CHECK(!batch.events.empty() && batch.events.size() <= limits::kCommitEventsMax,
        "a commit has at least one event and not too many");
  CHECK(batch.leaves.size() == batch.events.size(), "every event has a leaf");
  CHECK(batch.tip.position.value == batch.first.value + batch.events.size() - 1,
        "the tip of a batch is its last event");
  std::uint32_t begin = 0;
  for (const std::uint32_t end : batch.events.ends()) {
    CHECK(end > begin && end - begin <= kEventWordsMax,
          "an event is some words long, within the limit");
    begin = end;
  }
}

std::size_t blockBytes(const Batch& batch) {
  return paddedBytes(eventsAt(batch.events.size()) + batch.events.bytes().size());
}

void writeBlock(const Batch& batch, std::span<std::byte> block) {
  const std::size_t count = batch.events.size();
  save(block, 0, kMagic);
  save(block, kCountAt, static_cast<std::uint32_t>(count));
  save(block, kFirstAt, batch.first.value);
  save(block, kRecordedAt, batch.tip.recorded.ns);
  save(block, kTreeSizeAt, batch.tip.position.value);
  std::memcpy(block.data() + kRootAt, batch.tip.root.data(), kHashBytes);
  std::memcpy(block.data() + kHeaderBytes, batch.leaves.data(), kHashBytes * count);

  const BytesView events = batch.events.bytes();
  const std::size_t ends_end = endsAt(count) + kEndBytes * count;
  const std::size_t events_at = eventsAt(count);
  const std::size_t content_end = events_at + events.size();
  CHECK(paddedBytes(content_end) == block.size(), "a block has the length of its batch");
  std::memcpy(block.data() + endsAt(count), batch.events.ends().data(), kEndBytes * count);
  std::memset(block.data() + ends_end, 0, events_at - ends_end);
  std::memcpy(block.data() + events_at, events.data(), events.size());
  std::memset(block.data() + content_end, 0, block.size() - content_end);
}

CommitBlock::CommitBlock(Position key, BytesView block) : first_(key), block_(block) {
  if (block.size() < kHeaderBytes || block.size() % kWordBytes != 0) damaged("has a wrong length");
  if (load<std::uint32_t>(block, 0) != kMagic) damaged("does not begin as a block");
  count_ = load<std::uint32_t>(block, kCountAt);
  if (count_ == 0 || count_ > limits::kCommitEventsMax) damaged("has a wrong number of events");
  if (load<std::uint64_t>(block, kFirstAt) != key.value) damaged("stands under a wrong key");
  if (load<std::uint64_t>(block, kTreeSizeAt) != key.value + count_ - 1) {
    damaged("has a wrong tree size");
  }
  events_at_ = eventsAt(count_);
  if (events_at_ > block.size()) damaged("is shorter than its events");
  const std::uint64_t words = endOf(count_ - 1);
  if (words > limits::kCommitEventsMax * kEventWordsMax ||
      paddedBytes(events_at_ + static_cast<std::size_t>(words) * kWordBytes) != block.size()) {
    damaged("has not the length of its events");
  }
}

Tip CommitBlock::tip() const {
  Tip tip;
  tip.position = last();
  tip.recorded = recorded();
  std::memcpy(tip.root.data(), block_.data() + kRootAt, kHashBytes);
  return tip;
}

Instant CommitBlock::recorded() const { return Instant{load<std::int64_t>(block_, kRecordedAt)}; }

Hash CommitBlock::leaf(std::size_t index) const {
  CHECK(index < count_, "the index is within the block");
  Hash leaf;
  std::memcpy(leaf.data(), block_.data() + kHeaderBytes + kHashBytes * index, kHashBytes);
  return leaf;
}

std::uint64_t CommitBlock::endOf(std::size_t index) const {
  return load<std::uint32_t>(block_, endsAt(count_) + kEndBytes * index);
}

BytesView CommitBlock::event(std::size_t index) const {
  CHECK(index < count_, "the index is within the block");
  const std::uint64_t begin = index == 0 ? 0 : endOf(index - 1);
  const std::uint64_t end = endOf(index);
  // Nothing says that an end in the middle is below the last one until checkAll() has run.
  if (begin >= end || end > endOf(count_ - 1) || end - begin > kEventWordsMax) {
    damaged("has an event with wrong ends");
  }
  return block_.subspan(events_at_ + static_cast<std::size_t>(begin) * kWordBytes,
                        static_cast<std::size_t>(end - begin) * kWordBytes);
}

void CommitBlock::checkAll() const {
  std::uint64_t begin = 0;
  for (std::size_t index = 0; index < count_; ++index) {
    const std::uint64_t end = endOf(index);
    if (end <= begin || end - begin > kEventWordsMax) damaged("has an event with wrong ends");
    begin = end;
  }
  const std::size_t ends_end = endsAt(count_) + kEndBytes * count_;
  const std::size_t content_end = events_at_ + static_cast<std::size_t>(begin) * kWordBytes;
  if (!allZero(block_.subspan(ends_end, events_at_ - ends_end)) ||
      !allZero(block_.subspan(content_end))) {
    damaged("has padding that is not zero");
  }
}

void CommitBlock::copyTo(StoredCommit& commit) const {
  commit.first = first_;
  commit.tip = tip();
  commit.events.resize(count_);
  commit.leaves.resize(count_);
  std::memcpy(commit.leaves.data(), block_.data() + kHeaderBytes, kHashBytes * count_);
  for (std::size_t index = 0; index < count_; ++index) commit.events[index] = event(index);
}

void CommitBlock::damaged(const char* what) const {
  throw DamageError(
      "the commit that begins at position " + std::to_string(first_.value) + " " + what, first_);
}

}  // namespace daybook::store
