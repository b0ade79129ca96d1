// Short forms for tests of prices and catalogs.
//
// Prices are in USD unless said. Text that is no decimal throws.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/model/catalog.h"
#include "ledger/model/customer.h"

namespace daybook::testing {

inline Decimal dec(std::string_view text) { return Decimal::parse(text).value(); }
inline Decimal dec(std::int64_t integer) { return Decimal::fromInteger(integer); }
inline Instant when(std::string_view text) { return Instant::parse(text).value(); }

/// A whole period, or [from, to) of a full one.
inline Span span(std::string_view from, std::string_view to) {
  return {when(from), when(to), when(from), when(to)};
}
inline Span part(std::string_view from, std::string_view to, std::string_view full_from,
                 std::string_view full_to) {
  return {when(from), when(to), when(full_from), when(full_to)};
}

inline Price perUnit(std::string_view unit_price, std::string currency = "USD") {
  Price price;
  price.currency = std::move(currency);
  price.unit_price = dec(unit_price);
  return price;
}

/// A tier's upper bound ("" is unbounded), unit price and flat fee.
struct TierText {
  std::string_view up_to;
  std::string_view unit_price;
  std::string_view flat_fee;
};

inline Price tiered(Scheme scheme, const std::vector<TierText>& tiers) {
  Price price;
  price.currency = "USD";
  price.scheme = scheme;
  for (const TierText& tier : tiers) {
    std::optional<Decimal> up_to;
    if (!tier.up_to.empty()) up_to = dec(tier.up_to);
    price.tiers.push_back({up_to, dec(tier.unit_price), dec(tier.flat_fee)});
  }
  return price;
}

inline Price package(std::string_view size, std::string_view package_price) {
  Price price;
  price.currency = "USD";
  price.scheme = Scheme::package;
  price.package_size = dec(size);
  price.package_price = dec(package_price);
  return price;
}

inline Price byTokens(std::string_view margin_percent) {
  Price price;
  price.currency = "USD";
  price.scheme = Scheme::tokens;
  price.margin_percent = dec(margin_percent);
  return price;
}

inline Price byPercentage(std::string_view rate_percent, std::string_view fee_per_event) {
  Price price;
  price.currency = "USD";
  price.scheme = Scheme::percentage;
  price.rate_percent = dec(rate_percent);
  price.fee_per_event = dec(fee_per_event);
  return price;
}

inline Feature metered(std::string code, std::string name = {}) {
  Feature feature;
  feature.code = std::move(code);
  feature.name = std::move(name);
  return feature;
}

/// A feature of a metered or balance plan.
inline PlanFeature sold(std::string code, std::string_view included, Price price) {
  PlanFeature feature;
  feature.feature = std::move(code);
  feature.included = dec(included);
  feature.prices = {std::move(price)};
  return feature;
}

/// A variant with one price.
inline PriceVariant variantAt(std::string value, Price price) {
  PriceVariant variant;
  variant.value = std::move(value);
  variant.prices = {std::move(price)};
  return variant;
}

inline BasePrice basePrice(std::string_view base, std::string currency = "USD",
                           std::optional<Interval> interval = std::nullopt) {
  BasePrice price;
  price.currency = std::move(currency);
  price.interval = interval;
  price.base = dec(base);
  return price;
}

inline Plan planFor(std::string code, ConsumptionModel model, std::string_view base,
                    std::vector<PlanFeature> features) {
  Plan plan;
  plan.code = std::move(code);
  plan.model = model;
  plan.prices = {basePrice(base)};
  plan.features = std::move(features);
  return plan;
}

}  // namespace daybook::testing
