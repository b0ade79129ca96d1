// What a plan may say of one feature: prices, variants, credits, seats.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_report.h"
#include "ledger/core/rating.h"
#include "ledger/core/terms.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

// ---- one price

bool hasTiers(Scheme scheme) { return scheme == Scheme::graduated || scheme == Scheme::volume; }

void checkTiers(Report& report, const Price& price) {
  report.require(!price.tiers.empty(), "the price has no tiers");
  requireAtMost(report, price.tiers.size(), limits::kTiersMax, " tiers in a price");
  Decimal below;
  for (std::size_t i = 0; i < price.tiers.size(); ++i) {
    const Tier& tier = price.tiers[i];
    requireMoney(report, tier.unit_price, "unitPrice of a tier");
    requireMoney(report, tier.flat_fee, "flatFee of a tier");
    if (i + 1 == price.tiers.size()) {
      report.require(!tier.up_to, "the last tier must be unbounded");
      return;
    }
    report.require(tier.up_to.has_value(), "only the last tier may be unbounded");
    if (!tier.up_to) return;
    requireQuantity(report, *tier.up_to, "upTo of a tier");
    if (*tier.up_to <= below) {
      report.require(i > 0, "the first tier must end above 0");
      report.require(false, "tiers overlap at ", tier.up_to->toString());
    }
    below = *tier.up_to;
  }
}

/// Least and most of something, each money where given.
void checkRange(Report& report, const std::optional<Decimal>& least,
                const std::optional<Decimal>& most, std::string_view least_field,
                std::string_view most_field) {
  if (least) requireMoney(report, *least, least_field);
  if (most) requireMoney(report, *most, most_field);
  report.require(!least || !most || *least <= *most, least_field, " is above ", most_field);
}

void checkPercentage(Report& report, const Price& price) {
  requireMoney(report, price.rate_percent, "ratePercent");
  requireMoney(report, price.fee_per_event, "feePerEvent");
  checkRange(report, price.event_minimum, price.event_maximum, "eventMinimum", "eventMaximum");
}

/// The fields of other schemes than the price's are not used.
void checkOtherFields(Report& report, const Price& price) {
  if (price.scheme != Scheme::perUnit) {
    requireNone(report, price.unit_price, "unitPrice", "the scheme perUnit");
  }
  report.require(hasTiers(price.scheme) || price.tiers.empty(),
                 "tiers belong to the schemes graduated and volume");
  if (price.scheme != Scheme::package) {
    requireNone(report, price.package_size, "packageSize", "the scheme package");
    requireNone(report, price.package_price, "packagePrice", "the scheme package");
  }
  if (price.scheme != Scheme::tokens) {
    requireNone(report, price.margin_percent, "marginPercent", "the scheme tokens");
  }
  if (price.scheme != Scheme::percentage) {
    requireNone(report, price.rate_percent, "ratePercent", "the scheme percentage");
    requireNone(report, price.fee_per_event, "feePerEvent", "the scheme percentage");
    report.require(!price.event_minimum && !price.event_maximum,
                   "eventMinimum and eventMaximum belong to the scheme percentage");
  }
}

void checkPrice(Report& report, const Price& price) {
  report.require(isKnown(price.scheme, Scheme::percentage), "unknown price scheme");
  requireMoney(report, price.unit_price, "unitPrice");
  requireQuantity(report, price.package_size, "packageSize");
  requireMoney(report, price.package_price, "packagePrice");
  requireMoney(report, price.margin_percent, "marginPercent");
  checkOtherFields(report, price);
  if (hasTiers(price.scheme)) checkTiers(report, price);
  report.require(price.scheme != Scheme::package || price.package_size.isPositive(),
                 "packageSize must be above 0");
  if (price.scheme == Scheme::percentage) checkPercentage(report, price);
  checkRange(report, price.minimum_charge, price.maximum_charge, "minimumCharge", "maximumCharge");
}

// ---- the prices of one metered feature

