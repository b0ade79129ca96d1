// Snapshots and key runs in an LMDB environment of their own: derived data.
//
// One tree; keys are 16 bytes in byte order: a kind (1 byte), a number (7 bytes), an index (8
// bytes), big-endian. Values, little-endian:
//
//   kind  number    index  value
//   1     0         0      head: form 1 (8), key seed (16), checksum (8)
//   2     snapshot  0      a finished snapshot: position (8), root (32), recorded (8), digest (32),
//                          records (8), chunks (8), checksum (8)
//   3     snapshot  chunk  records of a snapshot: each its length (8) and its bytes
//   4     run       0      a finished key run: through (8), entries (8), chunks (8), checksum (8)
//   5     run       chunk  entries of a run: each fingerprint (8), position (8); then checksum (8)
//
// A checksum is SipHash-2-4 of what stands before it in the value, keyed by the seed (the head's:
// by zeros), with kind and number in front. Chunks are written first, in short transactions; the
// entry of kind 2 or 4 comes last and makes them count. Chunks without one are removed at the next
// start.
// Errors: StoreError; DamageError for a wrong checksum or form. Threads: any, also at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/store/lmdb_env.h"
#include "ledger/store/store.h"

namespace daybook::store {

class LmdbSnapshots {
 public:
  /// Opens the environment in `directory`, which exists. A new one gets `fresh_seed`.
  LmdbSnapshots(const std::string& directory, EnvAccess access, KeySeed fresh_seed);
  ~LmdbSnapshots();
  LmdbSnapshots(const LmdbSnapshots&) = delete;
  LmdbSnapshots& operator=(const LmdbSnapshots&) = delete;

  std::unique_ptr<SnapshotWriter> start();
  std::vector<SnapshotInfo> list() const;
  void read(Position position, const std::function<void(BytesView)>& visitor) const;
  void drop(Position position);

  KeySeed keySeed() const { return seed_; }
  void appendRun(Position through, const std::vector<KeyEntry>& run);
  Position runsThrough() const;
  void readRuns(const std::function<void(const KeyEntry&)>& visitor) const;
  void dropRuns();

 private:
  class Writer;
  struct Finished;
  struct Run;

  void loadHead(KeySeed fresh_seed);
  /// A transaction that is the last after one failed: see lmdb_snapshots.cc.
  template <typename Body>
  void write(const Body& body);
  std::vector<Finished> finished() const;
  std::vector<Run> runs() const;
  void finish(std::uint64_t number, const SnapshotInfo& info, std::uint64_t chunks);
  void removeRange(BytesView from, BytesView to);
  void removeUnfinished();
  Bytes sealed(Bytes value, std::uint64_t prefix) const;
  /// The value without its checksum, after checking that.
  BytesView unsealed(BytesView value, std::uint64_t prefix, const char* what) const;

  LmdbEnv env_;
  KeySeed seed_;
  std::atomic<std::uint64_t> next_number_{1};
  std::atomic<bool> failed_{false};
};

}  // namespace daybook::store
