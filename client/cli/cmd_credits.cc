// daybook buy, topup, grant, refund, credit.
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct PurchaseArgs {
  std::string customer;
  std::string what;
  std::string currency;
  std::string reason;
  std::string key;
};

ExitCode buy(Session& session, const PurchaseArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(session.client().buyCredits(args.customer, key, args.what,
                                                           args.currency, session.callOptions()),
                               {.done = fmt::format("pack {} bought", printable(args.what)),
                                .currency = args.currency,
                                .quantity = "credits"});
  });
}

ExitCode topUp(Session& session, const PurchaseArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().topUp(args.customer, key, args.what, args.currency, session.callOptions()),
        {.done = fmt::format("topped up by {}", printable(args.what)), .currency = args.currency});
  });
}

ExitCode credit(Session& session, const PurchaseArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().addCustomerCredit(
            args.customer, key,
            {.amount = args.what, .currency = args.currency, .reason = args.reason},
            session.callOptions()),
        {.done = fmt::format("customer credit of {} added", printable(args.what))});
  });
}

struct GrantArgs {
  std::string customer;
  client::GrantCredits grant;
  std::string from;
  std::string expires;
  std::string key;
};

ExitCode grant(Session& session, const GrantArgs& args) {
  client::GrantCredits asked = args.grant;
  asked.effective_ns = timeArgument("--from", args.from);
  asked.expiry_ns = timeArgument("--expires", args.expires);
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().grantCredits(args.customer, key, asked, session.callOptions()),
        {.done = fmt::format("{} credits granted", printable(asked.credits)),
         .quantity = "credits"});
  });
}

struct RefundArgs {
  std::string customer;
  client::RefundPack refund;
  std::string key;
};

ExitCode refund(Session& session, const RefundArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().refundPack(args.customer, key, args.refund, session.callOptions()),
        {.done = fmt::format("grant {} refunded", args.refund.grant),
         .quantity = "credits taken back"});
  });
}

void addPurchases(CLI::App& root, Session& session) {
  auto args = std::make_shared<PurchaseArgs>();
  auto* buy_command = addCommand(root, "buy", "Buy a pack of credits",
                                 {"daybook buy acme small", "daybook buy acme small --key ord-7"});
  buy_command->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  buy_command->add_option("PACK", args->what, "The pack's code")->required();
  buy_command->add_option("--currency", args->currency,
                          "ISO 4217; default: the customer's, else the pack's only one");
  addKeyOption(*buy_command, args->key);
  runWith(*buy_command, session, args, buy);

  auto* top_up_command =
      addCommand(root, "topup", "Add money to a spending balance", {"daybook topup acme 25.00"});
  top_up_command->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  top_up_command->add_option("AMOUNT", args->what, "How much, a decimal")->required();
  top_up_command->add_option("--currency", args->currency, "ISO 4217; default: the customer's");
  addKeyOption(*top_up_command, args->key);
  runWith(*top_up_command, session, args, topUp);

  auto* credit_command = addCommand(
      root, "credit", "Owe a customer money, which pays its later invoices",
      {"daybook credit acme 15.00", "daybook credit acme 15.00 --reason \"outage of 3 May\""},
      "Customer credit is money and pays any invoice, oldest first. Credits for usage are granted\n"
      "with `daybook grant`.");
  credit_command->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  credit_command->add_option("AMOUNT", args->what, "How much, a decimal")->required();
  credit_command->add_option("--currency", args->currency, "ISO 4217; default: the customer's");
  credit_command->add_option("--reason", args->reason, "Why, for people");
  addKeyOption(*credit_command, args->key);
  runWith(*credit_command, session, args, credit);
}

}  // namespace

void addCredits(CLI::App& root, Session& session) {
  addPurchases(root, session);

  auto grant_args = std::make_shared<GrantArgs>();
  auto* grant_command = addCommand(
      root, "grant", "Grant promotional credits",
      {"daybook grant acme 500", "daybook grant acme 500 --expires 2026-12-31 --reason welcome",
       "daybook grant acme 50 --feature images --priority 10"});
  grant_command->add_option("CUSTOMER", grant_args->customer, "The customer's id")->required();
  grant_command->add_option("CREDITS", grant_args->grant.credits, "How many, a decimal")
      ->required();
  grant_command->add_option("--priority", grant_args->grant.priority, "Lower is drawn first")
      ->capture_default_str();
  grant_command->add_option("--from", grant_args->from, "Usable from then on; default: now")
      ->type_name("TIME");
  grant_command->add_option("--expires", grant_args->expires, "Gone from then on; default: never")
      ->type_name("TIME");
  addRepeatedOption(*grant_command, "--feature", grant_args->grant.features,
                    "What the credits may pay for; may be repeated. Default: every feature");
  grant_command->add_option("--reason", grant_args->grant.reason, "Why, for people");
  addKeyOption(*grant_command, grant_args->key);
  runWith(*grant_command, session, grant_args, grant);

  auto refund_args = std::make_shared<RefundArgs>();
  auto* refund_command =
      addCommand(root, "refund", "Refund what is left of a bought pack of credits",
                 {"daybook refund acme 3", "daybook refund acme 3 --reason \"asked for it\""},
                 "Takes the credits back and closes a credit note for their share of the price. "
                 "The number of\n"
                 "the grant is in `daybook balance`.");
  refund_command->add_option("CUSTOMER", refund_args->customer, "The customer's id")->required();
  refund_command->add_option("GRANT", refund_args->refund.grant, "The grant's number")->required();
  refund_command->add_option("--reason", refund_args->refund.reason, "Why, for people");
  addKeyOption(*refund_command, refund_args->key);
  runWith(*refund_command, session, refund_args, refund);
}

}  // namespace daybook::cli
