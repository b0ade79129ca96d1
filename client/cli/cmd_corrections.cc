// daybook void, adjust.
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct VoidArgs {
  std::string customer;
  client::VoidUsage usage;
  std::string key;
};

ExitCode voidUsage(Session& session, const VoidArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().voidUsage(args.customer, key, args.usage, session.callOptions()),
        {.done = fmt::format("usage {} voided", printable(args.usage.usage_key)),
         .balance_after = ""});
  });
}

struct AdjustArgs {
  std::string customer;
  client::AddAdjustment adjustment;
  std::string key;
};

ExitCode adjust(Session& session, const AdjustArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().addAdjustment(args.customer, key, args.adjustment, session.callOptions()),
        {.done = fmt::format("adjustment of {} recorded", printable(args.adjustment.amount))});
  });
}

}  // namespace

void addCorrections(CLI::App& root, Session& session) {
  auto void_args = std::make_shared<VoidArgs>();
  auto* void_command = addCommand(
      root, "void", "Take a usage event back",
      {"daybook void acme req-42", "daybook void acme req-42 --reason \"sent twice\""},
      "USAGE-KEY is the idempotency key that the usage was recorded with. What it drew or cost is\n"
      "given back exactly; later events stay as they are. Usage of a closed period gives a credit\n"
      "line on the next invoice.");
  void_command->add_option("CUSTOMER", void_args->customer, "The customer's id")->required();
  void_command->add_option("USAGE-KEY", void_args->usage.usage_key, "The usage event's key")
      ->required();
  void_command->add_option("--reason", void_args->usage.reason, "Why, for people");
  addKeyOption(*void_command, void_args->key);
  runWith(*void_command, session, void_args, voidUsage);

  auto adjust_args = std::make_shared<AdjustArgs>();
  auto* adjust_command = addCommand(
      root, "adjust", "Add a one-off charge, or a credit, to the next invoice",
      {"daybook adjust acme 250.00 \"Onboarding\"", "daybook adjust acme -20.00 \"Goodwill\"",
       "daybook adjust acme 250.00 \"Onboarding\" --at-once"},
      "Without a live subscription it has an invoice of its own at once.");
  adjust_command->add_option("CUSTOMER", adjust_args->customer, "The customer's id")->required();
  adjust_command
      ->add_option("AMOUNT", adjust_args->adjustment.amount, "A decimal; negative: a credit")
      ->required();
  adjust_command->add_option("DESCRIPTION", adjust_args->adjustment.description, "Of the line")
      ->required();
  adjust_command->add_option("--currency", adjust_args->adjustment.currency,
                             "ISO 4217; default: the customer's");
  adjust_command->add_flag("--at-once", adjust_args->adjustment.at_once,
                           "On an invoice of its own, now");
  addKeyOption(*adjust_command, adjust_args->key);
  runWith(*adjust_command, session, adjust_args, adjust);
}

}  // namespace daybook::cli
