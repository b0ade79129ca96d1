#include "ledger/core/usage.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/draw.h"
#include "ledger/core/rating.h"

namespace daybook::core {
namespace {

const Decimal kOneUnit = Decimal::fromInteger(1);

/// The fields of a judgement in the making that the steps share.
struct Case {
  const State& state;
  const Customer& customer;
  const RecordUsage& usage;
  Instant at;
  FeatureUsage before;
};

void refuse(UsageJudgement& judgement, Outcome outcome, std::string detail = {}) {
  judgement.verdict = {outcome, std::move(detail)};
}

std::uint64_t checkedCount(std::uint64_t left, std::uint64_t right) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(left, right, &sum)) throw Overflow();
  return sum;
}

/// What apply() will add up must fit.
void checkTotals(const FeatureUsage& before, const UsageRecorded& recorded) {
  static_cast<void>(before.quantity + recorded.quantity);
  static_cast<void>(before.charged + recorded.price);
  static_cast<void>(before.unpaid + recorded.unpaid);
  checkedCount(before.tokens.input, recorded.tokens.input);
  checkedCount(before.tokens.output, recorded.tokens.output);
  checkedCount(before.tokens.cache_read, recorded.tokens.cache_read);
  checkedCount(before.tokens.cache_write, recorded.tokens.cache_write);
}

bool wasSubscribed(const Customer& customer, Instant at) {
  return std::any_of(customer.subscribed.rbegin(), customer.subscribed.rend(),
                     [at](const SubscribedSpan& span) { return span.from <= at && at < span.to; });
}

void judgeTime(UsageJudgement& judgement, const Case& c, Instant now) {
  const LedgerSettings& settings = c.state.ledger.ledger.settings;
  if (c.usage.at && *c.usage.at > now + settings.future_limit) {
    return refuse(judgement, Outcome::inFuture, "at");
  }
  if (c.at < now - settings.late_window) return refuse(judgement, Outcome::tooOld, "at");
  const UsagePeriod* running = runningPeriod(c.customer);
  for (auto period = c.customer.periods.rbegin(); period != c.customer.periods.rend(); ++period) {
    if (c.at < period->span.from || c.at >= period->span.to) continue;
    judgement.period = &*period;
    judgement.recorded.period_from = period->span.from;
    judgement.recorded.disposition =
        judgement.period == running ? Disposition::current : Disposition::grace;
    return;
  }
  refuse(judgement,
         wasSubscribed(c.customer, c.at) ? Outcome::periodClosed : Outcome::noSubscription);
}

/// The percentage on top of the tokens' cost; none for a feature that is not priced by tokens.
std::optional<Decimal> tokenMargin(const UsageJudgement& judgement) {
  const PlanFeature& terms = *judgement.terms;
  if (judgement.plan->model == ConsumptionModel::credits) {
    if (terms.credits_per_money.isZero()) return std::nullopt;
    return terms.margin_percent;
  }
  const Price* price = priceIn(terms, judgement.period->terms.currency);
  if (price == nullptr || price->scheme != Scheme::tokens) return std::nullopt;
  return price->margin_percent;
}

void measure(UsageJudgement& judgement, const Case& c) {
  const std::optional<Decimal> margin = tokenMargin(judgement);
  if (!margin) {
    if (c.usage.tokens) return refuse(judgement, Outcome::tokensInvalid, "tokens");
    const Feature& feature = featureOf(c.state.ledger, judgement.recorded.feature);
    judgement.recorded.quantity =
        feature.meter == Meter::count ? kOneUnit : c.usage.quantity.value_or(kOneUnit);
    return;
  }
  if (!c.usage.tokens) return refuse(judgement, Outcome::tokensMissing, "tokens");
  TokenCost cost =
      tokenCost(c.state.ledger, *c.usage.tokens, judgement.period->terms.currency, *margin, c.at);
  judgement.verdict = std::move(cost.verdict);
  judgement.recorded.tokens = cost.totals;
  judgement.recorded.quantity = cost.cost;
}

/// Feature, plan and quantity: what does not hang on what is left.
void judgeTerms(UsageJudgement& judgement, const Case& c) {
  judgement.plan = &c.state.plan(judgement.period->terms);
  judgement.terms = planFeature(*judgement.plan, c.usage.feature);
  if (judgement.terms == nullptr) return refuse(judgement, Outcome::featureNotInPlan);
  const Feature& feature = featureOf(c.state.ledger, judgement.recorded.feature);
  if (feature.type != FeatureType::metered) return refuse(judgement, Outcome::wrongFeatureType);
  measure(judgement, c);
}

/// What the period's charge grows by; zero for features that are never charged.
Decimal priceOf(const UsageJudgement& judgement, const Case& c) {
  if (!isCharged(*judgement.terms)) return {};
  const Price* price = priceIn(*judgement.terms, judgement.period->terms.currency);
  CHECK(price != nullptr, "a charged feature has a price in each currency of its plan");
  const Decimal quantity = c.before.quantity;
  return chargeFor(*judgement.terms, *price, quantity + judgement.recorded.quantity) -
         chargeFor(*judgement.terms, *price, quantity);
}

