// Holds as capabilities, over a ledger in service.
#include <catch2/catch.hpp>

#include <string>
#include <utility>

#include "tests/support/running_ledger.h"

using namespace daybook;
using daybook::testing::RunningLedger;
using daybook::testing::sellCalls;

namespace {

std::string textOf(capnp::Text::Reader text) { return text.cStr(); }

/// "acme" has 10 000 calls included.
struct Service {
  Service() { sellCalls(ledger, {"acme"}); }

  RunningLedger ledger;
  wire::Recorder::Client recorder = daemon::makeRecorder(ledger.service());
  wire::CustomerReader::Client reader = daemon::makeCustomerReader(ledger.service(), {"acme", {}});

  wire::CustomerRecorder::Client customer(const char* id = "acme") {
    auto request = recorder.customerRequest();
    request.setId(id);
    return request.send().getCustomer();
  }
  auto placing(const char* key, const char* quantity, bool release_on_drop = false,
               const char* feature = "calls") {
    auto request = customer().holdRequest();
    request.setKey(key);
    auto item = request.initHold().initItems(1)[0];
    item.setFeature(feature);
    item.setQuantity(quantity);
    request.setReleaseOnDrop(release_on_drop);
    return request.send();
  }
  wire::Hold::Client byKey(const char* key) {
    auto request = customer().holdByKeyRequest();
    request.setKey(key);
    return request.send().getHold();
  }
  auto settling(wire::Hold::Client hold, const char* key, const char* quantity) {
    auto request = hold.settleRequest();
    request.setKey(key);
    auto item = request.initItems(1)[0];
    item.setFeature("calls");
    item.setQuantity(quantity);
    return request.send();
  }
  std::uint32_t openHolds() {
    return reader.balanceRequest().send().wait(ledger.scope()).getBalance().getHolds();
  }
  /// Lets what was dropped reach its server.
  void settleDown() { ledger.wait(ledger.pipeline().allDurable()); }
};

}  // namespace

TEST_CASE("a hold is placed and settled in one round trip") {
  Service service;
  auto placed = service.placing("h1", "100");
  auto settled = service.settling(placed.getHold(), "s1", "60").wait(service.ledger.scope());
  CHECK(settled.getReceipt().getOutcome() == wire::Outcome::OK);
  CHECK(textOf(settled.getReceipt().getBalanceAfter()) == "9940");
  auto receipt = placed.wait(service.ledger.scope());
  CHECK(receipt.getReceipt().getHold() == 1);
  CHECK(textOf(receipt.getReceipt().getBalanceAfter()) == "9900");
  CHECK(service.openHolds() == 0);
}

TEST_CASE("a refused hold answers every call with its outcome") {
  Service service;
  auto placed = service.placing("h1", "1", false, "nothing");
  auto hold = placed.getHold();
  auto settled = service.settling(hold, "s1", "1").wait(service.ledger.scope());
  CHECK(settled.getReceipt().getOutcome() == wire::Outcome::UNKNOWN_FEATURE);
  CHECK(textOf(settled.getReceipt().getDetail()) == "nothing");
  auto release = hold.releaseRequest();
  release.setKey("r1");
  CHECK(release.send().wait(service.ledger.scope()).getReceipt().getOutcome() ==
        wire::Outcome::UNKNOWN_FEATURE);
  CHECK(hold.infoRequest().send().wait(service.ledger.scope()).getOutcome() ==
        wire::Outcome::UNKNOWN_FEATURE);
  auto malformed = service.placing("h2", "a lot").wait(service.ledger.scope());
  CHECK(malformed.getReceipt().getOutcome() == wire::Outcome::INVALID_NUMBER);
  CHECK(malformed.getHold().infoRequest().send().wait(service.ledger.scope()).getOutcome() ==
        wire::Outcome::INVALID_NUMBER);
}