/// What a price measures; one feature has one kind.
std::string_view measureOf(const Price& price) {
  if (price.scheme == Scheme::tokens) return "tokens";
  return price.scheme == Scheme::percentage ? "percentage" : "units";
}

/// Prices in currencies that the plan is sold in, each once, of the feature's kind.
void checkPriceList(Report& report, const Plan& plan, const PlanFeature& terms,
                    const std::vector<Price>& prices) {
  std::set<std::string_view> currencies;
  for (const Price& price : prices) {
    report.require(isSoldIn(plan, price.currency), "has a price in ", price.currency,
                   ", which the plan is not sold in");
    report.require(currencies.insert(price.currency).second, "has two prices in ", price.currency);
    report.require(!price.interval, "interval of a price belongs to seats");
    checkPrice(report, price);
    const std::string_view measure = measureOf(price);
    const std::string_view other = measureOf(terms.prices.front());
    if (measure == other) continue;
    report.require(false, "has one price by ", other, " and another by " + std::string(measure));
  }
}

void requirePriceIn(Report& report, const std::vector<Price>& prices, std::string_view currency) {
  report.require(priceIn(prices, currency) != nullptr, "has no price in ", currency);
}

void checkDefaultPrices(Report& report, const Plan& plan, const PlanFeature& terms) {
  checkPriceList(report, plan, terms, terms.prices);
  const bool needs_price =
      plan.model == ConsumptionModel::balance ? !terms.unlimited : isCharged(terms);
  if (!needs_price) return;
  for (const BasePrice& price : plan.prices) requirePriceIn(report, terms.prices, price.currency);
}

void checkVariantPrices(Report& report, const Plan& plan, const PlanFeature& terms,
                        const PriceVariant& variant) {
  requireNone(report, variant.credits_per_unit, "creditsPerUnit", "credits plans");
  checkPriceList(report, plan, terms, variant.prices);
  for (const Price& price : terms.prices) requirePriceIn(report, variant.prices, price.currency);
  for (const Price& price : variant.prices) requirePriceIn(report, terms.prices, price.currency);
}

void checkVariants(Report& report, const Plan& plan, const PlanFeature& terms) {
  if (terms.dimension.empty()) {
    report.require(terms.variants.empty(), "variants need a dimension");
    return;
  }
  report.require(isText(terms.dimension, limits::kPropertyNameBytesMax),
                 "the dimension must be the name of a property");
  report.require(!terms.variants.empty(), "a dimension needs variants");
  requireAtMost(report, terms.variants.size(), limits::kVariantsMax, " variants of a feature");
  const bool is_credits = plan.model == ConsumptionModel::credits;
  report.require(is_credits ? terms.credits_per_unit.isPositive() : !terms.prices.empty(),
                 "a dimension needs default prices, in a credits plan creditsPerUnit");
  if (!report.isOk()) return;
  std::set<std::string_view> values;
  for (const PriceVariant& variant : terms.variants) {
    report.require(isText(variant.value, limits::kVariantValueBytesMax),
                   "the value of a variant must be 1 to ",
                   std::to_string(limits::kVariantValueBytesMax),
                   " bytes of text without control characters");
    report.aboutVariant(variant.value);
    report.require(values.insert(variant.value).second, "appears twice");
    if (is_credits) {
      report.require(variant.prices.empty(), "prices belong to metered and balance plans");
      requireQuantity(report, variant.credits_per_unit, "creditsPerUnit");
      report.require(variant.credits_per_unit.isPositive(), "needs creditsPerUnit above 0");
    } else {
      checkVariantPrices(report, plan, terms, variant);
    }
  }
  report.aboutVariant({});
}

// ---- metered features by model

/// Hands every price, the default ones and those of variants, to `look`.
template <typename Look>
void eachPrice(const PlanFeature& terms, Look&& look) {
  for (const Price& price : terms.prices) look(price);
  for (const PriceVariant& variant : terms.variants) {
    for (const Price& price : variant.prices) look(price);
  }
}

