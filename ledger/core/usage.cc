#include "ledger/core/usage.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/draw.h"
#include "ledger/core/holds.h"
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
  const HoldUse& hold;
  const FeatureUsage* before = &kNoUsage;  // of the feature and variant
};

/// Whether open holds leave less than there is: not of closed periods.
bool hasHolds(const UsageJudgement& judgement, const Case& c) {
  return !c.customer.holds.empty() && judgement.recorded.disposition != Disposition::late;
}

/// The open holds once this usage is recorded.
OpenHolds holdsAfter(const UsageJudgement& judgement, const Case& c) {
  return {c.customer.holds, c.hold.own, judgement.taken};
}

void refuse(UsageJudgement& judgement, Outcome outcome, std::string detail = {}) {
  judgement.verdict = {outcome, std::move(detail)};
}

/// A trial gives what it gives, whatever is short.
void refuseShort(UsageJudgement& judgement, Outcome outcome) {
  refuse(judgement, judgement.period->trial ? Outcome::trialLimit : outcome);
}

/// What the caller chose for usage that does not fit. Nothing is owed after a trial. What settles a
/// hold was done.
OnShortfall onShortfall(const UsageJudgement& judgement, const Case& c) {
  if (c.hold.settled != nullptr) return OnShortfall::overdraw;
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

/// What became of the subscription since a hold was placed.
bool isOfState(Outcome outcome) {
  return outcome == Outcome::noSubscription || outcome == Outcome::paused ||
         outcome == Outcome::periodClosed || outcome == Outcome::featureNotInPlan ||
         outcome == Outcome::wrongFeatureType;
}

/// Where the hold that is settled was placed; nowhere when that period was cut to nothing.
void judgePlaced(UsageJudgement& judgement, const Case& c) {
  const HeldItem* item = findItem(*c.hold.settled, c.usage.feature);
  CHECK(item != nullptr, "what settles a hold is of a feature that it holds");
  const Instant from = item->period_from;
  const auto begins = [from](const UsagePeriod& p) {
    return p.span.from == from && p.span.to > from;
  };
  UsageRecorded& recorded = judgement.recorded;
  recorded.period_from = from;
  const auto open = std::find_if(c.customer.periods.begin(), c.customer.periods.end(), begins);
  if (open != c.customer.periods.end()) {
    judgement.period = &*open;
    const bool runs = judgement.period == runningPeriod(c.customer);
    recorded.disposition = runs ? Disposition::current : Disposition::grace;
    return;
  }
  const auto closed = std::find_if(c.customer.closed.begin(), c.customer.closed.end(), begins);
  if (closed == c.customer.closed.end()) return;
  judgement.period = &*closed;
  recorded.disposition = Disposition::late;
}

// ---- what it measures

/// A model may leave the price book while a hold is open.
bool isGone(Outcome model) {
  return model == Outcome::unknownModel || model == Outcome::retiredModel ||
         model == Outcome::ambiguousModel;
}

void measureTokens(UsageJudgement& judgement, const Case& c, Decimal margin) {
  if (!c.usage.tokens) return refuse(judgement, Outcome::tokensMissing, "tokens");
  if (c.usage.set) return refuse(judgement, Outcome::notSettable, "priced by tokens");
  const std::string& currency = judgement.period->terms.currency;
  TokenCost cost = tokenCost(c.state.ledger, *c.usage.tokens, currency, margin, c.at);
  if (c.hold.settled != nullptr && isGone(cost.verdict.outcome)) {
    cost = tokenCost(c.state.ledger, *c.usage.tokens, currency, margin, c.hold.settled->placed);
  }
  judgement.verdict = std::move(cost.verdict);
  judgement.recorded.tokens = cost.totals;
  if (c.usage.tokens->provider.empty()) judgement.recorded.provider = std::move(cost.provider);
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
  if (const auto margin = tokenMargin(judgement.terms, recorded.variant)) {
    return measureTokens(judgement, c, *margin);
  }
  if (c.usage.tokens) return refuse(judgement, Outcome::tokensInvalid, "tokens");
  measureUnits(judgement, c, feature);
  if (c.hold.aim == Aim::hold) recorded.quantity = greatest(recorded.quantity, Decimal());
}

// ---- what pays for it

/// What it costs; on top, once all that is held of the feature is used.
Decimal priceOf(const UsageJudgement& judgement, const Case& c) {
  const UsageRecorded& recorded = judgement.recorded;
  if (c.hold.aim == Aim::record || !hasHolds(judgement, c)) {
    return eventPrice(judgement.terms, recorded.variant, recorded.quantity);
  }
  const UsagePeriod settled = asIfSettled({c.customer.holds}, judgement.terms);
  FeatureTerms terms = judgement.terms;
  terms.period = &settled;
  return eventPrice(terms, recorded.variant, recorded.quantity);
}

void judgeMetered(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  const FeatureTerms& terms = judgement.terms;
  if (terms.feature->unlimited) return;
  const Decimal before = countedUnits(*judgement.period, recorded.feature);
  const Decimal after = before + recorded.quantity;
  const Decimal held = hasHolds(judgement, c) ? heldUnits({c.customer.holds}, terms) : Decimal();
  const Decimal held_after =
      c.hold.own == nullptr || held.isZero() ? held : heldUnits(holdsAfter(judgement, c), terms);
  if (terms.feature->overage == Overage::charge && !judgement.period->trial) {
    recorded.price = priceOf(judgement, c);
    judgement.is_overage = recorded.quantity.isPositive() && after + held_after > terms.included;
    recorded.balance_after = greatest(terms.included - after - held_after, Decimal());
    if (!isLate(judgement)) return;
    recorded.late_charge = billedTotal(terms, recorded.variant, recorded.quantity, recorded.price) -
                           billedTotal(terms, recorded.variant, {}, {});
    return;
  }
  // What its own hold takes less from now on is there for it.
  const Decimal left = greatest(terms.included - before - held, Decimal()) + (held - held_after);
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
  recorded.balance_after = terms.included - (after - recorded.unpaid) - held_after;
}

/// Usage that takes units back: the debt shrinks first, then the grants are filled again that the
/// period's usage drew from.
void putCreditsBack(UsageRecorded& recorded, const Case& c, const DrawScope& scope) {
  const Decimal back = -recorded.price;
  const Decimal debt = least(c.customer.credit_debt, back);
  recorded.overdrawn = -debt;
  recorded.draws = putBack(c.customer.grants, scope, recorded.period_from, back - debt);
}

/// Pays the price out of what the hold pinned, in its order, as far as that goes; how far.
Decimal takePins(UsageJudgement& judgement, const HeldItem& own) {
  Decimal paid;
  for (const Draw& pin : own.pins) {
    const Decimal part = least(pin.amount, judgement.recorded.price - paid);
    if (!part.isPositive()) break;
    judgement.pins.push_back({pin.grant, part});
    paid += part;
  }
  return paid;
}

/// Puts what was drawn from pins first, each grant once.
void addDraws(std::vector<Draw>& draws, const std::vector<Draw>& pins) {
  std::vector<Draw> all = pins;
  for (const Draw& draw : draws) {
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&draw](const Draw& pin) { return pin.grant == draw.grant; });
    if (same == all.end()) {
      all.push_back(draw);
    } else {
      same->amount += draw.amount;
    }
  }
  draws = std::move(all);
}

