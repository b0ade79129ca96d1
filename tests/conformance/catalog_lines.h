// Lines that describe what is sold:
//
//   feature calls [boolean|seats|count|max|latest|unique=ip]
//   plan pro metered|credits|balance week|month|quarter|year|once USD 99 [EUR 90] [credits=1000]
//       [priority=50] [rollover=50x2|allx1] [balance=50] [block] [carryTopUps] [rank=2] [trial=14]
//       [free] [intro=50%x3|intro=10x3] [improvementsNow] [retired]
//       [alerts=none|usage.calls:80%,credits:10%,balance:5]
//     price year USD 990 [EUR 900] [balance=] [intro=]     sold by another interval, too
//     calls included=10000 unit=0.01 [unit.EUR=0.009] [block|unlimited] [min=5] [max=50]
//     calls graduated=100:0.10:5,200:0.08:0,*:0.05:0       up to : unit price : flat fee
//     calls volume=...  |  calls package=1000:5  |  chat tokens margin=20  |  calls credits=2
//     pay percent=2.9 [fee=0.30] [least=0.50] [most=5]     least and most that one event costs
//     chat creditsPerMoney=100 margin=20
//     calls unit=1 by=region                               prices by the property `region`:
//     calls/eu unit=2                                      those of the feature above for `eu`
//     team included=3 unit=10 [unit.year=100]              seats: per billing period
//   pack small 1000 USD 10 [EUR 9] [expires=30] [priority=50] [for=calls,images]
//   book USD
//     anthropic/opus 3 15 [0.3 3.75] [retired]             input, output, cache read, cache write
#pragma once

#include <utility>

#include "tests/conformance/price_lines.h"