void judgeMetered(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  const PlanFeature& terms = *judgement.terms;
  recorded.price = priceOf(judgement, c);
  const Decimal before = countedUnits(c.before);
  const Decimal after = before + recorded.quantity;
  if (terms.unlimited) return;
  if (terms.overage == Overage::charge) {
    judgement.is_overage = recorded.quantity.isPositive() && after > terms.included;
    recorded.balance_after = greatest(terms.included - after, Decimal());
    return;
  }
  const Decimal left = greatest(terms.included - before, Decimal());
  if (recorded.quantity > left) {
    if (c.usage.on_shortfall == OnShortfall::reject) {
      return refuse(judgement, Outcome::includedLimitReached);
    }
    if (c.usage.on_shortfall == OnShortfall::cap) recorded.unpaid = recorded.quantity - left;
  }
  recorded.balance_after = terms.included - (after - recorded.unpaid);
}

void judgeCredits(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  const PlanFeature& terms = *judgement.terms;
  if (!terms.unlimited) {
    const bool by_tokens = !terms.credits_per_money.isZero();
    recorded.price =
        multiply(recorded.quantity, by_tokens ? terms.credits_per_money : terms.credits_per_unit);
  }
  const Decimal there = drawable(c.customer.grants, recorded.feature, c.at);
  const Decimal available = there - c.customer.credit_debt;
  Decimal drawn = recorded.price;
  if (recorded.price > greatest(available, Decimal())) {
    switch (c.usage.on_shortfall) {
      case OnShortfall::reject:
        return refuse(judgement, Outcome::insufficientCredits);
      case OnShortfall::cap:
        drawn = greatest(available, Decimal());
        recorded.unpaid = recorded.price - drawn;
        break;
      case OnShortfall::overdraw:
        drawn = least(recorded.price, there);
        recorded.overdrawn = recorded.price - drawn;
        static_cast<void>(c.customer.credit_debt + recorded.overdrawn);
        break;
    }
  }
  recorded.draws = drawFrom(c.customer.grants, recorded.feature, c.at, drawn);
  recorded.balance_after = available - drawn - recorded.overdrawn;
}

void judgeBalance(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  recorded.price = priceOf(judgement, c);
  const Decimal left = judgement.period->balance.amount;
  const bool fits = recorded.price <= greatest(left, Decimal());
  if (judgement.plan->at_zero == AtZero::block && !fits) {
    if (c.usage.on_shortfall == OnShortfall::reject) {
      return refuse(judgement, Outcome::insufficientBalance);
    }
    if (c.usage.on_shortfall == OnShortfall::cap) {
      recorded.unpaid = recorded.price - greatest(left, Decimal());
    }
  }
  recorded.balance_after = left - (recorded.price - recorded.unpaid);
  judgement.is_overage = recorded.price.isPositive() && recorded.balance_after.isNegative();
}

void judgeFunds(UsageJudgement& judgement, const Case& c) {
  switch (judgement.plan->model) {
    case ConsumptionModel::metered:
      judgeMetered(judgement, c);
      break;
    case ConsumptionModel::credits:
      judgeCredits(judgement, c);
      break;
    case ConsumptionModel::balance:
      judgeBalance(judgement, c);
      break;
  }
  if (judgement.verdict.isOk()) checkTotals(c.before, judgement.recorded);
}

}  // namespace

UsageJudgement judgeUsage(const State& state, const Customer& customer, const RecordUsage& usage,
                          Instant now) {
  UsageJudgement judgement;
  judgement.recorded.feature = state.feature(usage.feature);
  if (judgement.recorded.feature.isNone()) {
    refuse(judgement, Outcome::unknownFeature, usage.feature);
    return judgement;
  }
  Case c{state, customer, usage, judgedAt(usage, now), {}};
  judgeTime(judgement, c, now);
  if (!judgement.verdict.isOk()) return judgement;
  judgeTerms(judgement, c);
  if (!judgement.verdict.isOk()) return judgement;
  c.before = usageIn(*judgement.period, judgement.recorded.feature);
  judgeFunds(judgement, c);
  return judgement;
}

Instant judgedAt(const RecordUsage& usage, Instant now) {
  return usage.at ? std::min(*usage.at, now) : now;
}

Decimal countedUnits(const FeatureUsage& usage) { return usage.quantity - usage.unpaid; }

FeatureUsage usageIn(const UsagePeriod& period, FeatureNumber feature) {
  for (const FeatureUsage& usage : period.usage) {
    if (usage.feature == feature) return usage;
  }
  FeatureUsage none;
  none.feature = feature;
  return none;
}

}  // namespace daybook::core
