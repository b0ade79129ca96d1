// The store in memory, for tests and simulations: the contract of store.h without the durability.
//
// Nothing fails and nothing is full, except that copyTo() is refused with StoreError. Threads: as
// store.h says.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "ledger/store/store.h"

namespace daybook::store {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(KeySeed seed = {}) : seed_(seed) {}

  /// What freeBytes() says from now on: a memory that acts as a disk that fills up.
  void setFreeBytes(std::uint64_t free_bytes);

  Tip tip() const override;
  void append(const Batch& batch) override;
  std::uint64_t freeBytes() const override;
  std::optional<Bytes> read(Position position) const override;
  void scan(Position from,
            const std::function<ScanStep(const StoredCommit&)>& visitor) const override;
  Position positionAt(Instant at, const RecordedOf& recorded_of) const override;
  void checkStructure() const override {}
  std::unique_ptr<SnapshotWriter> startSnapshot() override;
  std::vector<SnapshotInfo> snapshots() const override;
  void readSnapshot(Position position,
                    const std::function<void(BytesView)>& visitor) const override;
  void dropSnapshot(Position position) override;
  KeySeed keySeed() const override { return seed_; }
  void appendKeyRun(Position through, const std::vector<KeyEntry>& run) override;
  Position keyRunsThrough() const override;
  void readKeyRuns(const std::function<void(const KeyEntry&)>& visitor) const override;
  void dropKeyRuns() override;
  void copyTo(const std::string& directory) const override;

 private:
  class Writer;
  struct Snapshot {
    SnapshotInfo info;
    std::shared_ptr<const std::vector<Bytes>> records;
  };

  /// The commit that holds the position, or the first one after it; null past the tip.
  std::shared_ptr<const Batch> commitAt(Position position) const;

  const KeySeed seed_;
  mutable std::mutex mutex_;  // guards all below; a batch does not change once it is here
  std::map<Position, std::shared_ptr<const Batch>> commits_;  // by last position
  std::map<Position, Snapshot> snapshots_;
  std::uint64_t free_bytes_ = UINT64_MAX;
  Position runs_through_;
  std::vector<KeyEntry> keys_;
};

}  // namespace daybook::store
