#include "ledger/core/usage.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/draw.h"
#include "ledger/core/rating.h"

namespace daybook::core {
namespace {

const Decimal kOneUnit = Decimal::fromInteger(1);
const FeatureUsage kNoUsage;

/// The fields of a judgement in the making that the steps share.
struct Case {
  const State& state;
  const Customer& customer;
  const RecordUsage& usage;
  Instant at;
  Instant now;
  const FeatureUsage* before = &kNoUsage;  // of the feature and variant
};

void refuse(UsageJudgement& judgement, Outcome outcome, std::string detail = {}) {
  judgement.verdict = {outcome, std::move(detail)};
}

/// A trial gives what it gives, whatever is short.
void refuseShort(UsageJudgement& judgement, Outcome outcome) {
  refuse(judgement, judgement.period->trial ? Outcome::trialLimit : outcome);
}

/// What the caller chose for usage that does not fit. Nothing is owed after a trial.
OnShortfall onShortfall(const UsageJudgement& judgement, const Case& c) {
  const bool owes = c.usage.on_shortfall == OnShortfall::overdraw;
  return owes && judgement.period->trial ? OnShortfall::reject : c.usage.on_shortfall;
}

bool isLate(const UsageJudgement& judgement) {
  return judgement.recorded.disposition == Disposition::late;
}

// ---- where it counts

const UsagePeriod* periodAt(const std::vector<UsagePeriod>& periods, Instant at) {
  const auto found = std::find_if(periods.rbegin(), periods.rend(), [at](const UsagePeriod& p) {
    return p.span.from <= at && at < p.span.to;
  });
  return found == periods.rend() ? nullptr : &*found;
}

/// Why no usage period holds `at`.
Outcome gapAt(const Customer& customer, Instant at) {
  for (const SubscribedSpan& span : customer.subscribed) {
    if (at < span.from || at >= span.to) continue;
    return span.paused ? Outcome::paused : Outcome::periodClosed;
  }
  return Outcome::noSubscription;
}

void judgeTime(UsageJudgement& judgement, const Case& c) {
  const LedgerSettings& settings = c.state.ledger.ledger.settings;
  if (c.usage.at && *c.usage.at > c.now + settings.future_limit) {
    return refuse(judgement, Outcome::inFuture, "at");
  }
  if (c.at < c.now - settings.late_window) return refuse(judgement, Outcome::tooOld, "at");
  judgement.period = periodAt(c.customer.periods, c.at);
  if (judgement.period != nullptr) {
    const bool runs = judgement.period == runningPeriod(c.customer);
    judgement.recorded.disposition = runs ? Disposition::current : Disposition::grace;
  } else {
    judgement.period = periodAt(c.customer.closed, c.at);
    judgement.recorded.disposition = Disposition::late;
  }
  if (judgement.period == nullptr) return refuse(judgement, gapAt(c.customer, c.at));
  judgement.recorded.period_from = judgement.period->span.from;
}

// ---- what it measures

/// The percentage on top of the tokens' cost; none for a feature that is not priced by tokens.
std::optional<Decimal> tokenMargin(const UsageJudgement& judgement) {
  const PlanFeature& terms = *judgement.terms.feature;
  if (judgement.plan->model == ConsumptionModel::credits) {
    if (terms.credits_per_money.isZero()) return std::nullopt;
    return terms.margin_percent;
  }
  const Price* price = priceOf(judgement.terms, judgement.recorded.variant);
  if (price == nullptr || price->scheme != Scheme::tokens) return std::nullopt;
  return price->margin_percent;
}

void measureTokens(UsageJudgement& judgement, const Case& c, Decimal margin) {
  if (!c.usage.tokens) return refuse(judgement, Outcome::tokensMissing, "tokens");
  if (c.usage.set) return refuse(judgement, Outcome::notSettable, "priced by tokens");
  TokenCost cost =
      tokenCost(c.state.ledger, *c.usage.tokens, judgement.period->terms.currency, margin, c.at);
  judgement.verdict = std::move(cost.verdict);
  judgement.recorded.tokens = cost.totals;
  judgement.recorded.quantity = cost.cost;
}

void measureUnique(UsageJudgement& judgement, const Case& c, const Feature& feature) {
  const std::string* value = countedValue(feature, c.usage);
  if (value == nullptr) {
    return refuse(judgement, Outcome::propertyMissing, feature.unique_property);
  }
  if (valueCount(*c.before, *value) > 0) return;
  if (c.before->values.size() >= limits::kUniqueValuesMax) {
    return refuse(judgement, Outcome::tooManyValues,
                  "more than " + std::to_string(limits::kUniqueValuesMax));
  }
  judgement.recorded.quantity = kOneUnit;
}

/// What the meter's total grows by.
void measureUnits(UsageJudgement& judgement, const Case& c, const Feature& feature) {
  const bool is_count = feature.meter == Meter::count;
  const Decimal quantity = c.usage.quantity.value_or(kOneUnit);
  Decimal& grown = judgement.recorded.quantity;
  if (c.usage.set) {
    if (feature.meter != Meter::sum && !is_count) {
      return refuse(judgement, Outcome::notSettable, "neither a sum nor a count");
    }
    if (isEventPriced(*judgement.terms.feature)) {
      return refuse(judgement, Outcome::notSettable, "priced by event");
    }
    grown = quantity - c.before->quantity;
    return;
  }
  switch (feature.meter) {
    case Meter::sum:
      grown = quantity;
      return;
    case Meter::count:
      grown = kOneUnit;
      return;
    case Meter::max:
      grown = greatest(quantity - c.before->quantity, Decimal());
      return;
    case Meter::latest:
      if (c.at >= c.before->latest_at) grown = quantity - c.before->quantity;
      return;
    case Meter::unique:
      return measureUnique(judgement, c, feature);
  }
}

/// Feature, plan and quantity: what does not hang on what is left.
void judgeTerms(UsageJudgement& judgement, Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  judgement.plan = &c.state.plan(judgement.period->terms);
  const PlanFeature* sold = planFeature(*judgement.plan, c.usage.feature);
  if (sold == nullptr) return refuse(judgement, Outcome::featureNotInPlan);
  judgement.terms =
      featureTerms(c.state, *judgement.period, *judgement.plan, *sold, recorded.feature);
  const Feature& feature = featureOf(c.state.ledger, recorded.feature);
  if (feature.type != FeatureType::metered) return refuse(judgement, Outcome::wrongFeatureType);
  recorded.variant = variantOf(*sold, c.usage.properties);
  if (const auto* usage = usageIn(*judgement.period, recorded.feature, recorded.variant)) {
    c.before = usage;
  }
  if (const auto margin = tokenMargin(judgement)) return measureTokens(judgement, c, *margin);
  if (c.usage.tokens) return refuse(judgement, Outcome::tokensInvalid, "tokens");
  measureUnits(judgement, c, feature);
}

// ---- what pays for it

void judgeMetered(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  const FeatureTerms& terms = judgement.terms;
  if (terms.feature->unlimited) return;
  const Decimal before = countedUnits(*judgement.period, recorded.feature);
  const Decimal after = before + recorded.quantity;
  if (terms.feature->overage == Overage::charge && !judgement.period->trial) {
    recorded.price = eventPrice(terms, recorded.variant, recorded.quantity);
    judgement.is_overage = recorded.quantity.isPositive() && after > terms.included;
    recorded.balance_after = greatest(terms.included - after, Decimal());
    if (!isLate(judgement)) return;
    recorded.late_charge = billedTotal(terms, recorded.variant, recorded.quantity, recorded.price) -
                           billedTotal(terms, recorded.variant, {}, {});
    return;
  }
  const Decimal left = greatest(terms.included - before, Decimal());
  if (recorded.quantity.isPositive() && recorded.quantity > left) {
    switch (onShortfall(judgement, c)) {
      case OnShortfall::reject:
        return refuseShort(judgement, Outcome::includedLimitReached);
      case OnShortfall::cap:
        recorded.unpaid = recorded.quantity - left;
        break;
      case OnShortfall::overdraw:
        break;
    }
  }
  recorded.balance_after = terms.included - (after - recorded.unpaid);
}

/// Usage that takes units back: the debt shrinks first, then the grants are filled again that the
/// period's usage drew from.
void putCreditsBack(UsageRecorded& recorded, const Case& c, const DrawScope& scope) {
  const Decimal back = -recorded.price;
  const Decimal debt = least(c.customer.credit_debt, back);
  recorded.overdrawn = -debt;
  recorded.draws = putBack(c.customer.grants, scope, recorded.period_from, back - debt);
}

void judgeCredits(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  const PlanFeature& terms = *judgement.terms.feature;
  if (!terms.unlimited) {
    const bool by_tokens = !terms.credits_per_money.isZero();
    recorded.price =
        multiply(recorded.quantity, by_tokens ? terms.credits_per_money
                                              : creditsPerUnit(judgement.terms, recorded.variant));
  }
  const DrawScope scope{recorded.feature, c.at, c.now, isLate(judgement)};
  const Decimal there = drawable(c.customer.grants, scope);
  const Decimal available = there - c.customer.credit_debt;
  if (recorded.price.isNegative()) {
    putCreditsBack(recorded, c, scope);
    recorded.balance_after = available - recorded.overdrawn;
    for (const Draw& draw : recorded.draws) recorded.balance_after -= draw.amount;
    return;
  }
  Decimal drawn = recorded.price;
  if (recorded.price > greatest(available, Decimal())) {
    switch (onShortfall(judgement, c)) {
      case OnShortfall::reject:
        return refuseShort(judgement, Outcome::insufficientCredits);
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
  recorded.draws = drawFrom(c.customer.grants, scope, drawn);
  recorded.balance_after = available - drawn - recorded.overdrawn;
}

void judgeBalance(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  if (!judgement.terms.feature->unlimited) {
    recorded.price = eventPrice(judgement.terms, recorded.variant, recorded.quantity);
  }
  const Decimal left = judgement.period->balance.amount;
  const bool blocks = judgement.plan->at_zero == AtZero::block || judgement.period->trial;
  if (blocks && recorded.price > greatest(left, Decimal())) {
    switch (onShortfall(judgement, c)) {
      case OnShortfall::reject:
        return refuseShort(judgement, Outcome::insufficientBalance);
      case OnShortfall::cap:
        recorded.unpaid = recorded.price - greatest(left, Decimal());
        break;
      case OnShortfall::overdraw:
        break;
    }
  }
  recorded.balance_after = left - (recorded.price - recorded.unpaid);
  judgement.is_overage = recorded.price.isPositive() && recorded.balance_after.isNegative();
  if (!isLate(judgement)) return;
  recorded.late_charge = greatest(-recorded.balance_after, Decimal()) - greatest(-left, Decimal());
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
  if (!judgement.verdict.isOk()) return;
  const UsageRecorded& recorded = judgement.recorded;
  if (!recorded.late_charge.isZero() &&
      !hasRoomForLate(c.customer, *judgement.period, recorded.feature, recorded.variant)) {
    return refuse(judgement, Outcome::tooManyPending);
  }
  checkTotals(*c.before, judgement.recorded);
}

auto valuePosition(const FeatureUsage& usage, std::string_view value) {
  return std::lower_bound(usage.values.begin(), usage.values.end(), value,
                          [](const ValueCount& a, std::string_view b) { return a.value < b; });
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
  Case c{state, customer, usage, judgedAt(usage, now), now};
  judgeTime(judgement, c);
  if (!judgement.verdict.isOk()) return judgement;
  judgeTerms(judgement, c);
  if (!judgement.verdict.isOk()) return judgement;
  judgeFunds(judgement, c);
  return judgement;
}

Instant judgedAt(const RecordUsage& usage, Instant now) {
  return usage.at ? std::min(*usage.at, now) : now;
}

Decimal countedUnits(const FeatureUsage& usage) { return usage.quantity - usage.unpaid; }

Decimal countedUnits(const UsagePeriod& period, FeatureNumber feature) {
  Decimal sum;
  for (const FeatureUsage& usage : period.usage) {
    if (usage.feature == feature) sum += countedUnits(usage);
  }
  return sum;
}

const FeatureUsage* usageIn(const UsagePeriod& period, FeatureNumber feature,
                            std::string_view variant) {
  for (const FeatureUsage& usage : period.usage) {
    if (usage.feature == feature && usage.variant == variant) return &usage;
  }
  return nullptr;
}

bool hasRoomForLate(const Customer& customer, const UsagePeriod& period, FeatureNumber feature,
                    std::string_view variant) {
  if (customer.late.size() + customer.adjustments.size() < limits::kPendingLinesMax) return true;
  return std::any_of(customer.late.begin(), customer.late.end(), [&](const LateCharge& charge) {
    return charge.feature == feature && charge.variant == variant && charge.span == period.span;
  });
}

const std::string* countedValue(const Feature& feature, const RecordUsage& usage) {
  const auto found = std::find_if(
      usage.properties.begin(), usage.properties.end(),
      [&feature](const Property& property) { return property.name == feature.unique_property; });
  return found == usage.properties.end() || found->value.empty() ? nullptr : &found->value;
}

std::uint64_t valueCount(const FeatureUsage& usage, std::string_view value) {
  const auto found = valuePosition(usage, value);
  return found == usage.values.end() || found->value != value ? 0 : found->events;
}

void addValue(FeatureUsage& usage, const std::string& value) {
  const auto at = usage.values.begin() + (valuePosition(usage, value) - usage.values.cbegin());
  if (at != usage.values.end() && at->value == value) {
    at->events += 1;
  } else {
    usage.values.insert(at, {value, 1});
  }
}

void removeValue(FeatureUsage& usage, const std::string& value) {
  const auto at = usage.values.begin() + (valuePosition(usage, value) - usage.values.cbegin());
  CHECK(at != usage.values.end() && at->value == value, "the value was counted");
  if (--at->events == 0) usage.values.erase(at);
}

}  // namespace daybook::core
