// Whole features in a usage period: variants that share what is included, prices of events, sums of
// events, minimum and maximum charges.
#include <catch2/catch.hpp>

#include "ledger/core/rating.h"
#include "tests/support/rated_period.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

/// 100 included; eu costs 2, us 3, the rest 1.
PlanFeature byRegion() {
  PlanFeature feature = sold("calls", "100", perUnit("1"));
  feature.dimension = "region";
  feature.variants = {variantAt("eu", perUnit("2")), variantAt("us", perUnit("3"))};
  return feature;
}

struct Charged {
  std::string variant;
  std::string quantity;
  std::string included;
  std::string charge;
  bool operator==(const Charged&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Charged& charged) {
  return out << charged.variant << ": " << charged.quantity << ", included " << charged.included
             << ", charge " << charged.charge;
}

std::vector<Charged> charged(const RatedPeriod& rated) {
  std::vector<Charged> result;
  for (const VariantCharge& part : variantCharges(rated.terms())) {
    result.push_back(
        {part.variant, part.quantity.toString(), part.included.toString(), part.charge.toString()});
  }
  return result;
}

TEST_CASE("variants use up the included units in the plan's order, then the default") {
  RatedPeriod rated(byRegion());
  rated.use("90");
  rated.use("60", "us");
  CHECK(charged(rated) == std::vector<Charged>{{"us", "60", "60", "0"}, {"", "90", "40", "50"}});
  rated.use("70", "eu");
  CHECK(charged(rated) == std::vector<Charged>{{"eu", "70", "70", "0"},
                                               {"us", "60", "30", "90"},
                                               {"", "90", "0", "90"}});
  CHECK(featureCharge(rated.terms(), {}, {}) == dec("180"));
}

TEST_CASE("an event costs what it changes in the whole feature, the other variants too") {
  RatedPeriod rated(byRegion());
  rated.use("90");
  CHECK(eventPrice(rated.terms(), "", dec("10")).isZero());
  CHECK(eventPrice(rated.terms(), "", dec("11")) == dec("1"));
  // Ten of these take included units from the default, which then pays for them.
  CHECK(eventPrice(rated.terms(), "eu", dec("10")).isZero());
  CHECK(eventPrice(rated.terms(), "eu", dec("20")) == dec("10"));
  CHECK(eventPrice(rated.terms(), "eu", dec("101")) == dec("92"));
  CHECK(eventPrice(rated.terms(), "", dec("-90")).isZero());
  rated.use("60");
  CHECK(eventPrice(rated.terms(), "", dec("-60")) == dec("-50"));
}

TEST_CASE("the charge is a function of the totals, whatever the order of the events") {
  const std::vector<std::pair<std::string, std::string>> events = {
      {"", "70"}, {"us", "40"}, {"eu", "55"}, {"", "1.5"}, {"us", "30"}, {"eu", "0.25"}};
  RatedPeriod forward(byRegion());
  RatedPeriod backward(byRegion());
  Decimal sum;
  Decimal reversed_sum;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& [variant, quantity] = events[i];
    sum += eventPrice(forward.terms(), variant, dec(quantity));
    forward.use(quantity, variant);
    const auto& [late_variant, late_quantity] = events[events.size() - 1 - i];
    reversed_sum += eventPrice(backward.terms(), late_variant, dec(late_quantity));
    backward.use(late_quantity, late_variant);
  }
  CHECK(sum == reversed_sum);
  CHECK(sum == featureCharge(forward.terms(), {}, {}));
  CHECK(charged(forward) == charged(backward));
}

TEST_CASE("units that were left unpaid are not charged in a metered plan") {
  RatedPeriod rated(sold("calls", "10", perUnit("1")));
  rated.use("30").unpaid = dec("15");
  CHECK(featureCharge(rated.terms(), {}, {}) == dec("5"));
  CHECK(charged(rated) == std::vector<Charged>{{"", "15", "10", "5"}});
}

