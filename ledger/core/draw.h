// Draw order: which grants pay for a usage, and how much each (BILLING.md sections 4 and 5). Pure.
#pragma once

#include <vector>

#include "ledger/model/customer.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// Whether `left` is drawn before `right`: a strict total order over one customer's grants.
bool drawnBefore(const Grant& left, const Grant& right);

/// Whether the grant is there for usage that happened at `at`: a plan grant in its period, another
/// one before its expiry.
bool coversInstant(const Grant& grant, Instant at);

/// Whether the grant pays for usage of `feature` that happened at `at`.
bool mayPay(const Grant& grant, FeatureNumber feature, Instant at);

/// What is left in the grants that pay for usage of `feature` at `at`.
Decimal drawable(const std::vector<Grant>& grants, FeatureNumber feature, Instant at);

/// Takes `amount` from those grants in draw order. REQUIRES: 0 <= amount <= drawable().
std::vector<Draw> drawFrom(const std::vector<Grant>& grants, FeatureNumber feature, Instant at,
                           Decimal amount);

}  // namespace daybook::core
