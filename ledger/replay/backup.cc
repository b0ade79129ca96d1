#include "ledger/replay/backup.h"

#include <filesystem>
#include <memory>
#include <optional>

#include "ledger/replay/commit_check.h"
#include "ledger/store/lmdb_store.h"

namespace daybook::replay {
namespace {

std::uint64_t sizeOf(const std::string& directory) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

/// The log's commit that ends at the position.
std::optional<store::Tip> commitAt(const store::Store& store, Position position) {
  std::optional<store::Tip> tip;
  store.scan(position, [&](const store::StoredCommit& commit) {
    if (commit.tip.position == position) tip = commit.tip;
    return store::ScanStep::stop;
  });
  return tip;
}

/// The newest commit of the copy, once all of it has been read.
store::Tip verifyCopy(const store::Store& copy) {
  copy.checkStructure();
  CommitCheck check{audit::CompactRange()};
  copy.scan(Position(), [&check](const store::StoredCommit& commit) {
    check.take(commit);
    return store::ScanStep::proceed;
  });
  const store::Tip tip = copy.tip();
  if (check.tree().size() != tip.position.value) {
    throw store::StoreError("events are missing");
  }
  return tip;
}

}  // namespace

BackupReport backupTo(const store::Store& store, const std::string& directory) {
  store.copyTo(directory);
  try {
    const store::Tip tip = verifyCopy(*store::LmdbStore::openReadOnly(directory));
    if (!tip.position.isNone() && commitAt(store, tip.position) != tip) {
      throw store::StoreError("its newest commit is not the log's");
    }
    return {tip.position, sizeOf(directory)};
  } catch (const std::exception& error) {
    throw store::StoreError("the copy in " + directory +
                            " is not good, do not use it: " + error.what());
  }
}

}  // namespace daybook::replay
