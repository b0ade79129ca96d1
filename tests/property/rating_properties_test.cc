#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <set>
#include <string>

#include "ledger/core/rating.h"
#include "tests/support/school_number.h"
#include "tests/support/terms.h"

using daybook::Decimal;
using daybook::Instant;
using daybook::Int128;
using daybook::LedgerState;
using daybook::PlanFeature;
using daybook::Price;
using daybook::Scheme;
using daybook::Span;
using daybook::Tier;
using daybook::TierCharge;
using daybook::Tokens;
using daybook::testing::SchoolNumber;

namespace core = daybook::core;

namespace {

const SchoolNumber kOne(Int128{Decimal::kUnitsPerOne});

SchoolNumber school(Decimal value) { return SchoolNumber(value.units()); }

/// Decimals of [0, whole_max], most with a fraction, some whole, some next to a whole number.
rc::Gen<Decimal> decimals(std::int64_t whole_max) {
  const auto make = [](std::int64_t whole, std::int64_t fraction, int kind) {
    const Decimal value = Decimal::fromInteger(whole);
    if (kind == 0 || whole == 0) return value;
    if (kind == 1) return value - Decimal::fromUnits(1);
    return value - Decimal::fromUnits(fraction);
  };
  return rc::gen::apply(make, rc::gen::inRange<std::int64_t>(0, whole_max + 1),
                        rc::gen::inRange<std::int64_t>(0, Decimal::kUnitsPerOne),
                        rc::gen::inRange(0, 4));
}

/// One to five tiers with ascending bounds.
std::vector<Tier> someTiers() {
  const auto bounds = *rc::gen::container<std::set<Decimal>>(decimals(50));
  std::vector<Tier> tiers;
  for (const Decimal bound : bounds) {
    if (bound.isPositive() && tiers.size() < 4) tiers.push_back({bound, {}, {}});
  }
  tiers.push_back({std::nullopt, {}, {}});
  for (Tier& tier : tiers) {
    tier.unit_price = *decimals(20);
    tier.flat_fee = *decimals(3);
  }
  return tiers;
}

PlanFeature someFeature() {
  Price price;
  price.currency = "USD";
  price.scheme = *rc::gen::element(Scheme::perUnit, Scheme::graduated, Scheme::volume,
                                   Scheme::package, Scheme::tokens);
  if (price.scheme == Scheme::perUnit) price.unit_price = *decimals(20);
  if (price.scheme == Scheme::graduated || price.scheme == Scheme::volume) {
    price.tiers = someTiers();
  }
  if (price.scheme == Scheme::package) {
    // Not tiny: the slow twin counts packages one by one.
    price.package_size = *decimals(30) + Decimal::fromUnits(Decimal::kUnitsPerOne / 4);
    price.package_price = *decimals(20);
  }
  PlanFeature feature;
  feature.feature = "calls";
  feature.included = *decimals(40);
  feature.prices = {price};
  return feature;
}

/// The textbook's way to the 24-digit charge of q > 0 units: each scheme's definition, in whole
/// numbers of any length.
SchoolNumber slowCharge(const Price& price, Decimal q) {
  switch (price.scheme) {
    case Scheme::perUnit:
      return school(q) * school(price.unit_price);
    case Scheme::tokens:
      return school(q) * kOne;
    case Scheme::package: {
      SchoolNumber packages;
      SchoolNumber held;
      for (; held < school(q); held = held + school(price.package_size)) {
        packages = packages + SchoolNumber(Int128{1});
      }
      return packages * school(price.package_price) * kOne;
    }
    case Scheme::graduated: {
      SchoolNumber charge;
      Decimal below;
      for (const Tier& tier : price.tiers) {
        const Decimal top = tier.up_to && *tier.up_to < q ? *tier.up_to : q;
        if (top > below) {
          charge =
              charge + school(top - below) * school(tier.unit_price) + school(tier.flat_fee) * kOne;
        }
        if (!tier.up_to || *tier.up_to >= q) break;
        below = *tier.up_to;
      }
      return charge;
    }
    case Scheme::volume:
      break;
  }
  std::size_t index = 0;
  while (price.tiers[index].up_to && *price.tiers[index].up_to < q) ++index;
  return school(q) * school(price.tiers[index].unit_price) +
         school(price.tiers[index].flat_fee) * kOne;
}

Decimal charge(const PlanFeature& feature, Decimal quantity) {
  return core::chargeFor(feature, feature.prices.front(), quantity);
}

Instant someSecond(std::int64_t from, std::int64_t to) {
  return Instant{*rc::gen::inRange<std::int64_t>(from, to) * 1'000'000'000};
}

}  // namespace

TEST_CASE("a charge is what its scheme's definition gives, rounded once") {
  rc::prop("chargeFor() agrees with whole-number arithmetic", [] {
    const PlanFeature feature = someFeature();
    const Decimal quantity = *decimals(200);
    const Decimal result = charge(feature, quantity);
    if (quantity <= feature.included) {
      RC_ASSERT(result.isZero());
      return;
    }
    const SchoolNumber exact = slowCharge(feature.prices.front(), quantity - feature.included);
    RC_ASSERT(school(result) == exact.dividedBy(kOne));
  });
}

TEST_CASE("whole units of graduated tiers cost what they cost one by one") {
  rc::prop("the sum over single units is the charge", [] {
    Price price;
    price.currency = "USD";
    price.scheme = Scheme::graduated;
    std::int64_t bound = 0;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      bound += *rc::gen::inRange<std::int64_t>(1, 8);
      price.tiers.push_back({Decimal::fromInteger(bound), *decimals(9), *decimals(9)});
    }
    price.tiers.push_back({std::nullopt, *decimals(9), *decimals(9)});
    PlanFeature feature;
    feature.included = Decimal::fromInteger(*rc::gen::inRange(0, 5));
    feature.prices = {price};
    const auto count = *rc::gen::inRange<std::int64_t>(0, 40);
    Decimal sum;
    std::size_t entered = 0;
    for (std::int64_t unit = 1; unit <= count; ++unit) {
      const Decimal place = Decimal::fromInteger(unit) - feature.included;
      if (!place.isPositive()) continue;
      std::size_t index = 0;
      while (price.tiers[index].up_to && *price.tiers[index].up_to < place) ++index;
      sum += price.tiers[index].unit_price;
      for (; entered <= index; ++entered) sum += price.tiers[entered].flat_fee;
    }
    RC_ASSERT(charge(feature, Decimal::fromInteger(count)) == sum);
  });
}

