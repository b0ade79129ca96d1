#include "daemon/replay_print.h"

#include <fmt/format.h>

#include <string>

#include "ledger/model/catalog.h"

namespace daybook::daemon {

namespace {

constexpr const char* statusName(InvoiceStatus status) {
  switch (status) {
    case InvoiceStatus::open:
      return "open";
    case InvoiceStatus::paid:
      return "paid";
    case InvoiceStatus::voided:
      return "void";
    case InvoiceStatus::uncollectible:
      return "uncollectible";
  }
  return "unknown";
}

}  // namespace

void printBalance(const Balance& balance) {
  const std::string plan =
      balance.terms.plan.empty()
          ? std::string("no running subscription")
          : fmt::format("plan {} version {}, period {} to {}", balance.terms.plan,
                        balance.terms.version, balance.period_from.toString(),
                        balance.period_to.toString());
  fmt::print("\n{}  {}\n", balance.customer, plan);
  for (const FeatureBalance& feature : balance.features) {
    const std::string name =
        feature.variant.empty() ? feature.feature : feature.feature + " (" + feature.variant + ")";
    fmt::print("  {:<24} used {}, included {}, charge {}\n", name, feature.used.toString(),
               feature.unlimited ? std::string("unlimited") : feature.included.toString(),
               feature.charge.toString());
  }
  for (const SeatBalance& seats : balance.seats) {
    fmt::print("  {:<24} {} held, {} included, {} paid for\n", seats.feature, seats.held,
               seats.included.toString(), seats.highest);
  }
  if (balance.model == ConsumptionModel::credits || !balance.grants.empty()) {
    fmt::print("  credits  plan {}, promotional {}, purchased {}, debt {}, available {}\n",
               balance.credits.plan.toString(), balance.credits.promotional.toString(),
               balance.credits.purchased.toString(), balance.credits.debt.toString(),
               balance.credits.available.toString());
  }
  if (balance.model == ConsumptionModel::balance && !balance.terms.plan.empty()) {
    fmt::print("  balance  {} {} of {} included and {} topped up\n",
               balance.money.amount.toString(), balance.terms.currency,
               balance.money.included.toString(), balance.money.top_ups.toString());
  }
  if (!balance.customer_credit.isZero()) {
    fmt::print("  customer credit {}\n", balance.customer_credit.toString());
  }
}

void printInvoice(const Invoice& invoice, const InvoiceRef& now) {
  const int digits = currencyExponent(invoice.currency).value_or(2);
  fmt::print("  {}  dated {}  total {} {}  {}, paid {}, credited {}\n", invoice.label,
             invoice.date.toString(), invoice.total.toString(digits), invoice.currency,
             statusName(now.status), now.paid.toString(digits), now.credited.toString(digits));
  for (const InvoiceLine& line : invoice.lines) {
    fmt::print("    {:<48} {:>14}\n", line.description, line.amount.toString(digits));
  }
}

void printCreditNote(const CreditNote& note) {
  const int digits = currencyExponent(note.currency).value_or(2);
  fmt::print("  {}  dated {}  total {} {}\n    {}\n", note.label, note.date.toString(),
             note.total.toString(digits), note.currency, note.reason);
}

}  // namespace daybook::daemon