namespace daybook::conformance {

inline Feature featureOf(const Line& line) {
  Feature feature;
  feature.code = line.word(1);
  if (line.words.has("boolean")) feature.type = FeatureType::boolean;
  if (line.words.has("seats")) feature.type = FeatureType::seats;
  if (line.words.has("count")) feature.meter = Meter::count;
  if (line.words.has("max")) feature.meter = Meter::max;
  if (line.words.has("latest")) feature.meter = Meter::latest;
  if (const auto property = line.words.option("unique")) {
    feature.meter = Meter::unique;
    feature.unique_property = *property;
  }
  return feature;
}

/// A feature, or a variant of the feature above ("calls/eu").
inline void addPlanFeature(Plan& plan, const Line& line) {
  const std::vector<std::string> name = splitAt(line.word(0), '/');
  if (name.size() == 1) {
    plan.features.push_back(planFeatureOf(line, plan.prices));
    return;
  }
  if (plan.features.empty() || plan.features.back().feature != name[0]) {
    line.fail("a variant stands below its feature");
  }
  PriceVariant variant;
  variant.value = name[1];
  variant.prices = pricesOf(line, plan.prices);
  variant.credits_per_unit = line.decimalOption("credits");
  plan.features.back().variants.push_back(std::move(variant));
}

/// "50%x3": percent, cycles; "10x3": amount, cycles.
inline void addIntro(Plan& plan, const Line& line, BasePrice& price) {
  const auto text = line.words.option("intro");
  if (!text) return;
  const std::size_t times = text->find('x');
  if (times == std::string::npos) line.fail("a discount is 50%x3 or 10x3");
  std::string amount = text->substr(0, times);
  plan.intro_cycles = line.smallNumber(text->substr(times + 1));
  if (amount.back() == '%') {
    amount.pop_back();
    plan.intro_percent = line.decimal(amount);
  } else {
    price.intro_amount = line.decimal(amount);
  }
}

/// The currencies and amounts from a word on, with the line's options.
inline void addBasePrices(Plan& plan, const Line& line, std::size_t first,
                          std::optional<Interval> interval) {
  for (std::size_t i = first; i + 1 < line.words.size(); ++i) {
    if (!isCurrency(line.word(i))) continue;
    BasePrice price;
    price.currency = line.word(i);
    price.interval = interval;
    price.base = line.decimal(line.word(i + 1));
    if (const auto balance = line.words.option("balance")) {
      price.included_balance = line.decimal(*balance);
    }
    addIntro(plan, line, price);
    plan.prices.push_back(price);
  }
}

/// "usage.calls:80%", "usage:100%", "credits:50", "balance:5".
inline AlertRule alertOf(const Line& line, const std::string& text) {
  const std::vector<std::string> parts = splitAt(text, ':');
  if (parts.size() != 2) line.fail("an alert is what:level");
  const std::vector<std::string> what = splitAt(parts[0], '.');
  AlertRule rule;
  if (what[0] == "credits") {
    rule.kind = AlertKind::credits;
  } else if (what[0] == "balance") {
    rule.kind = AlertKind::balance;
  } else if (what[0] != "usage") {
    line.fail("an alert watches usage, credits or balance");
  }
  if (what.size() > 1) rule.feature = what[1];
  rule.percent = parts[1].back() == '%';
  rule.level = line.decimal(parts[1].substr(0, parts[1].size() - (rule.percent ? 1 : 0)));
  return rule;
}
inline std::vector<AlertRule> alertsOf(const Line& line, const std::vector<std::string>& texts) {
  std::vector<AlertRule> rules;
  for (const std::string& text : texts) {
    if (text != "none") rules.push_back(alertOf(line, text));
  }
  return rules;
}

/// "50x2" or "allx1": at most so many credits, for so many periods.
inline Rollover rolloverOf(const Line& line, const std::string& text) {
  const std::size_t times = text.find('x');
  if (times == std::string::npos) line.fail("a rollover is 50x2 or allx1");
  Rollover rollover;
  if (text.substr(0, times) != "all") rollover.maximum = line.decimal(text.substr(0, times));
  rollover.periods = line.smallNumber(text.substr(times + 1));
  return rollover;
}

inline ConsumptionModel modelOf(const Line& line, const std::string& name) {
  if (name == "metered") return ConsumptionModel::metered;
  if (name == "credits") return ConsumptionModel::credits;
  if (name == "balance") return ConsumptionModel::balance;
  line.fail("'" + name + "' is no consumption model");
}

inline Plan planOf(const Line& line) {
  Plan plan;
  plan.code = line.word(1);
  plan.model = modelOf(line, line.word(2));
  plan.interval = intervalOf(line, line.word(3));
  addBasePrices(plan, line, 4, std::nullopt);
  plan.credits = line.decimalOption("credits");
  plan.grant_priority = line.priority();
  if (line.words.has("block")) plan.at_zero = AtZero::block;
  plan.carry_top_ups = line.words.has("carryTopUps");
  if (const auto rank = line.words.option("rank")) {
    plan.rank = static_cast<std::int32_t>(line.number(*rank));
  }
  plan.trial_days = line.smallNumber(line.option("trial", "0"));
  plan.free = line.words.has("free");
  if (const auto rollover = line.words.option("rollover")) {
    plan.rollover = rolloverOf(line, *rollover);
  }
  if (const auto alerts = line.words.option("alerts")) {
    plan.alerts = alertsOf(line, splitAt(*alerts, ','));
  }
  plan.improvements_now = line.words.has("improvementsNow");
  plan.retired = line.words.has("retired");
  for (const Line& below : line.below) {
    if (below.word(0) == "price") {
      addBasePrices(plan, below, 2, intervalOf(below, below.word(1)));
    }
  }
  for (const Line& below : line.below) {
    if (below.word(0) != "price") addPlanFeature(plan, below);
  }
  return plan;
}

inline Pack packOf(const Line& line) {
  Pack pack;
  pack.code = line.word(1);
  pack.credits = line.decimal(line.word(2));
  for (std::size_t i = 3; i + 1 < line.words.size(); i += 2) {
    pack.prices.push_back({line.word(i), line.decimal(line.word(i + 1))});
  }
  pack.priority = line.priority();
  pack.expires_after_days = line.smallNumber(line.option("expires", "0"));
  pack.features = splitAt(line.option("for", ""), ',');
  return pack;
}

inline PriceBook bookOf(const Line& line) {
  PriceBook book;
  book.currency = line.word(1);
  for (const Line& below : line.below) {
    const std::vector<std::string> name = splitAt(below.word(0), '/');
    if (name.size() != 2) below.fail("a model is provider/model");
    const auto price = [&below](std::size_t index) {
      const std::string text = below.wordOr(index, "0");
      return text == "retired" ? Decimal() : below.decimal(text);
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
