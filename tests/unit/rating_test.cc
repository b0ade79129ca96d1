#include <catch2/catch.hpp>

#include "ledger/base/limits.h"
#include "ledger/core/rating.h"
#include "tests/support/rated_period.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

struct Row {
  std::string_view quantity;
  std::string_view charge;
};

/// Every row's charge of a period of that quantity, from the formula and tier by tier.
void requireCharges(const PlanFeature& feature, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO("quantity " << row.quantity);
    RatedPeriod rated(feature);
    CHECK(eventPrice(rated.terms(), {}, dec(row.quantity)).toString() == row.charge);
    if (isEventPriced(feature)) continue;
    rated.use(row.quantity);
    CHECK(featureCharge(rated.terms(), {}, {}).toString() == row.charge);
    const std::vector<VariantCharge> charges = variantCharges(rated.terms());
    REQUIRE(charges.size() == 1);
    CHECK(charges[0].charge.toString() == row.charge);
    if (charges[0].tiers.empty()) continue;
    Decimal sum;
    for (const TierCharge& tier : charges[0].tiers) sum += tier.exact;
    CHECK(sum.toString() == row.charge);
  }
}

TEST_CASE("per unit charges what goes beyond the included units, to the last digit") {
  requireCharges(
      sold("calls", "10000", perUnit("0.01")),
      {{"0", "0"}, {"9999.999999999999", "0"}, {"10000", "0"}, {"10001", "0.01"}, {"15000", "50"}});
  requireCharges(sold("calls", "0", perUnit("5.12345")), {{"10", "51.2345"}});
}

TEST_CASE("a charge is rounded once, half away from zero, at the twelfth digit") {
  requireCharges(sold("calls", "0", perUnit("0.000000000001")),
                 {{"0.499999999999", "0"},
                  {"0.5", "0.000000000001"},
                  {"1.499999999999", "0.000000000001"},
                  {"1.5", "0.000000000002"}});
}

TEST_CASE("graduated tiers have inclusive bounds and count after the included units") {
  const Price price = tiered(
      Scheme::graduated, {{"5", "0", "100"}, {"10", "0", "50"}, {"15", "5", "0"}, {"", "1", "0"}});
  requireCharges(sold("calls", "0", price), {{"0", "0"},
                                             {"0.000000000001", "100"},
                                             {"5", "100"},
                                             {"5.000000000001", "150"},
                                             {"10", "150"},
                                             {"10.000000000001", "150.000000000005"},
                                             {"12", "160"},
                                             {"15", "175"},
                                             {"22", "182"}});
  requireCharges(sold("calls", "7", price),
                 {{"7", "0"}, {"7.000000000001", "100"}, {"12", "100"}, {"29", "182"}});
}

TEST_CASE("a graduated charge is one formula: what tiers lose to rounding is not lost") {
  const Price price =
      tiered(Scheme::graduated, {{"0.5", "0.000000000001", "0"}, {"", "0.000000000001", "0"}});
  CHECK(chargeFor(price, dec("1")) == dec("0.000000000001"));
  const std::vector<TierCharge> tiers = tierCharges(price, dec("1"));
  REQUIRE(tiers.size() == 2);
  CHECK(tiers[0] == TierCharge{dec("0.5"), dec("0.000000000001"), {}, dec("0.000000000001")});
  CHECK(tiers[1] == TierCharge{dec("0.5"), dec("0.000000000001"), {}, dec("0")});
}

TEST_CASE("graduated tier charges name the units, price and fee of each tier touched") {
  const Price price =
      tiered(Scheme::graduated, {{"10", "2", "1"}, {"20", "1.5", "0"}, {"", "1", "7"}});
  const std::vector<TierCharge> tiers = tierCharges(price, dec("15"));
  REQUIRE(tiers.size() == 2);
  CHECK(tiers[0] == TierCharge{dec("10"), dec("2"), dec("1"), dec("21")});
  CHECK(tiers[1] == TierCharge{dec("5"), dec("1.5"), dec("0"), dec("7.5")});
  CHECK(tierCharges(price, dec("0")).empty());
}

