// Signals as calls on the loop's thread.
//
// Ownership: the handler runs until the watch goes. It is a libuv callback: it may fulfil promises,
// must not wait, and what it throws ends the process.
// Threads: the loop's thread. Watches of one signal are all called.
#pragma once

#include <kj/function.h>
#include <uv.h>

#include "daemon/uv_event_port.h"

namespace daybook::daemon {

class SignalWatch final {
 public:
  using Handler = kj::Function<void()>;

  /// Throws std::system_error when the signal cannot be caught.
  SignalWatch(UvEventPort& port, int signal, Handler handler);
  ~SignalWatch() noexcept;
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct Shared;
  Shared* shared_;
};

/// A write to a connection or pipe that broke, or past the limit on a file's size, is an error of
/// that write, not the end of the process.
void ignoreWriteSignals();

}  // namespace daybook::daemon
