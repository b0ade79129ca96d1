#include "client/cli/terms_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;

const Json& listOf(const Json& object, const char* name) {
  static const Json kNone = Json::array();
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

std::string textOf(const Json& object, const char* name) { return object.value(name, ""); }

// Empty where the field is absent or 0.
std::string numberOf(const Json& object, const char* name) {
  const std::string text = textOf(object, name);
  return text == "0" ? "" : text;
}

std::string moneyOf(const Json& object, const char* name, const std::string& currency) {
  return moneyText(numberText(textOf(object, name)), currency);
}

void append(std::string& list, const std::string& item) {
  if (item.empty()) return;
  if (!list.empty()) list += "; ";
  list += item;
}

std::string tiersText(const Json& price) {
  std::string out;
  for (const Json& tier : listOf(price, "tiers")) {
    const std::string up_to = textOf(tier, "upTo");
    if (!out.empty()) out += ", then ";
    out += numberText(textOf(tier, "unitPrice"));
    const std::string fee = numberOf(tier, "flatFee");
    if (!fee.empty()) out += fmt::format(" and a flat {}", fee);
    if (!up_to.empty()) out += fmt::format(" up to {}", up_to);
  }
  return out;
}

std::string limitsText(const std::string& least, const std::string& most) {
  std::string out;
  if (!least.empty() && least != "0") out += ", at least " + least;
  if (!most.empty()) out += ", at most " + most;
  return out;
}

std::string intervalOf(const Json& object) {
  const std::string interval = object.value("interval", "absent");
  if (interval == "absent") return "";
  return interval == "once" ? " once" : fmt::format(" by the {}", interval);
}

bool isShown(const Json& price, const std::string& currency) {
  return currency.empty() || textOf(price, "currency") == currency;
}

// With a currency, the prices in that one; else those in each, named where there are several.
std::string pricesText(const Json& of, const std::string& currency) {
  const Json& prices = listOf(of, "prices");
  const bool names_currency = std::any_of(prices.begin(), prices.end(), [&](const Json& price) {
    return textOf(price, "currency") != textOf(prices.front(), "currency");
  });
  std::string out;
  for (const Json& price : prices) {
    if (!isShown(price, currency)) continue;
    const bool is_named = currency.empty() && names_currency;
    append(out, (is_named ? textOf(price, "currency") + " " : "") + priceText(price));
  }
  return out;
}

// What usage costs in credits.
std::string creditsText(const Json& of) {
  const std::string per_unit = numberOf(of, "creditsPerUnit");
  if (!per_unit.empty()) return fmt::format("{} credits each", per_unit);
  const std::string per_money = numberOf(of, "creditsPerMoney");
  if (per_money.empty()) return "";
  const std::string margin = numberOf(of, "marginPercent");
  return fmt::format("{} credits per 1 of the tokens' price{}", per_money,
                     margin.empty() ? "" : fmt::format(" + {} %", margin));
}

std::string costText(const Json& of, const std::string& currency) {
  std::string out = pricesText(of, currency);
  append(out, creditsText(of));
  return out;
}

std::string typeOf(const Json& catalog, const std::string& feature) {
  for (const Json& each : listOf(catalog, "features")) {
    if (textOf(each, "code") == feature) return textOf(each, "type");
  }
  return "";
}

void addFeature(const Json& catalog, const Json& terms, const std::string& currency, Table& table) {
  const std::string feature = textOf(terms, "feature");
  const std::string type = typeOf(catalog, feature);
  if (type == "boolean") {
    table.add({feature, "on", "", ""});
    return;
  }
  const bool unlimited = terms.value("unlimited", false);
  const std::string included = unlimited ? "unlimited" : numberOf(terms, "included");
  const bool blocks = terms.value("overage", "charge") == "block";
  table.add({feature, included, blocks ? "refused" : "", costText(terms, currency)});
  const std::string dimension = textOf(terms, "dimension");
  for (const Json& variant : listOf(terms, "variants")) {
    table.add({fmt::format("  {}={}", dimension, textOf(variant, "value")), "", "",
               costText(variant, currency)});
  }
}

std::string alertsText(const Json& plan) {
  const auto found = plan.find("alerts");
  if (found == plan.end()) return "";
  std::string out;
  for (const Json& rule : listOf(*found, "rules")) append(out, ruleText(rule));
  return out.empty() ? "none" : out;
}

std::string basePriceText(const Json& price) {
  const std::string currency = textOf(price, "currency");
  std::string out = moneyOf(price, "base", currency) + intervalOf(price);
  const std::string included = textOf(price, "includedBalance");
  if (!included.empty()) out += ", balance " + moneyText(included, currency);
  const std::string intro = numberOf(price, "introAmount");
  if (!intro.empty()) out += ", discount " + moneyText(intro, currency);
  return out;
}

std::string rolloverText(const Json& plan) {
  const auto found = plan.find("rollover");
  if (found == plan.end()) return "";
  const std::string most = textOf(*found, "maximum");
  return fmt::format(", {} of what is left rolled over, {} times",
                     most.empty() ? "all" : "at most " + most, found->value("periods", 1));
}

void addModelFacts(const Json& plan, Facts& facts) {
  const std::string credits = numberOf(plan, "credits");
  if (!credits.empty()) {
    facts.add("Credits", fmt::format("{} each usage period{}", credits, rolloverText(plan)));
  }
  if (textOf(plan, "model") == "balance") {
    facts.add("At zero", plan.value("atZero", "overage") == "block" ? "usage is refused"
                                                                    : "charged as overage");
    if (plan.value("carryTopUps", false)) facts.add("Top-ups", "carried into the next period");
  }
}

}  // namespace

