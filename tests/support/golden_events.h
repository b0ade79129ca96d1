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
#include "tests/support/golden_values.h"

namespace daybook::testing {

struct GoldenEvent {
  std::string name;
  Event event;
};

namespace golden {

/// Catalog, customers, subscriptions and seats of the whole rule book. `add` is that of
/// goldenEvents().
template <typename Add>
void addSubscriptions(Add add, const Span& month, const Span& year) {
  add("ledgerCreated_b", LedgerCreated{.ledger_id = "00112233445566778899aabbccddeeff",
                                       .format_version = 1,
                                       .settings = {.credit_note_prefix = "G-",
                                                    .first_invoice = 4'711,
                                                    .first_credit_note = 12}});
  add("featurePublished_b", FeaturePublished{FeatureNumber(4),
                                             {.code = "users",
                                              .type = FeatureType::metered,
                                              .meter = Meter::unique,
                                              .unique_property = "user"}});
  add("featurePublished_c",
      FeaturePublished{FeatureNumber(5), {.code = "seats", .type = FeatureType::seats}});
  add("planPublished_b", PlanPublished{seatPlan()});
  add("planPublished_c", PlanPublished{silentPlan()});
  CustomerCreated moved;
  moved.asked.opening = opening();
  moved.id = "acme";
  moved.zone = "UTC";
  add("customerCreated_b", moved, "create-b", 7);
  add("subscribed_b", Subscribed{subscribe(), fullSubscription(year), InvoiceNumber()},
      "subscribe-2", 7);
  add("periodStarted_c", trialStarted(month), "", 7);
  add("canceled_d", Canceled{Cancel{CancelWhen::now, true}, month.to}, "cancel-4", 7);
  add("usageRecorded_d", usageSet(), "usage-d", 7);
  add("invoiceClosed_b", InvoiceClosed{settledInvoice()}, "", 7);
  add("trialEnded_a", TrialEnded{subscription(year), InvoiceNumber(45)}, "", 7);
  add("planChanged_a", PlanChanged{std::nullopt, month.to, subscription(year), InvoiceNumber()}, "",
      7);
  add("planChanged_b",
      PlanChanged{ChangePlan{"team", Interval::quarter, ChangeWhen::now}, month.to,
                  subscription(year), InvoiceNumber(46)},
      "change-1", 7);
  add("changeScheduled_a",
      ChangeScheduled{
          {"team", std::nullopt, ChangeWhen::periodEnd}, {"team", Interval::month}, year.to},
      "change-2", 7);
  add("changeRevoked_a", ChangeRevoked{}, "change-3", 7);
  add("paused_a", Paused{{}, month.to}, "pause-1", 7);
  add("resumed_a", Resumed{{}, subscription(year), InvoiceNumber(47)}, "resume-1", 7);
  add("versionPinned_a", VersionPinned{{.pinned = true}, 2}, "pin-1", 7);
  add("versionPinned_b", VersionPinned{{.pinned = false}, 0}, "pin-2", 7);
  add("allowanceRaised_a", AllowanceRaised{3, fullGrant(), decimal("0.5"), Decimal()}, "", 7);
  add("allowanceRaised_b", AllowanceRaised{3, std::nullopt, Decimal(), decimal("12.5")}, "", 7);
  SeatsChanged seats_removed;
  seats_removed.asked.feature = "seats";
  seats_removed.asked.seats = -2;
  seats_removed.feature = FeatureNumber(5);
  seats_removed.held = 7;
  seats_removed.highest = 9;
  add("seatsChanged_a", seats_removed, "seats-1", 7);
  SeatsChanged seats_set = seats_removed;
  seats_set.asked.seats = 12;
  seats_set.asked.set = true;
  seats_set.held = seats_set.highest = 12;
  seats_set.value = decimal("180");
  seats_set.true_up = decimal("23.25");
  add("seatsChanged_b", seats_set, "seats-2", 7);
}

/// As above: what came of credits, corrections and money.
template <typename Add>
void addAccounts(Add add, const Span& month, const Span& year) {
  add("creditsGranted_a",
      CreditsGranted{GrantCredits{.credits = decimal("100"),
                                  .priority = 10,
                                  .effective = month.from,
                                  .expiry = month.to,
                                  .features = {"calls", "ai"},
                                  .reason = "Welcome"},
                     grant(), decimal("0.5")},
      "grant-1", 7);
  add("creditsGranted_b", CreditsGranted{std::nullopt, fullGrant(), Decimal()}, "", 7);
  add("creditsRolledOver_a", CreditsRolledOver{GrantNumber(2), fullGrant()}, "", 7);
  PackRefunded refunded;
  refunded.asked.grant = GrantNumber(3);
  refunded.asked.reason = "Not needed";
  refunded.credits = decimal("499.5");
  refunded.credit_note = CreditNoteNumber(8);
  add("packRefunded_a", refunded, "refund-1", 7);
  add("usageVoided_a", voided(), "void-1", 7);
  add("usageVoided_b",
      UsageVoided{.asked = {.usage_key = "0123456789abcdef"},
                  .usage = Position(1'018),
                  .feature = FeatureNumber(1)},
      "void-2", 7);
  AdjustmentAdded adjusted;
  adjusted.asked.amount = decimal("-12.5");
  adjusted.asked.currency = adjusted.currency = "USD";
  adjusted.asked.description = "Support credit";
  adjusted.asked.at_once = true;
  adjusted.invoice = InvoiceNumber(48);
  add("adjustmentAdded_a", adjusted, "adjust-1", 7);
  add("customerCreditAdded_a", CustomerCreditAdded{{decimal("50"), "USD", "Goodwill"}, "USD"},
      "credit-1", 7);
  add("creditNoteClosed_a", CreditNoteClosed{std::nullopt, creditNote(), InvoiceStatus::paid}, "",
      7);
  add("creditNoteClosed_b",
      CreditNoteClosed{CreditInvoice{InvoiceNumber(42), decimal("64.53"), "Outage", true},
                       creditNote(), InvoiceStatus::voided, decimal("100")},
      "credit-note-1", 7);
  PaymentRecorded paid;
  paid.asked.invoice = InvoiceNumber(42);
  paid.asked.amount = paid.amount = decimal("100");
  paid.asked.reference = "wire 5";
  add("paymentRecorded_a", paid, "payment-1", 7);
  PaymentRecorded rest_paid;
  rest_paid.asked.invoice = InvoiceNumber(42);
  rest_paid.amount = decimal("64.53");
  rest_paid.status = InvoiceStatus::uncollectible;
  add("paymentRecorded_b", rest_paid, "payment-2", 7);
  add("paymentFailed_a", PaymentFailed{{InvoiceNumber(42), "card declined"}}, "payment-3", 7);
  add("invoiceUncollectible_a", InvoiceUncollectible{{InvoiceNumber(42)}}, "give-up-1", 7);
  add("alertsSet_a", AlertsSet{}, "alerts-1", 7);
  add("alertsSet_b", AlertsSet{{.rules = std::vector<AlertRule>()}}, "alerts-2", 7);
  add("alertsSet_c", AlertsSet{{.rules = seatPlan().alerts}}, "alerts-3", 7);
  add("alertRaised_a",
      AlertRaised{{.feature = "calls", .level = decimal("80")},
                  month.from,
                  decimal("8000"),
                  decimal("8000")},
      "", 7);
  add("customerMovedIn_a", movedIn(month, year), "", 7);
}

/// As above: which model tokens went to.
template <typename Add>
void addModels(Add add) {
  add("usageRecorded_f", usageOfModel(), "usage-f", 7);
  add("invoiceClosed_c", InvoiceClosed{invoiceOfTokens()}, "", 7);
  UsageVoided of_model = voided();
  of_model.provider = "acme-ai";
  of_model.model = "large";
  add("usageVoided_d", of_model, "void-4", 7);
}

/// As above: the life of holds.
template <typename Add>
void addHolds(Add add, const Span& month) {
  add("holdPlaced_a", holdPlaced(), "hold-1", 7);
  add("holdUsed_a", holdUsed(), "use-1", 7);
  add("holdSettled_a", holdSettled(), "settle-1", 7);
  add("holdSettled_b", HoldSettled{{"hold-2"}, HoldNumber(6), true, {usageOfCredits()}}, "settle-2",
      7);
  add("holdReleased_a", HoldReleased{{"hold-3"}, HoldNumber(7)}, "release-1", 7);
  add("holdExtended_a", HoldExtended{{"hold-4", Duration::minutes(10)}, HoldNumber(8), month.to},
      "extend-1", 7);
  add("holdExpired_a", HoldExpired{HoldNumber(8), month.to}, "", 7);
  UsageVoided second = voided();
  second.item = 1;
  add("usageVoided_c", second, "", 7);
  Grant pinned = fullGrant();
  pinned.held = decimal("0.25");
  add("creditsGranted_c", CreditsGranted{std::nullopt, pinned, Decimal()}, "", 7);
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
  CustomerCreated created;
  created.asked.zone = created.zone = "Europe/Berlin";
  created.id = "acme";
  add("customerCreated_a", created, "create-acme", 7);
  add("customerUpdated_a", CustomerUpdated{{.zone = "Asia/Tokyo"}}, "update-1", 7);
  add("subscribed_a",
      Subscribed{{.plan = "pro", .currency = "USD", .anchor = Instant{1'706'750'000'000'000'000}},
                 golden::subscription(year),
                 InvoiceNumber(41)},
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
  golden::addSubscriptions(add, month, year);
  golden::addAccounts(add, month, year);
  add("usageRecorded_e", golden::usageOfOneGrant(), "usage-e", 7);
  golden::addHolds(add, month);
  golden::addModels(add);
  return events;
}

}  // namespace daybook::testing
