#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

#include "ledger/replay/backup.h"
#include "ledger/replay/replayer.h"
#include "ledger/replay/snapshot.h"
#include "ledger/store/lmdb_store.h"
#include "tests/support/replay_log.h"
#include "tests/support/stored_log.h"

using namespace daybook;
using namespace daybook::testing;

namespace {

const FixedZones kZones;
const protocol::CapnpCodec kCodec;

const DecidedLog& log() {
  static const DecidedLog kLog = busyLog(kZones);
  return kLog;
}

replay::Replayed replayedTo(const store::Store& store, std::optional<Position> to,
                            replay::Replayed start = {}) {
  replay::ReplayOptions options;
  options.to = to;
  return replay::replay(store, kCodec, options, std::move(start));
}

store::Hash digestOf(const replay::Replayed& ledger) {
  return replay::stateDigest(ledger.engine.state(), kCodec);
}

/// The message and position of the damage that replaying all of it finds.
std::pair<std::uint64_t, std::string> damageOf(const store::Store& store) {
  try {
    replayedTo(store, std::nullopt);
    return {0, ""};
  } catch (const store::DamageError& error) {
    return {error.position().value, error.what()};
  }
}

/// The ends of all commits.
std::vector<store::Tip> tipsOf(const store::Store& store) {
  std::vector<store::Tip> tips;
  store.scan(Position(), [&](const store::StoredCommit& commit) {
    tips.push_back(commit.tip);
    return store::ScanStep::proceed;
  });
  return tips;
}

/// The records of a snapshot, as they would be written.
std::vector<Bytes> recordsOf(const replay::Replayed& ledger) {
  std::vector<Bytes> records = {replay::encodePeaks(ledger.tree),
                                kCodec.encode(ledger.engine.state().ledger)};
  for (const Customer& customer : ledger.engine.state().customers) {
    records.push_back(kCodec.encode(customer));
  }
  return records;
}

store::Hash digestOf(const std::vector<Bytes>& records) {
  audit::Sha256 hash;
  for (std::size_t i = 1; i < records.size(); ++i) hash.update(records[i]);
  return hash.finish().bytes;
}

/// What loading a snapshot of these records says.
std::string problemOf(store::Store& store, const std::vector<Bytes>& records, const store::Tip& tip,
                      const store::Hash& digest) {
  const auto writer = store.startSnapshot();
  for (const Bytes& record : records) writer->put(record);
  writer->finish(tip, digest);
  try {
    replay::loadSnapshot(store, kCodec, store.snapshots().back());
    return "";
  } catch (const store::DamageError& error) {
    CHECK(error.position() == tip.position);
    return error.what();
  }
}

}  // namespace

TEST_CASE("the log of these tests holds every kind of event") {
  std::set<std::size_t> kinds;
  for (const Event& event : log().events) kinds.insert(event.body.index());
  CHECK(kinds.size() == std::variant_size_v<EventBody>);
}

TEST_CASE("replaying the stored log gives the state that folding its events gives") {
  store::MemoryStore store;
  const audit::CompactRange tree = writeLog(store, log());
  const replay::Replayed ledger = replayedTo(store, std::nullopt);
  const core::Engine live = replayed(log().events);
  CHECK(ledger.engine.state().ledger == live.state().ledger);
  CHECK(ledger.engine.state().customers == live.state().customers);
  CHECK(ledger.engine.state().due == live.state().due);
  CHECK(ledger.tree == tree);
  CHECK(digestOf(ledger) == replay::stateDigest(live.state(), kCodec));
}

TEST_CASE("replay that trusts the stored hashes gives the same, and still sees a wrong root") {
  store::MemoryStore store;
  writeLog(store, log());
  replay::ReplayOptions trusting;
  trusting.hashes = replay::Hashes::trusted;
  const replay::Replayed ledger = replay::replay(store, kCodec, trusting);
  CHECK(ledger.tree == replayedTo(store, std::nullopt).tree);
  CHECK(digestOf(ledger) == digestOf(replayedTo(store, std::nullopt)));

  store::MemoryStore wrong;
  store::Batch batch;
  batch.first = Position(1);
  batch.events.push_back(kCodec.encode(log().events.front()));
  batch.leaves = {store::Hash{1}};
  batch.tip = {Position(1), audit::CompactRange().root().bytes, log().events.front().recorded};
  wrong.append(batch);
  CHECK_THROWS_WITH(replay::replay(wrong, kCodec, trusting), Catch::Contains("root"));
}

TEST_CASE("replay stops at any position, with the state and tree of that position") {
  store::MemoryStore store;
  writeLog(store, log());
  core::Engine live;
  audit::CompactRange tree;
  for (const Event& event : log().events) {
    live.apply(event);
    tree.append(audit::leafHash(kCodec.encode(event)));
    if (event.position.value % 7 != 1) continue;
    const replay::Replayed ledger = replayedTo(store, event.position);
    CHECK(digestOf(ledger) == replay::stateDigest(live.state(), kCodec));
    CHECK(ledger.tree == tree);
  }
}

