#include "daemon/uv_event_port.h"

#include <cstdint>
#include <cstdio>
#include <system_error>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {
namespace {

// Far enough to be never, near enough for libuv's arithmetic.
constexpr std::uint64_t kTimeoutMsMax = 1'000'000'000;

void checkUv(int status, const char* what) {
  if (status != 0) throw std::system_error(-status, std::generic_category(), what);
}

template <typename Handle>
uv_handle_t* asHandle(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

void refuseOpenHandle(uv_handle_t* handle, void*) noexcept {
  if (uv_is_closing(handle) != 0) return;
  std::fprintf(stderr, "a handle of type %s is open\n",
               uv_handle_type_name(uv_handle_get_type(handle)));
  CHECK(false, "whoever opens a libuv handle closes it before the loop goes");
}

}  // namespace

UvEventPort::UvEventPort() : clock_(kj::systemPreciseMonotonicClock()), timer_(clock_.now()) {
  checkUv(uv_loop_init(&loop_), "uv_loop_init");
  checkUv(uv_timer_init(&loop_, &uv_timer_), "uv_timer_init");
  checkUv(uv_idle_init(&loop_, &idle_), "uv_idle_init");
  // Waking is all that the callback has to do. The handle also keeps the loop alive, so that a turn
  // without anything to wait for sleeps instead of spinning.
  checkUv(uv_async_init(&loop_, &async_, [](uv_async_t*) noexcept {}), "uv_async_init");
  uv_timer_.data = this;
}

UvEventPort::~UvEventPort() noexcept {
  CHECK(!in_turn_, "the port does not go while its loop runs");
  uv_close(asHandle(&uv_timer_), nullptr);
  uv_close(asHandle(&idle_), nullptr);
  uv_close(asHandle(&async_), nullptr);
  uv_walk(&loop_, &refuseOpenHandle, nullptr);
  while (uv_run(&loop_, UV_RUN_DEFAULT) != 0) {
  }
  CHECK(uv_loop_close(&loop_) == 0, "a loop that has run dry can be closed");
}

kj::Promise<void> UvEventPort::yield() {
  auto paf = kj::newPromiseAndFulfiller<void>();
  yielded_.push_back(kj::mv(paf.fulfiller));
  return kj::mv(paf.promise);
}

bool UvEventPort::wait() { return turn(yielded_.empty() ? UV_RUN_ONCE : UV_RUN_NOWAIT); }

bool UvEventPort::poll() { return turn(UV_RUN_NOWAIT); }

bool UvEventPort::turn(uv_run_mode mode) {
  CHECK(!in_turn_, "the loop is not entered twice");
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> yielded = std::exchange(yielded_, {});
  in_turn_ = true;
  armTimer();
  uv_run(&loop_, mode);
  uv_idle_stop(&idle_);
  in_turn_ = false;
  timer_.advanceTo(clock_.now());
  for (auto& fulfiller : yielded) fulfiller->fulfill();
  return woken_.exchange(false, std::memory_order_acquire);
}

void UvEventPort::armTimer() {
  KJ_IF_MAYBE (next, timer_.nextEvent()) {
    KJ_IF_MAYBE (armed, armed_for_) {
      if (*armed == *next) return;
    }
    uv_update_time(&loop_);
    const std::uint64_t timeout_ms =
        timer_.timeoutToNextEvent(clock_.now(), kj::MILLISECONDS, kTimeoutMsMax).orDefault(0);
    uv_timer_start(
        &uv_timer_,
        [](uv_timer_t* timer) noexcept { static_cast<UvEventPort*>(timer->data)->onTimer(); },
        timeout_ms, 0);
    armed_for_ = *next;
  } else if (armed_for_ != nullptr) {
    uv_timer_stop(&uv_timer_);
    armed_for_ = nullptr;
  }
}

// libuv runs timers before it sleeps, too, and its clock is coarser than KJ's: whatever became due,
// or did not quite, the turn ends here and the next one arms the timer again.
void UvEventPort::onTimer() noexcept {
  armed_for_ = nullptr;
  timer_.advanceTo(clock_.now());
  keepFromBlocking();
}

// KJ says this once, and not again before the outermost wait() returns: a callback that runs before
// libuv sleeps (only the timer's) must not rely on it. For the same reason it means nothing outside
// a turn, where KJ's queue is known to be empty when wait() is called.
void UvEventPort::setRunnable(bool runnable) {
  if (runnable && in_turn_) keepFromBlocking();
}

void UvEventPort::keepFromBlocking() {
  uv_idle_start(&idle_, [](uv_idle_t*) noexcept {});
}

void UvEventPort::wake() const {
  woken_.store(true, std::memory_order_release);
  uv_async_send(&async_);
}

}  // namespace daybook::daemon
