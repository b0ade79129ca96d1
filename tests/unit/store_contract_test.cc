// What store.h promises, for every implementation of it.
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

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

constexpr KeySeed kSeed{11, 22};

struct Durable {
  TemporaryDirectory directory;
  std::unique_ptr<Store> store = LmdbStore::create(directory / "data", {kSeed, 0});
};

struct InMemory {
  std::unique_ptr<Store> store = std::make_unique<MemoryStore>(kSeed);
};

/// Commits of one small event, of many, of large ones, in turn.
std::vector<Batch> fill(Store& store, std::size_t commits, std::uint64_t seed = 1) {
  std::vector<Batch> log;
  Noise noise(seed);
  for (std::size_t i = 0; i < commits; ++i) {
    std::vector<std::size_t> words(1 + (i % 3 == 1 ? noise.below(300) : 0));
    for (std::size_t& count : words) count = 1 + noise.below(i % 7 == 6 ? 8'000 : 40);
    log.push_back(noiseBatch(store.tip().position.next(), words, seed));
    store.append(log.back());
  }
  return log;
}

Bytes record(std::uint64_t seed, std::size_t words) {
  const Batch batch = noiseBatch(Position(seed), {words});
  return Bytes(batch.events[0].begin(), batch.events[0].end());
}

std::vector<Bytes> recordsOf(const Store& store, Position position) {
  std::vector<Bytes> records;
  store.readSnapshot(position,
                     [&](BytesView view) { records.emplace_back(view.begin(), view.end()); });
  return records;
}

std::vector<KeyEntry> keysOf(const Store& store) {
  std::vector<KeyEntry> keys;
  store.readKeyRuns([&](const KeyEntry& key) { keys.push_back(key); });
  return keys;
}

std::vector<KeyEntry> someKeys(Position from, std::size_t count) {
  std::vector<KeyEntry> keys;
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back({from.value * 31 + i, Position(from.value + i)});
  }
  return keys;
}

Tip tipAt(std::uint64_t position) { return {Position(position), Hash{1, 2}, Instant{5}}; }

#define STORES Durable, InMemory

TEMPLATE_TEST_CASE("an empty log has no tip and no events", "", STORES) {
  TestType fixture;
  const Store& store = *fixture.store;
  CHECK(store.tip() == Tip{});
  CHECK(!store.read(Position(1)));
  CHECK(wholeLog(store).empty());
  CHECK(wholeLog(store, Position(5)).empty());
  CHECK(store.positionAt(Instant::never(), recordedOf).isNone());
  CHECK(store.snapshots().empty());
  CHECK(store.keyRunsThrough().isNone());
  CHECK(store.keySeed() == kSeed);
  CHECK(store.freeBytes() > 0);
  store.checkStructure();
}

TEMPLATE_TEST_CASE("what was appended is read back, by position and by scan", "", STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  const std::vector<Batch> log = fill(store, 60);
  CHECK(store.tip() == log.back().tip);
  CHECK(sameLog(wholeLog(store), log));
  for (const Batch& batch : log) {
    for (std::size_t index = 0; index < batch.events.size(); ++index) {
      const std::optional<Bytes> event = store.read(Position(batch.first.value + index));
      if (!event || !std::ranges::equal(*event, batch.events[index]))
        FAIL("event " << batch.first.value + index);
    }
  }
  CHECK(!store.read(store.tip().position.next()));
  CHECK(!store.read(Position(UINT64_MAX)));
  store.checkStructure();
}

TEMPLATE_TEST_CASE("a scan begins with the commit that holds its first position", "", STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  const std::vector<Batch> log = fill(store, 30);
  for (std::size_t from = 0; from < log.size(); ++from) {
    const std::vector<Batch> rest(log.begin() + static_cast<std::ptrdiff_t>(from), log.end());
    CHECK(sameLog(wholeLog(store, log[from].first), rest));
    CHECK(sameLog(wholeLog(store, log[from].tip.position), rest));
  }
  CHECK(wholeLog(store, store.tip().position.next()).empty());
}

TEMPLATE_TEST_CASE("a scan ends where its visitor stops it", "", STORES) {
  TestType fixture;
  fill(*fixture.store, 10);
  int visited = 0;
  fixture.store->scan(Position(), [&](const StoredCommit&) {
    return ++visited == 4 ? ScanStep::stop : ScanStep::proceed;
  });
  CHECK(visited == 4);
}

TEMPLATE_TEST_CASE("a scan sees commits that are appended while it runs", "", STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  fill(store, 2);
  std::size_t visited = 0;
  store.scan(Position(), [&](const StoredCommit&) {
    if (++visited <= 5) fill(store, 1);
    return ScanStep::proceed;
  });
  CHECK(visited == 7);
}

TEMPLATE_TEST_CASE("scanned events are aligned for reading in place", "", STORES) {
  TestType fixture;
  fill(*fixture.store, 20);
  fixture.store->scan(Position(), [&](const StoredCommit& commit) {
    for (const BytesView event : commit.events) {
      REQUIRE(reinterpret_cast<std::uintptr_t>(event.data()) % 8 == 0);
    }
    return ScanStep::proceed;
  });
}

