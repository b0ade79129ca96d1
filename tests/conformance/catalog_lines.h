// Lines that describe what is sold:
//
//   feature calls [boolean|count]
//   plan pro metered|credits|balance week|month|quarter|year USD 99 [EUR 90] [credits=1000]
//       [priority=50] [balance=50] [block] [carryTopUps]
//     calls included=10000 unit=0.01 [block|unlimited] [min=5] [max=50]
//     calls graduated=100:0.10:5,200:0.08:0,*:0.05:0     up to : unit price : flat fee
//     calls volume=...  |  calls package=1000:5  |  chat tokens margin=20  |  calls credits=2
//     chat creditsPerMoney=100 margin=20
//   pack small 1000 USD 10 [EUR 9] [expires=30] [priority=50] [for=calls,images]
//   book USD
//     anthropic/opus 3 15 [0.3 3.75] [retired]           input, output, cache read, cache write
#pragma once

#include "ledger/model/catalog.h"
#include "tests/conformance/script.h"

namespace daybook::conformance {

inline std::vector<std::string> splitAt(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  std::string part;
  while (std::getline(in, part, separator)) parts.push_back(part);
  return parts;
}

inline Feature featureOf(const Line& line) {
  Feature feature;
  feature.code = line.word(1);
  if (line.words.has("boolean")) feature.type = FeatureType::boolean;
  if (line.words.has("count")) feature.meter = Meter::count;
  return feature;
}

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
  } else if (words.has("tokens")) {
    price.scheme = Scheme::tokens;
    price.margin_percent = line.decimal(words.option("margin").value_or("0"));
  } else {
    return std::nullopt;
  }
  if (const auto minimum = words.option("min")) price.minimum_charge = line.decimal(*minimum);
  if (const auto maximum = words.option("max")) price.maximum_charge = line.decimal(*maximum);
  return price;
}

inline PlanFeature planFeatureOf(const Line& line, const std::vector<BasePrice>& currencies) {
  PlanFeature feature;
  feature.feature = line.word(0);
  feature.included = line.decimal(line.words.option("included").value_or("0"));
  feature.unlimited = line.words.has("unlimited");
  if (line.words.has("block")) feature.overage = Overage::block;
  if (auto price = priceOf(line)) {
    for (const BasePrice& base : currencies) {
      price->currency = base.currency;
      feature.prices.push_back(*price);
    }
  }
  feature.credits_per_unit = line.decimal(line.words.option("credits").value_or("0"));
  if (const auto rate = line.words.option("creditsPerMoney")) {
    feature.credits_per_money = line.decimal(*rate);
    feature.margin_percent = line.decimal(line.words.option("margin").value_or("0"));
  }
  return feature;
}

inline Interval intervalOf(const Line& line, const std::string& name) {
  if (name == "week") return Interval::week;
  if (name == "month") return Interval::month;
  if (name == "quarter") return Interval::quarter;
  if (name == "year") return Interval::year;
  line.fail("'" + name + "' is no interval");
}

inline ConsumptionModel modelOf(const Line& line, const std::string& name) {
  if (name == "metered") return ConsumptionModel::metered;
  if (name == "credits") return ConsumptionModel::credits;
  if (name == "balance") return ConsumptionModel::balance;
  line.fail("'" + name + "' is no consumption model");
}

/// Whether a word is a currency code, followed by an amount.
inline bool isCurrency(const std::string& word) { return currencyExponent(word).has_value(); }

inline Plan planOf(const Line& line) {
  Plan plan;
  plan.code = line.word(1);
  plan.model = modelOf(line, line.word(2));
  plan.interval = intervalOf(line, line.word(3));
  for (std::size_t i = 4; i + 1 < line.words.plain.size(); ++i) {
    if (!isCurrency(line.word(i))) continue;
    BasePrice price;
    price.currency = line.word(i);
    price.base = line.decimal(line.word(i + 1));
    if (const auto balance = line.words.option("balance")) {
      price.included_balance = line.decimal(*balance);
    }
    plan.prices.push_back(price);
  }
  plan.credits = line.decimal(line.words.option("credits").value_or("0"));
  plan.grant_priority = std::stoi(line.words.option("priority").value_or("50"));
  if (line.words.has("block")) plan.at_zero = AtZero::block;
  plan.carry_top_ups = line.words.has("carryTopUps");
  for (const Line& below : line.below) {
    PlanFeature feature = planFeatureOf(below, plan.prices);
    plan.features.push_back(std::move(feature));
  }
  return plan;
}

inline Pack packOf(const Line& line) {
  Pack pack;
  pack.code = line.word(1);
  pack.credits = line.decimal(line.word(2));
  for (std::size_t i = 3; i + 1 < line.words.plain.size(); i += 2) {
    pack.prices.push_back({line.word(i), line.decimal(line.word(i + 1))});
  }
  pack.priority = std::stoi(line.words.option("priority").value_or("50"));
  pack.expires_after_days =
      static_cast<std::uint32_t>(std::stoul(line.words.option("expires").value_or("0")));
  pack.features = splitAt(line.words.option("for").value_or(""), ',');
  return pack;
}

inline PriceBook bookOf(const Line& line) {
  PriceBook book;
  book.currency = line.word(1);
  for (const Line& below : line.below) {
    const std::vector<std::string> name = splitAt(below.word(0), '/');
    if (name.size() != 2) below.fail("a model is provider/model");
    const auto price = [&below](std::size_t index) {
      const bool is_given = index < below.words.plain.size() && below.word(index) != "retired";
      return is_given ? below.decimal(below.word(index)) : Decimal();
    };
    ModelPrice model;
    model.provider = name[0];
    model.model = name[1];
    model.input = price(1);
    model.output = price(2);
    model.retired = below.words.has("retired");
    model.cache_read = price(3);
    model.cache_write = price(4);
    book.models.push_back(model);
  }
  return book;
}

/// Adds what the line describes to the set; false when it describes nothing that is sold.
inline bool addToCatalog(Catalog& catalog, const Line& line) {
  const std::string& kind = line.word(0);
  if (kind == "feature") {
    catalog.features.push_back(featureOf(line));
  } else if (kind == "plan") {
    catalog.plans.push_back(planOf(line));
  } else if (kind == "pack") {
    catalog.packs.push_back(packOf(line));
  } else if (kind == "book") {
    catalog.price_books.push_back(bookOf(line));
  } else {
    return false;
  }
  return true;
}

}  // namespace daybook::conformance
