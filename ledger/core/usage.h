// Judging one usage: where it counts, what it costs, what pays for it (BILLING.md sections 3 to 6).
//
// decide records the result; check only reads it. Pure, and the hot path: no copy of the customer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/state.h"
#include "ledger/core/terms.h"
#include "ledger/model/command.h"
#include "ledger/model/event.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// What a usage is judged for. `check` and `hold` weigh and price it as if all open holds were
/// settled before; a hold sets nothing free, even where usage would.
enum class Aim : std::uint8_t { record, check, hold };

/// What a judgement makes of the customer's holds.
struct HoldUse {
  /// What a live hold set aside for the feature: it pays first.
  const HeldItem* own = nullptr;
  /// The hold, live or expired, that ends with this usage. It is recorded whatever is left, and
  /// whatever became of the subscription: where nothing else, it counts in the period and at the
  /// terms that the hold was placed in.
  const Hold* settled = nullptr;
  Aim aim = Aim::record;
};

struct UsageJudgement {
  Verdict verdict;
  // Where it counts; null when it was refused before that was known.
  const UsagePeriod* period = nullptr;
  const Plan* plan = nullptr;
  FeatureTerms terms;  // terms.feature is null until it is known
  /// What would be recorded, but for `asked`. Refused for lack of funds: quantity and price still
  /// say what it would have cost.
  UsageRecorded recorded;
  /// Some of it would be charged beyond what is included or the balance.
  bool is_overage = false;
  /// What comes out of HoldUse::own: units, and of the draws those that it had pinned.
  Decimal taken;
  std::vector<Draw> pins;
};

/// What open holds set aside is not there for it. REQUIRES: nothing is due for the customer at
/// `now`; formOf(usage) is ok. Throws Overflow.
UsageJudgement judgeUsage(const State& state, const Customer& customer, const RecordUsage& usage,
                          Instant now, const HoldUse& hold = {});

/// When the usage counts as having happened: at its `at`, unless that lies ahead.
Instant judgedAt(const RecordUsage& usage, Instant now);

/// Used units that count against what is included: not those that `cap` left unpaid.
Decimal countedUnits(const FeatureUsage& usage);
/// The same of all variants of a feature in a period.
Decimal countedUnits(const UsagePeriod& period, FeatureNumber feature);

/// What the period used of a feature at one variant; nullptr when nothing.
const FeatureUsage* usageIn(const UsagePeriod& period, FeatureNumber feature,
                            std::string_view variant);

/// Whether a late charge of this feature and variant in that period finds room on the next invoice:
/// limits::kPendingLinesMax.
bool hasRoomForLate(const Customer& customer, const UsagePeriod& period, FeatureNumber feature,
                    std::string_view variant);

/// Unique meters: the value that the usage counts; nullptr when it has none.
const std::string* countedValue(const Feature& feature, const RecordUsage& usage);
/// How many events of the meter had this value.
std::uint64_t valueCount(const FeatureUsage& usage, std::string_view value);
void addValue(FeatureUsage& usage, const std::string& value);
/// REQUIRES: an event had it.
void removeValue(FeatureUsage& usage, const std::string& value);

/// Which of the periods that began at `from` counted the usage recorded at `usage`: a subscription
/// that ends or changes at the instant it started leaves several. periods.end() when none did.
template <typename Periods>
auto findPeriod(Periods& periods, Instant from, Position usage) {
  auto found = periods.end();
  for (auto period = periods.begin(); period != periods.end(); ++period) {
    if (period->span.from == from && period->started < usage) found = period;
  }
  return found;
}

}  // namespace daybook::core
