// daybook record, check.
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct UsageArgs {
  std::string customer;
  std::string feature;
  std::string quantity;
  std::string at;
  std::string key;
  std::string on_shortfall = "reject";
  std::vector<std::string> properties;
  client::Tokens tokens;
  bool set = false;
};

void addUsageOptions(CLI::App& command, UsageArgs& args) {
  command.add_option("CUSTOMER", args.customer, "The customer's id")->required();
  command.add_option("FEATURE", args.feature, "The feature's code")->required();
  command.add_option("QUANTITY", args.quantity, "Units, a decimal; default: 1");
  addTokenOptions(command, args.tokens);
  command.add_option("--at", args.at, "When it happened; default: now")->type_name("TIME");
  addPropertyOption(command, args.properties);
  addShortfallOption(command, args.on_shortfall);
}

client::Usage usageOf(const UsageArgs& args) {
  client::Usage usage{.feature = args.feature,
                      .quantity = args.quantity,
                      .tokens = std::nullopt,
                      .at_ns = timeArgument("--at", args.at),
                      .properties = propertyArguments(args.properties),
                      .on_shortfall = shortfallArgument(args.on_shortfall),
                      .set = args.set};
  if (args.tokens != client::Tokens{}) usage.tokens = args.tokens;
  return usage;
}

ExitCode record(Session& session, const UsageArgs& args) {
  const client::Usage usage = usageOf(args);
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().record(args.customer, key, usage, session.callOptions()),
        {.done = "recorded"});
  });
}

void addCredits(const client::CreditBalance& credits, Facts& facts) {
  facts.add("Credits", fmt::format("{} available: {} of the plan, {} promotional, {} purchased",
                                   numberText(credits.available), numberText(credits.plan),
                                   numberText(credits.promotional), numberText(credits.purchased)));
  if (!credits.debt.empty() && credits.debt != "0") facts.add("Debt", credits.debt);
}

ExitCode check(Session& session, const UsageArgs& args) {
  const auto reply = session.client().check(args.customer, usageOf(args), session.callOptions());
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  const client::CheckAnswer& answer = reply.value;
  const ExitCode code = answer.allowed ? ExitCode::ok : ExitCode::refused;
  if (session.json()) {
    session.console().line(reply.json);
    return code;
  }
  Console& console = session.console();
  Facts facts;
  if (answer.allowed) {
    facts.add("Allowed", "yes", Style::good);
  } else {
    facts.add("Allowed", "no: " + answer.reason.name, Style::bad);
  }
  facts.add("Detail", answer.detail);
  // 0 is also what a plan without such a thing has: it is shown where it is the reason.
  if (answer.unlimited) {
    facts.add("Included left", "unlimited");
  } else if (answer.remaining_included != "0" || answer.reason.name == "includedLimitReached") {
    facts.add("Included left", answer.remaining_included);
  }
  if (answer.credits) addCredits(*answer.credits, facts);
  if (answer.balance != "0" || answer.reason.name == "insufficientBalance") {
    facts.add("Balance", answer.balance);
  }
  facts.add("Cost", answer.cost);
  if (answer.overage_begins) facts.add("Overage", "would begin");
  facts.add("As of", fmt::format("position {}", answer.as_of));
  facts.print(console);
  return code;
}

}  // namespace

void addUsage(CLI::App& root, Session& session) {
  auto args = std::make_shared<UsageArgs>();
  auto* record_command = addCommand(
      root, "record", "Record usage of a feature",
      {"daybook record acme calls", "daybook record acme storage 12.5 --at 2026-01-31T12:00:00Z",
       "daybook record acme chat --model gpt-x --total-input 1200 --output 80 --key req-42",
       "daybook record acme storage 40 --set"},
      "The receipt says which period it counts in: current, in grace (ended, not yet closed) or\n"
      "late (closed: the next invoice charges for it). `daybook help late-usage` says more.");
  addUsageOptions(*record_command, *args);
  record_command->add_flag("--set", args->set,
                           "QUANTITY is what the period's total shall be: records the difference");
  addKeyOption(*record_command, args->key);
  record_command->callback(
      [&session, args] { session.setAction([&session, args] { return record(session, *args); }); });

  auto* check_command =
      addCommand(root, "check", "Ask whether usage would be taken, without recording it",
                 {"daybook check acme calls 100",
                  "daybook check acme chat --model gpt-x --total-input 1200 --output 80 && serve"});
  addUsageOptions(*check_command, *args);
  check_command->callback(
      [&session, args] { session.setAction([&session, args] { return check(session, *args); }); });
}

}  // namespace daybook::cli
