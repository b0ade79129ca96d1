#include "ledger/core/fit_checks.h"

#include <algorithm>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"

namespace daybook::core {
namespace {

// A period index past this is no count of weeks or months in 64-bit nanoseconds.
constexpr std::int64_t kPeriodIndexMax = 1'000'000;
// More days than a due date lies ahead, more documents than anybody numbers.
constexpr std::uint32_t kDueDaysMax = 36'500;
constexpr std::uint64_t kFirstNumberMax = 1'000'000'000'000'000;

/// A part of a full span: [from, to) in [full_from, full_to), which is a second at least.
bool isSpan(const Span& span) {
  const auto length = static_cast<Int128>(span.full_to.ns) - span.full_from.ns;
  return span.full_from <= span.from && span.from < span.to && span.to <= span.full_to &&
         length >= 1'000'000'000 && length <= INT64_MAX && !span.full_to.isNever();
}

/// Whether the plan version is published, and sold in that currency for this billing interval.
bool isSold(const State& state, const Terms& terms, Interval billing_interval) {
  const auto versions = state.plan_versions.find(terms.plan);
  if (versions == state.plan_versions.end()) return false;
  if (terms.version < 1 || terms.version > versions->second.size()) return false;
  const Plan& plan = state.ledger.plans[versions->second[terms.version - 1]];
  return basePriceIn(plan, terms.currency, billing_interval) != nullptr;
}

bool isSold(const State& state, const std::string& plan, const std::string& currency,
            Interval billing_interval) {
  const Plan* newest = state.newestPlan(plan);
  return newest != nullptr && basePriceIn(*newest, currency, billing_interval) != nullptr;
}

}  // namespace

void requireSettings(const LedgerSettings& settings) {
  require(settings.grace.ns >= 0, "the grace is not negative");
  require(settings.grace <= Duration::days(limits::kGraceDaysMax),
          "the grace is not longer than a week");
  require(settings.late_window.ns >= 0, "the late window is not negative");
  require(settings.future_limit.ns >= 0, "the future limit is not negative");
  require(settings.due_days <= kDueDaysMax, "invoices are due within a hundred years");
  for (const std::uint64_t first : {settings.first_invoice, settings.first_credit_note}) {
    require(first >= 1 && first <= kFirstNumberMax, "the first document's number is in range");
  }
}

void requireNextVersion(const Plan* before, const Plan& plan) {
  require(plan.version == (before != nullptr ? before->version : 0) + 1,
          "plan versions follow each other");
  if (before == nullptr) return;
  require(plan.model == before->model, "a plan keeps its consumption model");
  for (const BasePrice& price : before->prices) {
    require(basePriceIn(plan, price.currency, billingInterval(*before, price)) != nullptr,
            "a plan is never withdrawn from a currency and interval");
  }
}

void requirePublished(const LedgerState& ledger, FeatureNumber feature) {
  require(!feature.isNone() && feature.value <= ledger.features.size(), "the feature is published");
}

void requireSeats(const LedgerState& ledger, const SeatsHeld& seats) {
  requirePublished(ledger, seats.feature);
  const auto most = static_cast<std::uint64_t>(limits::kSeatsMax);
  require(seats.held <= seats.highest && seats.highest <= most, "the number of seats is in range");
}

void requireSold(const State& state, const Terms& terms, Interval billing_interval) {
  require(isSold(state, terms, billing_interval), "the plan version is published, and sold so");
}

void requireSubscription(const State& state, const Subscription& subscription) {
  const std::string& currency = subscription.currency;
  const Interval interval = subscription.billing_interval;
  require(isSold(state, subscription.plan, currency, interval),
          "the plan is sold in the subscription's currency and interval");
  require(subscription.pinned_version == 0 ||
              isSold(state, {subscription.plan, subscription.pinned_version, currency}, interval),
          "the pinned plan version is sold so, too");
  require(!subscription.change ||
              isSold(state, subscription.change->plan, currency, subscription.change->interval),
          "the plan that it changes to is sold so, too");
  require(!subscription.discount || subscription.discount->cycles > 0, "a discount is not used up");
}

void requireBoundaries(const PeriodStarted& started, Interval billing_interval) {
  require(started.index >= -kPeriodIndexMax && started.index <= kPeriodIndexMax,
          "the usage period's index is in range");
  require(isSpan(started.span), "the boundaries of the usage period increase");
  if (billing_interval == Interval::once && !started.trial) {
    // It began with the usage period, or before where a customer moves in.
    const Instant from = started.billing ? started.billing->from : started.span.from;
    const Span endless{from, Instant::never(), from, Instant::never()};
    require(started.billing_to.isNever() && from <= started.span.from &&
                (!started.billing || *started.billing == endless),
            "the billing period of a one-time plan has no end");
    return;
  }
  require(started.span.full_to <= started.billing_to && !started.billing_to.isNever(),
          "the usage period ends with its billing period at the latest");
  if (!started.billing) return;
  require(isSpan(*started.billing), "the boundaries of the billing period increase");
  require(
      started.billing->to == started.billing_to && started.billing->full_to == started.billing_to,
      "the billing period has one end");
}

void requireNextPeriod(const State& state, const Customer& customer, const PeriodStarted& started) {
  require(customer.subscription && !customer.subscription->paused,
          "periods start in a live subscription");
  const Subscription& subscription = *customer.subscription;
  requireBoundaries(started, subscription.billing_interval);
  const UsagePeriod* running = runningPeriod(customer);
  require(started.span.from == (running != nullptr ? running->span.to : subscription.since),
          "a usage period begins where the one before it ends, or with the subscription");
  require(
      started.terms.plan == subscription.plan && started.terms.currency == subscription.currency,
      "a usage period is of the subscription's plan and currency");
  requireSold(state, started.terms, subscription.billing_interval);
  require(started.trial == subscription.trial_to.has_value(),
          "a usage period is a trial in a subscription that begins with one");
  require(!started.trial || !started.billing, "nothing is billed in advance in a trial");
  require(started.trial || started.billing || running != nullptr,
          "a billing period begins with a subscription's first usage period");
  require(!started.included_balance.isNegative(), "the included balance is not negative");
  for (const SeatsHeld& seats : started.seats) requireSeats(state.ledger, seats);
}

void requireNextGrant(const LedgerState& ledger, const Customer& customer, const Grant& grant,
                      Decimal debt_paid) {
  require(grant.number == customer.last_grant.next(), "grants are numbered 1, 2, ...");
  require(!grant.remaining.isNegative() && grant.remaining <= grant.credits,
          "no more is left of a grant than it gave");
  require(grant.held.isZero(), "nothing of a new grant is held");
  require(!debt_paid.isNegative() && debt_paid <= customer.credit_debt,
          "no more debt is paid than there is");
  for (const FeatureNumber feature : grant.features) requirePublished(ledger, feature);
}

void requireBalanced(const SpendingBalance& balance) {
  Decimal sum;
  for (const BalanceOverage& overage : balance.overage) {
    require(overage.amount.isPositive(), "an overage is above 0");
    sum += overage.amount;
  }
  require(sum == greatest(-balance.amount, Decimal()),
          "the overages sum to the negative part of the balance");
}

}  // namespace daybook::core
