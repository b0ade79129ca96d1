#include "ledger/core/catalog_rules.h"

#include <catch2/catch.hpp>

#include <functional>

#include "ledger/base/limits.h"
#include "tests/support/good_catalog.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

/// Changes the price of calls in the metered plan.
std::string priceProblem(const std::function<void(Price&)>& change) {
  return problem([&change](Catalog& c) { change(c.plans[0].features[0].prices[0]); });
}

/// The same with tiers, each by its upper bound.
std::string tierProblem(const std::vector<TierText>& tiers, Scheme scheme = Scheme::graduated) {
  return priceProblem([&](Price& price) { price = tiered(scheme, tiers); });
}

const std::string kCalls = "plan \"pro\", feature \"calls\": ";

TEST_CASE("a good catalog is accepted, at first, again, and empty") {
  CHECK(problem([](Catalog&) {}) == "ok");
  CHECK(nextProblem([](Catalog&) {}) == "ok");
  CHECK(problem([](Catalog& c) { c = Catalog(); }) == "ok");
}

TEST_CASE("codes and names are text within their limits") {
  const std::string rule = ": the code must be 1 to 64 bytes of text without control characters";
  CHECK(problem([](Catalog& c) { c.features[0].code = ""; }) == "feature" + rule);
  CHECK(problem([](Catalog& c) { c.plans[0].code = "a\nb"; }) == "plan \"(not printable)\"" + rule);
  CHECK(problem([](Catalog& c) {
          c.packs[0].code = std::string(limits::kCodeBytesMax + 1, 'x');
        }) == "pack \"" + std::string(limits::kCodeBytesMax + 1, 'x') + "\"" + rule);
  CHECK(problem([](Catalog& c) { c.packs[0].code = std::string(limits::kCodeBytesMax, 'x'); }) ==
        "ok");
  const std::string name_rule =
      ": the name must be at most 128 bytes of text without control characters";
  CHECK(problem([](Catalog& c) {
          c.features[0].name = std::string(limits::kNameBytesMax + 1, 'x');
        }) == "feature \"calls\"" + name_rule);
  CHECK(problem([](Catalog& c) { c.plans[0].name = "\xFF"; }) == "plan \"pro\"" + name_rule);
  CHECK(problem([](Catalog& c) {
          c.packs[0].name = std::string(limits::kNameBytesMax + 1, 'x');
        }) == "pack \"small\"" + name_rule);
}

TEST_CASE("no item appears twice in a set") {
  CHECK(problem([](Catalog& c) { c.features.push_back(c.features[0]); }) ==
        "feature \"calls\": appears twice in the set");
  CHECK(problem([](Catalog& c) { c.plans.push_back(c.plans[1]); }) ==
        "plan \"studio\": appears twice in the set");
  CHECK(problem([](Catalog& c) { c.packs.push_back(c.packs[0]); }) ==
        "pack \"small\": appears twice in the set");
  CHECK(problem([](Catalog& c) { c.price_books.push_back(c.price_books[0]); }) ==
        "price book \"USD\": appears twice in the set");
}

TEST_CASE("plans and packs name features of the set or published ones") {
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].feature = "call"; }) ==
        "plan \"pro\", feature \"call\": unknown feature");
  CHECK(problem([](Catalog& c) { c.packs[0].features = {"call"}; }) ==
        "pack \"small\", feature \"call\": unknown feature");
  CHECK(nextProblem([](Catalog& c) { c.features.clear(); }) == "ok");
  CHECK(problem([](Catalog& c) { c.plans[0].features.push_back(c.plans[0].features[0]); }) ==
        kCalls + "appears twice");
}

