// The capabilities of billing and reading, over a ledger in service.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "ledger/model/event.h"
#include "tests/support/running_ledger.h"

using namespace daybook;
using daybook::testing::calls;
using daybook::testing::RunningLedger;
using daybook::testing::sellCalls;

namespace {

Decimal dec(const char* text) { return Decimal::parse(text).value(); }

/// A ledger that sells calls to "acme" and "other", and what a caller of it holds.
struct Service {
  Service() { sellCalls(ledger, {"acme", "other"}); }

  RunningLedger ledger;
  wire::Reader::Client reader = daemon::makeReader(ledger.service());
  wire::CustomerReader::Client acme = daemon::makeCustomerReader(ledger.service(), {"acme", {}});
  wire::CustomerBilling::Client billing =
      daemon::makeCustomerBilling(ledger.service(), {"acme", {}});

  template <typename Request>
  auto send(Request&& request) {
    return request.send().wait(ledger.scope());
  }
  auto invoice(std::uint64_t number, const char* label = "") {
    auto request = reader.invoiceRequest();
    request.setNumber(number);
    request.setLabel(label);
    return send(request);
  }
  auto statement(std::uint32_t limit, const std::string& cursor) {
    auto request = acme.statementRequest();
    request.setLimit(limit);
    request.setCursor(cursor);
    return send(request);
  }
  auto usage(std::uint32_t limit, const std::string& cursor) {
    auto request = acme.usageRequest();
    request.setLimit(limit);
    request.setCursor(cursor);
    return send(request);
  }
  void moveTo(const char* day) {
    ledger.give("", MoveClock{Instant::parse(day).value()});
    ledger.wait(ledger.ticker().catchUp());
  }
};

std::string textOf(capnp::Text::Reader text) { return text.cStr(); }

}  // namespace

TEST_CASE("an invoice is read with what has become of it") {
  Service service;
  const auto at_first = service.invoice(1);
  CHECK(at_first.getInvoice().getStatus() == wire::InvoiceStatus::OPEN);
  CHECK(textOf(at_first.getInvoice().getPaid()) == "0");
  service.ledger.give("acme", RecordPayment{InvoiceNumber(1), dec("40"), "wire"});
  const auto paid = service.invoice(0, "INV-000001");
  CHECK(paid.getInvoice().getStatus() == wire::InvoiceStatus::OPEN);
  CHECK(textOf(paid.getInvoice().getPaid()) == "40");
  CHECK(paid.getPosition() == at_first.getPosition());
  service.ledger.give("acme", CreditInvoice{InvoiceNumber(1), dec("59"), "outage"});
  auto list = service.acme.invoicesRequest();
  const auto settled = service.send(list);
  REQUIRE(settled.getInvoices().size() == 1);
  CHECK(settled.getInvoices()[0].getStatus() == wire::InvoiceStatus::PAID);
  CHECK(textOf(settled.getInvoices()[0].getCredited()) == "59");
  auto all = service.reader.invoicesRequest();
  const auto of_all = service.send(all);
  REQUIRE(of_all.getInvoices().size() == 2);
  CHECK(of_all.getInvoices()[0].getStatus() == wire::InvoiceStatus::PAID);
  CHECK(of_all.getInvoices()[1].getStatus() == wire::InvoiceStatus::OPEN);
}

TEST_CASE("a payment is not shown before it is on disk") {
  Service service;
  service.ledger.hold();
  service.ledger.pipeline().submit({"k", "acme", RecordPayment{InvoiceNumber(1), {}, ""}});
  auto request = service.reader.invoiceRequest();
  request.setNumber(1);
  auto answer = request.send();
  auto done = answer.ignoreResult();
  CHECK_FALSE(service.ledger.isFulfilled(done));
  service.ledger.release();
  service.ledger.wait(kj::mv(done));
}

TEST_CASE("credit notes are found by number, label and customer") {
  Service service;
  service.ledger.give("other", CreditInvoice{InvoiceNumber(2), dec("9"), "goodwill"});
  const auto find = [&](std::uint64_t number, const char* label) {
    auto request = service.reader.creditNoteRequest();
    request.setNumber(number);
    request.setLabel(label);
    return service.send(request);
  };
  CHECK(textOf(find(1, "").getCreditNote().getTotal()) == "9");
  CHECK(find(0, "CN-000001").getCreditNote().getInvoice() == 2);
  CHECK(find(0, "CN-1").getOutcome() == wire::Outcome::UNKNOWN_INVOICE);
  CHECK(find(0, "CN-000000").getOutcome() == wire::Outcome::UNKNOWN_INVOICE);
  CHECK(find(2, "").getOutcome() == wire::Outcome::UNKNOWN_INVOICE);
  auto all = service.reader.creditNotesRequest();
  CHECK(service.send(all).getCreditNotes().size() == 1);
  auto of_acme = service.acme.creditNotesRequest();
  CHECK(service.send(of_acme).getCreditNotes().size() == 0);
}

