// The client library against a daemon that knows no billing: connections, errors, futures, streams.
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "client/src/address.h"
#include "daybook/client.h"
#include "tests/support/fake_daemon.h"

namespace daybook::client {
namespace {

using namespace std::chrono_literals;
using test::FakeDaemon;

Usage calls() {
  Usage usage;
  usage.feature = "calls";
  return usage;
}

std::vector<UsageEntry> entries(const std::string& customer, int from, int to) {
  std::vector<UsageEntry> out;
  for (int i = from; i < to; ++i) out.push_back({customer, "k" + std::to_string(i), calls()});
  return out;
}

ErrorKind kindOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.kind();
  }
  FAIL("no error");
  return ErrorKind::failed;
}

TEST_CASE("a recorded event gives its receipt, and again as a duplicate") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  const auto first = client.record("acme", "k1", calls());
  CHECK(first.ok());
  CHECK(first.value.position == 1);
  CHECK_FALSE(first.value.duplicate);
  CHECK(first.json.empty());
  const auto again = client.record("acme", "k1", calls(), {.json = WantJson::yes});
  CHECK(again.value.duplicate);
  CHECK(again.json.find("\"duplicate\":true") != std::string::npos);
  CHECK(daemon.ledger().events() == std::vector<test::FakeEvent>{{"acme", "k1", "calls"}});
  CHECK(daemon.ledger().logins() == 1);
}

TEST_CASE("a refusal is a reply with its number, name and detail") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  const auto reply = client.record("nobody", "k1", calls());
  CHECK(reply.outcome == Outcome{11, "unknownCustomer"});
  CHECK(reply.detail == "customer");
  CHECK(reply.value.outcome == reply.outcome);
}

TEST_CASE("a refused login and a missing role are unauthorized, and a later call asks again") {
  FakeDaemon daemon;
  Client stranger({.address = daemon.address(), .token = "stolen"});
  CHECK(stranger.record("acme", "k1", calls()).outcome == Outcome{42, "unauthorized"});
  CHECK(stranger.catalog().outcome.name == "unauthorized");
  CHECK(daemon.ledger().logins() == 2);

  Client reader({.address = daemon.address(), .token = "reader"});
  const auto refused = reader.record("acme", "k1", calls());
  CHECK(refused.outcome.name == "unauthorized");
  CHECK(refused.detail == "recorder");
  CHECK(reader.openStream({}).outcome.name == "unauthorized");
  const auto catalog = reader.catalog();
  CHECK(catalog.ok());
  CHECK(catalog.value.find("\"code\":\"pro\"") != std::string::npos);
  CHECK(daemon.ledger().events().empty());
}

TEST_CASE("without a daemon a call is unreachable, and works once there is one") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  CHECK(kindOf([&] { client.record("acme", "k1", calls()); }) == ErrorKind::unreachable);
  CHECK(kindOf([&] { client.catalog(); }) == ErrorKind::unreachable);
  daemon.start();
  CHECK(client.record("acme", "k1", calls()).ok());
}

TEST_CASE("a connection that breaks before the answer leaves a command's outcome unknown") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  daemon.ledger().behave({.break_at = 1});
  CHECK(kindOf([&] { client.record("acme", "k1", calls()); }) == ErrorKind::unknownOutcome);
  daemon.ledger().behave({});
  // The same key resolves it.
  CHECK(client.record("acme", "k1", calls()).value.duplicate);
  CHECK(daemon.ledger().logins() == 2);
}

TEST_CASE("a daemon that restarts is found again by the next call") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  CHECK(client.record("acme", "k1", calls()).ok());
  daemon.stop();
  daemon.start();
  CHECK(client.record("acme", "k2", calls()).ok());
}

TEST_CASE("a deadline that passes is an unknown outcome for a command") {
  FakeDaemon daemon;
  Client client({.address = daemon.address(), .timeout = 10s});
  REQUIRE(client.catalog().ok());  // connected: what passes is the deadline of the call itself
  daemon.ledger().behave({.silent = true});
  CHECK(kindOf([&] { client.record("acme", "k1", calls(), {.timeout = 20ms}); }) ==
        ErrorKind::unknownOutcome);
  // The connection goes on.
  CHECK(client.catalog().ok());
  CHECK(daemon.ledger().logins() == 1);
}

