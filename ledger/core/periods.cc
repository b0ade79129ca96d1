#include "ledger/core/periods.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/invoice_builder.h"
#include "ledger/core/spending.h"

namespace daybook::core {
namespace {

/// The balance that each usage period of a balance plan begins with: by default the base price per
/// month, or per week of a weekly plan.
Decimal includedBalance(const Plan& plan, const BasePrice& price) {
  if (price.included_balance) return *price.included_balance;
  return multiplyDivide(price.base, Decimal::fromInteger(1),
                        Decimal::fromInteger(usagePeriodsPer(plan.interval)));
}

/// What the plan gives for a period with `started.span` and `started.terms`.
void addAllowances(PeriodStarted& started, const Customer& customer, const Plan& plan) {
  if (plan.model == ConsumptionModel::balance) {
    const BasePrice* price = basePriceIn(plan, started.terms.currency);
    CHECK(price != nullptr, "a subscribed plan is sold in the customer's currency");
    started.included_balance = includedBalance(plan, *price);
  }
  if (plan.model != ConsumptionModel::credits || !plan.credits.isPositive()) return;
  Grant grant;
  grant.number = customer.last_grant.next();
  grant.kind = GrantKind::plan;
  grant.priority = plan.grant_priority;
  grant.credits = plan.credits;
  grant.effective = started.span.from;
  grant.expiry = started.span.to;
  started.debt_paid = least(customer.credit_debt, plan.credits);
  grant.remaining = plan.credits - started.debt_paid;
  started.grant = std::move(grant);
}

/// The plan version for a period that starts at `at`: the newest one published before.
const Plan& planFrom(const State& state, const Terms& current, Instant at) {
  const Plan* newest = state.planBefore(current.plan, at);
  CHECK(newest != nullptr && newest->version >= current.version,
        "the terms of a period were published before its end");
  CHECK(basePriceIn(*newest, current.currency) != nullptr,
        "a plan is never withdrawn from a currency");
  return *newest;
}

void startNextPeriod(Draft& draft, const Boundaries& boundaries) {
  const Customer& customer = draft.customer();
  const Subscription& subscription = *customer.subscription;
  const UsagePeriod& ended = *runningPeriod(customer);
  const Interval billing = subscription.billing_interval;
  const Plan& plan = planFrom(draft.state(), ended.terms, ended.span.to);

  PeriodStarted started;
  started.index = ended.index + 1;
  const Instant to = boundaries.boundary(customer.zone, subscription.anchor, usageInterval(billing),
                                         started.index + 1);
  started.span = {ended.span.to, to, ended.span.to, to};
  started.terms = {plan.code, plan.version, subscription.currency};
  started.billing_to = boundaries.boundary(customer.zone, subscription.anchor, billing,
                                           billingIndex(billing, started.index) + 1);
  if (started.index % usagePeriodsPer(billing) == 0) {
    started.billing = {ended.span.to, started.billing_to, ended.span.to, started.billing_to};
  }
  CHECK(started.span.from < started.span.to && started.span.to <= started.billing_to,
        "boundaries increase");
  addAllowances(started, customer, plan);
  draft.add(std::move(started));
}

void expireCredits(Draft& draft, Instant expiry) {
  const auto& grants = draft.customer().grants;
  const auto grant = std::find_if(grants.begin(), grants.end(), [expiry](const Grant& candidate) {
    return candidate.expiry == expiry && candidate.remaining.isPositive();
  });
  CHECK(grant != grants.end(), "a grant with something left is due");
  draft.add(CreditsExpired{grant->number, grant->remaining, grant->expiry});
}

/// Where the subscription that a period belongs to started.
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
  const UsagePeriod& ended = customer.periods[index];
  if (followingPeriod(customer, index) == nullptr) return {};
  return state.plan(ended.terms).carry_top_ups ? carriedTopUps(ended.balance) : Decimal();
}

}  // namespace

bool isUsableAnchor(const Customer& customer, Interval billing, Instant anchor, Instant start,
                    const Boundaries& boundaries) {
  return anchor > start && boundaries.boundary(customer.zone, anchor, billing, -1) <= start;
}

PeriodStarted firstPeriod(const Customer& customer, const Subscription& subscription,
                          const Plan& plan, const Boundaries& boundaries) {
  const Instant start = subscription.started;
  const Instant anchor = subscription.anchor;
  const Interval usage = usageInterval(plan.interval);
  const auto at = [&](Interval interval, std::int64_t n) {
    return boundaries.boundary(customer.zone, anchor, interval, n);
  };
  PeriodStarted started;
  if (anchor != start) {
    started.index = boundaries.periodIndex(customer.zone, anchor, usage, start);
  }
  const Instant to = at(usage, started.index + 1);
  started.span = {start, to, at(usage, started.index), to};
  const std::int64_t billing = billingIndex(plan.interval, started.index);
  started.billing_to = at(plan.interval, billing + 1);
  started.billing = {start, started.billing_to, at(plan.interval, billing), started.billing_to};
  started.terms = {plan.code, plan.version, subscription.currency};
  addAllowances(started, customer, plan);
  return started;
}

std::optional<Invoice> closingInvoice(const State& state, const Customer& customer,
                                      std::size_t index) {
  const UsagePeriod& ended = customer.periods[index];
  const UsagePeriod* next = followingPeriod(customer, index);
  InvoiceScope scope;
  scope.type = next != nullptr ? InvoiceType::renewal : InvoiceType::final;
  scope.date = ended.span.to;
  scope.ended = &ended;
  if (next != nullptr && next->billing) {
    scope.billing = &*next->billing;
    scope.billing_terms = &next->terms;
  }
  return buildInvoice(state.ledger, customer, scope);
}

void closeOldestPeriod(Draft& draft) {
  CHECK(!draft.customer().periods.empty(), "a period is open");
  const UsagePeriod& ended = draft.customer().periods.front();
  CHECK(&ended != runningPeriod(draft.customer()), "the period is over");
  PeriodClosed closed;
  closed.index = ended.index;
  closed.from = ended.span.from;
  closed.to = ended.span.to;
  closed.carried_top_ups = carriedFrom(draft.state(), draft.customer(), 0);
  std::optional<Invoice> invoice = closingInvoice(draft.state(), draft.customer(), 0);
  if (invoice) closed.invoice = draft.addInvoice(std::move(*invoice));
  draft.add(closed);
}

void workOff(Draft& draft, const Due& due, const Boundaries& boundaries) {
  switch (due.kind) {
    case DueKind::periodClose:
      return closeOldestPeriod(draft);
    case DueKind::creditExpiry:
      return expireCredits(draft, due.at - draft.state().ledger.ledger.settings.grace);
    case DueKind::cancellation:
      return draft.add(Canceled{std::nullopt, due.at});
    case DueKind::periodStart:
      return startNextPeriod(draft, boundaries);
  }
  CHECK(false, "due work has a known kind");
}

}  // namespace daybook::core
