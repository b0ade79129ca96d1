// Prices in the lines of a plan (catalog_lines.h says how they are written).
#pragma once

#include "ledger/model/catalog.h"
#include "tests/conformance/script.h"

namespace daybook::conformance {

inline Interval intervalOf(const Line& line, const std::string& name) {
  if (name == "week") return Interval::week;
  if (name == "month") return Interval::month;
  if (name == "quarter") return Interval::quarter;
  if (name == "year") return Interval::year;
  if (name == "once") return Interval::once;
  line.fail("'" + name + "' is no interval");
}
inline bool isInterval(const std::string& name) {
  return name == "week" || name == "month" || name == "quarter" || name == "year" || name == "once";
}

/// Whether a word is a currency code, followed by an amount.
inline bool isCurrency(const std::string& word) { return currencyExponent(word).has_value(); }

inline std::vector<Tier> tiersOf(const Line& line, const std::string& text) {
  std::vector<Tier> tiers;
  for (const std::string& entry : splitAt(text, ',')) {
    const std::vector<std::string> parts = splitAt(entry, ':');
    if (parts.size() != 3) line.fail("a tier is upTo:unitPrice:flatFee");
    Tier tier;
    if (parts[0] != "*") tier.up_to = line.decimal(parts[0]);
    tier.unit_price = line.decimal(parts[1]);
    tier.flat_fee = line.decimal(parts[2]);
    tiers.push_back(tier);
  }
  return tiers;
}

/// A feature's price; nullopt when the line has none.
inline std::optional<Price> priceOf(const Line& line) {
  Price price;
  const Words& words = line.words;
  if (const auto unit = words.option("unit")) {
    price.unit_price = line.decimal(*unit);
  } else if (const auto graduated = words.option("graduated")) {
    price.scheme = Scheme::graduated;
    price.tiers = tiersOf(line, *graduated);
  } else if (const auto volume = words.option("volume")) {
    price.scheme = Scheme::volume;
    price.tiers = tiersOf(line, *volume);
  } else if (const auto package = words.option("package")) {
    const std::vector<std::string> parts = splitAt(*package, ':');
    if (parts.size() != 2) line.fail("a package is size:price");
    price.scheme = Scheme::package;
    price.package_size = line.decimal(parts[0]);
    price.package_price = line.decimal(parts[1]);
  } else if (const auto percent = words.option("percent")) {
    price.scheme = Scheme::percentage;
    price.rate_percent = line.decimal(*percent);
    price.fee_per_event = line.decimalOption("fee");
    if (const auto least = words.option("least")) price.event_minimum = line.decimal(*least);
    if (const auto most = words.option("most")) price.event_maximum = line.decimal(*most);
  } else if (words.has("tokens")) {
    price.scheme = Scheme::tokens;
    price.margin_percent = line.decimalOption("margin");
  } else {
    return std::nullopt;
  }
  if (const auto minimum = words.option("min")) price.minimum_charge = line.decimal(*minimum);
  if (const auto maximum = words.option("max")) price.maximum_charge = line.decimal(*maximum);
  return price;
}

/// In every currency of the plan, and per unit in those and for those intervals that have an amount
/// of their own.
inline std::vector<Price> pricesOf(const Line& line, const std::vector<BasePrice>& bases) {
  std::vector<Price> prices;
  std::optional<Price> price = priceOf(line);
  if (!price) return prices;
  const std::map<std::string, std::string> own = line.words.optionsOf("unit");
  std::set<std::string> currencies;
  for (const BasePrice& base : bases) {
    if (!currencies.insert(base.currency).second) continue;
    Price one = *price;
    one.currency = base.currency;
    if (own.count(base.currency) != 0) one.unit_price = line.decimal(own.at(base.currency));
    prices.push_back(one);
    for (const auto& [name, amount] : own) {
      if (!isInterval(name)) continue;
      Price other = one;
      other.interval = intervalOf(line, name);
      other.unit_price = line.decimal(amount);
      prices.push_back(other);
    }
  }
  return prices;
}

inline PlanFeature planFeatureOf(const Line& line, const std::vector<BasePrice>& bases) {
  PlanFeature feature;
  feature.feature = line.word(0);
  feature.included = line.decimalOption("included");
  feature.unlimited = line.words.has("unlimited");
  if (line.words.has("block")) feature.overage = Overage::block;
  feature.prices = pricesOf(line, bases);
  feature.credits_per_unit = line.decimalOption("credits");
  if (const auto rate = line.words.option("creditsPerMoney")) {
    feature.credits_per_money = line.decimal(*rate);
    feature.margin_percent = line.decimalOption("margin");
  }
  feature.dimension = line.option("by", "");
  return feature;
}

}  // namespace daybook::conformance
