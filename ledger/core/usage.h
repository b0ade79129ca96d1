// Judging one usage: where it counts, what it costs, what pays for it (BILLING.md sections 4 to 6).
//
// decide records the result; check only reads it. Pure, and the hot path: no copy of the customer.
#pragma once

#include "ledger/core/state.h"
#include "ledger/model/command.h"
#include "ledger/model/event.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

struct UsageJudgement {
  Verdict verdict;
  // Where it counts; null when it was refused before that was known.
  const UsagePeriod* period = nullptr;
  const Plan* plan = nullptr;
  const PlanFeature* terms = nullptr;
  /// What would be recorded, but for `asked`. Refused for lack of funds: quantity and price still
  /// say what it would have cost.
  UsageRecorded recorded;
  /// Some of it would be charged beyond what is included or the balance.
  bool is_overage = false;
};

/// REQUIRES: nothing is due for the customer at `now`; formOf(usage) is ok. Throws Overflow.
UsageJudgement judgeUsage(const State& state, const Customer& customer, const RecordUsage& usage,
                          Instant now);

/// When the usage counts as having happened: at its `at`, unless that lies ahead.
Instant judgedAt(const RecordUsage& usage, Instant now);

/// Used units that count against what is included: not those that `cap` left unpaid.
Decimal countedUnits(const FeatureUsage& usage);

/// What the period used of a feature; zero when nothing.
FeatureUsage usageIn(const UsagePeriod& period, FeatureNumber feature);

}  // namespace daybook::core