TEST_CASE("volume charges all units at the price of the tier they fall in") {
  const Price price = tiered(
      Scheme::volume, {{"5", "0", "100"}, {"10", "0", "150"}, {"15", "10", "0"}, {"", "5", "0"}});
  requireCharges(sold("calls", "0", price), {{"0", "0"},
                                             {"0.000000000001", "100"},
                                             {"5", "100"},
                                             {"5.000000000001", "150"},
                                             {"10", "150"},
                                             {"11", "110"},
                                             {"15", "150"},
                                             {"15.000000000001", "75.000000000005"},
                                             {"100", "500"}});
  CHECK(tierCharges(price, dec("11")) ==
        std::vector<TierCharge>{{dec("11"), dec("10"), dec("0"), dec("110")}});
}

TEST_CASE("the price of one event may be negative where a cheaper volume tier begins") {
  const Price price = tiered(Scheme::volume, {{"15", "10", "0"}, {"", "5", "0"}});
  RatedPeriod rated(sold("calls", "0", price));
  rated.use("15");
  CHECK(eventPrice(rated.terms(), {}, dec("1")) == dec("-70"));
}

TEST_CASE("any started package is charged") {
  const PlanFeature feature = sold("calls", "0", package("10", "15"));
  requireCharges(feature, {{"0", "0"},
                           {"0.000000000001", "15"},
                           {"9", "15"},
                           {"10", "15"},
                           {"10.000000000001", "30"},
                           {"21", "45"}});
  requireCharges(sold("calls", "10", package("0.3", "1")),
                 {{"10", "0"}, {"10.9", "3"}, {"11", "4"}});
  CHECK(tierCharges(feature.prices.front(), dec("21")) ==
        std::vector<TierCharge>{{dec("3"), dec("15"), dec("0"), dec("45")}});
}

TEST_CASE("a feature priced by tokens charges the money beyond the included money") {
  requireCharges(sold("ai", "5", byTokens("20")),
                 {{"0", "0"}, {"5", "0"}, {"5.000000000001", "0.000000000001"}, {"7.5", "2.5"}});
}

TEST_CASE("what is unlimited or blocked is never charged") {
  PlanFeature feature = sold("calls", "10", perUnit("1"));
  feature.prices.front().maximum_charge = dec("5");
  const auto requireFree = [](const PlanFeature& terms) {
    CHECK_FALSE(isCharged(terms));
    RatedPeriod rated(terms);
    rated.use("1000");
    CHECK(featureCharge(rated.terms(), {}, dec("5")).isZero());
    CHECK(eventPrice(rated.terms(), {}, dec("5")).isZero());
    CHECK(billedTotal(rated.terms(), {}, dec("5"), {}).isZero());
    CHECK(variantCharges(rated.terms()).empty());
  };
  feature.unlimited = true;
  requireFree(feature);
  feature.unlimited = false;
  feature.overage = Overage::block;
  requireFree(feature);
}

TEST_CASE("a charge past its limit is an overflow, in the formula and in the whole period") {
  const Price dear = perUnit("1000");
  CHECK(chargeFor(dear, dec(limits::kQuantityMax)) == dec(limits::kChargeMax));
  CHECK_THROWS_AS(chargeFor(dear, dec(limits::kQuantityMax) + dec("0.000000000001")), Overflow);
  // The count of packages does not fit, however little they cost.
  CHECK_THROWS_AS(chargeFor(package("0.000000000001", "0"), dec(limits::kQuantityMax)), Overflow);
  PlanFeature feature = sold("calls", "0", dear);
  feature.dimension = "region";
  feature.variants = {variantAt("eu", dear)};
  RatedPeriod rated(feature);
  rated.use("1000000000000000", "eu");
  CHECK_THROWS_AS(eventPrice(rated.terms(), {}, dec("0.000000000001")), Overflow);
}

// ---- percentage

Price percentageOf(std::string_view rate, std::string_view fee, std::string_view minimum,
                   std::string_view maximum) {
  Price price = byPercentage(rate, fee);
  if (!minimum.empty()) price.event_minimum = dec(minimum);
  if (!maximum.empty()) price.event_maximum = dec(maximum);
  return price;
}