const Json* findPlan(const Json& catalog, const std::string& code) {
  for (const Json& plan : listOf(catalog, "plans")) {
    if (textOf(plan, "code") == code) return &plan;
  }
  return nullptr;
}

std::string ruleText(const Json& rule) {
  const std::string feature = textOf(rule, "feature");
  return fmt::format("{}{}={}{}", rule.value("kind", "usage"), feature.empty() ? "" : ":" + feature,
                     numberText(textOf(rule, "level")), rule.value("percent", true) ? "%" : "");
}

std::string priceText(const Json& price) {
  const std::string scheme = price.value("scheme", "perUnit");
  std::string out;
  if (scheme == "perUnit") {
    out = numberText(textOf(price, "unitPrice")) + " each";
  } else if (scheme == "package") {
    out = fmt::format("{} per {}", numberText(textOf(price, "packagePrice")),
                      textOf(price, "packageSize"));
  } else if (scheme == "tokens") {
    const std::string margin = numberOf(price, "marginPercent");
    out = margin.empty() ? "tokens" : fmt::format("tokens + {} %", margin);
  } else if (scheme == "percentage") {
    out = fmt::format("{} %", numberText(textOf(price, "ratePercent")));
    const std::string fee = numberOf(price, "feePerEvent");
    if (!fee.empty()) out += fmt::format(" + {} an event", fee);
    out += limitsText(textOf(price, "eventMinimum"), textOf(price, "eventMaximum"));
  } else {
    out = fmt::format("{} ({})", tiersText(price), scheme);
  }
  const std::string period =
      limitsText(textOf(price, "minimumCharge"), textOf(price, "maximumCharge"));
  if (!period.empty()) out += period + " a period";
  return out + intervalOf(price);
}

void printTerms(Console& console, const Json& catalog, const Json& plan,
                const std::string& currency) {
  Facts facts;
  const std::string name = textOf(plan, "name");
  facts.add("Terms of", fmt::format("{} version {}{}", textOf(plan, "code"),
                                    plan.value("version", 0), name.empty() ? "" : ", " + name));
  facts.add("Model", textOf(plan, "model"));
  facts.add("Interval", textOf(plan, "interval"));
  for (const Json& price : listOf(plan, "prices")) {
    if (isShown(price, currency)) facts.add("Base price", basePriceText(price));
  }
  if (plan.value("free", false)) facts.add("Free", "no price, no invoice");
  const std::string intro = numberOf(plan, "introPercent");
  if (plan.value("introCycles", 0) > 0) {
    facts.add("Introduction",
              fmt::format("{}{} billing periods", intro.empty() ? "" : intro + " % off, ",
                          plan.value("introCycles", 0)));
  }
  if (plan.value("trialDays", 0) > 0) {
    facts.add("Trial", fmt::format("{} days", plan.value("trialDays", 0)));
  }
  addModelFacts(plan, facts);
  if (const std::int64_t rank = plan.value("rank", std::int64_t{INT32_MIN}); rank != INT32_MIN) {
    facts.add("Rank", fmt::format("{}", rank));
  }
  facts.add("Alerts", alertsText(plan));
  if (plan.value("improvementsNow", false)) facts.add("Improvements", "at once");
  if (plan.value("retired", false)) facts.add("Retired", "takes no new subscriptions");
  facts.print(console);
  if (listOf(plan, "features").empty()) return;
  Table table({{"FEATURE"}, {"INCLUDED", Align::right}, {"BEYOND"}, {"PRICE"}});
  for (const Json& terms : listOf(plan, "features")) addFeature(catalog, terms, currency, table);
  console.line();
  table.print(console);
}

}  // namespace daybook::cli
