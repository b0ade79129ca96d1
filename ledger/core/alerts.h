// Alerts: levels of usage, credits and balance that a customer crosses (BILLING.md section 8). Each
// is recorded once per crossing, until a new period or a refill arms it again. Pure.
#pragma once

#include <vector>

#include "ledger/core/draft.h"
#include "ledger/core/state.h"
#include "ledger/core/usage.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// The customer's own rules, else the plan's, else the default ones.
const std::vector<AlertRule>& alertRules(const Customer& customer, const Plan& plan);

/// What usage now may draw of any feature, and what holds set aside of it, less the debt; 0 while
/// no credits plan runs.
Decimal availableCredits(const State& state, const Customer& customer, Instant now);

/// The levels that recording the judged usage crosses. REQUIRES: the judgement is ok.
std::vector<AlertRaised> usageAlerts(const Customer& customer, const UsageJudgement& judgement,
                                     Instant now);

/// Adds the levels of credits that losing `lost` credits at `at`, to time or a refund, crossed.
void addCreditAlerts(Draft& draft, Decimal lost, Instant at);

}  // namespace daybook::core
