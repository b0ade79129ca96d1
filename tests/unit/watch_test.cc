// Watches of the client, against a ledger in service that goes away and comes back.
#include "daybook/watch.h"

#include <catch2/catch.hpp>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/served_ledger.h"

namespace daybook::client {
namespace {

using daybook::testing::RunningLedger;
using daybook::testing::ServedLedger;

/// "acme" has 100 credits, and an alert at 90.
struct Service {
  explicit Service(kj::Duration watcher_timeout = 60 * kj::SECONDS) : ledger(watcher_timeout) {
    ledger.run([](RunningLedger& running) {
      sellWork(running, "acme", 100);
      daybook::SetAlerts alerts;
      alerts.rules.emplace();
      alerts.rules->push_back({daybook::AlertKind::credits, "", Decimal::fromInteger(90), false});
      running.give("acme", alerts);
    });
  }
  Options options() const { return {.address = ledger.address(), .token = {}}; }
  /// Gives the position of the customer's newest event then.
  std::uint64_t use(std::int64_t units) {
    std::uint64_t last = 0;
    ledger.run([&](RunningLedger& running) {
      RecordUsage usage;
      usage.feature = "work";
      usage.quantity = Decimal::fromInteger(units);
      running.give("acme", usage);
      last = running.pipeline().state().find("acme")->last.value;
    });
    return last;
  }

  ServedLedger ledger;
};

std::string available(const Notice& notice) { return notice.balance->credits->available; }

}  // namespace

TEST_CASE("a watch tells a balance, an alert and an invoice as values") {
  Service service;
  service.use(20);
  Client client(service.options());
  Watch watch(client, {.customer = "acme", .from = 1, .json = WantJson::yes, .on_trouble = {}});
  std::vector<Notice> notices;
  const WatchEnd end = watch.run([&](const Notice& notice) {
    notices.push_back(notice);
    if (notice.balance) watch.close();
  });
  CHECK(end.kind == WatchEndKind::closed);
  REQUIRE(notices.size() == 3);
  REQUIRE(notices[0].invoice);
  CHECK(notices[0].invoice->label == "INV-000001");
  CHECK(notices[0].invoice->total == "10");
  REQUIRE(notices[1].alert);
  CHECK(notices[1].alert->rule.level == "90");
  CHECK(notices[1].alert->value == "80");
  CHECK(notices[1].recorded_ns == RunningLedger::kStart.ns);
  REQUIRE(notices[2].balance);
  CHECK(available(notices[2]) == "80");
  CHECK(notices[2].customer == "acme");
  CHECK(notices[2].json.find("\"balance\":{\"customer\":\"acme\"") != std::string::npos);
  // Closed at that notice: it comes again.
  CHECK(watch.next() == notices[2].position);
}

TEST_CASE("a watch goes on over a daemon that was away, and misses nothing") {
  Service service;
  Client client(service.options());
  std::promise<void> lost;
  WatchOptions options;
  options.customer = "acme";
  options.on_trouble = [&, once = false](const WatchTrouble& trouble) mutable {
    CHECK(trouble.began);
    if (!std::exchange(once, true)) lost.set_value();
  };
  Watch watch(client, options);
  std::vector<std::string> told;
  std::promise<void> began;
  std::thread away([&] {
    began.get_future().get();
    service.ledger.stop();
    lost.get_future().get();
    service.use(5);
    service.use(10);
    service.ledger.start();
  });
  watch.run([&](const Notice& notice) {
    if (told.empty()) began.set_value();
    told.push_back(notice.alert ? "alert" : available(notice));
    if (told.back() == "85") watch.close();
  });
  away.join();
  CHECK(told == std::vector<std::string>{"100", "alert", "85"});
}

TEST_CASE("what a callback throws ends the watch, which then goes on at that notice") {
  Service service;
  const std::uint64_t last = service.use(5);
  Client client(service.options());
  WatchOptions options;
  options.customer = "acme";
  options.from = last;
  Watch watch(client, options);
  CHECK_THROWS_AS(watch.run([](const Notice&) { throw std::out_of_range("full"); }),
                  std::out_of_range);
  CHECK(watch.next() == last);
  std::vector<std::uint64_t> positions;
  watch.run([&](const Notice& notice) {
    positions.push_back(notice.position);
    watch.close();
  });
  CHECK(positions == std::vector<std::uint64_t>{last});
  // Closed for good.
  CHECK(watch.run([](const Notice&) { FAIL("told"); }).kind == WatchEndKind::closed);
}

TEST_CASE("a watch is refused with its reason") {
  Service service;
  Client client(service.options());
  const auto refusal = [&](const std::string& customer, std::uint64_t from) {
    WatchOptions options;
    options.customer = customer;
    options.from = from;
    Watch watch(client, options);
    const WatchEnd end = watch.run([](const Notice&) { FAIL("told"); });
    CHECK(end.kind == WatchEndKind::refused);
    return end.outcome.name;
  };
  CHECK(refusal("nobody", 0) == "unknownCustomer");
  CHECK(refusal("", 1'000'000) == "unknownPosition");
}

TEST_CASE("a callback that takes too long costs the watch, and it can go on") {
  const auto timeout = 200 * kj::MILLISECONDS;
  Service service(timeout);
  Client client(service.options());
  WatchOptions options;
  options.customer = "acme";
  options.alerts = false;
  options.invoices = false;
  Watch watch(client, options);
  std::vector<std::string> told;
  const WatchEnd end = watch.run([&](const Notice& notice) {
    told.push_back(available(notice));
    service.ledger.run([&](RunningLedger& running) {
      running.wait(running.service().loop.timer().afterDelay(timeout));
    });
    service.use(5);
  });
  CHECK(end.kind == WatchEndKind::slow);
  CHECK(end.detail.find("200 ms") != std::string::npos);
  CHECK(std::string(name(end.kind)) == "slow");
  const auto take = [&](const Notice& notice) {
    told.push_back(available(notice));
    watch.close();
  };
  // A busy machine may make this one late, too.
  while (watch.run(take).kind == WatchEndKind::slow) {
  }
  CHECK(told == std::vector<std::string>{"100", "95"});
}

TEST_CASE("a daemon that is not there is trouble that a callback may end the watch for") {
  Service service;
  service.ledger.stop();
  Client client(service.options());
  WatchOptions options;
  options.on_trouble = [](const WatchTrouble& trouble) {
    CHECK_FALSE(trouble.began);
    throw Error(ErrorKind::unreachable, trouble.what);
  };
  Watch watch(client, options);
  CHECK_THROWS_AS(watch.run([](const Notice&) { FAIL("told"); }), Error);
}

}  // namespace daybook::client
