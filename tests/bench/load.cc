// Drives a ledger at an address with the real client library, and prints what it measured:
//
//   bench_load ADDRESS WHAT [options]; see --help
//
// Prints one line a figure: see measure.h. Exits with 1 when anything is refused or fails: a figure
// of a load that was not recorded would mean nothing.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daybook/client.h"
#include "tests/bench/measure.h"
#include "tests/bench/paced_load.h"
#include "tests/bench/random.h"
#include "tests/bench/workload.h"

namespace daybook::bench {
namespace {

using client::BatchResult;
using client::Client;
using client::Receipt;
using client::Reply;

struct Asked {
  std::string address;
  std::string what;
  std::uint32_t customers = 100'000;
  std::uint64_t count = 1'000'000;
  std::uint32_t clients = 4;
  std::uint32_t batch = 1'000;
  std::uint32_t in_flight = 8;
  std::uint64_t seed = 1;
  std::uint64_t rate = 0;
  std::uint64_t month = 1;
};

/// A call may wait behind a whole month's close.
client::Options optionsOf(const Asked& asked) {
  return {.address = asked.address, .token = {}, .timeout = std::chrono::minutes(30)};
}

template <typename T>
T valueOf(Reply<T> reply) {
  if (!reply.ok()) throw std::runtime_error(reply.outcome.name + " " + reply.detail);
  return std::move(reply.value);
}

void requireRecorded(const BatchResult& result) {
  if (result.outcome.ok() && result.refusals.empty()) return;
  throw std::runtime_error("a batch was refused: " + (result.refusals.empty()
                                                          ? result.outcome.name
                                                          : result.refusals[0].outcome.name));
}

/// Calls with up to `asked.in_flight` unanswered; `start(i)` gives the future of the i-th call.
template <typename Start>
void keepInFlight(const Asked& asked, std::uint64_t count, Start start) {
  std::deque<decltype(start(0))> waiting;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (waiting.size() == asked.in_flight) {
      valueOf(waiting.front().get());
      waiting.pop_front();
    }
    waiting.push_back(start(i));
  }
  for (auto& left : waiting) valueOf(left.get());
}

/// Runs `work(i)` on as many threads as asked, and begins the time when all have called ready().
class Crew {
 public:
  explicit Crew(std::uint32_t size) : ready_(static_cast<std::ptrdiff_t>(size) + 1), size_(size) {}
  void ready() { ready_.arrive_and_wait(); }
  /// Gives the seconds.
  template <typename Work>
  double run(Work work) {
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < size_; ++i) {
      threads.emplace_back([&, i] {
        try {
          work(i);
        } catch (const std::exception& e) {
          // The others may be waiting for this one: nobody could tell them.
          std::fprintf(stderr, "bench_load: %s\n", e.what());
          std::_Exit(1);
        }
      });
    }
    ready();
    const Stopwatch watch(CLOCK_MONOTONIC);
    for (std::thread& thread : threads) thread.join();
    return watch.seconds();
  }

 private:
  std::barrier<> ready_;
  std::uint32_t size_;
};

void setUp(const Asked& asked) {
  Client ledger(optionsOf(asked));
  valueOf(ledger.publishCatalog("bench-catalog", kCatalog));
  constexpr std::uint32_t kPerCall = 2'000;
  const std::uint32_t calls = (asked.customers + kPerCall - 1) / kPerCall;
  std::deque<Client::Future<std::vector<Receipt>>> waiting;
  const auto takeOldest = [&] {
    for (const Receipt& receipt : valueOf(waiting.front().get())) {
      if (!receipt.outcome.ok()) throw std::runtime_error(receipt.outcome.name + receipt.detail);
    }
    waiting.pop_front();
  };
  const Stopwatch watch(CLOCK_MONOTONIC);
  for (std::uint32_t call = 0; call < calls; ++call) {
    std::vector<std::string> commands;
    const std::uint32_t last = std::min(asked.customers, (call + 1) * kPerCall);
    for (std::uint32_t i = call * kPerCall; i < last; ++i) {
      const std::string id = customerId(i);
      commands.push_back(R"({"key":"new-)" + id + R"(","customer":")" + id +
                         R"(","createCustomer":{}})");
      commands.push_back(R"({"key":"subscribe","customer":")" + id + R"(","subscribe":{"plan":")" +
                         kPlans[i % kPlanCount] + R"("}})");
    }
    if (waiting.size() == 4) takeOldest();
    waiting.push_back(ledger.submitAsync(std::move(commands)));
  }
  while (!waiting.empty()) takeOldest();
  print("customers made and subscribed", asked.customers / watch.seconds(), "customers/s");
}

