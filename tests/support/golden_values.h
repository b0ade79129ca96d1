// The larger values that golden events hold (golden_events.h): every field set somewhere.
//
// Values here never change: what was written once has to be read as this for ever.
#pragma once

#include <optional>

#include "ledger/base/decimal.h"
#include "ledger/model/event.h"

namespace daybook::testing::golden {

inline Decimal decimal(const char* text) { return Decimal::parse(text).value(); }

inline Plan plan() {
  const Price per_unit{.currency = "USD",
                       .unit_price = decimal("0.01"),
                       .minimum_charge = decimal("5"),
                       .maximum_charge = decimal("1000")};
  const Price graduated{.currency = "EUR",
                        .scheme = Scheme::graduated,
                        .tiers = {{decimal("100"), decimal("0.5"), Decimal()},
                                  {std::nullopt, decimal("0.25"), decimal("3")}}};
  const Price package{.currency = "USD",
                      .scheme = Scheme::package,
                      .package_size = decimal("1000"),
                      .package_price = decimal("1.5")};
  const Price tokens{.currency = "USD", .scheme = Scheme::tokens, .margin_percent = decimal("20")};
  return {.code = "pro",
          .version = 2,
          .name = "Pro",
          .model = ConsumptionModel::balance,
          .interval = Interval::year,
          .prices = {{"USD", std::nullopt, decimal("99"), decimal("50"), Decimal()},
                     {"EUR", std::nullopt, decimal("89"), std::nullopt, Decimal()}},
          .features = {{.feature = "calls",
                        .included = decimal("10000"),
                        .overage = Overage::block,
                        .prices = {per_unit, graduated}},
                       {.feature = "mail", .prices = {package}},
                       {.feature = "ai",
                        .prices = {tokens},
                        .credits_per_unit = decimal("2"),
                        .credits_per_money = decimal("100"),
                        .margin_percent = decimal("12.5")},
                       {.feature = "sso", .unlimited = true}},
          .credits = decimal("1000"),
          .grant_priority = -7,
          .at_zero = AtZero::block,
          .carry_top_ups = true};
}

/// A plan with what the other one does not have.
inline Plan seatPlan() {
  const Price percentage{.currency = "USD",
                         .scheme = Scheme::percentage,
                         .rate_percent = decimal("2.9"),
                         .fee_per_event = decimal("0.3"),
                         .event_minimum = decimal("0.5"),
                         .event_maximum = decimal("20")};
  const Price monthly_seat{
      .currency = "USD", .unit_price = decimal("15"), .interval = Interval::month};
  const Price any_seat{.currency = "USD", .unit_price = decimal("150")};
  const Price cheap{.currency = "USD", .unit_price = decimal("0.005")};
  Plan to{.code = "team",
          .version = 1,
          .model = ConsumptionModel::credits,
          .interval = Interval::month,
          .prices = {{"USD", Interval::once, decimal("99"), std::nullopt, decimal("10")},
                     {"USD", std::nullopt, decimal("89"), std::nullopt, Decimal()}},
          .features = {{.feature = "payments", .prices = {percentage}},
                       {.feature = "seats",
                        .included = decimal("3"),
                        .prices = {monthly_seat, any_seat}},
                       {.feature = "calls",
                        .credits_per_unit = decimal("1"),
                        .dimension = "region",
                        .variants = {{"eu", {cheap}, decimal("0.5")}, {"us", {}, decimal("2")}}}},
          .credits = decimal("1000")};
  to.rank = -3;
  to.trial_days = 14;
  to.free = true;
  to.rollover = Rollover{decimal("500"), 3};
  to.intro_percent = decimal("25");
  to.intro_cycles = 3;
  to.alerts = {{{.kind = AlertKind::usage, .feature = "calls", .level = decimal("80")},
                {.kind = AlertKind::credits, .level = decimal("100"), .percent = false},
                {.kind = AlertKind::balance, .level = decimal("10")}}};
  to.improvements_now = true;
  to.retired = true;
  return to;
}

/// Absent, and present but empty, are two things.
inline Plan silentPlan() {
  Plan to{.code = "silent", .version = 1, .rollover = Rollover{std::nullopt, 1}};
  to.alerts.emplace();
  return to;
}

inline Grant grant() {
  return {.number = GrantNumber(3),
          .kind = GrantKind::purchased,
          .priority = 40,
          .credits = decimal("500"),
          .remaining = decimal("499.5"),
          .effective = {1'706'745'600'000'000'000},
          .expiry = Instant::never(),
          .features = {FeatureNumber(1), FeatureNumber(3)},
          .pack = "starter"};
}

/// With what every form of a grant may have.
inline Grant fullGrant() {
  Grant to = grant();
  to.price = decimal("9.99");
  to.invoice = InvoiceNumber(43);
  to.rollovers = 2;
  to.last_drawn = {1'706'900'000'123'456'789};
  to.expired = true;
  return to;
}

inline Subscription subscription(const Span& year) {
  return {.plan = "pro",
          .currency = "USD",
          .billing_interval = Interval::year,
          .started = year.from,
          .since = year.from,
          .anchor = {1'706'750'000'000'000'000},
          .cancel_at = year.to,
          .billing_to = year.to,
          .billing = year,
          .base_charged = decimal("89.1")};
}

/// With what a subscription has while it is on trial, paused and about to change.
inline Subscription fullSubscription(const Span& year) {
  Subscription to = subscription(year);
  to.trial_to = year.to;
  to.paused = year.from;
  to.pinned_version = 2;
  to.change = ScheduledChange{"team", Interval::once};
  to.discount = Discount{decimal("25"), decimal("10"), 2};
  return to;
}

inline SeatsHeld seats() { return {FeatureNumber(4), 7, 9, decimal("135.5")}; }

inline Invoice invoice() {
  const InvoiceLine base{.type = LineType::planBase,
                         .description = "Pro",
                         .quantity = decimal("1"),
                         .unit_price = decimal("99"),
                         .exact = decimal("99"),
                         .amount = decimal("99"),
                         .from = {1'709'251'200'000'000'000},
                         .to = {1'711'929'600'000'000'000}};
  const InvoiceLine overage{
      .type = LineType::overage,
      .feature = "calls",
      .description = "API calls",
      .quantity = decimal("10150.125"),
      .included = decimal("10000"),
      .tiers = {{decimal("100"), decimal("0.5"), Decimal(), decimal("50")},
                {decimal("50.125"), decimal("0.25"), decimal("3"), decimal("15.53125")}},
      .exact = decimal("65.53125"),
      .amount = decimal("65.53"),
      .from = {1'706'745'600'000'000'000},
      .to = {1'709'251'200'000'000'000}};
  return {.number = InvoiceNumber(42),
          .label = "INV-000042",
          .type = InvoiceType::renewal,
          .customer = "acme",
          .currency = "USD",
          .date = {1'709'251'200'000'000'000},
          .due = {1'710'460'800'000'000'000},
          .from = {1'706'745'600'000'000'000},
          .to = {1'709'251'200'000'000'000},
          .plan = "pro",
          .plan_version = 2,
          .price_book_version = 1,
          .computed_at = Position(980),
          .lines = {base, overage},
          .total = decimal("164.53")};
}

/// Overage of tokens, by model.
inline Invoice invoiceOfTokens() {
  Invoice to = invoice();
  to.lines.back().tiers.clear();
  to.lines.back().models = {{"acme-ai", "large", {700, 500, 200, 100}, decimal("65.5")},
                            {"", "", {10, 0, 0, 0}, decimal("0.03125")}};
  return to;
}

/// Paid with customer credit, of prices that depend on a property.
inline Invoice settledInvoice() {
  Invoice to = invoice();
  to.type = InvoiceType::adjustment;
  to.status = InvoiceStatus::paid;
  to.lines.back().variant = "eu";
  to.lines.push_back({.type = LineType::customerCredit,
                      .description = "Customer credit",
                      .quantity = decimal("1"),
                      .unit_price = decimal("-164.53"),
                      .exact = decimal("-164.53"),
                      .amount = decimal("-164.53"),
                      .from = to.date,
                      .to = to.date});
  to.total = Decimal();
  return to;
}

inline CreditNote creditNote() {
  return {.number = CreditNoteNumber(7),
          .label = "CN-000007",
          .invoice = InvoiceNumber(42),
          .customer = "acme",
          .currency = "USD",
          .date = {1'709'251'200'000'000'000},
          .reason = "Outage",
          .total = decimal("64.53"),
          .as_customer_credit = true,
          .computed_at = Position(985)};
}

inline Opening opening() {
  return {.plan = "team",
          .currency = "USD",
          .interval = Interval::month,
          .anchor = {1'706'750'000'000'000'000},
          .base_charged = decimal("99"),
          .usage = {{"calls", "eu", decimal("120"), decimal("1.2")}, {"payments", "", {}, {}}},
          .grants = {{.kind = GrantKind::plan,
                      .credits = decimal("1000"),
                      .remaining = decimal("400"),
                      .priority = 60,
                      .effective = Instant{1'706'745'600'000'000'000},
                      .expiry = Instant{1'709'251'200'000'000'000},
                      .features = {"calls"}},
                     {.credits = decimal("5"), .remaining = decimal("5")}},
          .balance = decimal("-2.5"),
          .top_ups = decimal("10"),
          .seats = {{"seats", 5}},
          .customer_credit = decimal("20")};
}

inline Subscribe subscribe() {
  return {.plan = "team",
          .currency = "USD",
          .interval = Interval::week,
          .trial_days = 0,
          .seats = {{"seats", 5}, {"desks", 0}}};
}

inline PeriodStarted periodStarted(const Span& month, const Span& year) {
  PeriodStarted to;
  to.index = 12;
  to.span = month;
  to.terms = {"pro", 2, "USD"};
  to.billing = year;
  to.billing_to = year.to;
  to.grant = grant();
  to.debt_paid = decimal("0.5");
  to.included_balance = decimal("8.25");
  return to;
}

inline PeriodStarted trialStarted(const Span& month) {
  PeriodStarted to;
  to.span = month;
  to.terms = {"team", 1, "USD"};
  to.billing_to = month.to;
  to.trial = true;
  to.seats = {seats(), {FeatureNumber(5), 0, 0, Decimal()}};
  return to;
}

inline CustomerMovedIn movedIn(const Span& month, const Span& year) {
  CustomerMovedIn to;
  to.subscription = subscription(year);
  to.period = trialStarted(month);
  to.usage = {{.feature = FeatureNumber(1),
               .variant = "eu",
               .quantity = decimal("120"),
               .charged = decimal("1.2"),
               .unpaid = decimal("0.2"),
               .events = 3,
               .tokens = {1, 2, 3, 4},
               .latest_at = month.from,
               .values = {{"alice", 2}, {"bob", 1}}},
              {.feature = FeatureNumber(2)}};
  to.balance = {decimal("10"), decimal("5"), decimal("-2"), {{FeatureNumber(1), decimal("2")}}};
  to.grants = {grant(), fullGrant()};
  to.customer_credit = decimal("20");
  return to;
}

inline UsageRecorded usage() {
  return {.asked = {.feature = "calls"},
          .feature = FeatureNumber(1),
          .period_from = {1'706'745'600'000'000'000},
          .quantity = decimal("1"),
          .balance_after = decimal("9999")};
}

inline UsageRecorded usageOfTokens() {
  UsageRecorded to = usage();
  to.asked = {.feature = "ai",
              .tokens = Tokens{.provider = "acme-ai",
                               .model = "large",
                               .total_input = 1'000,
                               .output = 500,
                               .cache_read = 200,
                               .cache_write = 100},
              .at = Instant{1'706'900'000'123'456'789},
              .properties = {{"region", "eu"}, {"note", "Grüße"}},
              .on_shortfall = OnShortfall::overdraw};
  to.feature = FeatureNumber(3);
  to.disposition = Disposition::grace;
  to.quantity = decimal("0.0105");
  to.tokens = {700, 500, 200, 100};
  to.price = decimal("0.0126");
  to.balance_after = decimal("-0.000000000001");
  return to;
}

/// The ledger found the provider.
inline UsageRecorded usageOfModel() {
  UsageRecorded to = usageOfTokens();
  to.asked.tokens->provider.clear();
  to.provider = "acme-ai";
  return to;
}

inline UsageRecorded usageOfOneGrant() {
  UsageRecorded to = usage();
  to.price = decimal("0.125");
  to.draws = {{GrantNumber(7), decimal("0.125")}};
  return to;
}

inline UsageRecorded usageOfCredits() {
  UsageRecorded to = usage();
  to.asked.quantity = decimal("2.5");
  to.asked.on_shortfall = OnShortfall::cap;
  to.quantity = decimal("2.5");
  to.price = decimal("5");
  to.draws = {{GrantNumber(1), decimal("3")}, {GrantNumber(2), decimal("1.25")}};
  to.overdrawn = decimal("0.5");
  to.unpaid = decimal("0.25");
  to.balance_after = Decimal();
  return to;
}

/// A correction of a total, recorded late at a variant's price.
inline UsageRecorded usageSet() {
  UsageRecorded to = usage();
  to.asked.quantity = decimal("10");
  to.asked.properties = {{"region", "eu"}};
  to.asked.set = true;
  to.variant = "eu";
  to.disposition = Disposition::late;
  to.quantity = decimal("-4");
  to.price = decimal("-0.02");
  to.draws = {{GrantNumber(1), decimal("-2")}};
  to.late_charge = decimal("-0.02");
  return to;
}

/// Credits set aside for tokens, at a variant's price.
inline HeldItem heldItem() {
  HeldItem to;
  to.asked.feature = "ai";
  to.asked.tokens = usageOfTokens().asked.tokens;
  to.asked.properties = {{"region", "eu"}};
  to.feature = FeatureNumber(3);
  to.variant = "eu";
  to.period_from = {1'706'745'600'000'000'000};
  to.quantity = decimal("0.0126");
  to.used = true;
  to.pins = {{GrantNumber(1), decimal("3")}, {GrantNumber(2), decimal("1.25")}};
  return to;
}

inline HoldPlaced holdPlaced() {
  HoldPlaced to;
  HeldItem calls;
  calls.asked.feature = "calls";
  calls.asked.quantity = decimal("10");
  calls.feature = FeatureNumber(1);
  calls.period_from = {1'706'745'600'000'000'000};
  calls.quantity = decimal("10");
  to.items = {{calls, Decimal(), decimal("90")}, {heldItem(), decimal("4.25"), decimal("7")}};
  for (const PlacedItem& item : to.items) to.asked.items.push_back(item.held.asked);
  to.asked.ttl = Duration::minutes(10);
  to.number = HoldNumber(5);
  to.expiry = {1'706'746'200'000'000'000};
  return to;
}

inline HoldUsed holdUsed() {
  HoldUsed to;
  to.usage = usageOfCredits();
  to.asked = {"hold-1", to.usage.asked};
  to.number = HoldNumber(5);
  to.taken = decimal("2.5");
  to.pins = {{GrantNumber(1), decimal("3")}};
  return to;
}

/// Of two features, and at a time that is named.
inline HoldSettled holdSettled() {
  HoldSettled to;
  to.usages = {usage(), usageOfTokens()};
  to.asked.hold = "hold-1";
  for (const UsageRecorded& each : to.usages) {
    const RecordUsage& asked = each.asked;
    to.asked.items.push_back({asked.feature, asked.quantity, asked.tokens, asked.properties});
  }
  to.asked.at = Instant{1'706'900'000'123'456'789};
  to.number = HoldNumber(5);
  return to;
}

inline UsageVoided voided() {
  UsageVoided to;
  to.asked = {"usage-b", "sent twice"};
  to.usage = Position(1'019);
  to.feature = FeatureNumber(3);
  to.variant = "eu";
  to.value = "alice";
  to.disposition = Disposition::late;
  to.period_from = {1'706'745'600'000'000'000};
  to.at = {1'706'900'000'123'456'789};
  to.quantity = decimal("2.5");
  to.tokens = {700, 500, 200, 100};
  to.price = decimal("5");
  to.draws = {{GrantNumber(1), decimal("3")}};
  to.debt = decimal("0.5");
  to.unpaid = decimal("0.25");
  to.late_charge = decimal("1.25");
  return to;
}

}  // namespace daybook::testing::golden
