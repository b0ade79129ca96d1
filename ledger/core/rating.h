// Prices: what quantities and tokens cost (BILLING.md section 3).
//
// Pure functions of terms and numbers. Money is in the currency of the price. Each formula is
// evaluated exactly and rounded once, to 12 fractional digits, half away from zero.
// Errors: throws Overflow when a result does not fit, or passes limits::kChargeMax; since usage is
// rated before it is recorded, what was recorded can be charged. Usable from any thread.
#pragma once

#include <string_view>
#include <vector>

#include "ledger/model/catalog.h"
#include "ledger/model/command.h"
#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"
#include "ledger/model/ledger_state.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// Whether usage of the feature is ever charged by quantity: not when it is unlimited or blocked
/// beyond what is included.
bool isCharged(const PlanFeature& feature);

/// The exact charge of a usage period in which `quantity` was used of `feature`: 0 within what is
/// included, and for a feature that is never charged. Without the minimum and maximum, which are
/// applied at the close. For the tokens scheme `quantity` is money and the charge is what goes
/// beyond the included money.
Decimal chargeFor(const PlanFeature& feature, const Price& price, Decimal quantity);

/// The same charge, tier by tier (graduated: each tier touched; volume: the one it falls in;
/// package: packages at the package price; else empty). The sum of `exact` is chargeFor(): what one
/// tier's product loses to rounding is carried into the next.
std::vector<TierCharge> tierCharges(const PlanFeature& feature, const Price& price,
                                    Decimal quantity);

/// The charge of one feature at the close of a usage period, exact.
struct PeriodCharge {
  Decimal charge;   // cut to the maximum
  Decimal minimum;  // minimum less the rounded charge, not below 0
  bool operator==(const PeriodCharge&) const = default;
};
/// Minimum and maximum are prorated by the part of a full usage period that `span` is.
/// REQUIRES: the price's currency is known.
PeriodCharge periodCharge(const PlanFeature& feature, const Price& price, Decimal quantity,
                          const Span& span);

/// Token counts as resolved against a price book, and their exact cost with margin.
struct TokenCost {
  Verdict verdict;
  TokenTotals totals;
  Decimal cost;  // (sum of tokens x price) x (1 + margin) / 1 000 000, in `currency`
};
/// Prices in force at `at`. Refuses, in this order: missing counts (tokensMissing), contradictory
/// ones (tokensInvalid), too large ones (amountOverflow), then unknown, retired and ambiguous
/// models, which the detail names. `margin_percent` 20 is 20 %.
TokenCost tokenCost(const LedgerState& ledger, const Tokens& tokens, std::string_view currency,
                    Decimal margin_percent, Instant at);

/// value x (the part of the full span that [from, to) is), both in whole seconds.
/// REQUIRES: from <= to; the full span is a second at least.
Decimal prorated(Decimal value, const Span& span);

/// The price of `currency` among a feature's prices, or nullptr.
const Price* priceIn(const PlanFeature& feature, std::string_view currency);

}  // namespace daybook::core
