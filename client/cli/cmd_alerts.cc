// daybook alerts.
#include <fmt/format.h>

#include <memory>

#include "client/cli/account_text.h"
#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"
#include "ledger/base/decimal.h"

namespace daybook::cli {
namespace {

struct AlertArgs {
  std::string customer;
  std::vector<std::string> set;
  bool none = false;
  bool plan = false;
  std::string key;
};

// "usage=80%", "usage:calls=5000", "credits=10%", "balance=5".
client::AlertRule ruleOf(const std::string& text) {
  const auto fail = [&] {
    throw UsageError(fmt::format("--set: '{}' is not an alert", text),
                     "Give usage=80%, usage:calls=5000, credits=10% or balance=5.00: a level in "
                     "percent, or an amount.");
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) fail();
  const std::string what = text.substr(0, equals);
  const std::string kind = what.substr(0, what.find(':'));
  client::AlertRule rule;
  if (kind == "credits") {
    rule.kind = client::AlertKind::credits;
  } else if (kind == "balance") {
    rule.kind = client::AlertKind::balance;
  } else if (kind != "usage") {
    fail();
  }
  if (kind.size() < what.size()) rule.feature = what.substr(kind.size() + 1);
  rule.level = text.substr(equals + 1);
  rule.percent = rule.level.ends_with('%');
  if (rule.percent) rule.level.pop_back();
  if (!Decimal::parse(rule.level)) fail();
  return rule;
}

ExitCode setAlerts(Session& session, const AlertArgs& args) {
  client::SetAlerts alerts;
  if (!args.plan) {
    alerts.rules.emplace();
    for (const std::string& text : args.set) alerts.rules->push_back(ruleOf(text));
  }
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().setAlerts(args.customer, key, alerts, session.callOptions()),
        {.done = "alerts set"});
  });
}

void printRules(Console& console, const char* title, const std::vector<client::AlertRule>& rules) {
  if (rules.empty()) return;
  Table table({{title}, {"FEATURE"}, {"LEVEL", Align::right}});
  for (const client::AlertRule& rule : rules) {
    table.add({std::string(name(rule.kind)), rule.feature,
               numberText(rule.level) + (rule.percent ? " %" : "")});
  }
  table.print(console);
}

ExitCode showAlerts(Session& session, const AlertArgs& args) {
  const auto reply = session.client().balance(args.customer, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  const client::Balance& balance = reply.value;
  printRules(session.console(), "RAISED", balance.alerts);
  if (balance.alerts.empty()) session.console().line("no alert was raised in the running period");
  const bool own = balance.has_own_alert_rules;
  printRules(session.console(), own ? "OF THE CUSTOMER" : "OF THE PLAN", balance.alert_rules);
  if (balance.alert_rules.empty()) session.console().line("no alert is chosen");
  return ExitCode::ok;
}

ExitCode alerts(Session& session, const AlertArgs& args) {
  const bool changes = args.plan || args.none || !args.set.empty();
  return changes ? setAlerts(session, args) : showAlerts(session, args);
}

}  // namespace

void addAlerts(CLI::App& root, Session& session) {
  auto args = std::make_shared<AlertArgs>();
  auto* command =
      addCommand(root, "alerts", "Show the alerts that were raised, or choose when to raise them",
                 {"daybook alerts acme", "daybook alerts acme --set usage=80% --set usage=100%",
                  "daybook alerts acme --set usage:calls=5000 --set credits=10% --set balance=5.00",
                  "daybook alerts acme --plan", "daybook watch --all --alerts"},
                 "An alert is an event of the log, recorded once when its level is crossed, and "
                 "armed again by\n"
                 "a new period or a refill. Without alerts of its own a customer has the plan's; "
                 "those are by\n"
                 "default credits=10%, usage=80% and usage=100%.");
  command->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  auto* set = addRepeatedOption(
                  *command, "--set", args->set,
                  "When to raise one: usage reaches, or credits or balance fall below, a level in "
                  "percent of what is included, or an amount; may be repeated")
                  ->type_name("KIND[:FEATURE]=LEVEL[%]");
  auto* none = command->add_flag("--none", args->none, "Raise none");
  auto* plan = command->add_flag("--plan", args->plan, "Those of the plan again");
  set->excludes(none)->excludes(plan);
  none->excludes(plan);
  addKeyOption(*command, args->key);
  runWith(*command, session, args, alerts);
}

}  // namespace daybook::cli
