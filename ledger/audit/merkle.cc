#include "ledger/audit/merkle.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>
#include <numeric>

#include "ledger/base/check.h"

namespace daybook::audit {
namespace {

/// Where RFC 6962 splits a tree: the largest power of two below `size`. REQUIRES: size > 1.
std::uint64_t splitOf(std::uint64_t size) { return std::bit_floor(size - 1); }

/// The roots of `ranges`, in their order, with the leaves asked for in ascending order so that a
/// source can scan.
Proof rootsOf(const std::vector<LeafRange>& ranges, const LeafSource& leaf_at) {
  std::vector<std::size_t> order(ranges.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&ranges](std::size_t left, std::size_t right) {
    return ranges[left].from < ranges[right].from;
  });
  Proof proof(ranges.size());
  for (const std::size_t i : order) proof[i] = rangeRoot(ranges[i], leaf_at);
  return proof;
}

/// A walk from a node of the last leaf's tree to the root, told by two indexes at one height: the
/// node's, and the last node's.
struct Climb {
  std::uint64_t node;
  std::uint64_t last;

  bool atRoot() const { return last == 0; }
  /// Whether the sibling to come is the left one. The last node of an odd row has no sibling: it
  /// rises until it is a right child.
  bool siblingIsLeft() const { return (node & 1) != 0 || node == last; }
  void riseToRightChild() {
    while ((node & 1) == 0 && node != 0) rise();
  }
  void rise() {
    node >>= 1;
    last >>= 1;
  }
};

}  // namespace

std::optional<CompactRange> CompactRange::fromPeaks(std::uint64_t size,
                                                    std::span<const Digest> peaks) {
  if (peaks.size() != static_cast<std::size_t>(std::popcount(size))) return std::nullopt;
  CompactRange range;
  range.size_ = size;
  std::size_t next = 0;
  for (std::size_t height = 64; height-- > 0;) {
    if ((size >> height & 1) != 0) range.peak_[height] = peaks[next++];
  }
  return range;
}

void CompactRange::append(const Digest& leaf) {
  CHECK(size_ != std::numeric_limits<std::uint64_t>::max(), "leaf indexes fit 64 bits");
  Digest carry = leaf;
  std::size_t height = 0;
  for (; (size_ >> height & 1) != 0; ++height) {
    carry = nodeHash(peak_[height], carry);
    peak_[height] = Digest{};
  }
  peak_[height] = carry;
  ++size_;
}

Digest CompactRange::root() const {
  if (size_ == 0) return emptyRoot();
  std::size_t height = static_cast<std::size_t>(std::countr_zero(size_));
  Digest root = peak_[height];
  for (++height; height < 64; ++height) {
    if ((size_ >> height & 1) != 0) root = nodeHash(peak_[height], root);
  }
  return root;
}

std::vector<Digest> CompactRange::peaks() const {
  std::vector<Digest> peaks;
  peaks.reserve(static_cast<std::size_t>(std::popcount(size_)));
  for (std::size_t height = 64; height-- > 0;) {
    if ((size_ >> height & 1) != 0) peaks.push_back(peak_[height]);
  }
  return peaks;
}

Digest rangeRoot(LeafRange range, const LeafSource& leaf_at) {
  CompactRange tree;
  for (std::uint64_t index = range.from; index < range.to; ++index) tree.append(leaf_at(index));
  return tree.root();
}

std::vector<LeafRange> inclusionRanges(std::uint64_t index, std::uint64_t size) {
  CHECK(index < size, "the leaf is in the tree");
  std::vector<LeafRange> ranges;
  // From the root down to the leaf, keeping the half that the leaf is not in.
  LeafRange tree{0, size};
  while (tree.to - tree.from > 1) {
    const std::uint64_t middle = tree.from + splitOf(tree.to - tree.from);
    if (index < middle) {
      ranges.push_back({middle, tree.to});
      tree.to = middle;
    } else {
      ranges.push_back({tree.from, middle});
      tree.from = middle;
    }
  }
  std::reverse(ranges.begin(), ranges.end());
  return ranges;
}

std::vector<LeafRange> consistencyRanges(std::uint64_t old_size, std::uint64_t new_size) {
  CHECK(old_size <= new_size, "a log only grows");
  std::vector<LeafRange> ranges;
  if (old_size == 0) return ranges;
  // From the root down to the subtree that ends where the old tree ends.
  LeafRange tree{0, new_size};
  while (tree.to != old_size) {
    const std::uint64_t middle = tree.from + splitOf(tree.to - tree.from);
    if (old_size <= middle) {
      ranges.push_back({middle, tree.to});
      tree.to = middle;
    } else {
      ranges.push_back({tree.from, middle});
      tree.from = middle;
    }
  }
  // That subtree itself, unless it is the whole old tree, whose root the verifier has.
  if (tree.from != 0) ranges.push_back(tree);
  std::reverse(ranges.begin(), ranges.end());
  return ranges;
}

Proof inclusionProof(std::uint64_t index, std::uint64_t size, const LeafSource& leaf_at) {
  return rootsOf(inclusionRanges(index, size), leaf_at);
}

Proof consistencyProof(std::uint64_t old_size, std::uint64_t new_size, const LeafSource& leaf_at) {
  return rootsOf(consistencyRanges(old_size, new_size), leaf_at);
}

// The two verifications are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2.

bool verifyInclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                     std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return false;
  Climb climb{index, size - 1};
  Digest digest = leaf;
  for (const Digest& sibling : proof) {
    if (climb.atRoot()) return false;
    if (climb.siblingIsLeft()) {
      digest = nodeHash(sibling, digest);
      climb.riseToRightChild();
    } else {
      digest = nodeHash(digest, sibling);
    }
    climb.rise();
  }
  return climb.atRoot() && digest == root;
}

bool verifyConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                       const Digest& new_root, std::span<const Digest> proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (old_size == 0) return proof.empty() && old_root == emptyRoot();
  // The node where the old tree ends: whole when the old size is a power of two, else the proof's
  // first digest.
  Climb climb{old_size - 1, new_size - 1};
  while ((climb.node & 1) != 0) climb.rise();
  const bool starts_at_old_root = std::has_single_bit(old_size);
  if (!starts_at_old_root && proof.empty()) return false;
  Digest old_digest = starts_at_old_root ? old_root : proof.front();
  Digest new_digest = old_digest;
  for (const Digest& sibling : proof.subspan(starts_at_old_root ? 0 : 1)) {
    if (climb.atRoot()) return false;
    if (climb.siblingIsLeft()) {
      old_digest = nodeHash(sibling, old_digest);
      new_digest = nodeHash(sibling, new_digest);
      climb.riseToRightChild();
    } else {
      new_digest = nodeHash(new_digest, sibling);
    }
    climb.rise();
  }
  return climb.atRoot() && old_digest == old_root && new_digest == new_root;
}

}  // namespace daybook::audit
