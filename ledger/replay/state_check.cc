#include "ledger/replay/state_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace daybook::replay {
namespace {

using Versions = std::map<std::string_view, std::uint32_t>;  // newest by code

/// The newest version of each code; nullopt unless they are numbered 1, 2, ...
template <typename Item>
std::optional<Versions> newestVersions(const std::vector<Item>& items) {
  Versions newest;
  for (const Item& item : items) {
    if (++newest[item.code] != item.version) return std::nullopt;
  }
  return newest;
}

bool isFeature(const LedgerState& ledger, FeatureNumber number) {
  return !number.isNone() && number.value <= ledger.features.size();
}

/// A span of any stretch of time; cut short by a cancellation at its start it may be empty.
bool isForward(const Span& span) {
  return span.full_from <= span.from && span.from <= span.to && span.to <= span.full_to &&
         span.full_from < span.full_to;
}

bool isBalanced(const SpendingBalance& balance) {
  Decimal overage;
  for (const BalanceOverage& part : balance.overage) {
    if (!part.amount.isPositive()) return false;
    overage += part.amount;
  }
  return overage == (balance.amount.isNegative() ? -balance.amount : Decimal());
}

const char* periodProblem(const LedgerState& ledger, const Versions& plans,
                          const UsagePeriod& period) {
  const auto plan = plans.find(period.terms.plan);
  if (plan == plans.end() || period.terms.version < 1 || period.terms.version > plan->second) {
    return "a usage period has a plan version that is not published";
  }
  if (!isForward(period.span) || (period.billing && !isForward(*period.billing))) {
    return "a usage period does not lie forward in time";
  }
  for (const FeatureUsage& usage : period.usage) {
    if (!isFeature(ledger, usage.feature)) return "usage is of a feature that is not published";
  }
  return isBalanced(period.balance) ? nullptr : "the overages are not the negative balance";
}

const char* grantsProblem(const Customer& customer) {
  GrantNumber last;
  for (const Grant& grant : customer.grants) {
    if (grant.number <= last || grant.remaining.isNegative()) return "grants are out of order";
    last = grant.number;
  }
  if (last > customer.last_grant) return "a grant has a number that was not given";
  return customer.credit_debt.isNegative() ? "the credit debt is negative" : nullptr;
}

const char* customerProblem(const LedgerState& ledger, const Versions& plans,
                            const Customer& customer) {
  if (customer.last.isNone() || customer.last > ledger.last || customer.events == 0) {
    return "its chain does not lie in the log";
  }
  if (customer.subscription && (customer.subscribed.empty() || customer.periods.empty())) {
    return "a live subscription has no period";
  }
  if (customer.subscription && customer.periods.back().span.from < customer.subscription->started) {
    return "a live subscription has no running period";
  }
  for (const UsagePeriod& period : customer.periods) {
    if (const char* problem = periodProblem(ledger, plans, period)) return problem;
    if (customer.subscribed.empty() || period.span.from < customer.subscribed.front().from) {
      return "a usage period lies in no subscription";
    }
  }
  return grantsProblem(customer);
}

const char* ledgerProblem(const LedgerState& ledger) {
  if (ledger.last.isNone()) return "it is of an empty log";
  if (!newestVersions(ledger.packs)) return "pack versions do not follow each other";
  if (ledger.plan_published.size() != ledger.plans.size()) {
    return "plan versions lack their instants of publication";
  }
  std::set<std::string_view> codes;
  for (const Feature& feature : ledger.features) {
    if (!codes.insert(feature.code).second) return "a feature has two numbers";
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> stateProblem(const LedgerState& ledger,
                                        const std::vector<Customer>& customers) {
  if (const char* problem = ledgerProblem(ledger)) return problem;
  const std::optional<Versions> plans = newestVersions(ledger.plans);
  if (!plans) return "plan versions do not follow each other";
  for (std::size_t i = 0; i < customers.size(); ++i) {
    const std::string name = "customer " + std::to_string(i + 1) + ": ";
    if (customers[i].number.value != i + 1) return name + "another number is in its place";
    if (const char* problem = customerProblem(ledger, *plans, customers[i])) return name + problem;
  }
  return std::nullopt;
}

}  // namespace daybook::replay
