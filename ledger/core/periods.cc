#include "ledger/core/periods.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/alerts.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/holds.h"
#include "ledger/core/rating.h"
#include "ledger/core/spending.h"
#include "ledger/core/terms.h"

namespace daybook::core {
namespace {

// ---- starting

Grant planGrant(const Customer& customer, const Plan& plan, const Span& span, Decimal credits) {
  Grant grant;
  grant.number = customer.last_grant.next();
  grant.kind = GrantKind::plan;
  grant.priority = plan.grant_priority;
  grant.credits = credits;
  grant.remaining = credits;
  grant.effective = span.from;
  grant.expiry = span.to;
  return grant;
}

/// Pays credit debt out of a new grant; what that took.
Decimal payDebt(const Customer& customer, Grant& grant) {
  const Decimal paid = least(customer.credit_debt, grant.remaining);
  grant.remaining -= paid;
  return paid;
}

/// What the plan gives for a period with `started.span` and `started.terms`.
void addAllowances(PeriodStarted& started, const Customer& customer, const Plan& plan,
                   Interval billing) {
  if (plan.model == ConsumptionModel::balance) {
    const BasePrice* price = basePriceIn(plan, started.terms.currency, billing);
    CHECK(price != nullptr, "a subscribed plan is sold in the customer's currency");
    started.included_balance = includedBalance(*price, billing);
  }
  if (plan.model != ConsumptionModel::credits || !plan.credits.isPositive()) return;
  Grant grant = planGrant(customer, plan, started.span, plan.credits);
  started.debt_paid = payDebt(customer, grant);
  started.grant = std::move(grant);
}

/// Boundaries of one subscription.
struct Lattice {
  std::string_view zone;
  const Subscription& subscription;
  const Boundaries& boundaries;

