// Terms in force: what later plan versions cut or raise in an open usage period, and what not.
#include "ledger/core/terms.h"

#include <catch2/catch.hpp>

#include "ledger/core/rating.h"
#include "tests/support/rated_period.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

PlanFeature calls(std::string_view unit_price, std::string_view included = "0") {
  return sold("calls", included, perUnit(unit_price));
}

std::string unitPrice(const RatedPeriod& rated, std::string_view variant = {}) {
  const Price* price = priceOf(rated.terms(), variant);
  return price == nullptr ? "none" : price->unit_price.toString();
}

TEST_CASE("a lower price per unit is in force at once, the lowest of all later versions") {
  RatedPeriod rated(calls("1"));
  CHECK(unitPrice(rated) == "1");
  rated.publish(calls("0.8"), "2026-01-10");
  CHECK(unitPrice(rated) == "0.8");
  rated.publish(calls("0.9"), "2026-01-20");
  CHECK(unitPrice(rated) == "0.8");
  rated.publish(calls("0.7"), "2026-01-31T23:59:59.999999999Z");
  CHECK(unitPrice(rated) == "0.7");
  rated.use("10");
  CHECK(featureCharge(rated.terms(), {}, {}) == dec("7"));
  CHECK(eventPrice(rated.terms(), {}, dec("1")) == dec("0.7"));
}

TEST_CASE(
    "a rise, a version from the period's end on, and any version when pinned, change nothing") {
  RatedPeriod rated(calls("1"));
  rated.publish(calls("2"), "2026-01-10");
  CHECK(unitPrice(rated) == "1");
  rated.publish(calls("0.5"), "2026-02-01");
  CHECK(unitPrice(rated) == "1");
  rated.period.span.to = when("2026-01-15");
  CHECK(unitPrice(rated) == "1");
  rated.period.span.to = when("2026-02-01T00:00:00.000000001Z");
  CHECK(unitPrice(rated) == "0.5");
  rated.period.pinned = true;
  CHECK(unitPrice(rated) == "1");
}

TEST_CASE("only versions after the period's own count") {
  RatedPeriod rated(calls("0.5"));
  rated.publish(calls("1"), "2025-12-01");
  rated.period.terms.version = 2;
  CHECK(unitPrice(rated) == "1");
}

TEST_CASE("other schemes, other currencies and other plans cut nothing") {
  RatedPeriod rated(calls("1"));
  rated.publish(sold("calls", "0", tiered(Scheme::graduated, {{"", "0.1", "0"}})), "2026-01-02");
  rated.publish(sold("calls", "0", perUnit("0.1", "EUR")), "2026-01-03");
  rated.publish(sold("other", "0", perUnit("0.1")), "2026-01-04");
  CHECK(unitPrice(rated) == "1");
  RatedPeriod tiers(sold("calls", "0", tiered(Scheme::volume, {{"", "1", "0"}})));
  tiers.publish(calls("0.1"), "2026-01-02");
  CHECK(priceOf(tiers.terms(), {})->scheme == Scheme::volume);
}

TEST_CASE("a cut price keeps the minimum and maximum of the period's own version") {
  PlanFeature before = calls("1");
  before.prices[0].minimum_charge = dec("5");
  PlanFeature after = calls("0.5");
  after.prices[0].minimum_charge = dec("50");
  after.prices[0].maximum_charge = dec("60");
  RatedPeriod rated(before);
  rated.publish(after, "2026-01-10");
  rated.use("200");
  const VariantCharge charge = variantCharges(rated.terms())[0];
  CHECK(charge.price->unit_price == dec("0.5"));
  CHECK(charge.cut == dec("100"));
  CHECK(billedTotal(rated.terms(), {}, dec("-200"), {}) == dec("5"));
}

