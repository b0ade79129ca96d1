#include "ledger/replay/period_check.h"

#include "ledger/core/boundaries.h"
#include "ledger/core/fit_checks.h"

namespace daybook::replay {
namespace {

using core::require;

/// The boundaries increase, and those that are known from the anchor meet it.
void requireAnchored(const PeriodStarted& started, Interval billing_interval, Instant anchor) {
  core::requireBoundaries(started, billing_interval);
  const Span& span = started.span;
  require(started.index != -1 || span.full_to == anchor,
          "the usage period before the anchor ends there");
  require(started.index != 0 || span.full_from == anchor,
          "the usage period after the anchor begins there");
  if (billing_interval == Interval::once) return;
  const std::int64_t billing = core::billingIndex(billing_interval, started.index);
  require(billing != -1 || started.billing_to == anchor,
          "the billing period before the anchor ends there");
  require(!started.billing || billing != 0 || started.billing->full_from == anchor,
          "the billing period after the anchor begins there");
  if (core::usageInterval(billing_interval) != billing_interval) return;
  require(started.billing_to == span.full_to &&
              (!started.billing || started.billing->full_from == span.full_from),
          "usage period and billing period are one");
}

}  // namespace

void requireFirstPeriod(const PeriodStarted& started, Interval billing_interval, Instant anchor,
                        Instant now) {
  require(started.span.from == now && started.billing && started.billing->from == now,
          "the first usage period begins with the subscription");
  require(anchor == now ? started.index == 0 : started.index < 0,
          "the first usage period's index is its own");
  requireAnchored(started, billing_interval, anchor);
}

void requireRunningPeriod(const PeriodStarted& started, Interval billing_interval, Instant anchor,
                          Instant now) {
  const Span& span = started.span;
  require(span.from <= now && now < span.to && span.from == span.full_from,
          "a whole usage period runs when a customer moves in");
  require(started.billing && started.billing->from == started.billing->full_from &&
              started.billing->from <= span.from,
          "a whole billing period runs when a customer moves in");
  require(started.index >= 0, "the running usage period comes after the anchor");
  requireAnchored(started, billing_interval, anchor);
}

void requireFollowingPeriod(const PeriodStarted& started, const core::NextPeriod& next) {
  require(started.span.from == next.from && started.span.full_from == next.from,
          "a usage period begins where the one before it ends");
  require(started.index == next.index, "the usage period's index follows");
  requireAnchored(started, next.subscription.billing_interval, next.subscription.anchor);
}

}  // namespace daybook::replay
