// daybook credit-note, credit-notes.
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct CreditArgs {
  std::string invoice;
  std::string amount;
  std::string reason;
  bool as_customer_credit = false;
  std::string key;
};

ExitCode credit(Session& session, const CreditArgs& args) {
  const auto found = invoiceCalled(session, args.invoice, session.lookupOptions());
  if (!found.ok()) return session.refused(found.outcome, found.detail);
  const client::Invoice& invoice = found.value;
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().creditInvoice(invoice.customer, key,
                                       {.invoice = invoice.number,
                                        .amount = args.amount,
                                        .reason = args.reason,
                                        .as_customer_credit = args.as_customer_credit},
                                       session.callOptions()),
        {.done = fmt::format("credit note for {} closed", invoice.label),
         .currency = invoice.currency,
         .price = "credited"});
  });
}

struct ListArgs {
  std::string which;
  std::string customer;
  std::uint64_t limit = 0;
};

const char* useOf(const client::CreditNote& note) {
  return note.as_customer_credit ? "customer credit" : "paid out";
}

ExitCode listNotes(Session& session, const ListArgs& args) {
  Table table({{"CREDIT NOTE"},
               {"DATE"},
               {"CUSTOMER"},
               {"INVOICE", Align::right},
               {"TOTAL", Align::right},
               {"CURRENCY"},
               {"USE"},
               {"REASON"}});
  return showList<client::CreditNote>(
      session, args.limit, "creditNotes",
      [&](client::PageRequest page) {
        return session.client().creditNotes(args.customer, std::move(page), session.callOptions());
      },
      [&](const std::vector<client::CreditNote>& notes) {
        for (const client::CreditNote& note : notes) {
          table.add({note.label, timeText(note.date_ns), note.customer,
                     fmt::format("{}", note.invoice), amountText(note.total, note.currency),
                     note.currency, useOf(note), note.reason});
        }
        table.print(session.console());
      });
}

ExitCode showNotes(Session& session, const ListArgs& args) {
  if (args.which.empty()) return listNotes(session, args);
  const auto number = numberCalled(args.which);
  const auto reply = number ? session.client().creditNote(*number, session.callOptions())
                            : session.client().creditNote(args.which, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  const client::CreditNote& note = reply.value;
  Facts facts;
  facts.add("Credit note", note.label);
  facts.add("Customer", note.customer);
  facts.add("Invoice", fmt::format("{}", note.invoice));
  facts.add("Date", timeText(note.date_ns));
  facts.add("Total", moneyText(note.total, note.currency));
  facts.add("Use", useOf(note));
  facts.add("Reason", note.reason);
  facts.add("Computed at", fmt::format("position {}", note.computed_at));
  facts.print(session.console());
  return ExitCode::ok;
}

}  // namespace

void addCreditNotes(CLI::App& root, Session& session) {
  auto args = std::make_shared<CreditArgs>();
  auto* command = addCommand(
      root, "credit-note", "Reverse an invoice, or a part of it, with a credit note",
      {"daybook credit-note INV-000017",
       "daybook credit-note INV-000017 --amount 5.00 --reason late",
       "daybook credit-note INV-000017 --amount 5.00 --as-customer-credit"},
      "A closed invoice never changes; a credit note of its own number stands against it. An open\n"
      "invoice that is credited in full is void.");
  command->add_option("INVOICE", args->invoice, "Its number or label")->required();
  command->add_option("--amount", args->amount,
                      "How much of it; default: all that is not credited yet");
  command->add_option("--reason", args->reason, "Why, for people");
  command->add_flag("--as-customer-credit", args->as_customer_credit,
                    "It pays later invoices instead of being paid out; the invoice must be paid");
  addKeyOption(*command, args->key);
  runWith(*command, session, args, credit);

  auto list_args = std::make_shared<ListArgs>();
  auto* list = addCommand(root, "credit-notes", "List credit notes in order of number, or show one",
                          {"daybook credit-notes", "daybook credit-notes --customer acme",
                           "daybook credit-notes CN-000001"});
  auto* which = list->add_option("NOTE", list_args->which, "One, by its number or label");
  list->add_option("--customer", list_args->customer, "Only this customer's")
      ->type_name("ID")
      ->excludes(which);
  addLimitOption(*list, list_args->limit);
  runWith(*list, session, list_args, showNotes);
}

}  // namespace daybook::cli
