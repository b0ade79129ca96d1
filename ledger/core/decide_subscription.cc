// Start and end of subscriptions: section 7 of BILLING.md.
#include <optional>
#include <vector>

#include "ledger/core/currency.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/invoice_builder.h"
#include "ledger/core/periods.h"

namespace daybook::core {
namespace {

std::optional<Invoice> startInvoice(const State& state, const Customer& customer,
                                    const PeriodStarted& started) {
  InvoiceScope scope;
  scope.type = InvoiceType::start;
  scope.date = started.span.from;
  scope.billing = &*started.billing;
  scope.billing_terms = &started.terms;
  return buildInvoice(state.ledger, customer, scope);
}

Decision cancelNow(const State& state, const Customer& customer, const Cancel& cancel,
                   Instant now) {
  Draft draft(state, customer);
  draft.add(Canceled{cancel, now});
  while (!draft.customer().periods.empty()) closeOldestPeriod(draft);
  const std::vector<Grant> grants = draft.customer().grants;
  for (const Grant& grant : grants) {
    if (grant.kind != GrantKind::plan || grant.remaining.isZero()) continue;
    draft.add(CreditsExpired{grant.number, grant.remaining, grant.expiry});
  }
  return decisionOf(std::move(draft));
}

}  // namespace

Decision decideSubscribe(const State& state, const Customer& customer, const Subscribe& subscribe,
                         const Context& context) {
  const Plan* plan = state.newestPlan(subscribe.plan);
  if (plan == nullptr) return refusal(Outcome::unknownPlan, subscribe.plan);
  const Instant anchor = subscribe.anchor.value_or(context.now);
  if (subscribe.anchor &&
      !isUsableAnchor(customer, plan->interval, anchor, context.now, context.boundaries)) {
    return refusal(Outcome::invalidTime, "anchor");
  }
  if (customer.subscription) return refusal(Outcome::alreadySubscribed);
  const ChosenCurrency currency = chooseCurrency(customer, subscribe.currency, plan->prices);
  if (!currency.verdict.isOk()) return refusal(currency.verdict.outcome, currency.verdict.detail);

  Subscription subscription;
  subscription.plan = plan->code;
  subscription.currency = currency.code;
  subscription.billing_interval = plan->interval;
  subscription.started = context.now;
  subscription.anchor = anchor;
  PeriodStarted started = firstPeriod(customer, subscription, *plan, context.boundaries);
  subscription.billing_to = started.billing_to;
  std::optional<Invoice> invoice = startInvoice(state, customer, started);
  Draft draft(state, customer);
  draft.add(Subscribed{subscribe, subscription, invoice ? draft.nextInvoice() : InvoiceNumber()});
  draft.add(std::move(started));
  if (invoice) draft.addInvoice(std::move(*invoice));
  return decisionOf(std::move(draft));
}

Decision decideCancel(const State& state, const Customer& customer, const Cancel& cancel,
                      const Context& context) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  if (cancel.when == CancelWhen::now) return cancelNow(state, customer, cancel, context.now);
  return decisionOf(customer.number, CancelScheduled{cancel, customer.subscription->billing_to});
}

Decision decideRevokeCancel(const Customer& customer, const RevokeCancel& revoke) {
  if (!customer.subscription) return refusal(Outcome::noSubscription);
  if (!customer.subscription->cancel_at) return refusal(Outcome::notCanceled);
  return decisionOf(customer.number, CancelRevoked{revoke});
}

}  // namespace daybook::core
