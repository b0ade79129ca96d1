#include "daemon/ticker.h"

#include <algorithm>
#include <cstddef>

#include "ledger/base/limits.h"

namespace daybook::daemon {

namespace {
constexpr kj::Duration kTickMax = 1 * kj::SECONDS;
constexpr kj::Duration kTickMin = 1 * kj::MILLISECONDS;
// What callers wait for behind due work, beside one turn of it: the commits of what it has queued.
constexpr std::size_t kQueuedBytesMax = 256u << 10;
}  // namespace

kj::Promise<void> Ticker::run() {
  admission_.update();
  return catchUp().then([this] { return loop_.timer().afterDelay(untilNext()); }).then([this] {
    return run();
  });
}

kj::Promise<void> Ticker::catchUp() {
  if (pipeline_.queuedBytes() > kQueuedBytesMax) {
    return pipeline_.nextCommit().then([this] { return catchUp(); });
  }
  if (!pipeline_.workDue(limits::kTickSlice)) return kj::READY_NOW;
  return loop_.yield().then([this] { return catchUp(); });
}

kj::Duration Ticker::untilNext() const {
  const auto& due = pipeline_.state().due;
  if (due.empty() || pipeline_.isManual()) return kTickMax;
  const std::int64_t wait_ns = (due.begin()->at - pipeline_.now()).ns;
  return std::clamp(wait_ns * kj::NANOSECONDS, kTickMin, kTickMax);
}

}  // namespace daybook::daemon
