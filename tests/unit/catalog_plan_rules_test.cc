// What plans may say of percentages, variants, seats, intervals, trials, discounts, alerts; and how
// large the invoices may become that they cause.
#include <catch2/catch.hpp>

#include <functional>

#include "ledger/base/limits.h"
#include "tests/support/good_catalog.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

const std::string kPro = "plan \"pro\": ";
const std::string kCalls = "plan \"pro\", feature \"calls\": ";

std::string planProblem(const std::function<void(Plan&)>& change) {
  return problem([&change](Catalog& c) { change(c.plans[0]); });
}

/// Of calls in the metered plan.
std::string termsProblem(const std::function<void(PlanFeature&)>& change) {
  return planProblem([&change](Plan& plan) { change(plan.features[0]); });
}

std::string priceProblem(const std::function<void(Price&)>& change) {
  return termsProblem([&change](PlanFeature& terms) { change(terms.prices[0]); });
}

// ---- meters

TEST_CASE("a unique meter names the property that it counts, and no other meter does") {
  const auto with = [](const std::function<void(Feature&)>& change) {
    return problem([&change](Catalog& c) { change(c.features[0]); });
  };
  CHECK(with([](Feature& f) { f.meter = Meter::unique; }) ==
        "feature \"calls\": the meter unique needs uniqueProperty, the name of a property");
  CHECK(with([](Feature& f) { f.unique_property = "user"; }) ==
        "feature \"calls\": uniqueProperty belongs to the meter unique");
  CHECK(with([](Feature& f) {
          f.meter = Meter::unique;
          f.unique_property = std::string(limits::kPropertyNameBytesMax, 'x');
        }) == "ok");
  CHECK(with([](Feature& f) { f.meter = Meter::max; }) == "ok");
  CHECK(with([](Feature& f) { f.meter = Meter::latest; }) == "ok");
  LedgerState ledger;
  Catalog catalog = goodCatalog();
  catalog.features[0].meter = Meter::unique;
  catalog.features[0].unique_property = "user";
  publish(ledger, catalog);
  catalog.features[0].unique_property = "account";
  CHECK(validateCatalog(ledger, catalog).detail ==
        "feature \"calls\": the uniqueProperty of a published feature cannot change");
}

TEST_CASE("what is priced event by event has the meter sum") {
  for (const Meter meter : {Meter::count, Meter::max, Meter::latest, Meter::unique}) {
    const auto with = [meter](const Price& price) {
      return problem([&](Catalog& c) {
        c.plans.resize(1);
        c.features[0].meter = meter;
        if (meter == Meter::unique) c.features[0].unique_property = "user";
        c.plans[0].features[0].prices[0] = price;
      });
    };
    CHECK(with(perUnit("1")) == "ok");
    CHECK(with(byTokens("1")) == kCalls + "a feature priced by tokens has the meter sum");
    CHECK(with(byPercentage("1", "0")) ==
          kCalls + "a feature priced by percentage has the meter sum");
  }
}

// ---- percentage

TEST_CASE("a percentage has a rate, a fee, and a range per event") {
  const auto with = [](const std::function<void(Price&)>& change) {
    return priceProblem([&change](Price& price) {
      price = byPercentage("2.9", "0.30");
      change(price);
    });
  };
  CHECK(with([](Price&) {}) == "ok");
  CHECK(with([](Price& p) {
          p.event_minimum = dec("1");
          p.event_maximum = dec("1");
          p.minimum_charge = dec("5");
        }) == "ok");
  CHECK(with([](Price& p) { p.rate_percent = dec("-1"); }) ==
        kCalls + "ratePercent must not be negative");
  CHECK(with([](Price& p) { p.fee_per_event = dec("-1"); }) ==
        kCalls + "feePerEvent must not be negative");
  CHECK(with([](Price& p) { p.event_minimum = dec("-1"); }) ==
        kCalls + "eventMinimum must not be negative");
  CHECK(with([](Price& p) {
          p.event_minimum = dec("2");
          p.event_maximum = dec("1");
        }) == kCalls + "eventMinimum is above eventMaximum");
  CHECK(with([](Price& p) { p.unit_price = dec("1"); }) ==
        kCalls + "unitPrice belongs to the scheme perUnit");
  CHECK(priceProblem([](Price& p) { p.rate_percent = dec("1"); }) ==
        kCalls + "ratePercent belongs to the scheme percentage");
  CHECK(priceProblem([](Price& p) { p.fee_per_event = dec("1"); }) ==
        kCalls + "feePerEvent belongs to the scheme percentage");
  CHECK(priceProblem([](Price& p) { p.event_maximum = dec("1"); }) ==
        kCalls + "eventMinimum and eventMaximum belong to the scheme percentage");
  CHECK(problem([](Catalog& c) { c.plans[2].features[0].prices[0] = byPercentage("1", "0"); }) ==
        "ok");
}