TEST_CASE("tier charges add up to the charge, tier by tier and unit by unit") {
  rc::prop("the sums of tierCharges() are the charge and the units beyond the included", [] {
    const PlanFeature feature = someFeature();
    const Price& price = feature.prices.front();
    const Decimal quantity = *decimals(200);
    const std::vector<TierCharge> tiers = core::tierCharges(feature, price, quantity);
    if (tiers.empty()) {
      RC_ASSERT(price.scheme == Scheme::perUnit || price.scheme == Scheme::tokens ||
                quantity <= feature.included);
      return;
    }
    Decimal sum;
    Decimal units;
    for (const TierCharge& tier : tiers) {
      sum += tier.exact;
      units += tier.quantity;
    }
    RC_ASSERT(sum == charge(feature, quantity));
    if (price.scheme != Scheme::package) RC_ASSERT(units == quantity - feature.included);
  });
}

TEST_CASE("more usage never costs less, except where a cheaper volume tier begins") {
  rc::prop("charges do not fall", [] {
    const PlanFeature feature = someFeature();
    RC_PRE(feature.prices.front().scheme != Scheme::volume);
    const Decimal quantity = *decimals(200);
    const Decimal more = quantity + *decimals(20);
    RC_ASSERT(charge(feature, quantity) <= charge(feature, more));
  });
}

TEST_CASE("the prices of the events of a period add up to its charge") {
  rc::prop("charge after less charge before telescopes", [] {
    const PlanFeature feature = someFeature();
    Decimal quantity;
    Decimal sum;
    for (const Decimal event : *rc::gen::container<std::vector<Decimal>>(decimals(30))) {
      sum += charge(feature, quantity + event) - charge(feature, quantity);
      quantity += event;
    }
    RC_ASSERT(sum == charge(feature, quantity));
  });
}

