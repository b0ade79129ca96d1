// The data directory: what lies in it, who may write to it, and how it is created so that a crash
// in between leaves either nothing or all of it.
//
//   DIR/FORMAT         "daybook data directory, format 1"; written last, so it marks a whole one
//   DIR/FORMAT.new     the same, while the directory is being created
//   DIR/lock           locked by the daemon that writes; holds its process id
//   DIR/log/           the log's LMDB environment (data.mdb, lock.mdb)
//   DIR/snapshots/     snapshots and key runs, in another one: derived data, may be deleted
//   DIR/snapshots.damaged-N/   ones that were moved aside
//
// Errors: StoreError, whose message names the path and says what to do.
#pragma once

#include <string>

namespace daybook::store {

std::string logPath(const std::string& directory);
std::string snapshotsPath(const std::string& directory);
/// The data file of an LMDB environment.
std::string dataFile(const std::string& environment);

/// Whether a data directory can be created here: nothing is there, or an empty directory, or what
/// an interrupted creation left.
bool isFreshDirectory(const std::string& directory);

/// Throws unless the directory holds data of a format that this program reads.
void checkFormat(const std::string& directory);

/// Makes the directory if need be, synced. Its parent must exist.
void makeDirectory(const std::string& directory);
/// The first and the last step of a creation. Between them the caller makes the environments.
/// REQUIRES: the directory is locked and fresh.
void beginCreation(const std::string& directory);
void finishCreation(const std::string& directory);

/// Makes what was written to a file, or the names in a directory, durable.
void syncPath(const std::string& path);

/// The exclusive right to write to a data directory, held as long as the object lives. It ends with
/// the process, however that ends.
class DirectoryLock {
 public:
  /// Throws when another one holds it, naming the process.
  explicit DirectoryLock(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_;
};

/// Whether a writer holds the lock now, or may hold it.
bool isLocked(const std::string& directory);

}  // namespace daybook::store
