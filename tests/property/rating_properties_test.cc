#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <set>
#include <string>

#include "ledger/core/rating.h"
#include "tests/support/rated_period.h"
#include "tests/support/school_number.h"

using daybook::Decimal;
using daybook::Instant;
using daybook::Int128;
using daybook::LedgerState;
using daybook::PlanFeature;
using daybook::Price;
using daybook::PriceVariant;
using daybook::Scheme;
using daybook::Span;
using daybook::Tier;
using daybook::TierCharge;
using daybook::Tokens;
using daybook::testing::RatedPeriod;
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

Price somePrice() {
  Price price;
  price.currency = "USD";
  price.scheme =
      *rc::gen::element(Scheme::perUnit, Scheme::graduated, Scheme::volume, Scheme::package);
  if (price.scheme == Scheme::perUnit) price.unit_price = *decimals(20);
  if (price.scheme == Scheme::graduated || price.scheme == Scheme::volume) {
    price.tiers = someTiers();
  }
  if (price.scheme == Scheme::package) {
    // Not tiny: the slow twin counts packages one by one.
    price.package_size = *decimals(30) + Decimal::fromUnits(Decimal::kUnitsPerOne / 4);
    price.package_price = *decimals(20);
  }
  return price;
}

/// Up to three variants beside the default, each with a price that `make` gives.
template <typename MakePrice>
PlanFeature featureWith(MakePrice make) {
  PlanFeature feature;
  feature.feature = "calls";
  feature.included = *decimals(40);
  feature.prices = {make()};
  feature.dimension = "region";
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    feature.variants.push_back({std::to_string(i), {make()}, {}});
  }
  return feature;
}

struct Usage {
  std::string variant;
  Decimal quantity;
};

/// Events of the feature's variants and of the default.
std::vector<Usage> someUsage(const PlanFeature& feature) {
  std::vector<Usage> events;
  for (const Decimal quantity : *rc::gen::container<std::vector<Decimal>>(decimals(30))) {
    const auto index = *rc::gen::inRange<std::size_t>(0, feature.variants.size() + 1);
    const bool is_default = index == feature.variants.size();
    events.push_back({is_default ? std::string() : feature.variants[index].value, quantity});
  }
  return events;
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
    case Scheme::percentage:
      break;
  }
  std::size_t index = 0;
  while (price.tiers[index].up_to && *price.tiers[index].up_to < q) ++index;
  return school(q) * school(price.tiers[index].unit_price) +
         school(price.tiers[index].flat_fee) * kOne;
}

/// The charge of a whole feature by its definition: each variant in turn takes what is left of the
/// included units, and pays for the rest.
SchoolNumber slowFeatureCharge(const PlanFeature& feature, const std::vector<Usage>& events) {
  SchoolNumber sum;
  Decimal left = feature.included;
  const auto add = [&](const std::string& variant, const Price& price) {
    Decimal total;
    for (const Usage& event : events) {
      if (event.variant == variant) total += event.quantity;
    }
    const Decimal included = total < left ? total : left;
    left -= included;
    if (total > included) sum = sum + slowCharge(price, total - included).dividedBy(kOne);
  };
  for (const PriceVariant& variant : feature.variants) add(variant.value, variant.prices.front());
  add("", feature.prices.front());
  return sum;
}

Instant someSecond(std::int64_t from, std::int64_t to) {
  return Instant{*rc::gen::inRange<std::int64_t>(from, to) * 1'000'000'000};
}

}  // namespace

TEST_CASE("a charge is what its scheme's definition gives, rounded once") {
  rc::prop("chargeFor() agrees with whole-number arithmetic", [] {
    const Price price = somePrice();
    const Decimal units = *decimals(200);
    const Decimal result = core::chargeFor(price, units);
    if (units.isZero()) {
      RC_ASSERT(result.isZero());
      return;
    }
    RC_ASSERT(school(result) == slowCharge(price, units).dividedBy(kOne));
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
    const auto count = *rc::gen::inRange<std::int64_t>(0, 40);
    Decimal sum;
    std::size_t entered = 0;
    for (std::int64_t unit = 1; unit <= count; ++unit) {
      std::size_t index = 0;
      while (price.tiers[index].up_to && *price.tiers[index].up_to < Decimal::fromInteger(unit)) {
        ++index;
      }
      sum += price.tiers[index].unit_price;
      for (; entered <= index; ++entered) sum += price.tiers[entered].flat_fee;
    }
    RC_ASSERT(core::chargeFor(price, Decimal::fromInteger(count)) == sum);
  });
}

TEST_CASE("tier charges add up to the charge, tier by tier and unit by unit") {
  rc::prop("the sums of tierCharges() are the charge and the units", [] {
    const Price price = somePrice();
    const Decimal charged = *decimals(200);
    const std::vector<TierCharge> tiers = core::tierCharges(price, charged);
    if (tiers.empty()) {
      RC_ASSERT(price.scheme == Scheme::perUnit || charged.isZero());
      return;
    }
    Decimal sum;
    Decimal units;
    for (const TierCharge& tier : tiers) {
      sum += tier.exact;
      units += tier.quantity;
    }
    RC_ASSERT(sum == core::chargeFor(price, charged));
    if (price.scheme != Scheme::package) RC_ASSERT(units == charged);
  });
}

