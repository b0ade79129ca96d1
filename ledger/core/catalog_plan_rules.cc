// What a plan may say: its terms, and its features' prices.
#include <set>
#include <string_view>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_report.h"
#include "ledger/core/rating.h"

namespace daybook::core {
namespace {

// ---- prices

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

void checkPrice(Report& report, const Price& price) {
  report.require(isKnown(price.scheme, Scheme::tokens), "unknown price scheme");
  requireMoney(report, price.unit_price, "unitPrice");
  requireQuantity(report, price.package_size, "packageSize");
  requireMoney(report, price.package_price, "packagePrice");
  requireMoney(report, price.margin_percent, "marginPercent");
  if (price.scheme != Scheme::perUnit) {
    requireNone(report, price.unit_price, "unitPrice", "the scheme perUnit");
  }
  if (hasTiers(price.scheme)) {
    checkTiers(report, price);
  } else {
    report.require(price.tiers.empty(), "tiers belong to the schemes graduated and volume");
  }
  if (price.scheme == Scheme::package) {
    report.require(price.package_size.isPositive(), "packageSize must be above 0");
  } else {
    requireNone(report, price.package_size, "packageSize", "the scheme package");
    requireNone(report, price.package_price, "packagePrice", "the scheme package");
  }
  if (price.scheme != Scheme::tokens) {
    requireNone(report, price.margin_percent, "marginPercent", "the scheme tokens");
  }
  if (price.minimum_charge) requireMoney(report, *price.minimum_charge, "minimumCharge");
  if (price.maximum_charge) requireMoney(report, *price.maximum_charge, "maximumCharge");
  report.require(!price.minimum_charge || !price.maximum_charge ||
                     *price.minimum_charge <= *price.maximum_charge,
                 "minimumCharge is above maximumCharge");
}

// ---- plans

/// The prices of one feature against the currencies that its plan is sold in.
void checkPrices(Report& report, const Plan& plan, const PlanFeature& terms) {
  std::set<std::string_view> currencies;
  for (const Price& price : terms.prices) {
    report.require(basePriceIn(plan, price.currency) != nullptr, "has a price in ", price.currency,
                   ", which the plan is not sold in");
    report.require(currencies.insert(price.currency).second, "has two prices in ", price.currency);
    checkPrice(report, price);
    report.require(
        (price.scheme == Scheme::tokens) == (terms.prices.front().scheme == Scheme::tokens),
        "is priced by tokens in one currency and by units in another");
  }
  const bool needs_price =
      plan.model == ConsumptionModel::balance ? !terms.unlimited : isCharged(terms);
  if (!needs_price) return;
  for (const BasePrice& price : plan.prices) {
    report.require(currencies.count(price.currency) > 0, "has no price in ", price.currency);
  }
}

bool isPricedByTokens(const PlanFeature& terms) {
  return !terms.prices.empty() && terms.prices.front().scheme == Scheme::tokens;
}

void checkMeteredTerms(Report& report, const PlanFeature& terms) {
  for (const Price& price : terms.prices) {
    report.require(isCharged(terms) || !price.minimum_charge,
                   "minimumCharge of a feature that is never charged");
  }
}

void checkBalanceTerms(Report& report, const PlanFeature& terms) {
  report.require(terms.overage == Overage::charge,
                 "overage block belongs to metered plans; a balance plan blocks by atZero");
  for (const Price& price : terms.prices) {
    report.require(!price.minimum_charge && !price.maximum_charge,
                   "minimumCharge and maximumCharge belong to metered plans");
  }
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

void checkBooleanTerms(Report& report, const PlanFeature& terms) {
  PlanFeature plain;
  plain.feature = terms.feature;
  report.require(terms == plain, "a boolean feature has no units, prices or credits");
}

void checkPlanFeature(Report& report, const Plan& plan, const PlanFeature& terms,
                      const KnownFeatures& features) {
  const Feature* feature = features.find(terms.feature);
  report.require(feature != nullptr, "unknown feature");
  if (feature == nullptr) return;
  if (feature->type == FeatureType::boolean) return checkBooleanTerms(report, terms);
  report.require(isKnown(terms.overage, Overage::block), "unknown overage");
  requireQuantity(report, terms.included, "included");
  if (plan.model == ConsumptionModel::credits) return checkCreditsTerms(report, terms, *feature);
  requireNone(report, terms.credits_per_unit, "creditsPerUnit", "credits plans");
  requireNone(report, terms.credits_per_money, "creditsPerMoney", "credits plans");
  requireNone(report, terms.margin_percent, "marginPercent beside the prices", "credits plans");
  checkPrices(report, plan, terms);
  report.require(!isPricedByTokens(terms) || feature->meter == Meter::sum,
                 "a feature priced by tokens has the meter sum");
  if (plan.model == ConsumptionModel::metered) checkMeteredTerms(report, terms);
  if (plan.model == ConsumptionModel::balance) checkBalanceTerms(report, terms);
}

/// The most that an invoice event of the plan takes in one currency, beside its head.
std::size_t invoiceBytesMax(const Plan& plan, std::string_view currency) {
  std::size_t bytes = 0;
  for (const PlanFeature& terms : plan.features) {
    const Price* price = priceIn(terms, currency);
    if (price == nullptr || terms.unlimited) continue;
    bytes += limits::kInvoiceLineBytesMax * (price->minimum_charge ? 2 : 1);
    if (plan.model != ConsumptionModel::metered) continue;
    if (hasTiers(price->scheme)) bytes += limits::kTierChargeBytesMax * price->tiers.size();
    if (price->scheme == Scheme::package) bytes += limits::kTierChargeBytesMax;
  }
  return bytes;
}

void checkPlanPrices(Report& report, const Plan& plan) {
  report.require(!plan.prices.empty(), "needs a price in one currency at least");
  requireAtMost(report, plan.prices.size(), limits::kCurrenciesPerPlanMax, " currencies in a plan");
  std::set<std::string_view> currencies;
  for (const BasePrice& price : plan.prices) {
    requireCurrency(report, price.currency);
    report.require(currencies.insert(price.currency).second, "has two prices in ", price.currency);
    requireMoney(report, price.base, "base");
    if (!price.included_balance) continue;
    requireMoney(report, *price.included_balance, "includedBalance");
    report.require(plan.model == ConsumptionModel::balance,
                   "includedBalance belongs to balance plans");
  }
}

void checkPlanModel(Report& report, const Plan& plan) {
  report.require(isKnown(plan.model, ConsumptionModel::balance), "unknown model");
  report.require(isKnown(plan.interval, Interval::year), "unknown interval");
  report.require(isKnown(plan.at_zero, AtZero::block), "unknown atZero");
  requireQuantity(report, plan.credits, "credits");
  if (plan.model != ConsumptionModel::credits) {
    requireNone(report, plan.credits, "credits", "credits plans");
  }
  if (plan.model != ConsumptionModel::balance) {
    report.require(plan.at_zero == AtZero::overage, "atZero belongs to balance plans");
    report.require(!plan.carry_top_ups, "carryTopUps belongs to balance plans");
  }
}

/// What open subscriptions stand on stays: they move to the next version at their next period.
void checkNextVersion(Report& report, const Plan& published, const Plan& plan) {
  report.require(plan.model == published.model,
                 "the model of a published plan cannot change: publish another plan");
  report.require(plan.interval == published.interval,
                 "the interval of a published plan cannot change: publish another plan");
  for (const BasePrice& price : published.prices) {
    report.require(basePriceIn(plan, price.currency) != nullptr, "must still be sold in ",
                   price.currency, ", which subscriptions may run in");
  }
}

}  // namespace

void checkPlan(Report& report, const LedgerState& ledger, const Plan& plan,
               const KnownFeatures& features) {
  report.about("plan", plan.code);
  requireCode(report, plan.code, "code");
  requireName(report, plan.name);
  checkPlanModel(report, plan);
  checkPlanPrices(report, plan);
  requireAtMost(report, plan.features.size(), limits::kFeaturesPerPlanMax, " features in a plan");
  const Plan* published = newestPlan(ledger, plan.code);
  if (published != nullptr) checkNextVersion(report, *published, plan);
  std::set<std::string_view> codes;
  for (const PlanFeature& terms : plan.features) {
    report.aboutPart("feature", terms.feature);
    report.require(codes.insert(terms.feature).second, "appears twice");
    checkPlanFeature(report, plan, terms, features);
  }
  report.aboutPart({}, {});
  for (const BasePrice& price : plan.prices) {
    report.require(invoiceBytesMax(plan, price.currency) <=
                       limits::kEventBytesMax - limits::kInvoiceHeadBytesMax,
                   "its largest invoice would not fit a record: fewer features, tiers or minimums");
  }
}

}  // namespace daybook::core
