// daybook balance.
#include <fmt/format.h>

#include <memory>

#include "client/cli/account_text.h"
#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

void addCredits(const client::CreditBalance& credits, Facts& facts) {
  facts.add("Credits", numberText(credits.available) + " available");
  facts.add("  plan", credits.plan);
  facts.add("  promotional", credits.promotional);
  facts.add("  purchased", credits.purchased);
  if (!credits.held.empty()) facts.add("  held", credits.held);
  if (credits.debt != "0") facts.add("  debt", credits.debt);
}

void printFacts(Console& console, const client::Balance& balance, const std::string& currency) {
  Facts facts;
  addSubscriptionFacts(balance, facts);
  if (balance.credits) addCredits(*balance.credits, facts);
  if (balance.money) {
    facts.add("Balance", moneyText(numberText(balance.money->available), currency));
    if (!balance.money->held.empty()) {
      facts.add("  held", moneyText(balance.money->held, currency));
    }
    facts.add("  included", moneyText(balance.money->included, currency));
    facts.add("  topped up", moneyText(balance.money->top_ups, currency));
  }
  if (balance.holds > 0) facts.add("Open holds", fmt::format("{}", balance.holds));
  if (balance.customer_credit != "0") {
    facts.add("Customer credit", moneyText(balance.customer_credit, currency));
  }
  if (!balance.enabled.empty()) {
    facts.add("Enabled", fmt::format("{}", fmt::join(balance.enabled, ", ")));
  }
  for (const client::AlertRule& rule : balance.alerts) {
    facts.add("Alert", alertText(rule), Style::bad);
  }
  facts.add("As of", fmt::format("position {}, {}", balance.as_of, timeText(balance.at_ns)));
  facts.print(console);
}

void printFeatures(Console& console, const client::Balance& balance, const std::string& currency) {
  if (balance.features.empty()) return;
  Table table({{"FEATURE"},
               {"USED", Align::right},
               {"INCLUDED", Align::right},
               {"REMAINING", Align::right},
               {"UNPAID", Align::right},
               {"CHARGE", Align::right},
               {"EVENTS", Align::right},
               {"TOKENS"}});
  // What a plan of this model has no such thing as is not there, rather than 0.
  const bool metered = balance.model == client::ConsumptionModel::metered;
  const bool charges = balance.model != client::ConsumptionModel::credits;
  for (const client::FeatureBalance& feature : balance.features) {
    const auto included = [&](const std::string& text) {
      if (feature.unlimited) return std::string("unlimited");
      return metered ? numberText(text) : "";
    };
    const std::string called =
        feature.variant.empty() ? feature.feature : feature.feature + "/" + feature.variant;
    table.add({called, numberText(feature.used), included(feature.included),
               included(feature.remaining), feature.unpaid == "0" ? "" : feature.unpaid,
               charges ? amountText(feature.charge, currency) : "",
               fmt::format("{}", feature.events), tokensText(feature.tokens)});
  }
  console.line();
  table.print(console);
}

void printGrants(Console& console, const client::Balance& balance) {
  if (balance.grants.empty()) return;
  Table table({{"GRANT", Align::right},
               {"KIND"},
               {"PRIORITY", Align::right},
               {"CREDITS", Align::right},
               {"REMAINING", Align::right},
               {"EFFECTIVE"},
               {"EXPIRY"},
               {"PACK"}});
  for (const client::Grant& grant : balance.grants) {
    table.add({fmt::format("{}", grant.number), std::string(name(grant.kind)),
               fmt::format("{}", grant.priority), numberText(grant.credits),
               numberText(grant.remaining), timeText(grant.effective_ns), timeText(grant.expiry_ns),
               grant.pack});
  }
  console.line();
  table.print(console);
}

// What waits for the next invoice.
void printPending(Console& console, const client::Balance& balance, const std::string& currency) {
  if (balance.late.empty() && balance.adjustments.empty()) return;
  Table table(
      {{"ON THE NEXT INVOICE"}, {"QUANTITY", Align::right}, {"EXACT", Align::right}, {"OF"}});
  for (const client::LateCharge& late : balance.late) {
    const std::string whose = late.variant.empty() ? "" : fmt::format(", {}", late.variant);
    table.add({fmt::format("late usage of feature {}{}", late.feature, whose),
               numberText(late.quantity), amountText(late.exact, late.terms.currency),
               spanText(late.from_ns, late.to_ns)});
  }
  for (const client::PendingAdjustment& adjustment : balance.adjustments) {
    table.add({adjustment.description, "", amountText(adjustment.amount, currency), ""});
  }
  console.line();
  table.print(console);
}

ExitCode balance(Session& session, const std::string& customer) {
  const auto reply = session.client().balance(customer, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  const std::string currency = reply.value.terms ? reply.value.terms->currency : "";
  printFacts(session.console(), reply.value, currency);
  printFeatures(session.console(), reply.value, currency);
  if (!reply.value.seats.empty()) {
    session.console().line();
    printSeats(session.console(), reply.value.seats, currency);
  }
  printGrants(session.console(), reply.value);
  printPending(session.console(), reply.value, currency);
  return ExitCode::ok;
}

}  // namespace

void addBalance(CLI::App& root, Session& session) {
  auto customer = std::make_shared<std::string>();
  auto* command = addCommand(
      root, "balance", "Show what a customer has used and has left: features, credits, money",
      {"daybook balance acme", "daybook balance acme --json | jq -r .balance.credits.available"});
  command->add_option("CUSTOMER", *customer, "The customer's id")->required();
  command->callback([&session, customer] {
    session.setAction([&session, customer] { return balance(session, *customer); });
  });
}

}  // namespace daybook::cli
