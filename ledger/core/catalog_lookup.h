// Finding published items by name.
//
// Pure; pointers and references are good until the next catalog event is applied.
#pragma once

#include <string_view>

#include "ledger/base/instant.h"
#include "ledger/model/customer.h"
#include "ledger/model/ledger_state.h"

namespace daybook::core {

/// The plan version named by `terms`. REQUIRES: it is published.
const Plan& planOf(const LedgerState& ledger, const Terms& terms);
/// The newest published version of a plan, pack; nullptr when there is none.
const Plan* newestPlan(const LedgerState& ledger, std::string_view code);
const Pack* newestPack(const LedgerState& ledger, std::string_view code);

/// The feature of a code; none when unknown.
FeatureNumber featureNumber(const LedgerState& ledger, std::string_view code);
/// REQUIRES: the feature is published.
const Feature& featureOf(const LedgerState& ledger, FeatureNumber number);

/// The billing interval that one of the plan's prices is for.
Interval billingInterval(const Plan& plan, const BasePrice& price);
/// The plan's price in a currency for exactly this billing interval, or nullptr when it is not sold
/// so.
const BasePrice* basePriceIn(const Plan& plan, std::string_view currency, Interval billing);
/// Whether the plan is sold in this currency, at any interval; at this interval, in any currency.
bool isSoldIn(const Plan& plan, std::string_view currency);
bool isSoldAt(const Plan& plan, Interval billing);
/// What the plan sells of a feature, or nullptr.
const PlanFeature* planFeature(const Plan& plan, std::string_view feature);

/// The version of the currency's price book in force at `at`; 0: none.
std::uint32_t priceBookVersion(const LedgerState& ledger, std::string_view currency, Instant at);

/// What people read: the item's name, else its code.
const std::string& displayName(const Feature& feature);
const std::string& displayName(const Plan& plan);

}  // namespace daybook::core
