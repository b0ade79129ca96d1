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

namespace daybook {

enum class GrantKind : std::uint16_t { plan = 0, promotional = 1, purchased = 2 };

/// Credits given to a customer. Usable for usage whose `at` lies in [effective, expiry) if `kind`
/// is plan, before `expiry` else.
struct Grant {
  GrantNumber number;
  GrantKind kind = GrantKind::plan;
  std::int32_t priority = 50;
  Decimal credits;    // as granted
  Decimal remaining;  // not yet drawn
  Instant effective;
  Instant expiry = Instant::never();
  std::vector<FeatureNumber> features;  // pays for these only; empty: for all
  std::string pack;                     // code, for purchased ones
  bool operator==(const Grant&) const = default;
};

struct TokenTotals {
  std::uint64_t input = 0;  // without cached ones
  std::uint64_t output = 0;
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write = 0;
  bool operator==(const TokenTotals&) const = default;
};

/// What one feature used in one usage period.
struct FeatureUsage {
  FeatureNumber feature;
  Decimal quantity;  // units; for token-priced features the money the tokens cost
  Decimal charged;   // sum of the events' prices (balance model), in money
  Decimal unpaid;    // of it, recorded by `cap` beyond what was left: units, credits or money
  std::uint64_t events = 0;
  TokenTotals tokens;
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

/// One usage period that is running or, ended, still in grace. `span.to` is cut when the
/// subscription ends early.
struct UsagePeriod {
  std::int64_t index = 0;  // n of its boundary: anchor + n x usage interval
  Span span;
  Terms terms;
  std::optional<Span> billing;      // the billing period that starts with it, if one does
  std::vector<FeatureUsage> usage;  // in order of first use
  SpendingBalance balance;
  bool operator==(const UsagePeriod&) const = default;
};

struct Subscription {
  std::string plan;  // code; the version in force is that of the usage period
  std::string currency;
  Interval billing_interval = Interval::month;
  Instant started;
  Instant anchor;
  std::optional<Instant> cancel_at;  // a cancellation scheduled for the billing period's end
  Instant billing_to;                // end of the running billing period
  bool operator==(const Subscription&) const = default;
};

/// [from, to) of one subscription's life; `to` is never while it lives.
struct SubscribedSpan {
  Instant from;
  Instant to = Instant::never();
  bool operator==(const SubscribedSpan&) const = default;
};

struct InvoiceRef {
  InvoiceNumber number;
  Position position;
  bool operator==(const InvoiceRef&) const = default;
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
  std::vector<SubscribedSpan> subscribed;    // oldest first
  std::vector<Grant> grants;                 // by number
  GrantNumber last_grant;
  Decimal credit_debt;  // >= 0
  std::vector<InvoiceRef> invoices;
  bool operator==(const Customer&) const = default;
};

}  // namespace daybook
