#include "ledger/core/invoice_builder.h"

#include <catch2/catch.hpp>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "tests/support/terms.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

const Span kJanuary = span("2026-01-01", "2026-02-01");
const Span kFebruary = span("2026-02-01", "2026-03-01");

/// A ledger that sells one plan, a customer on it, and the period that ended.
struct Books {
  LedgerState ledger;
  Customer customer;
  UsagePeriod period;

  explicit Books(Plan plan, const std::string& currency = "USD") {
    ledger.last = Position(17);
    plan.version = 1;
    for (const PlanFeature& feature : plan.features) {
      ledger.features.push_back(metered(feature.feature));
    }
    ledger.plans = {plan};
    customer.id = "acme";
    customer.subscription = Subscription{};
    period.span = kJanuary;
    period.terms = {plan.code, 1, currency};
  }

  Books& used(std::uint32_t feature, std::string_view quantity, std::string_view unpaid = "0") {
    FeatureUsage usage;
    usage.feature = FeatureNumber(feature);
    usage.quantity = dec(quantity);
    usage.unpaid = dec(unpaid);
    period.usage.push_back(usage);
    return *this;
  }

  State state() const {
    LedgerState copy = ledger;
    copy.plan_published.resize(copy.plans.size());
    return State(std::move(copy), {});
  }

  /// A usage period that starts a billing period.
  UsagePeriod coming(const Span& billing) const {
    UsagePeriod next;
    next.span = billing;
    next.billing = billing;
    next.terms = period.terms;
    return next;
  }

  std::optional<Invoice> build(const InvoiceScope& scope) const {
    return buildInvoice(state(), customer, scope);
  }

  /// Closes the period and charges the base price of February.
  std::optional<Invoice> close(ClosedBy closed_by = ClosedBy::time) const {
    const UsagePeriod february = coming(kFebruary);
    InvoiceScope scope;
    scope.date = when("2026-02-01");
    scope.closed_by = closed_by;
    scope.ended = &period;
    scope.advance = &february;
    return build(scope);
  }

  std::optional<Invoice> closeUsage() const {
    InvoiceScope scope;
    scope.date = when("2026-02-01");
    scope.ended = &period;
    return build(scope);
  }
};

Books callsAt(const Price& price, std::string_view included = "0") {
  return Books(planFor("pro", ConsumptionModel::metered, "99", {sold("calls", included, price)}));
}

TEST_CASE("a renewal charges overage of the ended period and the base of the coming one") {
  Books books = callsAt(perUnit("0.01"), "10000");
  books.ledger.features[0].name = "API calls";
  books.ledger.plans[0].name = "Pro";
  books.ledger.ledger.settings.due_days = 30;
  const Invoice invoice = books.used(1, "15000").close().value();
  CHECK(invoice.type == InvoiceType::renewal);
  CHECK(invoice.status == InvoiceStatus::open);
  CHECK(invoice.number.isNone());
  CHECK(invoice.label.empty());
  CHECK(invoice.customer == "acme");
  CHECK(invoice.currency == "USD");
  CHECK(invoice.date == when("2026-02-01"));
  CHECK(invoice.due == when("2026-03-03"));
  CHECK(invoice.from == kJanuary.from);
  CHECK(invoice.to == kJanuary.to);
  CHECK(invoice.plan == "pro");
  CHECK(invoice.plan_version == 1);
  CHECK(invoice.price_book_version == 0);
  CHECK(invoice.computed_at == Position(17));
  CHECK(invoice.total == dec("149"));
  REQUIRE(invoice.lines.size() == 2);
  const InvoiceLine base{LineType::planBase, "", "", "Pro",     dec("1"),  dec("0"),
                         dec("99"),          {}, {}, dec("99"), dec("99"), kFebruary.from,
                         kFebruary.to};
  CHECK(invoice.lines[0] == base);
  const InvoiceLine overage{LineType::overage,
                            "calls",
                            "",
                            "API calls beyond 10 000 included",
                            dec("15000"),
                            dec("10000"),
                            dec("0.01"),
                            {},
                            {},
                            dec("50"),
                            dec("50"),
                            kJanuary.from,
                            kJanuary.to};
  CHECK(invoice.lines[1] == overage);
}

