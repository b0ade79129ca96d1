// Hands values from any thread to the loop's thread.
//
// push() appends to a queue under a mutex and wakes the loop once per batch; the handler gets
// everything that came since, in order, on the loop's thread. It is a libuv callback: it may fulfil
// promises and start work, must not wait, and what it throws ends the process.
//
// Ownership: threads that push are joined before the queue goes; what is queued then is dropped.
// Threads: push() from any thread, all else from the loop's.
#pragma once

#include <kj/function.h>
#include <uv.h>

#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "daemon/uv_event_port.h"

namespace daybook::daemon {

template <typename T>
class CrossThreadQueue final {
 public:
  using Handler = kj::Function<void(std::vector<T>)>;

  CrossThreadQueue(UvEventPort& port, Handler handler) : shared_(new Shared(kj::mv(handler))) {
    const int status = uv_async_init(port.loop(), &shared_->async, &onWake);
    if (status != 0) {
      delete shared_;
      throw std::system_error(-status, std::generic_category(), "uv_async_init");
    }
    shared_->async.data = shared_;
  }
  ~CrossThreadQueue() noexcept {
    shared_->open = false;
    // The memory goes when libuv has let go of the handle.
    uv_close(reinterpret_cast<uv_handle_t*>(&shared_->async),
             [](uv_handle_t* handle) noexcept { delete static_cast<Shared*>(handle->data); });
  }
  CrossThreadQueue(const CrossThreadQueue&) = delete;
  CrossThreadQueue& operator=(const CrossThreadQueue&) = delete;

  void push(T value) {
    const std::lock_guard lock(shared_->mutex);
    const bool first = shared_->values.empty();
    shared_->values.push_back(std::move(value));
    // Whoever filled an empty queue wakes the loop; the others ride along.
    if (first) uv_async_send(&shared_->async);
  }

 private:
  struct Shared {
    explicit Shared(Handler function) : handler(kj::mv(function)) {}
    uv_async_t async{};
    Handler handler;
    bool open = true;
    std::mutex mutex;
    std::vector<T> values;  // guarded by the mutex
  };

  static void onWake(uv_async_t* async) noexcept {
    auto* shared = static_cast<Shared*>(async->data);
    if (!shared->open) return;
    std::vector<T> values;
    {
      const std::lock_guard lock(shared->mutex);
      values.swap(shared->values);
    }
    if (!values.empty()) shared->handler(std::move(values));
  }

  Shared* shared_;
};

}  // namespace daybook::daemon