void checkMeteredTerms(Report& report, const Plan& plan, const PlanFeature& terms) {
  eachPrice(terms, [&](const Price& price) {
    report.require(isCharged(terms) || !price.minimum_charge,
                   "minimumCharge of a feature that is never charged");
  });
  if (!plan.free) return;
  report.require(!isCharged(terms), "is unlimited or has overage block in a free plan");
  report.require(terms.prices.empty(), "has no prices in a free plan");
}

void checkBalanceTerms(Report& report, const PlanFeature& terms) {
  report.require(terms.overage == Overage::charge,
                 "overage block belongs to metered plans; a balance plan blocks by atZero");
  eachPrice(terms, [&](const Price& price) {
    report.require(!price.minimum_charge && !price.maximum_charge,
                   "minimumCharge and maximumCharge belong to metered plans");
  });
}

void checkCreditsTerms(Report& report, const PlanFeature& terms, const Feature& feature) {
  report.require(terms.prices.empty(), "prices belong to metered and balance plans");
  requireNone(report, terms.included, "included", "metered and balance plans");
  report.require(terms.overage == Overage::charge, "overage block belongs to metered plans");
  requireQuantity(report, terms.credits_per_unit, "creditsPerUnit");
  requireQuantity(report, terms.credits_per_money, "creditsPerMoney");
  requireMoney(report, terms.margin_percent, "marginPercent");
  const bool by_unit = terms.credits_per_unit.isPositive();
  const bool by_money = terms.credits_per_money.isPositive();
  report.require(!by_unit || !by_money, "creditsPerUnit and creditsPerMoney exclude each other");
  report.require(terms.unlimited || by_unit || by_money,
                 "needs creditsPerUnit or creditsPerMoney above 0");
  report.require(by_money || terms.margin_percent.isZero(),
                 "marginPercent belongs to features priced by tokens");
  report.require(!by_money || feature.meter == Meter::sum,
                 "a feature priced by tokens has the meter sum");
}

void checkMetered(Report& report, const Plan& plan, const PlanFeature& terms,
                  const Feature& feature) {
  requireQuantity(report, terms.included, "included");
  if (plan.model == ConsumptionModel::credits) {
    checkCreditsTerms(report, terms, feature);
    return checkVariants(report, plan, terms);
  }
  requireNone(report, terms.credits_per_unit, "creditsPerUnit", "credits plans");
  requireNone(report, terms.credits_per_money, "creditsPerMoney", "credits plans");
  requireNone(report, terms.margin_percent, "marginPercent beside the prices", "credits plans");
  checkDefaultPrices(report, plan, terms);
  checkVariants(report, plan, terms);
  if (isEventPriced(terms)) {
    report.require(feature.meter == Meter::sum, "a feature priced by ",
                   measureOf(terms.prices.front()), " has the meter sum");
  }
  if (plan.model == ConsumptionModel::metered) checkMeteredTerms(report, plan, terms);
  if (plan.model == ConsumptionModel::balance) checkBalanceTerms(report, terms);
}

// ---- other types

void checkBooleanTerms(Report& report, const PlanFeature& terms) {
  PlanFeature plain;
  plain.feature = terms.feature;
  report.require(terms == plain, "a boolean feature has no units, prices or credits");
}

/// "USD by the month".
std::string offerText(std::string_view currency, Interval interval) {
  return std::string(currency).append(" by ").append(intervalText(interval));
}

void checkSeatPrices(Report& report, const Plan& plan, const PlanFeature& terms) {
  std::set<std::pair<std::string_view, std::optional<Interval>>> offers;
  for (const Price& price : terms.prices) {
    report.require(isSoldIn(plan, price.currency), "has a price in ", price.currency,
                   ", which the plan is not sold in");
    if (price.interval && basePriceIn(plan, price.currency, *price.interval) == nullptr) {
      report.require(false, "has a price in ", offerText(price.currency, *price.interval),
                     ", which the plan is not sold in");
    }
    report.require(offers.insert({price.currency, price.interval}).second, "has two prices in ",
                   price.currency, " for one interval");
    report.require(!isEventPriced(price), "seats are priced by number");
    report.require(!price.minimum_charge && !price.maximum_charge,
                   "minimumCharge and maximumCharge belong to metered features");
    checkPrice(report, price);
  }
  if (terms.overage == Overage::block) return;
  for (const BasePrice& price : plan.prices) {
    const Interval interval = billingInterval(plan, price);
    if (seatPrice(terms, price.currency, interval) != nullptr) continue;
    report.require(false, "has no price in ", offerText(price.currency, interval));
  }
}

