#include "ledger/core/catalog_lookup.h"

#include <algorithm>

#include "ledger/base/check.h"

namespace daybook::core {
namespace {

/// The last item with that code, which is its newest version.
template <typename Item>
const Item* newest(const std::vector<Item>& items, std::string_view code) {
  const auto item = std::find_if(items.rbegin(), items.rend(),
                                 [code](const Item& other) { return other.code == code; });
  return item == items.rend() ? nullptr : &*item;
}

}  // namespace

const Plan& planOf(const LedgerState& ledger, const Terms& terms) {
  const auto plan =
      std::find_if(ledger.plans.rbegin(), ledger.plans.rend(), [&terms](const Plan& candidate) {
        return candidate.version == terms.version && candidate.code == terms.plan;
      });
  CHECK(plan != ledger.plans.rend(), "terms name a published plan version");
  return *plan;
}

const Plan* newestPlan(const LedgerState& ledger, std::string_view code) {
  return newest(ledger.plans, code);
}

const Pack* newestPack(const LedgerState& ledger, std::string_view code) {
  return newest(ledger.packs, code);
}

FeatureNumber featureNumber(const LedgerState& ledger, std::string_view code) {
  for (std::size_t index = 0; index < ledger.features.size(); ++index) {
    if (ledger.features[index].code == code) {
      return FeatureNumber(static_cast<std::uint32_t>(index + 1));
    }
  }
  return {};
}

const Feature& featureOf(const LedgerState& ledger, FeatureNumber number) {
  CHECK(!number.isNone() && number.value <= ledger.features.size(), "the feature is published");
  return ledger.features[number.value - 1];
}

Interval billingInterval(const Plan& plan, const BasePrice& price) {
  return price.interval.value_or(plan.interval);
}

const BasePrice* basePriceIn(const Plan& plan, std::string_view currency, Interval billing) {
  const auto price = std::find_if(
      plan.prices.begin(), plan.prices.end(), [&plan, currency, billing](const BasePrice& other) {
        return other.currency == currency && billingInterval(plan, other) == billing;
      });
  return price == plan.prices.end() ? nullptr : &*price;
}

bool isSoldIn(const Plan& plan, std::string_view currency) {
  return std::any_of(plan.prices.begin(), plan.prices.end(),
                     [currency](const BasePrice& price) { return price.currency == currency; });
}

bool isSoldAt(const Plan& plan, Interval billing) {
  return std::any_of(
      plan.prices.begin(), plan.prices.end(),
      [&plan, billing](const BasePrice& price) { return billingInterval(plan, price) == billing; });
}

const PlanFeature* planFeature(const Plan& plan, std::string_view feature) {
  const auto found =
      std::find_if(plan.features.begin(), plan.features.end(),
                   [feature](const PlanFeature& other) { return other.feature == feature; });
  return found == plan.features.end() ? nullptr : &*found;
}

std::uint32_t priceBookVersion(const LedgerState& ledger, std::string_view currency, Instant at) {
  std::uint32_t version = 0;
  for (const ModelPriceVersion& price : ledger.model_prices) {
    if (price.effective > at) break;  // later ones are not in force either
    if (price.currency == currency) version = price.book_version;
  }
  return version;
}

const std::string& displayName(const Feature& feature) {
  return feature.name.empty() ? feature.code : feature.name;
}

const std::string& displayName(const Plan& plan) {
  return plan.name.empty() ? plan.code : plan.name;
}

}  // namespace daybook::core