TEST_CASE("tiers are contiguous, ascending, and the last one is unbounded") {
  CHECK(tierProblem({{"100", "1", "0"}, {"200", "1", "0"}, {"", "1", "0"}}) == "ok");
  CHECK(tierProblem({{"100", "1", "0"}, {"", "1", "0"}}, Scheme::volume) == "ok");
  CHECK(tierProblem({}) == kCalls + "the price has no tiers");
  CHECK(tierProblem({{"100", "1", "0"}, {"100", "1", "0"}, {"", "1", "0"}}) ==
        kCalls + "tiers overlap at 100");
  CHECK(tierProblem({{"100", "1", "0"}, {"99.5", "1", "0"}, {"", "1", "0"}}) ==
        kCalls + "tiers overlap at 99.5");
  CHECK(tierProblem({{"0", "1", "0"}, {"", "1", "0"}}) ==
        kCalls + "the first tier must end above 0");
  CHECK(tierProblem({{"100", "1", "0"}, {"200", "1", "0"}}) ==
        kCalls + "the last tier must be unbounded");
  CHECK(tierProblem({{"", "1", "0"}, {"200", "1", "0"}, {"", "1", "0"}}) ==
        kCalls + "only the last tier may be unbounded");
  CHECK(tierProblem({{"-5", "1", "0"}, {"", "1", "0"}}) ==
        kCalls + "upTo of a tier must not be negative");
  CHECK(tierProblem({{"5", "-1", "0"}, {"", "1", "0"}}) ==
        kCalls + "unitPrice of a tier must not be negative");
  CHECK(tierProblem({{"5", "1", "1000000000001"}, {"", "1", "0"}}) ==
        kCalls + "flatFee of a tier must be at most 1000000000000");
}

TEST_CASE("a price has no more tiers than the limit") {
  const auto withTiers = [](std::size_t count) {
    return priceProblem([count](Price& price) {
      price = tiered(Scheme::graduated, {});
      for (std::size_t i = 1; i < count; ++i) {
        price.tiers.push_back({dec(static_cast<std::int64_t>(i)), dec("1"), {}});
      }
      price.tiers.push_back({std::nullopt, dec("1"), {}});
    });
  };
  CHECK(withTiers(limits::kTiersMax) == "ok");
  CHECK(withTiers(limits::kTiersMax + 1) == kCalls + "at most 32 tiers in a price");
}

TEST_CASE("a price holds the fields of its scheme only") {
  CHECK(priceProblem([](Price& p) {
          p.tiers = {{std::nullopt, dec("1"), {}}};
        }) == kCalls + "tiers belong to the schemes graduated and volume");
  CHECK(priceProblem([](Price& p) { p.package_size = dec("1"); }) ==
        kCalls + "packageSize belongs to the scheme package");
  CHECK(priceProblem([](Price& p) { p.package_price = dec("1"); }) ==
        kCalls + "packagePrice belongs to the scheme package");
  CHECK(priceProblem([](Price& p) { p.margin_percent = dec("1"); }) ==
        kCalls + "marginPercent belongs to the scheme tokens");
  CHECK(priceProblem([](Price& p) {
          p = package("10", "1");
          p.unit_price = dec("1");
        }) == kCalls + "unitPrice belongs to the scheme perUnit");
  CHECK(priceProblem([](Price& p) {
          p = byTokens("20");
          p.tiers = {{std::nullopt, dec("1"), {}}};
        }) == kCalls + "tiers belong to the schemes graduated and volume");
  CHECK(priceProblem([](Price& p) { p = package("0", "1"); }) ==
        kCalls + "packageSize must be above 0");
  CHECK(priceProblem([](Price& p) { p = package("0.5", "1"); }) == "ok");
  CHECK(priceProblem([](Price& p) { p.scheme = static_cast<Scheme>(9); }) ==
        kCalls + "unknown price scheme");
}

