// Commands: what callers ask the ledger to record.
//
// Plain values with ==. A command carries its contents as sent: nothing in it is resolved or
// defaulted, so that a repeated key can be compared with what was asked the first time (BILLING.md
// section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/base/ids.h"
#include "ledger/base/instant.h"
#include "ledger/model/catalog.h"

namespace daybook {

enum class GrantKind : std::uint16_t { plan = 0, promotional = 1, purchased = 2 };

/// Token counts of one model call. Exactly one of `input` (cached tokens not among them) and
/// `total_input` (cached ones included).
struct Tokens {
  std::string provider;  // empty: resolved when exactly one live provider has the model
  std::string model;
  std::optional<std::uint64_t> input;
  std::optional<std::uint64_t> total_input;
  std::optional<std::uint64_t> output;  // required by the rules; absent is refused
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write = 0;
  bool operator==(const Tokens&) const = default;
};

struct Property {
  std::string name;
  std::string value;
  bool operator==(const Property&) const = default;
};

/// What to do with usage that does not fit (BILLING.md section 6).
enum class OnShortfall : std::uint16_t { reject = 0, cap = 1, overdraw = 2 };

struct RecordUsage {
  std::string feature;
  std::optional<Decimal> quantity;  // absent: 1
  std::optional<Tokens> tokens;
  std::optional<Instant> at;  // absent: now
  std::vector<Property> properties;
  OnShortfall on_shortfall = OnShortfall::reject;
  /// `quantity` is what the usage period's total shall be; recorded as the difference.
  bool set = false;
  bool operator==(const RecordUsage&) const = default;
};

/// One feature of a hold, or of what settles it: measured as usage with the same fields would be.
struct HoldItem {
  std::string feature;
  std::optional<Decimal> quantity;  // absent: 1
  std::optional<Tokens> tokens;
  std::vector<Property> properties;
  bool operator==(const HoldItem&) const = default;
};

/// Sets amounts aside before the work (BILLING.md section 6): of all items, or of none. The hold is
/// named by the command's key, within its customer.
struct PlaceHold {
  std::vector<HoldItem> items;  // of one feature each
  std::optional<Duration> ttl;  // absent: limits::kHoldMinutesDefault
  bool operator==(const PlaceHold&) const = default;
};
/// Replaces a hold with usage. Recorded in full, whatever is left.
struct SettleHold {
  std::string hold;             // key of its PlaceHold
  std::vector<HoldItem> items;  // what was used; none: all that it still holds
  std::optional<Instant> at;    // absent: now
  bool operator==(const SettleHold&) const = default;
};
/// Records usage out of a live hold, which holds that much less from then on.
struct UseHold {
  std::string hold;
  RecordUsage usage;  // on_shortfall is about what goes beyond the hold
  bool operator==(const UseHold&) const = default;
};
struct ReleaseHold {
  std::string hold;
  bool operator==(const ReleaseHold&) const = default;
};
/// The hold lives for `ttl` from now on, if that is longer than it would.
struct ExtendHold {
  std::string hold;
  std::optional<Duration> ttl;  // absent: limits::kHoldMinutesDefault
  bool operator==(const ExtendHold&) const = default;
};

struct BuyCredits {
  std::string pack;
  std::string currency;  // empty: the customer's, or the pack's only one
  bool operator==(const BuyCredits&) const = default;
};

struct TopUp {
  Decimal amount;
  std::string currency;  // empty: the customer's
  bool operator==(const TopUp&) const = default;
};

struct SeatCount {
  std::string feature;  // code
  std::uint64_t seats = 0;
  bool operator==(const SeatCount&) const = default;
};

/// What one feature (and variant) used so far in the usage period that is moved in.
struct OpeningUsage {
  std::string feature;
  std::string variant;
  Decimal quantity;
  Decimal charged;  // percentage prices and balance plans: what it cost
  bool operator==(const OpeningUsage&) const = default;
};
/// A grant that is moved in. Plan grants end with the running usage period.
struct OpeningGrant {
  GrantKind kind = GrantKind::purchased;
  Decimal credits;
  Decimal remaining;
  std::int32_t priority = 50;
  std::optional<Instant> effective;  // absent: when it is recorded
  std::optional<Instant> expiry;     // absent: never
  std::vector<std::string> features;
  bool operator==(const OpeningGrant&) const = default;
};
/// A customer's state in another system, taken over in mid-period (BILLING.md section 8). The
/// billing period that runs at the move is taken as paid for: its base price is not invoiced.
struct Opening {
  std::string plan;
  std::string currency;              // empty: the plan's only one
  std::optional<Interval> interval;  // absent: the plan's
  Instant anchor;                    // in the past, or the move itself
  Decimal base_charged;              // paid for the running billing period: credited on an upgrade
  std::vector<OpeningUsage> usage;
  std::vector<OpeningGrant> grants;
  std::optional<Decimal> balance;  // balance plans; absent: the included amount
  Decimal top_ups;                 // of the balance, bought
  std::vector<SeatCount> seats;    // held, and paid for
  Decimal customer_credit;
  bool operator==(const Opening&) const = default;
};

struct CreateCustomer {
  std::string zone;  // IANA name; empty: UTC
  std::optional<Opening> opening;
  bool operator==(const CreateCustomer&) const = default;
};

/// A change of zone takes effect at the next boundary.
struct UpdateCustomer {
  std::string zone;
  bool operator==(const UpdateCustomer&) const = default;
};

struct Subscribe {
  std::string plan;
  std::string currency;                     // empty: the customer's, or the plan's only one
  std::optional<Instant> anchor;            // absent: the start; later: the first period is a stub
  std::optional<Interval> interval;         // absent: the plan's
  std::optional<std::uint32_t> trial_days;  // absent: the plan's; 0: none
  std::vector<SeatCount> seats;             // held from the start
  bool operator==(const Subscribe&) const = default;
};

enum class CancelWhen : std::uint16_t { periodEnd = 0, now = 1 };
struct Cancel {
  CancelWhen when = CancelWhen::periodEnd;
  bool credit_unused = false;  // now: the unused part of what was paid in advance
  bool operator==(const Cancel&) const = default;
};

/// Takes back a cancellation at the period's end that has not happened yet.
struct RevokeCancel {
  bool operator==(const RevokeCancel&) const = default;
};

enum class ChangeWhen : std::uint16_t { automatic = 0, now = 1, periodEnd = 2 };
/// automatic: an upgrade at once, a downgrade at the end of the billing period.
struct ChangePlan {
  std::string plan;
  std::optional<Interval> interval;  // absent: the new plan's
  ChangeWhen when = ChangeWhen::automatic;
  bool operator==(const ChangePlan&) const = default;
};
/// Takes back a scheduled change of plan.
struct RevokeChange {
  bool operator==(const RevokeChange&) const = default;
};

struct Pause {
  bool operator==(const Pause&) const = default;
};
struct Resume {
  bool operator==(const Resume&) const = default;
};

/// Keeps the subscription on the plan version that runs now, or lets it go.
struct PinVersion {
  bool pinned = true;
  bool operator==(const PinVersion&) const = default;
};

/// Adds seats (negative: removes), or sets how many are held.
struct ChangeSeats {
  std::string feature;
  std::int64_t seats = 0;
  bool set = false;
  bool operator==(const ChangeSeats&) const = default;
};

/// Promotional credits.
struct GrantCredits {
  Decimal credits;
  std::int32_t priority = 50;
  std::optional<Instant> effective;  // absent: now; later: usable by usage recorded from then on
  std::optional<Instant> expiry;     // absent: never
  std::vector<std::string> features;
  std::string reason;
  bool operator==(const GrantCredits&) const = default;
};

/// Takes back what is left of a purchased grant, with a credit note for that share of its price.
struct RefundPack {
  GrantNumber grant;
  std::string reason;
  bool operator==(const RefundPack&) const = default;
};

/// Reverses the usage event that carries this key.
struct VoidUsage {
  std::string usage_key;
  std::string reason;
  bool operator==(const VoidUsage&) const = default;
};

/// A one-off charge (negative: credit): a line of the next invoice; of its own one at once when
/// asked so, or when there is no live subscription.
struct AddAdjustment {
  Decimal amount;
  std::string currency;  // empty: the customer's
  std::string description;
  bool at_once = false;
  bool operator==(const AddAdjustment&) const = default;
};

/// Money the seller owes the customer: pays later invoices, oldest first.
struct AddCustomerCredit {
  Decimal amount;
  std::string currency;  // empty: the customer's
  std::string reason;
  bool operator==(const AddCustomerCredit&) const = default;
};

/// Reverses (part of) an invoice of the customer.
struct CreditInvoice {
  InvoiceNumber invoice;
  std::optional<Decimal> amount;  // absent: all that is not credited yet
  std::string reason;
  bool as_customer_credit = false;  // pays later invoices instead of being paid out
  bool operator==(const CreditInvoice&) const = default;
};

struct RecordPayment {
  InvoiceNumber invoice;
  std::optional<Decimal> amount;  // absent: what is due
  std::string reference;
  bool operator==(const RecordPayment&) const = default;
};
struct RecordPaymentFailure {
  InvoiceNumber invoice;
  std::string reason;
  bool operator==(const RecordPaymentFailure&) const = default;
};
struct MarkUncollectible {
  InvoiceNumber invoice;
  bool operator==(const MarkUncollectible&) const = default;
};

/// The customer's own alerts instead of the plan's; absent: the plan's again.
struct SetAlerts {
  std::optional<std::vector<AlertRule>> rules;
  bool operator==(const SetAlerts&) const = default;
};

struct PublishCatalog {
  Catalog catalog;     // versions and effective dates in it are ignored
  std::string digest;  // of the contents as sent, hex; stands for them when a key is repeated
  bool operator==(const PublishCatalog&) const = default;
};

/// Moves a manual clock.
struct MoveClock {
  Instant to;
  bool operator==(const MoveClock&) const = default;
};

using CommandBody =
    std::variant<RecordUsage, BuyCredits, TopUp, CreateCustomer, UpdateCustomer, Subscribe, Cancel,
                 RevokeCancel, PublishCatalog, MoveClock, ChangePlan, RevokeChange, Pause, Resume,
                 PinVersion, ChangeSeats, GrantCredits, RefundPack, VoidUsage, AddAdjustment,
                 AddCustomerCredit, CreditInvoice, RecordPayment, RecordPaymentFailure,
                 MarkUncollectible, SetAlerts, PlaceHold, SettleHold, UseHold, ReleaseHold,
                 ExtendHold>;

struct Command {
  /// Idempotency key: unique per customer, but per ledger for CreateCustomer, PublishCatalog and
  /// MoveClock.
  std::string key;
  std::string customer;  // id; empty for PublishCatalog and MoveClock
  CommandBody body;
  bool operator==(const Command&) const = default;
};

/// The usage that would be measured as the item is.
RecordUsage usageOf(const HoldItem& item, std::optional<Instant> at);

/// The first field of `now` that differs from `before` ("quantity", "tokens.output", "properties",
/// "command" for another kind), or nullopt when the contents are the same. Decimals compare by
/// value.
std::optional<std::string_view> firstDifference(const CommandBody& before, const CommandBody& now);

}  // namespace daybook
