#include "ledger/store/key_index.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "ledger/store/sip_hash.h"
#include "tests/support/stored_log.h"

namespace daybook::store {
namespace {

using testing::Noise;

std::vector<Position> candidatesOf(const KeyIndex& index, std::uint64_t fingerprint) {
  std::vector<Position> positions;
  index.candidates(fingerprint, [&](Position position) { positions.push_back(position); });
  std::sort(positions.begin(), positions.end());
  return positions;
}

/// The reference vectors of SipHash-2-4: key 00 01 .. 0f, of the messages "", 00, 00 01, ...
constexpr std::array<std::uint64_t, 64> kVectors = {
    0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
    0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
    0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
    0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
    0x3f2acc7f57c29bdb, 0x699ae9f52cbe4794, 0x4bc1b3f0968dd39c, 0xbb6dc91da77961bd,
    0xbed65cf21aa2ee98, 0xd0f2cbb02e3b67c7, 0x93536795e3a33e88, 0xa80c038ccd5ccec8,
    0xb8ad50c6f649af94, 0xbce192de8a85b8ea, 0x17d835b85bbb15f3, 0x2f2e6163076bcfad,
    0xde4daaaca71dc9a5, 0xa6a2506687956571, 0xad87a3535c49ef28, 0x32d892fad841c342,
    0x7127512f72f27cce, 0xa7f32346f95978e3, 0x12e0b01abb051238, 0x15e034d40fa197ae,
    0x314dffbe0815a3b4, 0x027990f029623981, 0xcadcd4e59ef40c4d, 0x9abfd8766a33735c,
    0x0e3ea96b5304a7d0, 0xad0c42d6fc585992, 0x187306c89bc215a9, 0xd4a60abcf3792b95,
    0xf935451de4f21df2, 0xa9538f0419755787, 0xdb9acddff56ca510, 0xd06c98cd5c0975eb,
    0xe612a3cb9ecba951, 0xc766e62cfcadaf96, 0xee64435a9752fe72, 0xa192d576b245165a,
    0x0a8787bf8ecb74b2, 0x81b3e73d20b49b6f, 0x7fa8220ba3b2ecea, 0x245731c13ca42499,
    0xb78dbfaf3a8d83bd, 0xea1ad565322a1a0b, 0x60e61c23a3795013, 0x6606d7e446282b93,
    0x6ca4ecb15c5f91e1, 0x9f626da15c9625f3, 0xe51b38608ef25f57, 0x958a324ceb064572,
};
constexpr KeySeed kVectorSeed = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

TEST_CASE("SipHash-2-4 gives its reference vectors") {
  std::array<std::byte, 64> message{};
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::byte>(i);
  for (std::size_t length = 0; length < message.size(); ++length) {
    CHECK(sipHash(kVectorSeed, BytesView(message).first(length)) == kVectors[length]);
  }
}

TEST_CASE("a prefix is hashed as if it were the message's first 8 bytes") {
  std::array<std::byte, 64> message{};
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::byte>(i);
  for (std::size_t length = 8; length < message.size(); ++length) {
    CHECK(sipHash(kVectorSeed, 0x0706050403020100, BytesView(message).subspan(8, length - 8)) ==
          kVectors[length]);
  }
}

TEST_CASE("a fingerprint depends on seed, customer and key") {
  const KeySeed seed{1, 2};
  const std::uint64_t base = KeyIndex::fingerprint(seed, CustomerNumber(7), "order-1");
  CHECK(base == KeyIndex::fingerprint(seed, CustomerNumber(7), "order-1"));
  CHECK(base != KeyIndex::fingerprint({2, 2}, CustomerNumber(7), "order-1"));
  CHECK(base != KeyIndex::fingerprint({1, 3}, CustomerNumber(7), "order-1"));
  CHECK(base != KeyIndex::fingerprint(seed, CustomerNumber(8), "order-1"));
  CHECK(base != KeyIndex::fingerprint(seed, CustomerNumber(7), "order-2"));
  CHECK(base != KeyIndex::fingerprint(seed, CustomerNumber(7), ""));
}

TEST_CASE("an empty index has no candidates") {
  const KeyIndex index;
  CHECK(candidatesOf(index, 0).empty());
  CHECK(candidatesOf(index, UINT64_MAX).empty());
  index.prefetch(12345);
  CHECK(index.size() == 0);
}

TEST_CASE("equal fingerprints are all candidates, also equal pairs") {
  KeyIndex index;
  for (const std::uint64_t position : {9u, 4u, 4u, 1u}) index.insert(42, Position(position));
  CHECK(candidatesOf(index, 42) == std::vector{Position(1), Position(4), Position(4), Position(9)});
  CHECK(index.size() == 4);
}

TEST_CASE("the largest position and the extreme fingerprints fit") {
  KeyIndex index;
  const Position largest(KeyIndex::kPositionMax);
  for (const std::uint64_t fingerprint : {std::uint64_t{0}, UINT64_MAX}) {
    index.insert(fingerprint, largest);
    index.insert(fingerprint, Position(1));
    CHECK(candidatesOf(index, fingerprint) == std::vector{Position(1), largest});
  }
}

TEST_CASE("many keys of one segment are all found, wherever their runs wrap around") {
  // All in the last segment with the largest tags: every home is the last slot.
  KeyIndex index;
  constexpr std::uint64_t kCount = 3'000;
  for (std::uint64_t i = 1; i <= kCount; ++i) index.insert(UINT64_MAX - i % 3, Position(i));
  CHECK(candidatesOf(index, UINT64_MAX).size() == kCount);
}

TEST_CASE("no key costs more than 16 bytes once there are many, and foreign keys are rare") {
  KeyIndex index;
  Noise noise(3);
  std::uint64_t inserted = 0;
  for (const std::uint64_t target : {200'000u, 400'000u, 600'000u, 900'000u, 1'000'000u}) {
    while (inserted < target) index.insert(noise.next(), Position(++inserted));
    CHECK(index.bytes() <= 16 * index.size() + (200u << 10));
    CHECK(index.bytes() >= 8 * index.size());
  }
  std::size_t foreign = 0;
  for (int i = 0; i < 100'000; ++i) foreign += candidatesOf(index, noise.next()).size();
  // 10^6 keys x 10^5 questions / 2^36 is 1.5 on average.
  CHECK(foreign < 15);
}

}  // namespace
}  // namespace daybook::store
