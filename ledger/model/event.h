// Events: the immutable records of the log. Each holds what the command asked and what was decided,
// with its results.
//
// `apply` folds an event into the state and never prices; `verify` decides again from what was
// asked and compares. The stored form is the Cap'n Proto message Event in protocol/event.capnp,
// with the same names. Plain values with ==.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
  std::string credit_note_prefix = "CN-";
  std::uint64_t first_invoice = 1;  // number of the first one, for ledgers that move in
  std::uint64_t first_credit_note = 1;
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
  bool trial = false;
  std::vector<SeatsHeld> seats;  // held: with `billing` as charged in advance for it
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

/// late: its period is closed; what it costs is billed on the next invoice.
enum class Disposition : std::uint16_t { current = 0, grace = 1, late = 2 };

struct UsageRecorded {
  RecordUsage asked;
  FeatureNumber feature;
  std::string variant;  // value of the dimension that selected the price; empty: the default
  Disposition disposition = Disposition::current;
  Instant period_from;      // the usage period it counts in
  Decimal quantity;         // what the meter's total grew by, maybe negative; for token-priced
                            // features the money the tokens cost
  TokenTotals tokens;       // as resolved: cached ones taken out of a total
  std::string provider;     // of the model, where none was sent; else empty
  Decimal price;            // money: what the period's charge grew by; credits plans: credits
  std::vector<Draw> draws;  // credits taken from grants
  Decimal overdrawn;        // credits plans: added to the debt
  Decimal unpaid;           // `cap`: units, credits or money that was not there
  Decimal late_charge;      // late: what the next invoice charges for it
  /// Left: included units, credits for this feature less debt, or money; less what is held.
  Decimal balance_after;
  bool operator==(const UsageRecorded&) const = default;
};

