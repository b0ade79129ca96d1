// What every measuring program uses: time, distributions, and one line of output a figure.
//
// A line is the name, at least two spaces, the value, and the unit; run.py reads them. Floating
// point is for statistics only: nothing here touches money.
// Threads: values; one owner each.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace daybook::bench {

/// Seconds on one clock since it was made.
class Stopwatch {
 public:
  /// CLOCK_MONOTONIC, or CLOCK_PROCESS_CPUTIME_ID, for which others on the machine do not count.
  explicit Stopwatch(clockid_t clock) : clock_(clock), start_(now(clock)) {}
  double seconds() const { return now(clock_) - start_; }
  static double now(clockid_t clock) {
    struct timespec time {};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

 private:
  clockid_t clock_;
  double start_;
};

/// Prints one figure.
inline void print(const std::string& name, double value, const char* unit) {
  std::printf("%-52s  %.3f %s\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

/// Times of many calls, in seconds.
class Latencies {
 public:
  void add(double seconds) { seconds_.push_back(seconds); }
  void add(const Latencies& other) {
    seconds_.insert(seconds_.end(), other.seconds_.begin(), other.seconds_.end());
  }
  std::size_t size() const { return seconds_.size(); }

  /// The smallest time that a share of at least `part` of the calls did not exceed.
  /// REQUIRES: size() > 0.
  double quantile(double part) {
    std::sort(seconds_.begin(), seconds_.end());
    const auto rank = static_cast<std::size_t>(part * static_cast<double>(seconds_.size()));
    return seconds_[std::min(rank, seconds_.size() - 1)];
  }
  void printQuantiles(const std::string& name) {
    print(name + ", p50", quantile(0.5) * 1e6, "us");
    print(name + ", p90", quantile(0.9) * 1e6, "us");
    print(name + ", p99", quantile(0.99) * 1e6, "us");
    print(name + ", p99.9", quantile(0.999) * 1e6, "us");
    print(name + ", max", quantile(1) * 1e6, "us");
  }

 private:
  std::vector<double> seconds_;
};

/// Calls `call` `count` times, one after the other.
template <typename Call>
Latencies timeEach(std::size_t count, Call call) {
  Latencies latencies;
  for (std::size_t i = 0; i < count; ++i) {
    const Stopwatch watch(CLOCK_MONOTONIC);
    call();
    latencies.add(watch.seconds());
  }
  return latencies;
}

}  // namespace daybook::bench
