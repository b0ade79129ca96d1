// daybook customer.
#include <capnp/message.h>
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/form_file.h"
#include "client/cli/format.h"
#include "client/cli/table.h"
#include "client/src/convert.h"
#include "protocol/common.capnp.h"

namespace daybook::cli {
namespace {

struct CustomerArgs {
  std::string id;
  std::string zone;
  std::string opening;
  std::string key;
  std::uint64_t limit = 0;
};

client::Opening openingOf(const std::string& path) {
  const FormFile file(readFile(path), path, client::Dates::instants);
  capnp::MallocMessageBuilder message;
  auto opening = message.initRoot<wire::Opening>();
  file.read(opening, "Opening");
  return client::fromWire(opening.asReader());
}

ExitCode createCustomer(Session& session, const CustomerArgs& args) {
  client::CreateCustomer contents{.zone = args.zone, .opening = std::nullopt};
  if (!args.opening.empty()) contents.opening = openingOf(args.opening);
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().createCustomer(args.id, key, contents, session.callOptions()),
        {.done = fmt::format("customer {} created", printable(args.id))});
  });
}

ExitCode updateCustomer(Session& session, const CustomerArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().updateCustomer(args.id, key, args.zone, session.callOptions()),
        {.done = fmt::format("customer {} updated", printable(args.id))});
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

}  // namespace

void addCustomer(CLI::App& root, Session& session) {
  auto args = std::make_shared<CustomerArgs>();
  auto* customer = addCommand(
      root, "customer", "Create, show, change and list customers",
      {"daybook customer create acme --zone Europe/Berlin", "daybook customer list --limit 20"});
  customer->require_subcommand(1);

  auto* create =
      addCommand(*customer, "create", "Create a customer, or move one in from another system",
                 {"daybook customer create acme",
                  "daybook customer create acme --zone Europe/Berlin --key signup-17",
                  "daybook customer create acme --opening acme.toml"},
                 "`daybook help moving-in` says what an opening file holds.");
  create->add_option("ID", args->id, "The customer's id, at most 64 bytes")->required();
  create->add_option("--zone", args->zone, "IANA time zone of its periods; default: UTC");
  create
      ->add_option("--opening", args->opening,
                   "TOML or JSON file: plan, usage so far, grants, balance, seats it brings along")
      ->type_name("FILE");
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

}  // namespace daybook::cli
