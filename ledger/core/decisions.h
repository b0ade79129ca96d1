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
/// All that was drafted; `keyed` is the index of the event that carries the command's key.
Decision decisionOf(Draft&& draft, std::size_t keyed = 0);

// decide_usage.cc
Decision decideUsage(const State& state, const Customer& customer, const RecordUsage& usage,
                     const Context& context);

// decide_hold.cc
Decision decidePlace(const State& state, const Customer& customer, const PlaceHold& place,
                     const Context& context);
Decision decideSettle(const State& state, const Customer& customer, const SettleHold& settle,
                      const Context& context);
Decision decideUse(const State& state, const Customer& customer, const UseHold& use,
                   const Context& context);
Decision decideRelease(const Customer& customer, const ReleaseHold& release,
                       const Context& context);
Decision decideExtend(const Customer& customer, const ExtendHold& extend, const Context& context);

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
Decision decidePause(const State& state, const Customer& customer, const Pause& pause,
                     const Context& context);
Decision decideResume(const State& state, const Customer& customer, const Resume& resume,
                      const Context& context);

// decide_change.cc
Decision decideChangePlan(const State& state, const Customer& customer, const ChangePlan& change,
                          const Context& context);
Decision decideRevokeChange(const Customer& customer, const RevokeChange& revoke);
Decision decidePin(const Customer& customer, const PinVersion& pin);
Decision decideSeats(const State& state, const Customer& customer, const ChangeSeats& change,
                     const Context& context);
/// The seats that `counts` names under a plan, or why they cannot be held.
struct NamedSeats {
  Verdict verdict;
  std::vector<SeatsHeld> seats;
};
NamedSeats nameSeats(const State& state, const Plan& plan, const std::vector<SeatCount>& counts);

// decide_grant.cc
/// Grants with something left that have not expired.
std::size_t liveGrants(const Customer& customer, Instant now);
/// Whether the customer's running plan draws no credits.
bool drawsNoCredits(const State& state, const Customer& customer);
Decision decideGrant(const State& state, const Customer& customer, const GrantCredits& grant,
                     const Context& context);
Decision decideRefund(const State& state, const Customer& customer, const RefundPack& refund,
                      const Context& context);

// decide_void.cc
Decision decideVoid(const State& state, const Customer& customer, const VoidUsage& voiding,
                    const Context& context);

// decide_invoice.cc
Decision decideAdjustment(const State& state, const Customer& customer, const AddAdjustment& add,
                          const Context& context);
Decision decideCustomerCredit(const Customer& customer, const AddCustomerCredit& add);
Decision decideCreditNote(const State& state, const Customer& customer, const CreditInvoice& credit,
                          const Context& context);
Decision decidePayment(const Customer& customer, const RecordPayment& payment);
Decision decidePaymentFailure(const Customer& customer, const RecordPaymentFailure& failure);
Decision decideUncollectible(const Customer& customer, const MarkUncollectible& mark);
/// The status of an invoice with these amounts paid, credited and paid with customer credit.
InvoiceStatus statusOf(const InvoiceRef& after);
/// Refuses an amount of money that cannot be paid in the currency: with a part of a minor unit.
Verdict requirePayable(Decimal amount, const std::string& currency);

// decide_opening.cc
Decision decideOpening(const State& state, const std::string& id, const CreateCustomer& create,
                       const std::string& zone, const Context& context);

// decide_ledger.cc
Decision decideCreate(const State& state, const std::string& id, const CreateCustomer& create,
                      const Context& context);
Decision decideUpdate(const Customer& customer, const UpdateCustomer& update,
                      const Context& context);
Decision decidePublish(const State& state, const PublishCatalog& publish);
Decision decideMoveClock(const State& state, const MoveClock& move);

}  // namespace daybook::core
