// Tells systemd how the daemon is doing. Outside systemd all of it does nothing.
//
// Threads: any.
#pragma once

#include <kj/async.h>
#include <kj/timer.h>

#include <string>

namespace daybook::daemon {

class ServiceNotify final {
 public:
  /// Serving: units that need the ledger may start now.
  void ready(const std::string& status) const;
  /// Winding down.
  void stopping() const;
  /// Reports to the unit's watchdog as long as the promise is held and the loop runs; without a
  /// watchdog it never resolves and costs nothing.
  kj::Promise<void> keepAlive(kj::Timer& timer) const;
};

}  // namespace daybook::daemon
