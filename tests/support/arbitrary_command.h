// RapidCheck generators of catalogs and commands: any value that the wire can carry. They need not
// make sense together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/model/command.h"
#include "tests/support/arbitrary_basics.h"

namespace daybook::testing {

inline Feature anyFeature() {
  return {anyText(), anyText(), anyOf(FeatureType::seats), anyOf(Meter::unique), anyText()};
}

inline Interval anyInterval() { return anyOf(Interval::once); }

inline Price anyPrice() {
  Price to;
  to.currency = anyText();
  to.scheme = anyOf(Scheme::percentage);
  to.unit_price = anyDecimal();
  to.tiers = anyList([] { return Tier{maybe(anyDecimal), anyDecimal(), anyDecimal()}; });
  to.package_size = anyDecimal();
  to.package_price = anyDecimal();
  to.margin_percent = anyDecimal();
  to.minimum_charge = maybe(anyDecimal);
  to.maximum_charge = maybe(anyDecimal);
  to.rate_percent = anyDecimal();
  to.fee_per_event = anyDecimal();
  to.event_minimum = maybe(anyDecimal);
  to.event_maximum = maybe(anyDecimal);
  to.interval = maybe(anyInterval);
  return to;
}

inline PlanFeature anyPlanFeature() {
  PlanFeature to;
  to.feature = anyText();
  to.included = anyDecimal();
  to.unlimited = any<bool>();
  to.overage = anyOf(Overage::block);
  to.prices = anyList(anyPrice, 2);
  to.credits_per_unit = anyDecimal();
  to.credits_per_money = anyDecimal();
  to.margin_percent = anyDecimal();
  to.dimension = anyText();
  to.variants = anyList([] { return PriceVariant{anyText(), anyList(anyPrice, 1), anyDecimal()}; });
  return to;
}

inline AlertRule anyAlertRule() {
  return {anyOf(AlertKind::balance), anyText(), anyDecimal(), any<bool>()};
}
inline std::vector<AlertRule> anyAlertRules() { return anyList(anyAlertRule); }

inline Plan anyPlan() {
  Plan to;
  to.code = anyText();
  to.version = any32();
  to.name = anyText();
  to.model = anyOf(ConsumptionModel::balance);
  to.interval = anyInterval();
  to.prices = anyList([] {
    return BasePrice{anyText(), maybe(anyInterval), anyDecimal(), maybe(anyDecimal), anyDecimal()};
  });
  to.features = anyList(anyPlanFeature, 2);
  to.credits = anyDecimal();
  to.grant_priority = any<std::int32_t>();
  to.at_zero = anyOf(AtZero::block);
  to.carry_top_ups = any<bool>();
  // The lowest number stands for an absent rank.
  to.rank = maybe([] { return std::max(any<std::int32_t>(), -0x7FFFFFFF); });
  to.trial_days = any32();
  to.free = any<bool>();
  to.rollover = maybe([] { return Rollover{maybe(anyDecimal), any32()}; });
  to.intro_percent = anyDecimal();
  to.intro_cycles = any32();
  to.alerts = maybe(anyAlertRules);
  to.improvements_now = any<bool>();
  to.retired = any<bool>();
  return to;
}

inline Pack anyPack() {
  Pack to;
  to.code = anyText();
  to.version = any32();
  to.name = anyText();
  to.credits = anyDecimal();
  to.prices = anyList([] { return PackPrice{anyText(), anyDecimal()}; });
  to.priority = any<std::int32_t>();
  to.expires_after_days = any32();
  to.features = anyList(anyText);
  return to;
}

inline ModelPrice anyModelPrice() {
  return {anyText(),    anyText(),    anyDecimal(), anyDecimal(),
          anyDecimal(), anyDecimal(), any<bool>()};
}

inline Catalog anyCatalog() {
  const auto book = [] {
    return PriceBook{anyText(), any32(), anyInstant(), anyList(anyModelPrice)};
  };
  return {anyList(anyFeature), anyList(anyPlan, 2), anyList(anyPack), anyList(book)};
}

inline Tokens anyTokens() {
  const auto count = [] { return anyNumber(63); };
  return {anyText(), anyText(), maybe(count), maybe(count), maybe(count), anyNumber(), anyNumber()};
}

inline RecordUsage anyUsage() {
  RecordUsage to;
  to.feature = anyText();
  to.quantity = maybe(anyDecimal);
  to.tokens = maybe(anyTokens);
  to.at = anyOptionalInstant();
  to.properties = anyList([] { return Property{anyText(), anyText()}; });
  to.on_shortfall = anyOf(OnShortfall::overdraw);
  to.set = any<bool>();
  return to;
}

inline SeatCount anySeatCount() { return {anyText(), anyNumber()}; }

inline Subscribe anySubscribe() {
  return {anyText(),
          anyText(),
          anyOptionalInstant(),
          maybe(anyInterval),
          maybe([] { return static_cast<std::uint32_t>(anyNumber(31)); }),
          anyList(anySeatCount)};
}
inline Cancel anyCancel() { return {anyOf(CancelWhen::now), any<bool>()}; }
inline ChangePlan anyChangePlan() {
  return {anyText(), maybe(anyInterval), anyOf(ChangeWhen::periodEnd)};
}

inline Opening anyOpening() {
  Opening to;
  to.plan = anyText();
  to.currency = anyText();
  to.interval = maybe(anyInterval);
  to.anchor = anyInstant();
  to.base_charged = anyDecimal();
  to.usage = anyList([] { return OpeningUsage{anyText(), anyText(), anyDecimal(), anyDecimal()}; });
  to.grants = anyList([] {
    return OpeningGrant{
        anyOf(GrantKind::purchased), anyDecimal(),         anyDecimal(),    any<std::int32_t>(),
        anyOptionalInstant(),        anyOptionalInstant(), anyList(anyText)};
  });
  to.balance = maybe(anyDecimal);
  to.top_ups = anyDecimal();
  to.seats = anyList(anySeatCount);
  to.customer_credit = anyDecimal();
  return to;
}

inline CreateCustomer anyCreateCustomer() { return {anyText(), maybe(anyOpening)}; }

inline GrantCredits anyGrantCredits() {
  return {anyDecimal(),         any<std::int32_t>(), anyOptionalInstant(),
          anyOptionalInstant(), anyList(anyText),    anyText()};
}

inline InvoiceNumber anyInvoiceNumber() { return InvoiceNumber(anyNumber()); }
inline ChangeSeats anyChangeSeats() { return {anyText(), anyInt64(), any<bool>()}; }
inline RefundPack anyRefundPack() { return {GrantNumber(any32()), anyText()}; }
inline VoidUsage anyVoidUsage() { return {anyText(), anyText()}; }
inline AddAdjustment anyAddAdjustment() {
  return {anyDecimal(), anyText(), anyText(), any<bool>()};
}
inline AddCustomerCredit anyAddCustomerCredit() { return {anyDecimal(), anyText(), anyText()}; }
inline CreditInvoice anyCreditInvoice() {
  return {anyInvoiceNumber(), maybe(anyDecimal), anyText(), any<bool>()};
}
inline RecordPayment anyRecordPayment() {
  return {anyInvoiceNumber(), maybe(anyDecimal), anyText()};
}
inline RecordPaymentFailure anyRecordPaymentFailure() { return {anyInvoiceNumber(), anyText()}; }
inline SetAlerts anySetAlerts() { return {maybe(anyAlertRules)}; }

inline HoldItem anyHoldItem() {
  const RecordUsage usage = anyUsage();
  return {usage.feature, usage.quantity, usage.tokens, usage.properties};
}
/// Never 0, which stands for absent.
inline std::optional<Duration> anyTtl() {
  const std::int64_t ns = anyInt64();
  return ns == 0 ? std::nullopt : std::optional(Duration{ns});
}
inline PlaceHold anyPlaceHold() { return {anyList(anyHoldItem), anyTtl()}; }
inline SettleHold anySettleHold() {
  return {anyText(), anyList(anyHoldItem), anyOptionalInstant()};
}
inline UseHold anyUseHold() { return {anyText(), anyUsage()}; }
inline ExtendHold anyExtendHold() { return {anyText(), anyTtl()}; }

inline CommandBody anyHoldCommandBody(int kind) {
  switch (kind) {
    case 26:
      return anyPlaceHold();
    case 27:
      return anySettleHold();
    case 28:
      return anyUseHold();
    case 29:
      return ReleaseHold{anyText()};
    default:
      return anyExtendHold();
  }
}

inline CommandBody anyLaterCommandBody(int kind) {
  switch (kind) {
    case 10:
      return anyChangePlan();
    case 11:
      return RevokeChange{};
    case 12:
      return Pause{};
    case 13:
      return Resume{};
    case 14:
      return PinVersion{any<bool>()};
    case 15:
      return anyChangeSeats();
    case 16:
      return anyGrantCredits();
    case 17:
      return anyRefundPack();
    case 18:
      return anyVoidUsage();
    case 19:
      return anyAddAdjustment();
    case 20:
      return anyAddCustomerCredit();
    case 21:
      return anyCreditInvoice();
    case 22:
      return anyRecordPayment();
    case 23:
      return anyRecordPaymentFailure();
    case 24:
      return MarkUncollectible{anyInvoiceNumber()};
    case 25:
      return anySetAlerts();
    default:
      return anyHoldCommandBody(kind);
  }
}

/// The digest of a catalog is empty: it does not travel.
inline CommandBody anyCommandBody() {
  const int kind = *rc::gen::inRange(0, static_cast<int>(std::variant_size_v<CommandBody>));
  switch (kind) {
    case 0:
      return anyUsage();
    case 1:
      return BuyCredits{anyText(), anyText()};
    case 2:
      return TopUp{anyDecimal(), anyText()};
    case 3:
      return anyCreateCustomer();
    case 4:
      return UpdateCustomer{anyText()};
    case 5:
      return anySubscribe();
    case 6:
      return anyCancel();
    case 7:
      return RevokeCancel{};
    case 8:
      return PublishCatalog{anyCatalog(), {}};
    case 9:
      return MoveClock{anyInstant()};
    default:
      return anyLaterCommandBody(kind);
  }
}

inline Command anyCommand() { return {anyText(), anyText(), anyCommandBody()}; }

}  // namespace daybook::testing
