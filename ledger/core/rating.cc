#include "ledger/core/rating.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"

namespace daybook::core {
namespace {

constexpr Int128 kOne = Decimal::kUnitsPerOne;

/// A product of two decimals before its one rounding: 24 fractional digits.
Wide exactProduct(Decimal left, Decimal right) {
  return Wide::product(left.units(), right.units());
}

Wide exact(Decimal value) { return Wide::product(value.units(), kOne); }

/// The one rounding of a sum of exact products.
Decimal rounded(const Wide& sum) { return Decimal::fromUnits(sum.dividedBy(Wide(kOne))); }

Decimal withinLimit(Decimal charge) {
  if (charge > Decimal::fromInteger(limits::kChargeMax)) throw Overflow();
  return charge;
}

/// One tier's share of a charge: which units, at what, and the exact charge up to and with it.
struct Slice {
  Decimal quantity;
  Decimal unit_price;
  Decimal flat_fee;
  Wide charge;
};

template <typename Sink>
void sliceGraduated(const std::vector<Tier>& tiers, Decimal quantity, Sink&& sink) {
  Wide charge;
  Decimal below;
  for (const Tier& tier : tiers) {
    const Decimal top = tier.up_to ? least(quantity, *tier.up_to) : quantity;
    const Decimal units = top - below;
    charge = charge + exactProduct(units, tier.unit_price) + exact(tier.flat_fee);
    sink(Slice{units, tier.unit_price, tier.flat_fee, charge});
    if (top == quantity) return;
    below = top;
  }
  CHECK(false, "the last tier is unbounded");
}

Slice volumeSlice(const std::vector<Tier>& tiers, Decimal quantity) {
  const auto holds = [quantity](const Tier& tier) {
    return !tier.up_to || quantity <= *tier.up_to;
  };
  const auto tier = std::find_if(tiers.begin(), tiers.end(), holds);
  CHECK(tier != tiers.end(), "the last tier is unbounded");
  const Wide charge = exactProduct(quantity, tier->unit_price) + exact(tier->flat_fee);
  return {quantity, tier->unit_price, tier->flat_fee, charge};
}

Slice packageSlice(const Price& price, Decimal quantity) {
  CHECK(price.package_size.isPositive(), "a package holds something");
  const Int128 count = Wide(quantity.units()).ceilDividedBy(Wide(price.package_size.units()));
  const Decimal packages = Decimal::fromUnits(Wide::product(count, kOne).dividedBy(Wide(1)));
  return {packages, price.package_price, {}, exactProduct(packages, price.package_price)};
}

/// Hands the slices of `quantity`, which counts from what is included on, to `sink` in order; the
/// last one has the whole charge. REQUIRES: quantity > 0.
template <typename Sink>
void slice(const Price& price, Decimal quantity, Sink&& sink) {
  switch (price.scheme) {
    case Scheme::graduated:
      return sliceGraduated(price.tiers, quantity, sink);
    case Scheme::volume:
      return sink(volumeSlice(price.tiers, quantity));
    case Scheme::package:
      return sink(packageSlice(price, quantity));
    case Scheme::perUnit:
      return sink(Slice{quantity, price.unit_price, {}, exactProduct(quantity, price.unit_price)});
    case Scheme::tokens:
      return sink(Slice{quantity, Decimal::fromInteger(1), {}, exact(quantity)});
    case Scheme::percentage:
      break;
  }
  CHECK(false, "the price is one of quantities");
}

// ---- totals of a usage period

const FeatureUsage* usageOf(const FeatureTerms& terms, std::string_view variant) {
  for (const FeatureUsage& usage : terms.period->usage) {
    if (usage.feature == terms.number && usage.variant == variant) return &usage;
  }
  return nullptr;
}

/// What of the usage is charged for once the included units are used up.
Decimal countedOf(const FeatureTerms& terms, const FeatureUsage& usage) {
  // In a balance plan `unpaid` is money.
  return terms.plan->model == ConsumptionModel::metered ? usage.quantity - usage.unpaid
                                                        : usage.quantity;
}

/// Hands every variant of the feature to `look`, in the order in which they use up what is
/// included; the default is the last.
template <typename Look>
void eachVariant(const PlanFeature& feature, Look&& look) {
  for (const PriceVariant& variant : feature.variants) look(std::string_view(variant.value));
  look(std::string_view());
}

/// A variant's total, and how much of it is included.
struct Share {
  const FeatureUsage* usage = nullptr;  // nullptr: none so far
  Decimal quantity;
  Decimal included;
};

/// Hands every variant to `look` with its share, if the total of `changed` were `delta` more.
template <typename Look>
void eachShare(const FeatureTerms& terms, std::string_view changed, Decimal delta, Look&& look) {
  Decimal left = terms.included;
  bool is_known = false;
  eachVariant(*terms.feature, [&](std::string_view variant) {
    Share share;
    share.usage = usageOf(terms, variant);
    if (share.usage != nullptr) share.quantity = countedOf(terms, *share.usage);
    if (variant == changed) {
      is_known = true;
      share.quantity += delta;
    }
    share.included = least(left, greatest(share.quantity, Decimal()));
    left -= share.included;
    look(variant, share);
  });
  CHECK(is_known, "usage is of a variant that the plan sells");
}

const Price& chargedPrice(const FeatureTerms& terms, std::string_view variant) {
  const Price* price = priceOf(terms, variant);
  CHECK(price != nullptr, "a charged feature has a price in each currency of its plan");
  return *price;
}

/// The exact charge of one variant for its share.
Decimal chargeOf(const FeatureTerms& terms, std::string_view variant, const Share& share) {
  if (isEventPriced(*terms.feature)) return share.usage ? share.usage->charged : Decimal();
  const Decimal beyond = share.quantity - share.included;
  if (!beyond.isPositive()) return {};
  return chargeFor(chargedPrice(terms, variant), beyond);
}

/// The price of one event of an event-priced feature, from what is included and not used up by the
/// feature's earlier events, whatever their variant.
Decimal costOfEvent(const FeatureTerms& terms, std::string_view variant, Decimal quantity) {
  CHECK(!quantity.isNegative(), "an amount of money is priced");
  Decimal before;
  for (const FeatureUsage& usage : terms.period->usage) {
    if (usage.feature == terms.number) before += countedOf(terms, usage);
  }
  const Decimal beyond = greatest(before + quantity - terms.included, Decimal()) -
                         greatest(before - terms.included, Decimal());
  const Price& price = chargedPrice(terms, variant);
  return price.scheme == Scheme::percentage ? percentageCharge(price, beyond)
                                            : chargeFor(price, beyond);
}

/// The limits of a variant's charge in the period: of its own plan version, whatever is cut later.
struct ChargeLimits {
  std::optional<Decimal> minimum;
  std::optional<Decimal> maximum;
};
ChargeLimits limitsOf(const FeatureTerms& terms, std::string_view variant) {
  const Price* price = startPriceOf(terms, variant);
  CHECK(price != nullptr, "a charged feature has a price in each currency of its plan");
  ChargeLimits result;
  if (price->minimum_charge) result.minimum = prorated(*price->minimum_charge, terms.period->span);
  if (price->maximum_charge) result.maximum = prorated(*price->maximum_charge, terms.period->span);
  return result;
}

}  // namespace

bool isCharged(const PlanFeature& feature) {
  return !feature.unlimited && feature.overage == Overage::charge;
}

bool isEventPriced(const Price& price) {
  return price.scheme == Scheme::percentage || price.scheme == Scheme::tokens;
}

bool isEventPriced(const PlanFeature& feature) {
  return !feature.prices.empty() && isEventPriced(feature.prices.front());
}

Decimal chargeFor(const Price& price, Decimal units) {
  if (!units.isPositive()) return {};
  // Most prices: one product is rounded, which needs no wide number.
  if (price.scheme == Scheme::perUnit) return withinLimit(multiply(units, price.unit_price));
  Wide charge;
  slice(price, units, [&charge](const Slice& last) { charge = last.charge; });
  return withinLimit(rounded(charge));
}

std::vector<TierCharge> tierCharges(const Price& price, Decimal units) {
  const bool has_parts = price.scheme == Scheme::graduated || price.scheme == Scheme::volume ||
                         price.scheme == Scheme::package;
  if (!has_parts || !units.isPositive()) return {};
  std::vector<TierCharge> charges;
  Decimal before;
  slice(price, units, [&charges, &before](const Slice& tier) {
    const Decimal after = rounded(tier.charge);
    charges.push_back({tier.quantity, tier.unit_price, tier.flat_fee, after - before});
    before = after;
  });
  return charges;
}

Decimal percentageCharge(const Price& price, Decimal beyond) {
  if (!beyond.isPositive()) return {};
  const Wide hundredfold =
      exactProduct(beyond, price.rate_percent) + exact(price.fee_per_event).times(100);
  Decimal charge = Decimal::fromUnits(hundredfold.dividedBy(Wide::product(100, kOne)));
  if (price.event_minimum) charge = greatest(charge, *price.event_minimum);
  if (price.event_maximum) charge = least(charge, *price.event_maximum);
  return withinLimit(charge);
}

Decimal featureCharge(const FeatureTerms& terms, std::string_view variant, Decimal delta) {
  if (!isCharged(*terms.feature)) return {};
  Decimal sum;
  if (isEventPriced(*terms.feature)) {
    if (!delta.isZero()) sum = costOfEvent(terms, variant, delta);
    delta = {};
  }
  eachShare(terms, variant, delta, [&](std::string_view candidate, const Share& share) {
    sum += chargeOf(terms, candidate, share);
  });
  return withinLimit(sum);
}

Decimal eventPrice(const FeatureTerms& terms, std::string_view variant, Decimal delta) {
  return featureCharge(terms, variant, delta) - featureCharge(terms, variant, {});
}

Decimal billedTotal(const FeatureTerms& terms, std::string_view variant, Decimal delta,
                    Decimal charged) {
  if (!isCharged(*terms.feature)) return {};
  Decimal sum;
  eachShare(terms, variant, delta, [&](std::string_view candidate, const Share& share) {
    Decimal charge = chargeOf(terms, candidate, share);
    if (candidate == variant && isEventPriced(*terms.feature)) charge += charged;
    const ChargeLimits bounds = limitsOf(terms, candidate);
    if (bounds.maximum) charge = least(charge, *bounds.maximum);
    if (bounds.minimum) charge = greatest(charge, *bounds.minimum);
    sum += charge;
  });
  return sum;
}

std::vector<VariantCharge> variantCharges(const FeatureTerms& terms) {
  if (!isCharged(*terms.feature)) return {};
  const std::optional<int> digits = currencyExponent(terms.period->terms.currency);
  CHECK(digits.has_value(), "a period is in a known currency");
  std::vector<VariantCharge> charges;
  std::size_t used = 0;
  eachShare(terms, {}, {}, [&](std::string_view variant, const Share& share) {
    const ChargeLimits bounds = limitsOf(terms, variant);
    if (share.usage != nullptr) ++used;
    if (share.usage == nullptr && !bounds.minimum) return;
    VariantCharge& result = charges.emplace_back();
    result.variant = variant;
    result.price = &chargedPrice(terms, variant);
    result.quantity = share.quantity;
    result.included = share.included;
    result.charge = chargeOf(terms, variant, share);
    result.cut = bounds.maximum ? least(result.charge, *bounds.maximum) : result.charge;
    if (bounds.minimum) {
      result.minimum = greatest(*bounds.minimum - result.cut.roundedTo(*digits), Decimal());
    }
    result.tiers = tierCharges(*result.price, share.quantity - share.included);
  });
  const auto all =
      std::count_if(terms.period->usage.begin(), terms.period->usage.end(),
                    [&terms](const FeatureUsage& usage) { return usage.feature == terms.number; });
  CHECK(used == static_cast<std::size_t>(all), "usage is of a variant that the plan sells");
  return charges;
}

Decimal seatCharge(const PlanFeature& feature, const Price& price, std::uint64_t seats) {
  CHECK(seats <= static_cast<std::uint64_t>(limits::kSeatsMax), "seats are within their limit");
  const Decimal held = Decimal::fromInteger(static_cast<std::int64_t>(seats));
  return chargeFor(price, held - feature.included);
}

Decimal prorated(Decimal value, const Span& span) {
  const std::int64_t length = span.full_to.wholeSecondsSince(span.full_from);
  const std::int64_t part = span.to.wholeSecondsSince(span.from);
  CHECK(length > 0 && part >= 0, "a span lies forward in time");
  return multiplyDivide(value, Decimal::fromInteger(part), Decimal::fromInteger(length));
}

const Price* priceIn(const std::vector<Price>& prices, std::string_view currency) {
  const auto price = std::find_if(prices.begin(), prices.end(), [currency](const Price& candidate) {
    return candidate.currency == currency;
  });
  return price == prices.end() ? nullptr : &*price;
}

const Price* priceIn(const PlanFeature& feature, std::string_view currency) {
  return priceIn(feature.prices, currency);
}

}  // namespace daybook::core
