// Folding a customer's events into its state. Nothing is priced or decided here.
#pragma once

#include "ledger/core/state.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// Folds the customer's event at `position` into `customer`. Live, on copies for decisions of
/// several events and for reads, and in replay. `state` gives the terms of published plans.
/// REQUIRES: the event fits the customer's state (decide made it so): checked.
void applyToCustomer(Customer& customer, const State& state, const EventBody& body,
                     Position position);

}  // namespace daybook::core