TEST_CASE("more usage never costs less, except where a cheaper volume tier begins") {
  rc::prop("charges do not fall", [] {
    const Price price = somePrice();
    RC_PRE(price.scheme != Scheme::volume);
    const Decimal units = *decimals(200);
    RC_ASSERT(core::chargeFor(price, units) <= core::chargeFor(price, units + *decimals(20)));
  });
}

TEST_CASE(
    "the prices of a period's events add up to the charge of its totals, variant by variant") {
  rc::prop("sum of eventPrice() is featureCharge() is the definition", [] {
    const PlanFeature feature = featureWith(somePrice);
    RatedPeriod rated(feature);
    const std::vector<Usage> events = someUsage(feature);
    Decimal sum;
    for (const Usage& event : events) {
      sum += core::eventPrice(rated.terms(), event.variant, event.quantity);
      rated.usageOf(event.variant).quantity += event.quantity;
    }
    RC_ASSERT(sum == core::featureCharge(rated.terms(), {}, {}));
    RC_ASSERT(school(sum) == slowFeatureCharge(feature, events));
    Decimal lines;
    Decimal included;
    for (const core::VariantCharge& line : core::variantCharges(rated.terms())) {
      lines += line.charge;
      included += line.included;
    }
    RC_ASSERT(sum == lines);
    RC_ASSERT(included <= feature.included);
    // Taking the events back in any order gives it all back.
    for (const Usage& event : events) {
      sum += core::eventPrice(rated.terms(), event.variant, -event.quantity);
      rated.usageOf(event.variant).quantity -= event.quantity;
    }
    RC_ASSERT(sum.isZero());
  });
}

TEST_CASE("events by percentage cost the rate of what is beyond the included money, and the fee") {
  rc::prop("eventPrice() agrees with whole-number arithmetic", [] {
    const auto make = [] {
      Price price;
      price.currency = "USD";
      price.scheme = Scheme::percentage;
      price.rate_percent = *decimals(20);
      price.fee_per_event = *decimals(2);
      if (*rc::gen::arbitrary<bool>()) price.event_minimum = *decimals(3);
      if (*rc::gen::arbitrary<bool>()) {
        price.event_maximum = price.event_minimum.value_or(Decimal()) + *decimals(3);
      }
      return price;
    };
    const PlanFeature feature = featureWith(make);
    RatedPeriod rated(feature);
    Decimal total;
    Decimal sum;
    for (const Usage& event : someUsage(feature)) {
      const Price& price = *core::priceOf(rated.terms(), event.variant);
      const Decimal inside =
          daybook::least(event.quantity, daybook::greatest(feature.included - total, Decimal()));
      const Decimal beyond = event.quantity - inside;
      SchoolNumber expected;
      if (beyond.isPositive()) {
        const SchoolNumber hundred(Int128{100});
        expected = (school(beyond) * school(price.rate_percent) +
                    school(price.fee_per_event) * hundred * kOne)
                       .dividedBy(hundred * kOne);
        if (price.event_minimum && expected < school(*price.event_minimum)) {
          expected = school(*price.event_minimum);
        }
        if (price.event_maximum && school(*price.event_maximum) < expected) {
          expected = school(*price.event_maximum);
        }
      }
      const Decimal cost = core::eventPrice(rated.terms(), event.variant, event.quantity);
      RC_ASSERT(school(cost) == expected);
      rated.usageOf(event.variant).quantity += event.quantity;
      rated.usageOf(event.variant).charged += cost;
      total += event.quantity;
      sum += cost;
    }
    RC_ASSERT(core::featureCharge(rated.terms(), {}, {}) == sum);
  });
}

TEST_CASE("a period's charge keeps within its prorated minimum and maximum") {
  rc::prop("charge <= maximum, and charge and minimum reach the minimum", [] {
    PlanFeature feature = featureWith(somePrice);
    feature.variants.clear();
    Price& price = feature.prices.front();
    price.minimum_charge = *decimals(300);
    price.maximum_charge = *price.minimum_charge + *decimals(300);
    Span span;
    span.full_to = someSecond(1, 3'000'000);
    span.to = someSecond(0, span.full_to.ns / 1'000'000'000 + 1);
    RatedPeriod rated(feature);
    rated.period.span = span;
    rated.usageOf("").quantity = *decimals(200);
    const core::VariantCharge line = core::variantCharges(rated.terms()).front();
    const Decimal minimum = core::prorated(*price.minimum_charge, span);
    const Decimal maximum = core::prorated(*price.maximum_charge, span);
    RC_ASSERT(line.charge == core::featureCharge(rated.terms(), {}, {}));
    RC_ASSERT(line.cut == daybook::least(line.charge, maximum));
    RC_ASSERT(!line.minimum.isNegative());
    RC_ASSERT(line.cut.roundedTo(2) + line.minimum ==
              daybook::greatest(minimum, line.cut.roundedTo(2)));
    RC_ASSERT(core::billedTotal(rated.terms(), {}, {}, {}) == daybook::greatest(minimum, line.cut));
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
