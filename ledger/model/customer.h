// A customer's state: what `apply` folds events into, and what snapshots hold.
//
// Plain values with ==; owned by core's State, serialised by protocol. Everything here follows from
// the log alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/calendar.h"
#include "ledger/base/decimal.h"
#include "ledger/base/ids.h"
#include "ledger/base/instant.h"
#include "ledger/model/catalog.h"
#include "ledger/model/command.h"
#include "ledger/model/invoice.h"

namespace daybook {

/// What one usage took from one grant; negative: put back.
struct Draw {
  GrantNumber grant;
  Decimal amount;
  bool operator==(const Draw&) const = default;
};

/// Credits given to a customer. Plan grants pay for usage whose `at` lies in [effective, expiry);
/// other ones for usage whose `at` is before `expiry` and that is recorded from `effective` on.
/// A grant with nothing left stays as long as something drawn from it may be put back.
struct Grant {
  GrantNumber number;
  GrantKind kind = GrantKind::plan;
  std::int32_t priority = 50;
  Decimal credits;    // as granted, less what was refunded
  Decimal remaining;  // neither drawn nor held
  Decimal held;       // set aside by open holds
  Instant effective;
  Instant expiry = Instant::never();
  std::vector<FeatureNumber> features;  // pays for these only; empty: for all
  std::string pack;                     // code, for purchased ones
  Decimal price;                        // purchased: what `credits` cost, in its currency
  InvoiceNumber invoice;                // purchased: none when it was free
  std::uint32_t rollovers = 0;          // plan: how many period ends it was carried over
  Instant last_drawn;                   // the latest `at` of usage that drew from it; 0: none
  bool expired = false;                 // what is put back into it expires at once
  bool operator==(const Grant&) const = default;
};

/// How often a unique meter saw a value.
struct ValueCount {
  std::string value;
  std::uint64_t events = 0;
  bool operator==(const ValueCount&) const = default;
};

/// What one feature used in one usage period at one price variant.
struct FeatureUsage {
  FeatureNumber feature;
  std::string variant;  // value of the dimension; empty: the default prices
  Decimal quantity;     // the meter's total; for token-priced features the money the tokens cost
  Decimal charged;      // sum of the events' prices (balance model, percentage), in money
  Decimal unpaid;       // of it, recorded by `cap` beyond what was left: units, credits or money
  std::uint64_t events = 0;
  TokenTotals tokens;
  std::vector<ModelUsage> models;  // by model, in order of first use; see core/model_usage.h
  Instant latest_at;               // latest meters: of the event that counts
  std::vector<ValueCount> values;  // unique meters: by value
  bool operator==(const FeatureUsage&) const = default;
};

/// The negative part of a spending balance that one feature caused.
struct BalanceOverage {
  FeatureNumber feature;
  Decimal amount;  // > 0
  bool operator==(const BalanceOverage&) const = default;
};

/// The spending balance of one usage period (balance plans).
struct SpendingBalance {
  Decimal included;
  Decimal top_ups;  // added in this period or carried into it
  Decimal amount;   // what is left: signed
  /// Least recently deducted feature first; sums to max(0, -amount).
  std::vector<BalanceOverage> overage;
  bool operator==(const SpendingBalance&) const = default;
};

/// The terms a usage period runs under.
struct Terms {
  std::string plan;           // code
  std::uint32_t version = 0;  // of the plan
  std::string currency;
  bool operator==(const Terms&) const = default;
};

/// A stretch of time charged as a part of a full one: [from, to) of [full_from, full_to).
struct Span {
  Instant from;
  Instant to;
  Instant full_from;
  Instant full_to;
  bool operator==(const Span&) const = default;
};

/// Seats of one feature in one usage period.
struct PeriodSeats {
  FeatureNumber feature;
  std::uint64_t at_start = 0;  // held when it began: charged in advance if a billing period began
  Decimal true_up;             // exact: for seats added in it
  bool operator==(const PeriodSeats&) const = default;
};

/// An alert that was raised and is not armed again yet.
struct RaisedAlert {
  AlertRule rule;  // with the feature that it is about
  bool operator==(const RaisedAlert&) const = default;
};

/// One usage period that is running, still in grace, or closed for good. `span.to` is cut when the
/// subscription ends early.
struct UsagePeriod {
  std::int64_t index = 0;  // n of its boundary: anchor + n x usage interval
  Span span;
  Terms terms;
  std::optional<Span> billing;  // the billing period that starts with it, if one does
  bool trial = false;
  bool pinned = false;              // later plan versions change nothing of it
  std::vector<FeatureUsage> usage;  // in order of first use
  SpendingBalance balance;
  std::vector<PeriodSeats> seats;
  Decimal granted;  // credits plans: what the plan gave for this period
  /// Improvements published then are still to be granted; 0: none.
  Instant raise_at;
  std::vector<RaisedAlert> alerts;
  Position started;  // of the event that began it
  bool operator==(const UsagePeriod&) const = default;
};

/// An introductory discount that is not used up.
struct Discount {
  Decimal percent;           // of the base price; 0: see amount
  Decimal amount;            // off the base price of a whole billing period
  std::uint32_t cycles = 0;  // billing periods still to be discounted
  bool operator==(const Discount&) const = default;
};

/// A change of plan that waits for the end of the billing period.
struct ScheduledChange {
  std::string plan;
  Interval interval = Interval::month;
  bool operator==(const ScheduledChange&) const = default;
};

struct Subscription {
  std::string plan;  // code; the version in force is that of the usage period
  std::string currency;
  Interval billing_interval = Interval::month;
  Instant started;
  Instant since;  // of the anchor: the start, the end of the trial, an upgrade or a resumption
  Instant anchor;
  std::optional<Instant> cancel_at;  // a cancellation scheduled for the billing period's end
  Instant billing_to;                // end of the running billing period; never: one-time plans
  std::optional<Instant> trial_to;   // while trialing
  std::optional<Instant> paused;     // since when, while paused: then no usage period runs
  std::uint32_t pinned_version = 0;  // 0: not pinned
  std::optional<ScheduledChange> change;  // at billing_to
  std::optional<Discount> discount;
  /// The running billing period, and what its base price was charged at, discount taken off.
  Span billing;
  Decimal base_charged;
  bool operator==(const Subscription&) const = default;
};

/// [from, to) of one subscription's life, or of a pause in it; `to` is never while it lasts.
struct SubscribedSpan {
  Instant from;
  Instant to = Instant::never();
  bool paused = false;
  bool operator==(const SubscribedSpan&) const = default;
};

struct InvoiceRef {
  InvoiceNumber number;
  Position position;
  InvoiceStatus status = InvoiceStatus::open;
  Decimal total;
  Decimal paid;              // by recorded payments
  Decimal credited;          // by credit notes
  Decimal credit_used;       // customer credit that paid a part of it
  bool written_off = false;  // it was uncollectible once; may be paid since
  bool operator==(const InvoiceRef&) const = default;
};

/// Seats held of one feature. A billing period is paid for the seats held at its start; seats
/// beyond the highest number reached since are charged for the remaining time.
struct SeatsHeld {
  FeatureNumber feature;
  std::uint64_t held = 0;
  std::uint64_t highest = 0;  // paid for, or to be, in the running billing period
  /// What `highest` seats cost for the whole running billing period: the base of the credit for
  /// unused time.
  Decimal value;
  bool operator==(const SeatsHeld&) const = default;
};

/// Usage and corrections of closed periods that wait for the next invoice: one line each.
struct LateCharge {
  FeatureNumber feature;
  std::string variant;
  Span span;    // of the usage period
  Terms terms;  // of the usage period
  Decimal quantity;
  Decimal exact;  // signed
  bool operator==(const LateCharge&) const = default;
};

struct PendingAdjustment {
  std::string description;
  Decimal amount;  // signed
  bool operator==(const PendingAdjustment&) const = default;
};

/// Money the seller owes the customer; used up oldest first.
struct CustomerCredit {
  Decimal remaining;
  std::string reason;
  bool operator==(const CustomerCredit&) const = default;
};

struct VoidedUsage {
  Position position;
  Instant at;  // of the usage
  bool operator==(const VoidedUsage&) const = default;
};

/// What an open hold still sets aside of one feature.
struct HeldItem {
  HoldItem asked;
  FeatureNumber feature;
  std::string variant;     // see UsageRecorded
  Instant period_from;     // the usage period that it was placed in
  Decimal quantity;        // units; for token-priced features the money that the tokens cost
  bool used = false;       // some of it has been used
  std::vector<Draw> pins;  // credits plans: set aside in these grants, in draw order
  bool operator==(const HeldItem&) const = default;
};

/// Amounts set aside until they are settled or released, or until `expiry`.
struct Hold {
  HoldNumber number;
  std::string key;  // of the command that placed it
  Instant placed;
  Instant expiry;
  std::vector<HeldItem> items;  // of one feature each
  bool operator==(const Hold&) const = default;
};

struct CreditNoteRef {
  CreditNoteNumber number;
  Position position;
  bool operator==(const CreditNoteRef&) const = default;
};

struct Customer {
  CustomerNumber number;
  std::string id;
  std::string zone = "UTC";
  std::string currency;                      // empty until the first subscription or purchase
  std::uint64_t events = 0;                  // events of this customer: the last one's chain number
  Position last;                             // its newest event
  std::optional<Subscription> subscription;  // the live one
  std::vector<UsagePeriod> periods;          // open ones, oldest first; at most one is running
  std::vector<UsagePeriod> closed;           // as far back as late usage may lie, oldest first
  std::vector<SubscribedSpan> subscribed;    // oldest first
  std::vector<Grant> grants;                 // by number
  GrantNumber last_grant;
  Decimal credit_debt;  // >= 0
  std::vector<InvoiceRef> invoices;
  std::vector<CreditNoteRef> credit_notes;
  std::vector<SeatsHeld> seats;  // in order of first use
  std::vector<LateCharge> late;
  std::vector<PendingAdjustment> adjustments;
  std::vector<CustomerCredit> credits;                // oldest first, none of them empty
  std::vector<VoidedUsage> voided;                    // as far back as usage may be voided
  std::optional<std::vector<AlertRule>> alert_rules;  // absent: the plan's
  std::vector<Hold> holds;                            // open ones, by number
  HoldNumber last_hold;
  /// Expired ones that may still be settled, by number; they set nothing aside.
  std::vector<Hold> expired_holds;
  bool operator==(const Customer&) const = default;
};

}  // namespace daybook