// ---- variants

std::string variantProblem(const std::function<void(PlanFeature&)>& change) {
  return termsProblem([&change](PlanFeature& terms) {
    terms.dimension = "region";
    terms.variants = {variantAt("eu", perUnit("2")), variantAt("us", perUnit("3"))};
    change(terms);
  });
}

TEST_CASE("a dimension has variants, each value once, beside default prices") {
  CHECK(variantProblem([](PlanFeature&) {}) == "ok");
  CHECK(variantProblem([](PlanFeature& f) { f.dimension = ""; }) ==
        kCalls + "variants need a dimension");
  CHECK(variantProblem([](PlanFeature& f) { f.dimension = "a\nb"; }) ==
        kCalls + "the dimension must be the name of a property");
  CHECK(variantProblem([](PlanFeature& f) { f.variants.clear(); }) ==
        kCalls + "a dimension needs variants");
  CHECK(variantProblem([](PlanFeature& f) { f.variants[1].value = "eu"; }) ==
        "plan \"pro\", feature \"calls\", variant \"eu\": appears twice");
  const std::string rule =
      "the value of a variant must be 1 to 64 bytes of text without control characters";
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].value = ""; }) == kCalls + rule);
  CHECK(variantProblem([](PlanFeature& f) {
          f.variants[0].value = std::string(limits::kVariantValueBytesMax, 'x');
        }) == "ok");
  CHECK(variantProblem([](PlanFeature& f) {
          f.variants[0].value = std::string(limits::kVariantValueBytesMax + 1, 'x');
        }) == kCalls + rule);
  CHECK(variantProblem([](PlanFeature& f) {
          f.prices.clear();
          f.unlimited = true;
        }) == kCalls + "a dimension needs default prices, in a credits plan creditsPerUnit");
}

TEST_CASE("a feature has no more variants than the limit") {
  const auto with = [](std::size_t count) {
    return variantProblem([count](PlanFeature& f) {
      f.variants.clear();
      for (std::size_t i = 0; i < count; ++i) {
        f.variants.push_back(variantAt(std::to_string(i), perUnit("1")));
      }
    });
  };
  CHECK(with(limits::kVariantsMax) == "ok");
  CHECK(with(limits::kVariantsMax + 1) == kCalls + "at most 32 variants of a feature");
}

TEST_CASE("a variant is priced in the currencies and by the measure of the default") {
  const std::string eu = "plan \"pro\", feature \"calls\", variant \"eu\": ";
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].prices.clear(); }) ==
        eu + "has no price in USD");
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].prices[0].currency = "EUR"; }) ==
        eu + "has a price in EUR, which the plan is not sold in");
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].prices.push_back(perUnit("1")); }) ==
        eu + "has two prices in USD");
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].prices[0] = byTokens("1"); }) ==
        eu + "has one price by units and another by tokens");
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].prices[0] = package("10", "1"); }) ==
        "ok");
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].prices[0] = package("0", "1"); }) ==
        eu + "packageSize must be above 0");
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].credits_per_unit = dec("1"); }) ==
        eu + "creditsPerUnit belongs to credits plans");
  CHECK(planProblem([](Plan& plan) {
          plan.prices.push_back(basePrice("90", "EUR"));
          PlanFeature& terms = plan.features[0];
          terms.overage = Overage::block;
          terms.dimension = "region";
          terms.variants = {variantAt("eu", perUnit("2"))};
          terms.variants[0].prices.push_back(perUnit("2", "EUR"));
        }) == eu + "has no price in EUR");
}

