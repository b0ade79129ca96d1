#include <catch2/catch.hpp>

#include "ledger/core/catalog_lookup.h"
#include "ledger/core/currency.h"
#include "tests/support/terms.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

/// Sold by the month in USD and EUR, by the year in USD.
Plan soldTwice() {
  Plan plan = planFor("pro", ConsumptionModel::metered, "10", {});
  plan.prices.push_back(basePrice("9", "EUR", Interval::month));
  plan.prices.push_back(basePrice("100", "USD", Interval::year));
  return plan;
}

/// The chosen currency, or the outcome and its detail.
std::string chosen(const std::string& customers, const std::string& asked, Interval billing) {
  Customer customer;
  customer.currency = customers;
  const ChosenCurrency result = chooseCurrency(customer, asked, soldTwice(), billing);
  if (result.verdict.isOk()) return result.code;
  return std::string(outcomeName(result.verdict.outcome)) + " " + result.verdict.detail;
}

TEST_CASE("a new customer's currency is the one asked for, or the only one") {
  CHECK(chosen("", "EUR", Interval::month) == "EUR");
  CHECK(chosen("", "", Interval::year) == "USD");
  CHECK(chosen("", "", Interval::month) == "unknownCurrency name one: it is sold in several");
  CHECK(chosen("", "EUR", Interval::year) == "currencyMismatch EUR");
  CHECK(chosen("", "JPY", Interval::month) == "currencyMismatch JPY");
  CHECK(chosen("", "XYZ", Interval::month) == "unknownCurrency XYZ");
}

TEST_CASE("a customer's currency is fixed by the first purchase, whatever the interval") {
  CHECK(chosen("EUR", "", Interval::month) == "EUR");
  CHECK(chosen("EUR", "EUR", Interval::month) == "EUR");
  CHECK(chosen("EUR", "USD", Interval::month) == "currencyMismatch EUR");
  CHECK(chosen("EUR", "", Interval::year) == "currencyMismatch EUR");
}

TEST_CASE("a pack's currency is chosen in the same way") {
  Customer customer;
  CHECK(chooseCurrency(customer, "", {{"EUR", dec("1")}}).code == "EUR");
  CHECK(chooseCurrency(customer, "USD", {{"EUR", dec("1")}}).verdict.outcome ==
        Outcome::currencyMismatch);
  customer.currency = "USD";
  CHECK(chooseCurrency(customer, "", {{"EUR", dec("1")}, {"USD", dec("1")}}).code == "USD");
}

TEST_CASE("a plan's price is that of the currency and exactly the interval; absent is the plan's") {
  const Plan plan = soldTwice();
  CHECK(basePriceIn(plan, "USD", Interval::month)->base == dec("10"));
  CHECK(basePriceIn(plan, "EUR", Interval::month)->base == dec("9"));
  CHECK(basePriceIn(plan, "USD", Interval::year)->base == dec("100"));
  CHECK(basePriceIn(plan, "EUR", Interval::year) == nullptr);
  CHECK(basePriceIn(plan, "USD", Interval::week) == nullptr);
  CHECK(isSoldAt(plan, Interval::year));
  CHECK_FALSE(isSoldAt(plan, Interval::once));
  CHECK(isSoldIn(plan, "EUR"));
  CHECK_FALSE(isSoldIn(plan, "JPY"));
}

}  // namespace
}  // namespace daybook::core
