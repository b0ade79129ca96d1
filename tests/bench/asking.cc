// What asking first costs, beside what the machine can do at the same moment:
//
//   bench_asking LEDGER_SOCKET PING_SOCKET DIRECTORY [CALLERS]
//
// The first socket is a ledger's that bench_load has set up with 1 000 customers, the second one of
// bench_null_server; in the directory pages are committed. All calls go over one connection of bare
// Cap'n Proto RPC each, so that hold and empty call have the same callers: those of the client
// library cost both the same on top. Each pair of figures is measured in turns.
//
// Prints one line a figure: see measure.h. Exits with 1 when anything is refused.
#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/store/lmdb_env.h"
#include "protocol/daybook.capnp.h"
#include "tests/bench/measure.h"
#include "tests/bench/random.h"
#include "tests/bench/workload.h"
#include "tests/unit/ping.capnp.h"

namespace daybook::bench {
namespace {

constexpr std::uint32_t kCustomers = 1'000;
constexpr std::size_t kRounds = 3;
constexpr std::size_t kCalls = 1'000;        // of one caller, in a round
constexpr std::size_t kPairs = 10'000;       // of all callers, in a round
constexpr std::size_t kEmptyCalls = 60'000;  // of all callers, in a round

BytesView bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// One connection.
template <typename Bootstrap>
struct Peer {
  Peer(kj::AsyncIoContext& io, const std::string& socket)
      : address(io.provider->getNetwork().parseAddress("unix:" + socket).wait(io.waitScope)),
        stream(address->connect().wait(io.waitScope)),
        client(*stream),
        bootstrap(client.bootstrap().castAs<Bootstrap>()) {}
  kj::Own<kj::NetworkAddress> address;
  kj::Own<kj::AsyncIoStream> stream;
  capnp::TwoPartyClient client;
  typename Bootstrap::Client bootstrap;
};

void requireOk(wire::Outcome outcome) {
  if (outcome == wire::Outcome::OK) return;
  throw std::runtime_error("refused with outcome " +
                           std::to_string(static_cast<unsigned>(outcome)));
}

class Asking {
 public:
  Asking(kj::AsyncIoContext& io, const std::string& ledger, const std::string& ping)
      : io_(io),
        ledger_(io, ledger),
        ping_(io, ping),
        session_(ledger_.bootstrap.loginRequest().send().wait(io.waitScope)),
        recorder_(session_.getSession().getRecorder()),
        reader_(session_.getSession().getReader()),
        random_(static_cast<std::uint64_t>(Stopwatch::now(CLOCK_REALTIME) * 1e6)) {}

  void empty() { ping_.bootstrap.echoRequest(capnp::MessageSize{8, 0}).send().wait(scope()); }

  void check() {
    auto customer = reader_.customerRequest();
    customer.setId(anyCustomer());
    auto request = customer.send().getCustomer().checkRequest();
    request.initUsage().setFeature("calls");
    auto answer = request.send().wait(scope());
    requireOk(answer.getAnswer().getOutcome());
  }

  void hold() {
    auto placed = placing(anyCustomer()).wait(scope());
    requireOk(placed.getReceipt().getOutcome());
    placed_.push_back(placed.getHold());
  }
  /// So that no customer has too many.
  void releaseAll() {
    std::vector<capnp::RemotePromise<wire::Hold::ReleaseResults>> waiting;
    for (auto& hold : placed_) {
      auto request = hold.releaseRequest();
      request.setKey(newKey());
      waiting.push_back(request.send());
    }
    for (auto& released : waiting) requireOk(released.wait(scope()).getReceipt().getOutcome());
    placed_.clear();
  }

  double emptyRate(std::size_t callers) {
    return rate(callers, kEmptyCalls, [this](std::size_t count) { return emptyCalls(count); });
  }
  double pairRate(std::size_t callers) {
    return rate(callers, kPairs, [this](std::size_t count) { return pairs(count); });
  }

 private:
  kj::WaitScope& scope() { return io_.waitScope; }
  std::string newKey() { return keyOf(random_.next()); }
  std::string anyCustomer() {
    return customerId(static_cast<std::uint32_t>(random_.below(kCustomers)));
  }

  capnp::RemotePromise<wire::CustomerRecorder::HoldResults> placing(const std::string& id) {
    auto customer = recorder_.customerRequest();
    customer.setId(id);
    auto request = customer.send().getCustomer().holdRequest();
    request.setKey(newKey());
    request.initHold().initItems(1)[0].setFeature("calls");
    return request.send();
  }

