// Holds of the client, against a ledger in service: whose they are, and what is left of them.
#include <catch2/catch.hpp>

#include <optional>
#include <thread>

#include "daybook/client.h"
#include "tests/support/served_ledger.h"

namespace daybook::client {
namespace {

using daybook::testing::RunningLedger;
using daybook::testing::ServedLedger;

/// "acme" has 100 credits.
struct Service {
  Service() {
    ledger.run([](RunningLedger& running) { sellWork(running, "acme", 100); });
  }
  Options options() const { return {.address = ledger.address(), .token = {}}; }
  std::size_t openHolds() {
    std::size_t count = 0;
    ledger.run([&](RunningLedger& running) {
      count = running.pipeline().state().find("acme")->holds.size();
    });
    return count;
  }
  /// Returns when so many are left: a connection's end takes a moment to be seen.
  void waitForHolds(std::size_t count) {
    while (openHolds() != count) std::this_thread::yield();
  }

  ServedLedger ledger;
};

PlaceHold holding(const std::string& quantity, WhenClientGoes when) {
  PlaceHold hold{.items = {{.feature = "work", .quantity = quantity}}};
  hold.when_client_goes = when;
  return hold;
}

UseHold oneOf(const std::string& hold) {
  return {.hold = hold, .usage = {.feature = "work", .quantity = "1"}};
}

}  // namespace

TEST_CASE("a hold is released when its client goes, if it shall be") {
  Service service;
  {
    Client client(service.options());
    REQUIRE(client.placeHold("acme", "left", holding("1", WhenClientGoes::leave)).ok());
    REQUIRE(client.placeHold("acme", "mine", holding("1", WhenClientGoes::release)).ok());
    // Naming it by its key does not take it from this client.
    REQUIRE(client.useHold("acme", "u", oneOf("mine")).ok());
    REQUIRE(client.extendHold("acme", "e", {.hold = "mine"}).ok());
    CHECK(client.hold("acme", "mine").value.key == "mine");
    CHECK(service.openHolds() == 2);
  }
  service.waitForHolds(1);
  Client next(service.options());
  CHECK(next.hold("acme", "left").ok());
  CHECK(next.hold("acme", "mine").outcome.name == "holdEnded");
}

TEST_CASE("a hold is released when its client's connection breaks, if it shall be") {
  Service service;
  Client client(service.options());
  REQUIRE(client.placeHold("acme", "mine", holding("1", WhenClientGoes::release)).ok());
  service.ledger.stop();
  service.waitForHolds(0);
  service.ledger.start();
  // Until the client has seen it.
  std::string outcome;
  while (outcome.empty()) {
    try {
      outcome = client.useHold("acme", "u", oneOf("mine")).outcome.name;
    } catch (const Error&) {
      continue;
    }
  }
  CHECK(outcome == "holdEnded");
}

TEST_CASE("a hold that a client ended, or was refused, is its no longer") {
  Service service;
  Client client(service.options());
  CHECK(client.placeHold("acme", "much", holding("101", WhenClientGoes::release)).outcome.name ==
        "insufficientCredits");
  // Under the same key, which the refusal left as it was.
  REQUIRE(client.placeHold("acme", "much", holding("100", WhenClientGoes::release)).ok());
  REQUIRE(client.settleHold("acme", "s", {.hold = "much"}).ok());
  CHECK(client.releaseHold("acme", "r", "much").outcome.name == "holdEnded");
  CHECK(client.settleHold("acme", "s", {.hold = "much"}).value.duplicate);
  CHECK(service.openHolds() == 0);
}

TEST_CASE("a client that names another's hold by its key takes it over") {
  Service service;
  Client next(service.options());
  {
    Client client(service.options());
    REQUIRE(client.placeHold("acme", "taken", holding("1", WhenClientGoes::release)).ok());
    REQUIRE(client.placeHold("acme", "mine", holding("1", WhenClientGoes::release)).ok());
    REQUIRE(next.hold("acme", "taken").ok());
  }
  service.waitForHolds(1);
  CHECK(next.hold("acme", "taken").ok());
}

}  // namespace daybook::client
