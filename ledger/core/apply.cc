#include "ledger/core/apply.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/core/spending.h"

namespace daybook::core {
namespace {

UsagePeriod& periodFrom(Customer& customer, Instant from) {
  const auto found =
      std::find_if(customer.periods.begin(), customer.periods.end(),
                   [from](const UsagePeriod& period) { return period.span.from == from; });
  CHECK(found != customer.periods.end(), "the usage period is open");
  return *found;
}

Grant& grantOf(Customer& customer, GrantNumber number) {
  const auto found =
      std::lower_bound(customer.grants.begin(), customer.grants.end(), number,
                       [](const Grant& grant, GrantNumber n) { return grant.number < n; });
  CHECK(found != customer.grants.end() && found->number == number, "the grant is there");
  return *found;
}

FeatureUsage& usageOf(UsagePeriod& period, FeatureNumber feature) {
  for (FeatureUsage& usage : period.usage) {
    if (usage.feature == feature) return usage;
  }
  period.usage.emplace_back().feature = feature;
  return period.usage.back();
}

void addGrant(Customer& customer, const Grant& grant, Decimal debt_paid) {
  CHECK(grant.number == customer.last_grant.next(), "grants are numbered 1, 2, ...");
  customer.grants.push_back(grant);
  customer.last_grant = grant.number;
  customer.credit_debt -= debt_paid;
  CHECK(!customer.credit_debt.isNegative(), "no more debt is paid than there is");
}

/// The customer and the state that one event is folded into; one overload per kind.
struct Fold {
  Customer& customer;
  const State& state;
  Position position;

  void operator()(const CustomerCreated& created) const { customer.zone = created.zone; }

  void operator()(const CustomerUpdated& updated) const { customer.zone = updated.asked.zone; }

  void operator()(const Subscribed& subscribed) const {
    CHECK(!customer.subscription, "a customer has one live subscription at most");
    customer.subscription = subscribed.subscription;
    customer.currency = subscribed.subscription.currency;
    customer.subscribed.push_back({subscribed.subscription.started, Instant::never()});
  }

  void operator()(const PeriodStarted& started) const {
    CHECK(customer.subscription.has_value(), "periods start in a live subscription");
    UsagePeriod& period = customer.periods.emplace_back();
    period.index = started.index;
    period.span = started.span;
    period.terms = started.terms;
    period.billing = started.billing;
    period.balance.included = started.included_balance;
    period.balance.amount = started.included_balance;
    if (started.grant) addGrant(customer, *started.grant, started.debt_paid);
    Subscription& subscription = *customer.subscription;
    subscription.billing_to = started.billing_to;
    // A change of zone moves the end of the running billing period, and what waits for it.
    if (subscription.cancel_at) subscription.cancel_at = started.billing_to;
  }

  void operator()(const PeriodClosed& closed) const {
    CHECK(!customer.periods.empty(), "a period is open");
    const auto first = customer.periods.begin();
    CHECK(first->index == closed.index && first->span.from == closed.from &&
              first->span.to == closed.to,
          "the oldest open period closes first");
    if (closed.carried_top_ups.isPositive()) {
      CHECK(customer.periods.size() > 1, "top-ups are carried into a period");
      topUp((first + 1)->balance, closed.carried_top_ups);
    }
    customer.periods.erase(first);
    std::erase_if(customer.grants, [&closed](const Grant& grant) {
      const bool needed = grant.kind == GrantKind::plan && grant.expiry > closed.to;
      return grant.remaining.isZero() && !needed;
    });
  }

  void operator()(const CancelScheduled& scheduled) const {
    CHECK(customer.subscription.has_value(), "there is a live subscription");
    customer.subscription->cancel_at = scheduled.at;
  }

  void operator()(const CancelRevoked& /*revoked*/) const {
    CHECK(customer.subscription.has_value(), "there is a live subscription");
    customer.subscription->cancel_at.reset();
  }

  void operator()(const Canceled& canceled) const {
    CHECK(customer.subscription.has_value(), "there is a live subscription");
    CHECK(runningPeriod(customer) != nullptr, "a live subscription has a running period");
    customer.periods.back().span.to = canceled.at;
    customer.subscribed.back().to = canceled.at;
    customer.subscription.reset();
    for (Grant& grant : customer.grants) {
      if (grant.kind == GrantKind::plan) grant.expiry = std::min(grant.expiry, canceled.at);
    }
  }

  void operator()(const UsageRecorded& recorded) const {
    UsagePeriod& period = periodFrom(customer, recorded.period_from);
    FeatureUsage& usage = usageOf(period, recorded.feature);
    usage.quantity += recorded.quantity;
    usage.unpaid += recorded.unpaid;
    usage.events += 1;
    usage.tokens.input += recorded.tokens.input;
    usage.tokens.output += recorded.tokens.output;
    usage.tokens.cache_read += recorded.tokens.cache_read;
    usage.tokens.cache_write += recorded.tokens.cache_write;
    for (const Draw& draw : recorded.draws) {
      Grant& grant = grantOf(customer, draw.grant);
      grant.remaining -= draw.amount;
      CHECK(!grant.remaining.isNegative(), "no grant gives more than it has");
    }
    customer.credit_debt += recorded.overdrawn;
    if (state.plan(period.terms).model == ConsumptionModel::balance) {
      usage.charged += recorded.price;
      deduct(period.balance, recorded.feature, recorded.price - recorded.unpaid);
    }
  }

  void operator()(const PackPurchased& purchased) const {
    customer.currency = purchased.currency;
    addGrant(customer, purchased.grant, purchased.debt_paid);
  }

  void operator()(const ToppedUp& topped) const {
    CHECK(runningPeriod(customer) != nullptr, "a usage period is running");
    topUp(customer.periods.back().balance, topped.asked.amount);
  }

  void operator()(const CreditsExpired& expired) const {
    const Grant& grant = grantOf(customer, expired.grant);
    CHECK(grant.remaining == expired.amount, "all that is left of a grant expires");
    customer.grants.erase(customer.grants.begin() + (&grant - customer.grants.data()));
  }

  void operator()(const InvoiceClosed& closed) const {
    customer.invoices.push_back({closed.invoice.number, position});
  }

  template <typename Other>
  void operator()(const Other& /*body*/) const {
    CHECK(false, "the event is a customer's");
  }
};

}  // namespace

void applyToCustomer(Customer& customer, const State& state, const EventBody& body,
                     Position position) {
  std::visit(Fold{customer, state, position}, body);
  customer.events += 1;
  customer.last = position;
}

}  // namespace daybook::core
