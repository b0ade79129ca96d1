// daybook invoices, invoice, upcoming, payment.
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/invoice_text.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct InvoiceArgs {
  std::string customer;
  std::string which;
  std::uint64_t limit = 0;
};

ExitCode listInvoices(Session& session, const InvoiceArgs& args) {
  Table table({{"INVOICE"},
               {"DATE"},
               {"CUSTOMER"},
               {"TYPE"},
               {"PLAN"},
               {"STATUS"},
               {"TOTAL", Align::right},
               {"DUE", Align::right},
               {"CURRENCY"}});
  return showList<client::Invoice>(
      session, args.limit, "invoices",
      [&](client::PageRequest page) {
        return session.client().invoices(args.customer, std::move(page), session.callOptions());
      },
      [&](const std::vector<client::Invoice>& invoices) {
        for (const client::Invoice& invoice : invoices) {
          table.add({invoice.label, timeText(invoice.date_ns), invoice.customer,
                     std::string(name(invoice.type)), invoice.plan,
                     std::string(name(invoice.status)), amountText(invoice.total, invoice.currency),
                     amountText(dueOf(invoice), invoice.currency), invoice.currency});
        }
        table.print(session.console());
      });
}

ExitCode showInvoice(Session& session, const InvoiceArgs& args) {
  const auto reply = invoiceCalled(session, args.which, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (!session.json()) printInvoice(session.console(), reply.value);
  return ExitCode::ok;
}

ExitCode upcoming(Session& session, const InvoiceArgs& args) {
  const auto reply = session.client().upcoming(args.customer, session.callOptions());
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

struct PaymentArgs {
  std::string invoice;
  std::string amount;
  std::string reference;
  std::string failed;
  bool uncollectible = false;
  std::string key;
};

ExitCode payment(Session& session, const PaymentArgs& args) {
  const auto found = invoiceCalled(session, args.invoice, session.lookupOptions());
  if (!found.ok()) return session.refused(found.outcome, found.detail);
  const client::Invoice& invoice = found.value;
  return session.withKey(args.key, [&](const std::string& key) {
    client::Client& ledger = session.client();
    if (args.uncollectible) {
      return session.showReceipt(
          ledger.markUncollectible(invoice.customer, key, invoice.number, session.callOptions()),
          {.done = invoice.label + " given up as uncollectible"});
    }
    if (!args.failed.empty()) {
      return session.showReceipt(
          ledger.recordPaymentFailure(invoice.customer, key,
                                      {.invoice = invoice.number, .reason = args.failed},
                                      session.callOptions()),
          {.done = fmt::format("failed payment of {} recorded", invoice.label)});
    }
    return session.showReceipt(
        ledger.recordPayment(
            invoice.customer, key,
            {.invoice = invoice.number, .amount = args.amount, .reference = args.reference},
            session.callOptions()),
        {.done = fmt::format("payment of {} recorded", invoice.label),
         .currency = invoice.currency,
         .price = "paid"});
  });
}

void addPayment(CLI::App& root, Session& session) {
  auto args = std::make_shared<PaymentArgs>();
  auto* command = addCommand(
      root, "payment", "Record that an invoice was paid, or was not",
      {"daybook payment INV-000017", "daybook payment INV-000017 --amount 20.00 --reference tr-9",
       "daybook payment INV-000017 --failed \"card declined\"",
       "daybook payment INV-000017 --uncollectible"},
      "Payment is outside the ledger: this records what happened elsewhere. It changes the\n"
      "invoice's status and what is due of it, never its lines. Use the payment's own id as "
      "--key.");
  command->add_option("INVOICE", args->invoice, "Its number or label")->required();
  auto* amount =
      command->add_option("--amount", args->amount, "How much was paid; default: what is due");
  auto* reference =
      command->add_option("--reference", args->reference, "Of the payment, for people");
  auto* failed = command->add_option("--failed", args->failed, "A payment failed, and why")
                     ->type_name("REASON");
  auto* given_up = command->add_flag("--uncollectible", args->uncollectible,
                                     "Give the invoice up: nothing of it counts as due any more");
  failed->excludes(amount)->excludes(reference)->excludes(given_up);
  given_up->excludes(amount)->excludes(reference);
  addKeyOption(*command, args->key);
  runWith(*command, session, args, payment);
}

}  // namespace

void addInvoices(CLI::App& root, Session& session) {
  auto args = std::make_shared<InvoiceArgs>();
  auto* list = addCommand(root, "invoices", "List closed invoices in order of number",
                          {"daybook invoices", "daybook invoices --customer acme --limit 12"});
  list->add_option("--customer", args->customer, "Only this customer's")->type_name("ID");
  addLimitOption(*list, args->limit);
  runWith(*list, session, args, listInvoices);

  auto* show = addCommand(root, "invoice", "Show an invoice with its lines",
                          {"daybook invoice 17", "daybook invoice INV-000017"});
  show->add_option("INVOICE", args->which, "Its number or label")->required();
  runWith(*show, session, args, showInvoice);

  auto* next =
      addCommand(root, "upcoming", "Show the next invoice as it would close now; records nothing",
                 {"daybook upcoming acme"});
  next->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  runWith(*next, session, args, upcoming);

  addPayment(root, session);
}

}  // namespace daybook::cli
