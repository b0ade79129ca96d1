// try_consume ADDRESS CUSTOMER FEATURE: what Lease::tryConsume costs, as medians of rounds.
//
// A single thread gives ns a call; two threads on one lease give calls a second. The block is
// larger than what is consumed, so that no round meets a refill.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

#include "daybook/lease.h"

namespace {

namespace db = daybook::client;
using Clock = std::chrono::steady_clock;

constexpr long kCalls = 2'000'000;
constexpr int kRounds = 9;

void consume(db::Lease& lease) {
  for (long i = 0; i < kCalls; ++i) {
    if (!lease.tryConsume(1)) throw std::runtime_error("the block ran dry");
  }
}

template <typename Round>
long medianNs(Round round) {
  std::vector<long> times;
  for (int i = 0; i < kRounds; ++i) {
    const auto began = Clock::now();
    round();
    times.push_back(static_cast<long>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count()));
  }
  std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
  return times[kRounds / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: bench_try_consume ADDRESS CUSTOMER FEATURE\n");
    return 2;
  }
  try {
    db::Client ledger({.address = argv[1], .token = {}});
    db::Recorder recorder(ledger, {.stamp = db::Stamp::whenDelivered});
    db::LeaseOptions options{.customer = argv[2], .feature = argv[3], .block = "100000000"};
    options.refill_below = "0";
    options.stamp = db::Stamp::whenDelivered;
    db::Lease lease(ledger, recorder, options);
    if (!lease.waitForBlock(std::chrono::seconds(10))) {
      throw std::runtime_error("no block: " + lease.stats().trouble);
    }
    const long alone = medianNs([&] { consume(lease); });
    const long together = medianNs([&] {
      std::thread other([&] { consume(lease); });
      consume(lease);
      other.join();
    });
    std::printf("one thread: %ld ps a call\n", alone * 1'000 / kCalls);
    std::printf("two threads: %ld calls a second\n", 2 * kCalls * 1'000 / (together / 1'000'000));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "try_consume: %s\n", e.what());
    return 1;
  }
}
