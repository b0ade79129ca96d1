#include "ledger/replay/commit_check.h"

#include <string>

namespace daybook::replay {

void throwDamaged(Position position, const std::string& problem) {
  throw store::DamageError(
      "the event at position " + std::to_string(position.value) + ": " + problem, position);
}

void CommitCheck::take(const store::StoredCommit& commit) {
  const Position next(tree_.size() + 1);
  if (commit.first > next) {
    throwDamaged(next, "missing: the log goes on at " + std::to_string(commit.first.value));
  }
  if (commit.events.empty()) throwDamaged(next, "its commit holds no events");
  if (commit.leaves.size() != commit.events.size()) {
    throwDamaged(commit.first, "a commit of " + std::to_string(commit.events.size()) +
                                   " events has " + std::to_string(commit.leaves.size()) +
                                   " leaf hashes");
  }
  if (commit.tip.position.value + 1 != commit.first.value + commit.events.size()) {
    throwDamaged(commit.first, "a commit of " + std::to_string(commit.events.size()) +
                                   " events ends at " + std::to_string(commit.tip.position.value));
  }
  for (std::size_t i = tree_.size() + 1 - commit.first.value; i < commit.events.size(); ++i) {
    if (hashes_ == Hashes::trusted) {
      tree_.append(audit::Digest{commit.leaves[i]});
      continue;
    }
    const audit::Digest leaf = audit::leafHash(commit.events[i]);
    if (leaf.bytes != commit.leaves[i]) {
      throwDamaged(Position(commit.first.value + i), "its bytes have the leaf hash " + leaf.hex() +
                                                         ", stored with them is " +
                                                         audit::Digest{commit.leaves[i]}.hex());
    }
    tree_.append(leaf);
  }
  if (tree_.root().bytes != commit.tip.root) {
    throwDamaged(commit.first, "the tree's root after this commit is " + tree_.root().hex() +
                                   ", stored is " + audit::Digest{commit.tip.root}.hex());
  }
}

}  // namespace daybook::replay