TEST_CASE("money that was left unpaid does not change the units of a balance plan") {
  RatedPeriod rated(
      planFor("pay", ConsumptionModel::balance, "10",
              {sold("calls", "10", tiered(Scheme::graduated, {{"5", "1", "0"}, {"", "2", "0"}}))}));
  rated.use("14").unpaid = dec("4");
  CHECK(eventPrice(rated.terms(), {}, dec("2")) == dec("3"));
}

TEST_CASE("a total below zero is charged as none and uses up nothing") {
  RatedPeriod rated(byRegion());
  rated.use("-20", "eu");
  rated.use("110");
  CHECK(featureCharge(rated.terms(), {}, {}) == dec("10"));
}

// ---- event-priced features

TEST_CASE("the charge by percentage is the sum of what the events cost") {
  RatedPeriod rated(sold("pay", "100", byPercentage("10", "1")));
  CHECK(isEventPriced(rated.plan().features[0]));
  const auto record = [&rated](std::string_view amount) {
    const Decimal price = eventPrice(rated.terms(), {}, dec(amount));
    rated.use(amount).charged += price;
    return price.toString();
  };
  CHECK(record("80") == "0");
  CHECK(record("20") == "0");
  // Wholly beyond: the rate of all, and the fee.
  CHECK(record("30") == "4");
  CHECK(record("10") == "2");
  CHECK(featureCharge(rated.terms(), {}, {}) == dec("6"));
  CHECK(featureCharge(rated.terms(), {}, dec("10")) == dec("8"));
  CHECK(charged(rated) == std::vector<Charged>{{"", "140", "100", "6"}});
}

TEST_CASE("an event partly inside the included money pays for the part beyond, and the fee") {
  RatedPeriod rated(sold("pay", "100", byPercentage("10", "1")));
  rated.use("80");
  CHECK(eventPrice(rated.terms(), {}, dec("50")) == dec("4"));
}

TEST_CASE("variants by percentage share the included money in the order of the events") {
  PlanFeature feature = sold("pay", "100", byPercentage("1", "0"));
  feature.dimension = "card";
  feature.variants = {variantAt("amex", byPercentage("3", "0"))};
  RatedPeriod rated(feature);
  rated.use("90");
  CHECK(eventPrice(rated.terms(), "amex", dec("20")) == dec("0.3"));
  CHECK(eventPrice(rated.terms(), "", dec("20")) == dec("0.1"));
}

TEST_CASE("what is voided of a sum of events is its recorded price") {
  // 6 inside 10 included, 6 of which 2 are charged; the first is taken back.
  RatedPeriod rated(sold("llm", "10", byTokens("0")));
  rated.use("6").charged = eventPrice(rated.terms(), {}, dec("6"));
  const Decimal second = eventPrice(rated.terms(), {}, dec("6"));
  CHECK(second == dec("2"));
  rated.use("6").charged += second;
  rated.use("-6");
  CHECK(featureCharge(rated.terms(), {}, {}) == dec("2"));
  // Included money that was given back is there for the next event.
  CHECK(eventPrice(rated.terms(), {}, dec("5")) == dec("1"));
}

// ---- minimum and maximum

TEST_CASE("the charge is cut to the maximum, and the minimum adds what the rounded charge lacks") {
  Price price = perUnit("0.333");
  price.minimum_charge = dec("2");
  price.maximum_charge = dec("3");
  const auto close = [&price](std::string_view quantity) {
    RatedPeriod rated(sold("calls", "0", price));
    rated.use(quantity);
    const std::vector<VariantCharge> charges = variantCharges(rated.terms());
    REQUIRE(charges.size() == 1);
    return charges[0].cut.toString() + " + " + charges[0].minimum.toString();
  };
  CHECK(close("0") == "0 + 2");
  // 1.665 is 1.67 on its line.
  CHECK(close("5") == "1.665 + 0.33");
  CHECK(close("6") == "1.998 + 0");
  CHECK(close("9") == "2.997 + 0");
  CHECK(close("10") == "3 + 0");
}

