// Changes of a running subscription: plan, version, seats (section 7 of BILLING.md).
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/periods.h"
#include "ledger/core/rating.h"
#include "ledger/core/terms.h"

namespace daybook::core {
namespace {

/// Negative: the new one is less (a shorter interval, else a lower rank where both plans have one,
/// else a lower price); else it is an upgrade. One-time plans are left and begun at once.
bool isDowngrade(const State& state, const Customer& customer, const Plan& plan,
                 Interval interval) {
  const Subscription& subscription = *customer.subscription;
  const Interval before = subscription.billing_interval;
  if (before == Interval::once || interval == Interval::once) return false;
  if (interval != before) return interval < before;
  const Plan& current = state.plan(runningPeriod(customer)->terms);
  if (plan.rank && current.rank) return *plan.rank < *current.rank;
  const BasePrice* price = basePriceIn(plan, subscription.currency, interval);
  const BasePrice* paid = basePriceIn(current, subscription.currency, interval);
  CHECK(price != nullptr && paid != nullptr, "both plans are sold so");
  return price->base < paid->base;
}

Decision changeNow(const State& state, const Customer& customer, const ChangePlan& change,
                   const Plan& plan, Interval interval, const Context& context) {
  Draft draft(state, customer, context.now);
  closeGracePeriods(draft);
  InvoiceScope scope;
  scope.type = InvoiceType::planChange;
  scope.date = context.now;
  scope.closed_by = ClosedBy::command;
  scope.pending = true;
  scope.unused = unusedTime(state, draft.customer(), context.now);

  Subscription subscription = *draft.customer().subscription;
  subscription.plan = plan.code;
  subscription.billing_interval = interval;
  subscription.anchor = context.now;
  subscription.since = context.now;
  subscription.trial_to.reset();
  subscription.cancel_at.reset();
  subscription.change.reset();
  subscription.discount.reset();
  subscription.pinned_version = 0;
  const std::size_t keyed = draft.size();
  draft.add(PlanChanged{change, context.now, subscription, {}});
  draft.add(firstPeriod(draft.customer(), subscription, plan,
                        seatsInAdvance(state, plan, subscription, draft.customer().seats),
                        context.boundaries));
  scope.advance = runningPeriod(draft.customer());
  draft.setInvoice<PlanChanged>(keyed, closeOldestPeriod(draft, std::move(scope)));
  expirePlanCredits(draft);
  return decisionOf(std::move(draft), keyed);
}

}  // namespace

Decision decideChangePlan(const State& state, const Customer& customer, const ChangePlan& change,
                          const Context& context) {
  const Plan* plan = state.newestPlan(change.plan);
  if (plan == nullptr) return refusal(Outcome::unknownPlan, change.plan);
  const Interval interval = change.interval.value_or(plan->interval);
  if (!isSoldAt(*plan, interval)) return refusal(Outcome::invalidTime, "interval");
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  const Subscription& subscription = *customer.subscription;
  if (subscription.paused) return refusal(Outcome::paused);
  if (plan->code == subscription.plan && interval == subscription.billing_interval) {
    return refusal(Outcome::nothingToChange);
  }
  if (plan->retired && plan->code != subscription.plan) {
    return refusal(Outcome::planRetired, plan->code);
  }
  if (basePriceIn(*plan, subscription.currency, interval) == nullptr) {
    return refusal(Outcome::currencyMismatch, subscription.currency);
  }
  const bool waits =
      change.when == ChangeWhen::periodEnd ||
      (change.when == ChangeWhen::automatic && isDowngrade(state, customer, *plan, interval));
  if (!waits) return changeNow(state, customer, change, *plan, interval, context);
  if (subscription.billing_to.isNever()) {
    return refusal(Outcome::notAvailableNow, "a one-time plan has no billing period that ends");
  }
  return decisionOf(customer.number,
                    ChangeScheduled{change, {plan->code, interval}, subscription.billing_to});
}

Decision decideRevokeChange(const Customer& customer, const RevokeChange& revoke) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  if (!customer.subscription->change) return refusal(Outcome::noScheduledChange);
  return decisionOf(customer.number, ChangeRevoked{revoke});
}

Decision decidePin(const Customer& customer, const PinVersion& pin) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  const UsagePeriod* running = runningPeriod(customer);
  if (running == nullptr) return refusal(Outcome::paused);
  return decisionOf(customer.number, VersionPinned{pin, pin.pinned ? running->terms.version : 0});
}

NamedSeats nameSeats(const State& state, const Plan& plan, const std::vector<SeatCount>& counts) {
  NamedSeats named;
  for (const SeatCount& count : counts) {
    SeatsHeld held;
    held.feature = state.feature(count.feature);
    if (held.feature.isNone()) return {{Outcome::unknownFeature, count.feature}, {}};
    const PlanFeature* sold = planFeature(plan, count.feature);
    if (sold == nullptr) return {{Outcome::featureNotInPlan, count.feature}, {}};
    if (featureOf(state.ledger, held.feature).type != FeatureType::seats) {
      return {{Outcome::wrongFeatureType, count.feature}, {}};
    }
    const Decimal seats = Decimal::fromInteger(static_cast<std::int64_t>(count.seats));
    if (sold->overage == Overage::block && !sold->unlimited && seats > sold->included) {
      return {{Outcome::includedLimitReached, count.feature}, {}};
    }
    held.held = count.seats;
    named.seats.push_back(held);
  }
  return named;
}

Decision decideSeats(const State& state, const Customer& customer, const ChangeSeats& change,
                     const Context& context) {
  const FeatureNumber number = state.feature(change.feature);
  if (number.isNone()) return refusal(Outcome::unknownFeature, change.feature);
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  const UsagePeriod* running = runningPeriod(customer);
  if (running == nullptr) return refusal(Outcome::paused);
  const auto found =
      std::find_if(customer.seats.begin(), customer.seats.end(),
                   [number](const SeatsHeld& seats) { return seats.feature == number; });
  SeatsHeld seats;
  if (found != customer.seats.end()) seats = *found;
  // Both are bounded by kSeatsMax.
  const std::int64_t held =
      change.set ? change.seats : static_cast<std::int64_t>(seats.held) + change.seats;
  if (held < 0) return refusal(Outcome::invalidNumber, "fewer than no seats");
  if (held > static_cast<std::int64_t>(limits::kSeatsMax)) {
    return refusal(Outcome::amountOverflow, "seats");
  }
  const Plan& plan = state.plan(running->terms);
  NamedSeats named = nameSeats(state, plan, {{change.feature, static_cast<std::uint64_t>(held)}});
  if (!named.verdict.isOk()) return refusal(named.verdict.outcome, named.verdict.detail);

  SeatsChanged changed;
  changed.asked = change;
  changed.feature = number;
  changed.held = static_cast<std::uint64_t>(held);
  changed.highest = std::max(seats.highest, changed.held);
  changed.value = seats.value;
  const PlanFeature& sold = *planFeature(plan, change.feature);
  const FeatureTerms terms = featureTerms(state, *running, plan, sold, number);
  const Price* price = seatPrice(terms, customer.subscription->billing_interval);
  if (price != nullptr && !running->trial && changed.highest > seats.highest) {
    const Decimal more =
        seatCharge(sold, *price, changed.highest) - seatCharge(sold, *price, seats.highest);
    changed.value += more;
    changed.true_up = forRemaining(more, customer.subscription->billing, context.now);
  }
  return decisionOf(customer.number, std::move(changed));
}

}  // namespace daybook::core
