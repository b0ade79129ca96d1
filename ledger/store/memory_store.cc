#include "ledger/store/memory_store.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/store/commit_block.h"

namespace daybook::store {

Tip MemoryStore::tip() const {
  const std::lock_guard lock(mutex_);
  return commits_.empty() ? Tip{} : commits_.rbegin()->second->tip;
}

void MemoryStore::append(const Batch& batch) {
  checkBatch(batch, tip().position);
  auto commit = std::make_shared<const Batch>(batch);
  const std::lock_guard lock(mutex_);
  commits_.emplace(batch.tip.position, std::move(commit));
}

void MemoryStore::setFreeBytes(std::uint64_t free_bytes) {
  const std::lock_guard lock(mutex_);
  free_bytes_ = free_bytes;
}

std::uint64_t MemoryStore::freeBytes() const {
  const std::lock_guard lock(mutex_);
  return free_bytes_;
}

std::shared_ptr<const Batch> MemoryStore::commitAt(Position position) const {
  const std::lock_guard lock(mutex_);
  const auto found = commits_.lower_bound(position);
  return found == commits_.end() ? nullptr : found->second;
}

std::optional<Bytes> MemoryStore::read(Position position) const {
  CHECK(!position.isNone(), "a position to read is not none");
  const std::shared_ptr<const Batch> commit = commitAt(position);
  if (!commit) return std::nullopt;
  const BytesView event =
      commit->events[static_cast<std::size_t>(position.value - commit->first.value)];
  return Bytes(event.begin(), event.end());
}

void MemoryStore::scan(Position from,
                       const std::function<ScanStep(const StoredCommit&)>& visitor) const {
  while (const std::shared_ptr<const Batch> commit = commitAt(from)) {
    StoredCommit stored{commit->first, {}, commit->leaves, commit->tip};
    for (std::size_t i = 0; i < commit->events.size(); ++i) {
      stored.events.push_back(commit->events[i]);
    }
    if (visitor(stored) == ScanStep::stop) return;
    from = commit->tip.position.next();
  }
}

Position MemoryStore::positionAt(Instant at, const RecordedOf& recorded_of) const {
  Position newest;
  scan(Position(), [&](const StoredCommit& commit) {
    for (std::size_t index = 0; index < commit.events.size(); ++index) {
      if (recorded_of(commit.events[index]) > at) return ScanStep::stop;
      newest = Position(commit.first.value + index);
    }
    return ScanStep::proceed;
  });
  return newest;
}

class MemoryStore::Writer final : public SnapshotWriter {
 public:
  explicit Writer(MemoryStore& store) : store_(store) {}
  void put(BytesView record) override {
    CHECK(!finished_, "a snapshot ends with finish()");
    CHECK(record.size() % 8 == 0, "a record is a multiple of 8 bytes long");
    records_.emplace_back(record.begin(), record.end());
  }
  void finish(const Tip& tip, const Hash& digest) override {
    CHECK(!finished_, "a snapshot is finished once");
    finished_ = true;
    const std::uint64_t count = records_.size();
    Snapshot snapshot{{tip, digest, count},
                      std::make_shared<const std::vector<Bytes>>(std::move(records_))};
    const std::lock_guard lock(store_.mutex_);
    store_.snapshots_.insert_or_assign(tip.position, std::move(snapshot));
  }

 private:
  MemoryStore& store_;
  std::vector<Bytes> records_;
  bool finished_ = false;
};

std::unique_ptr<SnapshotWriter> MemoryStore::startSnapshot() {
  return std::make_unique<Writer>(*this);
}

std::vector<SnapshotInfo> MemoryStore::snapshots() const {
  const std::lock_guard lock(mutex_);
  std::vector<SnapshotInfo> infos;
  for (const auto& [position, snapshot] : snapshots_) infos.push_back(snapshot.info);
  return infos;
}

void MemoryStore::readSnapshot(Position position,
                               const std::function<void(BytesView)>& visitor) const {
  std::shared_ptr<const std::vector<Bytes>> records;
  {
    const std::lock_guard lock(mutex_);
    const auto found = snapshots_.find(position);
    if (found == snapshots_.end()) {
      throw StoreError("there is no snapshot of position " + std::to_string(position.value));
    }
    records = found->second.records;
  }
  for (const Bytes& record : *records) visitor(record);
}

void MemoryStore::dropSnapshot(Position position) {
  const std::lock_guard lock(mutex_);
  snapshots_.erase(position);
}

void MemoryStore::appendKeyRun(Position through, const std::vector<KeyEntry>& run) {
  const std::lock_guard lock(mutex_);
  CHECK(through > runs_through_, "a key run is appended after the last one");
  keys_.insert(keys_.end(), run.begin(), run.end());
  runs_through_ = through;
}

Position MemoryStore::keyRunsThrough() const {
  const std::lock_guard lock(mutex_);
  return runs_through_;
}

void MemoryStore::readKeyRuns(const std::function<void(const KeyEntry&)>& visitor) const {
  std::vector<KeyEntry> keys;
  {
    const std::lock_guard lock(mutex_);
    keys = keys_;
  }
  for (const KeyEntry& key : keys) visitor(key);
}

void MemoryStore::dropKeyRuns() {
  const std::lock_guard lock(mutex_);
  keys_.clear();
  runs_through_ = Position();
}

void MemoryStore::copyTo(const std::string& directory) const {
  throw StoreError("a log in memory cannot be copied to " + directory);
}

}  // namespace daybook::store
