// The stored form of one commit: its events, their leaf hashes and the tip after it, in one block.
//
// A block is one value in the log; its key is the position of its first event. Numbers are
// little-endian.
//
//   offset  bytes   what
//        0      4   "DBC1": the digit is the version of this form
//        4      4   n, the number of events: 1 .. limits::kCommitEventsMax
//        8      8   position of the first event
//       16      8   recorded time of the newest event, in nanoseconds, signed
//       24      8   tree size after the commit: first position + n - 1
//       32     32   root of the tree of that size
//       64  32 x n  leaf hashes
//        .   4 x n  where each event ends, in words of 8 bytes from where the first one begins:
//                   strictly ascending, steps of at most limits::kEventBytesMax
//        .  0 or 4  zeros, up to a multiple of 8
//        .       .  the events, one after the other
//        .       .  zeros, in blocks of more than 2 016 bytes only: up to 16 bytes less than a
//                   multiple of 4 096
//
// The last rule fills LMDB's pages: a longer value lies on pages of its own behind a header of 16
// bytes, and no byte of those pages is outside the block. Every byte of a block is therefore a
// header field, hashed, or checked to be zero.
// Errors: a block that breaks the form is a DamageError. Views; safe to use from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ledger/store/store.h"

namespace daybook::store {

/// The longest block that LMDB keeps among others on a page; longer ones have pages of their own.
inline constexpr std::size_t kInlineBlockBytesMax = 2'016;

/// Aborts unless the batch keeps its contract and follows `tip`.
void checkBatch(const Batch& batch, Position tip);

/// The length of the batch's block.
std::size_t blockBytes(const Batch& batch);

/// Writes the batch's block over every byte of `block`. REQUIRES: the batch keeps its contract;
/// block.size() is blockBytes(batch); the block is 8-aligned.
void writeBlock(const Batch& batch, std::span<std::byte> block);

/// A stored block, read in place.
class CommitBlock {
 public:
  /// Checks the header and the lengths, in constant time. `key` is the block's key in the log.
  CommitBlock(Position key, BytesView block);

  Position first() const { return first_; }
  Position last() const { return Position(first_.value + count_ - 1); }
  std::size_t count() const { return count_; }
  Tip tip() const;
  Instant recorded() const;
  /// REQUIRES for both: index < count().
  Hash leaf(std::size_t index) const;
  BytesView event(std::size_t index) const;
  /// Checks all that the constructor does not: the end of every event, and that padding is zero.
  void checkAll() const;
  /// REQUIRES: checkAll() did not throw. Reuses the vectors of `commit`.
  void copyTo(StoredCommit& commit) const;

 private:
  /// Where event `index` ends, in words; 0 for index -1.
  std::uint64_t endOf(std::size_t index) const;
  [[noreturn]] void damaged(const char* what) const;

  Position first_;
  BytesView block_;
  std::size_t count_ = 0;
  std::size_t events_at_ = 0;
};

}  // namespace daybook::store
