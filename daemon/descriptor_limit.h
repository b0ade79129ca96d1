// How many connections fit into the limit that the operating system sets on a process's open files.
#pragma once

#include <spdlog/logger.h>

#include <cstddef>

namespace daybook::daemon {

/// Raises the limit as far as the process may, and gives how many of the wanted connections fit
/// beside the daemon's own files. The log says when not all of them do. Throws std::runtime_error
/// when none does.
std::size_t connectionsWithinLimit(std::size_t wanted, spdlog::logger& log);

}  // namespace daybook::daemon
