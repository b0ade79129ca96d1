#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <unordered_map>
#include <vector>

#include "ledger/store/key_index.h"
#include "ledger/store/lmdb_store.h"
#include "ledger/store/memory_store.h"
#include "tests/support/stored_log.h"

namespace daybook::store {
namespace {

using testing::Noise;
using testing::noiseBatch;
using testing::recordedAt;
using testing::recordedOf;
using testing::sameLog;
using testing::TemporaryDirectory;
using testing::wholeLog;

/// Lengths in words of one commit's events: many small ones, sometimes a large one.
rc::Gen<std::vector<std::size_t>> commitShape() {
  return rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(
      rc::gen::weightedOneOf<std::size_t>({{20, rc::gen::inRange<std::size_t>(1, 60)},
                                           {1, rc::gen::inRange<std::size_t>(1, 8'192)}})));
}

struct Twins {
  TemporaryDirectory directory;
  std::unique_ptr<LmdbStore> durable = LmdbStore::create(directory / "data", {});
  MemoryStore memory;

  void append(const std::vector<std::size_t>& shape) {
    const Batch batch = noiseBatch(memory.tip().position.next(), shape);
    durable->append(batch);
    memory.append(batch);
  }
  void reopen() {
    durable.reset();
    durable = LmdbStore::openWritable(directory / "data", {});
  }
};

TEST_CASE("the durable store and the one in memory answer alike, across restarts") {
  CHECK(rc::check([] {
    Twins twins;
    // Each commit waits for the disk: not more of them than it takes to restart in between.
    const auto shapes = *rc::gen::resize(
        25, rc::gen::container<std::vector<std::vector<std::size_t>>>(commitShape()));
    for (const std::vector<std::size_t>& shape : shapes) {
      twins.append(shape);
      if (*rc::gen::weightedElement<int>({{9, 0}, {1, 1}}) == 1) twins.reopen();
    }
    RC_ASSERT(twins.durable->tip() == twins.memory.tip());
    RC_ASSERT(sameLog(wholeLog(*twins.durable), wholeLog(twins.memory)));
    twins.durable->checkStructure();
    const std::uint64_t newest = twins.memory.tip().position.value;
    for (int probe = 0; probe < 20; ++probe) {
      const Position position(*rc::gen::inRange<std::uint64_t>(1, newest + 3));
      RC_ASSERT(twins.durable->read(position) == twins.memory.read(position));
      const Instant at{*rc::gen::inRange<std::int64_t>(-1, recordedAt(position).ns + 2)};
      RC_ASSERT(twins.durable->positionAt(at, recordedOf) ==
                twins.memory.positionAt(at, recordedOf));
      RC_ASSERT(sameLog(wholeLog(*twins.durable, position), wholeLog(twins.memory, position)));
    }
  }));
}

TEST_CASE("the key index answers like a multimap of whole fingerprints") {
  CHECK(rc::check([] {
    KeyIndex index;
    std::unordered_multimap<std::uint64_t, std::uint64_t> twin;
    // Few segments and few tags, so that runs are long and meet.
    const auto fingerprint =
        rc::gen::map(rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 3),
                                    rc::gen::inRange<std::uint64_t>(0, 400),
                                    rc::gen::element<std::uint64_t>(0, 0x7ffff0, 0xfffe00)),
                     [](const std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>& parts) {
                       const auto [segment, low, base] = parts;
                       return segment << 52 | (base + low & 0xffffff) << 28;
                     });
    const std::size_t count = *rc::gen::inRange<std::size_t>(0, 3'000);
    Noise noise(*rc::gen::arbitrary<std::uint64_t>());
    std::vector<std::uint64_t> asked =
        *rc::gen::container<std::vector<std::uint64_t>>(20, fingerprint);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t key = i % 3 == 0 && !asked.empty()
                                    ? asked[noise.below(asked.size())]
                                    : noise.below(2) << 52 | noise.below(0x1000000) << 28;
      const std::uint64_t position = 1 + noise.below(KeyIndex::kPositionMax);
      index.insert(key, Position(position));
      twin.emplace(key, position);
      asked.push_back(key);
    }
    RC_ASSERT(index.size() == twin.size());
    for (const std::uint64_t key : asked) {
      std::vector<std::uint64_t> expected;
      for (auto [it, end] = twin.equal_range(key); it != end; ++it) expected.push_back(it->second);
      std::vector<std::uint64_t> found;
      index.candidates(key, [&](Position position) { found.push_back(position.value); });
      std::sort(expected.begin(), expected.end());
      std::sort(found.begin(), found.end());
      RC_ASSERT(found == expected);
    }
  }));
}

}  // namespace
}  // namespace daybook::store
