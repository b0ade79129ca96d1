// What a ledger of many customers and events costs, part by part, without daemon and connections:
//
//   bench_scale close [customers]              closing a month for all of them
//   bench_scale replay [events [customers [rounds]]]  state from the log
//   bench_scale snapshot [customers]           writing and loading one
//   bench_scale memory [customers]             heap per customer, by model
//   bench_scale keys [keys]                    the table of idempotency keys
//
// Prints one line a figure: name, value, unit. Rates are per second of CPU time.
#include <malloc.h>

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>

#include "ledger/replay/replayer.h"
#include "ledger/store/key_index.h"
#include "ledger/store/lmdb_store.h"
#include "tests/bench/measure.h"
#include "tests/bench/scale_ledger.h"
#include "tests/support/temporary_directory.h"

namespace daybook::bench {
namespace {

/// What others do on the machine does not count.
Stopwatch cpuTime() { return Stopwatch(CLOCK_PROCESS_CPUTIME_ID); }

double heapBytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

std::uint32_t toCount(std::uint64_t number) { return static_cast<std::uint32_t>(number); }

/// Works off what is due, and says how fast and in which steps.
void workOff(ScaleLedger& ledger, const std::string& name, double per) {
  double longest = 0;
  const Stopwatch whole = cpuTime();
  for (bool more = true; more;) {
    const Stopwatch slice = cpuTime();
    for (int i = 0; i < 512 && more; ++i) more = ledger.workOffOne();
    longest = std::max(longest, slice.seconds());
  }
  print(name, per / whole.seconds(), "customers/s");
  print(name + ", longest slice of 512", longest * 1e3, "ms");
}

void close(std::uint64_t customers) {
  ScaleLedger ledger(nullptr, 1);
  ledger.addCustomers(toCount(customers));
  for (std::uint32_t i = 1; i <= customers; ++i) ledger.use(CustomerNumber(i));
  ledger.moveClock(testing::when("2026-02-01"));
  workOff(ledger, "close: next period started", static_cast<double>(customers));
  ledger.moveClock(testing::when("2026-02-01T02:00:00Z"));
  const std::size_t before = ledger.state().invoices.size();
  const Stopwatch watch = cpuTime();
  workOff(ledger, "close: period closed", static_cast<double>(customers));
  const auto invoices = static_cast<double>(ledger.state().invoices.size() - before);
  print("close: invoices", invoices / watch.seconds(), "invoices/s");
}

std::unique_ptr<store::LmdbStore> freshStore(const test::TemporaryDirectory& directory) {
  return store::LmdbStore::create(directory.path("data"), {{1, 2}, 0});
}

void replayLog(std::uint64_t events, std::uint64_t customers, std::uint64_t rounds) {
  const test::TemporaryDirectory directory;
  const auto store = freshStore(directory);
  {
    ScaleLedger ledger(store.get(), 1);
    ledger.addCustomers(toCount(customers));
    ledger.useAtRandom(events);
    ledger.commit();
  }
  const protocol::CapnpCodec codec;
  const auto total = static_cast<double>(store->tip().position.value);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    replay::ReplayOptions trusting;
    trusting.hashes = replay::Hashes::trusted;
    const Stopwatch trusted = cpuTime();
    { const replay::Replayed replayed = replay::replay(*store, codec, trusting); }
    print("replay, hashes trusted", total / trusted.seconds(), "events/s");
    const Stopwatch watch = cpuTime();
    const replay::Replayed replayed = replay::replay(*store, codec, {});
    print("replay, hashes verified", total / watch.seconds(), "events/s");
  }
}

void snapshot(std::uint64_t customers) {
  const test::TemporaryDirectory directory;
  const auto store = freshStore(directory);
  const protocol::CapnpCodec codec;
  ScaleLedger ledger(store.get(), 1);
  ledger.addCustomers(toCount(customers));
  ledger.useAtRandom(3 * customers);
  ledger.moveClock(testing::when("2026-02-01T02:00:00Z"));
  while (ledger.workOffOne()) {
  }
  ledger.useAtRandom(customers);
  ledger.commit();
  {
    const Stopwatch watch = cpuTime();
    std::size_t bytes = codec.encode(ledger.state().ledger).size();
    print("snapshot: ledger state", watch.seconds() * 1e3, "ms");
    const Stopwatch all = cpuTime();
    for (const Customer& customer : ledger.state().customers)
      bytes += codec.encode(customer).size();
    print("snapshot: customers encoded", static_cast<double>(customers) / all.seconds(), "/s");
    print("snapshot: bytes per customer",
          static_cast<double>(bytes) / static_cast<double>(customers), "bytes");
  }
  replay::writeSnapshot(*store, codec, ledger.take());
  const Stopwatch watch = cpuTime();
  const replay::Replayed loaded = replay::loadSnapshot(*store, codec, store->snapshots().back());
  print("snapshot: loaded", watch.seconds(), "s");
}

void memory(std::uint64_t customers) {
  print("sizeof(Customer)", sizeof(Customer), "bytes");
  print("sizeof(UsagePeriod)", sizeof(UsagePeriod), "bytes");
  print("sizeof(FeatureUsage)", sizeof(FeatureUsage), "bytes");
  print("sizeof(Subscription)", sizeof(Subscription), "bytes");
  print("sizeof(Grant)", sizeof(Grant), "bytes");
  const auto count = static_cast<double>(customers);
  const double before = heapBytes();
  ScaleLedger ledger(nullptr, 1);
  ledger.addCustomers(toCount(customers));
  print("heap per customer, subscribed", (heapBytes() - before) / count, "bytes");
  for (std::uint32_t i = 1; i <= customers; ++i) ledger.use(CustomerNumber(i));
  print("heap per customer, with usage", (heapBytes() - before) / count, "bytes");
  const char* const months[] = {"2026-02-01T02:00:00Z", "2026-03-01T02:00:00Z",
                                "2026-04-01T02:00:00Z"};
  for (const char* month : months) {
    ledger.moveClock(testing::when(month));
    while (ledger.workOffOne()) {
    }
    for (std::uint32_t i = 1; i <= customers; ++i) ledger.use(CustomerNumber(i));
    print(std::string("heap per customer, ") + month, (heapBytes() - before) / count, "bytes");
  }
}

void keys(std::uint64_t count) {
  store::KeyIndex index;
  Random random(7);
  double longest = 0;
  const Stopwatch watch = cpuTime();
  for (std::uint64_t i = 0; i < count; i += 1'000) {
    const Stopwatch slice = cpuTime();
    for (std::uint64_t j = 1; j <= 1'000; ++j) index.insert(random.next(), Position(i + j));
    longest = std::max(longest, slice.seconds());
  }
  print("keys: inserted at random", static_cast<double>(count) / watch.seconds(), "/s");
  print("keys: longest 1 000 inserts", longest * 1e3, "ms");
  // As a batch does: all are fetched before the first is looked at.
  std::uint64_t found = 0;
  Random again(7);
  const Stopwatch look = cpuTime();
  for (std::uint64_t i = 0; i < count; i += 1'000) {
    std::uint64_t fingerprints[1'000];
    for (std::uint64_t& fingerprint : fingerprints) index.prefetch(fingerprint = again.next());
    for (const std::uint64_t fingerprint : fingerprints) {
      index.candidates(fingerprint, [&](Position) { ++found; });
    }
  }
  print("keys: looked up, in batches", static_cast<double>(count) / look.seconds(), "/s");
  if (found < count) throw std::runtime_error("a key was not found");
  print("keys: memory", static_cast<double>(index.bytes()) / static_cast<double>(count),
        "bytes/key");
}

int run(const std::vector<std::string>& arguments) {
  const std::string what = arguments.empty() ? "" : arguments[0];
  const auto number = [&](std::size_t index, std::uint64_t otherwise) {
    return index < arguments.size() ? std::stoull(arguments[index]) : otherwise;
  };
  if (what == "close") {
    close(number(1, 100'000));
  } else if (what == "replay") {
    replayLog(number(1, 1'000'000), number(2, 100'000), number(3, 3));
  } else if (what == "snapshot") {
    snapshot(number(1, 100'000));
  } else if (what == "memory") {
    memory(number(1, 100'000));
  } else if (what == "keys") {
    keys(number(1, 10'000'000));
  } else {
    std::fprintf(stderr, "usage: bench_scale close|replay|snapshot|memory|keys [number...]\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  return daybook::bench::run(std::vector<std::string>(argv + 1, argv + argc));
}
