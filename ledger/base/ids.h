// Numbers that name things, one type each, so that one cannot be passed for another.
//
// All are plain values, comparable, and start at 1; 0 means "none".
#pragma once

#include <compare>
#include <cstdint>

namespace daybook {

/// A tagged number. `value` 0 is "none".
template <typename Tag, typename Number>
struct Id {
  Number value = 0;

  constexpr Id() = default;
  constexpr explicit Id(Number number) : value(number) {}
  constexpr bool isNone() const { return value == 0; }
  constexpr auto operator<=>(const Id&) const = default;
  /// The number that follows this one.
  constexpr Id next() const { return Id(static_cast<Number>(value + 1)); }
};

/// Where an event stands in the log: 1 is the first event. The Merkle leaf index is position - 1.
using Position = Id<struct PositionTag, std::uint64_t>;
/// A customer's number, given in order of creation; 0 is the ledger itself.
using CustomerNumber = Id<struct CustomerTag, std::uint32_t>;
/// A grant's number, unique within its customer.
using GrantNumber = Id<struct GrantTag, std::uint32_t>;
/// An invoice's number, gapless within the ledger: 1 prints as "INV-000001".
using InvoiceNumber = Id<struct InvoiceTag, std::uint64_t>;
using CreditNoteNumber = Id<struct CreditNoteTag, std::uint64_t>;
/// A feature's number, given in order of first publication.
using FeatureNumber = Id<struct FeatureTag, std::uint32_t>;
/// A hold's number, unique within its customer.
using HoldNumber = Id<struct HoldTag, std::uint64_t>;

}  // namespace daybook