/// What a settled item pinned beyond its usage: usage may draw it again.
Decimal freed(const HeldItem& own, const UsageJudgement& judgement,
              const std::vector<Grant>& grants, const DrawScope& scope) {
  Decimal sum;
  for (std::size_t i = 0; i < own.pins.size(); ++i) {
    const Draw& pin = own.pins[i];
    const Decimal left =
        i < judgement.pins.size() ? pin.amount - judgement.pins[i].amount : pin.amount;
    const auto grant = std::find_if(grants.begin(), grants.end(), [&pin](const Grant& candidate) {
      return candidate.number == pin.grant;
    });
    CHECK(grant != grants.end(), "a grant stays while something of it is held");
    if (isFor(*grant, scope)) sum += left;
  }
  return sum;
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
    if (c.hold.own != nullptr && c.hold.settled != nullptr) {
      recorded.balance_after += freed(*c.hold.own, judgement, c.customer.grants, scope);
    }
    return;
  }
  Decimal rest = recorded.price;
  if (c.hold.own != nullptr) rest -= takePins(judgement, *c.hold.own);
  Decimal drawn = rest;
  if (rest > greatest(available, Decimal())) {
    switch (onShortfall(judgement, c)) {
      case OnShortfall::reject:
        return refuseShort(judgement, Outcome::insufficientCredits);
      case OnShortfall::cap:
        drawn = greatest(available, Decimal());
        recorded.unpaid = rest - drawn;
        break;
      case OnShortfall::overdraw:
        drawn = least(rest, there);
        recorded.overdrawn = rest - drawn;
        static_cast<void>(c.customer.credit_debt + recorded.overdrawn);
        break;
    }
  }
  recorded.draws = drawFrom(c.customer.grants, scope, drawn);
  recorded.balance_after = available - drawn - recorded.overdrawn;
  if (c.hold.own == nullptr) return;
  addDraws(recorded.draws, judgement.pins);
  if (c.hold.settled != nullptr) {
    recorded.balance_after += freed(*c.hold.own, judgement, c.customer.grants, scope);
  }
}

