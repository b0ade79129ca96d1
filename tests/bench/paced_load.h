// Ingest at a steady rate beside a measurement, and how long its batches take to be answered.
//
// The load is open: a batch is due at its time whatever became of those before, and its latency
// counts from then, so that a pause of the daemon shows in every batch that fell into it.
// Threads: makes two; start and end belong to one thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "tests/bench/measure.h"
#include "tests/bench/workload.h"

namespace daybook::bench {

class PacedLoad {
 public:
  /// Begins at once. `events_per_second` 0: no load.
  PacedLoad(const std::string& address, const Zipf& customers, double events_per_second,
            std::size_t batch, std::uint64_t seed);
  ~PacedLoad() { end(); }
  PacedLoad(const PacedLoad&) = delete;
  PacedLoad& operator=(const PacedLoad&) = delete;

  /// Forgets what was measured until now.
  void restart();
  /// Waits for what is unanswered, and prints rate and latencies under `name`. Throws when an event
  /// was refused. Called once.
  void report(const std::string& name);

 private:
  struct Sent {
    double due;
    client::Client::Future<client::BatchResult> answer;
  };
  void send(const Zipf& customers, double events_per_second, std::uint64_t seed);
  void receive();
  void end();

  client::Client ledger_;
  const std::size_t batch_;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Sent> sent_;             // guarded by mutex_
  bool sent_all_ = false;             // guarded by mutex_
  Latencies latencies_;               // guarded by mutex_
  std::uint64_t events_ = 0;          // guarded by mutex_
  Stopwatch since_{CLOCK_MONOTONIC};  // guarded by mutex_
  std::string trouble_;               // guarded by mutex_
  std::thread sender_;
  std::thread receiver_;
};

}  // namespace daybook::bench
