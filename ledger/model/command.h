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
#include "ledger/base/instant.h"
#include "ledger/model/catalog.h"

namespace daybook {

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
  bool operator==(const RecordUsage&) const = default;
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

struct CreateCustomer {
  std::string zone;  // IANA name; empty: UTC
  bool operator==(const CreateCustomer&) const = default;
};

/// A change of zone takes effect at the next boundary.
struct UpdateCustomer {
  std::string zone;
  bool operator==(const UpdateCustomer&) const = default;
};

struct Subscribe {
  std::string plan;
  std::string currency;           // empty: the customer's, or the plan's only one
  std::optional<Instant> anchor;  // absent: the start; later: the first period is a stub
  bool operator==(const Subscribe&) const = default;
};

enum class CancelWhen : std::uint16_t { periodEnd = 0, now = 1 };
struct Cancel {
  CancelWhen when = CancelWhen::periodEnd;
  bool operator==(const Cancel&) const = default;
};

/// Takes back a cancellation at the period's end that has not happened yet.
struct RevokeCancel {
  bool operator==(const RevokeCancel&) const = default;
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

using CommandBody = std::variant<RecordUsage, BuyCredits, TopUp, CreateCustomer, UpdateCustomer,
                                 Subscribe, Cancel, RevokeCancel, PublishCatalog, MoveClock>;

struct Command {
  /// Idempotency key: unique per customer, but per ledger for CreateCustomer, PublishCatalog and
  /// MoveClock.
  std::string key;
  std::string customer;  // id; empty for PublishCatalog and MoveClock
  CommandBody body;
  bool operator==(const Command&) const = default;
};

/// The first field of `now` that differs from `before` ("quantity", "tokens.output", "properties",
/// "command" for another kind), or nullopt when the contents are the same. Decimals compare by
/// value.
std::optional<std::string_view> firstDifference(const CommandBody& before, const CommandBody& now);

}  // namespace daybook
