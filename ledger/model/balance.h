// Answers to reads: balances and checks, as of one instant and one position.
//
// Plain values with ==. Live amounts are never rounded (BILLING.md section 2).
#pragma once

#include <string>
#include <vector>

#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "ledger/model/outcome.h"

namespace daybook {

enum class SubscriptionState : std::uint16_t { none = 0, active = 1, canceled = 2 };

struct FeatureBalance {
  std::string feature;  // code
  bool unlimited = false;
  Decimal used;
  Decimal included;
  Decimal remaining;  // included less used, not below 0 unless overdrawn; 0 when unlimited
  Decimal unpaid;
  Decimal charge;  // metered plans: exact charge so far; balance plans: deducted so far
  std::uint64_t events = 0;
  TokenTotals tokens;
  bool operator==(const FeatureBalance&) const = default;
};

struct CreditBalance {
  Decimal plan;
  Decimal promotional;
  Decimal purchased;
  Decimal debt;
  Decimal available;  // the three kinds less the debt, as far as usage now may draw them
  bool operator==(const CreditBalance&) const = default;
};

struct Balance {
  std::string customer;
  Position as_of;  // the log position it reflects
  Instant at;
  SubscriptionState state = SubscriptionState::none;
  ConsumptionModel model = ConsumptionModel::metered;
  Terms terms;  // of the running period
  Instant period_from;
  Instant period_to;
  Instant cancel_at = Instant::never();
  std::vector<FeatureBalance> features;  // in the plan's order
  CreditBalance credits;
  std::vector<Grant> grants;  // usable ones, in draw order
  SpendingBalance money;
  bool operator==(const Balance&) const = default;
};

/// The answer of `check`: what would happen to this usage now, without recording anything.
struct CheckAnswer {
  bool allowed = false;
  Verdict verdict;  // the reason when not allowed
  Decimal remaining_included;
  bool unlimited = false;
  CreditBalance credits;
  Decimal balance;              // balance plans
  Decimal cost;                 // money (metered: charge added; balance: deducted) or credits
  bool overage_begins = false;  // some of it would be charged beyond what is included
  Position as_of;
  bool operator==(const CheckAnswer&) const = default;
};

}  // namespace daybook