TEST_CASE("a variant of a credits plan costs credits per unit") {
  const std::string calls = "plan \"studio\", feature \"calls\"";
  const auto with = [](const std::function<void(PlanFeature&)>& change) {
    return problem([&change](Catalog& c) {
      PlanFeature& terms = c.plans[1].features[0];
      terms.dimension = "size";
      terms.variants = {{"big", {}, dec("9")}};
      change(terms);
    });
  };
  CHECK(with([](PlanFeature&) {}) == "ok");
  CHECK(with([](PlanFeature& f) { f.variants[0].credits_per_unit = {}; }) ==
        calls + ", variant \"big\": needs creditsPerUnit above 0");
  CHECK(with([](PlanFeature& f) { f.variants[0].prices = {perUnit("1")}; }) ==
        calls + ", variant \"big\": prices belong to metered and balance plans");
  CHECK(with([](PlanFeature& f) {
          f.credits_per_unit = {};
          f.credits_per_money = dec("1");
        }) == calls + ": a dimension needs default prices, in a credits plan creditsPerUnit");
}

TEST_CASE("limits of a variant's charge follow the rules of the default's") {
  CHECK(variantProblem([](PlanFeature& f) { f.variants[0].prices[0].minimum_charge = dec("1"); }) ==
        "ok");
  CHECK(variantProblem([](PlanFeature& f) {
          f.variants[0].prices[0].minimum_charge = dec("1");
          f.overage = Overage::block;
        }) == kCalls + "minimumCharge of a feature that is never charged");
  CHECK(problem([](Catalog& c) {
          PlanFeature& terms = c.plans[2].features[0];
          terms.dimension = "region";
          terms.variants = {variantAt("eu", perUnit("2"))};
          terms.variants[0].prices[0].maximum_charge = dec("1");
        }) ==
        "plan \"pay\", feature \"calls\": minimumCharge and maximumCharge belong to metered "
        "plans");
}

// ---- seats

std::string seatProblem(const std::function<void(Plan&, PlanFeature&)>& change,
                        std::size_t plan = 0) {
  return problem([&change, plan](Catalog& c) {
    c.features.push_back(metered("seats"));
    c.features.back().type = FeatureType::seats;
    c.plans[plan].features.push_back(sold("seats", "3", perUnit("12")));
    change(c.plans[plan], c.plans[plan].features.back());
  });
}

TEST_CASE("seats are priced for each currency and interval of their plan, in every model") {
  const std::string seats = "plan \"pro\", feature \"seats\": ";
  for (const std::size_t plan : {0u, 1u, 2u}) {
    CHECK(seatProblem([](Plan&, PlanFeature&) {}, plan) == "ok");
  }
  CHECK(seatProblem([](Plan&, PlanFeature& f) { f.prices.clear(); }) ==
        seats + "has no price in USD by the month");
  CHECK(seatProblem([](Plan&, PlanFeature& f) {
          f.prices.clear();
          f.overage = Overage::block;
        }) == "ok");
  const auto sellByTheYear = [](Plan& plan) {
    plan.prices.push_back(basePrice("990", "USD", Interval::year));
  };
  CHECK(seatProblem([&](Plan& plan, PlanFeature&) { sellByTheYear(plan); }) == "ok");
  CHECK(seatProblem([&](Plan& plan, PlanFeature& f) {
          sellByTheYear(plan);
          f.prices[0].interval = Interval::month;
        }) == seats + "has no price in USD by the year");
  CHECK(seatProblem([&](Plan& plan, PlanFeature& f) {
          sellByTheYear(plan);
          f.prices.push_back(perUnit("120"));
          f.prices[1].interval = Interval::year;
        }) == "ok");
  CHECK(seatProblem([](Plan&, PlanFeature& f) {
          f.prices.push_back(perUnit("120"));
          f.prices[1].interval = Interval::year;
        }) == seats + "has a price in USD by the year, which the plan is not sold in");
  CHECK(seatProblem([](Plan&, PlanFeature& f) { f.prices.push_back(perUnit("120")); }) ==
        seats + "has two prices in USD for one interval");
  CHECK(seatProblem([](Plan&, PlanFeature& f) { f.prices.push_back(perUnit("1", "EUR")); }) ==
        seats + "has a price in EUR, which the plan is not sold in");
  CHECK(priceProblem([](Price& p) { p.interval = Interval::month; }) ==
        kCalls + "interval of a price belongs to seats");
}