void checkSeatTerms(Report& report, const Plan& plan, const PlanFeature& terms) {
  requireQuantity(report, terms.included, "included");
  report.require(terms.included == terms.included.roundedTo(0),
                 "included seats are a whole number");
  report.require(terms.included <= Decimal::fromInteger(limits::kSeatsMax),
                 "included must be at most ", std::to_string(limits::kSeatsMax));
  report.require(!terms.unlimited, "unlimited belongs to metered features");
  requireNone(report, terms.credits_per_unit, "creditsPerUnit", "metered features");
  requireNone(report, terms.credits_per_money, "creditsPerMoney", "metered features");
  requireNone(report, terms.margin_percent, "marginPercent", "metered features");
  report.require(terms.dimension.empty() && terms.variants.empty(),
                 "dimension and variants belong to metered features");
  report.require(!plan.free || terms.overage == Overage::block,
                 "seats have overage block in a free plan");
  report.require(!plan.free || terms.prices.empty(), "has no prices in a free plan");
  checkSeatPrices(report, plan, terms);
}

// ---- size of invoices

/// The lines of one price at a period's close: overage with its details, and the minimum.
std::size_t lineBytes(const Price& price) {
  std::size_t bytes = limits::kInvoiceLineBytesMax * (price.minimum_charge ? 2 : 1);
  bytes += limits::kTierChargeBytesMax * price.tiers.size();
  if (price.scheme == Scheme::package) bytes += limits::kTierChargeBytesMax;
  if (price.scheme == Scheme::tokens) bytes += limits::kModelUsageBytesMax * limits::kLineModelsMax;
  return bytes;
}

bool isOfSeats(const PlanFeature& terms, const KnownFeatures& features) {
  const Feature* feature = features.find(terms.feature);
  return feature != nullptr && feature->type == FeatureType::seats;
}

}  // namespace

void checkPlanFeature(Report& report, const Plan& plan, const PlanFeature& terms,
                      const KnownFeatures& features) {
  const Feature* feature = features.find(terms.feature);
  report.require(feature != nullptr, "unknown feature");
  if (feature == nullptr) return;
  report.require(isKnown(terms.overage, Overage::block), "unknown overage");
  switch (feature->type) {
    case FeatureType::boolean:
      return checkBooleanTerms(report, terms);
    case FeatureType::seats:
      return checkSeatTerms(report, plan, terms);
    case FeatureType::metered:
      return checkMetered(report, plan, terms, *feature);
  }
}

InvoiceShare invoiceShare(const Plan& plan, const PlanFeature& terms, const KnownFeatures& features,
                          std::string_view currency) {
  InvoiceShare share;
  if (isOfSeats(terms, features)) {
    for (const Price& price : terms.prices) {
      if (price.currency == currency) {
        share.seat_bytes = std::max(share.seat_bytes, lineBytes(price));
      }
    }
    // The true-up of the old seats, and the credit for their unused time.
    if (share.seat_bytes > 0) share.usage_bytes = 2 * limits::kInvoiceLineBytesMax;
    return share;
  }
  if (!isCharged(terms)) return share;
  if (plan.model == ConsumptionModel::balance) {
    share.usage_bytes = limits::kInvoiceLineBytesMax;
    return share;
  }
  eachPrice(terms, [&](const Price& price) {
    if (price.currency == currency) share.usage_bytes += lineBytes(price);
  });
  return share;
}

}  // namespace daybook::core
