#include <catch2/catch.hpp>

#include <string>

#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

using namespace daybook;
using namespace daybook::testing;

namespace {

const FixedZones kZones;

TestLedger ledgerWithPlans() {
  TestLedger ledger(kZones, when("2026-01-01"));
  Catalog catalog;
  catalog.features = {metered("calls"), metered("images")};
  PlanFeature images;
  images.feature = "images";
  images.credits_per_unit = dec(2);
  Plan studio = planFor("studio", ConsumptionModel::credits, "49", {images});
  studio.credits = dec(100);
  catalog.plans = {
      planFor("pro", ConsumptionModel::metered, "99", {sold("calls", "100", perUnit("1"))}),
      studio};
  publish(ledger, std::move(catalog));
  ledger.give("acme", CreateCustomer{});
  return ledger;
}

RecordUsage usage(std::string feature, std::string_view quantity) {
  RecordUsage usage;
  usage.feature = std::move(feature);
  usage.quantity = dec(quantity);
  return usage;
}

}  // namespace

TEST_CASE("reads show what is due as done, and record nothing") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", Subscribe{"studio", "", std::nullopt});
  ledger.give("acme", usage("images", "30"));
  ledger.moveClock(when("2026-03-10"));
  const Customer before = ledger.customer("acme");
  const Balance balance = ledger.balance("acme");
  CHECK(balance.period_from == when("2026-03-01"));
  CHECK(balance.credits.plan == dec(100));
  CHECK(balance.as_of == ledger.state().ledger.last);
  CHECK(ledger.customer("acme") == before);
  ledger.workOffAll();
  Balance after = ledger.balance("acme");
  after.as_of = balance.as_of;
  CHECK(after == balance);
}

TEST_CASE("an expired grant is gone from the instant of its expiry, before that is recorded") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", Subscribe{"studio", "", std::nullopt});
  ledger.give("acme", Cancel{});
  ledger.advance(when("2026-02-01"));
  REQUIRE(ledger.customer("acme").grants.size() == 1);
  const Balance balance = ledger.balance("acme");
  CHECK(balance.credits == CreditBalance());
  CHECK(balance.grants.empty());
  CHECK(balance.state == SubscriptionState::canceled);
}

TEST_CASE("a customer without a subscription has a balance of nothing") {
  TestLedger ledger = ledgerWithPlans();
  const Balance balance = ledger.balance("acme");
  CHECK(balance.state == SubscriptionState::none);
  CHECK(balance.features.empty());
  CHECK(balance.credits == CreditBalance());
  CHECK(balance.cancel_at.isNever());
}

TEST_CASE("check refuses exactly what recording refuses") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", Subscribe{"studio", "", std::nullopt});
  const RecordUsage cases[] = {usage("images", "50"), usage("images", "50.000000000001"),
                               usage("calls", "1"),   usage("nothing", "1"),
                               usage("images", "-1"), usage("", "1"),
                               usage("images", "0"),  usage("images", "1000000000000001")};
  for (const RecordUsage& asked : cases) {
    CAPTURE(asked.feature, asked.quantity->toString());
    const CheckAnswer answer =
        core::check(ledger.state(), ledger.customer("acme"), asked, ledger.context());
    const Verdict verdict =
        ledger.engine().decide({"key", "acme", asked}, ledger.context()).verdict;
    CHECK(answer.verdict == verdict);
    CHECK(answer.allowed == verdict.isOk());
  }
}

TEST_CASE("the upcoming invoice is the one that closes when nothing more happens") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", Subscribe{"pro", "", std::nullopt});
  ledger.give("acme", usage("calls", "123.4"));
  auto upcoming = core::upcoming(ledger.state(), ledger.customer("acme"), ledger.context());
  REQUIRE(upcoming);
  CHECK(upcoming->number.isNone());
  CHECK(upcoming->label.empty());
  CHECK(upcoming->computed_at == ledger.state().ledger.last);
  ledger.advance(when("2026-02-02"));
  Invoice closed = ledger.invoices("acme").back();
  upcoming->number = closed.number;
  upcoming->label = closed.label;
  upcoming->computed_at = closed.computed_at;
  CHECK(*upcoming == closed);
}

TEST_CASE("a set of changes is compared without being published") {
  TestLedger ledger = ledgerWithPlans();
  const Catalog published = core::publishedCatalog(ledger.state());
  CHECK(published.plans.size() == 2);
  Catalog changed = published;
  changed.plans[0].prices[0].base = dec(199);
  std::vector<CatalogChange> changes;
  CHECK(core::compareCatalog(ledger.state(), changed, changes).isOk());
  REQUIRE(changes.size() == 4);
  CHECK(changes[2].action == ChangeAction::changed);
  CHECK(changes[2].version == 2);
  CHECK(changes[3].action == ChangeAction::unchanged);
  changed.plans[0].features[0].feature = "nothing";
  changes.clear();
  CHECK(core::compareCatalog(ledger.state(), changed, changes).outcome == Outcome::invalidCatalog);
  CHECK(changes.empty());
  CHECK(core::publishedCatalog(ledger.state()) == published);
}
