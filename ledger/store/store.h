// The log and what is kept beside it, behind one interface: append a batch, read, scan, keep
// snapshots.
//
// LmdbStore is the durable one, MemoryStore the same in memory for tests. Nothing outside this
// folder may assume that the log is local. Positions count from 1 without gaps; a batch is one
// commit: after a crash all of it is there or nothing.
// Threads: append() belongs to one thread (the store thread); every other call may be used from any
// thread beside it.
// Errors: StoreError for anything the disk or the files do; after a failed append the object must
// not be used and the process has to end: whether the batch is there is unknown until it is opened
// again.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/base/ids.h"
#include "ledger/base/instant.h"
#include "ledger/model/codec.h"
#include "ledger/store/event_list.h"

namespace daybook::store {

class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// The data is not what was written. The message names the place; `position` is the first event
/// that cannot be trusted, as far as it is known.
class DamageError : public StoreError {
 public:
  DamageError(const std::string& message, Position position)
      : StoreError(message), position_(position) {}
  Position position() const { return position_; }

 private:
  Position position_;
};

using Hash = std::array<std::uint8_t, 32>;

/// The log after a commit: tree size (= newest position), root of the tree, recorded time of the
/// newest event.
struct Tip {
  Position position;
  Hash root{};
  Instant recorded;
  bool operator==(const Tip&) const = default;
};

/// One commit: events in order, their leaf hashes, the tip after it. At least one event, at most
/// limits::kCommitEventsMax; each is a multiple of 8 bytes long and at most limits::kEventBytesMax.
struct Batch {
  Position first;
  EventList events;
  std::vector<Hash> leaves;  // one per event
  Tip tip;
};

/// One stored commit, as read back. The views are 8-aligned and live as long as the callback that
/// is given it.
struct StoredCommit {
  Position first;
  std::vector<BytesView> events;
  std::vector<Hash> leaves;
  Tip tip;
};

/// The secret that idempotency keys are hashed with: random, drawn when the key runs begin, and
/// kept with them (key_index.h).
struct KeySeed {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const KeySeed&) const = default;
};

/// One idempotency key as persisted beside a snapshot: derived data.
struct KeyEntry {
  std::uint64_t fingerprint = 0;
  Position position;
  bool operator==(const KeyEntry&) const = default;
};

enum class ScanStep { proceed, stop };

/// A snapshot under construction. Written from one thread (not the store thread); nothing of it is
/// visible before finish(). Must not outlive the store.
class SnapshotWriter {
 public:
  virtual ~SnapshotWriter() = default;  // unfinished: abandons it
  /// Records come back in the order they were put. Value lengths are multiples of 8.
  virtual void put(BytesView record) = 0;
  /// Makes it durable and visible, in place of an older one of the same position. `tip` is the
  /// log's tip at the snapshot's position, `digest` SHA-256 over all records. Called once, last.
  virtual void finish(const Tip& tip, const Hash& digest) = 0;
};

struct SnapshotInfo {
  Tip tip;
  Hash digest{};
  std::uint64_t records = 0;
  bool operator==(const SnapshotInfo&) const = default;
};

/// The recorded time in an event's stored bytes, which this folder cannot read.
using RecordedOf = std::function<Instant(BytesView event)>;

class Store {
 public:
  virtual ~Store() = default;

  /// The newest commit; position none for an empty log.
  virtual Tip tip() const = 0;
  /// Appends one commit and returns when it is durable. REQUIRES: batch.first follows the tip.
  virtual void append(const Batch& batch) = 0;
  /// Bytes that can still be appended before the disk or the map is full, as far as can be known.
  virtual std::uint64_t freeBytes() const = 0;

  /// One event's bytes, copied; nullopt past the tip. REQUIRES: position is not none.
  virtual std::optional<Bytes> read(Position position) const = 0;
  /// Commits that hold positions from `from` on (none: all), in order, until the visitor stops. The
  /// first one may begin before `from`. Short transactions inside; the visitor may take its time.
  virtual void scan(Position from,
                    const std::function<ScanStep(const StoredCommit&)>& visitor) const = 0;
  /// The newest position recorded at or before `at`; none if there is none. Recorded times never
  /// decrease along the log. Asks `recorded_of` about a few events of one commit only.
  virtual Position positionAt(Instant at, const RecordedOf& recorded_of) const = 0;
  /// Walks the structure of the log's files, so that damage in it is named before a read runs into
  /// it. Throws DamageError. The events themselves are not looked at: their hashes tell.
  virtual void checkStructure() const = 0;

  virtual std::unique_ptr<SnapshotWriter> startSnapshot() = 0;
  /// Finished ones, oldest position first.
  virtual std::vector<SnapshotInfo> snapshots() const = 0;
  /// Records of the snapshot at `position`, in order; StoreError when there is none, or when it is
  /// dropped meanwhile. The caller compares the digest.
  virtual void readSnapshot(Position position,
                            const std::function<void(BytesView)>& visitor) const = 0;
  /// Nothing happens when there is none.
  virtual void dropSnapshot(Position position) = 0;

  /// The seed of all fingerprints in the key runs.
  virtual KeySeed keySeed() const = 0;
  /// Keys of events after the last run, appended as one sequential run; and all runs, in order.
  /// Lost, they are rebuilt. REQUIRES: `through` is after keyRunsThrough().
  virtual void appendKeyRun(Position through, const std::vector<KeyEntry>& run) = 0;
  virtual Position keyRunsThrough() const = 0;
  /// Throws DamageError for a run that is not as written: drop them all and read the log.
  virtual void readKeyRuns(const std::function<void(const KeyEntry&)>& visitor) const = 0;
  virtual void dropKeyRuns() = 0;

  /// A copy of the log as of now into `directory` (created; must not exist or be empty), synced.
  /// Without snapshots and key runs. Runs beside appends.
  virtual void copyTo(const std::string& directory) const = 0;
};

}  // namespace daybook::store