TEST_CASE("amounts in prices are not negative and within limits") {
  CHECK(priceProblem([](Price& p) { p.unit_price = dec("-0.01"); }) ==
        kCalls + "unitPrice must not be negative");
  CHECK(priceProblem([](Price& p) { p.unit_price = dec(limits::kMoneyMax); }) == "ok");
  CHECK(priceProblem([](Price& p) { p.unit_price = dec("1000000000000.000000000001"); }) ==
        kCalls + "unitPrice must be at most 1000000000000");
  CHECK(priceProblem([](Price& p) { p = byTokens("-1"); }) ==
        kCalls + "marginPercent must not be negative");
  CHECK(priceProblem([](Price& p) { p.minimum_charge = dec("-1"); }) ==
        kCalls + "minimumCharge must not be negative");
  CHECK(priceProblem([](Price& p) { p.maximum_charge = dec("-1"); }) ==
        kCalls + "maximumCharge must not be negative");
  CHECK(priceProblem([](Price& p) {
          p.minimum_charge = dec("2");
          p.maximum_charge = dec("1");
        }) == kCalls + "minimumCharge is above maximumCharge");
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].included = dec("-1"); }) ==
        kCalls + "included must not be negative");
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].included = dec("1000000000000001"); }) ==
        kCalls + "included must be at most 1000000000000000");
  CHECK(problem([](Catalog& c) { c.plans[0].prices[0].base = dec("-1"); }) ==
        "plan \"pro\": base must not be negative");
}

TEST_CASE("a charged feature has one price in each currency of its plan") {
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].prices.clear(); }) ==
        kCalls + "has no price in USD");
  CHECK(problem([](Catalog& c) { c.plans[0].prices.push_back(basePrice("90", "EUR")); }) ==
        kCalls + "has no price in EUR");
  CHECK(problem([](Catalog& c) {
          c.plans[0].prices.push_back(basePrice("90", "EUR"));
          c.plans[0].features[0].prices.push_back(perUnit("0.02", "EUR"));
        }) == "ok");
  CHECK(problem([](Catalog& c) {
          c.plans[0].features[0].prices.push_back(perUnit("0.02", "EUR"));
        }) == kCalls + "has a price in EUR, which the plan is not sold in");
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].prices.push_back(perUnit("0.02")); }) ==
        kCalls + "has two prices in USD");
  CHECK(problem([](Catalog& c) { c.plans[2].features[0].prices.clear(); }) ==
        "plan \"pay\", feature \"calls\": has no price in USD");
}

TEST_CASE("an unlimited or blocked feature needs no price, and takes no minimum") {
  CHECK(problem([](Catalog& c) {
          c.plans[0].features[0].prices.clear();
          c.plans[0].features[0].unlimited = true;
        }) == "ok");
  CHECK(problem([](Catalog& c) {
          c.plans[0].features[0].prices.clear();
          c.plans[0].features[0].overage = Overage::block;
        }) == "ok");
  CHECK(problem([](Catalog& c) {
          c.plans[0].features[0].prices[0].minimum_charge = dec("1");
          c.plans[0].features[0].overage = Overage::block;
        }) == kCalls + "minimumCharge of a feature that is never charged");
  CHECK(problem([](Catalog& c) {
          c.plans[2].features[0].prices.clear();
          c.plans[2].features[0].unlimited = true;
        }) == "ok");
}

TEST_CASE("tokens and units do not mix within a feature") {
  CHECK(problem([](Catalog& c) {
          c.plans[2].prices.push_back(basePrice("9", "EUR"));
          c.plans[2].features[0].prices.push_back(perUnit("0.02", "EUR"));
          c.plans[2].features[1].prices.push_back(perUnit("0.02", "EUR"));
        }) == "plan \"pay\", feature \"llm\": has one price by tokens and another by units");
  CHECK(problem([](Catalog& c) { c.features[1].meter = Meter::count; }) ==
        "plan \"studio\", feature \"llm\": a feature priced by tokens has the meter sum");
  CHECK(problem([](Catalog& c) {
          c.features[1].meter = Meter::count;
          c.plans.erase(c.plans.begin() + 1);
        }) == "plan \"pay\", feature \"llm\": a feature priced by tokens has the meter sum");
  CHECK(problem([](Catalog& c) { c.features[0].meter = Meter::count; }) == "ok");
}

