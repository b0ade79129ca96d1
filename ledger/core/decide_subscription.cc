// Start, end and pause of subscriptions: section 7 of BILLING.md.
#include <optional>
#include <utility>
#include <vector>

#include "ledger/core/catalog_lookup.h"
#include "ledger/core/currency.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/invoice_builder.h"
#include "ledger/core/periods.h"

namespace daybook::core {
namespace {

/// Closes the invoice that a subscription starts or goes on with; none when nothing is charged.
InvoiceNumber invoiceStart(Draft& draft) {
  InvoiceScope scope;
  scope.type = InvoiceType::start;
  scope.date = draft.now();
  scope.closed_by = ClosedBy::command;
  scope.advance = runningPeriod(draft.customer());
  if (!scope.advance->billing) return {};
  auto invoice = buildInvoice(draft.state(), draft.customer(), scope);
  return invoice ? draft.addInvoice(std::move(*invoice)) : InvoiceNumber();
}

/// Whether cancelling waits for nothing: in a free plan, and while paused.
bool endsAtOnce(const State& state, const Customer& customer, const Cancel& cancel) {
  if (cancel.when == CancelWhen::now) return true;
  const UsagePeriod* running = runningPeriod(customer);
  return running == nullptr || state.plan(running->terms).free;
}

Decision cancelNow(const State& state, const Customer& customer, const Cancel& cancel,
                   Instant now) {
  Draft draft(state, customer, now);
  closeGracePeriods(draft);
  const UsagePeriod* running = runningPeriod(draft.customer());
  InvoiceScope scope;
  if (running != nullptr && cancel.credit_unused) {
    scope.unused = unusedTime(state, draft.customer(), now);
  }
  const bool runs = running != nullptr;
  const std::size_t keyed = draft.size();
  draft.add(Canceled{cancel, now});
  if (runs) {
    scope.type = InvoiceType::final;
    scope.date = now;
    scope.closed_by = ClosedBy::command;
    scope.pending = true;
    closeOldestPeriod(draft, std::move(scope));
  } else if (!draft.customer().late.empty()) {
    closeLate(draft, now);
  }
  expirePlanCredits(draft);
  return decisionOf(std::move(draft), keyed);
}

std::optional<Discount> introductory(const Plan& plan, const BasePrice& price) {
  if (plan.intro_cycles == 0) return std::nullopt;
  return Discount{plan.intro_percent, price.intro_amount, plan.intro_cycles};
}

/// The subscription that is asked for, or why it cannot be had.
struct Asked {
  Verdict verdict;
  const Plan* plan = nullptr;
  Subscription subscription;
  std::vector<SeatsHeld> seats;
};

Asked refused(Outcome outcome, std::string detail = {}) {
  return {{outcome, std::move(detail)}, nullptr, {}, {}};
}

Asked resolve(const State& state, const Customer& customer, const Subscribe& subscribe,
              const Context& context) {
  const Plan* plan = state.newestPlan(subscribe.plan);
  if (plan == nullptr) return refused(Outcome::unknownPlan, subscribe.plan);
  NamedSeats seats = nameSeats(state, *plan, subscribe.seats);
  if (seats.verdict.outcome == Outcome::unknownFeature) return {seats.verdict, nullptr, {}, {}};
  const Interval interval = subscribe.interval.value_or(plan->interval);
  const Instant anchor = subscribe.anchor.value_or(context.now);
  const std::uint32_t trial_days = subscribe.trial_days.value_or(plan->trial_days);
  if (!isSoldAt(*plan, interval)) return refused(Outcome::invalidTime, "interval");
  if (subscribe.anchor && (trial_days > 0 || !isUsableAnchor(customer, interval, anchor,
                                                             context.now, context.boundaries))) {
    return refused(Outcome::invalidTime, "anchor");
  }
  if (customer.subscription) return refused(Outcome::alreadySubscribed);
  if (plan->retired) return refused(Outcome::planRetired, plan->code);
  ChosenCurrency currency = chooseCurrency(customer, subscribe.currency, *plan, interval);
  if (!currency.verdict.isOk()) return {currency.verdict, nullptr, {}, {}};
  if (!seats.verdict.isOk()) return {seats.verdict, nullptr, {}, {}};

  Asked asked;
  asked.plan = plan;
  Subscription& subscription = asked.subscription;
  subscription.plan = plan->code;
  subscription.currency = std::move(currency.code);
  subscription.billing_interval = interval;
  subscription.started = context.now;
  subscription.since = context.now;
  subscription.anchor = anchor;
  if (trial_days > 0) {
    subscription.trial_to = context.now + Duration::days(trial_days);
    subscription.anchor = *subscription.trial_to;
  }
  subscription.discount = introductory(*plan, *basePriceIn(*plan, subscription.currency, interval));
  asked.seats = seatsInAdvance(state, *plan, subscription, std::move(seats.seats));
  return asked;
}

}  // namespace

Decision decideSubscribe(const State& state, const Customer& customer, const Subscribe& subscribe,
                         const Context& context) {
  Asked asked = resolve(state, customer, subscribe, context);
  if (!asked.verdict.isOk()) return refusal(asked.verdict.outcome, asked.verdict.detail);
  Subscription& subscription = asked.subscription;
  PeriodStarted started =
      firstPeriod(customer, subscription, *asked.plan, asked.seats, context.boundaries);
  if (started.trial) started.seats = std::move(asked.seats);
  subscription.billing_to = started.billing_to;
  Draft draft(state, customer, context.now);
  draft.add(Subscribed{subscribe, subscription, {}});
  draft.add(std::move(started));
  draft.setInvoice<Subscribed>(0, invoiceStart(draft));
  return decisionOf(std::move(draft));
}

Decision decideCancel(const State& state, const Customer& customer, const Cancel& cancel,
                      const Context& context) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  if (endsAtOnce(state, customer, cancel)) return cancelNow(state, customer, cancel, context.now);
  const Instant at = billingEnd(*customer.subscription, *runningPeriod(customer));
  return decisionOf(customer.number, CancelScheduled{cancel, at});
}

