// What KJ and Cap'n Proto have to say goes to the daemon's log instead of standard error, and their
// exceptions carry no stack traces: making one costs more than the call that failed, and a client
// can make calls fail.
//
// Threads: for the calling thread, while the call lasts.
#pragma once

#include <kj/function.h>
#include <spdlog/logger.h>

namespace daybook::daemon {

/// Calls `body`; what it throws passes through. `log` outlives the call.
void runWithKjLog(spdlog::logger& log, kj::FunctionParam<void()> body);

}  // namespace daybook::daemon