TEST_CASE("an overloaded daemon is named as such") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  daemon.ledger().behave({.overloaded = true});
  CHECK(kindOf([&] { client.record("acme", "k1", calls()); }) == ErrorKind::overloaded);
}

TEST_CASE("closing the client ends what is unanswered, and futures outlive it") {
  FakeDaemon daemon;
  daemon.ledger().behave({.silent = true});
  std::future<Reply<Receipt>> future;
  {
    Client client({.address = daemon.address()});
    future = client.recordAsync("acme", "k1", calls());
  }
  CHECK(kindOf([&] { future.get(); }) == ErrorKind::unknownOutcome);
}

TEST_CASE("asynchronous calls of one thread arrive in order, the first connecting") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  std::vector<std::future<Reply<Receipt>>> futures;
  for (int i = 0; i < 500; ++i) {
    futures.push_back(client.recordAsync("acme", std::to_string(i), calls()));
  }
  for (auto& future : futures) CHECK(future.get().ok());
  const auto events = daemon.ledger().events();
  REQUIRE(events.size() == 500);
  for (std::size_t i = 0; i < events.size(); ++i) CHECK(events[i].key == std::to_string(i));
}

TEST_CASE("a client serves many threads at once") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  std::vector<std::thread> threads;
  std::atomic<int> ok = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string key = std::to_string(t) + "/" + std::to_string(i);
        if (client.record("acme", key, calls()).ok()) ++ok;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(ok == 200);
  CHECK(daemon.ledger().events().size() == 200);
}

TEST_CASE("a stream gives every batch its result, in order, on the caller's thread") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  std::vector<std::uint64_t> batches;
  std::uint32_t recorded = 0;
  std::uint32_t duplicates = 0;
  std::vector<Refusal> refusals;
  const auto caller = std::this_thread::get_id();
  auto opened = client.openStream(
      [&](std::uint64_t batch, const BatchResult& result) {
        CHECK(std::this_thread::get_id() == caller);
        batches.push_back(batch);
        recorded += result.recorded;
        duplicates += result.duplicates;
        refusals.insert(refusals.end(), result.refusals.begin(), result.refusals.end());
      },
      {.in_flight_max = 2});
  REQUIRE(opened.ok());
  UsageStream stream = std::move(opened.value);
  for (int i = 0; i < 20; ++i) stream.write(entries("acme", i * 100, i * 100 + 100));
  auto mixed = entries("acme", 0, 3);
  mixed.push_back({"nobody", "x", calls()});
  stream.write(mixed);
  CHECK(stream.finish() == 2000);
  CHECK(batches.size() == 21);
  CHECK(std::is_sorted(batches.begin(), batches.end()));
  CHECK(recorded == 2000);
  CHECK(duplicates == 3);
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0].index == 3);
  CHECK(refusals[0].outcome.name == "unknownCustomer");
}

TEST_CASE("a stream whose connection breaks says so, with the results that came before") {
  FakeDaemon daemon;
  daemon.ledger().behave({.break_at = 3});
  Client client({.address = daemon.address()});
  std::uint32_t recorded = 0;
  auto opened = client.openStream(
      [&](std::uint64_t, const BatchResult& result) { recorded += result.recorded; },
      {.in_flight_max = 1});
  UsageStream stream = std::move(opened.value);
  CHECK(kindOf([&] {
          for (int i = 0; i < 10; ++i) stream.write(entries("acme", i * 10, i * 10 + 10));
          stream.finish();
        }) == ErrorKind::unknownOutcome);
  CHECK(recorded == 30);
}