TEST_CASE("a line keeps the exact amount beside the rounded one, and the total adds rounded ones") {
  Books books(planFor("pro", ConsumptionModel::metered, "0",
                      {sold("a", "0", perUnit("0.005")), sold("b", "0", perUnit("0.0049"))}));
  const Invoice invoice = books.used(1, "1").used(2, "3").closeUsage().value();
  REQUIRE(invoice.lines.size() == 2);
  CHECK(invoice.lines[0].exact == dec("0.005"));
  CHECK(invoice.lines[0].amount == dec("0.01"));
  CHECK(invoice.lines[1].exact == dec("0.0147"));
  CHECK(invoice.lines[1].amount == dec("0.01"));
  CHECK(invoice.total == dec("0.02"));
}

TEST_CASE("amounts are rounded to the currency's minor unit") {
  const auto total = [](const std::string& currency) {
    Plan plan = planFor("pro", ConsumptionModel::metered, "0",
                        {sold("calls", "0", perUnit("1.23456", currency))});
    plan.prices[0].currency = currency;
    return Books(plan, currency).used(1, "1").closeUsage().value().total;
  };
  CHECK(total("USD") == dec("1.23"));
  CHECK(total("JPY") == dec("1"));
  CHECK(total("KWD") == dec("1.235"));
  CHECK(total("CLF") == dec("1.2346"));
}

TEST_CASE("what rounds to nothing is still stated, exactly") {
  const Invoice invoice = callsAt(perUnit("0.0001")).used(1, "3").closeUsage().value();
  REQUIRE(invoice.lines.size() == 1);
  CHECK(invoice.lines[0].exact == dec("0.0003"));
  CHECK(invoice.lines[0].amount == dec("0"));
  CHECK(invoice.total == dec("0"));
}

TEST_CASE("there is no invoice when there is nothing to charge") {
  CHECK_FALSE(callsAt(perUnit("1"), "10").used(1, "10").closeUsage().has_value());
  CHECK_FALSE(callsAt(perUnit("1")).closeUsage().has_value());
  Books free(planFor("free", ConsumptionModel::metered, "0", {sold("calls", "5", perUnit("0"))}));
  CHECK_FALSE(free.used(1, "100").close().has_value());
}

TEST_CASE("a credits plan charges its base price and no usage") {
  PlanFeature feature;
  feature.feature = "calls";
  feature.credits_per_unit = dec("2");
  Books books(planFor("pro", ConsumptionModel::credits, "20", {feature}));
  const Invoice invoice = books.used(1, "1000").close().value();
  REQUIRE(invoice.lines.size() == 1);
  CHECK(invoice.lines[0].type == LineType::planBase);
  CHECK(invoice.total == dec("20"));
  CHECK_FALSE(books.closeUsage().has_value());
}

TEST_CASE("unlimited and blocked features are never charged, whatever was recorded") {
  PlanFeature unlimited = sold("a", "1", perUnit("1"));
  unlimited.unlimited = true;
  PlanFeature blocked = sold("b", "1", perUnit("1"));
  blocked.overage = Overage::block;
  PlanFeature unpriced;
  unpriced.feature = "c";
  unpriced.overage = Overage::block;
  Books books(planFor("pro", ConsumptionModel::metered, "0", {unlimited, blocked, unpriced}));
  CHECK_FALSE(books.used(1, "10").used(2, "10").used(3, "9").closeUsage().has_value());
}

TEST_CASE("units recorded as unpaid are not charged") {
  const Invoice invoice = callsAt(perUnit("1"), "10").used(1, "18", "5").closeUsage().value();
  REQUIRE(invoice.lines.size() == 1);
  CHECK(invoice.lines[0].quantity == dec("13"));
  CHECK(invoice.lines[0].included == dec("10"));
  CHECK(invoice.total == dec("3"));
}

