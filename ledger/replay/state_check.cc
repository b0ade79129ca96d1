#include "ledger/replay/state_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "ledger/core/fit_checks.h"

namespace daybook::replay {
namespace {

using core::require;

/// What a check says is wrong; nullopt when it holds.
template <typename Check>
std::optional<std::string> problemOf(const std::string& where, Check check) {
  try {
    check();
    return std::nullopt;
  } catch (const core::UnfitEvent& error) {
    return where + ": " + error.text();
  }
}

void requireLedger(const LedgerState& ledger) {
  require(!ledger.last.isNone(), "it is of a log with events");
  core::requireSettings(ledger.ledger.settings);
  require(ledger.plan_published.size() == ledger.plans.size(),
          "every plan version has its instant of publication");
  std::set<std::string_view> codes;
  for (const Feature& feature : ledger.features) {
    require(codes.insert(feature.code).second, "a feature has one number");
  }
  std::map<std::string_view, const Plan*> plans;
  for (const Plan& plan : ledger.plans) {
    const Plan*& newest = plans[plan.code];
    core::requireNextVersion(newest, plan);
    newest = &plan;
    for (const PlanFeature& sold : plan.features) {
      require(codes.contains(sold.feature), "a plan sells published features");
    }
  }
  std::map<std::string_view, std::uint32_t> packs;
  for (const Pack& pack : ledger.packs) {
    require(++packs[pack.code] == pack.version, "pack versions follow each other");
  }
}

/// Each number from the first one on names one document.
template <typename Ref, typename Number>
void requireGapless(const StableVector<Customer>& customers, std::vector<Ref> Customer::*documents,
                    Number first) {
  std::size_t count = 0;
  for (const Customer& customer : customers) count += (customer.*documents).size();
  std::vector<bool> is_given(count);
  for (const Customer& customer : customers) {
    for (const Ref& ref : customer.*documents) {
      require(ref.number >= first && ref.number.value - first.value < count &&
                  !is_given[ref.number.value - first.value],
              "no document number is left out or given twice");
      is_given[ref.number.value - first.value] = true;
    }
  }
}

// ---- one customer

/// A span of any stretch of time; cut short at its start it may be empty.
bool isForward(const Span& span) {
  return span.full_from <= span.from && span.from <= span.to && span.to <= span.full_to &&
         span.full_from < span.full_to;
}

void requirePeriod(const core::State& state, const Customer& customer, const UsagePeriod& period) {
  const auto versions = state.plan_versions.find(period.terms.plan);
  require(versions != state.plan_versions.end() && period.terms.version >= 1 &&
              period.terms.version <= versions->second.size(),
          "the plan version of a usage period is published");
  require(period.terms.currency == customer.currency, "a customer has one currency");
  require(isForward(period.span) && (!period.billing || isForward(*period.billing)),
          "a usage period lies forward in time");
  require(!customer.subscribed.empty() && period.span.from >= customer.subscribed.front().from,
          "a usage period lies in a subscription");
  for (const FeatureUsage& usage : period.usage) {
    core::requirePublished(state.ledger, usage.feature);
  }
  for (const PeriodSeats& seats : period.seats) {
    core::requirePublished(state.ledger, seats.feature);
  }
  core::requireBalanced(period.balance);
}

void requireLiveSubscription(const core::State& state, const Customer& customer) {
  if (!customer.subscription) return;
  const Subscription& subscription = *customer.subscription;
  core::requireSubscription(state, subscription);
  require(subscription.currency == customer.currency, "a customer has one currency");
  require(!customer.subscribed.empty(), "a live subscription began");
  const UsagePeriod* running = core::runningPeriod(customer);
  require((running != nullptr) != subscription.paused.has_value(),
          "a live subscription has a running period unless it is paused");
  if (running != nullptr) {
    core::requireSold(state, running->terms, subscription.billing_interval);
  }
}

void requireCredits(const core::State& state, const Customer& customer) {
  GrantNumber last;
  for (const Grant& grant : customer.grants) {
    require(grant.number > last, "grants are in order");
    require(!grant.remaining.isNegative() && !grant.held.isNegative() &&
                grant.remaining + grant.held <= grant.credits,
            "no more is left of a grant than it gave");
    for (const FeatureNumber feature : grant.features) {
      core::requirePublished(state.ledger, feature);
    }
    last = grant.number;
  }
  require(last <= customer.last_grant, "a grant has a number that was given");
  require(!customer.credit_debt.isNegative(), "the credit debt is not negative");
}

void requireHolds(const core::State& state, const Customer& customer) {
  std::map<GrantNumber, Decimal> pinned;
  HoldNumber last;
  for (const Hold& hold : customer.holds) {
    require(hold.number > last, "holds are in order");
    last = hold.number;
    for (const HeldItem& item : hold.items) {
      core::requirePublished(state.ledger, item.feature);
      require(!item.quantity.isNegative(), "a hold sets something aside, or nothing");
      for (const Draw& pin : item.pins) pinned[pin.grant] += pin.amount;
    }
  }
  require(last <= customer.last_hold, "a hold has a number that was given");
  for (const Grant& grant : customer.grants) {
    require(pinned[grant.number] == grant.held, "what is held of a grant is pinned by holds");
    pinned.erase(grant.number);
  }
  require(pinned.empty(), "holds pin grants that are there");
  for (const Hold& hold : customer.expired_holds) {
    require(!hold.number.isNone() && hold.number <= customer.last_hold,
            "a hold has a number that was given");
    for (const HeldItem& item : hold.items) {
      core::requirePublished(state.ledger, item.feature);
      require(item.pins.empty(), "an expired hold sets nothing aside");
    }
  }
}

void requireMoney(const core::State& state, const Customer& customer) {
  require(customer.currency.empty() || currencyExponent(customer.currency).has_value(),
          "the customer's currency is known");
  InvoiceNumber last;
  for (const InvoiceRef& invoice : customer.invoices) {
    require(invoice.number > last, "invoices are in order");
    last = invoice.number;
  }
  for (const LateCharge& charge : customer.late) {
    core::requirePublished(state.ledger, charge.feature);
    require(charge.terms.currency == customer.currency, "a customer has one currency");
  }
  for (const CustomerCredit& credit : customer.credits) {
    require(credit.remaining.isPositive(), "customer credit that is used up is gone");
  }
}

void requireCustomer(const core::State& state, const Customer& customer) {
  require(!customer.last.isNone() && customer.last <= state.ledger.last && customer.events > 0,
          "its chain lies in the log");
  for (const UsagePeriod& period : customer.periods) requirePeriod(state, customer, period);
  for (const UsagePeriod& period : customer.closed) requirePeriod(state, customer, period);
  requireLiveSubscription(state, customer);
  for (const SeatsHeld& seats : customer.seats) core::requireSeats(state.ledger, seats);
  requireCredits(state, customer);
  requireHolds(state, customer);
  requireMoney(state, customer);
}

}  // namespace

std::optional<std::string> partsProblem(const LedgerState& ledger,
                                        const StableVector<Customer>& customers) {
  if (auto problem = problemOf("the ledger", [&] { requireLedger(ledger); })) return problem;
  for (std::size_t i = 0; i < customers.size(); ++i) {
    const auto check = [&customer = customers[i], i] {
      require(customer.number.value == i + 1, "customers are numbered 1, 2, ...");
      require(customer.late.empty() || !customer.closed.empty(),
              "late charges are of closed periods");
    };
    if (auto problem = problemOf("customer " + std::to_string(i + 1), check)) return problem;
  }
  const auto documents = [&] {
    requireGapless(customers, &Customer::invoices,
                   InvoiceNumber(ledger.ledger.settings.first_invoice));
    requireGapless(customers, &Customer::credit_notes,
                   CreditNoteNumber(ledger.ledger.settings.first_credit_note));
  };
  return problemOf("the documents", documents);
}

std::optional<std::string> stateProblem(const core::State& state) {
  for (const Customer& customer : state.customers) {
    const auto check = [&] { requireCustomer(state, customer); };
    const std::string where = "customer " + std::to_string(customer.number.value);
    if (auto problem = problemOf(where, check)) return problem;
  }
  return std::nullopt;
}

}  // namespace daybook::replay
