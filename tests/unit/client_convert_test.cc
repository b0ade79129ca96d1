// What the client sends and what it makes of answers, beside the schema's JSON form of both.
#include <capnp/message.h>

#include <catch2/catch.hpp>
#include <string>

#include "client/src/convert.h"
#include "client/src/json_form.h"
#include "protocol/json.h"

namespace daybook::client {
namespace {

// The contents as they are sent, without what has the schema's default.
template <typename Message, typename Contents>
std::string sent(const Contents& contents) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<Message>();
  toWire(contents, out);
  return protocol::jsonOf(out.asReader());
}

template <typename Message>
auto received(const std::string& json) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<Message>();
  readJson(json, out);
  return fromWire(out.asReader());
}

// Both ways of saying the same: a form as people write it, and the client's values.
template <typename Message, typename Contents>
void checkSent(const Contents& contents, const std::string& json) {
  capnp::MallocMessageBuilder message;
  auto expected = message.initRoot<Message>();
  readJson(json, expected);
  CHECK(sent<Message>(contents) == protocol::jsonOf(expected.asReader()));
}

TEST_CASE("contents without anything are sent as nothing, so that defaults are not spelled out") {
  checkSent<wire::CreateCustomer>(CreateCustomer{}, "{}");
  checkSent<wire::SetAlerts>(SetAlerts{}, "{}");
  checkSent<wire::Subscribe>(Subscribe{.plan = "pro"}, R"({"plan":"pro"})");
  checkSent<wire::Cancel>(Cancel{}, "{}");
  checkSent<wire::ChangePlan>(ChangePlan{.plan = "pro"}, R"({"plan":"pro"})");
  checkSent<wire::ChangeSeats>(ChangeSeats{.feature = "f"}, R"({"feature":"f"})");
  checkSent<wire::GrantCredits>(GrantCredits{.credits = "5"}, R"({"credits":5})");
  checkSent<wire::RefundPack>(RefundPack{.grant = 2}, R"({"grant":2})");
  checkSent<wire::VoidUsage>(VoidUsage{.usage_key = "k"}, R"({"usageKey":"k"})");
  checkSent<wire::AddAdjustment>(AddAdjustment{.amount = "-5"}, R"({"amount":-5})");
  checkSent<wire::AddCustomerCredit>(AddCustomerCredit{.amount = "5"}, R"({"amount":5})");
  checkSent<wire::CreditInvoice>(CreditInvoice{.invoice = 7}, R"({"invoice":7})");
  checkSent<wire::RecordPayment>(RecordPayment{.invoice = 7}, R"({"invoice":7})");
  checkSent<wire::RecordPaymentFailure>(RecordPaymentFailure{.invoice = 7}, R"({"invoice":7})");
  checkSent<wire::RecordUsage>(Usage{.feature = "f"}, R"({"feature":"f"})");
}

TEST_CASE("every field of a command's contents is sent") {
  checkSent<wire::Subscribe>(Subscribe{.plan = "pro",
                                       .currency = "EUR",
                                       .anchor_ns = 5,
                                       .interval = Interval::year,
                                       .trial_days = 0,
                                       .seats = {{"editors", 3}, {"viewers", 9}}},
                             R"({"plan":"pro","currency":"EUR","anchor":5,"interval":"year",
                                 "trialDays":0,"seats":[{"feature":"editors","seats":3},
                                 {"feature":"viewers","seats":9}]})");
  checkSent<wire::Cancel>(Cancel{.when = CancelWhen::now, .credit_unused = true},
                          R"({"when":"now","creditUnused":true})");
  checkSent<wire::ChangePlan>(
      ChangePlan{.plan = "pro", .interval = Interval::week, .when = ChangeWhen::atPeriodEnd},
      R"({"plan":"pro","interval":"week","when":"atPeriodEnd"})");
  checkSent<wire::ChangeSeats>(ChangeSeats{.feature = "f", .seats = -2, .set = true},
                               R"({"feature":"f","seats":-2,"set":true})");
  checkSent<wire::GrantCredits>(GrantCredits{.credits = "2.5",
                                             .priority = 3,
                                             .effective_ns = 1,
                                             .expiry_ns = 2,
                                             .features = {"a", "b"},
                                             .reason = "r"},
                                R"({"credits":"2.5","priority":3,"effective":1,"expiry":2,
                                    "features":["a","b"],"reason":"r"})");
  checkSent<wire::RefundPack>(RefundPack{.grant = 2, .reason = "r"}, R"({"grant":2,"reason":"r"})");
  checkSent<wire::VoidUsage>(VoidUsage{.usage_key = "k", .reason = "r"},
                             R"({"usageKey":"k","reason":"r"})");
  checkSent<wire::AddAdjustment>(
      AddAdjustment{.amount = "1.5", .currency = "EUR", .description = "d", .at_once = true},
      R"({"amount":"1.5","currency":"EUR","description":"d","atOnce":true})");
  checkSent<wire::AddCustomerCredit>(
      AddCustomerCredit{.amount = "1", .currency = "EUR", .reason = "r"},
      R"({"amount":"1","currency":"EUR","reason":"r"})");
  checkSent<wire::CreditInvoice>(
      CreditInvoice{.invoice = 7, .amount = "1", .reason = "r", .as_customer_credit = true},
      R"({"invoice":7,"amount":"1","reason":"r","asCustomerCredit":true})");
  checkSent<wire::RecordPayment>(RecordPayment{.invoice = 7, .amount = "1", .reference = "r"},
                                 R"({"invoice":7,"amount":"1","reference":"r"})");
  checkSent<wire::RecordPaymentFailure>(RecordPaymentFailure{.invoice = 7, .reason = "r"},
                                        R"({"invoice":7,"reason":"r"})");
  checkSent<wire::RecordUsage>(Usage{.feature = "f", .quantity = "9", .set = true},
                               R"({"feature":"f","quantity":9,"set":true})");
}

