#include "daemon/uv_event_port.h"

#include <kj/async.h>
#include <kj/thread.h>
#include <kj/vector.h>
#include <uv.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/cross_thread.h"
#include "daemon/signals.h"
#include "daemon/worker_pool.h"

#include <catch2/catch.hpp>

#if defined(__SANITIZE_THREAD__)
#define DAYBOOK_TEST_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DAYBOOK_TEST_TSAN
#endif
#endif

namespace daybook::daemon {
namespace {

// In the order in which the daemon has them, too.
struct Loop {
  UvEventPort port;
  kj::EventLoop loop{port};
  kj::WaitScope scope{loop};
};

TEST_CASE("A loop that did nothing closes cleanly") { Loop loop; }

TEST_CASE("Timers fire in order of their time, and never early") {
  Loop loop;
  kj::Timer& timer = loop.port.timer();
  const kj::MonotonicClock& clock = kj::systemPreciseMonotonicClock();
  const kj::TimePoint start = clock.now();
  std::vector<int> order;
  kj::TimePoint fired = start;
  auto later = timer.atTime(start + 3 * kj::MILLISECONDS).then([&]() {
    order.push_back(2);
    fired = clock.now();
  });
  auto sooner = timer.atTime(start + 1 * kj::MILLISECONDS)
                    .then([&]() { order.push_back(1); })
                    .eagerlyEvaluate(nullptr);
  auto due = timer.atTime(start).then([&]() { order.push_back(0); }).eagerlyEvaluate(nullptr);
  later.wait(loop.scope);
  CHECK(order == std::vector<int>{0, 1, 2});
  CHECK(fired >= start + 3 * kj::MILLISECONDS);
}

TEST_CASE("A timer that is due when the loop goes to sleep does not oversleep") {
  Loop loop;
  kj::Timer& timer = loop.port.timer();
  for (int i = 0; i < 1000; ++i) timer.afterDelay(0 * kj::SECONDS).wait(loop.scope);
  // Shorter than libuv can tell apart.
  for (int i = 0; i < 20; ++i) timer.afterDelay(100 * kj::MICROSECONDS).wait(loop.scope);
}

TEST_CASE("A timer set while another one sleeps, and dropped again, disturbs nobody") {
  Loop loop;
  kj::Timer& timer = loop.port.timer();
  auto far = timer.afterDelay(1 * kj::HOURS).eagerlyEvaluate(nullptr);
  timer.afterDelay(1 * kj::MILLISECONDS).wait(loop.scope);
  { auto dropped = timer.afterDelay(1 * kj::MILLISECONDS); }
  timer.afterDelay(2 * kj::MILLISECONDS).wait(loop.scope);
  CHECK_FALSE(far.poll(loop.scope));
}

TEST_CASE("Promises fulfilled within the loop are all run, after poll() too") {
  Loop loop;
  auto paf = kj::newPromiseAndFulfiller<void>();
  CHECK_FALSE(paf.promise.poll(loop.scope));
  paf.fulfiller->fulfill();
  CHECK(paf.promise.poll(loop.scope));
  loop.scope.poll();
  int ran = 0;
  kj::evalLater([&]() { return kj::evalLater([&]() { ++ran; }); }).wait(loop.scope);
  kj::evalLast([&]() { ++ran; }).wait(loop.scope);
  CHECK(ran == 2);
}

TEST_CASE("yield() looks at sockets between two slices of work") {
  Loop loop;
  bool seen = false;
  CrossThreadQueue<int> queue(loop.port, [&](const std::vector<int>&) { seen = true; });
  queue.push(1);
  kj::evalLater([]() {}).wait(loop.scope);
  CHECK_FALSE(seen);
  loop.port.yield().wait(loop.scope);
  CHECK(seen);
}

TEST_CASE("A dropped yield() is harmless") {
  Loop loop;
  { auto dropped = loop.port.yield(); }
  loop.port.yield().wait(loop.scope);
}

TEST_CASE("wait() and poll() say once that another thread called") {
  UvEventPort port;
  CHECK_FALSE(port.poll());
  std::thread([&port]() { port.wake(); }).join();
  CHECK(port.wait());
  CHECK_FALSE(port.poll());
  port.wake();
  port.wake();
  CHECK(port.poll());
  CHECK_FALSE(port.poll());
}

// KJ's mutex is a futex of its own that ThreadSanitizer cannot see: with it this is all races.
#ifndef DAYBOOK_TEST_TSAN
TEST_CASE("Other threads run code on the loop through KJ's executor") {
  Loop loop;
  auto paf = kj::newPromiseAndFulfiller<int>();
  const kj::Executor& executor = kj::getCurrentThreadExecutor();
  kj::Thread thread([&]() noexcept {
    for (int i = 0; i < 100; ++i) {
      executor.executeSync([&]() {
        if (i == 99) paf.fulfiller->fulfill(kj::cp(i));
      });
    }
  });
  CHECK(paf.promise.wait(loop.scope) == 99);
}
#endif

TEST_CASE("A queue across threads keeps each thread's order and loses nothing") {
  Loop loop;
  constexpr std::uint32_t kThreads = 4;
  constexpr std::uint32_t kEach = 20'000;
  using Item = std::pair<std::uint32_t, std::uint32_t>;
  auto paf = kj::newPromiseAndFulfiller<void>();
  std::vector<std::uint32_t> next(kThreads);
  bool ordered = true;
  std::uint32_t count = 0;
  {
    CrossThreadQueue<Item> queue(loop.port, [&](const std::vector<Item>& items) {
      for (const auto& [thread, number] : items) {
        ordered = ordered && next[thread] == number;
        next[thread] = number + 1;
        if (++count == kThreads * kEach) paf.fulfiller->fulfill();
      }
    });
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&queue, t]() {
        for (std::uint32_t i = 0; i < kEach; ++i) queue.push({t, i});
      });
    }
    paf.promise.wait(loop.scope);
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(ordered);
}

