// Opening a ledger: from the files of a data directory to state, keys and tree in memory.
//
// Starts from the newest snapshot that proves good and replays the rest of the log; without one,
// from the empty state. Bad snapshots are logged and dropped. The newest commit is verified against
// its root in any case. Damage of the log is a store::DamageError: the daemon does not start on it.
#pragma once

#include <spdlog/logger.h>

#include "daemon/commit_pipeline.h"
#include "ledger/model/codec.h"
#include "ledger/store/store.h"

namespace daybook::daemon {

OpenedLedger openLedger(store::Store& store, const Codec& codec, spdlog::logger& logger);

}  // namespace daybook::daemon
