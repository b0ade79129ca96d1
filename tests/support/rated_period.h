// One usage period of a plan, January 2026 UTC, with what was used in it: for tests of terms and
// prices without an engine.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/core/terms.h"
#include "tests/support/terms.h"

namespace daybook::testing {

class RatedPeriod {
 public:
  /// All the plan's features have this type. Version 1 is published a year before the period.
  explicit RatedPeriod(Plan plan, FeatureType type = FeatureType::metered) {
    LedgerState ledger;
    for (const PlanFeature& feature : plan.features) {
      ledger.features.push_back(metered(feature.feature));
      ledger.features.back().type = type;
    }
    plan.version = 1;
    ledger.plans = {plan};
    ledger.plan_published = {when("2025-01-01")};
    state_ = core::State(std::move(ledger), {});
    period.span = span("2026-01-01", "2026-02-01");
    period.terms = {plan.code, 1, plan.prices.front().currency};
  }
  /// A metered plan of one feature.
  explicit RatedPeriod(PlanFeature feature)
      : RatedPeriod(planFor("pro", ConsumptionModel::metered, "10", {std::move(feature)})) {}

  /// The next version.
  void publish(Plan plan, std::string_view at) {
    plan.version = static_cast<std::uint32_t>(state_.ledger.plans.size() + 1);
    state_.ledger.plans.push_back(std::move(plan));
    state_.ledger.plan_published.push_back(when(at));
    state_.indexCatalog();
  }
  void publish(PlanFeature feature, std::string_view at) {
    Plan next = plan();
    next.features = {std::move(feature)};
    publish(next, at);
  }

  const core::State& state() const { return state_; }
  const Plan& plan() const { return state_.plan(period.terms); }

  core::FeatureTerms terms(std::size_t feature = 0) const {
    return core::featureTerms(state_, period, plan(), plan().features[feature],
                              FeatureNumber(static_cast<std::uint32_t>(feature + 1)));
  }

  /// Adds to the usage of the first feature.
  FeatureUsage& use(std::string_view quantity, const std::string& variant = {}) {
    FeatureUsage& usage = usageOf(variant);
    usage.quantity += dec(quantity);
    return usage;
  }
  FeatureUsage& usageOf(const std::string& variant) {
    for (FeatureUsage& usage : period.usage) {
      if (usage.variant == variant) return usage;
    }
    FeatureUsage& usage = period.usage.emplace_back();
    usage.feature = FeatureNumber(1);
    usage.variant = variant;
    return usage;
  }

  UsagePeriod period;

 private:
  core::State state_;
};

}  // namespace daybook::testing
