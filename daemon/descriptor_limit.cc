#include "daemon/descriptor_limit.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace daybook::daemon {
namespace {

// Log, storage, listening sockets, a backup and a snapshot at work, and what libraries open.
constexpr std::size_t kOwnFiles = 64;

}  // namespace

std::size_t connectionsWithinLimit(std::size_t wanted, spdlog::logger& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    throw std::system_error(errno, std::generic_category(), "getrlimit");
  }
  const rlim_t needed = wanted + kOwnFiles;
  if (limit.rlim_cur < needed) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(needed, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur >= needed) return wanted;
  const std::string advice = fmt::format(
      "this process may open {} files (ulimit -n, LimitNOFILE= of the unit), which should be {}",
      limit.rlim_cur, needed);
  if (limit.rlim_cur <= kOwnFiles)
    throw std::runtime_error("no connection can be served: " + advice);
  const std::size_t fitting = limit.rlim_cur - kOwnFiles;
  log.warn("at most {} connections are served, not limits.connections = {}: {}", fitting, wanted,
           advice);
  return fitting;
}

}  // namespace daybook::daemon
