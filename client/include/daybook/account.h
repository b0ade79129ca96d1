// What a customer has, owes and did: balances, checks, invoices, credit notes, reports.
//
// Units are those of types.h: exact decimals as text, instants in nanoseconds, 0 or kNever for
// absent ones, ranges [from, to). Values; safe to use from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daybook/types.h"

namespace daybook::client {

// ---- Balances

struct TokenTotals {
  std::uint64_t input = 0;
  std::uint64_t output = 0;
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write = 0;
  bool operator==(const TokenTotals&) const = default;
};

struct FeatureBalance {
  std::string feature;
  std::string variant;  // value of the dimension; empty: the default prices
  bool unlimited = false;
  std::string used;
  std::string included;
  std::string remaining;
  std::string unpaid;
  std::string charge;  // metered plans: exact charge so far; balance plans: deducted so far
  std::uint64_t events = 0;
  TokenTotals tokens;
  std::string held;  // set aside by open holds, not in `remaining`
};

struct SeatBalance {
  std::string feature;
  std::uint64_t held = 0;
  std::string included;
  std::uint64_t highest = 0;  // paid for, or to be, in the running billing period
  std::string true_up;        // exact, on the next invoice
};

struct CreditBalance {
  std::string plan;
  std::string promotional;
  std::string purchased;
  std::string debt;
  std::string available;  // what usage now may draw, less the debt
  std::string held;       // set aside by open holds, in none of the three kinds
};

struct Grant {
  std::uint32_t number = 0;
  GrantKind kind = GrantKind::plan;
  std::int32_t priority = 0;
  std::string credits;
  std::string remaining;
  std::int64_t effective_ns = 0;
  std::int64_t expiry_ns = kNever;
  std::vector<std::uint32_t> features;  // numbers; empty: all
  std::string pack;
  std::string price;            // purchased: what it cost
  std::uint64_t invoice = 0;    // purchased: number
  std::uint32_t rollovers = 0;  // plan: how many period ends it was carried over
};

/// The spending balance of a balance plan.
struct SpendingBalance {
  std::string included;
  std::string top_ups;
  std::string amount;     // what is left: signed
  std::string held;       // set aside by open holds
  std::string available;  // the amount less that
};

struct Terms {
  std::string plan;
  std::uint32_t version = 0;
  std::string currency;
};

/// A change of plan that waits for the end of the billing period.
struct ScheduledChange {
  std::string plan;
  Interval interval = Interval::month;
};

/// Usage and corrections of a closed period that wait for the next invoice.
struct LateCharge {
  std::uint32_t feature = 0;  // number: its place in the catalog, from 1
  std::string variant;
  std::int64_t from_ns = 0;  // the usage period
  std::int64_t to_ns = 0;
  Terms terms;
  std::string quantity;
  std::string exact;  // signed
};

/// A one-off charge that waits for the next invoice.
struct PendingAdjustment {
  std::string description;
  std::string amount;  // signed
};

struct Balance {
  std::string customer;
  std::uint64_t as_of = 0;  // the log position it reflects
  std::int64_t at_ns = 0;
  SubscriptionState state = SubscriptionState::none;
  ConsumptionModel model = ConsumptionModel::metered;
  std::optional<Terms> terms;  // absent without a running period
  std::int64_t period_from_ns = 0;
  std::int64_t period_to_ns = 0;
  std::int64_t cancel_at_ns = 0;                // 0: no cancellation is scheduled
  std::int64_t trial_to_ns = 0;                 // while trialing; else 0
  std::int64_t billing_to_ns = 0;               // end of the running billing period
  Interval billing_interval = Interval::month;  // while there are terms
  std::uint32_t pinned_version = 0;             // 0: not pinned
  std::optional<ScheduledChange> change;        // of plan, at billing_to_ns
  std::vector<FeatureBalance> features;         // in the plan's order; each variant used beside it
  std::vector<std::string> enabled;             // boolean features of the plan
  std::vector<SeatBalance> seats;
  std::optional<CreditBalance> credits;  // credits plans, and whoever holds credits
  std::vector<Grant> grants;             // usable ones, in draw order
  std::optional<SpendingBalance> money;  // balance plans
  std::string customer_credit;           // pays later invoices
  std::vector<LateCharge> late;          // on the next invoice, as are these:
  std::vector<PendingAdjustment> adjustments;
  std::vector<AlertRule> alerts;       // raised in the running period, and not armed again
  std::vector<AlertRule> alert_rules;  // in force
  bool has_own_alert_rules = false;    // they are the customer's; else the plan's, or the defaults
  std::uint32_t holds = 0;             // open ones
};

/// The answer to "may this customer do this?". A check alone cannot prevent two callers from
/// spending the same credit.
struct CheckAnswer {
  bool allowed = false;
  Outcome reason;  // ok when allowed
  std::string detail;
  std::string remaining_included;
  bool unlimited = false;
  std::optional<CreditBalance> credits;
  std::string balance;  // balance plans: less what is held
  std::string cost;     // money, or credits on credits plans
  bool overage_begins = false;
  std::uint64_t as_of = 0;
};

struct Customer {
  std::string id;
  std::uint32_t number = 0;
  std::string zone;
  std::string currency;
  SubscriptionState state = SubscriptionState::none;
  std::string plan;
};

// ---- Holds

/// What a hold still sets aside of one feature.
struct HeldItem {
  HoldItem asked;
  std::uint32_t feature = 0;        // number
  std::string variant;              // value of the dimension; empty: the default prices
  std::int64_t period_from_ns = 0;  // the usage period that it was placed in
  std::string quantity;    // units; for token-priced features the money that the tokens cost
  std::vector<Draw> pins;  // credits plans: set aside in these grants, in draw order
  bool used = false;       // some of it has been used
};

/// An open hold, or an expired one that may still be settled.
struct Hold {
  std::uint64_t number = 0;
  std::string key;  // of the call that placed it
  std::int64_t placed_ns = 0;
  std::int64_t expiry_ns = 0;
  std::vector<HeldItem> items;
};

// ---- Invoices and credit notes

struct TierCharge {
  std::string quantity;
  std::string unit_price;
  std::string flat_fee;
  std::string exact;
};

/// What the calls of one model used and cost; without a name: of models that are not told apart.
struct ModelUsage {
  std::string provider;
  std::string model;
  TokenTotals tokens;
  std::string cost;  // money, with the margin
};

struct InvoiceLine {
  LineType type = LineType::planBase;
  std::string feature;
  std::string variant;  // value of the dimension; empty: the default prices
  std::string description;
  std::string quantity;
  std::string included;
  std::string unit_price;  // where one price applies to all of it; else see tiers
  std::vector<TierCharge> tiers;
  std::vector<ModelUsage> models;  // overage of tokens: all that was used, dearest first
  std::string exact;
  std::string amount;  // `exact`, rounded once
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
};

/// Nothing of a closed invoice changes but its status and what is paid and credited of it: those
/// are as of now.
struct Invoice {
  std::uint64_t number = 0;  // 0 for an upcoming invoice, or one that a preview shows
  std::string label;         // "INV-000001"
  InvoiceType type = InvoiceType::start;
  InvoiceStatus status = InvoiceStatus::open;
  std::string customer;
  std::string currency;
  std::int64_t date_ns = 0;
  std::int64_t due_ns = 0;
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  std::string plan;
  std::uint32_t plan_version = 0;
  std::uint32_t price_book_version = 0;
  std::uint64_t computed_at = 0;
  std::vector<InvoiceLine> lines;
  std::string total;
  std::string paid;      // by recorded payments
  std::string credited;  // by credit notes
};

/// A numbered, immutable reversal of (part of) an invoice.
struct CreditNote {
  std::uint64_t number = 0;
  std::string label;          // "CN-000001"
  std::uint64_t invoice = 0;  // number of what it reverses
  std::string customer;
  std::string currency;
  std::int64_t date_ns = 0;
  std::string reason;
  std::string total;                // > 0
  bool as_customer_credit = false;  // pays later invoices instead of being paid out
  std::uint64_t computed_at = 0;
};

/// What a change of plan would do.
struct ChangePreview {
  bool at_once = false;            // else at the end of the billing period
  std::int64_t at_ns = 0;          // when it takes effect
  std::optional<Invoice> invoice;  // at once: the one that would close
  std::uint64_t as_of = 0;
};

// ---- Reports. All pages of one show the log at `as_of`.

/// [from, to).
struct TimeRange {
  std::int64_t from_ns = 0;  // 0: from the start
  std::int64_t to_ns = 0;    // 0: to now
};

/// What one feature, at one price variant, used on one day of the customer's zone.
struct UsageOfDay {
  std::string day;  // "2026-01-31"
  std::string feature;
  std::string variant;
  std::uint64_t events = 0;
  std::string quantity;  // what the meter's total grew by
  std::string price;     // money: what the charge grew by
  std::string credits;   // credits plans: what it cost
  std::string unpaid;    // recorded by `cap` beyond what was left
  TokenTotals tokens;
};

struct UsageReport : Page<UsageOfDay> {
  std::string zone;
  std::string currency;
  std::uint64_t as_of = 0;
};

/// One movement of the customer's account. Amounts are signed and in the customer's currency; empty
/// where the entry does not touch what they count.
struct StatementEntry {
  std::uint64_t position = 0;
  std::int64_t at_ns = 0;  // recorded
  StatementKind kind = StatementKind::subscribed;
  std::string description;
  std::uint64_t invoice = 0;
  std::string invoice_label;
  std::uint64_t credit_note = 0;
  std::string credit_note_label;
  std::string amount;           // what the amount due changes by
  std::string customer_credit;  // what the customer credit changes by
  std::string credits;          // what the credits change by, usage apart
  std::string due;              // amount due after it: of all open invoices
};

struct Statement : Page<StatementEntry> {
  std::string currency;
  std::string opening;  // amount due before the first entry of the whole range
  std::string closing;  // and after the last one
  std::uint64_t as_of = 0;
};

}  // namespace daybook::client
