// The RFC 6962 Merkle tree over the log: its growing state, its proofs, and their verification.
//
// Leaves are given by their leaf hashes (leaf.h); leaf i is the event at position i + 1. A tree of
// n leaves is split at the largest power of two below n; the root of an empty tree is SHA-256 of
// nothing. Proofs come from outside, so verification answers false to anything wrong and has no
// preconditions. Everything here is pure; values are usable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ledger/audit/leaf.h"

namespace daybook::audit {

/// The state of an append-only tree: one digest for each perfect subtree that its size is made of.
class CompactRange {
 public:
  /// An empty tree.
  CompactRange() = default;
  /// The tree that peaks() was taken from; nullopt when `size` needs another number of peaks. The
  /// digests are taken as given: compare root() with a root that is trusted.
  static std::optional<CompactRange> fromPeaks(std::uint64_t size, std::span<const Digest> peaks);

  std::uint64_t size() const { return size_; }
  /// Adds the leaf with index size(): two hashes on average with the leaf's own.
  void append(const Digest& leaf);
  Digest root() const;
  /// The subtrees' roots from left to right, so from the largest down: one for each bit set in
  /// size(), at most 64.
  std::vector<Digest> peaks() const;

  bool operator==(const CompactRange&) const = default;

 private:
  std::uint64_t size_ = 0;
  // By height: peak_[h] covers 2^h leaves and is all zero unless bit h of size_ is set.
  std::array<Digest, 64> peak_{};
};

/// The leaves [from, to) of a log.
struct LeafRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  bool operator==(const LeafRange&) const = default;
};

/// The leaf hash at an index.
using LeafSource = std::function<Digest(std::uint64_t index)>;
/// Digests from the leaf up, as in RFC 6962, sections 2.1.1 and 2.1.2.
using Proof = std::vector<Digest>;

/// The root of the tree over `range` alone.
Digest rangeRoot(LeafRange range, const LeafSource& leaf_at);

/// The subtrees whose roots make up a proof, in the proof's order. A source that keeps subtree
/// roots can answer from them; the two functions below fold leaves.
/// REQUIRES: index < size.
std::vector<LeafRange> inclusionRanges(std::uint64_t index, std::uint64_t size);
/// REQUIRES: old_size <= new_size.
std::vector<LeafRange> consistencyRanges(std::uint64_t old_size, std::uint64_t new_size);

/// That leaf `index` is in the tree of the first `size` leaves. Asks `leaf_at` for every other leaf
/// once, in ascending order. REQUIRES: index < size.
Proof inclusionProof(std::uint64_t index, std::uint64_t size, const LeafSource& leaf_at);
/// That the tree of `old_size` leaves is the beginning of the one of `new_size`. Asks `leaf_at` for
/// leaves at most once each, in ascending order. Empty when the sizes are equal or the old tree has
/// no leaves. REQUIRES: old_size <= new_size.
Proof consistencyProof(std::uint64_t old_size, std::uint64_t new_size, const LeafSource& leaf_at);

// A root and its size belong together: take both from one checkpoint. Trees of two sizes can have
// proofs of one shape, so a proof alone does not tell a wrong `size` or `new_size`.

bool verifyInclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                     std::span<const Digest> proof, const Digest& root);
/// Every tree begins with the empty one: from size 0, only the old root and an empty proof are
/// looked at.
bool verifyConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                       const Digest& new_root, std::span<const Digest> proof);

}  // namespace daybook::audit