/// One item of a new hold.
struct PlacedItem {
  HeldItem held;
  Decimal price;          // what it would cost now, beside the other holds: money, or credits
  Decimal balance_after;  // left: see UsageRecorded
  bool operator==(const PlacedItem&) const = default;
};
struct HoldPlaced {
  PlaceHold asked;
  HoldNumber number;
  Instant expiry;
  std::vector<PlacedItem> items;  // in the order asked
  bool operator==(const HoldPlaced&) const = default;
};
/// Usage out of a hold, which stays open.
struct HoldUsed {
  UseHold asked;
  HoldNumber number;
  UsageRecorded usage;
  Decimal taken;           // what its item holds less from then on
  std::vector<Draw> pins;  // of the usage's draws: those that were set aside for it
  bool operator==(const HoldUsed&) const = default;
};
/// The end of a hold: all that it set aside is free, and then the usages are recorded.
struct HoldSettled {
  SettleHold asked;
  HoldNumber number;
  bool expired = false;  // it had ended by time before: plain usage
  std::vector<UsageRecorded> usages;
  bool operator==(const HoldSettled&) const = default;
};
struct HoldReleased {
  ReleaseHold asked;
  HoldNumber number;
  bool operator==(const HoldReleased&) const = default;
};
struct HoldExtended {
  ExtendHold asked;
  HoldNumber number;
  Instant expiry;  // from now on
  bool operator==(const HoldExtended&) const = default;
};
/// The end of a hold by time.
struct HoldExpired {
  HoldNumber number;
  Instant expiry;
  bool operator==(const HoldExpired&) const = default;
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
/// Credits left at a period's end that go over: less of `from`, and a new plan grant.
struct CreditsRolledOver {
  GrantNumber from;
  Grant grant;
  bool operator==(const CreditsRolledOver&) const = default;
};
struct CreditsGranted {
  std::optional<GrantCredits> asked;  // absent: given back by a voided overdraft that was paid
  Grant grant;                        // `remaining` is what is left after paying the debt
  Decimal debt_paid;
  bool operator==(const CreditsGranted&) const = default;
};
struct PackRefunded {
  RefundPack asked;
  Decimal credits;               // taken back
  CreditNoteNumber credit_note;  // none when it was free
  bool operator==(const PackRefunded&) const = default;
};

struct UsageVoided {
  VoidUsage asked;
  Position usage;          // the event that is reversed
  std::uint32_t item = 0;  // which of its usages: a settled hold has several
  FeatureNumber feature;
  std::string variant;
  std::string value;  // unique meters: of the property
  Disposition disposition = Disposition::current;
  Instant period_from;
  Instant at;        // of the usage
  Decimal quantity;  // taken off the meter's total
  TokenTotals tokens;
  std::string provider;  // of tokens, as resolved; so is the model
  std::string model;
  Decimal price;            // given back: what the charge shrinks by, or credits
  std::vector<Draw> draws;  // credits put back, into the same grants
  Decimal debt;             // credit debt taken back
  Decimal unpaid;           // of the usage
  Decimal late_charge;      // closed periods: credited on the next invoice (> 0)
  bool operator==(const UsageVoided&) const = default;
};

struct TrialEnded {
  Subscription subscription;
  InvoiceNumber invoice;
  bool operator==(const TrialEnded&) const = default;
};
/// The running period ends at `at`, and the next one is of another plan.
struct PlanChanged {
  std::optional<ChangePlan> asked;  // absent when a scheduled change falls due
  Instant at;
  Subscription subscription;
  InvoiceNumber invoice;  // at once: the one that closes what ran; by schedule: none
  bool operator==(const PlanChanged&) const = default;
};
struct ChangeScheduled {
  ChangePlan asked;
  ScheduledChange change;
  Instant at;
  bool operator==(const ChangeScheduled&) const = default;
};
struct ChangeRevoked {
  RevokeChange asked;
  bool operator==(const ChangeRevoked&) const = default;
};
struct Paused {
  Pause asked;
  Instant at;
  bool operator==(const Paused&) const = default;
};
struct Resumed {
  Resume asked;
  Subscription subscription;
  InvoiceNumber invoice;
  bool operator==(const Resumed&) const = default;
};
struct VersionPinned {
  PinVersion asked;
  std::uint32_t version = 0;  // 0: let go
  bool operator==(const VersionPinned&) const = default;
};
/// A version published with improvements_now raises what the running period gives.
struct AllowanceRaised {
  std::uint32_t version = 0;
  std::optional<Grant> grant;  // credits plans: the difference
  Decimal debt_paid;
  Decimal included_balance;  // balance plans: the difference
  bool operator==(const AllowanceRaised&) const = default;
};
struct SeatsChanged {
  ChangeSeats asked;
  FeatureNumber feature;
  std::uint64_t held = 0;     // from now on
  std::uint64_t highest = 0;  // in the running billing period
  Decimal value;              // see SeatsHeld
  Decimal true_up;            // exact: added to the next invoice
  bool operator==(const SeatsChanged&) const = default;
};

struct AdjustmentAdded {
  AddAdjustment asked;
  std::string currency;
  InvoiceNumber invoice;  // none: on the next invoice
  bool operator==(const AdjustmentAdded&) const = default;
};
struct CustomerCreditAdded {
  AddCustomerCredit asked;
  std::string currency;
  bool operator==(const CustomerCreditAdded&) const = default;
};
struct CreditNoteClosed {
  std::optional<CreditInvoice> asked;  // absent: a pack was refunded
  CreditNote note;
  InvoiceStatus status = InvoiceStatus::open;  // of the invoice, from now on
  Decimal restored;  // customer credit that the voided invoice had used, given back
  bool operator==(const CreditNoteClosed&) const = default;
};
struct PaymentRecorded {
  RecordPayment asked;
  Decimal amount;
  InvoiceStatus status = InvoiceStatus::open;  // of the invoice, from now on
  bool operator==(const PaymentRecorded&) const = default;
};
struct PaymentFailed {
  RecordPaymentFailure asked;
  bool operator==(const PaymentFailed&) const = default;
};
struct InvoiceUncollectible {
  MarkUncollectible asked;
  bool operator==(const InvoiceUncollectible&) const = default;
};
struct AlertsSet {
  SetAlerts asked;
  bool operator==(const AlertsSet&) const = default;
};
/// A level was crossed; recorded once until a reset or refill arms it again.
struct AlertRaised {
  AlertRule rule;  // with the feature it is about
  Instant period_from;
  Decimal value;      // used units, credits or money now
  Decimal threshold;  // what the level is in units, credits or money
  bool operator==(const AlertRaised&) const = default;
};
/// What a customer brings along; follows its CustomerCreated.
struct CustomerMovedIn {
  Subscription subscription;
  PeriodStarted period;  // the running one, as the anchor gives it, with the seats held
  std::vector<FeatureUsage> usage;
  SpendingBalance balance;
  std::vector<Grant> grants;
  Decimal customer_credit;
  bool operator==(const CustomerMovedIn&) const = default;
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
using EventBody = std::variant<
    LedgerCreated, FeaturePublished, PlanPublished, PackPublished, ModelPricePublished,
    CatalogPublished, CustomerCreated, CustomerUpdated, Subscribed, PeriodStarted, PeriodClosed,
    CancelScheduled, CancelRevoked, Canceled, UsageRecorded, PackPurchased, ToppedUp,
    CreditsExpired, InvoiceClosed, ClockMoved, TrialEnded, PlanChanged, ChangeScheduled,
    ChangeRevoked, Paused, Resumed, VersionPinned, AllowanceRaised, SeatsChanged, CreditsGranted,
    CreditsRolledOver, PackRefunded, UsageVoided, AdjustmentAdded, CustomerCreditAdded,
    CreditNoteClosed, PaymentRecorded, PaymentFailed, InvoiceUncollectible, AlertsSet, AlertRaised,
    CustomerMovedIn, HoldPlaced, HoldUsed, HoldSettled, HoldReleased, HoldExtended, HoldExpired>;

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
/// The usages that the event records: none for most kinds.
std::span<const UsageRecorded> usagesOf(const EventBody& body);
/// The stable name of the event's kind ("usageRecorded"), as in the schema.
std::string_view eventName(const EventBody& body);

/// The scope in which the event's key is unique: the customer, or none (the ledger) for events of
/// the ledger and for CustomerCreated, whose command named a customer that did not exist.
CustomerNumber keyScope(const Event& event);

}  // namespace daybook
