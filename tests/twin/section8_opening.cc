// Section 8: moving in.
#include <algorithm>

#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// The usage period that runs, in a billing period that was paid for elsewhere.
Period runningAt(const Desk& desk, const Plan& plan) {
  const Subscription& subscription = *desk.book.subscription;
  const Interval billing = subscription.billing_interval;
  const Interval usage = usageIntervalOf(billing);
  Period period;
  period.life = desk.book.lives;
  while (boundaryOf(desk, subscription.anchor, usage, period.index + 1) <= desk.now) {
    ++period.index;
  }
  const Instant from = boundaryOf(desk, subscription.anchor, usage, period.index);
  const Instant to = boundaryOf(desk, subscription.anchor, usage, period.index + 1);
  period.span = {from, to, from, to};
  period.plan = plan.code;
  period.version = plan.version;
  period.raised_to = plan.version;
  period.currency = subscription.currency;
  period.interval = billing;
  if (billing == Interval::once) {
    period.billing =
        Span{subscription.anchor, Instant::never(), subscription.anchor, Instant::never()};
  } else {
    const std::int64_t n = period.index / usagePeriodsIn(billing);
    const Instant began = boundaryOf(desk, subscription.anchor, billing, n);
    const Instant ends = boundaryOf(desk, subscription.anchor, billing, n + 1);
    period.billing = Span{began, ends, began, ends};
  }
  return period;
}

Outcome subscribe(Desk& desk, const Opening& opening, const Plan& plan) {
  Book& book = desk.book;
  Subscription subscription;
  subscription.plan = plan.code;
  subscription.billing_interval = opening.interval.value_or(plan.interval);
  const bool is_sold =
      std::any_of(plan.prices.begin(), plan.prices.end(), [&](const BasePrice& price) {
        return price.interval.value_or(plan.interval) == subscription.billing_interval;
      });
  if (!is_sold || opening.anchor > desk.now) return Outcome::invalidTime;
  subscription.currency = opening.currency;
  const Outcome sold = chooseCurrency(desk, plan, subscription.currency);
  if (sold != Outcome::ok) return sold;
  if (basePriceOf(plan, subscription.currency, subscription.billing_interval) == nullptr) {
    return Outcome::currencyMismatch;
  }
  for (const SeatCount& seats : opening.seats) {
    const Outcome outcome = checkSeats(desk, plan, seats.feature, seats.seats);
    if (outcome != Outcome::ok) return outcome;
  }
  subscription.anchor = opening.anchor;
  book.currency = subscription.currency;
  book.subscription = subscription;
  ++book.lives;
  Period period = runningAt(desk, plan);
  period.granted_elsewhere = plan.credits;
  period.included_balance = includedBalanceOf(plan, period.currency, period.interval);
  book.subscription->started = period.span.from;
  book.subscription->billing = *period.billing;
  book.subscription->billing_to = period.billing->to;
  book.subscription->base_charged = opening.base_charged;
  book.spans.push_back({period.span.from, Instant::never()});
  for (const SeatCount& seats : opening.seats) {
    const PlanFeature& sold_as = *soldAs(plan, seats.feature);
    const Number value = seatCharge(sold_as, startPriceOf(period, sold_as, ""), seats.seats);
    book.seats.push_back({book.lives, 0, seats.feature, seats.seats, seats.seats, value});
  }
  book.periods.push_back(std::move(period));
  return Outcome::ok;
}

Outcome use(Desk& desk, const OpeningUsage& used, const Plan& plan) {
  const Feature* feature = featureOf(desk.published, used.feature);
  if (feature == nullptr) return Outcome::unknownFeature;
  const PlanFeature* sold = soldAs(plan, used.feature);
  if (sold == nullptr) return Outcome::featureNotInPlan;
  if (feature->type != FeatureType::metered) return Outcome::wrongFeatureType;
  if (feature->meter == Meter::unique) return Outcome::notSettable;
  const std::vector<std::string> variants = variantsOf(*sold);
  const bool is_sold = std::count(variants.begin(), variants.end(), used.variant) > 0;
  const bool is_again =
      std::any_of(desk.book.uses.begin(), desk.book.uses.end(), [&used](const Use& other) {
        return other.feature == used.feature && other.variant == used.variant;
      });
  if (!is_sold || is_again) return Outcome::invalidText;
  Use use;
  use.at = desk.book.periods[0].span.from;
  use.feature = used.feature;
  use.variant = used.variant;
  use.events = 0;
  use.quantity = used.quantity;
  use.raw_price = used.charged;
  use.price = used.charged;
  desk.book.uses.push_back(std::move(use));
  return Outcome::ok;
}