Decision decideRevokeCancel(const Customer& customer, const RevokeCancel& revoke) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  if (!customer.subscription->cancel_at) return refusal(Outcome::notCanceled);
  return decisionOf(customer.number, CancelRevoked{revoke});
}

Decision decidePause(const State& state, const Customer& customer, const Pause& pause,
                     const Context& context) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  if (customer.subscription->paused) return refusal(Outcome::paused);
  if (runningPeriod(customer)->trial) return refusal(Outcome::notAvailableNow, "in a trial");
  Draft draft(state, customer, context.now);
  closeGracePeriods(draft);
  const std::size_t keyed = draft.size();
  draft.add(Paused{pause, context.now});
  InvoiceScope scope;
  scope.type = InvoiceType::final;
  scope.date = context.now;
  scope.closed_by = ClosedBy::command;
  scope.pending = true;
  closeOldestPeriod(draft, std::move(scope));
  expirePlanCredits(draft);
  return decisionOf(std::move(draft), keyed);
}

Decision decideResume(const State& state, const Customer& customer, const Resume& resume,
                      const Context& context) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  if (!customer.subscription->paused) return refusal(Outcome::notPaused);
  Subscription subscription = *customer.subscription;
  subscription.paused.reset();
  subscription.pinned_version = 0;
  subscription.anchor = context.now;
  subscription.since = context.now;
  const Plan& plan = *state.newestPlan(subscription.plan);
  PeriodStarted started =
      firstPeriod(customer, subscription, plan,
                  seatsInAdvance(state, plan, subscription, customer.seats), context.boundaries);
  Draft draft(state, customer, context.now);
  draft.add(Resumed{resume, subscription, {}});
  draft.add(std::move(started));
  draft.setInvoice<Resumed>(0, invoiceStart(draft));
  return decisionOf(std::move(draft));
}

}  // namespace daybook::core
