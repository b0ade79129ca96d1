// The thread that a client's calls run on: a KJ event loop fed by a queue of tasks.
//
// post() may be called from any thread; tasks run on the loop thread, in order, and get the loop's
// network and timer through the Loop that they are given. Hand-over is a mutex and an eventfd.
#pragma once

#include <kj/async-io.h>
#include <kj/common.h>
#include <kj/function.h>
#include <kj/memory.h>

#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace daybook::client {

/// What lives on the loop thread: made and destroyed there.
class LoopResident {
 public:
  virtual ~LoopResident() noexcept(false) = default;
};

class LoopThread {
 public:
  using MakeResident = kj::Function<kj::Own<LoopResident>(kj::Network& network, kj::Timer& timer)>;
  using Task = kj::Function<void(LoopResident& resident)>;

  /// Starts the thread. Throws std::system_error when the system has no descriptor or thread left.
  explicit LoopThread(MakeResident make_resident);
  /// Runs what was posted, then destroys the resident and ends the thread.
  ~LoopThread();
  KJ_DISALLOW_COPY(LoopThread);

  void post(Task task);

 private:
  void run();
  void signal();
  /// Runs all queued tasks; says whether to go on.
  bool drain(LoopResident& resident);

  int event_fd_;
  MakeResident make_resident_;
  std::mutex mutex_;
  std::deque<Task> tasks_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::thread thread_;
};

}  // namespace daybook::client
