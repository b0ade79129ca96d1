// daybook plan, change-plan, preview, revoke-change, pin, unpin.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "client/cli/account_text.h"
#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/invoice_text.h"
#include "client/cli/table.h"
#include "client/cli/terms_text.h"

namespace daybook::cli {
namespace {

struct PlanArgs {
  std::string customer;
  std::string plan;
  std::string interval;
  std::string when = "auto";
  bool preview = false;
  std::string key;
};

client::ChangePlan changeOf(const PlanArgs& args) {
  client::ChangePlan change{.plan = args.plan,
                            .interval = intervalArgument(args.interval),
                            .when = client::ChangeWhen::automatic};
  if (args.when == "now") change.when = client::ChangeWhen::now;
  if (args.when == "period-end") change.when = client::ChangeWhen::atPeriodEnd;
  return change;
}

ExitCode preview(Session& session, const PlanArgs& args) {
  const auto reply =
      session.client().previewChange(args.customer, changeOf(args), session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  Console& console = session.console();
  const client::ChangePreview& change = reply.value;
  console.line(fmt::format("{} would change to {} {}, {}; nothing was recorded",
                           printable(args.customer), printable(args.plan),
                           change.at_once ? "at once" : "at the end of the billing period",
                           timeText(change.at_ns)));
  if (change.invoice) {
    console.line();
    printInvoice(console, *change.invoice);
  }
  return ExitCode::ok;
}

ExitCode changePlan(Session& session, const PlanArgs& args) {
  if (args.preview) return preview(session, args);
  return session.withKey(args.key, [&](const std::string& key) {
    const auto reply =
        session.client().changePlan(args.customer, key, changeOf(args), session.callOptions());
    // A change that waits has no invoice yet.
    return session.showReceipt(
        reply,
        {.done = fmt::format("change of {} to {}{} recorded", printable(args.customer),
                             printable(args.plan), reply.value.invoice == 0 ? "" : " at once")});
  });
}

ExitCode revokeChange(Session& session, const PlanArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().revokeChange(args.customer, key, session.callOptions()),
        {.done = "change of plan revoked"});
  });
}

ExitCode pinTo(Session& session, const PlanArgs& args, client::Pin pin) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().pinVersion(args.customer, key, pin, session.callOptions()),
        {.done = pin == client::Pin::keep ? "pinned to the version that runs now" : "let go"});
  });
}

ExitCode pin(Session& session, const PlanArgs& args) {
  return pinTo(session, args, client::Pin::keep);
}

ExitCode unpin(Session& session, const PlanArgs& args) {
  return pinTo(session, args, client::Pin::release);
}

// The terms of the version that runs: the catalog has the newest one only.
ExitCode printRunningTerms(Session& session, const client::Terms& terms) {
  const auto reply = session.client().catalog(session.lookupOptions());
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  const auto catalog = nlohmann::ordered_json::parse(reply.value);
  const auto* plan = findPlan(catalog, terms.plan);
  if (plan == nullptr) return ExitCode::ok;
  const auto newest = plan->value("version", std::uint32_t{0});
  Console& console = session.console();
  console.line();
  if (newest != terms.version) {
    console.line(
        fmt::format("Version {} runs; the newest one, version {}, is:", terms.version, newest));
  }
  printTerms(console, catalog, *plan, terms.currency);
  return ExitCode::ok;
}

ExitCode showPlan(Session& session, const PlanArgs& args) {
  const auto reply = session.client().balance(args.customer, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  Facts facts;
  addSubscriptionFacts(reply.value, facts);
  if (!reply.value.terms) {
    // A paused subscription has a plan, and no terms until it is resumed.
    const auto customer = session.client().customer(args.customer, session.lookupOptions());
    if (!customer.ok()) return session.refused(customer.outcome, customer.detail);
    facts.add("Plan", customer.value.plan);
  }
  facts.print(session.console());
  return reply.value.terms ? printRunningTerms(session, *reply.value.terms) : ExitCode::ok;
}

void addChangeOptions(CLI::App& command, PlanArgs& args) {
  command.add_option("CUSTOMER", args.customer, "The customer's id")->required();
  command.add_option("PLAN", args.plan, "The code of the plan to change to")->required();
  addIntervalOption(command, args.interval);
  command
      .add_option("--when", args.when,
                  "At once, or at the end of the billing period; auto: an upgrade at once, a "
                  "downgrade at the end")
      ->check(CLI::IsMember({"auto", "now", "period-end"}))
      ->capture_default_str();
}

void addCustomerCommand(CLI::App& root, Session& session, const std::string& name,
                        const std::string& description, const std::string& details,
                        ExitCode (*action)(Session&, const PlanArgs&)) {
  auto args = std::make_shared<PlanArgs>();
  auto* command =
      addCommand(root, name, description, {fmt::format("daybook {} acme", name)}, details);
  command->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  addKeyOption(*command, args->key);
  runWith(*command, session, args, action);
}

}  // namespace

void addPlans(CLI::App& root, Session& session) {
  auto args = std::make_shared<PlanArgs>();
  auto* show = addCommand(
      root, "plan", "Show a customer's plan: state, version, terms, and what is scheduled",
      {"daybook plan acme", "daybook plan acme --json | jq .balance.change"},
      "With --json it prints the balance, which holds all of it but the terms.");
  show->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  runWith(*show, session, args, showPlan);

  auto* change = addCommand(
      root, "change-plan", "Change a customer's plan or billing interval",
      {"daybook change-plan acme team --preview", "daybook change-plan acme team",
       "daybook change-plan acme pro --interval year",
       "daybook change-plan acme starter --when now"},
      "At once: one invoice with what was used, a credit for the unused time, and the new price "
      "in\n"
      "full. At the period's end: nothing changes until then, and `revoke-change` takes it back.");
  addChangeOptions(*change, *args);
  change->add_flag("--preview", args->preview, "Only show what it would do");
  addKeyOption(*change, args->key);
  runWith(*change, session, args, changePlan);

  auto* look =
      addCommand(root, "preview", "Show what a change of plan would do; records nothing",
                 {"daybook preview acme team", "daybook preview acme pro --interval year"});
  addChangeOptions(*look, *args);
  runWith(*look, session, args, preview);

  addCustomerCommand(root, session, "revoke-change", "Take a scheduled change of plan back", "",
                     revokeChange);
  addCustomerCommand(root, session, "pin", "Keep a customer on the plan version that runs now",
                     "Later versions of the plan then change nothing for it.", pin);
  addCustomerCommand(root, session, "unpin", "Let a pinned customer go with the plan's versions",
                     "The newest version counts from the next usage period on.", unpin);
}

}  // namespace daybook::cli
