// What each kind of command records: the parts of Engine::decide().
//
// REQUIRES of all: formOf(command) is ok; nothing is due for the customer at context.now. All throw
// Overflow when a result does not fit; nothing is changed then.
#pragma once

#include <string>
#include <utility>

#include "ledger/core/draft.h"
#include "ledger/core/engine.h"

namespace daybook::core {

inline Decision refusal(Outcome outcome, std::string detail = {}) {
  Decision decision;
  decision.verdict = {outcome, std::move(detail)};
  return decision;
}

/// One event of a customer.
Decision decisionOf(CustomerNumber customer, EventBody body);
/// All that was drafted.
Decision decisionOf(Draft&& draft);

// decide_usage.cc
Decision decideUsage(const State& state, const Customer& customer, const RecordUsage& usage,
                     const Context& context);

// decide_purchase.cc
Decision decidePurchase(const State& state, const Customer& customer, const BuyCredits& buy,
                        const Context& context);
Decision decideTopUp(const State& state, const Customer& customer, const TopUp& top_up,
                     const Context& context);

// decide_subscription.cc
Decision decideSubscribe(const State& state, const Customer& customer, const Subscribe& subscribe,
                         const Context& context);
Decision decideCancel(const State& state, const Customer& customer, const Cancel& cancel,
                      const Context& context);
Decision decideRevokeCancel(const Customer& customer, const RevokeCancel& revoke);

// decide_ledger.cc
Decision decideCreate(const State& state, const std::string& id, const CreateCustomer& create,
                      const Context& context);
Decision decideUpdate(const Customer& customer, const UpdateCustomer& update,
                      const Context& context);
Decision decidePublish(const State& state, const PublishCatalog& publish);
Decision decideMoveClock(const State& state, const MoveClock& move);

}  // namespace daybook::core