TEMPLATE_TEST_CASE("the position of a time is the newest one recorded by then", "", STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  fill(store, 40);
  const Position newest = store.tip().position;
  CHECK(store.positionAt(Instant{-1}, recordedOf).isNone());
  CHECK(store.positionAt(Instant::never(), recordedOf) == newest);
  for (std::uint64_t value = 1; value <= newest.value; ++value) {
    const Instant at = recordedAt(Position(value));
    // Positions 2n and 2n + 1 share a time.
    const Position expected(std::min(value | 1, newest.value));
    if (store.positionAt(at, recordedOf) != expected) FAIL("at position " << value);
    const Position before(value / 2 * 2 - (value > 1 ? 1 : 0));
    if (store.positionAt(Instant{at.ns - 1}, recordedOf) != before) FAIL("before " << value);
  }
}

TEMPLATE_TEST_CASE("readers in other threads see whole commits beside appends", "", STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  fill(store, 1);
  std::atomic<bool> done{false};
  std::atomic<int> broken{0};
  std::vector<std::thread> readers;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    readers.emplace_back([&, seed] {
      Noise noise(seed);
      while (!done) {
        const Tip tip = store.tip();
        const Position position(1 + noise.below(tip.position.value));
        const std::optional<Bytes> event = store.read(position);
        if (!event || recordedOf(*event) != recordedAt(position)) ++broken;
        Position newest;
        store.scan(position, [&](const StoredCommit& commit) {
          newest = commit.tip.position;
          return ScanStep::proceed;
        });
        if (newest < tip.position) ++broken;
      }
    });
  }
  fill(store, 100, 9);
  done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(broken == 0);
}

TEMPLATE_TEST_CASE("a snapshot returns its records in order, and is not seen before it is finished",
                   "", STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  std::vector<Bytes> records = {Bytes(), record(1, 1), record(2, 200'000)};
  for (std::uint64_t i = 0; i < 2'000; ++i) records.push_back(record(i + 3, 1 + i % 500));
  const std::unique_ptr<SnapshotWriter> writer = store.startSnapshot();
  for (const Bytes& one : records) writer->put(one);
  CHECK(store.snapshots().empty());
  const Hash digest{7, 7};
  writer->finish(tipAt(30), digest);
  CHECK(store.snapshots() == std::vector{SnapshotInfo{tipAt(30), digest, records.size()}});
  CHECK(recordsOf(store, Position(30)) == records);
}

TEMPLATE_TEST_CASE("several snapshots are listed by position, replaced and dropped one by one", "",
                   STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  for (const std::uint64_t position : {20u, 10u, 30u, 20u}) {
    const auto writer = store.startSnapshot();
    writer->put(record(position + store.snapshots().size(), 4));
    writer->finish(tipAt(position), Hash{});
  }
  std::vector<std::uint64_t> positions;
  for (const SnapshotInfo& info : store.snapshots()) positions.push_back(info.tip.position.value);
  CHECK(positions == std::vector<std::uint64_t>{10, 20, 30});
  CHECK(recordsOf(store, Position(20)) == std::vector<Bytes>{record(23, 4)});
  store.dropSnapshot(Position(20));
  store.dropSnapshot(Position(21));
  CHECK(store.snapshots().size() == 2);
  CHECK_THROWS_AS(recordsOf(store, Position(20)), StoreError);
  CHECK(recordsOf(store, Position(30)) == std::vector<Bytes>{record(32, 4)});
}

TEMPLATE_TEST_CASE("an abandoned snapshot leaves nothing, beside another one", "", STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  const auto kept = store.startSnapshot();
  kept->put(record(1, 300));
  {
    const auto abandoned = store.startSnapshot();
    for (std::uint64_t i = 0; i < 100; ++i) abandoned->put(record(i, 8'000));
  }
  kept->finish(tipAt(1), Hash{});
  CHECK(store.snapshots().size() == 1);
  CHECK(recordsOf(store, Position(1)) == std::vector<Bytes>{record(1, 300)});
}

TEMPLATE_TEST_CASE("an empty snapshot is one", "", STORES) {
  TestType fixture;
  fixture.store->startSnapshot()->finish(tipAt(4), Hash{});
  CHECK(fixture.store->snapshots().size() == 1);
  CHECK(recordsOf(*fixture.store, Position(4)).empty());
}

TEMPLATE_TEST_CASE("key runs come back in the order they were appended, until they are dropped", "",
                   STORES) {
  TestType fixture;
  Store& store = *fixture.store;
  std::vector<KeyEntry> expected;
  std::uint64_t through = 0;
  for (const std::size_t count : {1u, 100'000u, 0u, 300'000u}) {
    const std::vector<KeyEntry> run = someKeys(Position(through + 1), count);
    through += count + 5;
    store.appendKeyRun(Position(through), run);
    expected.insert(expected.end(), run.begin(), run.end());
    CHECK(store.keyRunsThrough() == Position(through));
  }
  CHECK(keysOf(store) == expected);
  store.dropKeyRuns();
  CHECK(store.keyRunsThrough().isNone());
  CHECK(keysOf(store).empty());
  store.appendKeyRun(Position(2), someKeys(Position(1), 2));
  CHECK(keysOf(store) == someKeys(Position(1), 2));
  CHECK(store.keySeed() == kSeed);
}

}  // namespace
}  // namespace daybook::store
