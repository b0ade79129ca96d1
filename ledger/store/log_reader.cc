#include "ledger/store/log_reader.h"

#include <cstring>
#include <string>
#include <vector>

#include "ledger/base/check.h"

namespace daybook::store {
namespace {

/// Blocks copied in one read transaction, unless the first one alone is longer.
constexpr std::size_t kCopyBytes = 256u << 10;

Position positionOf(BytesView key) {
  Position position;
  CHECK(key.size() == sizeof(position.value), "the log's keys are 8 bytes long");
  std::memcpy(&position.value, key.data(), sizeof(position.value));
  return position;
}

CommitBlock blockOf(const Entry& entry) { return {positionOf(entry.key), entry.value}; }

[[noreturn]] void throwMissing(Position position) {
  throw DamageError(
      "the log has no commit with position " + std::to_string(position.value) + ", but later ones",
      position);
}

/// Copies of blocks that follow each other, taken in one read transaction.
class BlockCopies {
 public:
  /// Takes the block that holds `from` and some after it. False past the tip.
  bool take(const LmdbEnv& env, Position from) {
    blocks_.clear();
    words_.clear();
    const ReadTxn txn(env);
    Cursor cursor(txn);
    if (!locate(cursor, from)) return false;
    for (std::optional<Entry> entry = cursor.current(); entry; entry = cursor.next()) {
      const std::size_t at = words_.size();
      if (!blocks_.empty() && at * 8 + entry->value.size() > kCopyBytes) break;
      blocks_.push_back({positionOf(entry->key), at, entry->value.size()});
      words_.resize(at + (entry->value.size() + 7) / 8);
      std::memcpy(words_.data() + at, entry->value.data(), entry->value.size());
    }
    return true;
  }

  std::size_t size() const { return blocks_.size(); }
  Position key(std::size_t index) const { return blocks_[index].key; }
  BytesView bytes(std::size_t index) const {
    return std::as_bytes(std::span(words_)).subspan(blocks_[index].at * 8, blocks_[index].bytes);
  }

 private:
  struct Copy {
    Position key;
    std::size_t at;  // in words
    std::size_t bytes;
  };
  std::vector<Copy> blocks_;
  std::vector<std::uint64_t> words_;  // keeps the events aligned
};

}  // namespace

std::optional<CommitBlock> newestBlock(Cursor& cursor) {
  const std::optional<Entry> last = cursor.last();
  if (!last) return std::nullopt;
  return blockOf(*last);
}

std::optional<CommitBlock> locate(Cursor& cursor, Position position) {
  const std::optional<Entry> at_or_after = cursor.seek(LogKey(position).view());
  if (at_or_after && positionOf(at_or_after->key) == position) return blockOf(*at_or_after);
  const std::optional<Entry> before = at_or_after ? cursor.previous() : cursor.last();
  if (before) {
    const CommitBlock block = blockOf(*before);
    if (position <= block.last()) return block;
  }
  if (at_or_after) throwMissing(position);
  return std::nullopt;
}

void forEachBlock(const LmdbEnv& env, Position from, const BlockVisitor& visitor) {
  BlockCopies copies;
  Position next = from.isNone() ? Position(1) : from;
  bool is_first = true;
  while (copies.take(env, next)) {
    for (std::size_t index = 0; index < copies.size(); ++index) {
      const CommitBlock block(copies.key(index), copies.bytes(index));
      block.checkAll();
      if (!is_first && block.first() != next) throwMissing(next);
      is_first = false;
      next = block.last().next();
      if (!visitor(block, copies.bytes(index))) return;
    }
  }
}

Position newestRecordedAt(const LmdbEnv& env, Instant at, const RecordedOf& recorded_of) {
  const ReadTxn txn(env);
  Cursor cursor(txn);
  const std::optional<CommitBlock> last = newestBlock(cursor);
  if (!last) return Position();
  // Everything up to `newest` is recorded in time, everything from `end` on after it.
  Position newest;
  Position end = last->last().next();
  while (newest.next() < end) {
    const Position middle(newest.value + (end.value - newest.value) / 2);
    const std::optional<CommitBlock> block = locate(cursor, middle);
    CHECK(block.has_value(), "a position before the tip has a commit");
    if (block->recorded() <= at) {
      newest = block->last();
    } else if (recorded_of(block->event(0)) > at) {
      end = block->first();
    } else {
      // The first event is in time, the last one is late.
      std::size_t in_time = 0;
      std::size_t late = block->count() - 1;
      while (in_time + 1 < late) {
        const std::size_t probe = in_time + (late - in_time) / 2;
        (recorded_of(block->event(probe)) <= at ? in_time : late) = probe;
      }
      return Position(block->first().value + in_time);
    }
  }
  return newest;
}

}  // namespace daybook::store