TEST_CASE("a minimum is due without any usage, of each variant that has one") {
  PlanFeature feature = byRegion();
  feature.variants[1].prices[0].minimum_charge = dec("5");
  RatedPeriod rated(feature);
  const std::vector<VariantCharge> charges = variantCharges(rated.terms());
  REQUIRE(charges.size() == 1);
  CHECK(charges[0].variant == "us");
  CHECK(charges[0].minimum == dec("5"));
  CHECK(charges[0].price->unit_price == dec("3"));
}

TEST_CASE("minimum and maximum are prorated by seconds in a shortened usage period") {
  Price price = perUnit("1");
  price.minimum_charge = dec("10");
  price.maximum_charge = dec("31");
  RatedPeriod rated(sold("calls", "0", price));
  rated.period.span = part("2026-01-01", "2026-01-11", "2026-01-01", "2026-02-01");
  CHECK(variantCharges(rated.terms())[0].minimum == dec("3.225806451613"));
  rated.use("30");
  const VariantCharge charge = variantCharges(rated.terms())[0];
  CHECK(charge.charge == dec("30"));
  CHECK(charge.cut == dec("10"));
  CHECK(charge.minimum.isZero());
}

TEST_CASE("the minimum is compared with the charge rounded to the currency's minor unit") {
  Price price = perUnit("0.5", "JPY");
  price.minimum_charge = dec("1");
  Plan plan = planFor("pro", ConsumptionModel::metered, "10", {sold("calls", "0", price)});
  plan.prices = {basePrice("10", "JPY")};
  RatedPeriod rated(plan);
  rated.use("1");
  CHECK(variantCharges(rated.terms())[0].cut == dec("0.5"));
  CHECK(variantCharges(rated.terms())[0].minimum.isZero());
}

TEST_CASE("a sum of events is cut and raised like any charge") {
  Price price = byPercentage("10", "0");
  price.maximum_charge = dec("7");
  price.minimum_charge = dec("3");
  RatedPeriod rated(sold("pay", "0", price));
  rated.use("20").charged = dec("2");
  CHECK(variantCharges(rated.terms())[0].minimum == dec("1"));
  rated.use("60").charged = dec("8");
  CHECK(variantCharges(rated.terms())[0].cut == dec("7"));
}

TEST_CASE("what is billed in all keeps within minimum and maximum, before and after late usage") {
  Price price = perUnit("1");
  price.minimum_charge = dec("10");
  price.maximum_charge = dec("50");
  RatedPeriod rated(sold("calls", "5", price));
  rated.use("8");
  const auto late = [&rated](std::string_view delta) {
    const FeatureTerms terms = rated.terms();
    return (billedTotal(terms, {}, dec(delta), {}) - billedTotal(terms, {}, {}, {})).toString();
  };
  CHECK(billedTotal(rated.terms(), {}, {}, {}) == dec("10"));
  CHECK(late("7") == "0");
  CHECK(late("8") == "1");
  CHECK(late("47") == "40");
  CHECK(late("470") == "40");
  CHECK(late("-8") == "0");
}

TEST_CASE("what is billed in all adds the late price of an event-priced feature") {
  Price price = byPercentage("10", "0");
  price.maximum_charge = dec("7");
  RatedPeriod rated(sold("pay", "0", price));
  rated.use("50").charged = dec("5");
  CHECK(billedTotal(rated.terms(), {}, dec("10"), dec("1")) == dec("6"));
  CHECK(billedTotal(rated.terms(), {}, dec("30"), dec("3")) == dec("7"));
  CHECK(billedTotal(rated.terms(), {}, dec("-20"), dec("-2")) == dec("3"));
}

TEST_CASE("one variant's limits leave the others alone") {
  PlanFeature feature = byRegion();
  feature.included = {};
  feature.variants[0].prices[0].maximum_charge = dec("20");
  RatedPeriod rated(feature);
  rated.use("50", "eu");
  rated.use("50");
  CHECK(billedTotal(rated.terms(), {}, {}, {}) == dec("70"));
  CHECK(billedTotal(rated.terms(), "eu", dec("10"), {}) == dec("70"));
  CHECK(billedTotal(rated.terms(), "us", dec("10"), {}) == dec("100"));
}

}  // namespace
}  // namespace daybook::core
