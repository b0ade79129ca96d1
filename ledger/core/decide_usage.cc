// Usage: section 5 of BILLING.md.
#include "ledger/core/alerts.h"
#include "ledger/core/decisions.h"
#include "ledger/core/usage.h"

namespace daybook::core {

Decision decideUsage(const State& state, const Customer& customer, const RecordUsage& usage,
                     const Context& context) {
  UsageJudgement judgement = judgeUsage(state, customer, usage, context.now);
  if (!judgement.verdict.isOk()) {
    return refusal(judgement.verdict.outcome, std::move(judgement.verdict.detail));
  }
  std::vector<AlertRaised> alerts = usageAlerts(customer, judgement, context.now);
  judgement.recorded.asked = usage;
  Decision decision;
  decision.customer = customer.number;
  decision.events.reserve(1 + alerts.size());
  decision.events.emplace_back(std::move(judgement.recorded));
  for (AlertRaised& alert : alerts) decision.events.push_back(std::move(alert));
  return decision;
}

}  // namespace daybook::core
