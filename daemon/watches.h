// What the watches of the daemon share: how long a watcher may take for a call, how many a
// connection has, and their end when the daemon stops.
//
// Belongs to the loop thread.
#pragma once

#include <kj/async.h>
#include <kj/refcount.h>
#include <kj/time.h>

#include <cstddef>

namespace daybook::daemon {

class Watches {
 public:
  /// `call_timeout`: within it a watcher has to return a call.
  explicit Watches(kj::Duration call_timeout) : call_timeout_(call_timeout) {}
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;

  kj::Duration callTimeout() const { return call_timeout_; }
  /// The daemon ends, and all watches with it.
  void stop() { stop_.fulfiller->fulfill(); }
  kj::Promise<void> stopped() { return stopped_.addBranch(); }

 private:
  kj::Duration call_timeout_;
  kj::PromiseFulfillerPair<void> stop_ = kj::newPromiseAndFulfiller<void>();
  kj::ForkedPromise<void> stopped_ = stop_.promise.fork();
};

/// How many watches one connection has. Counted references.
struct WatchCount final : kj::Refcounted {
  std::size_t open = 0;
};

}  // namespace daybook::daemon
