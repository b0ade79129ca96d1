#include "ledger/core/rating.h"

#include <algorithm>
#include <string>

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
  }
  CHECK(false, "a price has a known scheme");
}

/// What of `quantity` is charged.
Decimal beyondIncluded(const PlanFeature& feature, Decimal quantity) {
  if (!isCharged(feature) || quantity <= feature.included) return {};
  return quantity - feature.included;
}

TokenCost refusal(Outcome outcome, std::string detail) {
  return {{outcome, std::move(detail)}, {}, {}};
}

/// Form of the counts; on success `totals` has the cached tokens taken out of a total.
TokenCost resolvedCounts(const Tokens& tokens) {
  if (tokens.model.empty()) return refusal(Outcome::tokensMissing, "tokens.model");
  if (!tokens.output) return refusal(Outcome::tokensMissing, "tokens.output");
  if (!tokens.input && !tokens.total_input) return refusal(Outcome::tokensMissing, "tokens.input");
  if (tokens.input && tokens.total_input) {
    return refusal(Outcome::tokensInvalid, "tokens.input and tokens.totalInput exclude each other");
  }
  const std::uint64_t input = tokens.input ? *tokens.input : *tokens.total_input;
  if (std::max({input, *tokens.output, tokens.cache_read, tokens.cache_write}) >
      limits::kTokensMax) {
    return refusal(Outcome::amountOverflow, "tokens");
  }
  TokenCost result;
  result.totals = {input, *tokens.output, tokens.cache_read, tokens.cache_write};
  if (tokens.total_input) {
    const std::uint64_t cached = tokens.cache_read + tokens.cache_write;
    if (cached > input) {
      return refusal(Outcome::tokensInvalid, "more cached tokens than tokens.totalInput");
    }
    result.totals.input = input - cached;
  }
  return result;
}

/// The price in force at `at` of every provider that has the model, in order of first publication.
std::vector<const ModelPrice*> pricesInForce(const LedgerState& ledger, const Tokens& tokens,
                                             std::string_view currency, Instant at) {
  std::vector<const ModelPrice*> newest;
  for (const ModelPriceVersion& version : ledger.model_prices) {
    if (version.effective > at) break;  // later ones are not in force either
    if (version.price.model != tokens.model || version.currency != currency) continue;
    if (!tokens.provider.empty() && version.price.provider != tokens.provider) continue;
    const auto older = std::find_if(newest.begin(), newest.end(), [&version](const ModelPrice* p) {
      return p->provider == version.price.provider;
    });
    if (older == newest.end()) {
      newest.push_back(&version.price);
    } else {
      *older = &version.price;
    }
  }
  return newest;
}

/// Why none of `prices` can be taken. REQUIRES: not exactly one of them is live.
Verdict modelRefusal(const std::vector<const ModelPrice*>& prices, const Tokens& tokens,
                     std::string_view currency) {
  const std::string name =
      tokens.provider.empty() ? tokens.model : tokens.provider + "/" + tokens.model;
  if (prices.empty()) return {Outcome::unknownModel, name + " in " + std::string(currency)};
  std::string live;
  for (const ModelPrice* price : prices) {
    if (!price->retired) live += (live.empty() ? "" : ", ") + price->provider;
  }
  if (live.empty()) return {Outcome::retiredModel, name + " in " + std::string(currency)};
  return {Outcome::ambiguousModel, name + " is offered by " + live};
}

Wide exactTokens(std::uint64_t count, Decimal price) {
  return Wide::product(static_cast<Int128>(count), price.units());
}

}  // namespace

bool isCharged(const PlanFeature& feature) {
  return !feature.unlimited && feature.overage == Overage::charge;
}

Decimal chargeFor(const PlanFeature& feature, const Price& price, Decimal quantity) {
  const Decimal charged = beyondIncluded(feature, quantity);
  if (!charged.isPositive()) return {};
  Wide charge;
  slice(price, charged, [&charge](const Slice& last) { charge = last.charge; });
  return withinLimit(rounded(charge));
}

std::vector<TierCharge> tierCharges(const PlanFeature& feature, const Price& price,
                                    Decimal quantity) {
  if (price.scheme == Scheme::perUnit || price.scheme == Scheme::tokens) return {};
  const Decimal charged = beyondIncluded(feature, quantity);
  if (!charged.isPositive()) return {};
  std::vector<TierCharge> charges;
  Decimal before;
  slice(price, charged, [&charges, &before](const Slice& tier) {
    const Decimal after = rounded(tier.charge);
    charges.push_back({tier.quantity, tier.unit_price, tier.flat_fee, after - before});
    before = after;
  });
  return charges;
}

PeriodCharge periodCharge(const PlanFeature& feature, const Price& price, Decimal quantity,
                          const Span& span) {
  const std::optional<int> digits = currencyExponent(price.currency);
  CHECK(digits.has_value(), "a published price is in a known currency");
  if (!isCharged(feature)) return {};
  PeriodCharge result;
  result.charge = chargeFor(feature, price, quantity);
  if (price.maximum_charge) {
    result.charge = least(result.charge, prorated(*price.maximum_charge, span));
  }
  if (price.minimum_charge) {
    const Decimal missing =
        prorated(*price.minimum_charge, span) - result.charge.roundedTo(*digits);
    result.minimum = greatest(missing, Decimal());
  }
  return result;
}

TokenCost tokenCost(const LedgerState& ledger, const Tokens& tokens, std::string_view currency,
                    Decimal margin_percent, Instant at) {
  TokenCost result = resolvedCounts(tokens);
  if (!result.verdict.isOk()) return result;
  const auto prices = pricesInForce(ledger, tokens, currency, at);
  const auto is_live = [](const ModelPrice* candidate) { return !candidate->retired; };
  if (std::count_if(prices.begin(), prices.end(), is_live) != 1) {
    return {modelRefusal(prices, tokens, currency), {}, {}};
  }
  const ModelPrice& price = **std::find_if(prices.begin(), prices.end(), is_live);
  const Wide sum = exactTokens(result.totals.input, price.input) +
                   exactTokens(result.totals.output, price.output) +
                   exactTokens(result.totals.cache_read, price.cache_read) +
                   exactTokens(result.totals.cache_write, price.cache_write);
  // (1 + margin) is (100 + margin_percent) / 100.
  const Decimal percent = Decimal::fromInteger(100) + margin_percent;
  const Wide divisor = Wide::product(Int128{100} * 1'000'000, kOne);
  result.cost = withinLimit(Decimal::fromUnits(sum.times(percent.units()).dividedBy(divisor)));
  return result;
}

Decimal prorated(Decimal value, const Span& span) {
  const std::int64_t length = span.full_to.wholeSecondsSince(span.full_from);
  const std::int64_t part = span.to.wholeSecondsSince(span.from);
  CHECK(length > 0 && part >= 0, "a span lies forward in time");
  return multiplyDivide(value, Decimal::fromInteger(part), Decimal::fromInteger(length));
}

const Price* priceIn(const PlanFeature& feature, std::string_view currency) {
  const auto price =
      std::find_if(feature.prices.begin(), feature.prices.end(),
                   [currency](const Price& candidate) { return candidate.currency == currency; });
  return price == feature.prices.end() ? nullptr : &*price;
}

}  // namespace daybook::core