TEST_CASE("a plan is sold in known currencies, each once") {
  CHECK(problem([](Catalog& c) { c.plans[1].prices.clear(); }) ==
        "plan \"studio\": needs a price in one currency at least");
  CHECK(problem([](Catalog& c) { c.plans[1].prices[0].currency = "USX"; }) ==
        "plan \"studio\": unknown currency \"USX\"");
  CHECK(problem([](Catalog& c) { c.plans[1].prices.push_back(basePrice("1", "USD")); }) ==
        "plan \"studio\": has two prices in USD by the month");
  CHECK(problem([](Catalog& c) {
          c.plans[1].prices.clear();
          for (const char* currency :
               {"USD", "EUR", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN"}) {
            c.plans[1].prices.push_back(basePrice("1", currency));
          }
          REQUIRE(c.plans[1].prices.size() == limits::kCurrenciesPerPlanMax + 1);
        }) == "plan \"studio\": at most 8 currencies in a plan");
}

TEST_CASE("a plan holds the fields of its model only") {
  CHECK(problem([](Catalog& c) { c.plans[0].credits = dec("5"); }) ==
        "plan \"pro\": credits belongs to credits plans");
  CHECK(problem([](Catalog& c) { c.plans[1].credits = dec("-5"); }) ==
        "plan \"studio\": credits must not be negative");
  CHECK(problem([](Catalog& c) { c.plans[0].at_zero = AtZero::block; }) ==
        "plan \"pro\": atZero belongs to balance plans");
  CHECK(problem([](Catalog& c) { c.plans[1].carry_top_ups = true; }) ==
        "plan \"studio\": carryTopUps belongs to balance plans");
  CHECK(problem([](Catalog& c) { c.plans[0].prices[0].included_balance = dec("1"); }) ==
        "plan \"pro\": includedBalance belongs to balance plans");
  CHECK(problem([](Catalog& c) { c.plans[2].prices[0].included_balance = dec("-1"); }) ==
        "plan \"pay\": includedBalance must not be negative");
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].credits_per_unit = dec("1"); }) ==
        kCalls + "creditsPerUnit belongs to credits plans");
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].credits_per_money = dec("1"); }) ==
        kCalls + "creditsPerMoney belongs to credits plans");
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].margin_percent = dec("1"); }) ==
        kCalls + "marginPercent beside the prices belongs to credits plans");
  const std::string pay = "plan \"pay\", feature \"calls\": ";
  CHECK(problem([](Catalog& c) { c.plans[2].features[0].overage = Overage::block; }) ==
        pay + "overage block belongs to metered plans; a balance plan blocks by atZero");
  CHECK(problem([](Catalog& c) { c.plans[2].features[0].prices[0].maximum_charge = dec("1"); }) ==
        pay + "minimumCharge and maximumCharge belong to metered plans");
}

TEST_CASE("a plan has known values and no more features than the limit") {
  CHECK(problem([](Catalog& c) { c.plans[0].model = static_cast<ConsumptionModel>(7); }) ==
        "plan \"pro\": unknown model");
  CHECK(problem([](Catalog& c) { c.plans[0].interval = static_cast<Interval>(7); }) ==
        "plan \"pro\": unknown interval");
  CHECK(problem([](Catalog& c) { c.plans[0].at_zero = static_cast<AtZero>(7); }) ==
        "plan \"pro\": unknown atZero");
  CHECK(problem([](Catalog& c) { c.plans[0].features[0].overage = static_cast<Overage>(7); }) ==
        kCalls + "unknown overage");
  const auto withFeatures = [](std::size_t count) {
    return problem([count](Catalog& c) {
      c.plans[0].features.clear();
      for (std::size_t i = 0; i < count; ++i) {
        const std::string code = "f" + std::to_string(i);
        c.features.push_back(metered(code));
        c.plans[0].features.push_back(sold(code, "0", perUnit("1")));
        c.plans[0].features.back().unlimited = true;
      }
    });
  };
  CHECK(withFeatures(limits::kFeaturesPerPlanMax) == "ok");
  CHECK(withFeatures(limits::kFeaturesPerPlanMax + 1) ==
        "plan \"pro\": at most 64 features in a plan");
}

