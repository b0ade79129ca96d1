#include "tests/bench/paced_load.h"

#include <cmath>
#include <exception>
#include <stdexcept>
#include <utility>

namespace daybook::bench {
namespace {

void sleepUntil(double monotonic_seconds) {
  double whole = 0;
  const double part = std::modf(monotonic_seconds, &whole);
  struct timespec time {};
  time.tv_sec = static_cast<time_t>(whole);
  time.tv_nsec = static_cast<long>(part * 1e9);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
  }
}

}  // namespace

PacedLoad::PacedLoad(const std::string& address, const Zipf& customers, double events_per_second,
                     std::size_t batch, std::uint64_t seed)
    : ledger_({.address = address, .token = {}}), batch_(batch) {
  if (events_per_second <= 0) return;
  sender_ = std::thread([=, this, &customers] { send(customers, events_per_second, seed); });
  receiver_ = std::thread([this] { receive(); });
}

void PacedLoad::send(const Zipf& customers, double events_per_second, std::uint64_t seed) {
  UsageMaker maker(customers, seed);
  const double interval = static_cast<double>(batch_) / events_per_second;
  double due = Stopwatch::now(CLOCK_MONOTONIC);
  while (!ending_) {
    due += interval;
    auto entries = maker.batch(batch_);
    sleepUntil(due);
    auto answer = ledger_.recordBatchAsync(std::move(entries));
    const std::lock_guard<std::mutex> lock(mutex_);
    sent_.push_back({due, std::move(answer)});
    changed_.notify_one();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  sent_all_ = true;
  changed_.notify_one();
}

void PacedLoad::receive() {
  for (;;) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return sent_all_ || !sent_.empty(); });
    if (sent_.empty()) return;
    Sent next = std::move(sent_.front());
    sent_.pop_front();
    lock.unlock();
    std::string trouble;
    try {
      const auto reply = next.answer.get();
      if (!reply.ok()) trouble = reply.outcome.name + " " + reply.detail;
      if (!reply.value.refusals.empty()) trouble = reply.value.refusals[0].outcome.name;
    } catch (const std::exception& e) {
      trouble = e.what();
    }
    const double seconds = Stopwatch::now(CLOCK_MONOTONIC) - next.due;
    lock.lock();
    latencies_.add(seconds);
    events_ += batch_;
    if (!trouble.empty()) trouble_ = trouble;
  }
}

void PacedLoad::restart() {
  const std::lock_guard<std::mutex> lock(mutex_);
  latencies_ = {};
  events_ = 0;
  since_ = Stopwatch(CLOCK_MONOTONIC);
}

void PacedLoad::end() {
  ending_ = true;
  if (sender_.joinable()) sender_.join();
  if (receiver_.joinable()) receiver_.join();
}

void PacedLoad::report(const std::string& name) {
  if (!sender_.joinable()) return;
  end();
  if (!trouble_.empty()) throw std::runtime_error("paced load: " + trouble_);
  if (latencies_.size() == 0) throw std::runtime_error("paced load: no batch was answered");
  print(name + ", rate", static_cast<double>(events_) / since_.seconds(), "events/s");
  latencies_.printQuantiles(name);
}

}  // namespace daybook::bench