TEST_CASE("each variant's price is cut by itself") {
  PlanFeature before = calls("1");
  before.dimension = "region";
  before.variants = {variantAt("eu", perUnit("2")), variantAt("us", perUnit("3"))};
  PlanFeature after = before;
  after.variants = {variantAt("us", perUnit("2.5"))};
  after.prices[0].unit_price = dec("1.5");
  RatedPeriod rated(before);
  rated.publish(after, "2026-01-10");
  CHECK(unitPrice(rated, "us") == "2.5");
  CHECK(unitPrice(rated, "eu") == "2");
  CHECK(unitPrice(rated) == "1");
  CHECK(unitPrice(rated, "unheard-of") == "1");
  after.dimension = "zone";
  after.variants = {variantAt("eu", perUnit("0.1"))};
  rated.publish(after, "2026-01-11");
  CHECK(unitPrice(rated, "eu") == "2");
}

TEST_CASE("credits per unit are cut in the same way") {
  PlanFeature before;
  before.feature = "calls";
  before.credits_per_unit = dec("2");
  before.dimension = "size";
  before.variants = {{"big", {}, dec("9")}};
  PlanFeature after = before;
  after.credits_per_unit = dec("1.5");
  after.variants[0].credits_per_unit = dec("10");
  RatedPeriod rated(planFor("studio", ConsumptionModel::credits, "20", {before}));
  CHECK(creditsPerUnit(rated.terms(), {}) == dec("2"));
  rated.publish(after, "2026-01-10");
  CHECK(creditsPerUnit(rated.terms(), {}) == dec("1.5"));
  CHECK(creditsPerUnit(rated.terms(), "big") == dec("9"));
  CHECK(creditsPerUnit(rated.terms(), "small") == dec("1.5"));
  after.credits_per_unit = {};
  after.credits_per_money = dec("1");
  after.variants.clear();
  rated.publish(after, "2026-01-11");
  CHECK(creditsPerUnit(rated.terms(), {}) == dec("1.5"));
  rated.period.pinned = true;
  CHECK(creditsPerUnit(rated.terms(), {}) == dec("2"));
}

TEST_CASE("a seat's price is that of the billing interval, else that of all, and is cut at once") {
  PlanFeature seats = sold("seats", "0", perUnit("10"));
  seats.prices.push_back(perUnit("100"));
  seats.prices.back().interval = Interval::year;
  CHECK(seatPrice(seats, "USD", Interval::year)->unit_price == dec("100"));
  CHECK(seatPrice(seats, "USD", Interval::month)->unit_price == dec("10"));
  CHECK(seatPrice(seats, "EUR", Interval::month) == nullptr);
  seats.prices.erase(seats.prices.begin());
  CHECK(seatPrice(seats, "USD", Interval::month) == nullptr);
  seats.prices.push_back(perUnit("10"));
  RatedPeriod rated(seats);
  seats.prices[0].unit_price = dec("90");
  seats.prices[1].unit_price = dec("11");
  rated.publish(seats, "2026-01-10");
  CHECK(seatPrice(rated.terms(), Interval::year)->unit_price == dec("90"));
  CHECK(seatPrice(rated.terms(), Interval::month)->unit_price == dec("10"));
}

TEST_CASE("a property selects the variant of its value; other values and none the default") {
  PlanFeature feature = calls("1");
  CHECK(variantOf(feature, {{"region", "eu"}}).empty());
  feature.dimension = "region";
  feature.variants = {variantAt("eu", perUnit("2")), variantAt("us", perUnit("3"))};
  CHECK(variantOf(feature, {{"zone", "eu"}, {"region", "us"}}) == "us");
  CHECK(variantOf(feature, {{"region", "EU"}}).empty());
  CHECK(variantOf(feature, {{"region", ""}}).empty());
  CHECK(variantOf(feature, {}).empty());
}

// ---- improvements

TEST_CASE("only versions with improvements raise what is included, to the greatest of them") {
  RatedPeriod rated(calls("1", "100"));
  rated.publish(calls("1", "500"), "2026-01-05");
  CHECK(rated.terms().included == dec("100"));
  Plan better = rated.plan();
  better.improvements_now = true;
  better.features[0].included = dec("300");
  rated.publish(better, "2026-01-10");
  CHECK(rated.terms().included == dec("300"));
  better.features[0].included = dec("200");
  rated.publish(better, "2026-01-15");
  CHECK(rated.terms().included == dec("300"));
  better.features[0].included = dec("900");
  rated.publish(better, "2026-02-01");
  CHECK(rated.terms().included == dec("300"));
  rated.use("400");
  CHECK(featureCharge(rated.terms(), {}, {}) == dec("100"));
  rated.period.pinned = true;
  CHECK(rated.terms().included == dec("100"));
}

