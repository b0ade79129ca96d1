#include "ledger/store/lmdb_store.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/store/commit_block.h"
#include "ledger/store/data_directory.h"
#include "ledger/store/env_check.h"
#include "ledger/store/lmdb_env.h"
#include "ledger/store/lmdb_snapshots.h"
#include "ledger/store/log_reader.h"
#include "ledger/store/map_size.h"

namespace daybook::store {
namespace {

/// What a commit may need beside its block: pages of the tree and of the list of free pages.
constexpr std::uint64_t kCommitOverheadBytes = 1u << 20;
/// Lengthening the file costs a journal entry: not in every commit.
constexpr std::uint64_t kFileStepBytes = 1u << 20;
constexpr std::uint64_t kDeadReaderCheckInterval = 1'024;
/// Blocks copied in one commit of a backup.
constexpr std::size_t kCopyBytes = 32u << 20;

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

/// The process's limit on the size of files.
std::uint64_t fileBytesMax() {
  struct rlimit limit {};
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 ? std::uint64_t{limit.rlim_cur} : RLIM_INFINITY;
}

EnvSettings logSettings(const std::string& directory, EnvAccess access) {
  // A writer looks up single old events. Readers go from one end to the other.
  const unsigned flags = access == EnvAccess::write ? MDB_NORDAHEAD : 0U;
  return {logPath(directory), access, kLogMapBytes, MDB_INTEGERKEY, flags};
}

/// How to read an environment: by its reader table, if that can be written.
EnvAccess readAccess(const std::string& directory, const std::string& environment) {
  const std::string table = environment + "/lock.mdb";
  const bool can_use = exists(table) ? access(table.c_str(), R_OK | W_OK) == 0
                                     : access(environment.c_str(), W_OK) == 0;
  if (can_use) return EnvAccess::read;
  if (isLocked(directory)) {
    throw StoreError(directory + " is in use by a daemon, and " + table +
                     " cannot be written to: "
                     "run this as the daemon's user");
  }
  return EnvAccess::readUnlocked;
}

}  // namespace

bool LmdbStore::isFresh(const std::string& directory) { return isFreshDirectory(directory); }

std::unique_ptr<LmdbStore> LmdbStore::create(const std::string& directory,
                                             const LmdbOptions& options) {
  if (!isFreshDirectory(directory)) {
    checkFormat(directory);
    throw StoreError(directory + " holds a ledger already");
  }
  makeDirectory(directory);
  {
    const DirectoryLock lock(directory);
    // Another process may have created it before the lock was ours.
    if (!isFreshDirectory(directory)) throw StoreError(directory + " holds a ledger already");
    beginCreation(directory);
    for (const std::string& path : {logPath(directory), snapshotsPath(directory)}) {
      makeDirectory(path);
    }
    { const LmdbEnv log(logSettings(directory, EnvAccess::write)); }
    { const LmdbSnapshots fresh(snapshotsPath(directory), EnvAccess::write, options.fresh_seed); }
    for (const std::string& path : {logPath(directory), snapshotsPath(directory)}) {
      syncPath(dataFile(path));
      syncPath(path);
    }
    finishCreation(directory);
  }
  return openWritable(directory, options);
}

std::unique_ptr<LmdbStore> LmdbStore::openWritable(const std::string& directory,
                                                   const LmdbOptions& options) {
  return std::unique_ptr<LmdbStore>(new LmdbStore(directory, options, Mode::write));
}

std::unique_ptr<LmdbStore> LmdbStore::openReadOnly(const std::string& directory) {
  return std::unique_ptr<LmdbStore>(new LmdbStore(directory, {}, Mode::read));
}

LmdbStore::LmdbStore(const std::string& directory, const LmdbOptions& options, Mode mode)
    : directory_(directory), options_(options), mode_(mode) {
  checkFormat(directory_);
  if (mode_ == Mode::write) lock_ = std::make_unique<DirectoryLock>(directory_);
  openLog();
  openSnapshots();
}

LmdbStore::~LmdbStore() = default;

void LmdbStore::openLog() {
  const std::string file = dataFile(logPath(directory_));
  if (!exists(file)) {
    throw StoreError(file + " is missing: the log is gone. Restore a backup; nothing was changed");
  }
  requireSoundMetaPages(file, TreeKind::log, writer());
  const EnvAccess access =
      mode_ == Mode::write ? EnvAccess::write : readAccess(directory_, logPath(directory_));
  log_ = std::make_unique<LmdbEnv>(logSettings(directory_, access));
  requireSoundTrees(*log_, TreeKind::log, CheckDepth::outline);
  if (mode_ == Mode::write) {
    // A dead process may have left pages in the cache that were never made durable.
    log_->sync();
    file_bytes_ = PageFile(file).bytes();
  }
  const ReadTxn txn(*log_);
  Cursor cursor(txn);
  if (const std::optional<CommitBlock> newest = newestBlock(cursor)) {
    newest->checkAll();
    appended_ = newest->last();
  }
}

Writer LmdbStore::writer() const {
  return mode_ == Mode::read && isLocked(directory_) ? Writer::live : Writer::none;
}

void LmdbStore::openSnapshots() {
  const std::string path = snapshotsPath(directory_);
  const std::string file = dataFile(path);
  std::string reason;
  try {
    if (exists(file)) {
      requireSoundMetaPages(file, TreeKind::records, writer());
      const EnvAccess access =
          mode_ == Mode::write ? EnvAccess::write : readAccess(directory_, path);
      snapshots_ = std::make_unique<LmdbSnapshots>(path, access, options_.fresh_seed);
      return;
    }
    reason = file + " is missing";
  } catch (const DamageError& error) {
    reason = error.what();
  }
  if (mode_ == Mode::read) {
    notices_.push_back("no snapshots can be read: " + reason);
  } else {
    makeSnapshotsAnew(reason);
  }
}

void LmdbStore::makeSnapshotsAnew(const std::string& reason) {
  const std::string path = snapshotsPath(directory_);
  std::string notice = "snapshots and key runs are lost and will be made anew: " + reason;
  if (exists(path)) {
    int number = 1;
    while (exists(path + ".damaged-" + std::to_string(number))) ++number;
    const std::string aside = path + ".damaged-" + std::to_string(number);
    if (rename(path.c_str(), aside.c_str()) != 0) {
      const int error = errno;
      throw StoreError("cannot move " + path + " to " + aside + ": " + std::strerror(error));
    }
    notice += "; they were moved to " + aside;
  }
  makeDirectory(path);
  snapshots_ = std::make_unique<LmdbSnapshots>(path, EnvAccess::write, options_.fresh_seed);
  syncPath(dataFile(path));
  syncPath(path);
  syncPath(directory_);
  notices_.push_back(std::move(notice));
}

void LmdbStore::checkStructure() const {
  requireSoundTrees(*log_, TreeKind::log, CheckDepth::full);
}

// --- The log ------------------------------------------------------------------------------------

Tip LmdbStore::tip() const {
  const ReadTxn txn(*log_);
  Cursor cursor(txn);
  const std::optional<CommitBlock> newest = newestBlock(cursor);
  return newest ? newest->tip() : Tip{};
}

void LmdbStore::append(const Batch& batch) {
  CHECK(mode_ == Mode::write, "a log opened for reading is not appended to");
  CHECK(!failed_, "after a failed append the process ends");
  checkBatch(batch, appended_);
  failed_ = true;
  const std::size_t block_bytes = blockBytes(batch);
  lengthenFile(block_bytes);
  WriteTxn txn(*log_);
  writeBlock(batch, txn.append(LogKey(batch.first).view(), block_bytes));
  txn.commit();
  appended_ = batch.tip.position;
  if (++appends_ % kDeadReaderCheckInterval == 0) log_->dropDeadReaders();
  failed_ = false;
}

void LmdbStore::lengthenFile(std::size_t block_bytes) {
  // The file is always longer than its pages, so that a truncated one can be told at open; LMDB
  // alone may leave free pages at the end unwritten.
  const std::uint64_t needed =
      log_->usedBytes() + block_bytes + kCommitOverheadBytes + options_.reserve_bytes;
  if (needed <= file_bytes_) return;
  const std::uint64_t step = std::max(kFileStepBytes, options_.reserve_bytes / 4);
  const std::uint64_t longer = (needed + step - 1) / step * step;
  if (longer > fileBytesMax()) return;  // trying raises SIGXFSZ
  const int descriptor = log_->descriptor();
  if (fallocate(descriptor, 0, static_cast<off_t>(file_bytes_),
                static_cast<off_t>(longer - file_bytes_)) != 0 &&
      ftruncate(descriptor, static_cast<off_t>(longer)) != 0) {
    // Neither room nor a longer file: if the commit finds none either, it fails and says so.
    return;
  }
  file_bytes_ = longer;
}

std::uint64_t LmdbStore::freeBytes() const {
  const std::uint64_t used = log_->usedBytes();
  struct statvfs system {};
  struct stat file {};
  if (fstatvfs(log_->descriptor(), &system) != 0 || fstat(log_->descriptor(), &file) != 0) {
    const int error = errno;
    throw StoreError("cannot ask for the space of " + directory_ + ": " + std::strerror(error));
  }
  // The file owns blocks beyond its pages: lengthenFile().
  const std::uint64_t owned = static_cast<std::uint64_t>(file.st_blocks) * 512;
  std::uint64_t room = std::uint64_t{system.f_bavail} * system.f_frsize;
  room += owned - std::min(owned, used);
  const std::uint64_t most = std::min(kLogMapBytes, fileBytesMax());
  room = std::min(room, most - std::min(most, used));
  return room - std::min(room, kCommitOverheadBytes);
}

std::optional<Bytes> LmdbStore::read(Position position) const {
  CHECK(!position.isNone(), "a position to read is not none");
  const ReadTxn txn(*log_);
  Cursor cursor(txn);
  const std::optional<CommitBlock> block = locate(cursor, position);
  if (!block) return std::nullopt;
  const BytesView event =
      block->event(static_cast<std::size_t>(position.value - block->first().value));
  return Bytes(event.begin(), event.end());
}

void LmdbStore::scan(Position from,
                     const std::function<ScanStep(const StoredCommit&)>& visitor) const {
  StoredCommit commit;
  forEachBlock(*log_, from, [&](const CommitBlock& block, BytesView) {
    block.copyTo(commit);
    return visitor(commit) == ScanStep::proceed;
  });
}

Position LmdbStore::positionAt(Instant at, const RecordedOf& recorded_of) const {
  return newestRecordedAt(*log_, at, recorded_of);
}

void LmdbStore::copyTo(const std::string& directory) const {
  if (!isFreshDirectory(directory)) throw StoreError(directory + " is not empty");
  makeDirectory(directory);
  const DirectoryLock lock(directory);
  beginCreation(directory);
  makeDirectory(logPath(directory));
  {
    // Commit by commit: a copy of the file as it is would hold all its pages for as long as it
    // takes, and the log would grow by every page that is freed meanwhile.
    LmdbEnv copy(logSettings(directory, EnvAccess::write));
    std::optional<WriteTxn> txn;
    std::size_t bytes = 0;
    const Position newest = tip().position;
    forEachBlock(*log_, Position(), [&](const CommitBlock& block, BytesView value) {
      if (block.first() > newest) return false;
      if (!txn) txn.emplace(copy);
      const std::span<std::byte> to = txn->append(LogKey(block.first()).view(), value.size());
      std::memcpy(to.data(), value.data(), value.size());
      bytes += value.size();
      if (bytes >= kCopyBytes) {
        txn->commit();
        txn.reset();
        bytes = 0;
      }
      return true;
    });
    if (txn) txn->commit();
    const std::uint64_t file_bytes = PageFile(dataFile(logPath(directory))).bytes();
    if (file_bytes < copy.usedBytes() &&
        ftruncate(copy.descriptor(), static_cast<off_t>(copy.usedBytes())) != 0) {
      const int error = errno;
      throw StoreError("cannot write " + directory + ": " + std::strerror(error));
    }
  }
  syncPath(dataFile(logPath(directory)));
  syncPath(logPath(directory));
  finishCreation(directory);
}

// --- Snapshots and key runs ---------------------------------------------------------------------

LmdbSnapshots& LmdbStore::writableSnapshots() {
  CHECK(mode_ == Mode::write, "snapshots opened for reading are not written to");
  return *snapshots_;
}

std::unique_ptr<SnapshotWriter> LmdbStore::startSnapshot() { return writableSnapshots().start(); }

std::vector<SnapshotInfo> LmdbStore::snapshots() const {
  return snapshots_ ? snapshots_->list() : std::vector<SnapshotInfo>();
}

void LmdbStore::readSnapshot(Position position,
                             const std::function<void(BytesView)>& visitor) const {
  if (!snapshots_) throw StoreError("there are no snapshots in " + directory_);
  snapshots_->read(position, visitor);
}

void LmdbStore::dropSnapshot(Position position) { writableSnapshots().drop(position); }

KeySeed LmdbStore::keySeed() const {
  return snapshots_ ? snapshots_->keySeed() : options_.fresh_seed;
}

void LmdbStore::appendKeyRun(Position through, const std::vector<KeyEntry>& run) {
  writableSnapshots().appendRun(through, run);
}

Position LmdbStore::keyRunsThrough() const {
  return snapshots_ ? snapshots_->runsThrough() : Position();
}

void LmdbStore::readKeyRuns(const std::function<void(const KeyEntry&)>& visitor) const {
  if (snapshots_) snapshots_->readRuns(visitor);
}

void LmdbStore::dropKeyRuns() { writableSnapshots().dropRuns(); }

}  // namespace daybook::store
