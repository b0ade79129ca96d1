// bench_try_consume ADDRESS CUSTOMER FEATURE [CALLS]: what Lease::tryConsume costs.
//
// Medians of rounds of so many calls, at most 3 000 000, by one thread and by two at once on one
// lease. The block is larger than all that is consumed, so that no round meets a refill.
// Prints one line a figure: see measure.h.
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

#include "daybook/lease.h"
#include "tests/bench/measure.h"

namespace daybook::bench {
namespace {

constexpr int kRounds = 9;
constexpr std::size_t kCallsMax = 3'000'000;

void consume(client::Lease& lease, std::size_t calls) {
  for (std::size_t i = 0; i < calls; ++i) {
    if (!lease.tryConsume(1)) throw std::runtime_error("the block ran dry");
  }
}

void run(const std::string& address, const std::string& customer, const std::string& feature,
         std::size_t calls) {
  client::Client ledger({.address = address, .token = {}});
  client::Recorder recorder(ledger, {.stamp = client::Stamp::whenDelivered});
  client::LeaseOptions options{.customer = customer, .feature = feature, .block = "100000000"};
  options.refill_below = "0";
  options.stamp = client::Stamp::whenDelivered;
  client::Lease lease(ledger, recorder, options);
  if (!lease.waitForBlock(std::chrono::seconds(10))) {
    throw std::runtime_error("no block: " + lease.stats().trouble);
  }
  Latencies alone = timeEach(kRounds, [&] { consume(lease, calls); });
  Latencies together = timeEach(kRounds, [&] {
    std::thread other([&] { consume(lease, calls); });
    consume(lease, calls);
    other.join();
  });
  const auto count = static_cast<double>(calls);
  print("tryConsume", alone.quantile(0.5) / count * 1e9, "ns");
  print("tryConsume, two threads", 2 * count / together.quantile(0.5), "calls/s");
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  const std::size_t calls = argc == 5 ? std::stoul(argv[4]) : 2'000'000;
  if (argc < 4 || argc > 5 || calls == 0 || calls > daybook::bench::kCallsMax) {
    std::fprintf(stderr, "usage: bench_try_consume ADDRESS CUSTOMER FEATURE [CALLS]\n");
    return 2;
  }
  try {
    daybook::bench::run(argv[1], argv[2], argv[3], calls);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_try_consume: %s\n", e.what());
    return 1;
  }
}
