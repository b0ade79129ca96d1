// The durable store: the log in one LMDB environment, snapshots and key runs in another, in a data
// directory (data_directory.h).
//
// A commit is one value of the log (commit_block.h) under the position of its first event, so that
// a commit of any size costs one insert at the end of the tree and LMDB's two flushes.
// Errors: see store.h. Opening throws StoreError for a directory that is foreign, newer, in use or
// damaged, before anything in it is changed; the message says what, where and what to do.
// Threads: see store.h. A process must not open the same directory twice at a time, nor use the
// object after a fork.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/store/store.h"

namespace daybook::store {

class DirectoryLock;
class LmdbEnv;
class LmdbSnapshots;
enum class Writer;

struct LmdbOptions {
  /// For a directory that has no key runs yet, or lost them. Random.
  KeySeed fresh_seed;
  /// Disk space that append() keeps allocated in the log's file beyond what is used, so that other
  /// writers on the disk cannot take it: at least limits::kStorageReserveBytes in a daemon.
  std::uint64_t reserve_bytes = 0;
};

class LmdbStore final : public Store {
 public:
  /// Whether create() may be called: the directory does not exist, is empty, or its creation was
  /// interrupted.
  static bool isFresh(const std::string& directory);
  /// Makes a data directory with an empty log and opens it for writing. Its parent must exist.
  static std::unique_ptr<LmdbStore> create(const std::string& directory,
                                           const LmdbOptions& options);
  /// Opens for reading and writing; one process at a time.
  static std::unique_ptr<LmdbStore> openWritable(const std::string& directory,
                                                 const LmdbOptions& options);
  /// Opens for reading, also beside a writer (then as its user), and also where nothing can be
  /// written. Calls that write abort.
  static std::unique_ptr<LmdbStore> openReadOnly(const std::string& directory);

  ~LmdbStore() override;
  LmdbStore(const LmdbStore&) = delete;
  LmdbStore& operator=(const LmdbStore&) = delete;

  /// What opening found and mended, for the log of the daemon: lost or damaged snapshots.
  const std::vector<std::string>& notices() const { return notices_; }

  Tip tip() const override;
  void append(const Batch& batch) override;
  std::uint64_t freeBytes() const override;
  std::optional<Bytes> read(Position position) const override;
  void scan(Position from,
            const std::function<ScanStep(const StoredCommit&)>& visitor) const override;
  Position positionAt(Instant at, const RecordedOf& recorded_of) const override;
  /// Reads from one transaction for as long as it takes: pages that are freed meanwhile are not
  /// used again before it ends.
  void checkStructure() const override;
  std::unique_ptr<SnapshotWriter> startSnapshot() override;
  std::vector<SnapshotInfo> snapshots() const override;
  void readSnapshot(Position position,
                    const std::function<void(BytesView)>& visitor) const override;
  void dropSnapshot(Position position) override;
  KeySeed keySeed() const override;
  void appendKeyRun(Position through, const std::vector<KeyEntry>& run) override;
  Position keyRunsThrough() const override;
  void readKeyRuns(const std::function<void(const KeyEntry&)>& visitor) const override;
  void dropKeyRuns() override;
  void copyTo(const std::string& directory) const override;

 private:
  enum class Mode { write, read };

  LmdbStore(const std::string& directory, const LmdbOptions& options, Mode mode);
  void openLog();
  Writer writer() const;
  void openSnapshots();
  void makeSnapshotsAnew(const std::string& reason);
  void lengthenFile(std::size_t block_bytes);
  LmdbSnapshots& writableSnapshots();

  std::string directory_;
  LmdbOptions options_;
  Mode mode_;
  std::vector<std::string> notices_;
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<LmdbEnv> log_;
  std::unique_ptr<LmdbSnapshots> snapshots_;  // null: read-only, and there are none to read

  // Of the thread that appends.
  Position appended_;
  std::uint64_t appends_ = 0;
  std::uint64_t file_bytes_ = 0;
  bool failed_ = false;
};

}  // namespace daybook::store
