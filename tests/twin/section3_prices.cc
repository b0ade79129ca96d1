// Section 3: prices.
#include <algorithm>

#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

/// The units that fall in a tier that begins above `below`.
Number unitsIn(const Tier& tier, const Number& below, const Number& units) {
  const Number top = tier.up_to ? least(*tier.up_to, units) : units;
  return positivePart(top - below);
}

Number graduated(const Price& price, const Number& units) {
  Number sum;
  Number below;
  for (const Tier& tier : price.tiers) {
    const Number part = unitsIn(tier, below, units);
    if (part > 0) sum += part * tier.unit_price + tier.flat_fee;
    if (tier.up_to) below = *tier.up_to;
  }
  return sum;
}

const Tier& tierOf(const Price& price, const Number& units) {
  for (const Tier& tier : price.tiers) {
    if (!tier.up_to || units <= *tier.up_to) return tier;
  }
  CHECK(false, "the last tier is unbounded");
  return price.tiers.back();
}

const ModelPrice* modelIn(const PriceBook& book, const std::string& provider,
                          const std::string& model) {
  for (const ModelPrice& price : book.models) {
    if (price.provider == provider && price.model == model) return &price;
  }
  return nullptr;
}

}  // namespace

bool isByEvent(Scheme scheme) { return scheme == Scheme::tokens || scheme == Scheme::percentage; }

Number chargeFor(const Price& price, const Number& units) {
  if (units <= 0) return 0;
  switch (price.scheme) {
    case Scheme::perUnit:
      return recorded(units * price.unit_price);
    case Scheme::graduated:
      return recorded(graduated(price, units));
    case Scheme::volume: {
      const Tier& tier = tierOf(price, units);
      return recorded(units * tier.unit_price + tier.flat_fee);
    }
    case Scheme::package:
      return recorded((units / price.package_size).roundedUp() * price.package_price);
    case Scheme::tokens:
    case Scheme::percentage:
      break;
  }
  CHECK(false, "the charge is a sum of events' prices");
  return 0;
}

std::vector<TierCharge> tierChargesFor(const Price& price, const Number& units) {
  std::vector<TierCharge> charges;
  const auto add = [&charges](const Tier& tier, const Number& part) {
    charges.push_back({part.decimal(), tier.unit_price, tier.flat_fee,
                       recorded(part * tier.unit_price + tier.flat_fee).decimal()});
  };
  if (units <= 0) return charges;
  if (price.scheme == Scheme::volume) add(tierOf(price, units), units);
  if (price.scheme == Scheme::package) {
    add({{}, price.package_price, {}}, (units / price.package_size).roundedUp());
  }
  if (price.scheme != Scheme::graduated) return charges;
  Number below;
  for (const Tier& tier : price.tiers) {
    const Number part = unitsIn(tier, below, units);
    if (part > 0) add(tier, part);
    if (tier.up_to) below = *tier.up_to;
  }
  return charges;
}

Number percentageOf(const Price& price, const Number& beyond) {
  if (beyond <= 0) return 0;
  Number cost = recorded(beyond * price.rate_percent / 100 + price.fee_per_event);
  if (price.event_minimum) cost = most(cost, *price.event_minimum);
  if (price.event_maximum) cost = least(cost, *price.event_maximum);
  return cost;
}

Number tokenSum(const ModelPrice& price, const TokenTotals& tokens) {
  const auto part = [](std::uint64_t count, Decimal per_million) {
    return Number(static_cast<std::int64_t>(count)) * per_million;
  };
  return (part(tokens.input, price.input) + part(tokens.output, price.output) +
          part(tokens.cache_read, price.cache_read) + part(tokens.cache_write, price.cache_write)) /
         kMillion;
}

FoundModel findModel(const Published& published, const std::string& currency, Instant at,
                     const Tokens& tokens) {
  const PriceBook* in_force = nullptr;
  std::vector<const ModelPrice*> known;  // of this name, in any version so far
  for (const PriceBook& book : published.books) {
    if (book.currency != currency || book.effective > at) continue;
    in_force = &book;
    for (const ModelPrice& price : book.models) {
      const bool named = tokens.provider.empty() || price.provider == tokens.provider;
      if (price.model == tokens.model && named) known.push_back(&price);
    }
  }
  if (known.empty()) return {Outcome::unknownModel, {}};
  std::vector<const ModelPrice*> live;
  for (const ModelPrice& price : in_force->models) {
    const bool named = tokens.provider.empty() || price.provider == tokens.provider;
    if (price.model == tokens.model && named && !price.retired) live.push_back(&price);
  }
  if (live.empty()) return {Outcome::retiredModel, {}};
  if (live.size() > 1) return {Outcome::ambiguousModel, {}};
  return {Outcome::ok, *modelIn(*in_force, live.front()->provider, live.front()->model)};
}

