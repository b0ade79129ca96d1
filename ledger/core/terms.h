// Terms in force (BILLING.md section 7): what a plan version says of one feature in one usage
// period, with what later versions cut or raise in it at once.
//
// The version is the one that the period started with, but for two exceptions, both of versions
// that were published before the period's end, and neither in a pinned period:
// - a lower price per unit, per seat, or in credits per unit is in force at once: the lowest of all
//   counts, each price (default or variant) by itself, in the same currency;
// - a version published with improvements_now raises allowances, what a usage period gives: the
//   greatest of these counts. Included seats are no allowance: they are of the billing period.
// Everything else is as the period's own version says, minimum and maximum charges among it.
//
// Pure; the hot path: nothing is allocated, and a plan without later versions is looked up once.
// Results are good as long as state, period and plan are, and until the next catalog event.
// Errors: throws Overflow (included balances). Belongs to the state's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ledger/core/state.h"
#include "ledger/model/catalog.h"
#include "ledger/model/command.h"
#include "ledger/model/customer.h"

namespace daybook::core {

/// The terms of one feature in one usage period.
struct FeatureTerms {
  const State* state = nullptr;
  const UsagePeriod* period = nullptr;
  const Plan* plan = nullptr;            // of period->terms
  const PlanFeature* feature = nullptr;  // of that plan
  FeatureNumber number;
  Decimal included;  // in force, improvements counted
  /// Later versions in force, oldest first: index in state->ledger.plans.
  std::span<const std::size_t> later;
};

/// REQUIRES: `plan` is state.plan(period.terms), `feature` one of its features and `number` that
/// feature's.
FeatureTerms featureTerms(const State& state, const UsagePeriod& period, const Plan& plan,
                          const PlanFeature& feature, FeatureNumber number);

/// The price for usage of this variant in the period's currency, the cut one if a later version cut
/// it; nullptr: none. A variant that the feature does not have is the default. Of a cut one only
/// the price per unit is in force: minimum and maximum are those of startPriceOf().
const Price* priceOf(const FeatureTerms& terms, std::string_view variant);
/// The same as the period's own version has it.
const Price* startPriceOf(const FeatureTerms& terms, std::string_view variant);
/// Credits plans: what one unit costs, cut in the same way; 0 for features priced by tokens.
Decimal creditsPerUnit(const FeatureTerms& terms, std::string_view variant);

/// The price of one seat for a billing period of this length in the period's currency, the cut one
/// if a later version cut it; nullptr: none. A price for exactly this interval goes before one for
/// all.
const Price* seatPrice(const FeatureTerms& terms, Interval billing);
/// The same of a plan version alone: for what starts now.
const Price* seatPrice(const PlanFeature& feature, std::string_view currency, Interval billing);

/// The variant of the feature that these properties select; empty: the default prices. Points into
/// `feature`.
std::string_view variantOf(const PlanFeature& feature, const std::vector<Property>& properties);

/// Credits plans: the plan grant in force, of the improvements those up to version `newest`.
Decimal planCredits(const State& state, const UsagePeriod& period,
                    std::uint32_t newest = std::numeric_limits<std::uint32_t>::max());
/// Balance plans: the included amount in force, in the same way. REQUIRES: the period's plan is
/// sold in its currency for this billing interval.
Decimal includedBalance(const State& state, const UsagePeriod& period, Interval billing,
                        std::uint32_t newest = std::numeric_limits<std::uint32_t>::max());
/// What a later version with improvements_now raises in a period of a credits or balance plan.
struct Improvement {
  std::uint32_t version = 0;
  Instant at;     // when it was published, or when the period began
  Decimal given;  // by the period from then on
};
/// The first one that the period has not been given yet; nullopt: none.
std::optional<Improvement> nextImprovement(const State& state, const UsagePeriod& period,
                                           Interval billing);
/// Balance plans: the included amount of a plan version alone; by default the base price per usage
/// period.
Decimal includedBalance(const BasePrice& price, Interval billing);

}  // namespace daybook::core