TEST_CASE("replay goes on from where another replay stopped, also inside a commit") {
  store::MemoryStore store;
  writeLog(store, log());
  const store::Hash whole = digestOf(replayedTo(store, std::nullopt));
  for (const std::uint64_t stop : {1u, 2u, 10u, 33u, 34u, 35u}) {
    replay::Replayed ledger = replayedTo(store, Position(stop));
    CHECK(digestOf(replayedTo(store, std::nullopt, std::move(ledger))) == whole);
  }
}

TEST_CASE("every event is shown once, in order, and progress ends at the end") {
  store::MemoryStore store;
  writeLog(store, log());
  std::vector<Event> seen;
  Position done;
  replay::ReplayOptions options;
  options.on_event = [&](const Event& event) { seen.push_back(event); };
  options.progress = [&](Position at, Position total) {
    done = at;
    CHECK(total == store.tip().position);
  };
  replay::replay(store, kCodec, options);
  CHECK(seen == log().events);
  CHECK(done == store.tip().position);
}

TEST_CASE("an empty log replays to the empty ledger") {
  const store::MemoryStore store;
  const replay::Replayed ledger = replayedTo(store, std::nullopt);
  CHECK(ledger.engine.state().ledger == LedgerState{});
  CHECK(ledger.tree.size() == 0);
}

TEST_CASE("a snapshot at the end of any commit loads, and the rest of the log leads to one state") {
  store::MemoryStore store;
  writeLog(store, log());
  const store::Hash whole = digestOf(replayedTo(store, std::nullopt));
  for (const store::Tip& tip : tipsOf(store)) {
    const replay::Replayed ledger = replayedTo(store, tip.position);
    replay::writeSnapshot(store, kCodec, ledger);
    const store::SnapshotInfo info = store.snapshots().back();
    CHECK(info.tip == tip);
    CHECK(info.digest == digestOf(ledger));
    replay::Replayed loaded = replay::loadSnapshot(store, kCodec, info);
    CHECK(loaded.tree == ledger.tree);
    CHECK(loaded.engine.state().customers == ledger.engine.state().customers);
    CHECK(digestOf(replayedTo(store, std::nullopt, std::move(loaded))) == whole);
  }
}

TEST_CASE("a snapshot that is not right in every part is refused with what is wrong") {
  store::MemoryStore store;
  writeLog(store, log());
  const store::Tip tip = tipsOf(store)[12];
  const replay::Replayed ledger = replayedTo(store, tip.position);
  const std::vector<Bytes> records = recordsOf(ledger);
  const store::Hash digest = digestOf(records);
  REQUIRE(problemOf(store, records, tip, digest).empty());

  const auto with = [&](std::size_t index, Bytes record) {
    std::vector<Bytes> changed = records;
    changed[index] = std::move(record);
    return changed;
  };
  CHECK_THAT(problemOf(store, records, tip, store::Hash{}), Catch::Contains("digest"));
  CHECK_THAT(problemOf(store, with(0, Bytes(records[0].size() + 8)), tip, digest),
             Catch::Contains("peaks are cut"));
  CHECK_THAT(problemOf(store, with(0, Bytes(records[0].size())), tip, digest),
             Catch::Contains("another root"));
  CHECK_THAT(problemOf(store, with(0, Bytes()), tip, digest), Catch::Contains("tree of its size"));
  CHECK_THAT(problemOf(store, with(1, Bytes(16)), tip, digest),
             Catch::Contains("not a stored message"));
  CHECK_THAT(problemOf(store, with(2, records[3]), tip, digest), Catch::Contains("digest"));
  CHECK_THAT(problemOf(store, {records[0]}, tip, digest), Catch::Contains("missing"));

  const auto consistent = [&](const std::vector<Bytes>& changed) {
    return problemOf(store, changed, tip, digestOf(changed));
  };
  CHECK_THAT(consistent(with(2, records[3])), Catch::Contains("customer 1"));
  LedgerState other = ledger.engine.state().ledger;
  other.last = Position(other.last.value - 1);
  CHECK_THAT(consistent(with(1, kCodec.encode(other))), Catch::Contains("state of position"));
  Customer customer = ledger.engine.state().customers[0];
  customer.periods.clear();
  CHECK_THAT(consistent(with(2, kCodec.encode(customer))), Catch::Contains("has a running period"));
  customer = ledger.engine.state().customers[0];
  customer.periods.back().terms.version = 9;
  CHECK_THAT(consistent(with(2, kCodec.encode(customer))), Catch::Contains("is published"));
  customer = ledger.engine.state().customers[0];
  REQUIRE(!customer.invoices.empty());
  customer.invoices.pop_back();
  CHECK_THAT(consistent(with(2, kCodec.encode(customer))), Catch::Contains("document number"));
  customer = ledger.engine.state().customers[4];
  customer.periods.back().balance.amount = dec("-1000");
  CHECK_THAT(consistent(with(6, kCodec.encode(customer))), Catch::Contains("overages"));

  store::Tip elsewhere = tip;
  elsewhere.root[0] ^= 1;
  CHECK_THAT(problemOf(store, records, elsewhere, digest), Catch::Contains("another root"));
}

