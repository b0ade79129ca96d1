// The values that calls take and give: plain structs, as in the protocol.
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
// ---------------------------------------------------------------------------------------

enum class OnShortfall : std::uint16_t {
  reject,    // refused, whole
  cap,       // recorded in full; what is left pays, the rest is recorded as unpaid
  overdraw,  // recorded in full, goes negative
};
enum class CancelWhen : std::uint16_t { periodEnd, now };
enum class Disposition : std::uint16_t { current, grace };
enum class GrantKind : std::uint16_t { plan, promotional, purchased };
enum class SubscriptionState : std::uint16_t { none, active, canceled };
enum class ConsumptionModel : std::uint16_t { metered, credits, balance };
enum class InvoiceType : std::uint16_t { start, renewal, final, creditPurchase, balanceTopUp };
enum class InvoiceStatus : std::uint16_t { open };
enum class LineType : std::uint16_t { planBase, overage, minimum, balanceOverage, pack, topUp };
enum class ItemKind : std::uint16_t { feature, plan, pack, priceBook };
enum class ChangeAction : std::uint16_t { unchanged, added, changed };
enum class ClockKind : std::uint16_t { wall, manual };

std::string_view name(OnShortfall value);
std::string_view name(CancelWhen value);
std::string_view name(Disposition value);
std::string_view name(GrantKind value);
std::string_view name(SubscriptionState value);
std::string_view name(ConsumptionModel value);
std::string_view name(InvoiceType value);
std::string_view name(InvoiceStatus value);
std::string_view name(LineType value);
std::string_view name(ItemKind value);
std::string_view name(ChangeAction value);
std::string_view name(ClockKind value);

// ---- Usage
// ---------------------------------------------------------------------------------------

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
  bool operator==(const Usage&) const = default;
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
  std::string amount;
  bool operator==(const Draw&) const = default;
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
  std::uint32_t grant = 0;
  std::uint64_t invoice = 0;
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

// ---- Balances
// ------------------------------------------------------------------------------------

struct TokenTotals {
  std::uint64_t input = 0;
  std::uint64_t output = 0;
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write = 0;
  bool operator==(const TokenTotals&) const = default;
};

struct FeatureBalance {
  std::string feature;
  bool unlimited = false;
  std::string used;
  std::string included;
  std::string remaining;
  std::string unpaid;
  std::string charge;  // metered plans: exact charge so far; balance plans: deducted so far
  std::uint64_t events = 0;
  TokenTotals tokens;
};

struct CreditBalance {
  std::string plan;
  std::string promotional;
  std::string purchased;
  std::string debt;
  std::string available;  // what usage now may draw, less the debt
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
};

/// The spending balance of a balance plan.
struct SpendingBalance {
  std::string included;
  std::string top_ups;
  std::string amount;  // what is left: signed
};

struct Terms {
  std::string plan;
  std::uint32_t version = 0;
  std::string currency;
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
  std::int64_t cancel_at_ns = 0;  // 0: no cancellation is scheduled
  std::vector<FeatureBalance> features;
  std::optional<CreditBalance> credits;  // credits plans, and whoever holds credits
  std::vector<Grant> grants;             // usable ones, in draw order
  std::optional<SpendingBalance> money;  // balance plans
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
  std::string balance;
  std::string cost;  // money, or credits on credits plans
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

// ---- Invoices
// ------------------------------------------------------------------------------------

struct TierCharge {
  std::string quantity;
  std::string unit_price;
  std::string flat_fee;
  std::string exact;
};

struct InvoiceLine {
  LineType type = LineType::planBase;
  std::string feature;
  std::string description;
  std::string quantity;
  std::string included;
  std::string unit_price;  // where one price applies to all of it; else see tiers
  std::vector<TierCharge> tiers;
  std::string exact;
  std::string amount;  // `exact`, rounded once
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
};

struct Invoice {
  std::uint64_t number = 0;  // 0 for an upcoming invoice
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
};

// ---- Catalog, log, daemon
// ------------------------------------------------------------------------

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