/// What is left of a balance beside the holds, before the usage and after it.
struct MoneyLeft {
  Decimal before;
  Decimal after;
};

MoneyLeft moneyLeft(const UsageJudgement& judgement, const Case& c) {
  const UsageRecorded& recorded = judgement.recorded;
  const UsagePeriod& period = *judgement.period;
  MoneyLeft left{period.balance.amount, period.balance.amount - recorded.price};
  if (!hasHolds(judgement, c)) return left;
  const ExtraUsage extra{recorded.feature, recorded.variant, recorded.quantity};
  left.before -= heldMoney(c.state, {c.customer.holds}, period, *judgement.plan);
  if (c.hold.aim != Aim::record) {
    left.after = left.before - recorded.price;
    return left;
  }
  left.after -= heldMoney(c.state, holdsAfter(judgement, c), period, *judgement.plan, extra);
  return left;
}

void judgeBalance(UsageJudgement& judgement, const Case& c) {
  UsageRecorded& recorded = judgement.recorded;
  if (!judgement.terms.feature->unlimited) {
    recorded.price = priceOf(judgement, c);
  }
  if (c.hold.aim == Aim::hold) recorded.price = greatest(recorded.price, Decimal());
  const Decimal amount = judgement.period->balance.amount;
  const MoneyLeft left = moneyLeft(judgement, c);
  const bool blocks = judgement.plan->at_zero == AtZero::block || judgement.period->trial;
  const Decimal short_by = least(left.before, Decimal()) - left.after;
  if (blocks && short_by.isPositive()) {
    switch (onShortfall(judgement, c)) {
      case OnShortfall::reject:
        return refuseShort(judgement, Outcome::insufficientBalance);
      case OnShortfall::cap:
        // No more than its price: units that a hold counts on may have been used up.
        recorded.unpaid = least(short_by, greatest(recorded.price, Decimal()));
        break;
      case OnShortfall::overdraw:
        break;
    }
  }
  recorded.balance_after = left.after + recorded.unpaid;
  judgement.is_overage = recorded.price.isPositive() && recorded.balance_after.isNegative();
  if (!isLate(judgement)) return;
  recorded.late_charge =
      greatest(-recorded.balance_after, Decimal()) - greatest(-amount, Decimal());
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

/// Units that its own hold holds less from then on.
Decimal takenUnits(const UsageJudgement& judgement, const Case& c) {
  const HeldItem* own = c.hold.own;
  if (own == nullptr || !isMeasuredAs(judgement.terms, *own)) return {};
  if (c.hold.settled != nullptr) return own->quantity;
  return least(own->quantity, greatest(judgement.recorded.quantity, Decimal()));
}

void judgeFunds(UsageJudgement& judgement, const Case& c) {
  judgement.taken = takenUnits(judgement, c);
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
                          Instant now, const HoldUse& hold) {
  UsageJudgement judgement;
  const FeatureNumber feature = state.feature(usage.feature);
  judgement.recorded.feature = feature;
  if (feature.isNone()) {
    refuse(judgement, Outcome::unknownFeature, usage.feature);
    return judgement;
  }
  Case c{state, customer, usage, judgedAt(usage, now), now, hold};
  judgeTime(judgement, c);
  if (judgement.verdict.isOk()) judgeTerms(judgement, c);
  if (hold.settled != nullptr && isOfState(judgement.verdict.outcome)) {
    UsageJudgement placed;
    placed.recorded.feature = feature;
    c.before = &kNoUsage;
    judgePlaced(placed, c);
    if (placed.period != nullptr) {
      judgement = std::move(placed);
      judgeTerms(judgement, c);
    }
  }
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
