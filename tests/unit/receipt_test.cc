#include "ledger/model/receipt.h"

#include <catch2/catch.hpp>

#include "tests/support/terms.h"

namespace daybook {
namespace {

using namespace daybook::testing;

Event keyed(EventBody body) {
  Event event;
  event.position = Position(42);
  event.recorded = when("2026-01-02");
  event.customer = CustomerNumber(3);
  event.key = "k";
  event.body = std::move(body);
  return event;
}

Receipt plainReceipt() {
  Receipt receipt;
  receipt.position = Position(42);
  receipt.recorded = when("2026-01-02");
  return receipt;
}

TEST_CASE("the receipt of a usage says all that will be billed") {
  UsageRecorded usage;
  usage.disposition = Disposition::grace;
  usage.period_from = when("2025-12-01");
  usage.quantity = dec("5");
  usage.price = dec("0.5");
  usage.draws = {{GrantNumber(1), dec("2")}, {GrantNumber(2), dec("1")}};
  usage.overdrawn = dec("0.25");
  usage.unpaid = dec("0.125");
  usage.balance_after = dec("-0.25");
  Receipt expected = plainReceipt();
  expected.disposition = Disposition::grace;
  expected.period_from = when("2025-12-01");
  expected.quantity = dec("5");
  expected.price = dec("0.5");
  expected.draws = usage.draws;
  expected.overdrawn = dec("0.25");
  expected.unpaid = dec("0.125");
  expected.balance_after = dec("-0.25");
  CHECK(receiptOf(keyed(usage)) == expected);
}

TEST_CASE("the receipt of a pack names its grant, credits, price and invoice") {
  PackPurchased purchase;
  purchase.price = dec("10");
  purchase.grant.number = GrantNumber(4);
  purchase.grant.credits = dec("1000");
  purchase.grant.remaining = dec("900");
  purchase.invoice = InvoiceNumber(9);
  Receipt expected = plainReceipt();
  expected.quantity = dec("1000");
  expected.price = dec("10");
  expected.grant = GrantNumber(4);
  expected.invoice = InvoiceNumber(9);
  CHECK(receiptOf(keyed(purchase)) == expected);
}

TEST_CASE("the receipt of a top-up names its amount, invoice and the balance after it") {
  ToppedUp top_up;
  top_up.asked.amount = dec("25");
  top_up.balance_after = dec("31.5");
  top_up.invoice = InvoiceNumber(2);
  Receipt expected = plainReceipt();
  expected.quantity = dec("25");
  expected.price = dec("25");
  expected.balance_after = dec("31.5");
  expected.invoice = InvoiceNumber(2);
  CHECK(receiptOf(keyed(top_up)) == expected);
}

TEST_CASE("the receipt of a subscription names its first invoice, of others only where they are") {
  Subscribed subscribed;
  subscribed.invoice = InvoiceNumber(1);
  Receipt expected = plainReceipt();
  expected.invoice = InvoiceNumber(1);
  CHECK(receiptOf(keyed(subscribed)) == expected);
  CHECK(receiptOf(keyed(CustomerCreated{})) == plainReceipt());
  CHECK(receiptOf(keyed(CatalogPublished{"d", 4})) == plainReceipt());
  CHECK(receiptOf(keyed(Canceled{Cancel{}, {}})) == plainReceipt());
}

TEST_CASE("invoice labels have six digits at least") {
  CHECK(invoiceLabel("INV-", InvoiceNumber(1)) == "INV-000001");
  CHECK(invoiceLabel("", InvoiceNumber(999'999)) == "999999");
  CHECK(invoiceLabel("A", InvoiceNumber(1'234'567)) == "A1234567");
}

}  // namespace
}  // namespace daybook
