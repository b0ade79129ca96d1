// Hot backup: a copy of the log as of now, synced and verified.
//
// Runs beside appends, on any thread but the store thread. A restore is starting a daemon on the
// copy.
#pragma once

#include <cstdint>
#include <string>

#include "ledger/store/store.h"

namespace daybook::replay {

struct BackupReport {
  Position position;  // newest event in the copy
  std::uint64_t size_bytes = 0;
};

/// Copies the log into `directory`, which must not exist or be empty, then reads the copy back:
/// its structure, every leaf hash, every root, and that its newest commit is the log's own. Throws
/// store::StoreError; a copy that failed is named as such and is not to be used.
BackupReport backupTo(const store::Store& store, const std::string& directory);

}  // namespace daybook::replay
