// Promotional credits and refunds of packs: sections 4 and 8 of BILLING.md.
#include <algorithm>
#include <optional>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/alerts.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"

namespace daybook::core {

std::size_t liveGrants(const Customer& customer, Instant now) {
  const auto is_live = [now](const Grant& grant) {
    return (grant.remaining.isPositive() || grant.held.isPositive()) && now < grant.expiry;
  };
  return static_cast<std::size_t>(
      std::count_if(customer.grants.begin(), customer.grants.end(), is_live));
}

bool drawsNoCredits(const State& state, const Customer& customer) {
  const UsagePeriod* running = runningPeriod(customer);
  return running != nullptr && state.plan(running->terms).model != ConsumptionModel::credits;
}

Decision decideGrant(const State& state, const Customer& customer, const GrantCredits& asked,
                     const Context& context) {
  Grant grant;
  for (const std::string& code : asked.features) {
    const FeatureNumber number = state.feature(code);
    if (number.isNone()) return refusal(Outcome::unknownFeature, code);
    grant.features.push_back(number);
  }
  if (asked.expiry && *asked.expiry <= context.now) return refusal(Outcome::invalidTime, "expiry");
  if (liveGrants(customer, context.now) >= limits::kGrantsPerCustomerMax) {
    return refusal(Outcome::tooManyGrants);
  }
  if (drawsNoCredits(state, customer)) return refusal(Outcome::wrongModel, "credits");
  grant.number = customer.last_grant.next();
  grant.kind = GrantKind::promotional;
  grant.priority = asked.priority;
  grant.credits = asked.credits;
  grant.remaining = asked.credits;
  grant.effective = asked.effective.value_or(context.now);
  grant.expiry = asked.expiry.value_or(Instant::never());
  if (!grant.expiry.isNever()) {
    // When the rest expires must fit an instant, too.
    static_cast<void>(grant.expiry + state.ledger.ledger.settings.grace);
  }
  CreditsGranted granted;
  granted.asked = asked;
  if (grant.features.empty() && grant.effective <= context.now) {
    granted.debt_paid = least(customer.credit_debt, grant.remaining);
    grant.remaining -= granted.debt_paid;
  }
  granted.grant = std::move(grant);
  return decisionOf(customer.number, std::move(granted));
}

namespace {

/// Reverses the share of a pack's price that is left of it; nullopt when that is nothing.
std::optional<CreditNoteClosed> refundNote(const Customer& customer, const Grant& grant,
                                           const RefundPack& refund, Instant now) {
  if (grant.invoice.isNone()) return std::nullopt;
  const Decimal share = multiplyDivide(grant.price, grant.remaining, grant.credits)
                            .roundedTo(*currencyExponent(customer.currency));
  const auto invoice = std::find_if(
      customer.invoices.begin(), customer.invoices.end(),
      [&grant](const InvoiceRef& candidate) { return candidate.number == grant.invoice; });
  CHECK(invoice != customer.invoices.end(), "the pack was invoiced");
  // What a credit note took back already is not given back again.
  const Decimal paid = invoice->total - invoice->credited;
  const Decimal amount = least(share, paid + invoice->credit_used);
  if (!amount.isPositive()) return std::nullopt;
  CreditNoteClosed closed;
  closed.restored = greatest(amount - paid, Decimal());
  CreditNote& note = closed.note;
  note.invoice = invoice->number;
  note.customer = customer.id;
  note.currency = customer.currency;
  note.date = now;
  note.reason = refund.reason;
  note.total = amount;
  InvoiceRef after = *invoice;
  after.credited += amount - closed.restored;
  after.credit_used -= closed.restored;
  closed.status = statusOf(after);
  return closed;
}

}  // namespace

Decision decideRefund(const State& state, const Customer& customer, const RefundPack& refund,
                      const Context& context) {
  const auto grant =
      std::find_if(customer.grants.begin(), customer.grants.end(),
                   [&refund](const Grant& candidate) { return candidate.number == refund.grant; });
  if (grant == customer.grants.end()) {
    return refusal(Outcome::unknownGrant, std::to_string(refund.grant.value));
  }
  const bool is_left = grant->remaining.isPositive() && context.now < grant->expiry;
  if (grant->kind != GrantKind::purchased || !is_left) return refusal(Outcome::nothingToRefund);
  Draft draft(state, customer, context.now);
  std::optional<CreditNoteClosed> closed = refundNote(customer, *grant, refund, context.now);
  PackRefunded refunded;
  refunded.asked = refund;
  refunded.credits = grant->remaining;
  if (closed) refunded.credit_note = draft.nextCreditNote();
  draft.add(refunded);
  if (closed) draft.addCreditNote(std::move(*closed));
  addCreditAlerts(draft, refunded.credits, context.now);
  return decisionOf(std::move(draft));
}

}  // namespace daybook::core
