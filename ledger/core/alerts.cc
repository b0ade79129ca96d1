#include "ledger/core/alerts.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/core/draw.h"

namespace daybook::core {
namespace {

/// What is watched, before and after.
struct Change {
  Decimal before;
  Decimal after;
};

std::optional<Decimal> thresholdOf(const AlertRule& rule, Decimal whole) {
  if (!rule.percent) return rule.level;
  if (!whole.isPositive()) return std::nullopt;
  return multiplyDivide(whole, rule.level, Decimal::fromInteger(100));
}

/// Usage reaches its level; credits and balance fall below theirs.
bool crosses(AlertKind kind, const Change& change, Decimal threshold) {
  if (kind == AlertKind::usage) return change.before < threshold && change.after >= threshold;
  return change.before >= threshold && change.after < threshold;
}

/// `feature` is what the alert is about; empty: all of them. Nothing is copied before a level is
/// crossed: this is asked with every usage.
void raise(std::vector<AlertRaised>& raised, const UsagePeriod& period, const AlertRule& rule,
           const std::string& feature, Decimal whole, const Change& change) {
  const std::optional<Decimal> threshold = thresholdOf(rule, whole);
  if (!threshold || !crosses(rule.kind, change, *threshold)) return;
  AlertRule about = rule;
  about.feature = feature;
  // One rule may be about all features, and another one, equal to it here, about this one.
  const auto is_of_rule = [&about](const auto& alert) { return alert.rule == about; };
  if (std::any_of(period.alerts.begin(), period.alerts.end(), is_of_rule)) return;
  if (std::any_of(raised.begin(), raised.end(), is_of_rule)) return;
  raised.push_back({std::move(about), period.span.from, change.after, *threshold});
}

bool isWatched(const std::vector<AlertRule>& rules, AlertKind kind) {
  return std::any_of(rules.begin(), rules.end(),
                     [kind](const AlertRule& rule) { return rule.kind == kind; });
}

void raiseAll(std::vector<AlertRaised>& raised, const std::vector<AlertRule>& rules, AlertKind kind,
              const UsagePeriod& period, Decimal whole, const Change& change) {
  for (const AlertRule& rule : rules) {
    if (rule.kind == kind) raise(raised, period, rule, rule.feature, whole, change);
  }
}

/// What usage now may draw of any feature, and what holds set aside of it, less the debt.
Decimal creditsOf(const Customer& customer, Instant now) {
  Decimal sum;
  for (const Grant& grant : customer.grants) {
    // What is held is not used yet.
    if (coversInstant(grant, now, now)) sum += grant.remaining + grant.held;
  }
  return sum - customer.credit_debt;
}

void raiseUsage(std::vector<AlertRaised>& raised, const std::vector<AlertRule>& rules,
                const UsageJudgement& judgement) {
  const UsageRecorded& recorded = judgement.recorded;
  const std::string& feature = judgement.terms.feature->feature;
  const Decimal before = countedUnits(*judgement.period, recorded.feature);
  const Change change{before, before + recorded.quantity - recorded.unpaid};
  if (change.after <= change.before) return;
  const bool is_limited =
      judgement.terms.included.isPositive() && !judgement.terms.feature->unlimited;
  for (const AlertRule& rule : rules) {
    if (rule.kind != AlertKind::usage || !(rule.feature.empty() || rule.feature == feature)) {
      continue;
    }
    if (rule.percent && !is_limited) continue;
    raise(raised, *judgement.period, rule, feature, judgement.terms.included, change);
  }
}

/// What is drawn from grants that are there: a hold may have pinned credits whose time is over.
Decimal drawnOfPresent(const Customer& customer, const std::vector<Draw>& draws, Instant now) {
  Decimal sum;
  for (const Draw& draw : draws) {
    const auto grant =
        std::find_if(customer.grants.begin(), customer.grants.end(),
                     [&draw](const Grant& candidate) { return candidate.number == draw.grant; });
    CHECK(grant != customer.grants.end(), "a grant stays while something of it may be drawn");
    if (coversInstant(*grant, now, now)) sum += draw.amount;
  }
  return sum;
}

}  // namespace

const std::vector<AlertRule>& alertRules(const Customer& customer, const Plan& plan) {
  static const std::vector<AlertRule> kDefaults = {
      {AlertKind::credits, {}, Decimal::fromInteger(10), true},
      {AlertKind::usage, {}, Decimal::fromInteger(80), true},
      {AlertKind::usage, {}, Decimal::fromInteger(100), true}};
  if (customer.alert_rules) return *customer.alert_rules;
  return plan.alerts ? *plan.alerts : kDefaults;
}

Decimal availableCredits(const State& state, const Customer& customer, Instant now) {
  const UsagePeriod* running = runningPeriod(customer);
  if (running == nullptr) return {};
  if (state.plan(running->terms).model != ConsumptionModel::credits) return {};
  return creditsOf(customer, now);
}

std::vector<AlertRaised> usageAlerts(const Customer& customer, const UsageJudgement& judgement,
                                     Instant now) {
  std::vector<AlertRaised> raised;
  const UsageRecorded& recorded = judgement.recorded;
  if (recorded.disposition != Disposition::current) return raised;
  const UsagePeriod& period = *judgement.period;
  const std::vector<AlertRule>& rules = alertRules(customer, *judgement.plan);
  raiseUsage(raised, rules, judgement);
  switch (judgement.plan->model) {
    case ConsumptionModel::metered:
      break;
    case ConsumptionModel::credits: {
      if (!isWatched(rules, AlertKind::credits)) break;
      const Decimal before = creditsOf(customer, now);
      const Decimal after =
          before - recorded.overdrawn - drawnOfPresent(customer, recorded.draws, now);
      raiseAll(raised, rules, AlertKind::credits, period, period.granted, {before, after});
      break;
    }
    case ConsumptionModel::balance:
      raiseAll(raised, rules, AlertKind::balance, period, period.balance.included,
               {period.balance.amount, period.balance.amount - (recorded.price - recorded.unpaid)});
      break;
  }
  return raised;
}

void addCreditAlerts(Draft& draft, Decimal lost, Instant at) {
  const UsagePeriod* running = runningPeriod(draft.customer());
  // A period that ends at this very instant is reset next.
  if (running == nullptr || running->span.to <= at) return;
  const Plan& plan = draft.state().plan(running->terms);
  if (plan.model != ConsumptionModel::credits) return;
  const Decimal after = availableCredits(draft.state(), draft.customer(), at);
  std::vector<AlertRaised> raised;
  raiseAll(raised, alertRules(draft.customer(), plan), AlertKind::credits, *running,
           running->granted, {after + lost, after});
  for (AlertRaised& alert : raised) draft.add(std::move(alert));
}

}  // namespace daybook::core