TEST_CASE("an improvement that drops the feature takes nothing away") {
  RatedPeriod rated(calls("1", "100"));
  Plan other = rated.plan();
  other.improvements_now = true;
  other.features.clear();
  rated.publish(other, "2026-01-10");
  CHECK(rated.terms().included == dec("100"));
  CHECK(unitPrice(rated) == "1");
}

TEST_CASE("included seats are no allowance: an improvement leaves them") {
  Plan plan = planFor("pro", ConsumptionModel::metered, "10", {sold("seats", "3", perUnit("12"))});
  RatedPeriod rated(plan, FeatureType::seats);
  plan.improvements_now = true;
  plan.features[0].included = dec("5");
  rated.publish(plan, "2026-01-10");
  CHECK(rated.terms().included == dec("3"));
}

TEST_CASE("the plan grant in force is the greatest of the improvements, up to a version if asked") {
  Plan plan = planFor("studio", ConsumptionModel::credits, "20", {});
  plan.credits = dec("1000");
  RatedPeriod rated(plan);
  CHECK(planCredits(rated.state(), rated.period) == dec("1000"));
  plan.credits = dec("5000");
  rated.publish(plan, "2026-01-03");
  plan.improvements_now = true;
  plan.credits = dec("1200");
  rated.publish(plan, "2026-01-05");
  plan.credits = dec("1100");
  rated.publish(plan, "2026-01-07");
  CHECK(planCredits(rated.state(), rated.period) == dec("1200"));
  rated.period.granted = dec("1000");
  const auto next = nextImprovement(rated.state(), rated.period, Interval::month);
  REQUIRE(next.has_value());
  CHECK(next->version == 3);
  CHECK(next->at == when("2026-01-05"));
  CHECK(next->given == dec("1200"));
  rated.period.granted = dec("1200");
  CHECK_FALSE(nextImprovement(rated.state(), rated.period, Interval::month).has_value());
  CHECK(planCredits(rated.state(), rated.period, 2) == dec("1000"));
  rated.period.pinned = true;
  CHECK(planCredits(rated.state(), rated.period) == dec("1000"));
}

TEST_CASE("the included balance is by default the base price per usage period") {
  BasePrice price = basePrice("120");
  CHECK(includedBalance(price, Interval::month) == dec("120"));
  CHECK(includedBalance(price, Interval::week) == dec("120"));
  CHECK(includedBalance(price, Interval::quarter) == dec("40"));
  CHECK(includedBalance(price, Interval::year) == dec("10"));
  price.base = dec("100");
  CHECK(includedBalance(price, Interval::quarter) == dec("33.333333333333"));
  price.included_balance = dec("7");
  CHECK(includedBalance(price, Interval::year) == dec("7"));
}

TEST_CASE("the included balance in force is raised by improvements at the same interval") {
  Plan plan = planFor("pay", ConsumptionModel::balance, "10", {});
  plan.prices.push_back(basePrice("96", "USD", Interval::year));
  RatedPeriod rated(plan);
  CHECK(includedBalance(rated.state(), rated.period, Interval::month) == dec("10"));
  CHECK(includedBalance(rated.state(), rated.period, Interval::year) == dec("8"));
  plan.improvements_now = true;
  plan.prices[1].included_balance = dec("12");
  rated.publish(plan, "2026-01-05");
  CHECK(includedBalance(rated.state(), rated.period, Interval::month) == dec("10"));
  CHECK(includedBalance(rated.state(), rated.period, Interval::year) == dec("12"));
  CHECK(includedBalance(rated.state(), rated.period, Interval::year, 1) == dec("8"));
}

}  // namespace
}  // namespace daybook::core
