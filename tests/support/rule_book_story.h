// What the logs of replay's tests tell of trials, changes of plan, pauses, seats, variants, late
// usage, corrections and documents: every kind of event that the simpler part of the log lacks.
//
// Customers of their own, from 2026-07-02 on. Not for several threads.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/engine_fixture.h"
#include "tests/support/terms.h"

namespace daybook::testing {

inline void expectOk(const Answer& answer) {
  if (answer.verdict.isOk()) return;
  throw std::runtime_error(std::string(outcomeName(answer.verdict.outcome)) + " " +
                           answer.verdict.detail);
}

namespace story {

inline Feature feature(std::string code, FeatureType type, Meter meter = Meter::sum,
                       std::string unique_property = {}) {
  Feature feature;
  feature.code = std::move(code);
  feature.type = type;
  feature.meter = meter;
  feature.unique_property = std::move(unique_property);
  return feature;
}

inline Plan team() {
  PlanFeature routes = sold("routes", "10", perUnit("0.5"));
  routes.dimension = "region";
  routes.variants = {variantAt("eu", perUnit("0.75"))};
  Plan plan = planFor(
      "team", ConsumptionModel::metered, "50",
      {routes, sold("users", "1", perUnit("2")), sold("peak", "0", perUnit("0.1")),
       sold("payments", "100", byPercentage("2.9", "0.3")), sold("seats", "2", perUnit("10"))});
  plan.prices.push_back(basePrice("500", "USD", Interval::year));
  plan.intro_percent = dec("20");
  plan.intro_cycles = 2;
  return plan;
}

inline Plan squad() {
  Plan plan = planFor("squad", ConsumptionModel::metered, "90",
                      {sold("routes", "100", perUnit("0.25")), sold("seats", "1", perUnit("12"))});
  plan.trial_days = 10;
  return plan;
}

inline PlanFeature inCredits(std::string code, std::string_view credits_per_unit) {
  PlanFeature feature;
  feature.feature = std::move(code);
  feature.credits_per_unit = dec(credits_per_unit);
  return feature;
}

inline Plan pool(std::string_view credits) {
  Plan plan = planFor("pool", ConsumptionModel::credits, "30", {inCredits("routes", "2")});
  plan.credits = dec(credits);
  plan.rollover = Rollover{dec("15"), 2};
  plan.improvements_now = true;
  return plan;
}

inline Plan wallet(std::string_view included) {
  Plan plan =
      planFor("wallet", ConsumptionModel::balance, "25", {sold("routes", "0", perUnit("1"))});
  plan.prices.front().included_balance = dec(included);
  plan.carry_top_ups = true;
  plan.improvements_now = true;
  return plan;
}

inline Plan lifetime() {
  Plan plan =
      planFor("lifetime", ConsumptionModel::metered, "300", {sold("routes", "5", perUnit("0.5"))});
  plan.interval = Interval::once;
  return plan;
}

inline Plan basic() {
  PlanFeature routes;
  routes.feature = "routes";
  routes.included = dec("5");
  routes.overage = Overage::block;
  Plan plan = planFor("basic", ConsumptionModel::metered, "0", {routes});
  plan.free = true;
  return plan;
}

inline Catalog catalog() {
  Catalog catalog;
  catalog.features = {feature("routes", FeatureType::metered),
                      feature("users", FeatureType::metered, Meter::unique, "user"),
                      feature("peak", FeatureType::metered, Meter::max),
                      feature("payments", FeatureType::metered),
                      feature("seats", FeatureType::seats)};
  catalog.plans = {team(), squad(), pool("40"), wallet("20"), lifetime(), basic()};
  Pack refill;
  refill.code = "refill";
  refill.credits = dec("20");
  refill.prices = {{"USD", dec("8")}};
  catalog.packs = {refill};
  return catalog;
}

inline RecordUsage usage(std::string feature, std::string_view quantity,
                         std::vector<Property> properties = {}) {
  RecordUsage usage;
  usage.feature = std::move(feature);
  usage.quantity = dec(quantity);
  usage.properties = std::move(properties);
  return usage;
}

inline RecordUsage usageAt(std::string feature, std::string_view quantity, Instant at) {
  RecordUsage late = usage(std::move(feature), quantity);
  late.at = at;
  return late;
}

inline void give(TestLedger& ledger, const std::string& customer, CommandBody body,
                 std::string key = {}) {
  expectOk(ledger.give(customer, std::move(body), std::move(key)));
}

inline Subscribe to(std::string plan) {
  Subscribe subscribe;
  subscribe.plan = std::move(plan);
  return subscribe;
}

inline Opening opening() {
  Opening opening;
  opening.plan = "team";
  opening.interval = Interval::year;
  opening.anchor = when("2026-02-10T09:00:00Z");
  opening.base_charged = dec("480");
  opening.usage = {{"routes", "eu", dec("4"), {}}, {"payments", "", dec("80"), {}}};
  opening.seats = {{"seats", 4}};
  opening.customer_credit = dec("12.5");
  return opening;
}

inline Opening creditsOpening() {
  Opening opening;
  opening.plan = "pool";
  opening.anchor = when("2026-06-20");
  OpeningGrant plan;
  plan.kind = GrantKind::plan;
  plan.credits = dec("40");
  plan.remaining = dec("9");
  OpeningGrant bought;
  bought.credits = dec("30");
  bought.remaining = dec("30");
  opening.grants = {plan, bought};
  return opening;
}

/// July 2: everybody arrives.
inline void arrive(TestLedger& ledger) {
  publish(ledger, catalog());
  for (const char* customer :
       {"team", "swap", "trial", "brief", "pool", "wallet", "once", "free"}) {
    give(ledger, customer, CreateCustomer{"Test/Summer", std::nullopt});
  }
  give(ledger, "moved", CreateCustomer{"Test/East", opening()});
  give(ledger, "filled", CreateCustomer{"", creditsOpening()});
  Subscribe seated = to("team");
  seated.seats = {{"seats", 3}};
  give(ledger, "team", seated);
  give(ledger, "swap", seated);
  give(ledger, "trial", to("squad"));
  give(ledger, "brief", to("squad"));
  for (const char* plan : {"pool", "wallet"}) give(ledger, plan, to(plan));
  give(ledger, "once", to("lifetime"));
  give(ledger, "free", to("basic"));
}

/// Usage of all meters, seats, alerts, voids.
inline void use(TestLedger& ledger) {
  give(ledger, "team", SetAlerts{{{{AlertKind::usage, "routes", dec("12"), false}}}});
  give(ledger, "team", usage("routes", "8", {{"region", "eu"}}), "eu");
  give(ledger, "team", usage("routes", "6"));
  give(ledger, "team", usage("users", "1", {{"user", "ada"}}), "ada");
  give(ledger, "team", usage("users", "1", {{"user", "bob"}}));
  give(ledger, "team", usage("peak", "7"));
  give(ledger, "team", usage("payments", "250"), "payment");
  give(ledger, "team", ChangeSeats{"seats", 2, false});
  give(ledger, "team", ChangeSeats{"seats", 1, true});
  give(ledger, "team", VoidUsage{"eu", "twice"});
  give(ledger, "team", VoidUsage{"ada", ""});
  give(ledger, "team", VoidUsage{"payment", "refused"});
  give(ledger, "moved", usage("routes", "20", {{"region", "eu"}}));
  give(ledger, "trial", usage("routes", "90"));
  give(ledger, "once", usage("routes", "9"));
  give(ledger, "free", usage("routes", "5"));
  give(ledger, "wallet", usage("routes", "30"));
  give(ledger, "wallet", TopUp{dec("15"), ""});
  // An overdraft that a grant pays, and that is voided then.
  RecordUsage over = usage("routes", "25");
  over.on_shortfall = OnShortfall::overdraw;
  give(ledger, "pool", over, "over");
  give(ledger, "pool", GrantCredits{dec("10"), 20, std::nullopt, std::nullopt, {}, "sorry"});
  give(ledger, "pool", VoidUsage{"over", "never happened"});
  give(ledger, "pool", BuyCredits{"refill", ""});
  give(ledger, "pool", usage("routes", "7"));
  const GrantNumber bought = ledger.customer("pool").last_grant;
  give(ledger, "pool", RefundPack{bought, "unwanted"});
}

inline HoldItem held(std::string feature, std::string_view quantity,
                     std::vector<Property> properties = {}) {
  return {std::move(feature), dec(quantity), std::nullopt, std::move(properties)};
}

/// Holds in all three models: of several features, used, settled for less, for more and not at all.
inline void hold(TestLedger& ledger) {
  give(ledger, "filled", PlaceHold{{held("routes", "6")}, Duration::hours(1)}, "job-1");
  give(ledger, "filled", UseHold{"job-1", usage("routes", "2")});
  give(ledger, "filled", ExtendHold{"job-1", Duration::hours(2)});
  give(ledger, "filled", PlaceHold{{held("routes", "9")}, std::nullopt}, "job-2");
  give(ledger, "filled", SettleHold{"job-1", {held("routes", "3")}, std::nullopt});
  give(ledger, "filled", ReleaseHold{"job-2"});
  give(ledger, "filled", PlaceHold{{held("routes", "2")}, std::nullopt}, "lost");
  give(ledger, "filled", PlaceHold{{held("routes", "1")}, std::nullopt}, "forgotten");
  give(ledger, "wallet", PlaceHold{{held("routes", "3")}, std::nullopt}, "trip");
  give(ledger, "wallet", usage("routes", "1"));
  give(ledger, "wallet", SettleHold{"trip", {}, std::nullopt});
  const HoldItem eu = held("routes", "4", {{"region", "eu"}});
  const HoldItem user = held("users", "1", {{"user", "eve"}});
  give(ledger, "team", PlaceHold{{eu, held("payments", "100"), user}, std::nullopt}, "several");
  give(ledger, "team", SettleHold{"several", {held("payments", "250"), eu}, std::nullopt}, "paid");
  give(ledger, "team", VoidUsage{"paid", "refused"});
}

/// Adjustments, credit and payments.
inline void bill(TestLedger& ledger) {
  give(ledger, "team", AddAdjustment{dec("5"), "", "setup", false});
  give(ledger, "team", AddAdjustment{dec("-3"), "", "goodwill", true});
  give(ledger, "team", AddCustomerCredit{dec("7"), "", "referral"});
  const InvoiceNumber first = ledger.invoices("team").front().number;
  give(ledger, "team", RecordPayment{first, dec("10"), "wire 1"});
  give(ledger, "team", RecordPaymentFailure{first, "card declined"});
  give(ledger, "team", RecordPayment{first, std::nullopt, "wire 2"});
  give(ledger, "team", CreditInvoice{first, dec("2"), "late", true});
  const InvoiceNumber other = ledger.invoices("swap").front().number;
  give(ledger, "swap", CreditInvoice{other, std::nullopt, "wrong customer", false});
  give(ledger, "once", MarkUncollectible{ledger.invoices("once").front().number});
}

/// Trials end, are changed and are canceled; plans change at once, by schedule and in grace.
inline void change(TestLedger& ledger) {
  give(ledger, "trial", ChangePlan{"team", Interval::year, ChangeWhen::periodEnd});
  give(ledger, "brief", Cancel{CancelWhen::periodEnd, false});
  give(ledger, "swap", ChangePlan{"squad", std::nullopt, ChangeWhen::automatic});
  give(ledger, "swap", ChangePlan{"team", std::nullopt, ChangeWhen::automatic});
  give(ledger, "swap", RevokeChange{});
  give(ledger, "swap", ChangePlan{"team", std::nullopt, ChangeWhen::automatic});
  give(ledger, "team", PinVersion{true});
  ledger.advance(when("2026-07-20"));
  Catalog improved;
  improved.plans = {pool("60"), wallet("35")};
  publish(ledger, improved);
  ledger.workOffAll();
  // In grace: what ended is closed first.
  ledger.advance(when("2026-08-02T00:20:00Z"));
  give(ledger, "team", usageAt("routes", "3", when("2026-08-01T23:00:00Z")));
  give(ledger, "team", ChangePlan{"team", Interval::year, ChangeWhen::now});
  give(ledger, "wallet", Pause{});
  give(ledger, "once", Cancel{CancelWhen::now, false});
  give(ledger, "swap", PinVersion{false});
}

/// Late usage of a closed period, with and without a live subscription; then back again.
inline void settle(TestLedger& ledger) {
  ledger.advance(when("2026-08-05"));
  give(ledger, "team", usageAt("routes", "11", when("2026-07-25")), "late");
  give(ledger, "team", VoidUsage{"late", "not hers"});
  give(ledger, "team", usageAt("routes", "4", when("2026-07-25")));
  give(ledger, "once", usageAt("routes", "6", when("2026-07-25")));
  give(ledger, "filled", SettleHold{"lost", {held("routes", "30")}, std::nullopt});
  give(ledger, "wallet", Resume{});
  give(ledger, "moved", Cancel{CancelWhen::now, true});
  give(ledger, "free", ChangePlan{"lifetime", std::nullopt, ChangeWhen::automatic});
  ledger.advance(when("2026-10-09"));
}

}  // namespace story

inline void tellRuleBook(TestLedger& ledger) {
  story::arrive(ledger);
  story::use(ledger);
  story::hold(ledger);
  story::bill(ledger);
  story::change(ledger);
  story::settle(ledger);
}

}  // namespace daybook::testing
