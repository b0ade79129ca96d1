// The values that calls take and give: plain structs, as in the protocol. Here is what they share,
// usage, and the log; account.h has balances, invoices and reports, commands.h what commands ask.
//
// Units: amounts of money, quantities and credits are exact decimals as text ("0.0126"), never
// binary floating point; empty text is the default that the field names. Instants are nanoseconds
// since the Unix epoch, UTC, ranges [from, to); 0 is "absent", kNever is "never". Numbers of grants
// and invoices and log positions start at 1; 0 is "none". Enums have the names and numbers of the
// protocol; a newer daemon may send others, for which name() is "unknown". Values; safe to use from
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::client {

inline constexpr std::int64_t kNever = INT64_MAX;

/// What a command was answered: a stable number and its name. 0 is "ok".
struct Outcome {
  std::uint16_t number = 0;
  std::string name = "ok";
  bool ok() const { return number == 0; }
  bool operator==(const Outcome&) const = default;
};

/// The answer to one call. `value` counts only where the outcome is ok, but for a Receipt and a
/// BatchResult, which are filled in as far as they go.
template <typename T>
struct Reply {
  Outcome outcome;
  std::string detail;  // names the field, item or value of a refusal
  T value{};
  std::string json;  // the response in the standard Cap'n Proto JSON form, where asked for
  bool ok() const { return outcome.ok(); }
};

struct Nothing {
  bool operator==(const Nothing&) const = default;
};

/// One page of a list. `next` is the cursor to go on with; empty at the end.
template <typename T>
struct Page {
  std::vector<T> items;
  std::string next;
};

/// Which part of a list to give.
struct PageRequest {
  std::uint32_t limit = 0;  // 0: 100; at most 1 000
  std::string cursor;       // empty: from the start
};

// ---- Enums

enum class OnShortfall : std::uint16_t {
  reject,    // refused, whole
  cap,       // recorded in full; what is left pays, the rest is recorded as unpaid
  overdraw,  // recorded in full, goes negative
};
enum class CancelWhen : std::uint16_t { periodEnd, now };
/// automatic ("auto" in the protocol): an upgrade at once, a downgrade at the billing period's end.
enum class ChangeWhen : std::uint16_t { automatic, now, atPeriodEnd };
/// late: the period is closed; what it costs is billed on the next invoice.
enum class Disposition : std::uint16_t { current, grace, late };
enum class GrantKind : std::uint16_t { plan, promotional, purchased };
enum class SubscriptionState : std::uint16_t { none, active, canceled, trialing, paused };
enum class ConsumptionModel : std::uint16_t { metered, credits, balance };
/// Of billing periods. `once`: paid for once.
enum class Interval : std::uint16_t { week, month, quarter, year, once };
enum class AlertKind : std::uint16_t {
  usage,    // units used of a feature reach the level
  credits,  // credits that may be drawn fall below the level
  balance,  // the spending balance falls below the level
};
enum class InvoiceType : std::uint16_t {
  start,    // the first base price, at once
  renewal,  // closes a usage period, charges the coming billing period
  final,    // closes the last usage period
  creditPurchase,
  balanceTopUp,
  planChange,  // closes what ran and charges the new plan, at once
  adjustment,  // late usage after a subscription, one-off charges
};
/// voided ("void" in the protocol): credited in full before it was paid.
enum class InvoiceStatus : std::uint16_t { open, paid, voided, uncollectible };
enum class LineType : std::uint16_t {
  planBase,
  overage,
  minimum,
  balanceOverage,
  pack,
  topUp,
  discount,
  seats,
  lateAdjustment,
  prorationCredit,
  adjustment,
  customerCredit,  // negative: paid with customer credit; positive: becomes customer credit
};
enum class StatementKind : std::uint16_t {
  movedIn,
  subscribed,
  trialEnded,
  planChanged,
  paused,
  resumed,
  canceled,
  invoiceClosed,
  creditNoteClosed,
  paymentRecorded,
  paymentFailed,
  invoiceUncollectible,
  customerCreditAdded,
  creditsGranted,  // of any kind: with a period, bought, promotional
  creditsExpired,
  creditsRefunded,
};
enum class ItemKind : std::uint16_t { feature, plan, pack, priceBook };
enum class ChangeAction : std::uint16_t { unchanged, added, changed };
enum class ClockKind : std::uint16_t { wall, manual };

std::string_view name(OnShortfall value);
std::string_view name(CancelWhen value);
std::string_view name(ChangeWhen value);
std::string_view name(Disposition value);
std::string_view name(GrantKind value);
std::string_view name(SubscriptionState value);
std::string_view name(ConsumptionModel value);
std::string_view name(Interval value);
std::string_view name(AlertKind value);
std::string_view name(InvoiceType value);
std::string_view name(InvoiceStatus value);
std::string_view name(LineType value);
std::string_view name(StatementKind value);
std::string_view name(ItemKind value);
std::string_view name(ChangeAction value);
std::string_view name(ClockKind value);

/// When to raise an alert; once per crossing, until a reset or refill arms it again.
struct AlertRule {
  AlertKind kind = AlertKind::usage;
  std::string feature;  // usage: its code; empty: every metered feature of the plan
  std::string level;    // see percent
  /// Of the included units, of the period's plan grant, of the included balance. Else an amount.
  bool percent = true;
  bool operator==(const AlertRule&) const = default;
};

// ---- Usage

struct Tokens {
  std::string provider;  // empty: resolved when exactly one live provider has the model
  std::string model;
  std::optional<std::int64_t> input;        // without cached ones
  std::optional<std::int64_t> total_input;  // cached ones included; exactly one of the two
  std::optional<std::int64_t> output;       // required
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write = 0;
  bool operator==(const Tokens&) const = default;
};

struct Property {
  std::string name;
  std::string value;
  bool operator==(const Property&) const = default;
};

struct Usage {
  std::string feature;
  std::string quantity;          // empty: 1
  std::optional<Tokens> tokens;  // instead of a quantity, for features priced by tokens
  std::int64_t at_ns = 0;        // when it happened; 0: now
  std::vector<Property> properties;
  OnShortfall on_shortfall = OnShortfall::reject;
  /// `quantity` is what the usage period's total shall be; recorded as the difference.
  bool set = false;
  bool operator==(const Usage&) const = default;
};

/// One feature of a hold, or of what settles it: measured as usage with the same fields would be.
struct HoldItem {
  std::string feature;
  std::string quantity;          // empty: 1
  std::optional<Tokens> tokens;  // instead of a quantity, for features priced by tokens
  std::vector<Property> properties;
  bool operator==(const HoldItem&) const = default;
};

/// What becomes of an open hold when the client that placed it is destroyed, or its connection
/// breaks (with the process, too). The daemon's own end leaves it.
enum class WhenClientGoes {
  leave,    // it is named by its key, and expires by itself
  release,  // nobody waits for it: all of it is free at once
};

/// Amounts set aside before the work, of all items or of none. The hold is named by the key of the
/// call that places it.
struct PlaceHold {
  std::vector<HoldItem> items;  // at most 16, of one feature each
  std::int64_t ttl_ns = 0;      // it expires by itself after that; 0: 5 minutes; at most 24 hours
  WhenClientGoes when_client_goes = WhenClientGoes::leave;
  bool operator==(const PlaceHold&) const = default;
};

/// Replaces a hold with usage: recorded in full, whatever is left.
struct SettleHold {
  std::string hold;             // key of the call that placed it
  std::vector<HoldItem> items;  // what was used, at most 16; empty: all that it still holds
  std::int64_t at_ns = 0;       // when it happened; 0: now
  bool operator==(const SettleHold&) const = default;
};

/// Records usage out of a live hold, which holds that much less from then on.
struct UseHold {
  std::string hold;  // key of the call that placed it
  Usage usage;       // on_shortfall is about what goes beyond the hold
  bool operator==(const UseHold&) const = default;
};

/// The hold lives for `ttl_ns` from now on, if that is longer than it would.
struct ExtendHold {
  std::string hold;         // key of the call that placed it
  std::int64_t ttl_ns = 0;  // 0: 5 minutes; at most 24 hours after it was placed
  bool operator==(const ExtendHold&) const = default;
};

/// One usage event of a batch. The key is unique for its customer, for ever.
struct UsageEntry {
  std::string customer;
  std::string key;
  Usage usage;
  bool operator==(const UsageEntry&) const = default;
};

struct Draw {
  std::uint32_t grant = 0;
  std::string amount;  // taken; negative: put back
  bool operator==(const Draw&) const = default;
};

/// One feature of a hold that was placed, used or settled.
struct ReceiptItem {
  std::string feature;
  Disposition disposition = Disposition::current;
  std::int64_t period_from_ns = 0;
  std::string quantity;
  std::string price;        // of a hold: what it would cost now, beside the other holds
  std::vector<Draw> draws;  // of a hold: what it pins
  std::string overdrawn;
  std::string unpaid;
  std::string late_charge;
  std::string balance_after;
  bool operator==(const ReceiptItem&) const = default;
};

/// What was recorded, and what will be billed. Fields that a command's kind has no use for are
/// empty. The outcome is that of the reply; in a list of receipts it is here.
struct Receipt {
  Outcome outcome;
  std::string detail;
  std::uint64_t position = 0;
  std::int64_t recorded_ns = 0;
  bool duplicate = false;  // the key was known: the original receipt, nothing was recorded now
  Disposition disposition = Disposition::current;
  std::int64_t period_from_ns = 0;
  std::string quantity;
  std::string price;  // money, or credits on credits plans
  std::vector<Draw> draws;
  std::string overdrawn;
  std::string unpaid;
  std::string balance_after;
  std::string late_charge;  // late usage and voids: what the next invoice charges for it
  std::uint32_t grant = 0;
  std::uint64_t invoice = 0;        // number
  std::uint64_t credit_note = 0;    // number
  std::uint64_t hold = 0;           // its number, of every command about a hold
  std::int64_t hold_expiry_ns = 0;  // when it was placed or extended
  bool hold_expired = false;        // it was settled after it had expired
  /// Of a hold that was placed, used or settled. When there is one, the fields above are its own.
  std::vector<ReceiptItem> items;
};

struct Refusal {
  std::uint32_t index = 0;  // of the entry in its batch
  Outcome outcome;
  std::string detail;
};

/// The dense answer to a batch: every entry is recorded, a duplicate, or among the refusals.
struct BatchResult {
  Outcome outcome;  // not ok: why nothing of the batch was decided
  std::string detail;
  std::uint32_t recorded = 0;
  std::uint32_t duplicates = 0;
  std::vector<Refusal> refusals;
  std::uint64_t position = 0;  // newest position that any entry is recorded at
};

// ---- Catalog, log, daemon

struct CatalogChange {
  ItemKind kind = ItemKind::feature;
  std::string code;
  ChangeAction action = ChangeAction::unchanged;
  std::uint32_t version = 0;  // after it is applied; 0 for features
};

/// 32 bytes as they are, not as text.
using DigestBytes = std::string;

struct TreeHead {
  std::uint64_t size = 0;  // = newest durable position
  DigestBytes root;
  std::int64_t recorded_ns = 0;
};

struct LogEntry {
  std::uint64_t position = 0;
  std::string bytes;  // the stored Event message, as it is hashed
  std::string json;   // the same in the standard JSON form
};

struct LogRequest {
  std::uint64_t from = 0;  // position; 0: the first
  std::uint32_t limit = 0;
  std::string customer;       // empty: every event
  std::uint32_t wait_ms = 0;  // how long to wait when there is nothing to give
};

struct LogPage {
  std::vector<LogEntry> entries;
  std::uint64_t next = 0;  // position to go on from
  TreeHead head;
};

struct Proof {
  std::vector<DigestBytes> path;
  std::uint64_t size = 0;  // of the tree it leads to
};

struct StateDigest {
  std::uint64_t position = 0;
  DigestBytes digest;
};

/// Chosen when the ledger was created.
struct LedgerSettings {
  std::string ledger_id;
  std::uint32_t format_version = 0;
  std::int64_t grace_ns = 0;
  std::int64_t late_window_ns = 0;
  std::int64_t future_limit_ns = 0;
  std::string invoice_prefix;
  std::string credit_note_prefix;
  std::uint64_t first_invoice = 1;
  std::uint64_t first_credit_note = 1;
  std::uint32_t due_days = 0;
};

struct Status {
  std::string version;
  std::string ledger_id;
  ClockKind clock = ClockKind::wall;
  std::int64_t now_ns = 0;     // the ledger's time
  std::uint64_t position = 0;  // newest durable one
  DigestBytes root;
  std::uint64_t customers = 0;
  std::uint64_t invoices = 0;
  std::uint64_t credit_notes = 0;
  std::uint64_t keys = 0;
  std::string data_directory;
  std::uint64_t snapshot_position = 0;  // 0: none
  std::uint64_t free_bytes = 0;
  bool storage_full = false;
  bool clock_jumped = false;  // deciding has stopped until the clock is confirmed
  std::uint64_t uptime_ms = 0;
  std::uint32_t connections = 0;
  std::uint64_t commits = 0;
  LedgerSettings settings;
};

struct Backup {
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
};

}  // namespace daybook::client