TEST_CASE("the newest position at a time is found through the events' own recorded times") {
  store::MemoryStore store;
  writeLog(store, log());
  for (const char* text :
       {"2025-12-31", "2026-01-01", "2026-02-01T00:30:00Z", "2026-04-01", "2027-01-01"}) {
    Position newest;
    for (const Event& event : log().events) {
      if (event.recorded <= when(text)) newest = event.position;
    }
    CHECK(replay::positionAt(store, kCodec, when(text)) == newest);
  }
}

TEST_CASE(
    "bytes, leaf hashes and roots that do not belong together stop replay at their position") {
  store::MemoryStore source;
  writeLog(source, log());
  const auto batches = testing::wholeLog(source);
  const auto damaged = [&](auto change) {
    auto copies = batches;
    change(copies[5]);
    store::MemoryStore store;
    for (const store::Batch& batch : copies) store.append(batch);
    return damageOf(store);
  };
  const std::uint64_t first = batches[5].first.value;
  CHECK(damaged([](store::Batch&) {}).second.empty());
  CHECK(damaged([](store::Batch& batch) { batch.events[1][40] ^= std::byte{1}; }).first ==
        first + 1);
  CHECK(damaged([](store::Batch& batch) { batch.leaves[1][0] ^= 1; }).first == first + 1);
  CHECK(damaged([](store::Batch& batch) { batch.tip.root[0] ^= 1; }).first == first);
  const auto [position, text] = damaged([](store::Batch& batch) { batch.tip.recorded.ns += 1; });
  CHECK(position == batches[5].tip.position.value);
  CHECK_THAT(text, Catch::Contains("recorded time"));
}

TEST_CASE("events that do not fit the state stop replay at their position, without an abort") {
  const auto damaged = [](std::size_t index, auto change) {
    DecidedLog changed = log();
    change(changed.events[index]);
    store::MemoryStore store;
    writeLog(store, changed);
    const auto [position, text] = damageOf(store);
    CHECK(position == index + 1);
    return text;
  };
  const std::size_t usage = indexOf<UsageRecorded>(log(), 5);
  CHECK_THAT(damaged(usage, [](Event& event) { event.sequence += 1; }), Catch::Contains("chain"));
  CHECK_THAT(damaged(usage, [](Event& event) { event.recorded = Instant{}; }),
             Catch::Contains("time never goes back"));
  CHECK_THAT(damaged(usage, [](Event& event) { event.customer = CustomerNumber(77); }),
             Catch::Contains("the customer exists"));
  CHECK_THAT(
      damaged(usage,
              [](Event& event) { std::get<UsageRecorded>(event.body).period_from = Instant{}; }),
      Catch::Contains("usage period"));
  CHECK_THAT(
      damaged(usage,
              [](Event& event) {
                std::get<UsageRecorded>(event.body).draws = {{GrantNumber(1), dec("1000000")}};
              }),
      Catch::Contains("grant"));
  CHECK_THAT(damaged(indexOf<InvoiceClosed>(log(), 2),
                     [](Event& event) {
                       std::get<InvoiceClosed>(event.body).invoice.number = InvoiceNumber(9);
                     }),
             Catch::Contains("no invoice number is left out"));
  CHECK_THAT(damaged(indexOf<CatalogPublished>(log()),
                     [](Event& event) { std::get<CatalogPublished>(event.body).items -= 1; }),
             Catch::Contains("closes the items before it"));
  CHECK_THAT(damaged(indexOf<PeriodStarted>(log(), 2),
                     [](Event& event) {
                       auto& span = std::get<PeriodStarted>(event.body).span;
                       span.to = span.from;
                     }),
             Catch::Contains("the boundaries of the usage period increase"));
}

TEST_CASE("a backup is a log with the same newest commit, and never overwrites anything") {
  const testing::TemporaryDirectory directory;
  const auto store = store::LmdbStore::create(directory / "ledger", {});
  writeLog(*store, log());
  const replay::BackupReport report = replay::backupTo(*store, directory / "copy");
  CHECK(report.position == store->tip().position);
  CHECK(report.size_bytes > 0);
  const auto copy = store::LmdbStore::openReadOnly(directory / "copy");
  CHECK(copy->tip() == store->tip());
  CHECK(digestOf(replayedTo(*copy, std::nullopt)) == digestOf(replayedTo(*store, std::nullopt)));
  CHECK_THROWS_AS(replay::backupTo(*store, directory / "copy"), store::StoreError);
}
