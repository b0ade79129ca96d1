#include "client/cli/account_text.h"

#include <fmt/format.h>

#include "client/cli/format.h"

namespace daybook::cli {

std::string tokensText(const client::TokenTotals& tokens) {
  if (tokens == client::TokenTotals{}) return "";
  std::string text = fmt::format("{} in, {} out", tokens.input, tokens.output);
  if (tokens.cache_read != 0) text += fmt::format(", {} read", tokens.cache_read);
  if (tokens.cache_write != 0) text += fmt::format(", {} written", tokens.cache_write);
  return text;
}

std::string alertText(const client::AlertRule& rule) {
  const std::string level = numberText(rule.level) + (rule.percent ? " %" : "");
  if (rule.kind != client::AlertKind::usage) {
    return fmt::format("{} below {}", name(rule.kind), level);
  }
  return fmt::format("usage of {} reaches {}", rule.feature.empty() ? "any feature" : rule.feature,
                     level);
}

std::string intervalText(client::Interval interval) {
  if (interval == client::Interval::once) return "paid once";
  return fmt::format("by the {}", name(interval));
}

std::string changeText(const client::ScheduledChange& change) {
  return fmt::format("{}, {}", change.plan, intervalText(change.interval));
}

void printSeats(Console& console, const std::vector<client::SeatBalance>& seats,
                const std::string& currency) {
  Table table({{"SEATS"},
               {"HELD", Align::right},
               {"INCLUDED", Align::right},
               {"HIGHEST", Align::right},
               {"TRUE-UP", Align::right}});
  for (const client::SeatBalance& each : seats) {
    table.add({each.feature, fmt::format("{}", each.held), numberText(each.included),
               fmt::format("{}", each.highest), amountText(each.true_up, currency)});
  }
  table.print(console);
}

void addSubscriptionFacts(const client::Balance& balance, Facts& facts) {
  facts.add("Customer", balance.customer);
  facts.add("Subscription", std::string(name(balance.state)));
  if (balance.terms) {
    facts.add("Plan", fmt::format("{} version {}{}, {}, {}", balance.terms->plan,
                                  balance.terms->version, balance.pinned_version ? " (pinned)" : "",
                                  name(balance.model), balance.terms->currency));
    facts.add("Period", spanText(balance.period_from_ns, balance.period_to_ns));
    facts.add("Billed by", intervalText(balance.billing_interval));
    if (balance.trial_to_ns == 0) facts.add("Paid until", timeText(balance.billing_to_ns));
  }
  facts.add("Trial until", timeText(balance.trial_to_ns));
  if (balance.change) {
    facts.add("Changes to", fmt::format("{}, at {}", changeText(*balance.change),
                                        timeText(balance.billing_to_ns)));
  }
  facts.add("Cancels at", timeText(balance.cancel_at_ns));
}

}  // namespace daybook::cli
