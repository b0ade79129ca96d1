// Folding a customer's events into its state. Nothing is priced or decided here.
#pragma once

#include <string_view>
#include <vector>

#include "ledger/core/state.h"
#include "ledger/core/unfit_event.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// What the fold of an event takes from it beside its body.
struct EventHead {
  Position position;
  Instant recorded;
  std::string_view key;  // empty for events without one
};

/// Folds the customer's event into `customer`. Live, on copies for decisions of
/// several events and for reads, and in replay. `state` gives the terms of published plans.
/// Throws UnfitEvent when the event does not fit the customer's state, and Overflow: `customer` is
/// unusable then. Nothing in the event aborts, as long as all that is in the state was folded in.
void applyToCustomer(Customer& customer, const State& state, const EventBody& body,
                     const EventHead& head);

// Parts of events about holds, for decisions with several usages. Throw as applyToCustomer() does.
/// Folds one usage of such an event, without what it does to its hold.
void applyUsage(Customer& customer, const State& state, const UsageRecorded& usage,
                Instant recorded);
/// Sets amounts aside in their grants; unpin() gives them back.
void pin(Customer& customer, const std::vector<Draw>& pins);
void unpin(Customer& customer, const std::vector<Draw>& pins);
/// An item holds `taken` units and these pins less from now on; the pins are free.
void reduce(Customer& customer, HeldItem& item, Decimal taken, const std::vector<Draw>& pins);

/// Notes when the running period is to be given what later versions raise, if they do.
void setImprovement(Customer& customer, const State& state);

}  // namespace daybook::core