TEST_CASE("an event priced by percentage costs rate and fee, within its minimum and maximum") {
  const auto cost = [](const Price& price, std::string_view amount) {
    return percentageCharge(price, dec(amount)).toString();
  };
  CHECK(cost(percentageOf("2.9", "0.30", "", ""), "100") == "3.2");
  CHECK(cost(percentageOf("2.9", "0", "", ""), "0.01") == "0.00029");
  CHECK(cost(percentageOf("1", "0", "0.50", "5"), "10") == "0.5");
  CHECK(cost(percentageOf("1", "0", "0.50", "5"), "50") == "0.5");
  CHECK(cost(percentageOf("1", "0", "0.50", "5"), "51") == "0.51");
  CHECK(cost(percentageOf("1", "0", "0.50", "5"), "500") == "5");
  CHECK(cost(percentageOf("1", "0", "0.50", "5"), "500.01") == "5");
  // The fee counts against both.
  CHECK(cost(percentageOf("1", "4.90", "", "5"), "100") == "5");
  CHECK(cost(percentageOf("1", "0.40", "1", ""), "50") == "1");
  CHECK(cost(percentageOf("250", "0", "", ""), "2") == "5");
}

TEST_CASE("a percentage is one formula, rounded once, half away from zero") {
  CHECK(percentageCharge(byPercentage("0.00000001", "0"), dec("0.004999999999")).isZero());
  CHECK(percentageCharge(byPercentage("0.00000001", "0"), dec("0.005")) == dec("0.000000000001"));
  CHECK(percentageCharge(byPercentage("0.00000001", "0.000000000001"), dec("0.005")) ==
        dec("0.000000000002"));
}

TEST_CASE("of nothing beyond the included money, neither fee nor minimum is charged") {
  CHECK(percentageCharge(percentageOf("1", "0.30", "2", ""), {}).isZero());
  requireCharges(sold("pay", "100", percentageOf("10", "1", "", "")),
                 {{"0", "0"}, {"100", "0"}, {"100.01", "1.001"}, {"150", "6"}});
}

// ---- parts of periods, seats

TEST_CASE("proration counts whole seconds and is rounded once") {
  CHECK(prorated(dec("100"), part("2026-01-01", "2026-01-11", "2026-01-01", "2026-02-01")) ==
        dec("32.258064516129"));
  CHECK(prorated(dec("29"), part("2026-01-16", "2026-02-01", "2026-01-01", "2026-02-01"))
            .roundedTo(2) == dec("14.97"));
  CHECK(prorated(dec("99"), span("2026-01-01", "2026-02-01")) == dec("99"));
  CHECK(prorated(dec("99"), part("2026-01-01", "2026-01-01", "2026-01-01", "2026-02-01")).isZero());
  CHECK(prorated(dec("3600"), part("2026-01-01T00:00:00Z", "2026-01-01T00:00:01.999999999Z",
                                   "2026-01-01T00:00:00Z", "2026-01-01T01:00:00.5Z")) == dec("1"));
}

TEST_CASE("the price of a currency is found among the feature's prices") {
  PlanFeature feature = sold("calls", "0", perUnit("1"));
  feature.prices.push_back(perUnit("2", "EUR"));
  CHECK(priceIn(feature, "EUR")->unit_price == dec("2"));
  CHECK(priceIn(feature, "JPY") == nullptr);
}

TEST_CASE("seats beyond the included ones are charged by any scheme of quantities") {
  const auto cost = [](std::string_view included, const Price& price, std::uint64_t seats) {
    return seatCharge(sold("seats", included, price), price, seats).toString();
  };
  CHECK(cost("0", perUnit("12"), 5) == "60");
  CHECK(cost("3", perUnit("12"), 5) == "24");
  CHECK(cost("3", perUnit("12"), 3) == "0");
  CHECK(cost("3", perUnit("12"), 0) == "0");
  CHECK(cost("1", tiered(Scheme::graduated, {{"4", "10", "0"}, {"", "8", "5"}}), 7) == "61");
  CHECK(cost("1", tiered(Scheme::volume, {{"4", "10", "0"}, {"", "8", "0"}}), 7) == "48");
  CHECK(cost("0", package("5", "40"), 6) == "80");
  CHECK(cost("0", perUnit("1"), static_cast<std::uint64_t>(limits::kSeatsMax)) == "1000000000");
}

