// One event of every kind, with every field set somewhere: what the files in golden/events hold.
//
// A file's name is the event's kind and a letter or more for its form. Values here never change:
// what was written once has to be read as this for ever. A new field or kind adds an entry.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/model/event.h"

namespace daybook::testing {

struct GoldenEvent {
  std::string name;
  Event event;
};

namespace golden {

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
          .prices = {{"USD", decimal("99"), decimal("50")}, {"EUR", decimal("89"), std::nullopt}},
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

}  // namespace golden

inline std::vector<GoldenEvent> goldenEvents() {
  using golden::decimal;
  std::vector<GoldenEvent> events;
  const auto add = [&](const char* name, EventBody body, const char* key = "",
                       std::uint32_t customer = 0) {
    const std::uint64_t number = events.size() + 1;
    events.push_back({name,
                      {.position = Position(1'000 + number),
                       .recorded = {1'709'251'200'000'000'000 + static_cast<std::int64_t>(number)},
                       .customer = CustomerNumber(customer),
                       .sequence = number,
                       .previous = Position(number == 1 ? 0 : 500 + number),
                       .rule_version = 1,
                       .key = key,
                       .body = std::move(body)}});
  };
  const Span month{{1'706'745'600'000'000'000},
                   {1'709'251'200'000'000'000},
                   {1'706'700'000'000'000'000},
                   {1'709'251'200'000'000'000}};
  const Span year{{1'706'745'600'000'000'000},
                  {1'738'368'000'000'000'000},
                  {1'706'745'600'000'000'000},
                  {1'738'368'000'000'000'000}};
  const Subscription subscription{.plan = "pro",
                                  .currency = "USD",
                                  .billing_interval = Interval::year,
                                  .started = month.from,
                                  .anchor = {1'706'750'000'000'000'000},
                                  .cancel_at = year.to,
                                  .billing_to = year.to};
  add("ledgerCreated_a", LedgerCreated{.ledger_id = "00112233445566778899aabbccddeeff",
                                       .format_version = 1,
                                       .settings = {.clock = ClockKind::manual,
                                                    .grace = Duration::minutes(30),
                                                    .late_window = Duration::days(7),
                                                    .future_limit = Duration::minutes(1),
                                                    .invoice_prefix = "R-",
                                                    .due_days = 30}});
  add("featurePublished_a",
      FeaturePublished{FeatureNumber(2),
                       {"sso", "Single sign-on", FeatureType::boolean, Meter::count}});
  add("planPublished_a", PlanPublished{golden::plan()});
  add("packPublished_a",
      PackPublished{{.code = "starter",
                     .version = 3,
                     .name = "Starter pack",
                     .credits = decimal("500"),
                     .prices = {{"USD", decimal("9.99")}, {"JPY", decimal("1500")}},
                     .priority = 40,
                     .expires_after_days = 365,
                     .features = {"calls", "ai"}}});
  add("modelPricePublished_a", ModelPricePublished{"USD",
                                                   4,
                                                   {.provider = "acme-ai",
                                                    .model = "large",
                                                    .input = decimal("3"),
                                                    .output = decimal("15"),
                                                    .cache_read = decimal("0.3"),
                                                    .cache_write = decimal("3.75"),
                                                    .retired = true}});
  add("catalogPublished_a", CatalogPublished{std::string(64, 'c'), 4}, "catalog-1");
  add("customerCreated_a", CustomerCreated{{.zone = "Europe/Berlin"}, "acme", "Europe/Berlin"},
      "create-acme", 7);
  add("customerUpdated_a", CustomerUpdated{{.zone = "Asia/Tokyo"}}, "update-1", 7);
  add("subscribed_a",
      Subscribed{
          {"pro", "USD", Instant{1'706'750'000'000'000'000}}, subscription, InvoiceNumber(41)},
      "subscribe-1", 7);
  add("periodStarted_a", PeriodStarted{.index = -1, .span = month}, "", 7);
  add("periodStarted_b", golden::periodStarted(month, year), "", 7);
  add("periodClosed_a", PeriodClosed{11, month.from, month.to, decimal("12.34"), InvoiceNumber(42)},
      "", 7);
  add("cancelScheduled_a", CancelScheduled{{CancelWhen::periodEnd}, year.to}, "cancel-1", 7);
  add("cancelRevoked_a", CancelRevoked{}, "revoke-1", 7);
  add("canceled_a", Canceled{std::nullopt, year.to}, "", 7);
  add("canceled_b", Canceled{Cancel{CancelWhen::now}, month.to}, "cancel-2", 7);
  add("canceled_c", Canceled{Cancel{CancelWhen::periodEnd}, month.to}, "cancel-3", 7);
  add("usageRecorded_a", golden::usage(), "0123456789abcdef", 7);
  add("usageRecorded_b", golden::usageOfTokens(), "usage-b", 7);
  add("usageRecorded_c", golden::usageOfCredits(), "usage-c", 7);
  add("packPurchased_a",
      PackPurchased{.asked = {"starter", "USD"},
                    .pack_version = 3,
                    .currency = "USD",
                    .price = decimal("9.99"),
                    .grant = golden::grant(),
                    .debt_paid = decimal("0.5"),
                    .invoice = InvoiceNumber(43)},
      "buy-1", 7);
  add("toppedUp_a", ToppedUp{{decimal("25"), "USD"}, "USD", decimal("24.5"), InvoiceNumber(44)},
      "topup-1", 7);
  add("creditsExpired_a", CreditsExpired{GrantNumber(1), decimal("99.5"), month.to}, "", 7);
  add("invoiceClosed_a", InvoiceClosed{golden::invoice()}, "", 7);
  add("clockMoved_a", ClockMoved{{{1'709'251'200'000'000'000}}}, "clock-1");
  return events;
}

}  // namespace daybook::testing
