// KJ's event loop on libuv: the one loop that drives everything in the daemon.
//
// KJ is on top: kj::Promise::wait() runs KJ's queue, and when that is empty it calls wait() here,
// which runs one turn of libuv. Everything that waits for the outside (sockets, signals, timers,
// other threads) is a libuv handle or a KJ timer.
//
//   UvEventPort port;
//   kj::EventLoop loop(port);
//   kj::WaitScope scope(loop);
//   ... .wait(scope);
//
// KJ looks for input and output only when its queue is empty. Long work that is cut into slices
// must wait for yield() between them: kj::evalLater() lets other promises run, but no socket. Leave
// WaitScope's busy poll interval alone, since what is due "last before sleeping" (coalesced writes)
// would starve.
//
// Ownership: whoever opened a handle on loop() closes it before the port goes; the destructor
// closes the port's own, waits for pool work and close callbacks, and aborts when a handle is left
// open.
// Errors: the constructor throws std::system_error. Callbacks of libuv are noexcept everywhere.
// Threads: wake() from any thread, all else from the thread that made it.
#pragma once

#include <kj/async.h>
#include <kj/time.h>
#include <kj/timer.h>
#include <uv.h>

#include <atomic>
#include <vector>

namespace daybook::daemon {

class UvEventPort final : public kj::EventPort {
 public:
  UvEventPort();
  ~UvEventPort() noexcept;
  KJ_DISALLOW_COPY(UvEventPort);

  uv_loop_t* loop() { return &loop_; }
  /// Monotonic time as of this turn, and promises of it. A promise is kept late, never early.
  kj::Timer& timer() { return timer_; }
  /// Resolves when sockets, timers and other threads have been looked at once more.
  kj::Promise<void> yield();

  bool wait() override;
  bool poll() override;
  void setRunnable(bool runnable) override;
  void wake() const override;

 private:
  bool turn(uv_run_mode mode);
  void armTimer();
  void onTimer() noexcept;
  void keepFromBlocking();

  const kj::MonotonicClock& clock_;
  kj::TimerImpl timer_;
  uv_loop_t loop_{};
  uv_timer_t uv_timer_{};
  uv_idle_t idle_{};
  mutable uv_async_t async_{};
  mutable std::atomic<bool> woken_{false};
  kj::Maybe<kj::TimePoint> armed_for_;
  bool in_turn_ = false;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> yielded_;
};

}  // namespace daybook::daemon
