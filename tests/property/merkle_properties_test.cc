#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/audit/merkle.h"

using daybook::audit::CompactRange;
using daybook::audit::consistencyProof;
using daybook::audit::Digest;
using daybook::audit::emptyRoot;
using daybook::audit::inclusionProof;
using daybook::audit::leafHash;
using daybook::audit::nodeHash;
using daybook::audit::Proof;
using daybook::audit::verifyConsistency;
using daybook::audit::verifyInclusion;

namespace {

constexpr std::uint64_t kLeavesMax = 300;

/// The RFC's definitions word by word, with D[from:to] as [from, to): the slow twin.
namespace textbook {

std::uint64_t largestPowerBelow(std::uint64_t n) {
  std::uint64_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

Digest root(const std::vector<Digest>& leaves, std::uint64_t from, std::uint64_t to) {
  if (from == to) return emptyRoot();
  if (to - from == 1) return leaves[from];
  const std::uint64_t k = largestPowerBelow(to - from);
  return nodeHash(root(leaves, from, from + k), root(leaves, from + k, to));
}

Proof path(std::uint64_t m, const std::vector<Digest>& leaves, std::uint64_t from,
           std::uint64_t to) {
  if (to - from == 1) return {};
  const std::uint64_t k = largestPowerBelow(to - from);
  Proof proof;
  if (m < k) {
    proof = path(m, leaves, from, from + k);
    proof.push_back(root(leaves, from + k, to));
  } else {
    proof = path(m - k, leaves, from + k, to);
    proof.push_back(root(leaves, from, from + k));
  }
  return proof;
}

enum class Known { no, yes };

Proof subproof(std::uint64_t m, const std::vector<Digest>& leaves, std::uint64_t from,
               std::uint64_t to, Known known) {
  if (m == to - from) return known == Known::yes ? Proof{} : Proof{root(leaves, from, to)};
  const std::uint64_t k = largestPowerBelow(to - from);
  Proof proof;
  if (m <= k) {
    proof = subproof(m, leaves, from, from + k, known);
    proof.push_back(root(leaves, from + k, to));
  } else {
    proof = subproof(m - k, leaves, from + k, to, Known::no);
    proof.push_back(root(leaves, from, from + k));
  }
  return proof;
}

}  // namespace textbook

/// Distinct leaves, so that no two places of a tree can be mistaken for each other.
std::vector<Digest> makeLeaves() {
  std::vector<Digest> leaves;
  for (std::uint64_t i = 0; i < kLeavesMax; ++i) {
    const std::string text = std::to_string(i);
    leaves.push_back(leafHash(std::as_bytes(std::span(text))));
  }
  return leaves;
}

const std::vector<Digest> kLeaves = makeLeaves();

/// Hands out leaf hashes and requires that they are asked for in ascending order.
class AscendingSource {
 public:
  Digest operator()(std::uint64_t index) {
    RC_ASSERT(index >= next_);
    next_ = index + 1;
    return kLeaves.at(index);
  }

 private:
  std::uint64_t next_ = 0;
};

std::uint64_t anyIn(std::uint64_t from, std::uint64_t to) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, to));
}

void flipOneBit(Digest& digest) {
  digest.bytes[anyIn(0, Digest::kBytes)] ^= static_cast<std::uint8_t>(1u << anyIn(0, 8));
}

/// The proof with one thing wrong.
Proof mutated(Proof proof) {
  const std::uint64_t kind = proof.empty() ? 0 : anyIn(0, 5);
  const auto at = static_cast<std::ptrdiff_t>(proof.empty() ? 0 : anyIn(0, proof.size()));
  switch (kind) {
    case 0:
      proof.insert(proof.begin() + at, kLeaves[anyIn(0, kLeavesMax)]);
      break;
    case 1:
      proof.erase(proof.begin() + at);
      break;
    case 2:
      proof.push_back(proof[static_cast<std::size_t>(at)]);
      break;
    case 3:
      std::rotate(proof.begin(), proof.begin() + at, proof.end());
      break;
    default:
      flipOneBit(proof[static_cast<std::size_t>(at)]);
  }
  return proof;
}

}  // namespace

TEST_CASE("the growing tree agrees with the textbook's") {
  CompactRange tree;
  for (std::uint64_t size = 0;; ++size) {
    INFO(size);
    REQUIRE(tree.size() == size);
    REQUIRE(tree.root() == textbook::root(kLeaves, 0, size));
    const std::optional<CompactRange> copy = CompactRange::fromPeaks(size, tree.peaks());
    REQUIRE(copy == tree);
    if (size == kLeavesMax) break;
    tree.append(kLeaves[size]);
  }
}