Outcome give(Desk& desk, const OpeningGrant& given) {
  const Span& span = desk.book.periods[0].span;
  const bool is_plan = given.kind == GrantKind::plan;
  Grant grant;
  for (const std::string& code : given.features) {
    const auto& features = desk.published.features;
    const auto found = std::find_if(features.begin(), features.end(),
                                    [&code](const Feature& one) { return one.code == code; });
    if (found == features.end()) return Outcome::unknownFeature;
    grant.features.emplace_back(static_cast<std::uint32_t>(found - features.begin() + 1));
  }
  grant.kind = given.kind;
  grant.priority = given.priority;
  grant.credits = given.credits;
  grant.effective = is_plan ? span.from : given.effective.value_or(desk.now);
  grant.expiry = is_plan ? span.to : given.expiry.value_or(Instant::never());
  if (grant.expiry <= desk.now) return Outcome::invalidTime;
  const std::size_t index = addGrant(desk, grant);
  const Number drawn = Number(given.credits) - given.remaining;
  if (drawn > 0) desk.book.credit_moves.push_back({index, drawn});
  return Outcome::ok;
}

/// The balance, as if the usage that was charged had come last, in its order, and before it what
/// nobody accounts for: usage of the plan's first metered feature.
Outcome fund(Desk& desk, const Opening& opening, const Plan& plan) {
  Book& book = desk.book;
  if (opening.top_ups > Decimal()) {
    book.money_moves.push_back({0, "", opening.top_ups, MoneyMove::Kind::topUp});
  }
  Number unaccounted = opening.balance ? moneyOf(book, 0) - *opening.balance : Number();
  for (const OpeningUsage& used : opening.usage) {
    if (opening.balance) unaccounted -= used.charged;
  }
  std::string first;
  for (const PlanFeature& sold : plan.features) {
    const bool is_metered = featureOf(desk.published, sold.feature)->type == FeatureType::metered;
    if (first.empty() && is_metered) first = sold.feature;
  }
  if (unaccounted != 0) book.money_moves.push_back({0, first, -unaccounted});
  for (const OpeningUsage& used : opening.usage) {
    if (opening.balance) book.money_moves.push_back({0, used.feature, -used.charged});
  }
  const auto overdrafts = overdraftsOf(book, 0);
  const bool nobodys = std::any_of(overdrafts.begin(), overdrafts.end(),
                                   [](const Overdraft& one) { return one.feature.empty(); });
  return nobodys ? Outcome::invalidNumber : Outcome::ok;
}

}  // namespace

Outcome moveIn(Desk& desk, const Opening& opening) {
  const Plan* plan = newestPlan(desk.published, opening.plan);
  if (plan == nullptr) return Outcome::unknownPlan;
  Outcome outcome = subscribe(desk, opening, *plan);
  for (const OpeningUsage& used : opening.usage) {
    if (outcome == Outcome::ok) outcome = use(desk, used, *plan);
  }
  if (outcome != Outcome::ok) return outcome;
  if (plan->model != ConsumptionModel::credits && !opening.grants.empty()) {
    return Outcome::wrongModel;
  }
  for (const OpeningGrant& given : opening.grants) {
    if (outcome == Outcome::ok) outcome = give(desk, given);
  }
  if (outcome != Outcome::ok) return outcome;
  const std::string& currency = desk.book.currency;
  if (!isInMinorUnits(opening.customer_credit, currency) ||
      !isInMinorUnits(opening.base_charged, currency)) {
    return Outcome::invalidNumber;
  }
  if (opening.customer_credit > Decimal()) {
    desk.book.credits.push_back({opening.customer_credit, "moved in"});
  }
  if (plan->model == ConsumptionModel::balance) return fund(desk, opening, *plan);
  const bool has_money = opening.balance || !opening.top_ups.isZero();
  return has_money ? Outcome::wrongModel : Outcome::ok;
}

}  // namespace daybook::twin
