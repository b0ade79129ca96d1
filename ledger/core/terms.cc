#include "ledger/core/terms.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/core/boundaries.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/rating.h"

namespace daybook::core {
namespace {

/// The plan versions after the period's own that were published before its end.
std::span<const std::size_t> laterVersions(const State& state, const UsagePeriod& period) {
  if (period.pinned) return {};
  const auto found = state.plan_versions.find(period.terms.plan);
  CHECK(found != state.plan_versions.end(), "the plan of a period is published");
  const std::span<const std::size_t> versions(found->second);
  CHECK(period.terms.version <= versions.size(), "the plan version of a period is published");
  const std::span<const std::size_t> later = versions.subspan(period.terms.version);
  if (later.empty()) return {};
  const auto end = std::partition_point(later.begin(), later.end(), [&](std::size_t index) {
    return state.ledger.plan_published[index] < period.span.to;
  });
  return later.first(static_cast<std::size_t>(end - later.begin()));
}

const PriceVariant* findVariant(const PlanFeature& feature, std::string_view value) {
  const auto found =
      std::find_if(feature.variants.begin(), feature.variants.end(),
                   [value](const PriceVariant& variant) { return variant.value == value; });
  return found == feature.variants.end() ? nullptr : &*found;
}

/// The prices of the variant; the default ones where the feature has no such variant.
struct VariantTerms {
  std::string_view value;
  const std::vector<Price>* prices = nullptr;
  Decimal credits_per_unit;
};
VariantTerms ownVariant(const PlanFeature& feature, std::string_view value) {
  const PriceVariant* variant = value.empty() ? nullptr : findVariant(feature, value);
  if (variant == nullptr) return {{}, &feature.prices, feature.credits_per_unit};
  return {variant->value, &variant->prices, variant->credits_per_unit};
}

/// The same in another version of the plan; no prices where that version has no such variant.
VariantTerms laterVariant(const PlanFeature& later, const PlanFeature& own,
                          std::string_view value) {
  const VariantTerms found = ownVariant(later, value);
  if (found.value != value || (!value.empty() && later.dimension != own.dimension)) return {};
  return found;
}

/// Hands what each later version says of the feature to `look`, oldest first.
template <typename Look>
void eachLater(const FeatureTerms& terms, Look&& look) {
  for (const std::size_t index : terms.later) {
    const PlanFeature* later =
        planFeature(terms.state->ledger.plans[index], terms.feature->feature);
    if (later != nullptr) look(*later);
  }
}

/// Takes the later of two prices of one thing if it is a cut.
void takeCut(const Price*& price, const Price* later) {
  if (later == nullptr || later->scheme != Scheme::perUnit) return;
  if (later->unit_price < price->unit_price) price = later;
}

/// The greatest of what the period's plan version and the improvements up to `newest` say.
template <typename Allowance>
Decimal greatestOf(const State& state, const UsagePeriod& period, std::uint32_t newest,
                   Allowance allowance) {
  Decimal most = allowance(state.plan(period.terms));
  for (const std::size_t index : laterVersions(state, period)) {
    const Plan& later = state.ledger.plans[index];
    if (later.improvements_now && later.version <= newest) most = greatest(most, allowance(later));
  }
  return most;
}

}  // namespace

FeatureTerms featureTerms(const State& state, const UsagePeriod& period, const Plan& plan,
                          const PlanFeature& feature, FeatureNumber number) {
  FeatureTerms terms;
  terms.state = &state;
  terms.period = &period;
  terms.plan = &plan;
  terms.feature = &feature;
  terms.number = number;
  terms.included = feature.included;
  terms.later = laterVersions(state, period);
  if (terms.later.empty() || featureOf(state.ledger, number).type == FeatureType::seats) {
    return terms;
  }
  for (const std::size_t index : terms.later) {
    const Plan& later = state.ledger.plans[index];
    if (!later.improvements_now) continue;
    const PlanFeature* improved = planFeature(later, feature.feature);
    if (improved != nullptr) terms.included = greatest(terms.included, improved->included);
  }
  return terms;
}

const Price* startPriceOf(const FeatureTerms& terms, std::string_view variant) {
  return priceIn(*ownVariant(*terms.feature, variant).prices, terms.period->terms.currency);
}

const Price* priceOf(const FeatureTerms& terms, std::string_view variant) {
  const VariantTerms own = ownVariant(*terms.feature, variant);
  const Price* price = priceIn(*own.prices, terms.period->terms.currency);
  if (price == nullptr || price->scheme != Scheme::perUnit) return price;
  eachLater(terms, [&](const PlanFeature& later) {
    const VariantTerms same = laterVariant(later, *terms.feature, own.value);
    if (same.prices != nullptr) takeCut(price, priceIn(*same.prices, price->currency));
  });
  return price;
}

Decimal creditsPerUnit(const FeatureTerms& terms, std::string_view variant) {
  const VariantTerms own = ownVariant(*terms.feature, variant);
  Decimal credits = own.credits_per_unit;
  eachLater(terms, [&](const PlanFeature& later) {
    const VariantTerms same = laterVariant(later, *terms.feature, own.value);
    // 0 is no price: the later version counts the feature in another way.
    if (same.credits_per_unit.isPositive()) credits = least(credits, same.credits_per_unit);
  });
  return credits;
}

const Price* seatPrice(const PlanFeature& feature, std::string_view currency, Interval billing) {
  const Price* for_all = nullptr;
  for (const Price& price : feature.prices) {
    if (price.currency != currency) continue;
    if (price.interval == billing) return &price;
    if (!price.interval) for_all = &price;
  }
  return for_all;
}

const Price* seatPrice(const FeatureTerms& terms, Interval billing) {
  const std::string& currency = terms.period->terms.currency;
  const Price* price = seatPrice(*terms.feature, currency, billing);
  if (price == nullptr || price->scheme != Scheme::perUnit) return price;
  eachLater(terms,
            [&](const PlanFeature& later) { takeCut(price, seatPrice(later, currency, billing)); });
  return price;
}

std::string_view variantOf(const PlanFeature& feature, const std::vector<Property>& properties) {
  if (feature.dimension.empty()) return {};
  const auto property = std::find_if(
      properties.begin(), properties.end(),
      [&feature](const Property& candidate) { return candidate.name == feature.dimension; });
  if (property == properties.end()) return {};
  const PriceVariant* variant = findVariant(feature, property->value);
  return variant == nullptr ? std::string_view() : std::string_view(variant->value);
}

Decimal planCredits(const State& state, const UsagePeriod& period, std::uint32_t newest) {
  return greatestOf(state, period, newest, [](const Plan& plan) { return plan.credits; });
}

Decimal includedBalance(const State& state, const UsagePeriod& period, Interval billing,
                        std::uint32_t newest) {
  return greatestOf(state, period, newest, [&period, billing](const Plan& plan) {
    const BasePrice* price = basePriceIn(plan, period.terms.currency, billing);
    CHECK(price != nullptr, "a plan is never withdrawn from a currency or interval");
    return includedBalance(*price, billing);
  });
}

std::optional<Improvement> nextImprovement(const State& state, const UsagePeriod& period,
                                           Interval billing) {
  const std::span<const std::size_t> later = laterVersions(state, period);
  if (later.empty()) return std::nullopt;
  const ConsumptionModel model = state.plan(period.terms).model;
  if (model == ConsumptionModel::metered) return std::nullopt;
  const bool is_credits = model == ConsumptionModel::credits;
  const Decimal given = is_credits ? period.granted : period.balance.included;
  for (const std::size_t index : later) {
    const Plan& plan = state.ledger.plans[index];
    if (!plan.improvements_now) continue;
    const Decimal raised = is_credits ? planCredits(state, period, plan.version)
                                      : includedBalance(state, period, billing, plan.version);
    if (raised <= given) continue;
    const Instant published = state.ledger.plan_published[index];
    return Improvement{plan.version, std::max(published, period.span.from), raised};
  }
  return std::nullopt;
}

Decimal includedBalance(const BasePrice& price, Interval billing) {
  if (price.included_balance) return *price.included_balance;
  return multiplyDivide(price.base, Decimal::fromInteger(1),
                        Decimal::fromInteger(usagePeriodsPer(billing)));
}

}  // namespace daybook::core