  Instant usage(std::int64_t n) const {
    return boundaries.boundary(zone, subscription.anchor,
                               usageInterval(subscription.billing_interval), n);
  }
  Instant billing(std::int64_t n) const {
    return boundaries.boundary(zone, subscription.anchor, subscription.billing_interval, n);
  }
};

/// Usage period `index` from `from` on, and the billing period that starts with it, if one does.
PeriodStarted periodFrom(const Lattice& lattice, const Plan& plan, std::int64_t index, Instant from,
                         Instant full_from) {
  const Subscription& subscription = lattice.subscription;
  PeriodStarted started;
  started.index = index;
  started.terms = {plan.code, plan.version, subscription.currency};
  const Instant to = lattice.usage(index + 1);
  started.span = {from, to, full_from, to};
  if (subscription.billing_interval == Interval::once) {
    started.billing_to = Instant::never();
    if (index == 0) started.billing = {from, Instant::never(), from, Instant::never()};
    return started;
  }
  const std::int64_t billing = billingIndex(subscription.billing_interval, index);
  started.billing_to = lattice.billing(billing + 1);
  CHECK(started.span.from < to && to <= started.billing_to, "boundaries increase");
  return started;
}

/// The plan version for a period that starts at `at`: the newest one published before, or the one
/// that the subscription is kept on.
const Plan& planFrom(const State& state, const Subscription& subscription, Instant at) {
  if (subscription.pinned_version != 0) {
    return state.plan({subscription.plan, subscription.pinned_version, subscription.currency});
  }
  const Plan* newest = state.planBefore(subscription.plan, at);
  CHECK(newest != nullptr, "the terms of a period were published before its start");
  CHECK(basePriceIn(*newest, subscription.currency, subscription.billing_interval) != nullptr,
        "a plan is never withdrawn from a currency and interval");
  return *newest;
}

/// Adds the period that follows the one that ran.
void startFollowing(Draft& draft, const NextPeriod& next, const Boundaries& boundaries) {
  const Customer& customer = draft.customer();
  const auto& [subscription, index, from] = next;
  const Plan& plan = planFrom(draft.state(), subscription, from);
  PeriodStarted started =
      periodFrom({customer.zone, subscription, boundaries}, plan, index, from, from);
  const bool is_once = subscription.billing_interval == Interval::once;
  if (!is_once && index % usagePeriodsPer(subscription.billing_interval) == 0) {
    started.billing = {from, started.billing_to, from, started.billing_to};
  }
  if (started.billing) {
    started.seats = seatsInAdvance(draft.state(), plan, subscription, customer.seats);
  }
  addAllowances(started, customer, plan, subscription.billing_interval);
  draft.add(std::move(started));
}

/// The subscription once its scheduled change of plan takes effect.
Subscription changed(const Subscription& before) {
  Subscription after = before;
  after.plan = before.change->plan;
  after.billing_interval = before.change->interval;
  after.change.reset();
  after.discount.reset();
  after.pinned_version = 0;
  return after;
}

/// A scheduled change of plan has taken effect. The anchor stays where the new intervals allow it.
void changeTo(NextPeriod& next, const Subscription& before) {
  next.subscription = changed(before);
  next.subscription.since = next.from;
  const Interval interval = next.subscription.billing_interval;
  if (usageInterval(interval) == usageInterval(before.billing_interval) &&
      next.index % usagePeriodsPer(interval) == 0 && interval != Interval::once) {
    return;
  }
  next.subscription.anchor = next.from;
  next.index = 0;
}

/// The trial is over. A change of plan that was scheduled in it has taken effect.
void beginAfterTrial(NextPeriod& next, const Subscription& before) {
  if (before.change) next.subscription = changed(before);
  next.subscription.trial_to.reset();
  next.subscription.anchor = next.from;
  next.subscription.since = next.from;
  next.index = 0;
}

void changePlan(Draft& draft, const Boundaries& boundaries) {
  const NextPeriod next = nextPeriod(draft.customer());
  draft.add(PlanChanged{std::nullopt, next.from, next.subscription, {}});
  startFollowing(draft, next, boundaries);
}

void endTrial(Draft& draft, const Boundaries& boundaries) {
  const State& state = draft.state();
  const NextPeriod next = nextPeriod(draft.customer());
  const std::size_t keyed = draft.size();
  draft.add(TrialEnded{next.subscription, {}});
  startFollowing(draft, next, boundaries);
  InvoiceScope scope;
  scope.type = InvoiceType::start;
  scope.date = next.from;
  scope.advance = runningPeriod(draft.customer());
  auto invoice = buildInvoice(state, draft.customer(), scope);
  if (invoice) draft.setInvoice<TrialEnded>(keyed, draft.addInvoice(std::move(*invoice)));
}

/// A version published with improvements_now gives more in the running period.
void raiseAllowance(Draft& draft) {
  const Customer& customer = draft.customer();
  const UsagePeriod& running = *runningPeriod(customer);
  const State& state = draft.state();
  const Plan& plan = state.plan(running.terms);
  AllowanceRaised raised;
  const auto improvement = nextImprovement(state, running, customer.subscription->billing_interval);
  CHECK(improvement.has_value(), "an allowance is to be raised");
  raised.version = improvement->version;
  if (plan.model == ConsumptionModel::credits) {
    Grant grant = planGrant(customer, plan, running.span, improvement->given - running.granted);
    raised.debt_paid = payDebt(customer, grant);
    raised.grant = std::move(grant);
  } else {
    raised.included_balance = improvement->given - running.balance.included;
  }
  draft.add(std::move(raised));
}

// ---- ending

/// Where the subscription that a period belongs to started, or went on after a pause.
Instant subscribedFrom(const Customer& customer, const UsagePeriod& period) {
  const auto span = std::find_if(
      customer.subscribed.rbegin(), customer.subscribed.rend(),
      [&period](const SubscribedSpan& candidate) { return candidate.from <= period.span.from; });
  CHECK(span != customer.subscribed.rend(), "a period lies in a subscription");
  return span->from;
}

/// The period after customer.periods[index] in the same subscription; nullptr when that ended.
const UsagePeriod* followingPeriod(const Customer& customer, std::size_t index) {
  if (index + 1 >= customer.periods.size()) return nullptr;
  const UsagePeriod& next = customer.periods[index + 1];
  const bool is_same =
      subscribedFrom(customer, next) == subscribedFrom(customer, customer.periods[index]);
  return is_same ? &next : nullptr;
}

/// What of the top-ups goes over into the following period.
Decimal carriedFrom(const State& state, const Customer& customer, std::size_t index) {
  const UsagePeriod* next = followingPeriod(customer, index);
  if (next == nullptr) return {};
  const UsagePeriod& ended = customer.periods[index];
  const bool carries = state.plan(ended.terms).carry_top_ups &&
                       state.plan(next->terms).model == ConsumptionModel::balance;
  return carries ? carriedTopUps(ended.balance) : Decimal();
}

InvoiceScope closingScope(const Customer& customer, std::size_t index) {
  const UsagePeriod& ended = customer.periods[index];
  const UsagePeriod* next = followingPeriod(customer, index);
  InvoiceScope scope;
  scope.type = next != nullptr ? InvoiceType::renewal : InvoiceType::final;
  scope.date = ended.span.to;
  scope.ended = &ended;
  // What follows a trial is invoiced when it starts.
  const bool is_trial_over = ended.trial && next != nullptr;
  if (next != nullptr && next->billing && !is_trial_over) scope.advance = next;
  scope.pending = !is_trial_over;
  return scope;
}

// ---- credits

/// How much of plan credits that end at `expiry` goes over; absent: nothing may.
std::optional<Rollover> rolloverAt(const State& state, const Customer& customer, Instant expiry) {
  const UsagePeriod* running = runningPeriod(customer);
  if (running == nullptr || running->span.from < expiry) return std::nullopt;
  const auto ends = [expiry](const UsagePeriod& period) { return period.span.to == expiry; };
  const auto ended = std::find_if(customer.closed.rbegin(), customer.closed.rend(), ends);
  if (ended == customer.closed.rend() || ended->trial) return std::nullopt;
  if (subscribedFrom(customer, *ended) != subscribedFrom(customer, *running)) return std::nullopt;
  if (state.plan(running->terms).model != ConsumptionModel::credits) return std::nullopt;
  return state.plan(ended->terms).rollover;
}

void rollOver(Draft& draft, const Grant& from, Decimal credits) {
  Grant grant = from;
  grant.number = draft.customer().last_grant.next();
  grant.credits = credits;
  grant.remaining = credits;
  grant.held = {};
  grant.expiry = runningPeriod(draft.customer())->span.to;
  grant.rollovers = from.rollovers + 1;
  grant.last_drawn = {};
  draft.add(CreditsRolledOver{from.number, std::move(grant)});
}

/// What ended at `expiry` is over for good at `due`.
void expireCredits(Draft& draft, Instant expiry, Instant due) {
  Decimal lost;
  std::vector<Grant> ending;
  for (const Grant& grant : draft.customer().grants) {
    if (grant.expiry == expiry && grant.remaining.isPositive()) ending.push_back(grant);
  }
  CHECK(!ending.empty(), "a grant with something left is due");
  std::stable_sort(ending.begin(), ending.end(), [](const Grant& left, const Grant& right) {
    return left.rollovers < right.rollovers;
  });
  const std::optional<Rollover> rollover = rolloverAt(draft.state(), draft.customer(), expiry);
  std::optional<Decimal> room;
  if (rollover) room = rollover->maximum;
  for (Grant& grant : ending) {
    const bool goes_over = rollover && grant.kind == GrantKind::plan && !grant.expired &&
                           grant.rollovers < rollover->periods;
    const Decimal over = !goes_over ? Decimal()
                         : room     ? least(*room, grant.remaining)
                                    : grant.remaining;
    if (over.isPositive()) {
      rollOver(draft, grant, over);
      if (room) *room -= over;
      grant.remaining -= over;
    }
    if (grant.remaining.isPositive()) {
      draft.add(CreditsExpired{grant.number, grant.remaining, grant.expiry});
      lost += grant.remaining;
    }
  }
  // What ended with the period before, or in it, was never there in this one.
  const UsagePeriod* running = runningPeriod(draft.customer());
  if (running != nullptr && running->span.from < expiry) addCreditAlerts(draft, lost, due);
}

}  // namespace

bool isUsableAnchor(const Customer& customer, Interval billing, Instant anchor, Instant start,
                    const Boundaries& boundaries) {
  return billing != Interval::once && anchor > start &&
         boundaries.boundary(customer.zone, anchor, billing, -1) <= start;
}

PeriodStarted firstPeriod(const Customer& customer, const Subscription& subscription,
                          const Plan& plan, const std::vector<SeatsHeld>& seats,
                          const Boundaries& boundaries) {
  const Instant start = subscription.since;
  PeriodStarted started;
  if (subscription.trial_to) {
    const Instant to = *subscription.trial_to;
    started.span = {start, to, start, to};
    started.terms = {plan.code, plan.version, subscription.currency};
    started.billing_to = to;
    started.trial = true;
  } else {
    const Lattice lattice{customer.zone, subscription, boundaries};
    std::int64_t index = 0;
    if (subscription.anchor != start) {
      index = boundaries.periodIndex(customer.zone, subscription.anchor,
                                     usageInterval(subscription.billing_interval), start);
    }
    started = periodFrom(lattice, plan, index, start, lattice.usage(index));
    if (!started.billing) {
      const std::int64_t billing = billingIndex(subscription.billing_interval, index);
      started.billing = {start, started.billing_to, lattice.billing(billing), started.billing_to};
    }
    started.seats = seats;
  }
  addAllowances(started, customer, plan, subscription.billing_interval);
  return started;
}

PeriodStarted runningPeriodOf(std::string_view zone, const Subscription& subscription,
                              const Plan& plan, Instant now, const Boundaries& boundaries) {
  const Lattice lattice{zone, subscription, boundaries};
  const std::int64_t index = boundaries.periodIndex(
      zone, subscription.anchor, usageInterval(subscription.billing_interval), now);
  const Instant from = lattice.usage(index);
  PeriodStarted started = periodFrom(lattice, plan, index, from, from);
  if (subscription.billing_interval == Interval::once) {
    started.billing = {subscription.anchor, Instant::never(), subscription.anchor,
                       Instant::never()};
    return started;
  }
  const Instant billing_from = lattice.billing(billingIndex(subscription.billing_interval, index));
  started.billing = {billing_from, started.billing_to, billing_from, started.billing_to};
  return started;
}

std::vector<SeatsHeld> seatsInAdvance(const State& state, const Plan& plan,
                                      const Subscription& subscription,
                                      std::vector<SeatsHeld> seats) {
  for (SeatsHeld& held : seats) {
    held.highest = held.held;
    held.value = {};
    const std::string& code = featureOf(state.ledger, held.feature).code;
    const PlanFeature* sold = planFeature(plan, code);
    if (sold == nullptr) continue;
    const Price* price = seatPrice(*sold, subscription.currency, subscription.billing_interval);
    if (price != nullptr) held.value = seatCharge(*sold, *price, held.held);
  }
  return seats;
}

NextPeriod nextPeriod(const Customer& customer) {
  const UsagePeriod* running = runningPeriod(customer);
  CHECK(running != nullptr, "a usage period is running");
  const Subscription& before = *customer.subscription;
  NextPeriod next{before, running->index + 1, running->span.to};
  switch (endKind(before, *running)) {
    case DueKind::planChange:
      changeTo(next, before);
      break;
    case DueKind::trialEnd:
      beginAfterTrial(next, before);
      break;
    default:
      break;
  }
  return next;
}

Decimal forRemaining(Decimal value, const Span& span, Instant now) {
  if (span.to.isNever()) return value;
  const std::int64_t length = span.full_to.wholeSecondsSince(span.full_from);
  const std::int64_t left = span.to.wholeSecondsSince(span.from) - now.wholeSecondsSince(span.from);
  if (length <= 0 || left <= 0) return {};
  return multiplyDivide(value, Decimal::fromInteger(left), Decimal::fromInteger(length));
}

std::vector<UnusedTime> unusedTime(const State& state, const Customer& customer, Instant now) {
  const Subscription& subscription = *customer.subscription;
  const UsagePeriod& running = *runningPeriod(customer);
  if (running.trial || subscription.billing_to.isNever()) return {};
  const Span& billing = subscription.billing;
  const Span rest{now, billing.to, billing.full_from, billing.full_to};
  std::vector<UnusedTime> unused;
  const Span paid{billing.from, billing.to, billing.from, billing.to};
  const Plan& plan = state.plan(running.terms);
  unused.push_back({{},
                    displayName(plan) + ", unused time",
                    rest,
                    -forRemaining(subscription.base_charged, paid, now)});
  for (const SeatsHeld& seats : customer.seats) {
    const Feature& feature = featureOf(state.ledger, seats.feature);
    unused.push_back({feature.code, displayName(feature) + ", unused time", rest,
                      -forRemaining(seats.value, billing, now)});
  }
  return unused;
}

std::optional<Invoice> closingInvoice(const State& state, const Customer& customer,
                                      std::size_t index) {
  return buildInvoice(state, customer, closingScope(customer, index));
}

InvoiceNumber closeOldestPeriod(Draft& draft) {
  return closeOldestPeriod(draft, closingScope(draft.customer(), 0));
}

InvoiceNumber closeOldestPeriod(Draft& draft, InvoiceScope scope) {
  CHECK(!draft.customer().periods.empty(), "a period is open");
  const UsagePeriod& ended = draft.customer().periods.front();
  CHECK(&ended != runningPeriod(draft.customer()), "the period is over");
  scope.ended = &ended;
  PeriodClosed closed;
  closed.index = ended.index;
  closed.from = ended.span.from;
  closed.to = ended.span.to;
  closed.carried_top_ups = carriedFrom(draft.state(), draft.customer(), 0);
  std::optional<Invoice> invoice = buildInvoice(draft.state(), draft.customer(), scope);
  if (invoice) closed.invoice = draft.addInvoice(std::move(*invoice));
  const InvoiceNumber number = closed.invoice;
  draft.add(closed);
  return number;
}

void closeLate(Draft& draft, Instant at) {
  const Customer& customer = draft.customer();
  CHECK(!customer.late.empty(), "something waits for an invoice");
  auto invoice = buildAdjustmentInvoice(draft.state(), customer,
                                        customer.late.front().terms.currency, nullptr, at);
  CHECK(invoice.has_value(), "every late charge is a line");
  draft.addInvoice(std::move(*invoice));
}

void closeGracePeriods(Draft& draft) {
  while (!draft.customer().periods.empty() &&
         &draft.customer().periods.front() != runningPeriod(draft.customer())) {
    closeOldestPeriod(draft);
  }
}

void expirePlanCredits(Draft& draft) {
  const std::vector<Grant> grants = draft.customer().grants;
  for (const Grant& grant : grants) {
    if (grant.kind != GrantKind::plan || grant.expiry > draft.now()) continue;
    if (grant.remaining.isPositive()) {
      draft.add(CreditsExpired{grant.number, grant.remaining, grant.expiry});
    }
  }
}

void workOff(Draft& draft, const Due& due, const Boundaries& boundaries) {
  switch (due.kind) {
    case DueKind::holdExpiry:
      return draft.add(expiredHold(draft.customer()));
    case DueKind::periodClose:
      closeOldestPeriod(draft);
      return;
    case DueKind::adjustmentClose:
      return closeLate(draft, due.at);
    case DueKind::creditExpiry:
      return expireCredits(draft, due.at - draft.state().ledger.ledger.settings.grace, due.at);
    case DueKind::cancellation:
      return draft.add(Canceled{std::nullopt, due.at});
    case DueKind::planChange:
      return changePlan(draft, boundaries);
    case DueKind::trialEnd:
      return endTrial(draft, boundaries);
    case DueKind::periodStart:
      return startFollowing(draft, nextPeriod(draft.customer()), boundaries);
    case DueKind::allowanceRaise:
      return raiseAllowance(draft);
  }
  CHECK(false, "due work has a known kind");
}

}  // namespace daybook::core
