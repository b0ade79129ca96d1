// The daemon: everything wired together for one data directory, from opening to a clean stop.
//
// Belongs to the thread that calls it. Errors before it serves are messages in the log and a
// status; after that only a failed commit ends it.
#pragma once

#include <functional>

#include "daemon/config.h"
#include "daemon/logging.h"
#include "daemon/offline.h"

namespace daybook::daemon {

/// Reads the configuration anew, for ConfigUse::reload.
using RereadConfig = std::function<ConfigResult()>;

/// Serves until SIGTERM or SIGINT. SIGHUP reopens the log file and takes [access] from `reread`.
/// Throws what keeps it from starting: StoreError for the data directory, others for sockets.
ExitStatus serve(const Config& config, const RereadConfig& reread, Logging& logging);

}  // namespace daybook::daemon
