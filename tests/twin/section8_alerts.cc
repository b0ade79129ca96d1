// Section 8: alerts.
#include <algorithm>

#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

std::vector<AlertRule> rulesFor(const Desk& desk, const Plan& plan) {
  if (desk.book.alert_rules) return *desk.book.alert_rules;
  if (plan.alerts) return *plan.alerts;
  return {{AlertKind::credits, {}, Decimal::fromInteger(10), true},
          {AlertKind::usage, {}, Decimal::fromInteger(80), true},
          {AlertKind::usage, {}, Decimal::fromInteger(100), true}};
}

/// Credits that are there at an instant, less debt.
Number creditsAt(const Desk& desk, Instant at) {
  Number sum = -debtOf(desk.book);
  for (std::size_t i = 0; i < desk.book.grants.size(); ++i) {
    const Grant& grant = desk.book.grants[i].terms;
    if (at >= grant.expiry || grant.effective > at) continue;
    sum += remainingOf(desk.book, i) + pinnedIn(desk.book, i);  // what is held is not used
  }
  return sum;
}

/// What the period's plan grants gave.
Number grantedIn(const Book& book, std::size_t period) {
  Number sum = book.periods[period].granted_elsewhere;
  for (const Granted& granted : book.grants) {
    if (granted.period == period) sum += granted.terms.credits;
  }
  return sum;
}

Number includedMoney(const Book& book, std::size_t period) {
  Number sum = book.periods[period].included_balance;
  for (const MoneyMove& move : book.money_moves) {
    if (move.period == period && move.kind == MoneyMove::Kind::raise) sum += move.amount;
  }
  return sum;
}

/// What a percentage is of; none where there is nothing to take one of.
std::optional<Number> wholeOf(const Desk& desk, std::size_t index, const AlertRule& rule) {
  const Period& period = desk.book.periods[index];
  Number whole;
  switch (rule.kind) {
    case AlertKind::usage: {
      const PlanFeature& sold = *soldAs(planOf(desk.published, period), rule.feature);
      if (!sold.unlimited) whole = includedOf(desk, period, sold);
      break;
    }
    case AlertKind::credits:
      whole = grantedIn(desk.book, index);
      break;
    case AlertKind::balance:
      whole = includedMoney(desk.book, index);
      break;
  }
  return whole > 0 ? std::optional(whole) : std::nullopt;
}

bool isArmed(const Book& book, std::size_t period, const AlertRule& rule) {
  for (auto entry = book.alerts.rbegin(); entry != book.alerts.rend(); ++entry) {
    if (entry->period != period || entry->raised.rule.kind != rule.kind) continue;
    if (entry->arms) return true;
    if (entry->raised.rule == rule) return false;
  }
  return true;
}

void raiseOne(Desk& desk, std::size_t period, const AlertRule& rule, const Number& before,
              const Number& after) {
  Number threshold = rule.level;
  if (rule.percent) {
    const auto whole = wholeOf(desk, period, rule);
    if (!whole) return;
    threshold = recorded(*whole * rule.level / 100);
  }
  const bool crossed = rule.kind == AlertKind::usage ? before < threshold && threshold <= after
                                                     : after < threshold && threshold <= before;
  if (!crossed || !isArmed(desk.book, period, rule)) return;
  desk.book.alerts.push_back(
      {period,
       false,
       {rule, desk.book.periods[period].span.from, after.decimal(), threshold.decimal()}});
}

}  // namespace

Watched watched(const Desk& desk, Instant at) {
  Watched watched;
  const auto running = runningPeriod(desk.book);
  if (!running) return watched;
  const Plan& plan = planOf(desk.published, desk.book.periods[*running]);
  for (const PlanFeature& sold : plan.features) {
    watched.used[sold.feature] =
        usedOf(desk.book, *running, sold.feature) - unpaidOf(desk.book, *running, sold.feature);
  }
  if (plan.model == ConsumptionModel::credits) watched.credits = creditsAt(desk, at);
  if (plan.model == ConsumptionModel::balance) watched.money = moneyOf(desk.book, *running);
  return watched;
}

void raiseAlerts(Desk& desk, const Watched& before, const Watched& after) {
  const auto running = runningPeriod(desk.book);
  if (!running) return;
  const Plan& plan = planOf(desk.published, desk.book.periods[*running]);
  const std::vector<AlertRule> rules = rulesFor(desk, plan);
  for (const auto& [feature, used] : after.used) {
    for (AlertRule rule : rules) {
      if (rule.kind != AlertKind::usage) continue;
      if (!rule.feature.empty() && rule.feature != feature) continue;
      rule.feature = feature;
      raiseOne(desk, *running, rule, before.used.at(feature), used);
    }
  }
  for (const AlertRule& rule : rules) {
    if (rule.kind == AlertKind::credits && plan.model == ConsumptionModel::credits) {
      raiseOne(desk, *running, rule, before.credits, after.credits);
    }
    if (rule.kind == AlertKind::balance && plan.model == ConsumptionModel::balance) {
      raiseOne(desk, *running, rule, before.money, after.money);
    }
  }
}

void armAlerts(Desk& desk, std::size_t period, AlertKind kind) {
  AlertEntry entry{period, true, {}};
  entry.raised.rule.kind = kind;
  desk.book.alerts.push_back(entry);
}

void armCreditAlerts(Desk& desk) {
  if (const auto running = runningPeriod(desk.book)) {
    armAlerts(desk, *running, AlertKind::credits);
  }
}

}  // namespace daybook::twin
