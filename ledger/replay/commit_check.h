// The Merkle tree over a stored log, checked commit by commit as it is read.
//
// Belongs to one thread.
#pragma once

#include <vector>

#include "ledger/audit/merkle.h"
#include "ledger/store/store.h"

namespace daybook::replay {

/// Whether events are hashed again. If not, the stored leaf hashes are taken as theirs: the roots
/// of all commits must still follow from them.
enum class Hashes { verified, trusted };

class CommitCheck {
 public:
  /// `tree` is that of the events read before.
  explicit CommitCheck(audit::CompactRange tree, Hashes hashes = Hashes::verified)
      : tree_(tree), hashes_(hashes) {}

  const audit::CompactRange& tree() const { return tree_; }

  /// Checks the events of the next commit that are not in the tree yet: that they follow it, that
  /// their bytes have the leaf hashes they were stored with, and the root. The tree holds them
  /// then. Throws store::DamageError.
  void take(const store::StoredCommit& commit);

 private:
  audit::CompactRange tree_;
  Hashes hashes_;
};

/// A DamageError about one event: "the event at position 17: ...".
[[noreturn]] void throwDamaged(Position position, const std::string& problem);

}  // namespace daybook::replay