TEST_CASE("alerts of one's own, none at all, and the plan's are three things") {
  checkSent<wire::SetAlerts>(SetAlerts{.rules = std::vector<AlertRule>{}},
                             R"({"alerts":{"rules":[]}})");
  checkSent<wire::SetAlerts>(
      SetAlerts{
          .rules =
              std::vector<AlertRule>{
                  {.kind = AlertKind::usage, .feature = "f", .level = "80", .percent = true},
                  {.kind = AlertKind::balance, .feature = "", .level = "5", .percent = false}}},
      R"({"alerts":{"rules":[{"kind":"usage","feature":"f","level":80},
                             {"kind":"balance","level":5,"percent":false}]}})");
}

TEST_CASE("more trial days than the wire holds are not taken for absent ones") {
  CHECK(sent<wire::Subscribe>(Subscribe{.plan = "p", .trial_days = UINT32_MAX})
            .find("\"trialDays\":2147483647") != std::string::npos);
}

constexpr char kOpening[] = R"({"plan":"pro","currency":"EUR","interval":"quarter","anchor":"5",
    "baseCharged":"49","balance":"12","topUps":"3","customerCredit":"7.5",
    "usage":[{"feature":"f","variant":"eu","quantity":"10","charged":"1"}],
    "grants":[{"kind":"promotional","credits":"9","remaining":"4","priority":7,"effective":"1",
               "expiry":"2","features":["f"]},{"credits":"1","remaining":"1"}],
    "seats":[{"feature":"s","seats":"3"}]})";

TEST_CASE("an opening that is read from its form is sent as it was") {
  const auto opening = received<wire::Opening>(kOpening);
  CHECK(opening.interval == Interval::quarter);
  CHECK(opening.grants.at(1).kind == GrantKind::purchased);
  CHECK(opening.grants.at(1).priority == 50);
  CHECK(opening.seats == std::vector<SeatCount>{{"s", 3}});
  checkSent<wire::CreateCustomer>(CreateCustomer{.zone = "UTC", .opening = opening},
                                  R"({"zone":"UTC","opening":)" + std::string(kOpening) + "}");
  checkSent<wire::CreateCustomer>(
      CreateCustomer{.zone = "", .opening = received<wire::Opening>(R"({"plan":"p"})")},
      R"({"opening":{"plan":"p"}})");
}