TEST_CASE("seats are whole, priced by number, and have no usage") {
  const std::string seats = "plan \"pro\", feature \"seats\": ";
  const auto with = [](const std::function<void(PlanFeature&)>& change) {
    return seatProblem([&change](Plan&, PlanFeature& f) { change(f); });
  };
  CHECK(with([](PlanFeature& f) {
          f.prices[0] = tiered(Scheme::volume, {{"", "1", "0"}});
        }) == "ok");
  CHECK(with([](PlanFeature& f) { f.prices[0] = package("5", "50"); }) == "ok");
  CHECK(with([](PlanFeature& f) { f.prices[0] = byTokens("1"); }) ==
        seats + "seats are priced by number");
  CHECK(with([](PlanFeature& f) { f.prices[0] = byPercentage("1", "0"); }) ==
        seats + "seats are priced by number");
  CHECK(with([](PlanFeature& f) { f.prices[0].minimum_charge = dec("1"); }) ==
        seats + "minimumCharge and maximumCharge belong to metered features");
  CHECK(with([](PlanFeature& f) { f.included = dec("1.5"); }) ==
        seats + "included seats are a whole number");
  CHECK(with([](PlanFeature& f) { f.included = dec(limits::kSeatsMax); }) == "ok");
  CHECK(with([](PlanFeature& f) { f.included = dec(limits::kSeatsMax + 1); }) ==
        seats + "included must be at most 1000000000");
  CHECK(with([](PlanFeature& f) { f.unlimited = true; }) ==
        seats + "unlimited belongs to metered features");
  CHECK(with([](PlanFeature& f) { f.credits_per_unit = dec("1"); }) ==
        seats + "creditsPerUnit belongs to metered features");
  CHECK(with([](PlanFeature& f) {
          f.dimension = "region";
          f.variants = {variantAt("eu", perUnit("2"))};
        }) == seats + "dimension and variants belong to metered features");
  CHECK(problem([](Catalog& c) {
          c.features[2].type = FeatureType::seats;
          c.features[2].meter = Meter::max;
        }) == "feature \"sso\": a feature without usage has no meter");
  CHECK(problem([](Catalog& c) {
          c.features.push_back(metered("seats"));
          c.features.back().type = FeatureType::seats;
          c.packs[0].features = {"seats"};
        }) == "pack \"small\", feature \"seats\": only metered features draw credits");
}

// ---- prices of plans

TEST_CASE("a plan is sold once per currency and interval, for its own interval at least") {
  const auto with = [](const std::function<void(std::vector<BasePrice>&)>& change) {
    return planProblem([&change](Plan& plan) { change(plan.prices); });
  };
  CHECK(with([](auto& prices) {
          prices.push_back(basePrice("990", "USD", Interval::year));
          prices.push_back(basePrice("25", "USD", Interval::week));
          prices.push_back(basePrice("2500", "USD", Interval::once));
        }) == "ok");
  CHECK(with([](auto& prices) { prices.push_back(basePrice("99", "USD", Interval::month)); }) ==
        kPro + "has two prices in USD by the month");
  CHECK(with([](auto& prices) { prices[0].interval = Interval::year; }) ==
        kPro + "needs a price for its own interval");
  CHECK(with([](auto& prices) { prices[0].interval = static_cast<Interval>(9); }) ==
        kPro + "unknown interval");
  CHECK(planProblem([](Plan& plan) { plan.interval = Interval::once; }) == "ok");
  CHECK(planProblem([](Plan& plan) { plan.interval = static_cast<Interval>(5); }) ==
        kPro + "unknown interval");
  CHECK(problem([](Catalog& c) {
          c.plans[2].prices.push_back(basePrice("500", "USD", Interval::once));
        }) == "plan \"pay\": a one-time price needs includedBalance");
  CHECK(problem([](Catalog& c) {
          c.plans[2].prices.push_back(basePrice("500", "USD", Interval::once));
          c.plans[2].prices[1].included_balance = dec("40");
        }) == "ok");
}

