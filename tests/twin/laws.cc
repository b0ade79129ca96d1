#include "tests/twin/laws.h"

#include <variant>

#include "tests/support/credit_flows.h"

namespace daybook::twin {
namespace {

bool doesAddUp(const SpendingBalance& balance) {
  Decimal overage;
  for (const BalanceOverage& part : balance.overage) {
    if (!part.amount.isPositive()) return false;
    overage += part.amount;
  }
  return overage == greatest(-balance.amount, Decimal());
}

bool doesAddUp(const Invoice& invoice) {
  Decimal total;
  for (const InvoiceLine& line : invoice.lines) {
    if (line.amount != line.exact.roundedTo(*currencyExponent(invoice.currency))) return false;
    total += line.amount;
  }
  return !invoice.lines.empty() && invoice.total == total;
}

}  // namespace

std::optional<std::string> brokenLaw(const testing::TestLedger& ledger) {
  const core::Engine again = testing::replayed(ledger.log());
  if (again.state().ledger != ledger.state().ledger ||
      again.state().customers != ledger.state().customers ||
      again.state().due != ledger.state().due) {
    return "replay gives another state";
  }
  InvoiceNumber last;
  for (const Event& event : ledger.log()) {
    const auto* closed = std::get_if<InvoiceClosed>(&event.body);
    if (closed == nullptr) continue;
    const std::string name = "invoice " + std::to_string(closed->invoice.number.value);
    if (closed->invoice.number != last.next()) return name + " leaves a gap";
    if (!doesAddUp(closed->invoice)) return name + " is not the sum of its lines";
    last = closed->invoice.number;
  }
  for (const Customer& customer : ledger.state().customers) {
    if (!testing::areCreditsConserved(ledger.log(), customer)) {
      return "credits of " + customer.id + " are lost";
    }
    for (const UsagePeriod& period : customer.periods) {
      if (!doesAddUp(period.balance)) return "the balance of " + customer.id + " does not add up";
    }
  }
  return std::nullopt;
}

}  // namespace daybook::twin