std::uint32_t bookVersionAt(const Published& published, const std::string& currency, Instant at) {
  std::uint32_t version = 0;
  for (const PriceBook& book : published.books) {
    if (book.currency == currency && book.effective <= at) version = book.version;
  }
  return version;
}

Number usedOf(const Book& book, std::size_t period, const std::string& feature,
              const std::string& variant) {
  Number sum;
  for (const Use& use : book.uses) {
    if (use.period == period && use.feature == feature && use.variant == variant) {
      sum += use.quantity;
    }
  }
  return sum;
}

Number usedOf(const Book& book, std::size_t period, const std::string& feature) {
  Number sum;
  for (const Use& use : book.uses) {
    if (use.period == period && use.feature == feature) sum += use.quantity;
  }
  return sum;
}

Number unpaidOf(const Book& book, std::size_t period, const std::string& feature) {
  Number sum;
  for (const Use& use : book.uses) {
    if (use.period == period && use.feature == feature) sum += use.unpaid;
  }
  return sum;
}

std::vector<std::string> variantsOf(const PlanFeature& sold) {
  std::vector<std::string> variants;
  for (const PriceVariant& variant : sold.variants) variants.push_back(variant.value);
  variants.emplace_back();
  return variants;
}

Number sumOf(const ByVariant& amounts) {
  Number sum;
  for (const auto& [variant, amount] : amounts) sum += amount;
  return sum;
}

ByVariant beyondIncluded(const Desk& desk, std::size_t period, const PlanFeature& sold,
                         const std::optional<Considered>& considered) {
  ByVariant beyond;
  Number left = includedOf(desk, desk.book.periods[period], sold);
  for (const std::string& variant : variantsOf(sold)) {
    Number used = usedOf(desk.book, period, sold.feature, variant);
    if (considered && considered->variant == variant) used += considered->quantity;
    used = positivePart(used);
    const Number free = least(used, left);
    left -= free;
    beyond[variant] = used - free;
  }
  return beyond;
}

ByVariant chargesOf(const Desk& desk, std::size_t period, const PlanFeature& sold,
                    const std::optional<Considered>& considered) {
  ByVariant charges;
  const Period& of = desk.book.periods[period];
  const Plan& plan = planOf(desk.published, of);
  const bool metered = plan.model == ConsumptionModel::metered;
  const bool free = sold.unlimited || plan.model == ConsumptionModel::credits ||
                    (metered && (of.trial || sold.overage == Overage::block));
  if (free) return charges;
  const ByVariant beyond = beyondIncluded(desk, period, sold, considered);
  for (const std::string& variant : variantsOf(sold)) {
    const auto price = priceOf(desk, of, sold, variant);
    if (!price) continue;
    if (!isByEvent(price->scheme)) {
      charges[variant] = chargeFor(*price, beyond.at(variant));
      continue;
    }
    Number sum;
    for (const Use& use : desk.book.uses) {
      if (use.period == period && use.feature == sold.feature && use.variant == variant) {
        sum += use.raw_price;
      }
    }
    if (considered && considered->variant == variant) sum += considered->raw_price;
    charges[variant] = sum;
  }
  return charges;
}

ByVariant billedOf(const Desk& desk, std::size_t period, const PlanFeature& sold,
                   const std::optional<Considered>& considered) {
  ByVariant billed = chargesOf(desk, period, sold, considered);
  const Period& of = desk.book.periods[period];
  const Number share = shareOf(of.span);
  for (auto& [variant, amount] : billed) {
    const auto price = priceOf(desk, of, sold, variant);
    if (price->maximum_charge) amount = least(amount, recorded(share * *price->maximum_charge));
    if (price->minimum_charge) amount = most(amount, recorded(share * *price->minimum_charge));
  }
  return billed;
}

}  // namespace daybook::twin
