// Usage: section 5 of BILLING.md.
#include "ledger/core/decisions.h"
#include "ledger/core/usage.h"

namespace daybook::core {

Decision decideUsage(const State& state, const Customer& customer, const RecordUsage& usage,
                     const Context& context) {
  UsageJudgement judgement = judgeUsage(state, customer, usage, context.now);
  if (!judgement.verdict.isOk()) {
    return refusal(judgement.verdict.outcome, std::move(judgement.verdict.detail));
  }
  judgement.recorded.asked = usage;
  return decisionOf(customer.number, std::move(judgement.recorded));
}

}  // namespace daybook::core
