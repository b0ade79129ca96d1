// Usage and billing periods: how they start, what is due at their ends, how they close (BILLING.md
// sections 2, 5, 7 and 9).
//
// Boundaries are computed from the anchor each time, never from each other; `n` counts usage
// intervals from the anchor and is negative before it. Throws Overflow when a result does not fit.
#pragma once

#include <optional>

#include "ledger/core/boundaries.h"
#include "ledger/core/draft.h"
#include "ledger/core/state.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// Whether a chosen anchor lies ahead of `start` by at most one billing interval.
bool isUsableAnchor(const Customer& customer, Interval billing, Instant anchor, Instant start,
                    const Boundaries& boundaries);

/// The first usage period of a subscription that starts at subscription.started: all of a period,
/// or with a chosen anchor what is left of one.
PeriodStarted firstPeriod(const Customer& customer, const Subscription& subscription,
                          const Plan& plan, const Boundaries& boundaries);

/// The invoice that closing customer.periods[index] makes, not numbered; nullopt when there is
/// nothing to charge. It charges the base price of the billing period that began at its end.
std::optional<Invoice> closingInvoice(const State& state, const Customer& customer,
                                      std::size_t index);

/// Adds the close of the oldest open period: its invoice, if there is one, and PeriodClosed.
/// REQUIRES: it is over.
void closeOldestPeriod(Draft& draft);

/// Adds the events of one piece of due work. REQUIRES: `due` is nextDue() of draft.customer(), or
/// will be when its time comes.
void workOff(Draft& draft, const Due& due, const Boundaries& boundaries);

}  // namespace daybook::core
