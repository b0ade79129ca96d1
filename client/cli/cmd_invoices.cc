// daybook invoices, invoice, upcoming.
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

ExitCode listInvoices(Session& session, const std::string& customer, std::uint64_t limit) {
  Table table({{"INVOICE"},
               {"DATE"},
               {"CUSTOMER"},
               {"TYPE"},
               {"PLAN"},
               {"STATUS"},
               {"TOTAL", Align::right},
               {"CURRENCY"}});
  return showList<client::Invoice>(
      session, limit, "invoices",
      [&](client::PageRequest page) {
        return session.client().invoices(customer, std::move(page), session.callOptions());
      },
      [&](const std::vector<client::Invoice>& invoices) {
        for (const client::Invoice& invoice : invoices) {
          table.add({invoice.label, timeText(invoice.date_ns), invoice.customer,
                     std::string(name(invoice.type)), invoice.plan,
                     std::string(name(invoice.status)), amountText(invoice.total, invoice.currency),
                     invoice.currency});
        }
        table.print(session.console());
      });
}

void addTiers(const client::InvoiceLine& line, const std::string& currency, Table& table) {
  for (const client::TierCharge& tier : line.tiers) {
    const std::string fee =
        tier.flat_fee.empty() || tier.flat_fee == "0"
            ? "  tier"
            : fmt::format("  tier, flat fee {}", amountText(tier.flat_fee, currency));
    // A blank: neither a value nor "there is none".
    table.add({" ", " ", fee, tier.quantity, " ", tier.unit_price, tier.exact, " ", " ", " "});
  }
}

void printInvoice(Console& console, const client::Invoice& invoice) {
  Facts facts;
  facts.add("Invoice", invoice.label);
  facts.add("Customer", invoice.customer);
  facts.add("Type", std::string(name(invoice.type)));
  facts.add("Status", invoice.number == 0 ? "" : std::string(name(invoice.status)));
  facts.add("Date", timeText(invoice.date_ns));
  facts.add("Due", timeText(invoice.due_ns));
  facts.add("Period", spanText(invoice.from_ns, invoice.to_ns));
  if (!invoice.plan.empty()) {
    facts.add("Plan", fmt::format("{} version {}", invoice.plan, invoice.plan_version));
  }
  if (invoice.price_book_version != 0) {
    facts.add("Price book", fmt::format("version {}", invoice.price_book_version));
  }
  facts.add("Computed at", fmt::format("position {}", invoice.computed_at));
  facts.print(console);
  Table table({{"TYPE"},
               {"FEATURE"},
               {"DESCRIPTION"},
               {"QUANTITY", Align::right},
               {"INCLUDED", Align::right},
               {"UNIT PRICE", Align::right},
               {"EXACT", Align::right},
               {"AMOUNT", Align::right},
               {"FROM"},
               {"TO"}});
  for (const client::InvoiceLine& line : invoice.lines) {
    table.add({std::string(name(line.type)), line.feature, line.description, line.quantity,
               line.included == "0" ? "" : line.included,
               line.unit_price == "0" ? "" : line.unit_price, line.exact,
               amountText(line.amount, invoice.currency), timeText(line.from_ns),
               timeText(line.to_ns)});
    addTiers(line, invoice.currency, table);
  }
  console.line();
  table.print(console);
  console.line();
  console.line(console.styled("Total  " + moneyText(numberText(invoice.total), invoice.currency),
                              Style::heading));
}

ExitCode showInvoice(Session& session, const std::string& which) {
  std::uint64_t number = 0;
  const char* const end = which.data() + which.size();
  const auto [rest, error] = std::from_chars(which.data(), end, number);
  const bool is_number = error == std::errc() && rest == end && number > 0;
  const auto reply = is_number ? session.client().invoice(number, session.callOptions())
                               : session.client().invoice(which, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (!session.json()) printInvoice(session.console(), reply.value);
  return ExitCode::ok;
}

ExitCode upcoming(Session& session, const std::string& customer) {
  const auto reply = session.client().upcoming(customer, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  if (reply.value) {
    printInvoice(session.console(), *reply.value);
  } else {
    session.console().line("no running period, so no invoice is to come");
  }
  return ExitCode::ok;
}

}  // namespace

void addInvoices(CLI::App& root, Session& session) {
  struct Args {
    std::string customer;
    std::string which;
    std::uint64_t limit = 0;
  };
  auto args = std::make_shared<Args>();
  auto* list = addCommand(root, "invoices", "List closed invoices in order of number",
                          {"daybook invoices", "daybook invoices --customer acme --limit 12"});
  list->add_option("--customer", args->customer, "Only this customer's")->type_name("ID");
  addLimitOption(*list, args->limit);
  list->callback([&session, args] {
    session.setAction(
        [&session, args] { return listInvoices(session, args->customer, args->limit); });
  });

  auto* show = addCommand(root, "invoice", "Show an invoice with its lines",
                          {"daybook invoice 17", "daybook invoice INV-000017"});
  show->add_option("INVOICE", args->which, "Its number or label")->required();
  show->callback([&session, args] {
    session.setAction([&session, args] { return showInvoice(session, args->which); });
  });

  auto* next =
      addCommand(root, "upcoming", "Show the next invoice as it would close now; records nothing",
                 {"daybook upcoming acme"});
  next->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  next->callback([&session, args] {
    session.setAction([&session, args] { return upcoming(session, args->customer); });
  });
}

}  // namespace daybook::cli
