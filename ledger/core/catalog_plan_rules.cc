// What a plan may say as a whole: what it is sold at, its model, and what it must keep once it is
// published. Its features: catalog_feature_rules.cc.
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_report.h"
#include "ledger/core/forms.h"

namespace daybook::core {
namespace {

/// "USD by the month".
std::string offerOf(const Plan& plan, const BasePrice& price) {
  return price.currency + " by " + std::string(intervalText(billingInterval(plan, price)));
}

void checkBasePrice(Report& report, const Plan& plan, const BasePrice& price) {
  requireCurrency(report, price.currency);
  report.require(!price.interval || isKnown(*price.interval, Interval::once), "unknown interval");
  requireMoney(report, price.base, "base");
  requireMoney(report, price.intro_amount, "introAmount");
  report.require(price.intro_amount <= price.base, "introAmount is above base");
  const bool is_balance = plan.model == ConsumptionModel::balance;
  if (price.included_balance) {
    requireMoney(report, *price.included_balance, "includedBalance");
    report.require(is_balance, "includedBalance belongs to balance plans");
  }
  report.require(
      !is_balance || price.included_balance || billingInterval(plan, price) != Interval::once,
      "a one-time price needs includedBalance");
}

void checkPlanPrices(Report& report, const Plan& plan) {
  report.require(!plan.prices.empty(), "needs a price in one currency at least");
  std::set<std::string_view> currencies;
  std::set<std::pair<std::string_view, Interval>> offers;
  for (const BasePrice& price : plan.prices) {
    currencies.insert(price.currency);
    checkBasePrice(report, plan, price);
    if (offers.insert({price.currency, billingInterval(plan, price)}).second) continue;
    report.require(false, "has two prices in ", offerOf(plan, price));
  }
  requireAtMost(report, currencies.size(), limits::kCurrenciesPerPlanMax, " currencies in a plan");
  report.require(isSoldAt(plan, plan.interval), "needs a price for its own interval");
}

void checkPlanModel(Report& report, const Plan& plan) {
  report.require(isKnown(plan.model, ConsumptionModel::balance), "unknown model");
  report.require(isKnown(plan.interval, Interval::once), "unknown interval");
  report.require(isKnown(plan.at_zero, AtZero::block), "unknown atZero");
  requireQuantity(report, plan.credits, "credits");
  if (plan.model != ConsumptionModel::credits) {
    requireNone(report, plan.credits, "credits", "credits plans");
    report.require(!plan.rollover, "rollover belongs to credits plans");
  }
  if (plan.model != ConsumptionModel::balance) {
    report.require(plan.at_zero == AtZero::overage, "atZero belongs to balance plans");
    report.require(!plan.carry_top_ups, "carryTopUps belongs to balance plans");
  }
  requireAtMost(report, plan.trial_days, limits::kTrialDaysMax, " days in trialDays");
  if (!plan.rollover) return;
  if (plan.rollover->maximum) requireQuantity(report, *plan.rollover->maximum, "rollover.maximum");
  report.require(plan.rollover->periods > 0, "rollover.periods must be above 0");
  requireAtMost(report, plan.rollover->periods, limits::kRolloverPeriodsMax,
                " periods in rollover.periods");
}

void checkIntro(Report& report, const Plan& plan) {
  requireMoney(report, plan.intro_percent, "introPercent");
  report.require(plan.intro_percent <= Decimal::fromInteger(100), "introPercent is above 100");
  requireAtMost(report, plan.intro_cycles, limits::kIntroCyclesMax, " cycles in introCycles");
  bool has_amount = false;
  for (const BasePrice& price : plan.prices) has_amount |= !price.intro_amount.isZero();
  const bool has_percent = !plan.intro_percent.isZero();
  report.require(!has_percent || !has_amount, "introPercent and introAmount exclude each other");
  report.require((plan.intro_cycles > 0) == (has_percent || has_amount),
                 "introCycles goes with introPercent or introAmount");
}

/// A free plan has no invoices: nothing in it may cost anything.
void checkFree(Report& report, const Plan& plan) {
  if (!plan.free) return;
  report.require(plan.interval == Interval::month, "a free plan runs by the month");
  for (const BasePrice& price : plan.prices) {
    report.require(billingInterval(plan, price) == Interval::month,
                   "a free plan runs by the month");
    report.require(price.base.isZero(), "base of a free plan must be 0");
  }
  report.require(plan.model != ConsumptionModel::balance || plan.at_zero == AtZero::block,
                 "a free balance plan has atZero block");
  report.require(plan.trial_days == 0, "a free plan has no trial");
  report.require(plan.intro_cycles == 0, "a free plan has no introductory discount");
}

void checkAlerts(Report& report, const Plan& plan, const KnownFeatures& features) {
  if (!plan.alerts) return;
  requireAtMost(report, plan.alerts->size(), limits::kAlertRulesMax, " alerts in a plan");
  for (std::size_t i = 0; i < plan.alerts->size(); ++i) {
    const AlertRule& rule = (*plan.alerts)[i];
    report.require(problemOf(rule).empty(), "an alert's ", problemOf(rule));
    report.require(rule.kind != AlertKind::credits || plan.model == ConsumptionModel::credits,
                   "alerts of credits belong to credits plans");
    report.require(rule.kind != AlertKind::balance || plan.model == ConsumptionModel::balance,
                   "alerts of the balance belong to balance plans");
    for (std::size_t other = 0; other < i; ++other) {
      report.require((*plan.alerts)[other] != rule, "has two equal alerts");
    }
    if (rule.feature.empty()) continue;
    const Feature* feature = features.find(rule.feature);
    const bool is_metered = feature != nullptr && feature->type == FeatureType::metered;
    report.require(is_metered && planFeature(plan, rule.feature) != nullptr, "an alert is about ",
                   rule.feature, ", no metered feature of the plan");
  }
}

/// What open subscriptions stand on stays: they move to the next version at their next period.
void checkNextVersion(Report& report, const Plan& published, const Plan& plan) {
  report.require(plan.model == published.model,
                 "the model of a published plan cannot change: publish another plan");
  for (const BasePrice& price : published.prices) {
    const Interval interval = billingInterval(published, price);
    if (basePriceIn(plan, price.currency, interval) != nullptr) continue;
    report.require(false, "must still be sold in ", offerOf(published, price),
                   ", which subscriptions may run in");
  }
}

/// Closing a period cannot be refused: its invoice must fit a record.
void checkInvoiceSize(Report& report, const Plan& plan, const KnownFeatures& features) {
  for (const BasePrice& price : plan.prices) {
    InvoiceShare sum;
    for (const PlanFeature& terms : plan.features) {
      const InvoiceShare share = invoiceShare(plan, terms, features, price.currency);
      sum.usage_bytes += share.usage_bytes;
      sum.seat_bytes += share.seat_bytes;
    }
    report.require(sum.usage_bytes <= limits::kUsageLinesBytesMax,
                   "its largest invoice would not fit a record: fewer features, variants, tiers or "
                   "minimums");
    report.require(sum.seat_bytes <= limits::kSeatLinesBytesMax,
                   "its largest invoice would not fit a record: fewer features of seats, or tiers");
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
  checkIntro(report, plan);
  checkFree(report, plan);
  requireAtMost(report, plan.features.size(), limits::kFeaturesPerPlanMax, " features in a plan");
  if (!report.isOk()) return;
  const Plan* published = newestPlan(ledger, plan.code);
  if (published != nullptr) checkNextVersion(report, *published, plan);
  std::set<std::string_view> codes;
  for (const PlanFeature& terms : plan.features) {
    report.aboutPart("feature", terms.feature);
    report.require(codes.insert(terms.feature).second, "appears twice");
    checkPlanFeature(report, plan, terms, features);
  }
  report.aboutPart({}, {});
  checkAlerts(report, plan, features);
  checkInvoiceSize(report, plan, features);
}

}  // namespace daybook::core