TEST_CASE("what a plan was sold at stays on sale, whatever the interval is called") {
  const auto withNext = [](const std::function<void(Plan&)>& change) {
    LedgerState ledger;
    Catalog catalog = goodCatalog();
    catalog.plans[0].prices.push_back(basePrice("990", "USD", Interval::year));
    publish(ledger, catalog);
    change(catalog.plans[0]);
    const Verdict verdict = validateCatalog(ledger, catalog);
    return verdict.isOk() ? "ok" : verdict.detail;
  };
  CHECK(withNext([](Plan& plan) { plan.prices.pop_back(); }) ==
        kPro + "must still be sold in USD by the year, which subscriptions may run in");
  CHECK(withNext([](Plan& plan) { plan.prices[0].interval = Interval::month; }) == "ok");
  CHECK(withNext([](Plan& plan) { plan.prices[1].base = dec("900"); }) == "ok");
  CHECK(withNext([](Plan& plan) { plan.retired = true; }) == "ok");
}

TEST_CASE("a trial has a length within the limit") {
  CHECK(planProblem([](Plan& plan) { plan.trial_days = limits::kTrialDaysMax; }) == "ok");
  CHECK(planProblem([](Plan& plan) { plan.trial_days = limits::kTrialDaysMax + 1; }) ==
        kPro + "at most 730 days in trialDays");
}

TEST_CASE("an introductory discount is a percentage or amounts, for a number of cycles") {
  CHECK(planProblem([](Plan& plan) {
          plan.intro_percent = dec("100");
          plan.intro_cycles = limits::kIntroCyclesMax;
        }) == "ok");
  CHECK(planProblem([](Plan& plan) {
          plan.prices[0].intro_amount = dec("99");
          plan.intro_cycles = 1;
        }) == "ok");
  CHECK(planProblem([](Plan& plan) {
          plan.intro_percent = dec("100.1");
          plan.intro_cycles = 1;
        }) == kPro + "introPercent is above 100");
  CHECK(planProblem([](Plan& plan) {
          plan.prices[0].intro_amount = dec("99.01");
          plan.intro_cycles = 1;
        }) == kPro + "introAmount is above base");
  CHECK(planProblem([](Plan& plan) {
          plan.prices[0].intro_amount = dec("1");
          plan.intro_percent = dec("1");
          plan.intro_cycles = 1;
        }) == kPro + "introPercent and introAmount exclude each other");
  CHECK(planProblem([](Plan& plan) { plan.intro_percent = dec("1"); }) ==
        kPro + "introCycles goes with introPercent or introAmount");
  CHECK(planProblem([](Plan& plan) { plan.intro_cycles = 1; }) ==
        kPro + "introCycles goes with introPercent or introAmount");
  CHECK(planProblem([](Plan& plan) {
          plan.intro_percent = dec("1");
          plan.intro_cycles = limits::kIntroCyclesMax + 1;
        }) == kPro + "at most 120 cycles in introCycles");
}

TEST_CASE("rollover belongs to credits plans, and goes over one period at least") {
  const auto with = [](const Rollover& rollover, std::size_t plan = 1) {
    return problem([&](Catalog& c) { c.plans[plan].rollover = rollover; });
  };
  const std::string studio = "plan \"studio\": ";
  CHECK(with({std::nullopt, 1}) == "ok");
  CHECK(with({dec("0"), limits::kRolloverPeriodsMax}) == "ok");
  CHECK(with({std::nullopt, 1}, 0) == kPro + "rollover belongs to credits plans");
  CHECK(with({dec("-1"), 1}) == studio + "rollover.maximum must not be negative");
  CHECK(with({std::nullopt, 0}) == studio + "rollover.periods must be above 0");
  CHECK(with({std::nullopt, limits::kRolloverPeriodsMax + 1}) ==
        studio + "at most 120 periods in rollover.periods");
}

// ---- free plans

