#include "ledger/store/commit_block.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "ledger/base/limits.h"
#include "tests/support/stored_log.h"

namespace daybook::store {
namespace {

using testing::noiseBatch;
using testing::sameBatch;

Bytes blockOf(const Batch& batch) {
  Bytes block(blockBytes(batch), std::byte{0xEE});
  writeBlock(batch, block);
  return block;
}

Batch readBack(Position key, BytesView bytes) {
  const CommitBlock block(key, bytes);
  block.checkAll();
  StoredCommit commit;
  block.copyTo(commit);
  Batch batch{commit.first, {}, commit.leaves, commit.tip};
  for (const BytesView event : commit.events) batch.events.push_back(event);
  return batch;
}

/// 16 bytes a line, in hex; runs of lines that repeat are one "*".
std::string hexDump(BytesView bytes) {
  std::ostringstream text;
  std::string previous;
  bool starred = false;
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    std::string line;
    for (std::size_t i = at; i < std::min(at + 16, bytes.size()); ++i) {
      char hex[8];
      std::snprintf(hex, sizeof(hex), " %02x", std::to_integer<unsigned>(bytes[i]));
      line += hex;
    }
    if (line == previous) {
      if (!starred) text << "*\n";
      starred = true;
      continue;
    }
    starred = false;
    previous = line;
    char offset[32];
    std::snprintf(offset, sizeof(offset), "%06zx", at);
    text << offset << line << "\n";
  }
  return text.str();
}

TEST_CASE("a block reads back as the batch that it was written from") {
  const std::vector<std::vector<std::size_t>> shapes = {
      {1},
      {1, 1},
      {3, 1, 2},
      {limits::kEventBytesMax / 8},
      std::vector<std::size_t>(1'000, 25),
      std::vector<std::size_t>(limits::kCommitEventsMax, 1),
  };
  for (const auto& shape : shapes) {
    const Batch batch = noiseBatch(Position(77), shape);
    CHECK(sameBatch(readBack(batch.first, blockOf(batch)), batch));
  }
}

TEST_CASE("every length of a block is a multiple of 8, and long ones fill whole pages") {
  for (std::size_t words = 1; words < 2'000; ++words) {
    const std::size_t bytes = blockBytes(noiseBatch(Position(1), {words}));
    const std::size_t content = 64 + 32 + 8 + 8 * words;
    CHECK(bytes % 8 == 0);
    if (content <= kInlineBlockBytesMax) {
      CHECK(bytes == content);
    } else {
      CHECK((bytes + 16) % 4'096 == 0);
      CHECK(bytes - content < 4'096);
    }
  }
}

TEST_CASE("the bytes of a block are those of its golden file") {
  std::string text;
  for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{2, 1}, {9, 250, 1}}) {
    text += hexDump(blockOf(noiseBatch(Position(0x0102030405), shape))) + "\n";
  }
  std::ifstream file("golden/commit_block.txt");
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  CHECK(text == golden);
}

TEST_CASE("no byte of a block can change unseen") {
  const Batch batch = noiseBatch(Position(1'000), {1, 7, 2, 260});
  Bytes block = blockOf(batch);
  REQUIRE(block.size() > kInlineBlockBytesMax);
  for (std::size_t at = 0; at < block.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      block[at] ^= std::byte{1} << bit;
      bool seen = false;
      try {
        seen = !sameBatch(readBack(batch.first, block), batch);
      } catch (const DamageError& error) {
        seen = error.position() == batch.first;
      }
      if (!seen) FAIL("byte " << at << " bit " << bit);
      block[at] ^= std::byte{1} << bit;
    }
  }
}

TEST_CASE("a block that is cut off, or stands under another key, is damaged") {
  const Batch batch = noiseBatch(Position(5), {1, 7, 2});
  const Bytes block = blockOf(batch);
  for (std::size_t length = 0; length < block.size(); ++length) {
    CHECK_THROWS_AS(CommitBlock(batch.first, BytesView(block).first(length)), DamageError);
  }
  CHECK_THROWS_AS(CommitBlock(Position(6), block), DamageError);
}

TEST_CASE("one event can be read from a block whose other ends are damaged, within its bounds") {
  const Batch batch = noiseBatch(Position(5), {4, 4, 4, 4});
  Bytes block = blockOf(batch);
  const std::size_t second_end = 64 + 4 * 32 + 4;
  block[second_end + 2] = std::byte{0xFF};
  const CommitBlock damaged(batch.first, block);
  CHECK_THROWS_AS(damaged.checkAll(), DamageError);
  CHECK_THROWS_AS(damaged.event(1), DamageError);
  CHECK_THROWS_AS(damaged.event(2), DamageError);
  const BytesView untouched = damaged.event(3);
  CHECK(std::ranges::equal(untouched, batch.events[3]));
}

}  // namespace
}  // namespace daybook::store
