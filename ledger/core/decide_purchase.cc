// Packs and top-ups: sections 4 and 8 of BILLING.md. Each closes an invoice of its own at once.
#include <algorithm>
#include <optional>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/currency.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/invoice_builder.h"

namespace daybook::core {
namespace {

Grant grantOf(const State& state, const Customer& customer, const Pack& pack, Instant now) {
  Grant grant;
  grant.number = customer.last_grant.next();
  grant.kind = GrantKind::purchased;
  grant.priority = pack.priority;
  grant.credits = pack.credits;
  grant.remaining = pack.credits;
  grant.effective = now;
  if (pack.expires_after_days > 0) {
    grant.expiry = now + Duration::days(pack.expires_after_days);
    // When the rest expires must fit an instant, too.
    static_cast<void>(grant.expiry + state.ledger.ledger.settings.grace);
  }
  for (const std::string& code : pack.features) grant.features.push_back(state.feature(code));
  grant.pack = pack.code;
  return grant;
}

}  // namespace

Decision decidePurchase(const State& state, const Customer& customer, const BuyCredits& buy,
                        const Context& context) {
  const Pack* pack = newestPack(state.ledger, buy.pack);
  if (pack == nullptr) return refusal(Outcome::unknownPack, buy.pack);
  const ChosenCurrency currency = chooseCurrency(customer, buy.currency, pack->prices);
  if (!currency.verdict.isOk()) return refusal(currency.verdict.outcome, currency.verdict.detail);
  if (liveGrants(customer, context.now) >= limits::kGrantsPerCustomerMax) {
    return refusal(Outcome::tooManyGrants);
  }
  const auto price = std::find_if(
      pack->prices.begin(), pack->prices.end(),
      [&currency](const PackPrice& candidate) { return candidate.currency == currency.code; });
  CHECK(price != pack->prices.end(), "the pack is sold in the chosen currency");
  if (drawsNoCredits(state, customer)) return refusal(Outcome::wrongModel, "pack");

  PackPurchased purchased;
  purchased.asked = buy;
  purchased.pack_version = pack->version;
  purchased.currency = currency.code;
  purchased.price = price->price;
  purchased.grant = grantOf(state, customer, *pack, context.now);
  if (purchased.grant.features.empty()) {
    purchased.debt_paid = least(customer.credit_debt, purchased.grant.remaining);
    purchased.grant.remaining -= purchased.debt_paid;
  }
  std::optional<Invoice> invoice = buildPurchaseInvoice(
      state, customer, InvoiceType::creditPurchase, pack->name.empty() ? pack->code : pack->name,
      currency.code, price->price, context.now);
  Draft draft(state, customer, context.now);
  if (invoice) purchased.invoice = draft.nextInvoice();
  purchased.grant.price = price->price;
  purchased.grant.invoice = purchased.invoice;
  draft.add(std::move(purchased));
  if (invoice) draft.addInvoice(std::move(*invoice));
  return decisionOf(std::move(draft));
}

Decision decideTopUp(const State& state, const Customer& customer, const TopUp& top_up,
                     const Context& context) {
  if (!top_up.currency.empty() && !currencyExponent(top_up.currency)) {
    return refusal(Outcome::unknownCurrency, top_up.currency);
  }
  const UsagePeriod* running = runningPeriod(customer);
  if (running == nullptr) {
    return refusal(customer.subscription ? Outcome::paused : Outcome::noSubscription);
  }
  const std::string& currency = running->terms.currency;
  if (!top_up.currency.empty() && top_up.currency != currency) {
    return refusal(Outcome::currencyMismatch, currency);
  }
  if (state.plan(running->terms).model != ConsumptionModel::balance) {
    return refusal(Outcome::wrongModel, "top-up");
  }
  const Verdict payable = requirePayable(top_up.amount, currency);
  if (!payable.isOk()) return refusal(payable.outcome, payable.detail);

  std::optional<Invoice> invoice =
      buildPurchaseInvoice(state, customer, InvoiceType::balanceTopUp, "Balance top-up", currency,
                           top_up.amount, context.now);
  CHECK(invoice.has_value(), "a top-up costs something");
  Draft draft(state, customer, context.now);
  ToppedUp topped;
  topped.asked = top_up;
  topped.currency = currency;
  topped.balance_after = running->balance.amount + top_up.amount;
  topped.invoice = draft.nextInvoice();
  draft.add(std::move(topped));
  draft.addInvoice(std::move(*invoice));
  return decisionOf(std::move(draft));
}

}  // namespace daybook::core