TEST_CASE("a period's charge keeps within its prorated minimum and maximum") {
  rc::prop("charge <= maximum, and charge and minimum reach the minimum", [] {
    PlanFeature feature = someFeature();
    Price& price = feature.prices.front();
    price.minimum_charge = *decimals(300);
    price.maximum_charge = *price.minimum_charge + *decimals(300);
    Span span;
    span.full_to = someSecond(1, 3'000'000);
    span.to = someSecond(0, span.full_to.ns / 1'000'000'000 + 1);
    const Decimal quantity = *decimals(200);
    const core::PeriodCharge result = core::periodCharge(feature, price, quantity, span);
    const Decimal minimum = core::prorated(*price.minimum_charge, span);
    const Decimal maximum = core::prorated(*price.maximum_charge, span);
    RC_ASSERT(result.charge <= maximum);
    RC_ASSERT(result.charge == daybook::least(charge(feature, quantity), maximum));
    RC_ASSERT(!result.minimum.isNegative());
    RC_ASSERT(result.charge.roundedTo(2) + result.minimum ==
              daybook::greatest(minimum, result.charge.roundedTo(2)));
  });
}

TEST_CASE("proration is the exact fraction, rounded once") {
  rc::prop("prorated() agrees with whole-number arithmetic", [] {
    const Decimal value = *decimals(1'000'000);
    Span span;
    span.full_from = someSecond(-40'000'000, 40'000'000);
    const auto length = *rc::gen::inRange<std::int64_t>(1, 32'000'000);
    const auto start = *rc::gen::inRange<std::int64_t>(0, length + 1);
    const auto part = *rc::gen::inRange<std::int64_t>(0, length - start + 1);
    span.full_to = span.full_from + daybook::Duration::seconds(length);
    span.from = span.full_from + daybook::Duration::seconds(start);
    span.to = span.from + daybook::Duration::seconds(part);
    const SchoolNumber expected =
        (school(value) * SchoolNumber(Int128{part})).dividedBy(SchoolNumber(Int128{length}));
    RC_ASSERT(school(core::prorated(value, span)) == expected);
  });
}

TEST_CASE("the cost of tokens is one formula, rounded once") {
  rc::prop("tokenCost() agrees with whole-number arithmetic", [] {
    daybook::ModelPriceVersion version;
    version.currency = "USD";
    version.price = {"p", "m", *decimals(90), *decimals(90), *decimals(9), *decimals(9), false};
    LedgerState ledger;
    ledger.model_prices = {version};
    const auto count = rc::gen::inRange<std::uint64_t>(0, 2'000'000);
    Tokens tokens;
    tokens.model = "m";
    tokens.output = *count;
    tokens.cache_read = *count;
    tokens.cache_write = *count;
    const std::uint64_t input = *count;
    if (*rc::gen::arbitrary<bool>()) {
      tokens.input = input;
    } else {
      tokens.total_input = input + tokens.cache_read + tokens.cache_write;
    }
    const Decimal margin = *decimals(300);
    const core::TokenCost cost = core::tokenCost(ledger, tokens, "USD", margin, Instant{});
    RC_ASSERT(cost.verdict.isOk());
    RC_ASSERT(cost.totals.input == input);
    const auto product = [](std::uint64_t tokens_of, Decimal price) {
      return SchoolNumber(static_cast<Int128>(tokens_of)) * school(price);
    };
    const SchoolNumber sum = product(input, version.price.input) +
                             product(*tokens.output, version.price.output) +
                             product(tokens.cache_read, version.price.cache_read) +
                             product(tokens.cache_write, version.price.cache_write);
    // (1 + margin / 100) / 1 000 000, in units of a margin's twelfth digit.
    const SchoolNumber hundred(Int128{100} * Decimal::kUnitsPerOne);
    const SchoolNumber million(Int128{1'000'000});
    RC_ASSERT(school(cost.cost) == (sum * (hundred + school(margin))).dividedBy(hundred * million));
  });
}