TEST_CASE("a balance is taken with its schedule, seats and what waits for the next invoice") {
  const auto balance = received<wire::Balance>(
      R"({"customer":"acme","state":"trialing","trialTo":"9","billingTo":"8","pinnedVersion":3,
          "change":{"plan":"basic","interval":"year"},"enabled":["sso"],"customerCredit":"5",
          "features":[{"feature":"f","variant":"eu","used":"1"}],
          "seats":[{"feature":"s","held":"4","included":"1","highest":"6","trueUp":"2.5"}],
          "grants":[{"number":2,"kind":"purchased","price":"12","invoice":"7","rollovers":1}],
          "late":[{"feature":2,"variant":"eu","span":{"from":"1","to":"2"},
                   "terms":{"plan":"pro","version":1,"currency":"USD"},"exact":"-0.5"}],
          "adjustments":[{"description":"d","amount":"-5"}],
          "alerts":[{"kind":"credits","level":"10"}],"billingInterval":"quarter",
          "alertRules":[{"kind":"usage","level":"75"}],"hasOwnAlertRules":true})");
  CHECK(balance.state == SubscriptionState::trialing);
  CHECK(balance.trial_to_ns == 9);
  CHECK(balance.billing_to_ns == 8);
  CHECK(balance.pinned_version == 3);
  REQUIRE(balance.change);
  CHECK(balance.change->plan == "basic");
  CHECK(balance.change->interval == Interval::year);
  CHECK(balance.enabled == std::vector<std::string>{"sso"});
  CHECK(balance.customer_credit == "5");
  CHECK(balance.features.at(0).variant == "eu");
  CHECK(balance.seats.at(0).held == 4);
  CHECK(balance.seats.at(0).highest == 6);
  CHECK(balance.seats.at(0).true_up == "2.5");
  CHECK(balance.grants.at(0).price == "12");
  CHECK(balance.grants.at(0).invoice == 7);
  CHECK(balance.late.at(0).exact == "-0.5");
  CHECK(balance.late.at(0).to_ns == 2);
  CHECK(balance.late.at(0).terms.plan == "pro");
  CHECK(balance.adjustments.at(0).amount == "-5");
  CHECK(balance.billing_interval == Interval::quarter);
  CHECK(balance.alert_rules.at(0).level == "75");
  CHECK(balance.has_own_alert_rules);
  CHECK(balance.alerts ==
        std::vector<AlertRule>{{.kind = AlertKind::credits, .feature = "", .level = "10"}});
  CHECK_FALSE(received<wire::Balance>("{}").change);
}

TEST_CASE("invoices, credit notes and receipts are taken with what happened to them since") {
  const auto invoice = received<wire::Invoice>(
      R"({"type":"planChange","status":"void","paid":"3","credited":"2",
          "lines":[{"type":"prorationCredit","variant":"eu","amount":"-1"}]})");
  CHECK(invoice.type == InvoiceType::planChange);
  CHECK(invoice.status == InvoiceStatus::voided);
  CHECK(name(invoice.status) == "void");
  CHECK(invoice.paid == "3");
  CHECK(invoice.credited == "2");
  CHECK(invoice.lines.at(0).type == LineType::prorationCredit);
  CHECK(invoice.lines.at(0).variant == "eu");

  const auto note = received<wire::CreditNote>(
      R"({"number":1,"label":"CN-000001","invoice":2,"total":"5","asCustomerCredit":true})");
  CHECK(note.label == "CN-000001");
  CHECK(note.invoice == 2);
  CHECK(note.as_customer_credit);

  const auto receipt =
      received<wire::Receipt>(R"({"disposition":"late","lateCharge":"0.5","creditNote":4})");
  CHECK(receipt.disposition == Disposition::late);
  CHECK(receipt.late_charge == "0.5");
  CHECK(receipt.credit_note == 4);
}

TEST_CASE("reports and previews are taken") {
  const auto preview =
      received<wire::ChangePreview>(R"({"atOnce":true,"at":"7","invoice":{"total":"84.03"}})");
  CHECK(preview.at_once);
  REQUIRE(preview.invoice);
  CHECK(preview.invoice->total == "84.03");
  CHECK_FALSE(received<wire::ChangePreview>("{}").invoice);

  const auto day = received<wire::UsageOfDay>(
      R"({"day":"2026-01-31","feature":"f","events":"2","price":"1","tokens":{"input":"5"}})");
  CHECK(day.day == "2026-01-31");
  CHECK(day.events == 2);
  CHECK(day.tokens.input == 5);

  const auto entry = received<wire::StatementEntry>(
      R"({"kind":"creditNoteClosed","creditNoteLabel":"CN-000001","amount":"-5","due":"94"})");
  CHECK(entry.kind == StatementKind::creditNoteClosed);
  CHECK(entry.amount == "-5");
  CHECK(entry.due == "94");
}

}  // namespace
}  // namespace daybook::client