TEST_CASE("each method of billing records what it is named after") {
  Service service;
  auto& billing = service.billing;
  std::uint64_t keys = 0;
  const auto given = [&](auto&& request) {
    request.setKey("method-" + std::to_string(++keys));
    const auto receipt = service.send(request);
    const auto outcome = receipt.getReceipt().getOutcome();
    if (outcome != wire::Outcome::OK) {
      return "refused: " + std::string(outcomeName(static_cast<Outcome>(outcome)));
    }
    const auto bytes = service.ledger.store().read(Position(receipt.getReceipt().getPosition()));
    return std::string(eventName(service.ledger.codec().decodeEvent(bytes.value()).body));
  };
  service.ledger.give("acme", calls(5), "used");
  auto payment = billing.recordPaymentRequest();
  payment.initPayment().setInvoice(1);
  payment.getPayment().setAmount("10");
  CHECK(given(payment) == "paymentRecorded");
  auto failure = billing.recordPaymentFailureRequest();
  failure.initFailure().setInvoice(1);
  CHECK(given(failure) == "paymentFailed");
  auto mark = billing.markUncollectibleRequest();
  mark.initInvoice().setInvoice(1);
  CHECK(given(mark) == "invoiceUncollectible");
  auto note = billing.creditInvoiceRequest();
  note.initCredit().setInvoice(1);
  note.getCredit().setAmount("5");
  CHECK(given(note) == "creditNoteClosed");
  auto credit = billing.addCustomerCreditRequest();
  credit.initCredit().setAmount("20");
  CHECK(given(credit) == "customerCreditAdded");
  auto adjustment = billing.addAdjustmentRequest();
  adjustment.initAdjustment().setAmount("3");
  adjustment.getAdjustment().setDescription("setup");
  CHECK(given(adjustment) == "adjustmentAdded");
  auto voiding = billing.voidUsageRequest();
  voiding.initUsage().setUsageKey("used");
  CHECK(given(voiding) == "usageVoided");
  auto alerts = billing.setAlertsRequest();
  alerts.initAlerts().initAlerts();
  CHECK(given(alerts) == "alertsSet");
  auto pin = billing.pinVersionRequest();
  pin.initPin();
  CHECK(given(pin) == "versionPinned");
  auto grant = billing.grantCreditsRequest();
  grant.initGrant().setCredits("5");
  CHECK(given(grant) == "refused: wrongModel");
  auto refund = billing.refundPackRequest();
  refund.initRefund().setGrant(1);
  CHECK(given(refund) == "refused: unknownGrant");
  auto seats = billing.changeSeatsRequest();
  seats.initChange().setFeature("calls");
  seats.getChange().setSeats(1);
  CHECK(given(seats) == "refused: wrongFeatureType");
  auto change = billing.changePlanRequest();
  change.initChange().setPlan("pro");
  CHECK(given(change) == "refused: nothingToChange");
  CHECK(given(billing.revokeChangeRequest()) == "refused: noScheduledChange");
  CHECK(given(billing.resumeRequest()) == "refused: notPaused");
  CHECK(given(billing.revokeCancelRequest()) == "refused: notCanceled");
  CHECK(given(billing.pauseRequest()) == "paused");
  CHECK(given(billing.resumeRequest()) == "resumed");
}

TEST_CASE("usage is voided by its key, on disk or on the way there") {
  Service service;
  RunningLedger& ledger = service.ledger;
  ledger.give("acme", calls(5), "used");
  ledger.hold();
  ledger.pipeline().submit({"on-the-way", "acme", calls(7)});
  const auto submit = [&](const char* customer, const char* key, const char* usage_key) {
    return ledger.pipeline().submit({key, customer, VoidUsage{usage_key, ""}}).answer;
  };
  const Answer voided = submit("acme", "v1", "on-the-way");
  CHECK(voided.verdict.isOk());
  CHECK(voided.receipt.quantity == dec("-7"));
  CHECK(submit("acme", "v1", "on-the-way").receipt.duplicate);
  CHECK(submit("acme", "v2", "on-the-way").verdict.outcome == Outcome::alreadyVoided);
  CHECK(submit("acme", "v3", "used").verdict.isOk());
  CHECK(submit("acme", "v4", "unheard").verdict.outcome == Outcome::unknownUsage);
  CHECK(submit("other", "v5", "used").verdict.outcome == Outcome::unknownUsage);
  // A key, but not of usage.
  CHECK(submit("acme", "v6", "v1").verdict.outcome == Outcome::unknownUsage);
  ledger.release();
  ledger.wait(ledger.pipeline().allDurable());
}