TEST_CASE("a free plan costs nothing, and blocks when used up") {
  const auto with = [](const std::function<void(Plan&)>& change) {
    return planProblem([&change](Plan& plan) {
      plan.free = true;
      plan.prices[0].base = {};
      plan.features[0].prices.clear();
      plan.features[0].overage = Overage::block;
      change(plan);
    });
  };
  CHECK(with([](Plan&) {}) == "ok");
  CHECK(with([](Plan& plan) {
          plan.features[0].overage = Overage::charge;
          plan.features[0].unlimited = true;
        }) == "ok");
  CHECK(with([](Plan& plan) { plan.prices[0].base = dec("1"); }) ==
        kPro + "base of a free plan must be 0");
  CHECK(with([](Plan& plan) { plan.interval = Interval::year; }) ==
        kPro + "a free plan runs by the month");
  CHECK(with([](Plan& plan) { plan.prices.push_back(basePrice("0", "USD", Interval::year)); }) ==
        kPro + "a free plan runs by the month");
  CHECK(with([](Plan& plan) { plan.trial_days = 7; }) == kPro + "a free plan has no trial");
  CHECK(with([](Plan& plan) {
          plan.intro_percent = dec("1");
          plan.intro_cycles = 1;
        }) == kPro + "a free plan has no introductory discount");
  CHECK(with([](Plan& plan) { plan.features[0] = sold("calls", "10", perUnit("1")); }) ==
        kCalls + "is unlimited or has overage block in a free plan");
  CHECK(with([](Plan& plan) { plan.features[0].prices = {perUnit("1")}; }) ==
        kCalls + "has no prices in a free plan");
  const std::string seats = "plan \"pro\", feature \"seats\": ";
  const auto withSeats = [](const std::function<void(PlanFeature&)>& change) {
    return seatProblem([&change](Plan& plan, PlanFeature& terms) {
      plan.free = true;
      plan.prices[0].base = {};
      plan.features[0].prices.clear();
      plan.features[0].overage = Overage::block;
      change(terms);
    });
  };
  CHECK(withSeats([](PlanFeature&) {}) == seats + "seats have overage block in a free plan");
  CHECK(withSeats([](PlanFeature& f) { f.overage = Overage::block; }) ==
        seats + "has no prices in a free plan");
  CHECK(withSeats([](PlanFeature& f) {
          f.overage = Overage::block;
          f.prices.clear();
        }) == "ok");
}

TEST_CASE("a free balance plan has prices to spend its balance at, and blocks at zero") {
  const auto with = [](AtZero at_zero) {
    return problem([at_zero](Catalog& c) {
      c.plans[2].free = true;
      c.plans[2].prices[0].base = {};
      c.plans[2].at_zero = at_zero;
    });
  };
  CHECK(with(AtZero::block) == "ok");
  CHECK(with(AtZero::overage) == "plan \"pay\": a free balance plan has atZero block");
}

// ---- alerts

TEST_CASE("alerts have a level, fit the plan's model, and are about its metered features") {
  const auto with = [](const AlertRule& rule, std::size_t plan = 0) {
    return problem([&](Catalog& c) { c.plans[plan].alerts = {rule}; });
  };
  CHECK(problem([](Catalog& c) { c.plans[0].alerts.emplace(); }) == "ok");
  CHECK(with({AlertKind::usage, "", dec("150"), true}) == "ok");
  CHECK(with({AlertKind::usage, "calls", dec("5000"), false}) == "ok");
  CHECK(with({AlertKind::credits, "", dec("10"), true}, 1) == "ok");
  CHECK(with({AlertKind::balance, "", dec("2.50"), false}, 2) == "ok");
  CHECK(with({AlertKind::usage, "", dec("0"), true}) == kPro + "an alert's level must be above 0");
  CHECK(with({AlertKind::credits, "", dec("101"), true}, 1) ==
        "plan \"studio\": an alert's level must be at most 100 percent");
  CHECK(with({AlertKind::credits, "calls", dec("10"), true}, 1) ==
        "plan \"studio\": an alert's feature belongs to usage");
  CHECK(with({AlertKind::credits, "", dec("10"), true}) ==
        kPro + "alerts of credits belong to credits plans");
  CHECK(with({AlertKind::balance, "", dec("10"), true}) ==
        kPro + "alerts of the balance belong to balance plans");
  CHECK(with({static_cast<AlertKind>(9), "", dec("10"), true}) ==
        kPro + "an alert's kind is unknown");
  CHECK(with({AlertKind::usage, "sso", dec("10"), true}) ==
        kPro + "an alert is about sso, no metered feature of the plan");
  CHECK(with({AlertKind::usage, "llm", dec("10"), true}) ==
        kPro + "an alert is about llm, no metered feature of the plan");
  CHECK(problem([](Catalog& c) {
          c.plans[0].alerts = {{AlertKind::usage, "", dec("80"), true},
                               {AlertKind::usage, "", dec("80.0"), true}};
        }) == kPro + "has two equal alerts");
  const auto withMany = [](std::size_t count) {
    return problem([count](Catalog& c) {
      c.plans[0].alerts.emplace();
      for (std::size_t i = 1; i <= count; ++i) {
        c.plans[0].alerts->push_back(
            {AlertKind::usage, "", dec(static_cast<std::int64_t>(i)), true});
      }
    });
  };
  CHECK(withMany(limits::kAlertRulesMax) == "ok");
  CHECK(withMany(limits::kAlertRulesMax + 1) == kPro + "at most 16 alerts in a plan");
}

