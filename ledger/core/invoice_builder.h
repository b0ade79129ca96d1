// Invoices: lines, rounding and totals (BILLING.md sections 2, 7, 8).
//
// Pure. The result is whole but for `number` and `label`, which the caller gives (upcoming invoices
// have none), and not yet settled with customer credit; `computed_at` is the ledger's newest
// position. Lines are in this order: plan base, discount, seats, per feature of the plan overage
// and minimum or balance overage, late adjustments, one-off adjustments, credits for unused time,
// then customer credit. Every line charges or credits something: an exact amount that is not zero,
// though it may round to zero. Errors: throws Overflow (a purchase only: what was recorded can be
// charged, see rating.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/core/rating.h"
#include "ledger/core/state.h"
#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"

namespace daybook::core {

/// A credit for what was paid in advance and is not used up: a line.
struct UnusedTime {
  std::string feature;  // code; empty: the base price
  std::string description;
  Span span;      // the time left of the billing period
  Decimal exact;  // < 0
};

/// What closes an invoice. Of what is published at its date, time sees nothing, whenever its due
/// work is done; a command sees what is in the log before it.
enum class ClosedBy { time, command };

/// What one invoice charges for. References are good for the call.
struct InvoiceScope {
  InvoiceType type = InvoiceType::renewal;
  Instant date;
  ClosedBy closed_by = ClosedBy::time;
  const UsagePeriod* ended = nullptr;  // charge its usage and the seats added in it; null: none
  /// Charge base price and seats of the billing period that starts with it, by the terms of the
  /// live subscription; null: none.
  const UsagePeriod* advance = nullptr;
  bool pending = false;  // charge what waits for the next invoice
  std::vector<UnusedTime> unused;
};

/// nullopt when there is nothing to charge: no line. Plan, version and period of the invoice are
/// those of the ended usage period, else of what is charged in advance; a base price of another
/// version says so in its line. REQUIRES: `ended` or `advance`, both in one currency.
std::optional<Invoice> buildInvoice(const State& state, const Customer& customer,
                                    const InvoiceScope& scope);

/// The invoice of what no other one takes: late charges that wait, or an adjustment of its own.
/// nullopt when there is nothing to charge.
std::optional<Invoice> buildAdjustmentInvoice(const State& state, const Customer& customer,
                                              const std::string& currency,
                                              const PendingAdjustment* adjustment, Instant date);

/// Settles the total with customer credit: pays with it, or adds what the seller owes to it. An
/// invoice of which nothing is due is paid.
void settle(Invoice& invoice, const std::vector<CustomerCredit>& credits);

/// The invoice of a purchase: one line of `price` (packs: quantity 1; top-ups: the amount).
/// nullopt when it costs nothing. REQUIRES: type is creditPurchase or balanceTopUp.
std::optional<Invoice> buildPurchaseInvoice(const State& state, const Customer& customer,
                                            InvoiceType type, const std::string& description,
                                            const std::string& currency, Decimal price,
                                            Instant date);

}  // namespace daybook::core