TEST_CASE("a feature of a credits plan costs credits per unit or per money") {
  const std::string calls = "plan \"studio\", feature \"calls\": ";
  const auto with = [](const std::function<void(PlanFeature&)>& change) {
    return problem([&change](Catalog& c) { change(c.plans[1].features[0]); });
  };
  CHECK(with([](PlanFeature& f) { f.credits_per_unit = dec("0"); }) ==
        calls + "needs creditsPerUnit or creditsPerMoney above 0");
  CHECK(with([](PlanFeature& f) { f.credits_per_unit = dec("-1"); }) ==
        calls + "creditsPerUnit must not be negative");
  CHECK(with([](PlanFeature& f) { f.credits_per_money = dec("1"); }) ==
        calls + "creditsPerUnit and creditsPerMoney exclude each other");
  CHECK(with([](PlanFeature& f) { f.margin_percent = dec("1"); }) ==
        calls + "marginPercent belongs to features priced by tokens");
  CHECK(with([](PlanFeature& f) { f.prices = {perUnit("1")}; }) ==
        calls + "prices belong to metered and balance plans");
  CHECK(with([](PlanFeature& f) { f.included = dec("1"); }) ==
        calls + "included belongs to metered and balance plans");
  CHECK(with([](PlanFeature& f) { f.overage = Overage::block; }) ==
        calls + "overage block belongs to metered plans");
  CHECK(with([](PlanFeature& f) {
          f.credits_per_unit = dec("0");
          f.unlimited = true;
        }) == "ok");
  CHECK(problem([](Catalog& c) { c.plans[1].features[2].margin_percent = dec("-1"); }) ==
        "plan \"studio\", feature \"llm\": marginPercent must not be negative");
}

TEST_CASE("a boolean feature of a plan is on, and no more") {
  const std::string rule =
      "plan \"pro\", feature \"sso\": a boolean feature has no units, prices or credits";
  CHECK(problem([](Catalog& c) { c.plans[0].features[1].included = dec("1"); }) == rule);
  CHECK(problem([](Catalog& c) { c.plans[0].features[1].prices = {perUnit("1")}; }) == rule);
  CHECK(problem([](Catalog& c) { c.plans[0].features[1].unlimited = true; }) == rule);
  CHECK(problem([](Catalog& c) { c.features[2].meter = Meter::count; }) ==
        "feature \"sso\": a feature without usage has no meter");
}

TEST_CASE("features have known values, and keep type and meter once published") {
  CHECK(problem([](Catalog& c) { c.features[0].type = static_cast<FeatureType>(5); }) ==
        "feature \"calls\": unknown type");
  CHECK(problem([](Catalog& c) { c.features[0].meter = static_cast<Meter>(5); }) ==
        "feature \"calls\": unknown meter");
  CHECK(nextProblem([](Catalog& c) { c.features[0].name = "Calls"; }) == "ok");
  CHECK(nextProblem([](Catalog& c) { c.features[0].meter = Meter::count; }) ==
        "feature \"calls\": the meter of a published feature cannot change");
  CHECK(nextProblem([](Catalog& c) {
          c.plans.clear();
          c.features[2].type = FeatureType::metered;
        }) == "feature \"sso\": the type of a published feature cannot change");
}

