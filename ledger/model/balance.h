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

enum class SubscriptionState : std::uint16_t {
  none = 0,
  active = 1,
  canceled = 2,
  trialing = 3,
  paused = 4,
};

struct FeatureBalance {
  std::string feature;  // code
  std::string variant;  // value of the dimension; empty: the default prices
  bool unlimited = false;
  Decimal used;
  Decimal included;
  /// Included less used and held, not below 0 unless overdrawn; 0 when unlimited.
  Decimal remaining;
  Decimal held;  // set aside by open holds
  Decimal unpaid;
  Decimal charge;  // metered plans: exact charge so far; balance plans: deducted so far
  std::uint64_t events = 0;
  TokenTotals tokens;
  bool operator==(const FeatureBalance&) const = default;
};

struct SeatBalance {
  std::string feature;  // code
  std::uint64_t held = 0;
  Decimal included;
  std::uint64_t highest = 0;  // paid for, or to be, in the running billing period
  Decimal true_up;            // exact, on the next invoice
  bool operator==(const SeatBalance&) const = default;
};

struct CreditBalance {
  Decimal plan;
  Decimal promotional;
  Decimal purchased;
  Decimal held;  // set aside by open holds, in none of the three
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
  Instant trial_to = Instant::never();
  Instant billing_to;                           // end of the running billing period
  Interval billing_interval = Interval::month;  // while there are terms
  std::uint32_t pinned_version = 0;
  std::optional<ScheduledChange> change;
  std::vector<FeatureBalance> features;  // in the plan's order; each variant used beside it
  std::vector<std::string> enabled;      // boolean features of the plan
  std::vector<SeatBalance> seats;
  CreditBalance credits;
  std::vector<Grant> grants;  // usable ones, in draw order
  SpendingBalance money;
  Decimal held_money;            // balance plans: set aside by open holds
  Decimal available_money;       // balance plans: money.amount less that
  Decimal customer_credit;       // pays later invoices
  std::vector<LateCharge> late;  // on the next invoice, as are these
  std::vector<PendingAdjustment> adjustments;
  std::vector<RaisedAlert> alerts;     // of the running period
  std::vector<AlertRule> alert_rules;  // in force
  bool has_own_alert_rules = false;    // they are the customer's; else the plan's, or the defaults
  std::size_t holds = 0;               // open ones
  bool operator==(const Balance&) const = default;
};

/// What a change of plan would do, without recording anything.
struct ChangePreview {
  Verdict verdict;
  bool at_once = false;
  Instant at;                      // when it takes effect
  std::optional<Invoice> invoice;  // at once: the one that would close, not numbered
  Position as_of;
  bool operator==(const ChangePreview&) const = default;
};

/// The answer of `check`: what would happen to this usage now, without recording anything.
struct CheckAnswer {
  bool allowed = false;
  Verdict verdict;  // the reason when not allowed
  Decimal remaining_included;
  bool unlimited = false;
  CreditBalance credits;
  Decimal balance;              // balance plans: less what is held
  Decimal cost;                 // money (metered: charge added; balance: deducted) or credits
  bool overage_begins = false;  // some of it would be charged beyond what is included
  Position as_of;
  bool operator==(const CheckAnswer&) const = default;
};

}  // namespace daybook
