#include "tests/twin/laws.h"

#include <variant>

namespace daybook::twin {
namespace {

/// What one customer's log says about credits.
struct CreditFlows {
  Decimal granted;
  Decimal spent;  // drawn, paid as debt, expired or refunded
  Decimal overdrawn;
  Decimal debt_paid;

  void grant(const Grant& grant, Decimal paid) {
    granted += grant.credits;
    spent += paid;
    debt_paid += paid;
  }
  void operator()(const CustomerMovedIn& moved) {
    for (const Grant& grant : moved.grants) granted += grant.remaining;
  }
  void operator()(const PeriodStarted& started) {
    if (started.grant) grant(*started.grant, started.debt_paid);
  }
  void operator()(const AllowanceRaised& raised) {
    if (raised.grant) grant(*raised.grant, raised.debt_paid);
  }
  void operator()(const PackPurchased& purchased) { grant(purchased.grant, purchased.debt_paid); }
  void operator()(const CreditsGranted& given) { grant(given.grant, given.debt_paid); }
  void operator()(const UsageRecorded& usage) {
    for (const Draw& draw : usage.draws) spent += draw.amount;
    overdrawn += usage.overdrawn;
  }
  void operator()(const HoldUsed& used) { (*this)(used.usage); }
  void operator()(const HoldSettled& settled) {
    for (const UsageRecorded& usage : settled.usages) (*this)(usage);
  }
  void operator()(const UsageVoided& voided) {
    for (const Draw& draw : voided.draws) spent += draw.amount;
    overdrawn -= voided.debt;
  }
  void operator()(const PackRefunded& pack) { spent += pack.credits; }
  void operator()(const CreditsExpired& credits) { spent += credits.amount; }
  template <typename Other>
  void operator()(const Other& /*body*/) {}
};

bool areCreditsConserved(const testing::TestLedger& ledger, const Customer& customer) {
  CreditFlows flows;
  for (const Event& event : ledger.log()) {
    if (event.customer == customer.number) std::visit(flows, event.body);
  }
  Decimal left;
  for (const Grant& grant : customer.grants) {
    if (grant.remaining.isNegative() || grant.held.isNegative()) return false;
    left += grant.remaining + grant.held;
  }
  return flows.granted == flows.spent + left &&
         customer.credit_debt == flows.overdrawn - flows.debt_paid;
}

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
    if (!areCreditsConserved(ledger, customer)) return "credits of " + customer.id + " are lost";
    for (const UsagePeriod& period : customer.periods) {
      if (!doesAddUp(period.balance)) return "the balance of " + customer.id + " does not add up";
    }
  }
  return std::nullopt;
}

}  // namespace daybook::twin