TEST_CASE("inclusion") {
  rc::prop("a proof is the textbook's and verifies", [] {
    const std::uint64_t size = anyIn(1, kLeavesMax + 1);
    const std::uint64_t index = anyIn(0, size);
    const Proof proof = inclusionProof(index, size, AscendingSource());
    RC_ASSERT(proof == textbook::path(index, kLeaves, 0, size));
    RC_ASSERT(
        verifyInclusion(kLeaves[index], index, size, proof, textbook::root(kLeaves, 0, size)));
  });
  rc::prop("a wrong proof, leaf, index or root is refused", [] {
    const std::uint64_t size = anyIn(1, kLeavesMax + 1);
    const std::uint64_t index = anyIn(0, size);
    const Digest root = textbook::root(kLeaves, 0, size);
    const Proof proof = textbook::path(index, kLeaves, 0, size);
    const Proof wrong_proof = mutated(proof);
    if (wrong_proof != proof) {
      RC_ASSERT_FALSE(verifyInclusion(kLeaves[index], index, size, wrong_proof, root));
    }
    Digest wrong_leaf = kLeaves[index];
    flipOneBit(wrong_leaf);
    RC_ASSERT_FALSE(verifyInclusion(wrong_leaf, index, size, proof, root));
    const std::uint64_t wrong_index = anyIn(0, kLeavesMax);
    if (wrong_index != index) {
      RC_ASSERT_FALSE(verifyInclusion(kLeaves[index], wrong_index, size, proof, root));
    }
    Digest wrong_root = root;
    flipOneBit(wrong_root);
    RC_ASSERT_FALSE(verifyInclusion(kLeaves[index], index, size, proof, wrong_root));
  });
}

TEST_CASE("consistency") {
  rc::prop("a proof is the textbook's and verifies", [] {
    const std::uint64_t new_size = anyIn(1, kLeavesMax + 1);
    const std::uint64_t old_size = anyIn(1, new_size + 1);
    const Proof proof = consistencyProof(old_size, new_size, AscendingSource());
    RC_ASSERT(proof == textbook::subproof(old_size, kLeaves, 0, new_size, textbook::Known::yes));
    RC_ASSERT(verifyConsistency(old_size, textbook::root(kLeaves, 0, old_size), new_size,
                                textbook::root(kLeaves, 0, new_size), proof));
  });
  rc::prop("a wrong proof, old size or root is refused", [] {
    const std::uint64_t new_size = anyIn(2, kLeavesMax + 1);
    const std::uint64_t old_size = anyIn(1, new_size);
    const Digest old_root = textbook::root(kLeaves, 0, old_size);
    const Digest new_root = textbook::root(kLeaves, 0, new_size);
    const Proof proof = consistencyProof(old_size, new_size, AscendingSource());
    const Proof wrong_proof = mutated(proof);
    if (wrong_proof != proof) {
      RC_ASSERT_FALSE(verifyConsistency(old_size, old_root, new_size, new_root, wrong_proof));
    }
    const std::uint64_t wrong_size = anyIn(0, kLeavesMax);
    if (wrong_size != old_size) {
      RC_ASSERT_FALSE(verifyConsistency(wrong_size, old_root, new_size, new_root, proof));
    }
    Digest wrong_root = old_root;
    flipOneBit(wrong_root);
    RC_ASSERT_FALSE(verifyConsistency(old_size, wrong_root, new_size, new_root, proof));
    wrong_root = new_root;
    flipOneBit(wrong_root);
    RC_ASSERT_FALSE(verifyConsistency(old_size, old_root, new_size, wrong_root, proof));
  });
  rc::prop("a log that changed or dropped one old leaf has no proof", [] {
    const std::uint64_t new_size = anyIn(2, kLeavesMax);
    const std::uint64_t old_size = anyIn(1, new_size);
    std::vector<Digest> forged = kLeaves;
    const std::uint64_t index = anyIn(0, old_size);
    if (*rc::gen::arbitrary<bool>()) {
      flipOneBit(forged[index]);
    } else {
      forged.erase(forged.begin() + static_cast<std::ptrdiff_t>(index));
    }
    const Proof proof =
        consistencyProof(old_size, new_size, [&forged](std::uint64_t i) { return forged.at(i); });
    RC_ASSERT_FALSE(verifyConsistency(old_size, textbook::root(kLeaves, 0, old_size), new_size,
                                      textbook::root(forged, 0, new_size), proof));
  });
}