TEST_CASE("a published plan keeps its model, and every currency and interval it is sold in") {
  CHECK(nextProblem([](Catalog& c) { c.plans[0].prices[0].base = dec("120"); }) == "ok");
  CHECK(nextProblem([](Catalog& c) { c.plans[0].features.clear(); }) == "ok");
  CHECK(nextProblem([](Catalog& c) { c.plans[0].model = ConsumptionModel::balance; }) ==
        "plan \"pro\": the model of a published plan cannot change: publish another plan");
  CHECK(nextProblem([](Catalog& c) { c.plans[0].interval = Interval::year; }) ==
        "plan \"pro\": must still be sold in USD by the month, which subscriptions may run in");
  CHECK(nextProblem([](Catalog& c) { c.plans[1].prices[0].currency = "EUR"; }) ==
        "plan \"studio\": must still be sold in USD by the month, which subscriptions may run in");
  // The month stays on sale beside the year, which is what new subscriptions get.
  CHECK(nextProblem([](Catalog& c) {
          c.plans[0].interval = Interval::year;
          c.plans[0].prices[0].interval = Interval::month;
          c.plans[0].prices.push_back(basePrice("990"));
        }) == "ok");
}

TEST_CASE("a pack gives credits for a price, to metered features") {
  CHECK(problem([](Catalog& c) { c.packs[0].credits = dec("0"); }) ==
        "pack \"small\": credits must be above 0");
  CHECK(problem([](Catalog& c) { c.packs[0].credits = dec("1000000000000001"); }) ==
        "pack \"small\": credits must be at most 1000000000000000");
  CHECK(problem([](Catalog& c) { c.packs[0].prices.clear(); }) ==
        "pack \"small\": needs a price in one currency at least");
  CHECK(problem([](Catalog& c) { c.packs[0].prices[0].currency = "usd"; }) ==
        "pack \"small\": unknown currency \"usd\"");
  CHECK(problem([](Catalog& c) {
          c.packs[0].prices.push_back({"USD", dec("1")});
        }) == "pack \"small\": has two prices in USD");
  CHECK(problem([](Catalog& c) { c.packs[0].prices[0].price = dec("-1"); }) ==
        "pack \"small\": price must not be negative");
  CHECK(problem([](Catalog& c) {
          c.packs[0].features = {"calls", "calls"};
        }) == "pack \"small\", feature \"calls\": appears twice");
  CHECK(problem([](Catalog& c) { c.packs[0].features = {"sso"}; }) ==
        "pack \"small\", feature \"sso\": only metered features draw credits");
  CHECK(problem([](Catalog& c) { c.packs[0].expires_after_days = limits::kPackExpiryDaysMax; }) ==
        "ok");
  CHECK(problem([](Catalog& c) {
          c.packs[0].expires_after_days = limits::kPackExpiryDaysMax + 1;
        }) == "pack \"small\": at most 36500 days in expiresAfterDays");
  CHECK(problem([](Catalog& c) {
          for (std::size_t i = 0; i < limits::kFeaturesPerPlanMax; ++i) {
            c.features.push_back(metered("f" + std::to_string(i)));
            c.packs[0].features.push_back("f" + std::to_string(i));
          }
        }) == "pack \"small\": at most 64 features in a pack");
}

TEST_CASE("a price book holds named models with prices in a known currency") {
  const std::string model = "price book \"USD\", model \"openai/gpt\": ";
  const auto with = [](const std::function<void(ModelPrice&)>& change) {
    return problem([&change](Catalog& c) { change(c.price_books[0].models[0]); });
  };
  CHECK(problem([](Catalog& c) { c.price_books[0].currency = "XAU"; }) ==
        "price book \"XAU\": unknown currency \"XAU\"");
  CHECK(problem([](Catalog& c) { c.price_books[0].models.clear(); }) ==
        "price book \"USD\": the first version needs a model");
  CHECK(nextProblem([](Catalog& c) { c.price_books[0].models.clear(); }) == "ok");
  CHECK(problem([](Catalog& c) {
          c.price_books[0].models.push_back(c.price_books[0].models[0]);
        }) == model + "appears twice");
  CHECK(with([](ModelPrice& m) { m.provider = ""; }) ==
        "price book \"USD\", model \"/gpt\": the provider must be 1 to 64 bytes of text without "
        "control characters");
  CHECK(with([](ModelPrice& m) { m.model = ""; }) ==
        "price book \"USD\", model \"openai/\": the model must be 1 to 64 bytes of text without "
        "control characters");
  CHECK(with([](ModelPrice& m) { m.provider = "open/ai"; }) ==
        "price book \"USD\", model \"open/ai/gpt\": the provider must not contain a slash");
  CHECK(with([](ModelPrice& m) { m.model = "meta/llama"; }) == "ok");
  CHECK(with([](ModelPrice& m) { m.input = dec("-1"); }) == model + "input must not be negative");
  CHECK(with([](ModelPrice& m) { m.output = dec("-1"); }) == model + "output must not be negative");
  CHECK(with([](ModelPrice& m) { m.cache_read = dec("-1"); }) ==
        model + "cacheRead must not be negative");
  CHECK(with([](ModelPrice& m) { m.cache_write = dec("1000000000001"); }) ==
        model + "cacheWrite must be at most 1000000000000");
}

