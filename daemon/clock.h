// The ledger's time on a wall clock.
//
// It never decreases: it starts at the newest recorded instant, and while the machine's clock is
// behind it stands still. It does not follow a jump either: when the machine's clock is ahead of
// what has passed since the last reading by more than kJumpLimit, measured on a clock that nobody
// sets (and that runs while the machine sleeps), time stops and jumped() holds until an operator
// confirms. A start is no jump: the daemon may have been off for months.
//
// Ledgers with a manual clock do not use this: their time is a part of their state.
//
// Errors: none; the log says when time stands still and when it goes on.
// Threads: the loop's thread.
#pragma once

#include <spdlog/logger.h>

#include <functional>

#include "ledger/base/instant.h"

namespace daybook::daemon {

/// Where the time comes from; tests give their own.
struct ClockSources {
  std::function<Instant()> wall;
  std::function<Duration()> since_boot;
  /// CLOCK_REALTIME and CLOCK_BOOTTIME.
  static ClockSources system();
};

class Clock final {
 public:
  static constexpr Duration kJumpLimit = Duration::hours(1);
  // From here on a clock that is behind is worth a warning: corrections by NTP are smaller.
  static constexpr Duration kBehindLimit = Duration::seconds(1);

  /// `recorded` is the newest recorded instant of the ledger; 0 for a new one.
  Clock(ClockSources sources, Instant recorded, spdlog::logger& log);

  /// The ledger's time.
  Instant now();
  /// Whether deciding has stopped, as of the last now().
  bool jumped() const { return jumped_; }
  /// Takes the machine's time as right, goes on from there, and returns now().
  Instant confirm();

 private:
  void noteBehind(Instant wall);

  ClockSources sources_;
  spdlog::logger& log_;
  Instant now_;           // the newest time given out
  Duration since_boot_;   // when it was
  bool started_ = false;  // a machine's time was taken
  bool jumped_ = false;
  bool behind_ = false;
};

}  // namespace daybook::daemon