// ---- size of invoices

const std::string kTooLarge =
    kPro +
    "its largest invoice would not fit a record: fewer features, variants, tiers or minimums";

/// A plan with `count` features that have this price.
std::string problemOf(std::size_t count, const Price& price) {
  return problem([&](Catalog& c) {
    c.plans[0].features.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string code = "f" + std::to_string(i);
      c.features.push_back(metered(code));
      c.plans[0].features.push_back(sold(code, "0", price));
    }
  });
}

TEST_CASE("a plan whose largest invoice might not fit a record is refused") {
  constexpr std::size_t kLines = limits::kUsageLinesBytesMax / limits::kInvoiceLineBytesMax;
  CHECK(problemOf(kLines, perUnit("1")) == "ok");
  CHECK(problemOf(kLines + 1, perUnit("1")) == kTooLarge);
  Price price = tiered(Scheme::graduated, {});
  for (int i = 1; i < 10; ++i) price.tiers.push_back({dec(i), dec("1"), {}});
  price.tiers.push_back({std::nullopt, dec("1"), {}});
  price.minimum_charge = dec("1");
  constexpr std::size_t kFit = limits::kUsageLinesBytesMax / (2 * limits::kInvoiceLineBytesMax +
                                                              10 * limits::kTierChargeBytesMax);
  CHECK(problemOf(kFit, price) == "ok");
  CHECK(problemOf(kFit + 1, price) == kTooLarge);
  constexpr std::size_t kFitOfTokens =
      limits::kUsageLinesBytesMax /
      (limits::kInvoiceLineBytesMax + limits::kLineModelsMax * limits::kModelUsageBytesMax);
  CHECK(problemOf(kFitOfTokens, byTokens("20")) == "ok");
  CHECK(problemOf(kFitOfTokens + 1, byTokens("20")) == kTooLarge);
}

TEST_CASE("each variant may have a line of its own, and counts as one") {
  constexpr std::size_t kLines = limits::kUsageLinesBytesMax / limits::kInvoiceLineBytesMax;
  const auto withVariants = [](std::size_t plain, std::size_t variants) {
    return problem([=](Catalog& c) {
      c.plans[0].features[0].dimension = "region";
      for (std::size_t i = 0; i < variants; ++i) {
        c.plans[0].features[0].variants.push_back(variantAt(std::to_string(i), perUnit("1")));
      }
      for (std::size_t i = 0; i < plain; ++i) {
        c.features.push_back(metered("f" + std::to_string(i)));
        c.plans[0].features.push_back(sold("f" + std::to_string(i), "0", perUnit("1")));
      }
    });
  };
  CHECK(withVariants(kLines - 21, 20) == "ok");
  CHECK(withVariants(kLines - 20, 20) == kTooLarge);
}

TEST_CASE("the seats of a plan leave room for those of the plan before it") {
  const auto withSeats = [](std::size_t count) {
    return problem([count](Catalog& c) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::string code = "s" + std::to_string(i);
        c.features.push_back(metered(code));
        c.features.back().type = FeatureType::seats;
        c.plans[0].features.push_back(sold(code, "0", perUnit("1")));
      }
    });
  };
  constexpr std::size_t kFit = limits::kSeatLinesBytesMax / limits::kInvoiceLineBytesMax;
  CHECK(withSeats(kFit) == "ok");
  CHECK(withSeats(kFit + 1) ==
        kPro + "its largest invoice would not fit a record: fewer features of seats, or tiers");
}

}  // namespace
}  // namespace daybook::core
