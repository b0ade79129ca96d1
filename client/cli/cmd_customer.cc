// daybook customer, subscribe, cancel.
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct CustomerArgs {
  std::string id;
  std::string zone;
  std::string key;
  std::uint64_t limit = 0;
};

ExitCode createCustomer(Session& session, const CustomerArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().createCustomer(args.id, key, args.zone, session.callOptions()),
        fmt::format("customer {} created", printable(args.id)));
  });
}

ExitCode updateCustomer(Session& session, const CustomerArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().updateCustomer(args.id, key, args.zone, session.callOptions()),
        fmt::format("customer {} updated", printable(args.id)));
  });
}

ExitCode showCustomer(Session& session, const CustomerArgs& args) {
  const auto reply = session.client().customer(args.id, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  const client::Customer& customer = reply.value;
  Facts facts;
  facts.add("Customer", customer.id);
  facts.add("Number", fmt::format("{}", customer.number));
  facts.add("Zone", customer.zone);
  facts.add("Currency", customer.currency);
  facts.add("Subscription", std::string(name(customer.state)));
  facts.add("Plan", customer.plan);
  facts.print(session.console());
  return ExitCode::ok;
}

ExitCode listCustomers(Session& session, const CustomerArgs& args) {
  Table table(
      {{"NUMBER", Align::right}, {"CUSTOMER"}, {"SUBSCRIPTION"}, {"PLAN"}, {"CURRENCY"}, {"ZONE"}});
  return showList<client::Customer>(
      session, args.limit, "customers",
      [&](client::PageRequest page) {
        return session.client().customers(std::move(page), session.callOptions());
      },
      [&](const std::vector<client::Customer>& customers) {
        for (const client::Customer& customer : customers) {
          table.add({fmt::format("{}", customer.number), customer.id,
                     std::string(name(customer.state)), customer.plan, customer.currency,
                     customer.zone});
        }
        table.print(session.console());
      });
}

struct SubscriptionArgs {
  std::string customer;
  client::Client::Subscription subscription;
  std::string anchor;
  std::string key;
  bool now = false;
  bool at_period_end = false;
  bool revoke = false;
};

ExitCode subscribe(Session& session, const SubscriptionArgs& args) {
  client::Client::Subscription subscription = args.subscription;
  subscription.anchor_ns = timeArgument("--anchor", args.anchor);
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().subscribe(args.customer, key, subscription, session.callOptions()),
        fmt::format("{} subscribed to {}", printable(args.customer), printable(subscription.plan)));
  });
}

ExitCode cancel(Session& session, const SubscriptionArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    if (args.revoke) {
      return session.showReceipt(
          session.client().revokeCancel(args.customer, key, session.callOptions()),
          "cancellation revoked");
    }
    const auto when = args.now ? client::CancelWhen::now : client::CancelWhen::periodEnd;
    return session.showReceipt(
        session.client().cancel(args.customer, key, when, session.callOptions()),
        args.now ? "canceled now" : "cancellation at the period's end recorded");
  });
}

template <typename Args>
void runWith(CLI::App& command, Session& session, std::shared_ptr<Args> args,
             ExitCode (*action)(Session&, const Args&)) {
  command.callback([&session, args, action] {
    session.setAction([&session, args, action] { return action(session, *args); });
  });
}

}  // namespace

void addCustomer(CLI::App& root, Session& session) {
  auto args = std::make_shared<CustomerArgs>();
  auto* customer = addCommand(
      root, "customer", "Create, show, change and list customers",
      {"daybook customer create acme --zone Europe/Berlin", "daybook customer list --limit 20"});
  customer->require_subcommand(1);

  auto* create = addCommand(*customer, "create", "Create a customer",
                            {"daybook customer create acme",
                             "daybook customer create acme --zone Europe/Berlin --key signup-17"});
  create->add_option("ID", args->id, "The customer's id, at most 64 bytes")->required();
  create->add_option("--zone", args->zone, "IANA time zone of its periods; default: UTC");
  addKeyOption(*create, args->key);
  runWith(*create, session, args, createCustomer);

  auto* show = addCommand(*customer, "show", "Show a customer", {"daybook customer show acme"});
  show->add_option("ID", args->id, "The customer's id")->required();
  runWith(*show, session, args, showCustomer);

  auto* list = addCommand(*customer, "list", "List customers in order of creation",
                          {"daybook customer list", "daybook customer list --json | jq -r .id"});
  addLimitOption(*list, args->limit);
  runWith(*list, session, args, listCustomers);

  auto* update = addCommand(*customer, "update", "Change a customer, from its next period on",
                            {"daybook customer update acme --zone Asia/Tokyo"});
  update->add_option("ID", args->id, "The customer's id")->required();
  update->add_option("--zone", args->zone, "IANA time zone of its periods")->required();
  addKeyOption(*update, args->key);
  runWith(*update, session, args, updateCustomer);
}

void addSubscriptions(CLI::App& root, Session& session) {
  auto args = std::make_shared<SubscriptionArgs>();
  auto* start = addCommand(root, "subscribe", "Start a subscription",
                           {"daybook subscribe acme pro",
                            "daybook subscribe acme pro --currency "
                            "EUR --anchor 2026-02-01"});
  start->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  start->add_option("PLAN", args->subscription.plan, "The plan's code")->required();
  start->add_option("--currency", args->subscription.currency,
                    "ISO 4217; default: the customer's, else the plan's only one");
  start
      ->add_option("--anchor", args->anchor,
                   "When the first full period starts; until then is a stub. Default: now")
      ->type_name("TIME");
  addKeyOption(*start, args->key);
  runWith(*start, session, args, subscribe);

  auto* end = addCommand(
      root, "cancel", "End a subscription, or take that back",
      {"daybook cancel acme", "daybook cancel acme --now", "daybook cancel acme --revoke"},
      "It ends with its billing period, unless --now is given.");
  end->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  auto* now = end->add_flag("--now", args->now, "End it at once");
  auto* at_end = end->add_flag("--at-period-end", args->at_period_end, "The default");
  auto* revoke = end->add_flag("--revoke", args->revoke, "Take a scheduled cancellation back");
  now->excludes(at_end)->excludes(revoke);
  at_end->excludes(revoke);
  addKeyOption(*end, args->key);
  runWith(*end, session, args, cancel);
}

}  // namespace daybook::cli
