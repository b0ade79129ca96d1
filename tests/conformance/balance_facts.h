// What a customer's balance says, by the names that `show` lines use (runner.h).
#pragma once

#include "tests/conformance/facts.h"

namespace daybook::conformance {

inline std::string nameOf(SubscriptionState state) {
  const char* const names[] = {"none", "active", "canceled", "trialing", "paused"};
  return names[static_cast<std::size_t>(state)];
}
inline std::string nameOf(Interval interval) {
  const char* const names[] = {"week", "month", "quarter", "year", "once"};
  return names[static_cast<std::size_t>(interval)];
}
/// "calls", "calls/eu".
inline std::string featureName(const std::string& feature, const std::string& variant) {
  return variant.empty() ? feature : feature + "/" + variant;
}
/// "usage.calls:80%", "credits:50".
inline std::string textOf(const AlertRule& rule) {
  const char* const kinds[] = {"usage", "credits", "balance"};
  std::string text = kinds[static_cast<std::size_t>(rule.kind)];
  if (!rule.feature.empty()) text += "." + rule.feature;
  return text + ":" + rule.level.toString() + (rule.percent ? "%" : "");
}
/// Comma between; "none" for none.
inline std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text.empty() ? "none" : text;
}
/// One text of each element, joined.
template <typename Element, typename Text>
std::string listed(const std::vector<Element>& elements, Text text) {
  std::vector<std::string> parts;
  for (const Element& element : elements) parts.push_back(text(element));
  return joined(parts);
}

inline void addFeatures(Facts& facts, const Balance& balance) {
  for (const FeatureBalance& feature : balance.features) {
    const std::string name = featureName(feature.feature, feature.variant);
    facts["used." + name] = feature.used.toString();
    facts["included." + name] = feature.included.toString();
    facts["left." + name] = feature.remaining.toString();
    facts["onHold." + name] = feature.held.toString();
    facts["unpaid." + name] = feature.unpaid.toString();
    facts["charge." + name] = feature.charge.toString();
    facts["events." + name] = std::to_string(feature.events);
  }
  for (const SeatBalance& seats : balance.seats) {
    facts["held." + seats.feature] = std::to_string(seats.held);
    facts["highest." + seats.feature] = std::to_string(seats.highest);
    facts["trueUp." + seats.feature] = seats.true_up.toString();
  }
  facts["enabled"] = joined(balance.enabled);
}

inline void addFunds(Facts& facts, const Balance& balance) {
  facts["credits.plan"] = balance.credits.plan.toString();
  facts["credits.promotional"] = balance.credits.promotional.toString();
  facts["credits.purchased"] = balance.credits.purchased.toString();
  facts["debt"] = balance.credits.debt.toString();
  facts["available"] = balance.credits.available.toString();
  facts["grants"] = listed(balance.grants, [](const Grant& grant) {
    return std::to_string(grant.number.value) + ":" + grant.remaining.toString();
  });
  facts["money"] = balance.money.amount.toString();
  facts["moneyLeft"] = balance.available_money.toString();
  facts["onHold.money"] = balance.held_money.toString();
  facts["onHold.credits"] = balance.credits.held.toString();
  facts["holds"] = std::to_string(balance.holds);
  facts["included"] = balance.money.included.toString();
  facts["topUps"] = balance.money.top_ups.toString();
}

inline void addSubscription(Facts& facts, const Balance& balance) {
  facts["state"] = nameOf(balance.state);
  facts["plan"] = balance.terms.plan + ":" + std::to_string(balance.terms.version);
  facts["from"] = balance.period_from.toString();
  facts["to"] = balance.period_to.toString();
  facts["cancel"] = balance.cancel_at.toString();
  facts["trial"] = balance.trial_to.toString();
  facts["billing"] = balance.billing_to.toString();
  facts["pinned"] = std::to_string(balance.pinned_version);
  facts["change"] = "none";
  if (balance.change) {
    facts["change"] = balance.change->plan + ":" + nameOf(balance.change->interval);
  }
}

/// What waits for the next invoice, and what pays for it.
inline void addPending(Facts& facts, const Balance& balance) {
  facts["late"] = listed(balance.late, [](const LateCharge& late) {
    return late.span.from.toString().substr(0, 10) + ":" + late.exact.toString();
  });
  facts["adjustments"] = listed(balance.adjustments, [](const PendingAdjustment& adjustment) {
    return adjustment.description + ":" + adjustment.amount.toString();
  });
  facts["credit"] = balance.customer_credit.toString();
  facts["alerts"] =
      listed(balance.alerts, [](const RaisedAlert& raised) { return textOf(raised.rule); });
  facts["rules"] = listed(balance.alert_rules, [](const AlertRule& rule) { return textOf(rule); });
  facts["own"] = balance.has_own_alert_rules ? "yes" : "no";
}

inline Facts factsOf(const Balance& balance) {
  Facts facts;
  addFeatures(facts, balance);
  addFunds(facts, balance);
  addSubscription(facts, balance);
  addPending(facts, balance);
  return facts;
}

}  // namespace daybook::conformance