TEST_CASE("a price book has no more live models than the limit; retired ones do not count") {
  const auto withModels = [](std::size_t live, std::size_t retired) {
    return problem([=](Catalog& c) {
      c.price_books[0].models.clear();
      for (std::size_t i = 0; i < live + retired; ++i) {
        c.price_books[0].models.push_back({"p", std::to_string(i), {}, {}, {}, {}, i >= live});
      }
    });
  };
  CHECK(withModels(limits::kModelsPerPriceBookMax, 10) == "ok");
  CHECK(withModels(limits::kModelsPerPriceBookMax + 1, 0) ==
        "price book \"USD\": at most 512 live models in a price book");
}

TEST_CASE("a set and the whole catalog have no more items than their limits") {
  const auto withFeatures = [](std::size_t count) {
    Catalog catalog;
    for (std::size_t i = 0; i < count; ++i) {
      catalog.features.push_back(metered("f" + std::to_string(i)));
    }
    return catalog;
  };
  CHECK(validateCatalog({}, withFeatures(limits::kFeaturesMax)).isOk());
  CHECK(validateCatalog({}, withFeatures(limits::kFeaturesMax + 1)).detail ==
        "the catalog: at most 1024 features");
  CHECK(validateCatalog({}, withFeatures(limits::kItemsPerPublishMax + 1)).detail ==
        "the set: at most 2048 items in one set");
  LedgerState ledger;
  publish(ledger, withFeatures(limits::kFeaturesMax));
  CHECK(validateCatalog(ledger, withFeatures(3)).isOk());
  Catalog another;
  another.features = {metered("another")};
  CHECK(validateCatalog(ledger, another).detail == "the catalog: at most 1024 features");
  Catalog plans;
  Catalog packs;
  for (std::size_t i = 0; i <= limits::kPlansMax; ++i) {
    plans.plans.push_back(planFor("p" + std::to_string(i), ConsumptionModel::metered, "1", {}));
  }
  for (std::size_t i = 0; i <= limits::kPacksMax; ++i) {
    packs.packs.push_back(goodCatalog().packs[0]);
    packs.packs.back().code = std::to_string(i);
  }
  CHECK(validateCatalog({}, plans).detail == "the catalog: at most 1024 plans");
  CHECK(validateCatalog({}, packs).detail == "the catalog: at most 1024 packs");
}

TEST_CASE("there are no more price books than the limit") {
  // More currencies than books: take the first that are known.
  Catalog catalog;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      for (char c = 'A'; c <= 'Z' && catalog.price_books.size() <= limits::kPriceBooksMax; ++c) {
        PriceBook book;
        book.currency = {a, b, c};
        book.models = goodCatalog().price_books[0].models;
        if (currencyExponent(book.currency)) catalog.price_books.push_back(book);
      }
    }
  }
  REQUIRE(catalog.price_books.size() == limits::kPriceBooksMax + 1);
  CHECK(validateCatalog({}, catalog).detail == "the catalog: at most 64 price books");
  catalog.price_books.pop_back();
  CHECK(validateCatalog({}, catalog).isOk());
}

}  // namespace
}  // namespace daybook::core
