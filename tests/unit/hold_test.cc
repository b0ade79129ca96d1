// Limits, forms and memory of holds; what they compute is in conformance/6_asking.txt.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "ledger/base/limits.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

using namespace daybook;
using namespace daybook::testing;

namespace {

const FixedZones kZones;

HoldItem item(std::string feature, std::int64_t quantity = 1) {
  HoldItem item;
  item.feature = std::move(feature);
  item.quantity = dec(quantity);
  return item;
}

/// "acme" has 10 000 credits, of which an image costs one.
TestLedger ledgerWithCredits(LedgerSettings settings = manualClock()) {
  TestLedger ledger(kZones, when("2026-01-01"), std::move(settings));
  Catalog catalog;
  Plan plan = planFor("studio", ConsumptionModel::credits, "49", {});
  for (std::size_t i = 0; i <= limits::kHoldItemsMax; ++i) {
    PlanFeature feature;
    feature.feature = "f" + std::to_string(i);
    feature.credits_per_unit = dec(1);
    catalog.features.push_back(metered(feature.feature));
    plan.features.push_back(std::move(feature));
  }
  plan.credits = dec(10'000);
  catalog.plans = {plan};
  publish(ledger, std::move(catalog));
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", Subscribe{"studio", "", std::nullopt});
  return ledger;
}

Answer place(TestLedger& ledger, const std::string& key,
             std::optional<Duration> ttl = std::nullopt) {
  return ledger.give("acme", PlaceHold{{item("f0")}, ttl}, key);
}

Outcome outcomeOf(TestLedger& ledger, CommandBody body) {
  return ledger.give("acme", std::move(body)).verdict.outcome;
}

}  // namespace

TEST_CASE("a customer has at most so many open holds, and expired ones are no burden") {
  TestLedger ledger = ledgerWithCredits();
  for (std::size_t i = 0; i < limits::kHoldsPerCustomerMax; ++i) {
    REQUIRE(place(ledger, "hold-" + std::to_string(i)).verdict.isOk());
  }
  CHECK(place(ledger, "one-more").verdict.outcome == Outcome::tooManyHolds);
  CHECK(ledger.give("acme", ReleaseHold{"hold-7"}).verdict.isOk());
  CHECK(place(ledger, "one-more").verdict.isOk());
  CHECK(ledger.customer("acme").grants.front().held ==
        dec(static_cast<std::int64_t>(limits::kHoldsPerCustomerMax)));
  ledger.advance(ledger.now() + Duration::minutes(limits::kHoldMinutesDefault));
  CHECK(ledger.customer("acme").holds.empty());
  CHECK(ledger.customer("acme").grants.front().held.isZero());
  CHECK(place(ledger, "after").verdict.isOk());
}

TEST_CASE("of expired holds the newest are remembered") {
  TestLedger ledger = ledgerWithCredits();
  for (std::size_t i = 0; i <= limits::kHoldsPerCustomerMax; ++i) {
    REQUIRE(place(ledger, "hold-" + std::to_string(i), Duration::seconds(1)).verdict.isOk());
    ledger.advance(ledger.now() + Duration::seconds(1));
  }
  CHECK(ledger.customer("acme").expired_holds.size() == limits::kHoldsPerCustomerMax);
  CHECK(outcomeOf(ledger, SettleHold{"hold-0", {}, std::nullopt}) == Outcome::holdEnded);
  CHECK(ledger.give("acme", SettleHold{"hold-1", {}, std::nullopt}).receipt.hold_expired);
}

TEST_CASE("an expired hold is remembered as long as late usage is taken, and for a day") {
  for (const Duration late : {Duration{}, Duration::days(35)}) {
    LedgerSettings settings = manualClock();
    settings.late_window = late;
    TestLedger ledger = ledgerWithCredits(settings);
    place(ledger, "first", Duration::minutes(1));
    const Duration kept = std::max(late, Duration::hours(limits::kHoldHoursMax));
    ledger.advance(ledger.now() + kept);
    place(ledger, "second", Duration::minutes(1));
    ledger.advance(ledger.now() + Duration::minutes(1));
    CHECK(ledger.customer("acme").expired_holds.size() == 2);
    place(ledger, "third", Duration::minutes(1));
    ledger.advance(ledger.now() + Duration::minutes(1));
    REQUIRE(ledger.customer("acme").expired_holds.size() == 2);
    CHECK(ledger.customer("acme").expired_holds.front().key == "second");
  }
}

TEST_CASE("a hold and its settlement have so many items at most, of one feature each") {
  TestLedger ledger = ledgerWithCredits();
  PlaceHold hold;
  for (std::size_t i = 0; i < limits::kHoldItemsMax; ++i) {
    hold.items.push_back(item("f" + std::to_string(i)));
  }
  REQUIRE(ledger.give("acme", hold, "all").verdict.isOk());
  PlaceHold too_many = hold;
  too_many.items.push_back(item("f" + std::to_string(limits::kHoldItemsMax)));
  CHECK(outcomeOf(ledger, too_many) == Outcome::amountOverflow);
  CHECK(outcomeOf(ledger, SettleHold{"all", too_many.items, std::nullopt}) ==
        Outcome::amountOverflow);
  CHECK(ledger.give("acme", SettleHold{"all", hold.items, std::nullopt}).receipt.items.size() ==
        limits::kHoldItemsMax);
  CHECK(outcomeOf(ledger, PlaceHold{}) == Outcome::invalidNumber);
  const Verdict twice = ledger.give("acme", PlaceHold{{item("f0"), item("f0")}, {}}).verdict;
  CHECK(twice == Verdict{Outcome::invalidText, "items[1].feature is repeated"});
}

TEST_CASE("the form of commands about holds names what is wrong") {
  TestLedger ledger = ledgerWithCredits();
  const auto detailOf = [&](CommandBody body) {
    return ledger.give("acme", std::move(body)).verdict.detail;
  };
  CHECK(detailOf(PlaceHold{{item("f0"), item("f1", -1)}, {}}) == "items[1].quantity");
  CHECK(detailOf(PlaceHold{{item("")}, {}}) == "items[0].feature");
  CHECK(detailOf(PlaceHold{{item("f0")}, Duration{}}) == "ttl");
  CHECK(detailOf(PlaceHold{{item("f0")}, Duration{-1}}) == "ttl");
  CHECK(outcomeOf(ledger, PlaceHold{{item("f0")}, Duration::hours(limits::kHoldHoursMax + 1)}) ==
        Outcome::holdTooLong);
  CHECK(detailOf(SettleHold{"", {}, {}}) == "hold");
  CHECK(detailOf(ReleaseHold{std::string(limits::kKeyBytesMax + 1, 'k')}) == "hold");
  CHECK(detailOf(ExtendHold{"h", Duration{}}) == "ttl");
  UseHold use{"h", {}};
  CHECK(detailOf(use) == "usage.feature");
  use.usage.feature = "f0";
  use.usage.quantity = dec(1);
  use.usage.set = true;
  CHECK(outcomeOf(ledger, use) == Outcome::notSettable);
}

TEST_CASE("a hold placed and settled at the instant of a cancellation leaves nothing held") {
  TestLedger ledger = ledgerWithCredits();
  place(ledger, "h");
  ledger.give("acme", Cancel{CancelWhen::now, false});
  // The period was cut to nothing: there is none that the usage could count in.
  CHECK(outcomeOf(ledger, SettleHold{"h", {}, {}}) == Outcome::noSubscription);
  CHECK(ledger.give("acme", ReleaseHold{"h"}).verdict.isOk());
  CHECK(ledger.customer("acme").grants.front().held.isZero());
}

TEST_CASE("a period stays as long as a hold may be settled in it") {
  LedgerSettings settings = manualClock();
  settings.late_window = Duration{};
  TestLedger ledger = ledgerWithCredits(settings);
  ledger.advance(ledger.now() + Duration::days(3));
  place(ledger, "h", Duration::hours(2));
  ledger.advance(ledger.now() + Duration::hours(1));
  ledger.give("acme", Cancel{CancelWhen::now, false});
  const Answer settled = ledger.give("acme", SettleHold{"h", {}, {}});
  REQUIRE(settled.verdict.isOk());
  CHECK(settled.receipt.disposition == Disposition::late);
  CHECK(settled.receipt.period_from == when("2026-01-01"));
}

TEST_CASE("what is still held after use is said in quantities, not in tokens or by other meters") {
  TestLedger ledger(kZones, when("2026-01-01"));
  Catalog catalog;
  Feature top = metered("top");
  top.meter = Meter::max;
  catalog.features = {metered("chat"), top};
  catalog.plans = {planFor("pro", ConsumptionModel::metered, "1",
                           {sold("chat", "0", byTokens("0")), sold("top", "0", perUnit("1"))})};
  PriceBook book;
  book.currency = "USD";
  ModelPrice model;
  model.provider = "acme-ai";
  model.model = "large";
  model.input = dec(1);
  model.output = dec(2);
  book.models = {model};
  catalog.price_books = {book};
  publish(ledger, std::move(catalog));
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", Subscribe{"pro", "", std::nullopt});
  HoldItem chat;
  chat.feature = "chat";
  chat.tokens = Tokens{"", "large", 1'000, std::nullopt, 1'000, 0, 0};
  REQUIRE(ledger.give("acme", PlaceHold{{chat, item("top", 10)}, {}}, "h").verdict.isOk());
  UseHold use{"h", usageOf(chat, std::nullopt)};
  REQUIRE(ledger.give("acme", use).verdict.isOk());
  CHECK(ledger.give("acme", SettleHold{"h", {}, {}}).verdict ==
        Verdict{Outcome::tokensMissing, "chat: some of it was used"});
  const Answer settled = ledger.give("acme", SettleHold{"h", {item("top", 7)}, {}});
  REQUIRE(settled.verdict.isOk());
  CHECK(settled.receipt.quantity == dec(7));
}
