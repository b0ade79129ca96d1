// Section 7: terms in force.
#include <algorithm>

#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// The period's own version and those that came later, while it was open. Pinned: only its own.
std::vector<const Plan*> versionsReaching(const Desk& desk, const Period& period) {
  std::vector<const Plan*> versions = {&planOf(desk.published, period)};
  if (period.pinned) return versions;
  for (const Published::PlanVersion& later : desk.published.plans) {
    if (later.plan.code == period.plan && later.plan.version > period.version &&
        later.at < period.span.to) {
      versions.push_back(&later.plan);
    }
  }
  return versions;
}

const Price* inCurrency(const std::vector<Price>& prices, const std::string& currency,
                        Interval interval) {
  const Price* for_any = nullptr;
  for (const Price& price : prices) {
    if (price.currency != currency) continue;
    if (price.interval == interval) return &price;
    if (!price.interval) for_any = &price;
  }
  return for_any;
}

/// The variant's own prices: nullptr when the plan has no such variant.
const std::vector<Price>* pricesOf(const PlanFeature& sold, const std::string& variant) {
  if (variant.empty()) return &sold.prices;
  for (const PriceVariant& one : sold.variants) {
    if (one.value == variant) return &one.prices;
  }
  return nullptr;
}

std::optional<Decimal> unitCredits(const PlanFeature& sold, const std::string& variant) {
  if (variant.empty()) return sold.credits_per_unit;
  for (const PriceVariant& one : sold.variants) {
    if (one.value == variant) return one.credits_per_unit;
  }
  return std::nullopt;
}

}  // namespace

const Feature* featureOf(const Published& published, const std::string& code) {
  for (const Feature& feature : published.features) {
    if (feature.code == code) return &feature;
  }
  return nullptr;
}

const Plan* newestPlan(const Published& published, const std::string& code) {
  return planBefore(published, code, Instant::never());
}

const Plan* planBefore(const Published& published, const std::string& code, Instant at) {
  const Plan* newest = nullptr;
  for (const Published::PlanVersion& version : published.plans) {
    if (version.plan.code == code && version.at < at) newest = &version.plan;
  }
  return newest;
}

const Plan& planOf(const Published& published, const std::string& code, std::uint32_t version) {
  for (const Published::PlanVersion& one : published.plans) {
    if (one.plan.code == code && one.plan.version == version) return one.plan;
  }
  CHECK(false, "a published version stays");
  return published.plans.front().plan;
}

const Plan& planOf(const Published& published, const Period& period) {
  return planOf(published, period.plan, period.version);
}

const BasePrice* basePriceOf(const Plan& plan, const std::string& currency, Interval interval) {
  for (const BasePrice& price : plan.prices) {
    if (price.currency == currency && price.interval.value_or(plan.interval) == interval) {
      return &price;
    }
  }
  return nullptr;
}

bool isSoldIn(const Plan& plan, const std::string& currency) {
  return std::any_of(plan.prices.begin(), plan.prices.end(),
                     [&](const BasePrice& price) { return price.currency == currency; });
}

const PlanFeature* soldAs(const Plan& plan, const std::string& feature) {
  for (const PlanFeature& sold : plan.features) {
    if (sold.feature == feature) return &sold;
  }
  return nullptr;
}

std::optional<Price> startPriceOf(const Period& period, const PlanFeature& sold,
                                  const std::string& variant) {
  const std::vector<Price>* prices = pricesOf(sold, variant);
  const Price* own =
      prices == nullptr ? nullptr : inCurrency(*prices, period.currency, period.interval);
  return own == nullptr ? std::nullopt : std::optional(*own);
}

std::optional<Price> priceOf(const Desk& desk, const Period& period, const PlanFeature& sold,
                             const std::string& variant) {
  const std::optional<Price> own = startPriceOf(period, sold, variant);
  if (!own || own->scheme != Scheme::perUnit) return own;
  Price price = *own;
  for (const Plan* version : versionsReaching(desk, period)) {
    const PlanFeature* same = soldAs(*version, sold.feature);
    if (same == nullptr) continue;
    const std::vector<Price>* theirs = pricesOf(*same, variant);
    if (theirs == nullptr) continue;
    const Price* other = inCurrency(*theirs, period.currency, period.interval);
    if (other == nullptr || other->scheme != Scheme::perUnit) continue;
    price.unit_price = daybook::least(price.unit_price, other->unit_price);
  }
  return price;
}

Number creditsPerUnit(const Desk& desk, const Period& period, const PlanFeature& sold,
                      const std::string& variant) {
  Decimal lowest = unitCredits(sold, variant).value();
  for (const Plan* version : versionsReaching(desk, period)) {
    const PlanFeature* same = soldAs(*version, sold.feature);
    if (same == nullptr || version->model != ConsumptionModel::credits) continue;
    if (const auto theirs = unitCredits(*same, variant)) {
      lowest = daybook::least(lowest, *theirs);
    }
  }
  return lowest;
}

Number includedOf(const Desk& desk, const Period& period, const PlanFeature& sold) {
  Number included = sold.included;
  for (const Plan* version : versionsReaching(desk, period)) {
    if (!version->improvements_now) continue;
    if (const PlanFeature* same = soldAs(*version, sold.feature)) {
      included = most(included, same->included);
    }
  }
  return included;
}

Number includedBalanceOf(const Plan& plan, const std::string& currency, Interval interval) {
  if (plan.model != ConsumptionModel::balance) return 0;
  const BasePrice& price = *basePriceOf(plan, currency, interval);
  if (price.included_balance) return *price.included_balance;
  return recorded(Number(price.base) / usagePeriodsIn(interval));
}

std::optional<std::size_t> runningPeriod(const Book& book) {
  if (!book.subscription || book.subscription->paused || book.periods.empty()) return std::nullopt;
  return book.periods.size() - 1;
}

}  // namespace daybook::twin