TEST_CASE("lines follow the plan's order, base first, each minimum after its overage") {
  Price with_minimum = perUnit("0.01");
  with_minimum.minimum_charge = dec("5");
  Books books(planFor(
      "pro", ConsumptionModel::metered, "9",
      {sold("b", "0", with_minimum), sold("a", "0", perUnit("1")), sold("c", "0", with_minimum)}));
  const Invoice invoice = books.used(2, "2").used(1, "150").close().value();
  REQUIRE(invoice.lines.size() == 5);
  const std::vector<std::pair<LineType, std::string>> expected = {{LineType::planBase, ""},
                                                                  {LineType::overage, "b"},
                                                                  {LineType::minimum, "b"},
                                                                  {LineType::overage, "a"},
                                                                  {LineType::minimum, "c"}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(invoice.lines[i].type == expected[i].first);
    CHECK(invoice.lines[i].feature == expected[i].second);
  }
  CHECK(invoice.lines[2].exact == dec("3.5"));
  CHECK(invoice.lines[2].description == "b, up to the minimum charge");
  CHECK(invoice.lines[4].exact == dec("5"));
  CHECK(invoice.total == dec("21"));
}

TEST_CASE("with overage and minimum the two lines add up to the minimum") {
  Price price = perUnit("0.005");
  price.minimum_charge = dec("0.02");
  const Invoice invoice = callsAt(price).used(1, "1").closeUsage().value();
  REQUIRE(invoice.lines.size() == 2);
  CHECK(invoice.lines[0].amount == dec("0.01"));
  CHECK(invoice.lines[1].amount == dec("0.01"));
  CHECK(invoice.total == dec("0.02"));
}

TEST_CASE("a charge cut to the maximum says so, and keeps what was rated in its tiers") {
  Price price = tiered(Scheme::graduated, {{"10", "1", "0"}, {"", "2", "0"}});
  price.maximum_charge = dec("12");
  const Invoice invoice = callsAt(price, "5").used(1, "20").closeUsage().value();
  REQUIRE(invoice.lines.size() == 1);
  CHECK(invoice.lines[0].exact == dec("12"));
  CHECK(invoice.lines[0].description == "calls beyond 5 included, cut to the maximum charge");
  REQUIRE(invoice.lines[0].tiers.size() == 2);
  CHECK(invoice.lines[0].tiers[1].exact == dec("10"));
  CHECK(invoice.lines[0].unit_price.isZero());
}

TEST_CASE("a usage period cut short prorates minimum and maximum, not what is included") {
  Price price = perUnit("1");
  price.minimum_charge = dec("31");
  Books books = callsAt(price, "4");
  books.period.span = part("2026-01-01", "2026-01-11", "2026-01-01", "2026-02-01");
  const Invoice invoice = books.used(1, "6").closeUsage().value();
  REQUIRE(invoice.lines.size() == 2);
  CHECK(invoice.lines[0].exact == dec("2"));
  CHECK(invoice.lines[1].exact == dec("8"));
  CHECK(invoice.to == when("2026-01-11"));
}

TEST_CASE("the base price of a stub is prorated by whole seconds") {
  Books books = callsAt(perUnit("1"));
  books.ledger.plans[0].prices[0].base = dec("29");
  const Span stub = part("2026-01-16", "2026-02-01", "2026-01-01", "2026-02-01");
  InvoiceScope scope;
  scope.type = InvoiceType::start;
  scope.date = stub.from;
  const UsagePeriod first = books.coming(stub);
  scope.advance = &first;
  const Invoice invoice = books.build(scope).value();
  CHECK(invoice.type == InvoiceType::start);
  CHECK(invoice.from == stub.from);
  CHECK(invoice.to == stub.to);
  REQUIRE(invoice.lines.size() == 1);
  CHECK(invoice.lines[0].description == "pro, 1 382 400 of 2 678 400 seconds");
  CHECK(invoice.lines[0].unit_price == dec("29"));
  CHECK(invoice.lines[0].exact == dec("14.967741935484"));
  CHECK(invoice.total == dec("14.97"));
}

TEST_CASE("a base price of a newer version than the ended period's names it") {
  Books books = callsAt(perUnit("1"));
  Plan next = books.ledger.plans[0];
  next.version = 2;
  next.prices[0].base = dec("120");
  books.ledger.plans.push_back(next);
  UsagePeriod coming = books.coming(kFebruary);
  coming.terms.version = 2;
  InvoiceScope scope;
  scope.date = when("2026-02-01");
  scope.ended = &books.period;
  scope.advance = &coming;
  const Invoice invoice = books.build(scope).value();
  CHECK(invoice.plan_version == 1);
  CHECK(invoice.lines[0].description == "pro, version 2");
  CHECK(invoice.total == dec("120"));
}

