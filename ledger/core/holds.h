// What a customer's open holds set aside, and what is left beside them (BILLING.md section 6).
//
// Credits that a hold pins are out of their grants' `remaining`. Units and money are not taken from
// any period: the one that a hold was placed in and each later one have to give what it would cost
// if it were settled now, since it may be. Pure; O(held items), and one rating per feature held.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ledger/core/state.h"
#include "ledger/core/terms.h"
#include "ledger/model/customer.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// The hold with this key; nullptr when it is not among them.
const Hold* findHold(const std::vector<Hold>& holds, std::string_view key);
/// What the hold holds of the feature; nullptr: nothing.
const HeldItem* findItem(const Hold& hold, std::string_view feature);

/// The end by time of the open hold that expires first. REQUIRES: there is one.
HoldExpired expiredHold(const Customer& customer);

/// A customer's open holds, of which one item holds less than it says.
struct OpenHolds {
  const std::vector<Hold>& holds;
  const HeldItem* reduced = nullptr;
  Decimal reduced_by;
};

/// Usage that is not recorded yet.
struct ExtraUsage {
  FeatureNumber feature;
  std::string_view variant;
  Decimal quantity;
};

/// The percentage on top of the tokens' cost; nullopt for a feature that is not priced by tokens.
std::optional<Decimal> tokenMargin(const FeatureTerms& terms, std::string_view variant);

/// Whether what the item holds counts in the units of these terms: tokens in money, all else not.
bool isMeasuredAs(const FeatureTerms& terms, const HeldItem& item);

/// Units set aside of the feature in the period of the terms; those of items that are not measured
/// as these terms do are none.
Decimal heldUnits(const OpenHolds& open, const FeatureTerms& terms);

/// The period as if what is held of the feature were used in it: of its usage only that of this
/// feature, and of that only what prices hang on. Good as long as `terms` is.
UsagePeriod asIfSettled(const OpenHolds& open, const FeatureTerms& terms);

/// Balance plans: what all that is held would cost in the period, after `extra`. Not below 0 for
/// any feature. REQUIRES: `plan` is state.plan(period.terms).
Decimal heldMoney(const State& state, const OpenHolds& open, const UsagePeriod& period,
                  const Plan& plan, const ExtraUsage& extra = {});

/// The balance of an open period less what is held.
Decimal availableMoney(const State& state, const Customer& customer, const UsagePeriod& period);

}  // namespace daybook::core
