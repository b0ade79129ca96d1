// The law of credits: what was granted is drawn, paid as debt, gone, held or left.
#pragma once

#include <variant>
#include <vector>

#include "ledger/model/customer.h"
#include "ledger/model/event.h"

namespace daybook::testing {

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

/// Whether what the log granted to the customer is drawn, paid as debt, expired, refunded, held or
/// left, no grant is below 0, and the debt is what was overdrawn and not paid.
/// REQUIRES: `log` leads to `customer`.
inline bool areCreditsConserved(const std::vector<Event>& log, const Customer& customer) {
  CreditFlows flows;
  for (const Event& event : log) {
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

}  // namespace daybook::testing
