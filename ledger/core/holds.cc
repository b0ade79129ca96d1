#include "ledger/core/holds.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/rating.h"

namespace daybook::core {
namespace {

/// Units of one variant that would be priced as one.
struct HeldPart {
  std::string_view variant;
  Decimal quantity;
};

Decimal quantityOf(const OpenHolds& open, const HeldItem& item) {
  return &item == open.reduced ? item.quantity - open.reduced_by : item.quantity;
}

/// Hands every item of the feature that counts in the period and is measured as `terms` do to
/// `look`, with its variant under these terms.
template <typename Look>
void eachOf(const OpenHolds& open, const FeatureTerms& terms, Look&& look) {
  for (const Hold& hold : open.holds) {
    for (const HeldItem& item : hold.items) {
      // A hold carries into later periods, not into earlier ones that are not closed yet.
      if (item.feature != terms.number || item.period_from > terms.period->span.from) continue;
      if (!isMeasuredAs(terms, item)) continue;
      const Decimal quantity = quantityOf(open, item);
      if (!quantity.isPositive()) continue;
      look(variantOf(*terms.feature, item.asked.properties), quantity);
    }
  }
}

/// What is held of the feature, in parts that are priced alone: percentages by hold, since each
/// event has its fee, all else by variant.
std::vector<HeldPart> partsOf(const OpenHolds& open, const FeatureTerms& terms) {
  std::vector<HeldPart> parts;
  eachOf(open, terms, [&](std::string_view variant, Decimal quantity) {
    const Price* price = priceOf(terms, variant);
    const bool is_alone = price != nullptr && price->scheme == Scheme::percentage;
    const auto same =
        is_alone ? parts.end() : std::find_if(parts.begin(), parts.end(), [&](const auto& part) {
          return part.variant == variant;
        });
    if (same == parts.end()) {
      parts.push_back({variant, quantity});
    } else {
      same->quantity += quantity;
    }
  });
  return parts;
}

/// The period with the feature's usage alone, and of that what prices hang on.
UsagePeriod periodOf(const UsagePeriod& period, FeatureNumber feature) {
  UsagePeriod scratch;
  scratch.index = period.index;
  scratch.span = period.span;
  scratch.terms = period.terms;
  scratch.trial = period.trial;
  scratch.pinned = period.pinned;
  for (const FeatureUsage& usage : period.usage) {
    if (usage.feature != feature) continue;
    FeatureUsage& copy = scratch.usage.emplace_back();
    copy.feature = feature;
    copy.variant = usage.variant;
    copy.quantity = usage.quantity;
    copy.charged = usage.charged;
    copy.unpaid = usage.unpaid;
  }
  return scratch;
}

void use(UsagePeriod& period, FeatureNumber feature, std::string_view variant, Decimal quantity) {
  for (FeatureUsage& usage : period.usage) {
    if (usage.variant != variant) continue;
    usage.quantity += quantity;
    return;
  }
  FeatureUsage& usage = period.usage.emplace_back();
  usage.feature = feature;
  usage.variant = variant;
  usage.quantity = quantity;
}

/// What is held of the feature would cost in the period, after `extra`.
Decimal priceHeld(const State& state, const OpenHolds& open, const UsagePeriod& period,
                  const Plan& plan, const HeldItem& item, const ExtraUsage& extra) {
  const PlanFeature* sold = planFeature(plan, item.asked.feature);
  if (sold == nullptr || !isCharged(*sold)) return {};
  UsagePeriod scratch = periodOf(period, item.feature);
  if (extra.feature == item.feature) use(scratch, item.feature, extra.variant, extra.quantity);
  const FeatureTerms terms = featureTerms(state, scratch, plan, *sold, item.feature);
  Decimal sum;
  for (const HeldPart& part : partsOf(open, terms)) {
    sum += eventPrice(terms, part.variant, part.quantity);
    use(scratch, item.feature, part.variant, part.quantity);
  }
  return greatest(sum, Decimal());
}

}  // namespace

const Hold* findHold(const std::vector<Hold>& holds, std::string_view key) {
  const auto found =
      std::find_if(holds.begin(), holds.end(), [key](const Hold& hold) { return hold.key == key; });
  return found == holds.end() ? nullptr : &*found;
}

const HeldItem* findItem(const Hold& hold, std::string_view feature) {
  const auto found =
      std::find_if(hold.items.begin(), hold.items.end(),
                   [feature](const HeldItem& item) { return item.asked.feature == feature; });
  return found == hold.items.end() ? nullptr : &*found;
}

HoldExpired expiredHold(const Customer& customer) {
  const auto first = std::min_element(
      customer.holds.begin(), customer.holds.end(),
      [](const Hold& left, const Hold& right) { return left.expiry < right.expiry; });
  CHECK(first != customer.holds.end(), "a hold is open");
  return {first->number, first->expiry};
}

std::optional<Decimal> tokenMargin(const FeatureTerms& terms, std::string_view variant) {
  const PlanFeature& feature = *terms.feature;
  if (terms.plan->model == ConsumptionModel::credits) {
    if (feature.credits_per_money.isZero()) return std::nullopt;
    return feature.margin_percent;
  }
  const Price* price = priceOf(terms, variant);
  if (price == nullptr || price->scheme != Scheme::tokens) return std::nullopt;
  return price->margin_percent;
}

bool isMeasuredAs(const FeatureTerms& terms, const HeldItem& item) {
  const std::string_view variant = variantOf(*terms.feature, item.asked.properties);
  return tokenMargin(terms, variant).has_value() == item.asked.tokens.has_value();
}

Decimal heldUnits(const OpenHolds& open, const FeatureTerms& terms) {
  Decimal sum;
  eachOf(open, terms, [&sum](std::string_view, Decimal quantity) { sum += quantity; });
  return sum;
}

UsagePeriod asIfSettled(const OpenHolds& open, const FeatureTerms& terms) {
  UsagePeriod scratch = periodOf(*terms.period, terms.number);
  eachOf(open, terms, [&](std::string_view variant, Decimal quantity) {
    use(scratch, terms.number, variant, quantity);
  });
  return scratch;
}

Decimal heldMoney(const State& state, const OpenHolds& open, const UsagePeriod& period,
                  const Plan& plan, const ExtraUsage& extra) {
  Decimal sum;
  std::vector<FeatureNumber> priced;
  for (const Hold& hold : open.holds) {
    for (const HeldItem& item : hold.items) {
      if (std::find(priced.begin(), priced.end(), item.feature) != priced.end()) continue;
      priced.push_back(item.feature);
      sum += priceHeld(state, open, period, plan, item, extra);
    }
  }
  return sum;
}

Decimal availableMoney(const State& state, const Customer& customer, const UsagePeriod& period) {
  if (customer.holds.empty()) return period.balance.amount;
  const Plan& plan = state.plan(period.terms);
  if (plan.model != ConsumptionModel::balance) return period.balance.amount;
  return period.balance.amount - heldMoney(state, {customer.holds}, period, plan);
}

}  // namespace daybook::core