  kj::Promise<void> emptyCalls(std::size_t count) {
    if (count == 0) return kj::READY_NOW;
    return ping_.bootstrap.echoRequest(capnp::MessageSize{8, 0})
        .send()
        .ignoreResult()
        .then([this, count] { return emptyCalls(count - 1); });
  }

  /// Waits for the hold's answer before it settles.
  kj::Promise<void> pairs(std::size_t count) {
    if (count == 0) return kj::READY_NOW;
    return placing(anyCustomer())
        .then([this](capnp::Response<wire::CustomerRecorder::HoldResults>&& placed) {
          requireOk(placed.getReceipt().getOutcome());
          auto request = placed.getHold().settleRequest();
          request.setKey(newKey());
          return request.send();
        })
        .then([this, count](capnp::Response<wire::Hold::SettleResults>&& settled) {
          requireOk(settled.getReceipt().getOutcome());
          return pairs(count - 1);
        });
  }

  template <typename Work>
  double rate(std::size_t callers, std::size_t count, Work work) {
    auto all = kj::heapArrayBuilder<kj::Promise<void>>(callers);
    const Stopwatch watch(CLOCK_MONOTONIC);
    for (std::size_t i = 0; i < callers; ++i) all.add(work(count / callers));
    kj::joinPromises(all.finish()).wait(scope());
    return static_cast<double>(count / callers * callers) / watch.seconds();
  }

  kj::AsyncIoContext& io_;
  Peer<wire::Daybook> ledger_;
  Peer<testing::Ping> ping_;
  capnp::Response<wire::Daybook::LoginResults> session_;
  wire::Recorder::Client recorder_;
  wire::Reader::Client reader_;
  Random random_;
  std::vector<wire::Hold::Client> placed_;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

void run(const std::string& ledger, const std::string& ping, const std::string& directory,
         std::size_t callers) {
  auto io = kj::setupAsyncIo();
  Asking asking(io, ledger, ping);
  if (mkdir(directory.c_str(), 0700) != 0) throw std::runtime_error("cannot make " + directory);
  store::LmdbEnv env({directory, store::EnvAccess::write, 1u << 26, 0, 0});
  std::uint64_t number = 0;
  const std::string key(8, 'k');
  const auto commit = [&] {
    std::string value = std::to_string(++number);
    value.resize(104, ' ');
    store::WriteTxn txn(env);
    txn.put(bytesOf(key), bytesOf(value));
    txn.commit();
  };
  for (int i = 0; i < 200; ++i) {
    asking.empty();
    asking.check();
    asking.hold();
    commit();
  }
  asking.releaseAll();
  Latencies empty, check, hold, committed;
  std::vector<double> empty_rates, pair_rates;
  for (std::size_t round = 0; round < kRounds; ++round) {
    empty.add(timeEach(kCalls, [&] { asking.empty(); }));
    check.add(timeEach(kCalls, [&] { asking.check(); }));
    committed.add(timeEach(kCalls, commit));
    hold.add(timeEach(kCalls, [&] { asking.hold(); }));
    asking.releaseAll();
    empty_rates.push_back(asking.emptyRate(callers));
    pair_rates.push_back(asking.pairRate(callers));
  }
  empty.printQuantiles("empty call");
  check.printQuantiles("check");
  committed.printQuantiles("LMDB commit of one page");
  hold.printQuantiles("hold");
  print("check / empty call, p50", check.quantile(0.5) / empty.quantile(0.5), "x");
  print("hold / (empty call + commit), p50",
        hold.quantile(0.5) / (empty.quantile(0.5) + committed.quantile(0.5)), "x");
  const std::string of = " of " + std::to_string(callers) + " callers";
  print("empty calls" + of, median(empty_rates), "calls/s");
  print("hold and settle" + of, median(pair_rates), "pairs/s");
  print("2 x pairs / empty calls" + of, 2 * median(pair_rates) / median(empty_rates), "x");
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::fprintf(stderr, "usage: bench_asking LEDGER_SOCKET PING_SOCKET DIRECTORY [CALLERS]\n");
    return 2;
  }
  try {
    daybook::bench::run(argv[1], argv[2], argv[3], argc == 5 ? std::stoull(argv[4]) : 64);
    return 0;
  } catch (const kj::Exception& e) {
    std::fprintf(stderr, "bench_asking: %s\n", e.getDescription().cStr());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_asking: %s\n", e.what());
  }
  return 1;
}
