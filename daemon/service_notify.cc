#include "daemon/service_notify.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>

namespace daybook::daemon {
namespace {

// The protocol is one assignment a line.
std::string oneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

void notify(const std::string& state) { static_cast<void>(::sd_notify(0, state.c_str())); }

kj::Promise<void> keepAliveLoop(kj::Timer& timer, kj::Duration interval) {
  notify("WATCHDOG=1");
  return timer.afterDelay(interval).then(
      [&timer, interval]() { return keepAliveLoop(timer, interval); });
}

}  // namespace

void ServiceNotify::ready(const std::string& status) const {
  notify("READY=1\nSTATUS=" + oneLine(status));
}

void ServiceNotify::stopping() const { notify("STOPPING=1\nSTATUS=stopping"); }

kj::Promise<void> ServiceNotify::keepAlive(kj::Timer& timer) const {
  std::uint64_t interval_us = 0;
  if (::sd_watchdog_enabled(0, &interval_us) <= 0) return kj::NEVER_DONE;
  // Three times within the limit.
  return keepAliveLoop(timer, static_cast<std::int64_t>(interval_us / 3) * kj::MICROSECONDS);
}

}  // namespace daybook::daemon