// ---- tokens

ModelPriceVersion version(std::string_view provider, std::string_view model, std::uint32_t book,
                          std::string_view effective, std::string_view input) {
  ModelPriceVersion result;
  result.currency = "USD";
  result.book_version = book;
  result.effective = when(effective);
  result.price.provider = provider;
  result.price.model = model;
  result.price.input = dec(input);
  result.price.output = dec("15");
  result.price.cache_read = dec("0.3");
  result.price.cache_write = dec("3.75");
  return result;
}

LedgerState ledgerWithPrices() {
  LedgerState ledger;
  ledger.model_prices = {version("anthropic", "claude", 1, "2026-01-01", "3"),
                         version("bedrock", "llama", 1, "2026-01-01", "1"),
                         version("openai", "gpt", 1, "2026-01-01", "2"),
                         version("azure", "gpt", 1, "2026-01-01", "2.5"),
                         version("anthropic", "claude", 2, "2026-02-01", "6"),
                         version("azure", "gpt", 3, "2026-03-01", "2.5"),
                         version("bedrock", "llama", 3, "2026-03-01", "1")};
  ledger.model_prices[5].price.retired = true;
  ledger.model_prices[6].price.retired = true;
  return ledger;
}

Tokens tokens(std::string provider, std::string model) {
  Tokens counts;
  counts.provider = std::move(provider);
  counts.model = std::move(model);
  counts.input = 1000;
  counts.output = 500;
  return counts;
}

Decimal costOf(const Tokens& counts, std::string_view margin, std::string_view at = "2026-01-15") {
  const TokenCost cost = tokenCost(ledgerWithPrices(), counts, "USD", dec(margin), when(at));
  CHECK(cost.verdict.detail == "");
  REQUIRE(cost.verdict.isOk());
  return cost.cost;
}

Verdict refusalOf(const Tokens& counts, std::string_view at = "2026-01-15") {
  return tokenCost(ledgerWithPrices(), counts, "USD", dec("0"), when(at)).verdict;
}

TEST_CASE("tokens cost the exact sum of tokens times price, with margin, per million") {
  CHECK(costOf(tokens("anthropic", "claude"), "0") == dec("0.0105"));
  CHECK(costOf(tokens("anthropic", "claude"), "1") == dec("0.010605"));
  CHECK(costOf(tokens("anthropic", "claude"), "20") == dec("0.0126"));
  CHECK(costOf(tokens("anthropic", "claude"), "50") == dec("0.01575"));
  Tokens odd = tokens("anthropic", "claude");
  odd.input = 333;
  odd.output = 111;
  CHECK(costOf(odd, "20") == dec("0.0031968"));
}

TEST_CASE("nothing is rounded per component: the token formula is rounded once") {
  LedgerState ledger;
  ledger.model_prices = {version("p", "m", 1, "2026-01-01", "0.0000004")};
  ledger.model_prices[0].price.output = dec("0.0000004");
  Tokens counts = tokens("p", "m");
  counts.input = 1;
  counts.output = 1;
  // Each component is 4e-13, which alone would round to nothing.
  CHECK(tokenCost(ledger, counts, "USD", dec("0"), when("2026-01-01")).cost ==
        dec("0.000000000001"));
  CHECK(tokenCost(ledger, counts, "USD", dec("87.5"), when("2026-01-01")).cost ==
        dec("0.000000000002"));
  CHECK(tokenCost(ledger, counts, "USD", dec("87.499999999999"), when("2026-01-01")).cost ==
        dec("0.000000000001"));
}

