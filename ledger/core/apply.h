// Folding a customer's events into its state. Nothing is priced or decided here.
#pragma once

#include "ledger/core/state.h"
#include "ledger/core/unfit_event.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// Folds the customer's event at `position` into `customer`. Live, on copies for decisions of
/// several events and for reads, and in replay. `recorded` is the event's instant. `state` gives
/// the terms of published plans.
/// Throws UnfitEvent when the event does not fit the customer's state, and Overflow: `customer` is
/// unusable then. Nothing in the event aborts, as long as all that is in the state was folded in.
void applyToCustomer(Customer& customer, const State& state, const EventBody& body,
                     Position position, Instant recorded);

/// Notes when the running period is to be given what later versions raise, if they do.
void setImprovement(Customer& customer, const State& state);

}  // namespace daybook::core
