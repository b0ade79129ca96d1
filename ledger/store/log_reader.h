// Finding and reading blocks in the log's tree, for LmdbStore.
//
// Errors: DamageError for a block that breaks its form, or when a position is missing. Threads: as
// LmdbEnv's reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "ledger/store/commit_block.h"
#include "ledger/store/lmdb_env.h"

namespace daybook::store {

/// A position as a key of the log. MDB_INTEGERKEY compares it as the machine's own integer.
class LogKey {
 public:
  explicit LogKey(Position position) : value_(position.value) {}
  BytesView view() const { return std::as_bytes(std::span(&value_, 1)); }

 private:
  std::uint64_t value_;
};

/// The newest block; nullopt for an empty log. It lives as long as the transaction, here and below.
std::optional<CommitBlock> newestBlock(Cursor& cursor);

/// The block that holds the position, where the cursor then stands; nullopt past the tip.
std::optional<CommitBlock> locate(Cursor& cursor, Position position);

/// Goes through the log from the block that holds `from` (none: the first), in short transactions,
/// and checks that no position is missing. Until the visitor returns false; what it is given are
/// copies that live as long as its call.
using BlockVisitor = std::function<bool(const CommitBlock& block, BytesView bytes)>;
void forEachBlock(const LmdbEnv& env, Position from, const BlockVisitor& visitor);

/// Store::positionAt.
Position newestRecordedAt(const LmdbEnv& env, Instant at, const RecordedOf& recorded_of);

}  // namespace daybook::store