TEST_CASE("a balance plan charges the negative part per feature, in the plan's order") {
  Books books(planFor("pay", ConsumptionModel::balance, "10",
                      {sold("a", "0", perUnit("1")), sold("b", "2", perUnit("1"))}));
  books.used(1, "8").used(2, "6");
  books.period.balance.amount = dec("-2.126");
  books.period.balance.overage = {{FeatureNumber(2), dec("2.001")},
                                  {FeatureNumber(1), dec("0.125")}};
  const Invoice invoice = books.close().value();
  REQUIRE(invoice.lines.size() == 3);
  CHECK(invoice.lines[1].type == LineType::balanceOverage);
  CHECK(invoice.lines[1].feature == "a");
  CHECK(invoice.lines[1].description == "a beyond the balance");
  CHECK(invoice.lines[1].amount == dec("0.13"));
  CHECK(invoice.lines[2].feature == "b");
  CHECK(invoice.lines[2].quantity == dec("6"));
  CHECK(invoice.lines[2].included == dec("2"));
  CHECK(invoice.lines[2].exact == dec("2.001"));
  CHECK(invoice.total == dec("12.13"));
}

TEST_CASE("a balance plan that stayed above zero charges its base only") {
  Books books(planFor("pay", ConsumptionModel::balance, "10", {sold("a", "0", perUnit("1"))}));
  books.used(1, "8").period.balance.amount = dec("2");
  CHECK_FALSE(books.closeUsage().has_value());
  CHECK(books.close().value().total == dec("10"));
}

TEST_CASE("the largest plan's invoice has no more lines than an invoice can have") {
  Price price = perUnit("0.01");
  price.minimum_charge = dec("5");
  std::vector<PlanFeature> features;
  for (std::size_t i = 0; i < limits::kFeaturesPerPlanMax; ++i) {
    features.push_back(sold("f" + std::to_string(i), "0", price));
  }
  Books books(planFor("all", ConsumptionModel::metered, "1", features));
  for (std::uint32_t i = 1; i <= limits::kFeaturesPerPlanMax; ++i) books.used(i, "1");
  const Invoice invoice = books.close().value();
  CHECK(invoice.lines.size() == 2 * limits::kFeaturesPerPlanMax + 1);
  CHECK(invoice.lines.size() <= limits::kInvoiceLinesMax);
}

TEST_CASE("boolean features are never charged") {
  PlanFeature on;
  on.feature = "sso";
  Books books(planFor("pro", ConsumptionModel::metered, "1", {on}));
  books.ledger.features[0].type = FeatureType::boolean;
  CHECK(books.close().value().lines.size() == 1);
}

TEST_CASE("money included for tokens is named with its currency") {
  Books books(planFor("ai", ConsumptionModel::metered, "0", {sold("llm", "5", byTokens("20"))}));
  books.used(1, "7.5004").period.usage[0].charged = dec("2.5004");
  const Invoice invoice = books.closeUsage().value();
  CHECK(invoice.lines[0].description == "llm beyond 5 USD included");
  CHECK(invoice.lines[0].exact == dec("2.5004"));
  CHECK(invoice.lines[0].unit_price.isZero());
  CHECK(invoice.lines[0].tiers.empty());
}

TEST_CASE("the price book before the date is named, by a command the one at the date, too") {
  Books books = callsAt(perUnit("1"));
  const auto published = [&books](const char* currency, std::uint32_t version, const char* at) {
    books.ledger.model_prices.push_back({currency, version, when(at), {}});
  };
  published("USD", 1, "2026-01-05");
  published("EUR", 7, "2026-01-06");
  published("USD", 2, "2026-02-01");
  published("USD", 3, "2026-02-02");
  CHECK(books.close().value().price_book_version == 1);
  CHECK(books.close(ClosedBy::command).value().price_book_version == 2);
}

