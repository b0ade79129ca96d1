// Events: the immutable records of the log. Each holds what the command asked and what was decided,
// with its results.
//
// `apply` folds an event into the state and never prices; `verify` decides again from what was
// asked and compares. The stored form is the Cap'n Proto message Event in protocol/event.capnp,
// with the same names. Plain values with ==.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/base/ids.h"
#include "ledger/model/catalog.h"
#include "ledger/model/command.h"
#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"

namespace daybook {

/// The version of the rules that this code decides by; recorded in every event.
inline constexpr std::uint16_t kRuleVersion = 1;
/// The version of the data directory's format.
inline constexpr std::uint32_t kFormatVersion = 1;

enum class ClockKind : std::uint16_t { wall = 0, manual = 1 };

/// Settings of a ledger, fixed when it is created.
struct LedgerSettings {
  ClockKind clock = ClockKind::wall;
  Duration grace = Duration::hours(1);           // from a period's end to its close
  Duration late_window = Duration::days(35);     // how far back `at` may lie
  Duration future_limit = Duration::minutes(5);  // how far ahead `at` may lie
  std::string invoice_prefix = "INV-";
  std::uint32_t due_days = 14;  // from an invoice's date to its due date
  bool operator==(const LedgerSettings&) const = default;
};

struct LedgerCreated {
  std::string ledger_id;  // 32 hex digits, random
  std::uint32_t format_version = kFormatVersion;
  LedgerSettings settings;
  bool operator==(const LedgerCreated&) const = default;
};

// A set of catalog changes: its items, then CatalogPublished, which makes them visible.
struct FeaturePublished {
  FeatureNumber number;
  Feature feature;
  bool operator==(const FeaturePublished&) const = default;
};
struct PlanPublished {
  Plan plan;
  bool operator==(const PlanPublished&) const = default;
};
struct PackPublished {
  Pack pack;
  bool operator==(const PackPublished&) const = default;
};
/// One model's price in version `book_version` of the book of `currency`. A model that left the
/// book is published as retired.
struct ModelPricePublished {
  std::string currency;
  std::uint32_t book_version = 0;
  ModelPrice price;
  bool operator==(const ModelPricePublished&) const = default;
};
struct CatalogPublished {
  std::string digest;       // of what was asked
  std::uint32_t items = 0;  // events of the set before this one
  bool operator==(const CatalogPublished&) const = default;
};

struct CustomerCreated {
  CreateCustomer asked;
  std::string id;
  std::string zone;
  bool operator==(const CustomerCreated&) const = default;
};
struct CustomerUpdated {
  UpdateCustomer asked;
  bool operator==(const CustomerUpdated&) const = default;
};

struct Subscribed {
  Subscribe asked;
  Subscription subscription;
  InvoiceNumber invoice;  // the first one; none when there is nothing to charge
  bool operator==(const Subscribed&) const = default;
};
/// A usage period begins: at the start of a subscription, or at a boundary (due time =
/// period.span.from).
struct PeriodStarted {
  std::int64_t index = 0;
  Span span;
  Terms terms;
  std::optional<Span> billing;  // the billing period that starts with it, if one does
  Instant billing_to;           // end of the running billing period
  std::optional<Grant> grant;   // the plan grant; `remaining` is what is left after paying the debt
  Decimal debt_paid;            // credit debt paid from it: a draw
  Decimal included_balance;     // balance plans
  bool operator==(const PeriodStarted&) const = default;
};
/// A usage period is closed for good; its invoice, if any, is the event before.
struct PeriodClosed {
  std::int64_t index = 0;
  Instant from;
  Instant to;
  Decimal carried_top_ups;  // added to the running period's balance
  InvoiceNumber invoice;    // none when there was nothing to charge
  bool operator==(const PeriodClosed&) const = default;
};
struct CancelScheduled {
  Cancel asked;
  Instant at;
  bool operator==(const CancelScheduled&) const = default;
};
struct CancelRevoked {
  RevokeCancel asked;
  bool operator==(const CancelRevoked&) const = default;
};
/// The subscription ends at `at`: by time when scheduled (asked is none), or at once.
struct Canceled {
  std::optional<Cancel> asked;
  Instant at;
  bool operator==(const Canceled&) const = default;
};

enum class Disposition : std::uint16_t { current = 0, grace = 1 };

/// What one usage took from one grant.
struct Draw {
  GrantNumber grant;
  Decimal amount;
  bool operator==(const Draw&) const = default;
};

struct UsageRecorded {
  RecordUsage asked;
  FeatureNumber feature;
  Disposition disposition = Disposition::current;
  Instant period_from;      // the usage period it counts in
  Decimal quantity;         // units added; for token-priced features the money the tokens cost
  TokenTotals tokens;       // as resolved: cached ones taken out of a total
  Decimal price;            // money: what the period's charge grew by; credits plans: credits
  std::vector<Draw> draws;  // credits taken from grants
  Decimal overdrawn;        // credits plans: added to the debt
  Decimal unpaid;           // `cap`: units, credits or money that was not there
  Decimal balance_after;    // left: included units, credits for this feature less debt, or money
  bool operator==(const UsageRecorded&) const = default;
};

struct PackPurchased {
  BuyCredits asked;
  std::uint32_t pack_version = 0;
  std::string currency;
  Decimal price;
  Grant grant;  // `remaining` is what is left after paying the debt
  Decimal debt_paid;
  InvoiceNumber invoice;  // none for a free pack
  bool operator==(const PackPurchased&) const = default;
};
struct ToppedUp {
  TopUp asked;
  std::string currency;
  Decimal balance_after;
  InvoiceNumber invoice;
  bool operator==(const ToppedUp&) const = default;
};
/// What was left of a grant at expiry + grace.
struct CreditsExpired {
  GrantNumber grant;
  Decimal amount;
  Instant expiry;
  bool operator==(const CreditsExpired&) const = default;
};
struct InvoiceClosed {
  Invoice invoice;
  bool operator==(const InvoiceClosed&) const = default;
};
struct ClockMoved {
  MoveClock asked;
  bool operator==(const ClockMoved&) const = default;
};

/// The alternatives are in the order of the union in protocol/event.capnp; the index is the event's
/// stable number.
using EventBody =
    std::variant<LedgerCreated, FeaturePublished, PlanPublished, PackPublished, ModelPricePublished,
                 CatalogPublished, CustomerCreated, CustomerUpdated, Subscribed, PeriodStarted,
                 PeriodClosed, CancelScheduled, CancelRevoked, Canceled, UsageRecorded,
                 PackPurchased, ToppedUp, CreditsExpired, InvoiceClosed, ClockMoved>;

struct Event {
  Position position;
  Instant recorded;            // never decreasing along the log
  CustomerNumber customer;     // none: the ledger itself
  std::uint64_t sequence = 0;  // the customer's (or the ledger's) events so far, this one included
  Position previous;           // that one's previous event; none for the first
  std::uint16_t rule_version = kRuleVersion;
  std::string key;  // of the command; empty for events that time or another event caused
  EventBody body;
  bool operator==(const Event&) const = default;
};

/// What the keyed event's command asked, or nullopt for events without a command. PublishCatalog
/// comes back with its digest only.
std::optional<CommandBody> askedOf(const EventBody& body);
/// The stable name of the event's kind ("usageRecorded"), as in the schema.
std::string_view eventName(const EventBody& body);

/// The scope in which the event's key is unique: the customer, or none (the ledger) for events of
/// the ledger and for CustomerCreated, whose command named a customer that did not exist.
CustomerNumber keyScope(const Event& event);

}  // namespace daybook
