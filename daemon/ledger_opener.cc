#include "daemon/ledger_opener.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "ledger/audit/leaf.h"
#include "ledger/model/receipt.h"
#include "ledger/replay/replayer.h"

namespace daybook::daemon {

namespace {

constexpr std::size_t kKeysAhead = 32;

/// The newest snapshot that proves good, or the empty ledger. Bad ones are dropped.
replay::Replayed newestSnapshot(store::Store& store, const Codec& codec, spdlog::logger& logger) {
  auto snapshots = store.snapshots();
  for (auto info = snapshots.rbegin(); info != snapshots.rend(); ++info) {
    try {
      return replay::loadSnapshot(store, codec, *info);
    } catch (const std::exception& error) {
      logger.warn("snapshot at position {} is dropped: {}", info->tip.position.value, error.what());
      store.dropSnapshot(info->tip.position);
    }
  }
  return {};
}

/// Reads the persisted key runs; the newest position they cover. What is not as written is dropped.
Position loadKeyRuns(store::Store& store, OpenedLedger& ledger, spdlog::logger& logger) {
  try {
    const Position through = store.keyRunsThrough();
    if (through <= store.tip().position) {
      // Their slots are scattered over gigabytes: each is fetched well before it is written.
      std::array<store::KeyEntry, kKeysAhead> ahead;
      std::size_t read = 0;
      const auto insert = [&](const store::KeyEntry& entry) {
        ledger.keys->insert(entry.fingerprint, entry.position);
      };
      store.readKeyRuns([&](const store::KeyEntry& entry) {
        store::KeyEntry& place = ahead[read % kKeysAhead];
        if (read >= kKeysAhead) insert(place);
        place = entry;
        ledger.keys->prefetch(entry.fingerprint);
        ++read;
      });
      for (std::size_t i = read - std::min(read, kKeysAhead); i < read; ++i) {
        insert(ahead[i % kKeysAhead]);
      }
      return through;
    }
    logger.warn("key runs reach past the log's end; they are made again");
  } catch (const store::StoreError& error) {
    logger.warn("key runs are made again: {}", error.what());
  }
  store.dropKeyRuns();
  ledger.keys = std::make_unique<store::KeyIndex>();
  return {};
}

/// With a snapshot at the very end nothing is replayed: the newest commit is looked at all the
/// same.
void checkNewestCommit(const store::Store& store) {
  const Position newest = store.tip().position;
  if (newest.isNone()) return;
  store.scan(newest, [](const store::StoredCommit& commit) {
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
      if (audit::leafHash(commit.events[i]).bytes == commit.leaves[i]) continue;
      const Position position(commit.first.value + i);
      throw store::DamageError(
          "the event at position " + std::to_string(position.value) + " is not what was written",
          position);
    }
    return store::ScanStep::proceed;
  });
}

void addKey(OpenedLedger& ledger, const Event& event) {
  if (event.key.empty()) return;
  const std::uint64_t fingerprint =
      store::KeyIndex::fingerprint(ledger.key_seed, keyScope(event), event.key);
  ledger.keys->insert(fingerprint, event.position);
  ledger.unsaved_keys.push_back({fingerprint, event.position});
}

/// Keys of [from, to] straight from the log, for what the runs do not cover and replay does not
/// pass.
void addKeysBetween(const store::Store& store, const Codec& codec, Position from, Position to,
                    OpenedLedger& ledger) {
  store.scan(from, [&](const store::StoredCommit& commit) {
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
      const Position position(commit.first.value + i);
      if (position < from) continue;
      if (position > to) return store::ScanStep::stop;
      addKey(ledger, codec.decodeEvent(commit.events[i]));
    }
    return store::ScanStep::proceed;
  });
}

}  // namespace

OpenedLedger openLedger(store::Store& store, const Codec& codec, spdlog::logger& logger) {
  OpenedLedger ledger;
  ledger.keys = std::make_unique<store::KeyIndex>();
  checkNewestCommit(store);
  replay::Replayed start = newestSnapshot(store, codec, logger);
  const Position snapshot = start.engine.state().ledger.last;
  const Position covered = loadKeyRuns(store, ledger, logger);
  ledger.key_seed = store.keySeed();
  if (covered < snapshot) addKeysBetween(store, codec, covered.next(), snapshot, ledger);

  replay::ReplayOptions options;
  options.on_event = [&](const Event& event) {
    if (event.position > covered) addKey(ledger, event);
  };
  options.progress = [&](Position done, Position total) {
    logger.info("replayed {} of {}", done.value, total.value);
  };
  replay::Replayed replayed = replay::replay(store, codec, options, std::move(start));
  ledger.engine = std::move(replayed.engine);
  ledger.tree = replayed.tree;
  return ledger;
}

}  // namespace daybook::daemon