TEST_CASE("a pack is one line of its price, a top-up one of its amount") {
  Books books = callsAt(perUnit("1"));
  const Instant date = when("2026-01-20");
  const Invoice pack =
      buildPurchaseInvoice(books.state(), books.customer, InvoiceType::creditPurchase,
                           "1 000 credits", "USD", dec("9.999"), date)
          .value();
  CHECK(pack.plan.empty());
  CHECK(pack.from == date);
  CHECK(pack.to == date);
  CHECK(pack.due == when("2026-02-03"));
  REQUIRE(pack.lines.size() == 1);
  const InvoiceLine pack_line{LineType::pack,
                              "",
                              "",
                              "1 000 credits",
                              dec("1"),
                              dec("0"),
                              dec("9.999"),
                              {},
                              {},
                              dec("9.999"),
                              dec("10"),
                              date,
                              date};
  CHECK(pack.lines[0] == pack_line);
  CHECK(pack.total == dec("10"));

  books.customer.periods = {books.period};
  const Invoice top_up =
      buildPurchaseInvoice(books.state(), books.customer, InvoiceType::balanceTopUp, "Top-up",
                           "USD", dec("25"), date)
          .value();
  CHECK(top_up.plan == "pro");
  CHECK(top_up.plan_version == 1);
  CHECK(top_up.lines[0].type == LineType::topUp);
  CHECK(top_up.lines[0].quantity == dec("25"));
  CHECK(top_up.lines[0].unit_price == dec("1"));
  CHECK(top_up.total == dec("25"));
}

TEST_CASE("customer credit pays what is due, and takes what the seller owes") {
  Invoice invoice;
  invoice.currency = "USD";
  invoice.total = dec("30");
  settle(invoice, {{dec("12"), "first"}, {dec("5"), "second"}});
  REQUIRE(invoice.lines.size() == 1);
  CHECK(invoice.lines[0].type == LineType::customerCredit);
  CHECK(invoice.lines[0].amount == dec("-17"));
  CHECK(invoice.total == dec("13"));
  CHECK(invoice.status == InvoiceStatus::open);

  invoice.lines.clear();
  settle(invoice, {{dec("40"), "more than enough"}});
  CHECK(invoice.lines[0].amount == dec("-13"));
  CHECK(invoice.total.isZero());
  CHECK(invoice.status == InvoiceStatus::paid);

  Invoice owed;
  owed.currency = "USD";
  owed.total = dec("-8");
  settle(owed, {{dec("40"), "stays"}});
  CHECK(owed.lines[0].amount == dec("8"));
  CHECK(owed.total.isZero());
  CHECK(owed.status == InvoiceStatus::paid);
}

TEST_CASE("a free pack closes no invoice") {
  Books books = callsAt(perUnit("1"));
  CHECK_FALSE(buildPurchaseInvoice(books.state(), books.customer, InvoiceType::creditPurchase,
                                   "Gift", "USD", dec("0"), when("2026-01-20"))
                  .has_value());
}

TEST_CASE("plans, packs and features are found by code, versions by their terms") {
  Books books = callsAt(perUnit("1"));
  Plan second = books.ledger.plans[0];
  second.version = 2;
  books.ledger.plans.push_back(second);
  books.ledger.packs = {Pack{}};
  books.ledger.packs[0].code = "small";
  CHECK(core::planOf(books.ledger, {"pro", 1, "USD"}).version == 1);
  CHECK(newestPlan(books.ledger, "pro")->version == 2);
  CHECK(newestPlan(books.ledger, "basic") == nullptr);
  CHECK(newestPack(books.ledger, "small")->code == "small");
  CHECK(newestPack(books.ledger, "big") == nullptr);
  CHECK(featureNumber(books.ledger, "calls") == FeatureNumber(1));
  CHECK(featureNumber(books.ledger, "seats").isNone());
  CHECK(planFeature(second, "calls") == &second.features[0]);
  CHECK(planFeature(second, "seats") == nullptr);
  CHECK(basePriceIn(second, "USD", Interval::month) == &second.prices[0]);
  CHECK(basePriceIn(second, "EUR", Interval::month) == nullptr);
  CHECK(basePriceIn(second, "USD", Interval::year) == nullptr);
}

}  // namespace
}  // namespace daybook::core
