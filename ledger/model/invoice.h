// Invoices: closed, numbered, immutable statements of charges (BILLING.md section 8).
//
// Plain values with ==. Amounts are in the invoice's currency; `exact` is unrounded, `amount` is
// rounded once to the currency's minor unit; the total is the sum of the rounded lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/base/ids.h"
#include "ledger/base/instant.h"

namespace daybook {

enum class InvoiceType : std::uint16_t {
  start = 0,    // the first base price, at once
  renewal = 1,  // closes a usage period and charges the coming billing period
  final = 2,    // closes the last usage period of a canceled subscription
  creditPurchase = 3,
  balanceTopUp = 4,
  planChange = 5,  // closes what ran and charges the new plan, at once
  adjustment = 6,  // what no other invoice takes: late usage after a subscription, one-off charges
};

enum class LineType : std::uint16_t {
  planBase = 0,
  overage = 1,
  minimum = 2,
  balanceOverage = 3,
  pack = 4,
  topUp = 5,
  discount = 6,
  seats = 7,
  lateAdjustment = 8,
  prorationCredit = 9,
  adjustment = 10,
  customerCredit = 11,  // negative: paid with customer credit; positive: what becomes of it
};

/// `voided`: credited in full before it was paid.
enum class InvoiceStatus : std::uint16_t { open = 0, paid = 1, voided = 2, uncollectible = 3 };

/// How a line's exact amount came about: units at one tier. Unrounded.
struct TierCharge {
  Decimal quantity;
  Decimal unit_price;
  Decimal flat_fee;
  Decimal exact;
  bool operator==(const TierCharge&) const = default;
};

struct TokenTotals {
  std::uint64_t input = 0;  // without cached ones
  std::uint64_t output = 0;
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write = 0;
  bool operator==(const TokenTotals&) const = default;
};

/// What the calls of one model of a price book used and cost. Without a name: of the models that
/// are not told apart.
struct ModelUsage {
  std::string provider;
  std::string model;
  TokenTotals tokens;
  Decimal cost;  // money, with the margin
  bool operator==(const ModelUsage&) const = default;
};

/// One charge. For token-priced features `quantity` is the money the tokens cost before what is
/// included.
struct InvoiceLine {
  LineType type = LineType::planBase;
  std::string feature;  // code; empty for lines that are not of a feature
  std::string variant;  // value of the dimension; empty: the default prices
  std::string description;
  Decimal quantity;    // used in the period
  Decimal included;    // of it, not charged
  Decimal unit_price;  // where one price applies to all of it; else 0 and see tiers
  std::vector<TierCharge> tiers;
  std::vector<ModelUsage> models;  // overage of tokens: all that was used, dearest first
  Decimal exact;
  Decimal amount;
  Instant from;
  Instant to;
  bool operator==(const InvoiceLine&) const = default;
};

struct Invoice {
  InvoiceNumber number;
  std::string label;  // "INV-000001"
  InvoiceType type = InvoiceType::renewal;
  InvoiceStatus status = InvoiceStatus::open;  // paid from the start when nothing is due
  std::string customer;                        // id
  std::string currency;
  Instant date;  // T of the boundary it closes; the instant of the purchase
  Instant due;
  Instant from;  // the usage period it closes, or what it pays for
  Instant to;
  std::string plan;  // code; empty for purchases without a plan
  std::uint32_t plan_version = 0;
  std::uint32_t price_book_version = 0;  // in force at `date`; 0: none
  Position computed_at;                  // replaying the log to this position gives the same bytes
  std::vector<InvoiceLine> lines;
  Decimal total;
  bool operator==(const Invoice&) const = default;
};

/// A numbered, immutable reversal of (part of) an invoice.
struct CreditNote {
  CreditNoteNumber number;
  std::string label;      // "CN-000001"
  InvoiceNumber invoice;  // what it reverses
  std::string customer;   // id
  std::string currency;
  Instant date;
  std::string reason;
  Decimal total;                    // > 0
  bool as_customer_credit = false;  // pays later invoices instead of being paid out
  Position computed_at;
  bool operator==(const CreditNote&) const = default;
};

/// "INV-000001" of prefix "INV-" and number 1: at least six digits.
std::string invoiceLabel(const std::string& prefix, InvoiceNumber number);
/// "CN-000001", in the same way.
std::string creditNoteLabel(const std::string& prefix, CreditNoteNumber number);

}  // namespace daybook