TEST_CASE("a hold is used, extended and settled by its key") {
  Service service;
  service.placing("h1", "100").wait(service.ledger.scope());
  auto hold = service.byKey("h1");
  auto use = hold.useRequest();
  use.setKey("u1");
  use.initUsage().setFeature("calls");
  use.getUsage().setQuantity("30");
  CHECK(textOf(use.send().wait(service.ledger.scope()).getReceipt().getQuantity()) == "30");
  auto extend = hold.extendRequest();
  extend.setKey("e1");
  extend.setTtlNs(Duration::hours(1).ns);
  CHECK(extend.send().wait(service.ledger.scope()).getReceipt().getHoldExpiry() ==
        (RunningLedger::kStart + Duration::hours(1)).ns);
  auto info = hold.infoRequest().send().wait(service.ledger.scope());
  CHECK(textOf(info.getHold().getItems()[0].getQuantity()) == "70");
  auto settle = hold.settleRequest();
  settle.setKey("s1");
  CHECK(textOf(settle.send().wait(service.ledger.scope()).getReceipt().getQuantity()) == "70");
  CHECK(hold.infoRequest().send().wait(service.ledger.scope()).getOutcome() ==
        wire::Outcome::HOLD_ENDED);
  CHECK(service.settling(service.byKey("other"), "s2", "1")
            .wait(service.ledger.scope())
            .getReceipt()
            .getOutcome() == wire::Outcome::UNKNOWN_HOLD);
}

TEST_CASE("dropping a capability leaves the hold to its ttl, unless it shall release it") {
  Service service;
  { auto dropped = service.placing("kept", "1").wait(service.ledger.scope()); }
  service.settleDown();
  CHECK(service.openHolds() == 1);
  {
    auto released = service.placing("lost", "1", true).wait(service.ledger.scope());
    CHECK(service.openHolds() == 2);
  }
  service.settleDown();
  CHECK(service.openHolds() == 1);
  CHECK(service.settling(service.byKey("lost"), "s1", "1")
            .wait(service.ledger.scope())
            .getReceipt()
            .getOutcome() == wire::Outcome::HOLD_ENDED);
}

TEST_CASE("a capability that is given later takes the duty to release over") {
  Service service;
  {
    auto again = service.placing("h1", "1", true).wait(service.ledger.scope());
    {
      auto first = service.placing("h1", "1", true).wait(service.ledger.scope());
      CHECK(first.getReceipt().getDuplicate());
    }
    service.settleDown();
    CHECK(service.openHolds() == 0);
  }
  auto old = kj::heap(service.placing("h2", "1", true).wait(service.ledger.scope()));
  auto taken_over = service.byKey("h2");
  taken_over.infoRequest().send().wait(service.ledger.scope());
  old = nullptr;
  service.settleDown();
  CHECK(service.openHolds() == 1);
}

TEST_CASE("the end of the daemon is no drop, and a settled hold's drop records nothing") {
  Service service;
  {
    auto placed = service.placing("h1", "1", true).wait(service.ledger.scope());
    service.settling(placed.getHold(), "s1", "1").wait(service.ledger.scope());
  }
  service.settleDown();
  const Position before = service.ledger.pipeline().state().ledger.last;
  {
    auto placed = service.placing("h2", "1", true).wait(service.ledger.scope());
    service.ledger.service().hold_drops.stop();
  }
  service.settleDown();
  CHECK(service.openHolds() == 1);
  CHECK(service.ledger.pipeline().state().ledger.last == before.next());
}

TEST_CASE("open holds are listed in pages, in the order they were placed") {
  Service service;
  for (const char* key : {"a", "b", "c"}) service.placing(key, "1").wait(service.ledger.scope());
  auto first = service.reader.holdsRequest();
  first.setLimit(2);
  auto page = first.send().wait(service.ledger.scope());
  REQUIRE(page.getHolds().size() == 2);
  CHECK(textOf(page.getHolds()[0].getKey()) == "a");
  CHECK(textOf(page.getNext()) == "2");
  auto second = service.reader.holdsRequest();
  second.setCursor(page.getNext());
  auto rest = second.send().wait(service.ledger.scope());
  REQUIRE(rest.getHolds().size() == 1);
  CHECK(textOf(rest.getHolds()[0].getKey()) == "c");
  CHECK(textOf(rest.getNext()) == "");
}