TEST_CASE("a stream waits when too much is unanswered, and not for ever") {
  FakeDaemon daemon;
  daemon.ledger().behave({.withhold_from = 1});
  Client client({.address = daemon.address()});
  REQUIRE(client.catalog().ok());
  std::uint32_t results = 0;
  auto opened = client.openStream([&](std::uint64_t, const BatchResult&) { ++results; },
                                  {.in_flight_max = 2, .timeout = 500ms});
  UsageStream stream = std::move(opened.value);
  CHECK(kindOf([&] {
          for (int i = 0; i < 10; ++i) stream.write(entries("acme", i, i + 1));
        }) == ErrorKind::unknownOutcome);
  CHECK(results == 1);
  // The first batch was answered, two more could be in flight, the fourth had to wait.
  CHECK(daemon.ledger().events().size() == 3);
}

TEST_CASE("a stream that ends without all results is the daemon's failure") {
  FakeDaemon daemon;
  daemon.ledger().behave({.withhold_from = 1});
  Client client({.address = daemon.address()});
  auto opened = client.openStream({});
  UsageStream stream = std::move(opened.value);
  for (int i = 0; i < 3; ++i) stream.write(entries("acme", i, i + 1));
  CHECK(kindOf([&] { stream.finish(); }) == ErrorKind::failed);
}

TEST_CASE("commands as JSON give a receipt each, and JSON that is none is thrown at once") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  const auto reply = client.submit(
      {R"({"key":"a","customer":"acme","createCustomer":{}})",
       R"({"key":"b","customer":"nobody","recordUsage":{"feature":"calls"}})",
       R"({"key":"c","customer":"acme","recordUsage":{"feature":"calls","quantity":2}})"});
  REQUIRE(reply.ok());
  REQUIRE(reply.value.size() == 3);
  CHECK(reply.value[0].outcome.ok());
  CHECK(reply.value[1].outcome.name == "unknownCustomer");
  CHECK(reply.value[2].position == 2);
  CHECK_THROWS_AS(client.submit({"{"}), Error);
  CHECK_THROWS_AS(client.previewCatalog(R"({"plan":[]})"), Error);
}

TEST_CASE("keys are 128 random bits") {
  std::set<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.insert(newKey());
  CHECK(keys.size() == 1000);
  CHECK(keys.begin()->size() == 32);
  CHECK(keys.begin()->find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("addresses are unix:/path, tls:host:port or tcp:host:port") {
  CHECK(parseAddress("unix:/run/x.sock") == Address{Transport::unixSocket, "unix:/run/x.sock", ""});
  CHECK(parseAddress("tcp:localhost:80") == Address{Transport::tcp, "localhost:80", "localhost"});
  CHECK(parseAddress("tcp:[::1]:80") == Address{Transport::tcp, "[::1]:80", "::1"});
  CHECK(parseAddress("tls:db.example:80") ==
        Address{Transport::tls, "db.example:80", "db.example"});
  for (const char* bad : {"", "unix:", "/run/x.sock", "tcp:", "tcp:host", "tcp:host:", "tcp::80",
                          "tcp:host:8o", "http://host:80"}) {
    CAPTURE(bad);
    CHECK(kindOf([&] { Client({.address = bad}); }) == ErrorKind::invalidArgument);
  }
}

TEST_CASE("enums have the protocol's names") {
  CHECK(name(OnShortfall::overdraw) == "overdraw");
  CHECK(name(CancelWhen::now) == "now");
  CHECK(name(ChangeWhen::automatic) == "auto");
  CHECK(name(Disposition::late) == "late");
  CHECK(name(GrantKind::purchased) == "purchased");
  CHECK(name(SubscriptionState::paused) == "paused");
  CHECK(name(ConsumptionModel::balance) == "balance");
  CHECK(name(Interval::once) == "once");
  CHECK(name(AlertKind::balance) == "balance");
  CHECK(name(InvoiceType::adjustment) == "adjustment");
  CHECK(name(InvoiceStatus::uncollectible) == "uncollectible");
  CHECK(name(LineType::customerCredit) == "customerCredit");
  CHECK(name(StatementKind::creditsRefunded) == "creditsRefunded");
  CHECK(name(ItemKind::priceBook) == "priceBook");
  CHECK(name(ChangeAction::changed) == "changed");
  CHECK(name(ClockKind::manual) == "manual");
  CHECK(name(ClockKind{99}) == "unknown");
}

}  // namespace
}  // namespace daybook::client
