// Draw order: which grants pay for a usage, and how much each (BILLING.md sections 4 and 5). Pure.
#pragma once

#include <vector>

#include "ledger/model/customer.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// What a usage may draw from.
struct DrawScope {
  FeatureNumber feature;
  Instant at;            // when the usage happened
  Instant now;           // when it is recorded
  bool is_late = false;  // it happened in a closed period
};

/// Whether `left` is drawn before `right`: a strict total order over one customer's grants.
bool drawnBefore(const Grant& left, const Grant& right);

/// Whether the grant is there for usage that happened at `at` and is recorded at `now`: a plan
/// grant in its period, another one before its expiry and once it is effective.
bool coversInstant(const Grant& grant, Instant at, Instant now);

/// Whether the grant is one for this usage, whatever is left of it.
bool isFor(const Grant& grant, const DrawScope& scope);

/// Whether the grant has something to pay with for this usage.
bool mayPay(const Grant& grant, const DrawScope& scope);

/// What is left in the grants that pay.
Decimal drawable(const std::vector<Grant>& grants, const DrawScope& scope);

/// Takes `amount` from those grants in draw order. REQUIRES: 0 <= amount <= drawable().
std::vector<Draw> drawFrom(const std::vector<Grant>& grants, const DrawScope& scope,
                           Decimal amount);

/// Puts `amount` back into those grants, last drawn first, as far as something was taken from them
/// for usage at `since` or later: draws with negative amounts. What does not fit is gone.
/// REQUIRES: 0 <= amount.
std::vector<Draw> putBack(const std::vector<Grant>& grants, const DrawScope& scope, Instant since,
                          Decimal amount);

}  // namespace daybook::core
