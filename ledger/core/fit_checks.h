// What the larger parts of events have to be to fit a state. Each throws UnfitEvent.
//
// Together with the checks beside what apply changes they keep the invariants that the rest of the
// core relies on, so that no event from outside leads it astray. Pure; usable from any thread.
#pragma once

#include "ledger/core/state.h"
#include "ledger/core/unfit_event.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// Numbers that are within what instants and documents can bear.
void requireSettings(const LedgerSettings& settings);

/// The next version of a plan keeps what open subscriptions stand on: its model, and the currencies
/// and intervals it is sold in. `before` is nullptr for the first one.
void requireNextVersion(const Plan* before, const Plan& plan);

void requirePublished(const LedgerState& ledger, FeatureNumber feature);
void requireSeats(const LedgerState& ledger, const SeatsHeld& seats);

/// The plan version is published, and sold in that currency for this billing interval.
void requireSold(const State& state, const Terms& terms, Interval billing_interval);
/// The plan is sold as the subscription has it, and so is what waits in it.
void requireSubscription(const State& state, const Subscription& subscription);

/// Boundaries of a period in a subscription with this billing interval: that they increase, and end
/// with the billing period at the latest.
void requireBoundaries(const PeriodStarted& started, Interval billing_interval);

/// It is the usage period that begins next in the customer's live subscription.
void requireNextPeriod(const State& state, const Customer& customer, const PeriodStarted& started);

/// The next grant of the customer, from which `debt_paid` was taken.
void requireNextGrant(const LedgerState& ledger, const Customer& customer, const Grant& grant,
                      Decimal debt_paid);

/// The overages are what is negative of the balance.
void requireBalanced(const SpendingBalance& balance);

}  // namespace daybook::core
