// What the twin keeps: everything published, and of each customer the journals that an accountant
// would keep on paper.
//
// Journals are only appended to, entries are never changed (but marked once when they are billed or
// closed), and no total is kept anywhere: every balance, charge and answer is summed up from the
// journals when it is asked for. Amounts are exact fractions, as recorded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/calendar.h"
#include "ledger/model/command.h"
#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "ledger/model/receipt.h"
#include "tests/twin/number.h"

namespace daybook::twin {

/// Everything that was ever published, in order.
struct Published {
  struct PlanVersion {
    Plan plan;
    Instant at;
  };
  std::vector<Feature> features;  // the newest form of each
  std::vector<PlanVersion> plans;
  std::vector<Pack> packs;
  std::vector<PriceBook> books;
};

/// A usage period, and what was charged in advance at its start.
struct Period {
  std::size_t life = 0;  // which of the customer's subscriptions
  std::int64_t index = 0;
  Span span;
  std::string plan;
  std::uint32_t version = 0;
  std::string currency;
  Interval interval = Interval::month;  // of the billing period
  bool trial = false;
  bool pinned = false;
  bool closed = false;
  std::optional<Span> billing;     // the billing period that starts with it
  std::vector<InvoiceLine> ahead;  // base, discount and seats of `billing`, not rounded
  Number included_balance;
  Number granted_elsewhere;         // plan credits, before a move
  std::optional<std::size_t> next;  // the period that goes on where this one ends
  std::uint32_t raised_to = 0;      // version whose allowances were given (improvements)
};

/// What one usage took from one grant.
struct Taken {
  std::size_t grant = 0;  // index in Book::grants
  Number amount;
};

/// A usage, or (with `reverses`) the taking back of one, everything with the other sign.
struct Use {
  std::string key;
  std::optional<std::size_t> reverses;
  Instant at;
  std::size_t period = 0;
  std::string feature;
  std::string variant;
  std::string value;  // unique meters
  bool set = false;
  std::int64_t events = 1;
  Number quantity;
  TokenTotals tokens;
  std::string provider;  // of the tokens' model
  std::string model;
  Number raw_price;  // percentage and tokens: what the event costs
  Number price;
  std::vector<Taken> draws;
  Number overdrawn;
  Number unpaid;
  Number late;
};

struct Granted {
  Grant terms;         // as granted: `credits` and all that never changes
  bool ended = false;  // gone for good: what is put back goes at once
  std::optional<std::size_t> period = std::nullopt;  // plan credits: of which
  Number refunded = {};
};
/// Credits taken out of a grant (negative: put back).
struct CreditMove {
  std::size_t grant = 0;
  Number amount;
};
/// Money into (refills) or out of (usage of `feature`) the spending balance of a period.
struct MoneyMove {
  std::size_t period = 0;
  std::string feature;  // empty: a refill
  Number amount;
  enum class Kind { usage, topUp, raise } kind = Kind::usage;
};

struct SeatsEntry {
  std::size_t life = 0;
  std::size_t period = 0;  // in which it happened
  std::string feature;
  std::uint64_t held = 0;
  std::uint64_t highest = 0;
  Number value;
  Number true_up;
};

struct LateEntry {
  std::size_t period = 0;
  std::string feature;
  std::string variant;
  Number quantity;
  Number amount;
  bool billed = false;
};
struct Adjustment {
  std::string description;
  Number amount;
  bool billed = false;
};
/// Money owed to the customer, and its use (negative).
struct CreditEntry {
  Number amount;
  std::string reason;
};

/// What a hold set aside of one feature when it was placed.
struct Held {
  HoldItem asked;
  Instant period_from;
  Number quantity;
  std::vector<Taken> pins;  // in draw order
};
struct HoldEntry {
  std::string key;
  Instant placed;
  Instant expiry;
  std::vector<Held> items;
  enum class State { open, settled, released, expired, forgotten } state = State::open;
};
/// One item of one hold, as indexes.
struct HeldAt {
  std::size_t hold = 0;
  std::size_t item = 0;
  bool operator==(const HeldAt&) const = default;
};
/// What an open hold holds less of an item.
struct HoldMove {
  HeldAt of;
  Number quantity;
  std::vector<Taken> pins;
  bool used = true;  // else only freed
};

/// An alert that was raised in a period, or (with `arms`) what arms all of its kind again.
struct AlertEntry {
  std::size_t period = 0;
  bool arms = false;
  AlertRaised raised;
};

struct Bill {
  Invoice invoice;  // number: 1, 2, ... of this customer
  Number paid;
  Number credited;     // of the total, by credit notes
  Number credit_used;  // customer credit that paid it
  Number restored;     // of that, by credit notes
  InvoiceStatus status = InvoiceStatus::open;
};

struct Book {
  std::string id;
  std::string zone;
  std::string currency;
  std::optional<Subscription> subscription;
  std::size_t lives = 0;
  std::vector<SubscribedSpan> spans;
  std::vector<Period> periods;
  std::vector<Use> uses;
  std::vector<Granted> grants;
  std::vector<CreditMove> credit_moves;
  std::vector<Number> debt_moves;
  std::vector<MoneyMove> money_moves;
  std::vector<SeatsEntry> seats;
  std::vector<LateEntry> late;
  std::vector<Adjustment> adjustments;
  std::vector<CreditEntry> credits;
  std::vector<HoldEntry> holds;
  std::vector<HoldMove> hold_moves;
  std::vector<Bill> bills;
  std::vector<CreditNote> notes;
  std::optional<std::vector<AlertRule>> alert_rules;  // absent: the plan's
  std::vector<AlertEntry> alerts;
};

/// One customer's book on the desk, at one instant.
struct Desk {
  const Published& published;
  const LedgerSettings& settings;
  const ZoneRules& zones;
  Book& book;
  Instant now;
};

}  // namespace daybook::twin
