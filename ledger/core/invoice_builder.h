// Invoices from closed usage: lines, rounding and totals (BILLING.md sections 2, 7, 8).
//
// Pure. The result is whole but for `number` and `label`, which the caller gives (upcoming invoices
// have none); `computed_at` is the ledger's newest position. Lines are in this order: plan base,
// then per feature of the plan overage and minimum, or balance overage. Every line charges
// something: an exact amount that is not zero, though it may round to zero.
// Errors: throws Overflow (a purchase only: what was recorded can be charged, see rating.h).
#pragma once

#include <optional>
#include <string>

#include "ledger/core/catalog_lookup.h"
#include "ledger/core/rating.h"
#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"
#include "ledger/model/ledger_state.h"

namespace daybook::core {

/// What one invoice charges for. References are good for the call.
struct InvoiceScope {
  InvoiceType type = InvoiceType::renewal;
  Instant date;
  const UsagePeriod* ended = nullptr;    // charge its usage (arrears); null: none
  const Span* billing = nullptr;         // charge the base price of this billing period (advance)
  const Terms* billing_terms = nullptr;  // REQUIRES: given with `billing`
};

/// nullopt when there is nothing to charge: no line. Plan, version and period of the invoice are
/// those of the ended usage period, else of what is charged in advance; a base price of another
/// version says so in its line. REQUIRES: `ended` or `billing`, both in one currency.
std::optional<Invoice> buildInvoice(const LedgerState& ledger, const Customer& customer,
                                    const InvoiceScope& scope);

/// The invoice of a purchase: one line of `price` (packs: quantity 1; top-ups: the amount).
/// nullopt when it costs nothing. REQUIRES: type is creditPurchase or balanceTopUp.
std::optional<Invoice> buildPurchaseInvoice(const LedgerState& ledger, const Customer& customer,
                                            InvoiceType type, const std::string& description,
                                            const std::string& currency, Decimal price,
                                            Instant date);

}  // namespace daybook::core
