#include "ledger/audit/merkle.h"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/audit/checkpoint.h"
#include "ledger/audit/leaf.h"

using daybook::audit::Checkpoint;
using daybook::audit::CheckpointError;
using daybook::audit::CompactRange;
using daybook::audit::consistencyProof;
using daybook::audit::consistencyRanges;
using daybook::audit::Digest;
using daybook::audit::emptyRoot;
using daybook::audit::formatCheckpoint;
using daybook::audit::inclusionProof;
using daybook::audit::inclusionRanges;
using daybook::audit::leafHash;
using daybook::audit::LeafRange;
using daybook::audit::nodeHash;
using daybook::audit::parseCheckpoint;
using daybook::audit::Proof;
using daybook::audit::sha256;
using daybook::audit::Sha256;
using daybook::audit::verifyConsistency;
using daybook::audit::verifyInclusion;

namespace {

std::vector<std::byte> bytesOf(std::string_view text) {
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

/// The eight leaves that every implementation of RFC 6962 is checked with.
const std::vector<std::string> kLeaves = {
    "",
    std::string(1, '\0'),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};

Digest leafAt(std::uint64_t index) { return leafHash(bytesOf(kLeaves[index])); }

CompactRange treeOf(std::uint64_t size) {
  CompactRange tree;
  for (std::uint64_t i = 0; i < size; ++i) tree.append(leafAt(i));
  return tree;
}

std::vector<std::string> hexOf(const Proof& proof) {
  std::vector<std::string> texts;
  for (const Digest& digest : proof) texts.push_back(digest.hex());
  return texts;
}

constexpr std::string_view kEmptyRootBase64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

std::string checkpointError(std::string_view text) {
  const auto parsed = parseCheckpoint(text);
  const CheckpointError* const error = std::get_if<CheckpointError>(&parsed);
  return error == nullptr ? "accepted" : std::string(describe(*error));
}

}  // namespace

TEST_CASE("SHA-256 gives the standard's values, whole or in pieces") {
  const std::string_view text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  const std::string expected = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
  CHECK(sha256(bytesOf(text)).hex() == expected);
  Sha256 hasher;
  for (const char c : text) hasher.update(bytesOf({&c, 1}));
  CHECK(hasher.finish().hex() == expected);
  CHECK(emptyRoot().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("leaves and nodes are told apart by their first byte") {
  const Digest left = leafAt(0);
  const Digest right = leafAt(1);
  std::vector<std::byte> joined{std::byte{1}};
  for (const Digest& digest : {left, right}) {
    for (const std::uint8_t byte : digest.bytes) joined.push_back(std::byte{byte});
  }
  CHECK(nodeHash(left, right) == sha256(joined));
  joined.erase(joined.begin());
  CHECK(leafHash(joined) != nodeHash(left, right));
  CHECK(nodeHash(left, right) != nodeHash(right, left));
}

TEST_CASE("the roots of the reference leaves are the published ones") {
  const std::vector<std::string> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  for (std::uint64_t size = 0; size <= 8; ++size) {
    INFO(size);
    CHECK(treeOf(size).root().hex() == roots[size]);
  }
}

TEST_CASE("the proofs of the reference leaves are the published ones") {
  CHECK(
      hexOf(inclusionProof(0, 8, leafAt)) ==
      std::vector<std::string>{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                               "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                               "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"});
  CHECK(
      hexOf(inclusionProof(5, 8, leafAt)) ==
      std::vector<std::string>{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                               "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"});
  CHECK(
      hexOf(consistencyProof(6, 8, leafAt)) ==
      std::vector<std::string>{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                               "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"});
  CHECK(consistencyProof(1, 1, leafAt).empty());
}

TEST_CASE("the subtrees of a proof are RFC 6962's example") {
  // Section 2.1.3: seven leaves d0..d6, with b = d1, h = d3, k = d0d1 d2d3 and so on.
  using Ranges = std::vector<LeafRange>;
  CHECK(inclusionRanges(0, 7) == Ranges{{1, 2}, {2, 4}, {4, 7}});
  CHECK(inclusionRanges(3, 7) == Ranges{{2, 3}, {0, 2}, {4, 7}});
  CHECK(inclusionRanges(4, 7) == Ranges{{5, 6}, {6, 7}, {0, 4}});
  CHECK(inclusionRanges(6, 7) == Ranges{{4, 6}, {0, 4}});
  CHECK(consistencyRanges(3, 7) == Ranges{{2, 3}, {3, 4}, {0, 2}, {4, 7}});
  CHECK(consistencyRanges(4, 7) == Ranges{{4, 7}});
  CHECK(consistencyRanges(6, 7) == Ranges{{4, 6}, {6, 7}, {0, 4}});
  CHECK(consistencyRanges(7, 7).empty());
  CHECK(consistencyRanges(0, 7).empty());
}

TEST_CASE("impossible sizes and indexes are refused, not asserted") {
  const Digest root = treeOf(8).root();
  const Proof proof = inclusionProof(5, 8, leafAt);
  CHECK(verifyInclusion(leafAt(5), 5, 8, proof, root));
  CHECK_FALSE(verifyInclusion(leafAt(5), 8, 8, proof, root));
  CHECK_FALSE(verifyInclusion(leafAt(5), 5, 0, proof, root));
  CHECK_FALSE(verifyInclusion(leafAt(5), 0, 0, {}, root));
  CHECK_FALSE(verifyInclusion(leafAt(5), UINT64_MAX, UINT64_MAX, proof, root));
  CHECK(verifyInclusion(leafAt(0), 0, 1, {}, leafAt(0)));
  CHECK_FALSE(verifyConsistency(8, root, 7, treeOf(7).root(), {}));
  CHECK_FALSE(verifyConsistency(3, treeOf(3).root(), 8, root, {}));
  CHECK_FALSE(verifyConsistency(8, root, 8, root, proof));
  CHECK_FALSE(verifyConsistency(8, root, 8, treeOf(7).root(), {}));
  CHECK_FALSE(verifyConsistency(UINT64_MAX - 1, root, UINT64_MAX, root, proof));
}

TEST_CASE("an inclusion proof of another length than the tree's height is refused") {
  const Digest left = treeOf(2).root();
  const Digest right = nodeHash(leafAt(2), leafAt(3));
  // An inner node passed off as a leaf.
  CHECK_FALSE(verifyInclusion(left, 0, 4, {{right}}, treeOf(4).root()));
  CHECK_FALSE(verifyInclusion(treeOf(4).root(), 0, 4, {}, treeOf(4).root()));
  // A tree of two passed off as a tree of one.
  CHECK_FALSE(verifyInclusion(leafAt(1), 0, 1, {{leafAt(0)}}, left));
}

TEST_CASE("a consistency proof that stops short of the root or goes past it is refused") {
  const Digest root3 = treeOf(3).root();
  const Digest root4 = treeOf(4).root();
  const Proof proof = consistencyProof(3, 4, leafAt);
  CHECK(verifyConsistency(3, root3, 4, root4, proof));
  CHECK_FALSE(verifyConsistency(3, root3, 7, root4, proof));
  Proof longer = proof;
  longer.push_back(leafAt(7));
  CHECK_FALSE(
      verifyConsistency(3, nodeHash(leafAt(7), root3), 4, nodeHash(leafAt(7), root4), longer));
}

TEST_CASE("every tree begins with the empty tree") {
  CHECK(verifyConsistency(0, emptyRoot(), 8, treeOf(8).root(), {}));
  CHECK(verifyConsistency(0, emptyRoot(), 0, emptyRoot(), {}));
  CHECK_FALSE(verifyConsistency(0, treeOf(1).root(), 8, treeOf(8).root(), {}));
  CHECK_FALSE(verifyConsistency(0, emptyRoot(), 8, treeOf(8).root(), {{Digest{}}}));
}

TEST_CASE("a tree continues from its peaks as if it had never stopped") {
  for (std::uint64_t size = 0; size <= 8; ++size) {
    const CompactRange tree = treeOf(size);
    std::optional<CompactRange> resumed = CompactRange::fromPeaks(size, tree.peaks());
    REQUIRE(resumed.has_value());
    CHECK(*resumed == tree);
    for (std::uint64_t i = size; i < 8; ++i) resumed->append(leafAt(i));
    CHECK(*resumed == treeOf(8));
  }
  CHECK_FALSE(CompactRange::fromPeaks(3, treeOf(4).peaks()).has_value());
  CHECK_FALSE(CompactRange::fromPeaks(0, treeOf(1).peaks()).has_value());
  CHECK(CompactRange::fromPeaks(UINT64_MAX, std::vector<Digest>(64)).has_value());
}

TEST_CASE("digests read back from the one spelling of their bytes") {
  const Digest digest = leafAt(3);
  CHECK(Digest::fromHex(digest.hex()) == digest);
  CHECK(Digest::fromBase64(digest.base64()) == digest);
  CHECK(emptyRoot().base64() == kEmptyRootBase64);
  std::string upper = digest.hex();
  upper[upper.find_first_of("abcdef")] = 'A';
  for (const std::string& text :
       {upper, std::string(), digest.hex() + "0", digest.hex().substr(1),
        digest.hex().substr(1) + "g", digest.hex().substr(1) + std::string(1, '\0')}) {
    CHECK_FALSE(Digest::fromHex(text).has_value());
  }
  std::string other_padding(kEmptyRootBase64);
  other_padding[42] = 'V';  // the same 32 bytes, were the unused bits ignored
  std::string url_alphabet(kEmptyRootBase64);
  url_alphabet[url_alphabet.find('+')] = '-';
  for (const std::string& text :
       {other_padding, url_alphabet, std::string(), std::string(44, '='), std::string(44, 'A'),
        std::string(kEmptyRootBase64.substr(0, 43)), std::string(kEmptyRootBase64) + "\n"}) {
    CHECK_FALSE(Digest::fromBase64(text).has_value());
  }
}

TEST_CASE("a checkpoint is three lines and reads back") {
  const Checkpoint checkpoint{"example.com/ledger", 20'852'163, treeOf(8).root()};
  const std::string text = formatCheckpoint(checkpoint);
  CHECK(text == "example.com/ledger\n20852163\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n");
  CHECK(std::get<Checkpoint>(parseCheckpoint(text)) == checkpoint);
  const Checkpoint extreme{"log", UINT64_MAX, Digest{}};
  CHECK(std::get<Checkpoint>(parseCheckpoint(formatCheckpoint(extreme))) == extreme);
  const Checkpoint empty{"log", 0, emptyRoot()};
  CHECK(std::get<Checkpoint>(parseCheckpoint(formatCheckpoint(empty))) == empty);
}

TEST_CASE("a text that is no checkpoint is named for what is wrong with it") {
  const std::string root(kEmptyRootBase64);
  CHECK(checkpointError("log\n0\n" + root + "\n") == "accepted");
  const std::string_view lines = describe(CheckpointError::wrongLineCount);
  for (const std::string& text :
       {std::string(), std::string("log"), "log\n0\n" + root, "log\n0\n" + root + "\nextension\n",
        "log\n0\n" + root + "\n\n", std::string("log\n0\n")}) {
    INFO(text);
    CHECK(checkpointError(text) == lines);
  }
  const std::string_view origin = describe(CheckpointError::badOrigin);
  for (const std::string& name :
       {std::string(), std::string("a\tb"), std::string("log\r"), std::string("a\0b", 3)}) {
    CHECK(checkpointError(name + "\n0\n" + root + "\n") == origin);
  }
  const std::string_view size = describe(CheckpointError::badSize);
  for (const char* number :
       {"", "-1", "+1", "01", "00", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "1\r"}) {
    INFO(number);
    CHECK(checkpointError("log\n" + std::string(number) + "\n" + root + "\n") == size);
  }
  const std::string_view bad_root = describe(CheckpointError::badRoot);
  CHECK(checkpointError("log\n0\n" + root + " \n") == bad_root);
  CHECK(checkpointError("log\n0\n\n") == bad_root);
}
