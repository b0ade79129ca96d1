// Usage and billing periods: how they start, what is due at their ends, how they close (BILLING.md
// sections 2, 4, 5, 7 and 9).
//
// Boundaries are computed from the anchor each time, never from each other; `n` counts usage
// intervals from the anchor and is negative before it. Throws Overflow when a result does not fit.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ledger/core/boundaries.h"
#include "ledger/core/draft.h"
#include "ledger/core/invoice_builder.h"
#include "ledger/core/state.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// Whether a chosen anchor lies ahead of `start` by at most one billing interval.
bool isUsableAnchor(const Customer& customer, Interval billing, Instant anchor, Instant start,
                    const Boundaries& boundaries);

/// The usage period that begins at subscription.since: a trial, or the first one of an anchor (all
/// of a period, or with an anchor ahead what is left of one). `seats` are those held then.
PeriodStarted firstPeriod(const Customer& customer, const Subscription& subscription,
                          const Plan& plan, const std::vector<SeatsHeld>& seats,
                          const Boundaries& boundaries);

/// The usage and billing periods that run at `now` under an anchor in the past, without allowances.
PeriodStarted runningPeriodOf(std::string_view zone, const Subscription& subscription,
                              const Plan& plan, Instant now, const Boundaries& boundaries);

/// The seats as a billing period of this plan that begins now charges them.
std::vector<SeatsHeld> seatsInAdvance(const State& state, const Plan& plan,
                                      const Subscription& subscription,
                                      std::vector<SeatsHeld> seats);

/// The usage period that begins when the running one is over.
struct NextPeriod {
  Subscription subscription;  // as it is from then on
  std::int64_t index = 0;
  Instant from;
};
/// REQUIRES: a usage period runs, and its end is one of periodStart, planChange, trialEnd.
NextPeriod nextPeriod(const Customer& customer);

/// The part of `value` that the rest of [span.from, span.to) after `now` is of the full span, in
/// whole elapsed seconds; all of it when the span never ends.
Decimal forRemaining(Decimal value, const Span& span, Instant now);
/// What was paid in advance for the rest of the running billing period, as credits: base price and
/// seats. None in a trial or under a one-time plan. REQUIRES: a usage period runs.
std::vector<UnusedTime> unusedTime(const State& state, const Customer& customer, Instant now);

/// The invoice that closing customer.periods[index] makes, not numbered; nullopt when there is
/// nothing to charge. It charges the base price of the billing period that began at its end.
std::optional<Invoice> closingInvoice(const State& state, const Customer& customer,
                                      std::size_t index);

/// Adds the close of the oldest open period: its invoice, if there is one, and PeriodClosed.
/// REQUIRES: it is over. Gives the invoice's number, or none.
InvoiceNumber closeOldestPeriod(Draft& draft);
/// The same with an invoice made for `scope`, whose `ended` is set to the period here.
InvoiceNumber closeOldestPeriod(Draft& draft, InvoiceScope scope);
/// Closes the periods that are still in grace.
void closeGracePeriods(Draft& draft);
/// Closes the invoice of late charges that no other one takes. REQUIRES: there are some.
void closeLate(Draft& draft, Instant at);
/// What is left of plan credits that ended at or before now expires at once.
void expirePlanCredits(Draft& draft);

/// Adds the events of one piece of due work. REQUIRES: `due` is nextDue() of draft.customer(), or
/// the end of its running period.
void workOff(Draft& draft, const Due& due, const Boundaries& boundaries);

}  // namespace daybook::core
