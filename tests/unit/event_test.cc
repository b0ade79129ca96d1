#include "ledger/model/event.h"

#include <catch2/catch.hpp>

#include <set>

#include "tests/support/terms.h"

namespace daybook {
namespace {

using namespace daybook::testing;

template <std::size_t... index>
std::vector<EventBody> everyBody(std::index_sequence<index...>) {
  return {EventBody(std::in_place_index<index>)...};
}

/// One of each alternative, in the order of their numbers.
std::vector<EventBody> everyBody() {
  return everyBody(std::make_index_sequence<std::variant_size_v<EventBody>>());
}

TEST_CASE("every kind of event has a name of its own, in the order of the schema") {
  std::set<std::string_view> names;
  for (const EventBody& body : everyBody()) CHECK(names.insert(eventName(body)).second);
  CHECK(names.size() == 48);
  CHECK(eventName(LedgerCreated{}) == "ledgerCreated");
  CHECK(eventName(ModelPricePublished{}) == "modelPricePublished");
  CHECK(eventName(UsageRecorded{}) == "usageRecorded");
  CHECK(eventName(ClockMoved{}) == "clockMoved");
}

TEST_CASE("an event gives back what its command asked") {
  UsageRecorded usage;
  usage.asked.feature = "calls";
  usage.asked.quantity = dec("3");
  CHECK(askedOf(usage) == CommandBody(usage.asked));
  CHECK(askedOf(PackPurchased{{"small", "USD"}, 1, "USD", {}, {}, {}, {}}) ==
        CommandBody(BuyCredits{"small", "USD"}));
  CHECK(askedOf(ToppedUp{{dec("5"), ""}, "USD", {}, {}}) == CommandBody(TopUp{dec("5"), ""}));
  CHECK(askedOf(CustomerCreated{{"UTC"}, "acme", "UTC"}) == CommandBody(CreateCustomer{"UTC"}));
  CHECK(askedOf(CustomerUpdated{{"UTC"}}) == CommandBody(UpdateCustomer{"UTC"}));
  CHECK(askedOf(CancelScheduled{{CancelWhen::periodEnd}, {}}) == CommandBody(Cancel{}));
  CHECK(askedOf(CancelRevoked{}) == CommandBody(RevokeCancel{}));
  CHECK(askedOf(ClockMoved{{when("2026-01-01")}}) == CommandBody(MoveClock{when("2026-01-01")}));
  Subscribed subscribed;
  subscribed.asked.plan = "pro";
  CHECK(askedOf(subscribed) == CommandBody(subscribed.asked));
  CHECK(askedOf(CatalogPublished{"abc", 3}) == CommandBody(PublishCatalog{{}, "abc"}));
}

TEST_CASE("a cancellation that time brings was asked by nobody then") {
  CHECK_FALSE(askedOf(Canceled{std::nullopt, {}}).has_value());
  CHECK(askedOf(Canceled{Cancel{CancelWhen::now}, {}}) == CommandBody(Cancel{CancelWhen::now}));
  PlanChanged changed;
  CHECK_FALSE(askedOf(changed).has_value());
  changed.asked = ChangePlan{"pro"};
  CHECK(askedOf(changed) == CommandBody(ChangePlan{"pro"}));
}

TEST_CASE("events without a command of their own have nothing that was asked") {
  const std::set<std::string_view> without = {
      "ledgerCreated",       "featurePublished", "planPublished",     "packPublished",
      "modelPricePublished", "periodStarted",    "periodClosed",      "canceled",
      "creditsExpired",      "invoiceClosed",    "trialEnded",        "planChanged",
      "allowanceRaised",     "creditsGranted",   "creditsRolledOver", "creditNoteClosed",
      "alertRaised",         "customerMovedIn",  "holdExpired"};
  for (const EventBody& body : everyBody()) {
    INFO(eventName(body));
    CHECK(askedOf(body).has_value() == (without.count(eventName(body)) == 0));
  }
}

TEST_CASE("keys are unique per customer, and per ledger for what has no customer yet") {
  Event event;
  event.customer = CustomerNumber(7);
  event.body = UsageRecorded{};
  CHECK(keyScope(event) == CustomerNumber(7));
  event.body = CustomerCreated{};
  CHECK(keyScope(event).isNone());
  event.customer = {};
  event.body = CatalogPublished{};
  CHECK(keyScope(event).isNone());
}

}  // namespace
}  // namespace daybook
