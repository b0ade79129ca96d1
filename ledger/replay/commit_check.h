// The Merkle tree over a stored log, checked commit by commit as it is read.
//
// Belongs to one thread.
#pragma once

#include <vector>

#include "ledger/audit/merkle.h"
#include "ledger/store/store.h"

namespace daybook::replay {

class CommitCheck {
 public:
  /// `tree` is that of the events read before.
  explicit CommitCheck(audit::CompactRange tree) : tree_(tree) {}

  const audit::CompactRange& tree() const { return tree_; }

  /// Checks the events of the next commit that are not in the tree yet: that they follow it, that
  /// their bytes have the leaf hashes they were stored with, and the root. The tree holds them
  /// then. Throws store::DamageError.
  void take(const store::StoredCommit& commit);

 private:
  audit::CompactRange tree_;
};

/// A DamageError about one event: "the event at position 17: ...".
[[noreturn]] void throwDamaged(Position position, const std::string& problem);

}  // namespace daybook::replay
