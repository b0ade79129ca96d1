// Slow work on libuv's thread pool, as promises: backups, exports, writing snapshots.
//
//   pool.run([path, bytes = std::move(bytes)]() mutable { return writeFile(path, bytes); })
//
// The function runs on a pool thread and owns all that it captures; it must not touch promises,
// capabilities or the state. Its result, or what it throws, comes back on the loop's thread.
// Dropping the promise does not stop the function: its result is dropped.
//
// Ownership: a port that goes waits for work that runs; its result goes nowhere then.
// Threads: the loop's thread. The pool has 4 threads unless UV_THREADPOOL_SIZE says otherwise.
#pragma once

#include <kj/async.h>
#include <kj/exception.h>
#include <uv.h>

#include <optional>
#include <type_traits>
#include <utility>

#include "daemon/uv_event_port.h"

namespace daybook::daemon {

class WorkerPool final {
 public:
  explicit WorkerPool(UvEventPort& port) : port_(port) {}
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  template <typename Function>
  kj::Promise<std::invoke_result_t<Function&>> run(Function function) {
    using Result = std::invoke_result_t<Function&>;
    return kj::newAdaptedPromise<Result, Adapter<Function, Result>>(port_, std::move(function));
  }

 private:
  // Queues the work. From here on `request` belongs to the pool until finish(data) is called on the
  // loop's thread, after work(data) has returned on a pool thread.
  struct Request {
    uv_work_t uv{};
    virtual ~Request() = default;
    virtual void work() = 0;
    virtual void finish() = 0;
    kj::Maybe<kj::Exception> exception;
  };
  static void queue(UvEventPort& port, Request* request);

  template <typename Function, typename Result>
  class Adapter;

  template <typename Function, typename Result>
  struct Task final : Request {
    using Stored = std::conditional_t<std::is_void_v<Result>, bool, Result>;

    explicit Task(Function work_function) : function(std::move(work_function)) {}
    void work() override {
      if constexpr (std::is_void_v<Result>) {
        function();
      } else {
        result.emplace(function());
      }
    }
    void finish() override {
      if (adapter != nullptr) adapter->finish(*this);
    }

    Function function;
    std::optional<Stored> result;
    Adapter<Function, Result>* adapter = nullptr;  // null once the promise is dropped
  };

  template <typename Function, typename Result>
  class Adapter {
   public:
    Adapter(kj::PromiseFulfiller<Result>& fulfiller, UvEventPort& port, Function function)
        : fulfiller_(fulfiller), task_(new Task<Function, Result>(std::move(function))) {
      task_->adapter = this;
      queue(port, task_);
    }
    ~Adapter() {
      if (task_ != nullptr) task_->adapter = nullptr;
    }
    Adapter(const Adapter&) = delete;
    Adapter& operator=(const Adapter&) = delete;

    void finish(Task<Function, Result>& task) {
      task_ = nullptr;
      KJ_IF_MAYBE (exception, task.exception) {
        fulfiller_.reject(kj::mv(*exception));
      } else if constexpr (std::is_void_v<Result>) {
        fulfiller_.fulfill();
      } else {
        fulfiller_.fulfill(std::move(*task.result));
      }
    }

   private:
    kj::PromiseFulfiller<Result>& fulfiller_;
    Task<Function, Result>* task_;
  };

  UvEventPort& port_;
};

}  // namespace daybook::daemon
