// What billing commands ask: their contents, as in the protocol.
//
// Contents are compared as sent when a key is repeated: an empty field is the default that it
// names, and another thing than that default spelled out. Units are those of types.h. Values; safe
// to use from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daybook/types.h"

namespace daybook::client {

struct SeatCount {
  std::string feature;  // code
  std::uint64_t seats = 0;
  bool operator==(const SeatCount&) const = default;
};

// ---- Customers

/// What one feature, and variant, used so far in the usage period that is moved in.
struct OpeningUsage {
  std::string feature;
  std::string variant;
  std::string quantity;
  std::string charged;  // percentage prices and balance plans: what it cost
  bool operator==(const OpeningUsage&) const = default;
};

/// Plan grants end with the running usage period.
struct OpeningGrant {
  GrantKind kind = GrantKind::purchased;
  std::string credits;  // as granted
  std::string remaining;
  std::int32_t priority = 50;
  std::int64_t effective_ns = 0;  // 0: when it is recorded
  std::int64_t expiry_ns = 0;     // 0: never
  std::vector<std::string> features;
  bool operator==(const OpeningGrant&) const = default;
};

/// A customer's state in another system, taken over in mid-period. The billing period that runs at
/// the move is taken as paid for: its base price is not invoiced.
struct Opening {
  std::string plan;
  std::string currency;              // empty: the plan's only one
  std::optional<Interval> interval;  // absent: the plan's
  std::int64_t anchor_ns = 0;        // in the past, or the move itself
  std::string base_charged;          // paid for the running period: credited on an upgrade
  std::vector<OpeningUsage> usage;
  std::vector<OpeningGrant> grants;
  std::string balance;           // balance plans; empty: the included amount
  std::string top_ups;           // of the balance, bought
  std::vector<SeatCount> seats;  // held, and paid for
  std::string customer_credit;
  bool operator==(const Opening&) const = default;
};

struct CreateCustomer {
  std::string zone;                // IANA time zone; empty: UTC
  std::optional<Opening> opening;  // absent: begins without a subscription
  bool operator==(const CreateCustomer&) const = default;
};

/// The customer's own alerts instead of the plan's.
struct SetAlerts {
  std::optional<std::vector<AlertRule>> rules;  // absent: the plan's again; empty: none
  bool operator==(const SetAlerts&) const = default;
};

// ---- Subscriptions

struct Subscribe {
  std::string plan;
  std::string currency;                     // empty: the customer's, else the plan's only one
  std::int64_t anchor_ns = 0;               // 0: the start; later: the first period is a stub
  std::optional<Interval> interval;         // absent: the plan's
  std::optional<std::uint32_t> trial_days;  // absent: the plan's; 0: none
  std::vector<SeatCount> seats;             // held from the start
  bool operator==(const Subscribe&) const = default;
};

struct Cancel {
  CancelWhen when = CancelWhen::periodEnd;
  bool credit_unused = false;  // now: credits the unused part of what was paid in advance
  bool operator==(const Cancel&) const = default;
};

struct ChangePlan {
  std::string plan;
  std::optional<Interval> interval;  // absent: the new plan's
  ChangeWhen when = ChangeWhen::automatic;
  bool operator==(const ChangePlan&) const = default;
};

/// Adds seats (negative: removes), or sets how many are held.
struct ChangeSeats {
  std::string feature;
  std::int64_t seats = 0;
  bool set = false;
  bool operator==(const ChangeSeats&) const = default;
};

/// Whether the subscription stays on the plan version that runs now.
enum class Pin { keep, release };

// ---- Credits and corrections

/// Promotional credits.
struct GrantCredits {
  std::string credits;
  std::int32_t priority = 50;         // lower is drawn first
  std::int64_t effective_ns = 0;      // 0: now; later: usable by usage recorded from then on
  std::int64_t expiry_ns = 0;         // 0: never
  std::vector<std::string> features;  // codes the credits may pay for; empty: all
  std::string reason;
  bool operator==(const GrantCredits&) const = default;
};

/// Takes back what is left of a purchased grant, with a credit note for that share of its price.
struct RefundPack {
  std::uint32_t grant = 0;
  std::string reason;
  bool operator==(const RefundPack&) const = default;
};

/// Reverses the usage event that carries `usage_key`.
struct VoidUsage {
  std::string usage_key;
  std::string reason;
  bool operator==(const VoidUsage&) const = default;
};

/// A one-off charge: a line of the next invoice.
struct AddAdjustment {
  std::string amount;    // negative: a credit
  std::string currency;  // empty: the customer's
  std::string description;
  bool at_once = false;  // on an invoice of its own, now
  bool operator==(const AddAdjustment&) const = default;
};

/// Money the seller owes the customer: pays later invoices, oldest first.
struct AddCustomerCredit {
  std::string amount;
  std::string currency;  // empty: the customer's
  std::string reason;
  bool operator==(const AddCustomerCredit&) const = default;
};

// ---- Invoices. Each of these names an invoice of the customer by number.

/// Reverses (part of) an invoice with a credit note.
struct CreditInvoice {
  std::uint64_t invoice = 0;
  std::string amount;  // empty: all that is not credited yet
  std::string reason;
  /// Pays later invoices instead of being paid out; refused while anything is due on the invoice.
  bool as_customer_credit = false;
  bool operator==(const CreditInvoice&) const = default;
};

/// Payment is outside the ledger; it learns of it.
struct RecordPayment {
  std::uint64_t invoice = 0;
  std::string amount;     // empty: what is due
  std::string reference;  // of the payment, for people
  bool operator==(const RecordPayment&) const = default;
};

struct RecordPaymentFailure {
  std::uint64_t invoice = 0;
  std::string reason;
  bool operator==(const RecordPaymentFailure&) const = default;
};

}  // namespace daybook::client
