// Arithmetic of a spending balance: one signed number, and whose usage made it negative (BILLING.md
// section 4). Throws Overflow, before anything is changed, when a result does not fit.
#pragma once

#include "ledger/model/customer.h"

namespace daybook::core {

/// Takes `price` for usage of `feature`, whose overage counts as the most recent from here on. A
/// price that is not above 0 deducts nothing: it is given back as by giveBack().
void deduct(SpendingBalance& balance, FeatureNumber feature, Decimal price);

/// Adds a top-up, or one carried over. While the balance is negative it reduces the overage of the
/// most recently deducted feature first. REQUIRES: `amount` >= 0.
void topUp(SpendingBalance& balance, Decimal amount);

/// Reverses a deduction of `price` (with no feature: raises what is included). While the balance is
/// negative it reduces the overage of the most recently deducted feature first.
void giveBack(SpendingBalance& balance, FeatureNumber feature, Decimal price);

/// What of a period's balance goes over into the next one: the top-ups as far as they are left.
Decimal carriedTopUps(const SpendingBalance& balance);

}  // namespace daybook::core
