// Enumerants: the model's and the schemas' have the same numbers, so that converting is a cast.
//
// convert_enums.cc proves the equality when it is compiled. A number that this version does not
// know arrives as it is and has to be checked (Intake in convert_common.h does).
#pragma once

#include <cstdint>
#include <optional>

#include "ledger/model/catalog.h"
#include "ledger/model/command.h"
#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "ledger/model/invoice.h"
#include "ledger/model/outcome.h"
#include "protocol/common.capnp.h"
#include "protocol/event.capnp.h"

namespace daybook::protocol {

/// The model's enumeration of a schema's, and the newest enumerant.
template <typename Wire>
struct EnumOf;

template <>
struct EnumOf<wire::Outcome> {
  using Model = Outcome;
  static constexpr wire::Outcome kNewest = wire::Outcome::TOO_MANY_WATCHES;
};
template <>
struct EnumOf<wire::FeatureType> {
  using Model = FeatureType;
  static constexpr wire::FeatureType kNewest = wire::FeatureType::SEATS;
};
template <>
struct EnumOf<wire::Meter> {
  using Model = Meter;
  static constexpr wire::Meter kNewest = wire::Meter::UNIQUE;
};
template <>
struct EnumOf<wire::Scheme> {
  using Model = Scheme;
  static constexpr wire::Scheme kNewest = wire::Scheme::PERCENTAGE;
};
template <>
struct EnumOf<wire::Overage> {
  using Model = Overage;
  static constexpr wire::Overage kNewest = wire::Overage::BLOCK;
};
template <>
struct EnumOf<wire::ConsumptionModel> {
  using Model = ConsumptionModel;
  static constexpr wire::ConsumptionModel kNewest = wire::ConsumptionModel::BALANCE;
};
template <>
struct EnumOf<wire::Interval> {
  using Model = Interval;
  static constexpr wire::Interval kNewest = wire::Interval::ONCE;
};
template <>
struct EnumOf<wire::AtZero> {
  using Model = AtZero;
  static constexpr wire::AtZero kNewest = wire::AtZero::BLOCK;
};
template <>
struct EnumOf<wire::OnShortfall> {
  using Model = OnShortfall;
  static constexpr wire::OnShortfall kNewest = wire::OnShortfall::OVERDRAW;
};
template <>
struct EnumOf<wire::CancelWhen> {
  using Model = CancelWhen;
  static constexpr wire::CancelWhen kNewest = wire::CancelWhen::NOW;
};
template <>
struct EnumOf<wire::ChangeWhen> {
  using Model = ChangeWhen;
  static constexpr wire::ChangeWhen kNewest = wire::ChangeWhen::AT_PERIOD_END;
};
template <>
struct EnumOf<wire::AlertKind> {
  using Model = AlertKind;
  static constexpr wire::AlertKind kNewest = wire::AlertKind::BALANCE;
};
template <>
struct EnumOf<wire::GrantKind> {
  using Model = GrantKind;
  static constexpr wire::GrantKind kNewest = wire::GrantKind::PURCHASED;
};
template <>
struct EnumOf<wire::Disposition> {
  using Model = Disposition;
  static constexpr wire::Disposition kNewest = wire::Disposition::LATE;
};
template <>
struct EnumOf<wire::InvoiceType> {
  using Model = InvoiceType;
  static constexpr wire::InvoiceType kNewest = wire::InvoiceType::ADJUSTMENT;
};
template <>
struct EnumOf<wire::LineType> {
  using Model = LineType;
  static constexpr wire::LineType kNewest = wire::LineType::CUSTOMER_CREDIT;
};
template <>
struct EnumOf<wire::InvoiceStatus> {
  using Model = InvoiceStatus;
  static constexpr wire::InvoiceStatus kNewest = wire::InvoiceStatus::UNCOLLECTIBLE;
};
template <>
struct EnumOf<wire::ClockKind> {
  using Model = ClockKind;
  static constexpr wire::ClockKind kNewest = wire::ClockKind::MANUAL;
};

template <typename Wire>
constexpr Wire toWire(typename EnumOf<Wire>::Model value) {
  return static_cast<Wire>(value);
}

template <typename Wire>
constexpr bool isKnown(Wire value) {
  return static_cast<std::uint16_t>(value) <= static_cast<std::uint16_t>(EnumOf<Wire>::kNewest);
}

/// REQUIRES: isKnown(value).
template <typename Wire>
constexpr typename EnumOf<Wire>::Model toModel(Wire value) {
  return static_cast<typename EnumOf<Wire>::Model>(value);
}

/// OptionalInterval has one number more than Interval, before the others: none.
constexpr wire::OptionalInterval toWire(const std::optional<Interval>& interval) {
  if (!interval) return wire::OptionalInterval::ABSENT;
  return static_cast<wire::OptionalInterval>(static_cast<std::uint16_t>(*interval) + 1);
}

}  // namespace daybook::protocol