TEST_CASE("cached tokens are taken out of a total, and counted beside an input without them") {
  Tokens counts = tokens("anthropic", "claude");
  counts.cache_read = 300;
  counts.cache_write = 200;
  const TokenCost beside =
      tokenCost(ledgerWithPrices(), counts, "USD", dec("0"), when("2026-01-15"));
  CHECK(beside.totals == TokenTotals{1000, 500, 300, 200});
  CHECK(beside.cost == dec("0.01134"));
  counts.total_input = 1500;
  counts.input.reset();
  const TokenCost total =
      tokenCost(ledgerWithPrices(), counts, "USD", dec("0"), when("2026-01-15"));
  CHECK(total.totals == beside.totals);
  CHECK(total.cost == beside.cost);
  counts.total_input = 500;
  const TokenCost cached =
      tokenCost(ledgerWithPrices(), counts, "USD", dec("0"), when("2026-01-15"));
  CHECK(cached.verdict.isOk());
  CHECK(cached.totals == TokenTotals{0, 500, 300, 200});
  counts.total_input = 499;
  CHECK(refusalOf(counts) ==
        Verdict{Outcome::tokensInvalid, "more cached tokens than tokens.totalInput"});
}

TEST_CASE("missing and contradictory token counts are refused, named") {
  Tokens counts = tokens("anthropic", "");
  CHECK(refusalOf(counts) == Verdict{Outcome::tokensMissing, "tokens.model"});
  counts = tokens("anthropic", "claude");
  counts.output.reset();
  CHECK(refusalOf(counts) == Verdict{Outcome::tokensMissing, "tokens.output"});
  counts = tokens("anthropic", "claude");
  counts.input.reset();
  CHECK(refusalOf(counts) == Verdict{Outcome::tokensMissing, "tokens.input"});
  counts.input = 1;
  counts.total_input = 1;
  CHECK(refusalOf(counts) ==
        Verdict{Outcome::tokensInvalid, "tokens.input and tokens.totalInput exclude each other"});
  counts = tokens("anthropic", "claude");
  counts.cache_write = limits::kTokensMax + 1;
  CHECK(refusalOf(counts) == Verdict{Outcome::amountOverflow, "tokens"});
}

TEST_CASE("the price-book version in force at the time of the usage counts") {
  const Tokens counts = tokens("anthropic", "claude");
  CHECK(costOf(counts, "0", "2026-01-31T23:59:59.999999999Z") == dec("0.0105"));
  CHECK(costOf(counts, "0", "2026-02-01") == dec("0.0135"));
  CHECK(refusalOf(counts, "2025-12-31") ==
        Verdict{Outcome::unknownModel, "anthropic/claude in USD"});
}

TEST_CASE("a model without provider resolves when exactly one live provider has it") {
  CHECK(costOf(tokens("", "claude"), "0") == dec("0.0105"));
  CHECK(refusalOf(tokens("", "gpt")) ==
        Verdict{Outcome::ambiguousModel, "gpt is offered by openai, azure"});
  CHECK(costOf(tokens("", "gpt"), "0", "2026-03-01") == dec("0.0095"));
}

TEST_CASE("unknown and retired models are refused, named, in the book of the currency") {
  CHECK(refusalOf(tokens("openai", "claude")) ==
        Verdict{Outcome::unknownModel, "openai/claude in USD"});
  CHECK(refusalOf(tokens("", "mistral")) == Verdict{Outcome::unknownModel, "mistral in USD"});
  CHECK(refusalOf(tokens("azure", "gpt"), "2026-03-01") ==
        Verdict{Outcome::retiredModel, "azure/gpt in USD"});
  CHECK(refusalOf(tokens("", "llama"), "2026-03-01") ==
        Verdict{Outcome::retiredModel, "llama in USD"});
  CHECK(costOf(tokens("", "llama"), "0", "2026-02-28") == dec("0.0085"));
  CHECK(tokenCost(ledgerWithPrices(), tokens("anthropic", "claude"), "EUR", dec("0"),
                  when("2026-01-15"))
            .verdict == Verdict{Outcome::unknownModel, "anthropic/claude in EUR"});
}

TEST_CASE("a token cost past the charge limit is an overflow") {
  LedgerState ledger;
  ledger.model_prices = {version("p", "m", 1, "2026-01-01", "1000000000000")};
  Tokens counts = tokens("p", "m");
  counts.input = limits::kTokensMax;
  counts.output = 0;
  CHECK(tokenCost(ledger, counts, "USD", dec("0"), when("2026-01-01")).cost ==
        dec(limits::kChargeMax));
  CHECK_THROWS_AS(tokenCost(ledger, counts, "USD", dec("0.01"), when("2026-01-01")), Overflow);
}

}  // namespace
}  // namespace daybook::core