TEST_CASE("usage is told by day, in pages of what was there at the first") {
  Service service;
  service.ledger.give("acme", calls(5));
  service.ledger.give("acme", calls(20'000));
  service.ledger.give("other", calls(1));
  service.moveTo("2026-01-03");
  service.ledger.give("acme", calls(100));
  const auto first = service.usage(1, "");
  REQUIRE(first.getDays().size() == 1);
  CHECK(textOf(first.getDays()[0].getDay()) == "2026-01-01");
  CHECK(textOf(first.getDays()[0].getFeature()) == "calls");
  CHECK(first.getDays()[0].getEvents() == 2);
  CHECK(textOf(first.getDays()[0].getQuantity()) == "20005");
  CHECK(textOf(first.getDays()[0].getPrice()) == "100.05");
  CHECK_FALSE(first.getDays()[0].hasCredits());
  CHECK(textOf(first.getZone()) == "UTC");
  CHECK(textOf(first.getCurrency()) == "USD");
  service.ledger.give("acme", calls(1'000));
  const auto second = service.usage(1, textOf(first.getNext()));
  REQUIRE(second.getDays().size() == 1);
  CHECK(textOf(second.getDays()[0].getDay()) == "2026-01-03");
  CHECK(second.getDays()[0].getEvents() == 1);
  CHECK(second.getAsOf() == first.getAsOf());
  CHECK(second.getNext().size() == 0);
}

TEST_CASE("a statement tells what became due, in pages of what was there at the first") {
  Service service;
  service.ledger.give("acme", calls(5));
  service.ledger.give("acme", RecordPayment{InvoiceNumber(1), dec("40"), "wire 1"});
  const auto first = service.statement(2, "");
  REQUIRE(first.getEntries().size() == 2);
  CHECK(first.getEntries()[0].getKind() == wire::StatementKind::SUBSCRIBED);
  const auto invoice = first.getEntries()[1];
  CHECK(invoice.getKind() == wire::StatementKind::INVOICE_CLOSED);
  CHECK(textOf(invoice.getInvoiceLabel()) == "INV-000001");
  CHECK(textOf(invoice.getAmount()) == "99");
  CHECK(textOf(first.getOpening()) == "0");
  CHECK(textOf(first.getClosing()) == "59");
  service.ledger.give("acme", RecordPayment{InvoiceNumber(1), dec("59"), "wire 2"});
  const auto second = service.statement(2, textOf(first.getNext()));
  REQUIRE(second.getEntries().size() == 1);
  const auto payment = second.getEntries()[0];
  CHECK(textOf(payment.getDescription()) == "wire 1");
  CHECK(textOf(payment.getAmount()) == "-40");
  CHECK(textOf(payment.getDue()) == "59");
  CHECK(textOf(second.getOpening()) == "99");
  CHECK(second.getAsOf() == first.getAsOf());
  CHECK(second.getNext().size() == 0);
}

TEST_CASE("a cursor of another customer, or of nobody, opens nothing") {
  Service service;
  service.ledger.give("acme", calls(5));
  const Position others = service.ledger.pipeline().state().find("other")->last;
  const std::vector<std::string> cursors = {
      std::to_string(others.value), std::to_string(others.value - 1), "1", "999999", "0", "x"};
  for (const std::string& position : cursors) {
    INFO(position);
    CHECK(service.usage(1, position + ".1.1.").getOutcome() == wire::Outcome::INVALID_CURSOR);
    CHECK(service.statement(1, position + ".1.").getOutcome() == wire::Outcome::INVALID_CURSOR);
  }
  auto unknown = daemon::makeCustomerReader(service.ledger.service(), {"nobody", {}});
  auto usage = unknown.usageRequest();
  CHECK(service.send(usage).getOutcome() == wire::Outcome::UNKNOWN_CUSTOMER);
  auto statement = unknown.statementRequest();
  CHECK(service.send(statement).getOutcome() == wire::Outcome::UNKNOWN_CUSTOMER);
}

TEST_CASE("a preview answers what the change would, and records nothing") {
  Service service;
  const Position before = service.ledger.pipeline().state().ledger.last;
  const auto preview = [&](const char* plan) {
    auto request = service.acme.previewChangeRequest();
    request.initChange().setPlan(plan);
    return service.send(request);
  };
  CHECK(preview("pro").getOutcome() == wire::Outcome::NOTHING_TO_CHANGE);
  CHECK(preview("none").getOutcome() == wire::Outcome::UNKNOWN_PLAN);
  Catalog catalog;
  catalog.plans.push_back({.code = "max"});
  catalog.plans[0].prices.push_back({.currency = "USD", .base = Decimal::fromInteger(500)});
  service.ledger.give("", PublishCatalog{catalog, "digest 2"});
  const Position published = service.ledger.pipeline().state().ledger.last;
  CHECK(published > before);
  const auto upgrade = preview("max");
  REQUIRE(upgrade.getOutcome() == wire::Outcome::OK);
  CHECK(upgrade.getPreview().getAtOnce());
  // All of the time that was paid for is left.
  CHECK(textOf(upgrade.getPreview().getInvoice().getTotal()) == "401");
  CHECK(service.ledger.pipeline().state().ledger.last == published);
}
