// Prices that other billing systems have published as examples or tests, where our rules cover
// them: they must come out to the last digit. The collection lies beside the repository; without it
// this test says so and passes.
#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "ledger/core/rating.h"
#include "tests/support/rated_period.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;
using nlohmann::json;

constexpr char kCases[] = "../../shared/cases/tiers.json";

Decimal number(const json& object, const char* field) {
  return object.contains(field) ? dec(object.at(field).get<std::string>()) : Decimal();
}

std::vector<Tier> tiersOf(const json& given) {
  std::vector<Tier> tiers;
  for (const json& tier : given.at("tiers")) {
    std::optional<Decimal> up_to;
    if (!tier.at("up_to").is_null()) up_to = number(tier, "up_to");
    tiers.push_back({up_to, number(tier, "unit"), number(tier, "flat")});
  }
  return tiers;
}

/// nullopt for schemes that are not ours.
std::optional<Price> priceOf(const json& given) {
  const std::string model = given.at("model");
  Price price;
  price.currency = "USD";
  if (model == "unit") {
    price.unit_price = number(given, "unit");
  } else if (model == "graduated" || model == "volume") {
    price.scheme = model == "volume" ? Scheme::volume : Scheme::graduated;
    price.tiers = tiersOf(given);
  } else if (model == "package" && given.value("round", "up") == "up") {
    price = package(given.at("size").get<std::string>(), given.at("amount").get<std::string>());
  } else if (model == "percentage" && !given.contains("free_events")) {
    price = byPercentage(given.at("rate_pct").get<std::string>(), given.value("fixed", "0"));
    if (given.contains("min_per_tx")) price.event_minimum = number(given, "min_per_tx");
    if (given.contains("max_per_tx")) price.event_maximum = number(given, "max_per_tx");
  } else {
    return std::nullopt;
  }
  if (given.contains("min_amount")) price.minimum_charge = number(given, "min_amount");
  if (given.contains("max_amount")) price.maximum_charge = number(given, "max_amount");
  return price;
}

/// Rates one event, as the difference to what was rated before, and compares.
void requireAmount(const Price& price, const json& event, const json& expectation) {
  const Decimal before = number(event, "previously_rated");
  RatedPeriod rated(sold("calls", "0", price));
  rated.usageOf("").quantity = before + number(event, "quantity");
  const VariantCharge after = variantCharges(rated.terms()).front();
  const Decimal amount = after.cut + after.minimum - chargeFor(price, before);
  CHECK(amount.toString() == number(expectation, "value").toString());
}

/// Rates the transactions of one period, event by event, and compares their sum.
void requireSum(const PlanFeature& feature, const json& event, const json& expectation) {
  RatedPeriod rated(feature);
  for (const json& amount : event.at("amounts")) {
    const Decimal quantity = dec(amount.get<std::string>());
    const Decimal price = eventPrice(rated.terms(), {}, quantity);
    rated.usageOf("").quantity += quantity;
    rated.usageOf("").charged += price;
  }
  const Decimal sum = featureCharge(rated.terms(), {}, {});
  CHECK(sum.toString() == number(expectation, "value").toString());
}

bool isCovered(const json& test_case, const json& event) {
  if (event.at("kind") == "rate.transactions") return true;
  // Without usage no tier is entered, and nothing is converted before rating: see BILLING.md.
  const bool first_fee_without_usage = test_case.at("given").at("price").contains("zero_usage") &&
                                       event.value("quantity", "") == "0";
  return event.at("kind") == "rate.quantity" && !first_fee_without_usage &&
         !test_case.at("given").contains("conversions");
}

TEST_CASE("published prices come out to the last digit") {
  std::ifstream file(kCases);
  if (!file) {
    WARN("skipped: " << kCases << " is not there");
    return;
  }
  int compared = 0;
  for (const json& test_case : json::parse(file)) {
    INFO(test_case.at("id") << ": " << test_case.at("title"));
    const std::optional<Price> price = priceOf(test_case.at("given").at("price"));
    if (!price) continue;
    for (const json& event : test_case.at("events")) {
      if (!isCovered(test_case, event)) continue;
      for (const json& expectation : test_case.at("expect")) {
        if (expectation.at("at") != event.at("at")) continue;
        INFO("at " << event.at("at"));
        if (isEventPriced(*price)) {
          PlanFeature feature = sold("pay", "0", *price);
          feature.included = number(test_case.at("given").at("price"), "free_total");
          requireSum(feature, event, expectation);
        } else {
          requireAmount(*price, event, expectation);
        }
        ++compared;
      }
    }
  }
  CHECK(compared >= 33);
}

}  // namespace
}  // namespace daybook::core
