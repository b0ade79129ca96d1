// The daemon: everything wired together for one data directory, from opening to a clean stop.
//
// Belongs to the thread that calls it. Errors before it serves are messages in the log and a
// status; after that only a failed commit ends it.
#pragma once

#include "daemon/config.h"
#include "daemon/logging.h"
#include "daemon/offline.h"

namespace daybook::daemon {

/// Serves until SIGTERM or SIGINT. Throws what keeps it from starting: StoreError for the data
/// directory, others for sockets.
ExitStatus serve(const Config& config, Logging& logging);

}  // namespace daybook::daemon