void ingest(const Asked& asked) {
  const Zipf customers(asked.customers);
  const std::uint64_t batches =
      std::max<std::uint64_t>(1, asked.count / asked.batch / asked.clients);
  Crew crew(asked.clients);
  const Stopwatch cpu(CLOCK_PROCESS_CPUTIME_ID);
  const double seconds = crew.run([&](std::uint32_t number) {
    Client ledger(optionsOf(asked));
    std::uint64_t recorded = 0;
    auto stream = valueOf(ledger.openStream(
        [&](std::uint64_t, const BatchResult& result) {
          requireRecorded(result);
          recorded += result.recorded;
        },
        {.in_flight_max = asked.in_flight}));
    UsageMaker maker(customers, asked.seed * 1'000 + number);
    crew.ready();
    for (std::uint64_t i = 0; i < batches; ++i) stream.write(maker.batch(asked.batch));
    stream.finish();
    if (recorded != batches * asked.batch) throw std::runtime_error("not all was recorded");
  });
  const auto events = static_cast<double>(batches * asked.clients * asked.batch);
  print("ingest", events / seconds, "events/s");
  print("ingest, client's CPU", cpu.seconds() / events * 1e9, "ns/event");
}

void single(const Asked& asked) {
  const Zipf customers(asked.customers);
  Client ledger(optionsOf(asked));
  UsageMaker maker(customers, asked.seed * 1'000);
  const auto start = [&](std::uint64_t) {
    return ledger.recordAsync(maker.customer(), maker.key(), maker.usage());
  };
  keepInFlight(asked, asked.in_flight, start);
  const Stopwatch watch(CLOCK_MONOTONIC);
  keepInFlight(asked, asked.count, start);
  print("single events", static_cast<double>(asked.count) / watch.seconds(), "events/s");
}

void latency(const Asked& asked) {
  const Zipf customers(asked.customers);
  Client ledger(optionsOf(asked));
  UsageMaker maker(customers, asked.seed * 1'000);
  const auto call = [&] { valueOf(ledger.record(maker.customer(), maker.key(), maker.usage())); };
  timeEach(200, call);
  timeEach(asked.count, call).printQuantiles("one event");
}

void checks(const Asked& asked) {
  const Zipf customers(asked.customers);
  Client ledger(optionsOf(asked));
  UsageMaker maker(customers, asked.seed * 1'000);
  const auto call = [&] {
    if (!valueOf(ledger.check(maker.customer(), maker.usage())).allowed) {
      throw std::runtime_error("a check was answered no");
    }
  };
  timeEach(200, call);
  timeEach(asked.count, call).printQuantiles("check");
}

/// A balance about every millisecond, beside ingest at a rate.
void balances(const Asked& asked) {
  const Zipf customers(asked.customers);
  Client ledger(optionsOf(asked));
  Random random(asked.seed);
  const auto call = [&] {
    valueOf(ledger.balance(customerId(static_cast<std::uint32_t>(random.below(asked.customers)))));
  };
  call();
  PacedLoad load(asked.address, customers, static_cast<double>(asked.rate), asked.batch,
                 asked.seed * 1'000 + 999);
  if (asked.rate > 0) timeEach(std::min<std::uint64_t>(asked.count, 200), call);
  load.restart();
  Latencies latencies;
  for (std::uint64_t i = 0; i < asked.count; ++i) {
    latencies.add(timeEach(1, call));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  latencies.printQuantiles("balance");
  load.report("ingest beside balances");
}

/// "2026-02-01T02:00:00Z" for month 1 and so on, in nanoseconds.
std::int64_t monthCloses(std::uint64_t month) {
  using namespace std::chrono;
  const auto day = sys_days(year(2026) / January / 1);
  const year_month_day first = year_month_day(day) + months(month);
  return nanoseconds(sys_days(first).time_since_epoch() + hours(2)).count();
}

/// Everybody uses something, then the month ends and its grace is over.
void closeMonth(const Asked& asked) {
  const Zipf customers(asked.customers);
  Client ledger(optionsOf(asked));
  UsageMaker maker(customers, asked.seed * 1'000);
  std::uint32_t next = 0;
  keepInFlight(asked, (asked.customers + asked.batch - 1) / asked.batch, [&](std::uint64_t) {
    auto entries = maker.batch(std::min(asked.batch, asked.customers - next));
    for (auto& entry : entries) entry.customer = customerId(next++);
    return ledger.recordBatchAsync(std::move(entries));
  });
  const std::uint64_t before = valueOf(ledger.status()).invoices;
  PacedLoad load(asked.address, customers, static_cast<double>(asked.rate), asked.batch,
                 asked.seed * 1'000 + 999);
  if (asked.rate > 0) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  load.restart();
  const Stopwatch watch(CLOCK_MONOTONIC);
  valueOf(ledger.moveClock("close-" + std::to_string(asked.month), monthCloses(asked.month)));
  const double seconds = watch.seconds();
  load.report("ingest beside the close");
  const std::uint64_t invoices = valueOf(ledger.status()).invoices - before;
  if (invoices != asked.customers) {
    throw std::runtime_error(std::to_string(invoices) + " invoices were closed, not one for each");
  }
  print("month closed", static_cast<double>(invoices) / seconds, "invoices/s");
  print("month closed, whole", seconds, "s");
}

/// How long an answer is kept waiting while a snapshot is written, and as long without.
void snapshot(const Asked& asked) {
  Client ledger(optionsOf(asked));
  Client other(optionsOf(asked));
  Random random(asked.seed);
  const auto call = [&] {
    valueOf(ledger.customer(customerId(static_cast<std::uint32_t>(random.below(asked.customers)))));
  };
  timeEach(200, call);
  const Zipf customers(asked.customers);
  UsageMaker maker(customers, asked.seed * 1'000);
  valueOf(other.record(maker.customer(), maker.key(), maker.usage()));
  Latencies during;
  const Stopwatch watch(CLOCK_MONOTONIC);
  auto written = other.snapshotAsync();
  while (written.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    during.add(timeEach(1, call));
  }
  valueOf(written.get());
  print("snapshot written", watch.seconds(), "s");
  timeEach(during.size(), call).printQuantiles("read without a snapshot");
  during.printQuantiles("read during a snapshot");
}

client::PlaceHold oneCall() {
  client::PlaceHold hold;
  hold.items.resize(1);
  hold.items[0].feature = "calls";
  return hold;
}

void holds(const Asked& asked) {
  const Zipf customers(asked.customers);
  Client ledger(optionsOf(asked));
  UsageMaker maker(customers, asked.seed * 1'000);
  std::vector<std::pair<std::string, std::string>> placed;
  const auto call = [&] {
    placed.emplace_back(maker.customer(), maker.key());
    valueOf(ledger.placeHold(placed.back().first, placed.back().second, oneCall()));
  };
  timeEach(100, call);
  timeEach(asked.count, call).printQuantiles("hold");
  keepInFlight(asked, placed.size(), [&](std::uint64_t i) {
    return ledger.releaseHoldAsync(placed[i].first, maker.key(), placed[i].second);
  });
}

/// Callers that each hold, then settle, again and again, and wait for every answer.
void pairs(const Asked& asked) {
  const Zipf customers(asked.customers);
  Client ledger(optionsOf(asked));
  Crew crew(asked.in_flight);
  const std::uint64_t each = std::max<std::uint64_t>(1, asked.count / asked.in_flight);
  const double seconds = crew.run([&](std::uint32_t number) {
    UsageMaker maker(customers, asked.seed * 1'000 + number);
    const auto pair = [&] {
      const std::string customer = maker.customer();
      client::SettleHold settlement;
      settlement.hold = maker.key();
      valueOf(ledger.placeHold(customer, settlement.hold, oneCall()));
      valueOf(ledger.settleHold(customer, maker.key(), settlement));
    };
    pair();
    crew.ready();
    for (std::uint64_t i = 0; i < each; ++i) pair();
  });
  print("hold and settle", static_cast<double>(each * asked.in_flight) / seconds, "pairs/s");
}

void stand(const Asked& asked) {
  Client ledger(optionsOf(asked));
  const client::Status status = valueOf(ledger.status());
  print("log position", static_cast<double>(status.position), "events");
  print("keys", static_cast<double>(status.keys), "keys");
  print("commits", static_cast<double>(status.commits), "commits");
}

const std::map<std::string, std::function<void(const Asked&)>> kWhat = {
    {"setup", setUp},  {"ingest", ingest},    {"single", single},    {"latency", latency},
    {"check", checks}, {"balance", balances}, {"close", closeMonth}, {"snapshot", snapshot},
    {"hold", holds},   {"pairs", pairs},      {"status", stand}};

int run(int argc, char** argv) {
  Asked asked;
  CLI::App app("Drives a ledger with the real client library and prints what it measured");
  app.add_option("ADDRESS", asked.address, "unix:PATH or tcp:HOST:PORT")->required();
  std::vector<std::string> names;
  for (const auto& [name, what] : kWhat) names.push_back(name);
  app.add_option("WHAT", asked.what, "What to do")->required()->check(CLI::IsMember(names));
  app.add_option("--customers", asked.customers, "Customers there are, or to make")
      ->check(CLI::Range(1, 9'999'999));
  app.add_option("--count", asked.count, "Events or calls");
  app.add_option("--clients", asked.clients, "Connections")->check(CLI::Range(1, 64));
  app.add_option("--batch", asked.batch, "Events in a call")->check(CLI::Range(1, 16'384));
  app.add_option("--in-flight", asked.in_flight, "Unanswered calls of a connection, or callers")
      ->check(CLI::Range(1, 1'024));
  app.add_option("--seed", asked.seed, "Of random numbers: keys must be new in each run");
  app.add_option("--rate", asked.rate, "Events per second beside what is measured");
  app.add_option("--month", asked.month, "close: which one, from 1 on; the ledger begins 2026-01");
  CLI11_PARSE(app, argc, argv);
  kWhat.at(asked.what)(asked);
  return 0;
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  try {
    return daybook::bench::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_load: %s\n", e.what());
    return 1;
  }
}
