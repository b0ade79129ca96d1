// Prices: what quantities, events, tokens and seats cost (BILLING.md section 3).
//
// Pure functions of terms and numbers. Money is in the currency of the price. Each formula is
// evaluated exactly and rounded once, to 12 fractional digits, half away from zero.
//
// A charge is a function of the totals of a usage period, except for event-priced features
// (percentage, tokens): theirs is the sum of the events' prices, FeatureUsage::charged. The
// included units of a feature are shared by its variants, which use them up in the plan's order,
// then the default.
// Errors: throws Overflow when a result does not fit, or passes limits::kChargeMax; since usage is
// rated before it is recorded, what was recorded can be charged. Usable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/terms.h"
#include "ledger/model/catalog.h"
#include "ledger/model/command.h"
#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"
#include "ledger/model/ledger_state.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// Whether usage of the feature is ever charged: not when it is unlimited or blocked beyond what is
/// included.
bool isCharged(const PlanFeature& feature);
/// Whether its charge is the sum of the events' prices: percentage and tokens. Then
/// FeatureUsage::charged has that sum in every consumption model that has prices.
bool isEventPriced(const PlanFeature& feature);
bool isEventPriced(const Price& price);

/// What `units` beyond the included ones cost: 0 for 0 or less. Without minimum and maximum.
/// Tokens: `units` is money, and the charge is that. REQUIRES: the scheme is not percentage.
Decimal chargeFor(const Price& price, Decimal units);
/// The same charge, tier by tier (graduated: each tier touched; volume: the one it falls in;
/// package: packages at the package price; else empty). The sum of `exact` is chargeFor(): what one
/// tier's product loses to rounding is carried into the next.
std::vector<TierCharge> tierCharges(const Price& price, Decimal units);
/// Percentage: what one event costs of which `beyond` is beyond the included money. 0 when nothing
/// is; else the rate of it and the fee, but not below the event's minimum nor above its maximum.
Decimal percentageCharge(const Price& price, Decimal beyond);

// ---- metered features in a usage period (metered and balance plans)
// REQUIRES: `variant` is one of the feature's, or empty: the default.

/// The exact charge of the feature over all its variants, without minimum and maximum, if the total
/// of `variant` were `delta` more; event-priced: with one more event of `delta`. 0 for a feature
/// that is never charged. Units that `cap` left unpaid do not count in metered plans.
/// REQUIRES: event-priced: delta >= 0.
Decimal featureCharge(const FeatureTerms& terms, std::string_view variant, Decimal delta);

/// What one event costs that makes the total of `variant` grow by `delta`: the difference that it
/// makes to featureCharge(), maybe negative (volume tiers, delta < 0).
/// REQUIRES: event-priced: delta >= 0.
Decimal eventPrice(const FeatureTerms& terms, std::string_view variant, Decimal delta);

/// What is billed for a metered feature in all: the charge of each variant cut to its maximum or
/// raised to its minimum, exact; if `variant` had `delta` more units and, for event-priced
/// features, `charged` more money (else `charged` is not looked at). The difference of two is what
/// late usage and corrections of a closed period cost.
Decimal billedTotal(const FeatureTerms& terms, std::string_view variant, Decimal delta,
                    Decimal charged);

/// What one invoice says of one variant at the close of a usage period of a metered plan.
struct VariantCharge {
  std::string variant;           // empty: the default
  const Price* price = nullptr;  // in force
  Decimal quantity;              // that counts: without what `cap` left unpaid
  Decimal included;              // of it, not charged
  Decimal charge;                // exact, before the maximum
  Decimal cut;                   // exact, cut to the maximum
  Decimal minimum;               // minimum less the rounded `cut`, not below 0
  std::vector<TierCharge> tiers;
};
/// Every variant with usage or a minimum, in the plan's order, the default last; none when the
/// feature is never charged. Minimum and maximum are prorated by the part of a full usage period
/// that the period is.
std::vector<VariantCharge> variantCharges(const FeatureTerms& terms);

// ---- seats, tokens, parts of periods

/// What `seats` held for one whole billing period cost: the included ones are free.
Decimal seatCharge(const PlanFeature& feature, const Price& price, std::uint64_t seats);

/// Token counts as resolved against a price book, and their exact cost with margin.
struct TokenCost {
  Verdict verdict;
  TokenTotals totals;
  std::string provider;  // of the model
  Decimal cost;          // (sum of tokens x price) x (1 + margin) / 1 000 000, in `currency`
};
/// Prices in force at `at`. Refuses, in this order: missing counts (tokensMissing), contradictory
/// ones (tokensInvalid), too large ones (amountOverflow), then unknown, retired and ambiguous
/// models, which the detail names. `margin_percent` 20 is 20 %.
TokenCost tokenCost(const LedgerState& ledger, const Tokens& tokens, std::string_view currency,
                    Decimal margin_percent, Instant at);

/// value x (the part of the full span that [from, to) is), both in whole seconds.
/// REQUIRES: from <= to; the full span is a second at least.
Decimal prorated(Decimal value, const Span& span);

/// The price of `currency` among a metered feature's prices (its default ones), or nullptr.
const Price* priceIn(const PlanFeature& feature, std::string_view currency);
/// The same of any list of prices.
const Price* priceIn(const std::vector<Price>& prices, std::string_view currency);

}  // namespace daybook::core