TEST_CASE("A queue that goes with values in it calls nobody") {
  Loop loop;
  bool called = false;
  {
    CrossThreadQueue<std::unique_ptr<int>> queue(
        loop.port, [&](const std::vector<std::unique_ptr<int>>&) { called = true; });
    queue.push(std::make_unique<int>(7));
  }
  loop.port.yield().wait(loop.scope);
  CHECK_FALSE(called);
}

TEST_CASE("Work on the pool brings its result or its exception back") {
  Loop loop;
  WorkerPool pool(loop.port);
  const auto self = std::this_thread::get_id();
  auto owned = std::make_unique<int>(41);
  auto result = pool.run([owned = std::move(owned), self]() {
    return std::this_thread::get_id() == self ? 0 : *owned + 1;
  });
  CHECK(result.wait(loop.scope) == 42);
  bool ran = false;
  pool.run([&ran]() { ran = true; }).wait(loop.scope);
  CHECK(ran);
  auto failing = pool.run([]() -> int { throw std::runtime_error("disk on fire"); });
  kj::String description;
  failing.then([](int) {}, [&](kj::Exception&& e) { description = kj::str(e.getDescription()); })
      .wait(loop.scope);
  CHECK_THAT(std::string(description.cStr()), Catch::Contains("disk on fire"));
}

TEST_CASE("A loop waits for work whose promise was dropped, and drops the result") {
  std::atomic<int> done{0};
  {
    Loop loop;
    WorkerPool pool(loop.port);
    for (int i = 0; i < 20; ++i) {
      auto dropped = pool.run([&done]() {
        ++done;
        return std::make_unique<int>(1);
      });
    }
  }
  CHECK(done == 20);
}

TEST_CASE("A signal is a call on the loop until its watch goes") {
  Loop loop;
  auto paf = kj::newPromiseAndFulfiller<void>();
  SignalWatch watch(loop.port, SIGUSR2, [&]() { paf.fulfiller->fulfill(); });
  int others = 0;
  {
    SignalWatch gone(loop.port, SIGUSR2, [&]() { ++others; });
  }
  ::raise(SIGUSR2);
  paf.promise.wait(loop.scope);
  CHECK(others == 0);
}

}  // namespace
}  // namespace daybook::daemon
