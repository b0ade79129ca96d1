// RapidCheck generators of model values: any value that an event, a command or a state may hold,
// the extremes of every number among them. They need not make sense together.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/model/command.h"
#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "ledger/model/invoice.h"
#include "ledger/model/ledger_state.h"

namespace daybook::testing {

template <typename T>
T any() {
  return *rc::gen::arbitrary<T>();
}

/// A number whose size varies with its number of bits.
inline std::uint64_t anyNumber(int bits = 64) {
  const int width = *rc::gen::inRange(0, bits + 1);
  return width == 0 ? 0 : any<std::uint64_t>() >> (64 - width);
}

inline std::int64_t anyInt64() { return static_cast<std::int64_t>(anyNumber()); }

inline Decimal anyDecimal() {
  const auto high = static_cast<UInt128>(anyNumber());
  return Decimal::fromUnits(static_cast<Int128>(high << 64 | anyNumber()));
}

inline Instant anyInstant() {
  return *rc::gen::element(Instant{}, Instant::never(), Instant{1}, Instant{-1},
                           Instant{anyInt64()});
}

/// Present ones are never 0, which stands for absent.
inline std::optional<Instant> anyOptionalInstant() {
  const Instant at = anyInstant();
  return at == Instant{} ? std::nullopt : std::optional(at);
}

/// At most 64 bytes, which fit everywhere.
inline std::string anyText() {
  return *rc::gen::element(std::string(), std::string("a"), std::string("calls"),
                           std::string("1234567"), std::string("12345678"), std::string("Grüße"),
                           std::string("a\"b\\c"), any<std::string>().substr(0, 64));
}

template <typename E>
E anyOf(E newest) {
  return static_cast<E>(*rc::gen::inRange(0, static_cast<int>(newest) + 1));
}

template <typename Make>
auto anyList(Make make, int size_max = 3) {
  std::vector<decltype(make())> list;
  const int size = *rc::gen::inRange(0, size_max + 1);
  for (int i = 0; i < size; ++i) list.push_back(make());
  return list;
}

template <typename Make>
auto maybe(Make make) {
  std::optional<decltype(make())> value;
  if (any<bool>()) value = make();
  return value;
}

inline std::uint32_t anyNonZero() {
  return static_cast<std::uint32_t>(1 + anyNumber(32) % 0xFFFFFFFF);
}
inline std::uint32_t any32() { return static_cast<std::uint32_t>(anyNumber(32)); }

inline Feature anyFeature() {
  return {anyText(), anyText(), anyOf(FeatureType::boolean), anyOf(Meter::count)};
}

inline Price anyPrice() {
  Price to;
  to.currency = anyText();
  to.scheme = anyOf(Scheme::tokens);
  to.unit_price = anyDecimal();
  to.tiers = anyList([] { return Tier{maybe(anyDecimal), anyDecimal(), anyDecimal()}; });
  to.package_size = anyDecimal();
  to.package_price = anyDecimal();
  to.margin_percent = anyDecimal();
  to.minimum_charge = maybe(anyDecimal);
  to.maximum_charge = maybe(anyDecimal);
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
  return to;
}

inline Plan anyPlan() {
  Plan to;
  to.code = anyText();
  to.version = any32();
  to.name = anyText();
  to.model = anyOf(ConsumptionModel::balance);
  to.interval = anyOf(Interval::year);
  to.prices = anyList([] { return BasePrice{anyText(), anyDecimal(), maybe(anyDecimal)}; });
  to.features = anyList(anyPlanFeature, 2);
  to.credits = anyDecimal();
  to.grant_priority = any<std::int32_t>();
  to.at_zero = anyOf(AtZero::block);
  to.carry_top_ups = any<bool>();
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
  return to;
}

inline Subscribe anySubscribe() { return {anyText(), anyText(), anyOptionalInstant()}; }
inline Cancel anyCancel() { return {anyOf(CancelWhen::now)}; }

/// The digest of a catalog is empty: it does not travel.
inline CommandBody anyCommandBody() {
  switch (*rc::gen::inRange(0, static_cast<int>(std::variant_size_v<CommandBody>))) {
    case 0:
      return anyUsage();
    case 1:
      return BuyCredits{anyText(), anyText()};
    case 2:
      return TopUp{anyDecimal(), anyText()};
    case 3:
      return CreateCustomer{anyText()};
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
    default:
      return MoveClock{anyInstant()};
  }
}

inline Command anyCommand() { return {anyText(), anyText(), anyCommandBody()}; }

inline Span anySpan() { return {anyInstant(), anyInstant(), anyInstant(), anyInstant()}; }
inline Terms anyTerms() { return {anyText(), any32(), anyText()}; }
inline TokenTotals anyTotals() { return {anyNumber(), anyNumber(), anyNumber(), anyNumber()}; }

inline Grant anyGrant() {
  Grant to;
  to.number = GrantNumber(anyNonZero());
  to.kind = anyOf(GrantKind::purchased);
  to.priority = any<std::int32_t>();
  to.credits = anyDecimal();
  to.remaining = anyDecimal();
  to.effective = anyInstant();
  to.expiry = anyInstant();
  to.features = anyList([] { return FeatureNumber(anyNonZero()); });
  to.pack = anyText();
  return to;
}

inline Subscription anySubscription() {
  return {anyText(),    anyText(),    anyOf(Interval::year),
          anyInstant(), anyInstant(), anyOptionalInstant(),
          anyInstant()};
}

inline SpendingBalance anyBalance() {
  return {anyDecimal(), anyDecimal(), anyDecimal(), anyList([] {
            return BalanceOverage{FeatureNumber(anyNonZero()), anyDecimal()};
          })};
}

inline InvoiceLine anyLine() {
  InvoiceLine to;
  to.type = anyOf(LineType::topUp);
  to.feature = anyText();
  to.description = anyText();
  to.quantity = anyDecimal();
  to.included = anyDecimal();
  to.unit_price = anyDecimal();
  to.tiers = anyList([] {
    return TierCharge{anyDecimal(), anyDecimal(), anyDecimal(), anyDecimal()};
  });
  to.exact = anyDecimal();
  to.amount = anyDecimal();
  to.from = anyInstant();
  to.to = anyInstant();
  return to;
}

inline Invoice anyInvoice() {
  Invoice to;
  to.number = InvoiceNumber(anyNumber());
  to.label = anyText();
  to.type = anyOf(InvoiceType::balanceTopUp);
  to.customer = anyText();
  to.currency = anyText();
  to.date = anyInstant();
  to.due = anyInstant();
  to.from = anyInstant();
  to.to = anyInstant();
  to.plan = anyText();
  to.plan_version = any32();
  to.price_book_version = any32();
  to.computed_at = Position(anyNumber());
  to.lines = anyList(anyLine);
  to.total = anyDecimal();
  return to;
}

inline LedgerCreated anyLedgerCreated() {
  LedgerCreated to;
  to.ledger_id = anyText();
  to.settings = {
      anyOf(ClockKind::manual), {anyInt64()}, {anyInt64()}, {anyInt64()}, anyText(), any32()};
  return to;
}

inline PeriodStarted anyPeriodStarted() {
  return {anyInt64(),   anySpan(),       anyTerms(),   maybe(anySpan),
          anyInstant(), maybe(anyGrant), anyDecimal(), anyDecimal()};
}

inline UsageRecorded anyUsageRecorded() {
  UsageRecorded to;
  to.asked = anyUsage();
  to.feature = FeatureNumber(anyNonZero());
  to.disposition = anyOf(Disposition::grace);
  to.period_from = anyInstant();
  to.quantity = any<bool>() && to.asked.quantity ? *to.asked.quantity : anyDecimal();
  to.tokens = any<bool>() ? anyTotals() : TokenTotals{};
  to.price = any<bool>() ? anyDecimal() : Decimal();
  to.draws = anyList([] { return Draw{GrantNumber(anyNonZero()), anyDecimal()}; });
  to.overdrawn = any<bool>() ? anyDecimal() : Decimal();
  to.unpaid = any<bool>() ? anyDecimal() : Decimal();
  to.balance_after = anyDecimal();
  return to;
}

inline PackPurchased anyPackPurchased() {
  PackPurchased to;
  to.asked = {anyText(), anyText()};
  to.pack_version = any32();
  to.currency = anyText();
  to.price = anyDecimal();
  to.grant = anyGrant();
  to.debt_paid = anyDecimal();
  to.invoice = InvoiceNumber(anyNumber());
  return to;
}

inline EventBody anyEventBody() {
  switch (*rc::gen::inRange(0, static_cast<int>(std::variant_size_v<EventBody>))) {
    case 0:
      return anyLedgerCreated();
    case 1:
      return FeaturePublished{FeatureNumber(anyNonZero()), anyFeature()};
    case 2:
      return PlanPublished{anyPlan()};
    case 3:
      return PackPublished{anyPack()};
    case 4:
      return ModelPricePublished{anyText(), any32(), anyModelPrice()};
    case 5:
      return CatalogPublished{anyText(), any32()};
    case 6:
      return CustomerCreated{{anyText()}, anyText(), anyText()};
    case 7:
      return CustomerUpdated{{anyText()}};
    case 8:
      return Subscribed{anySubscribe(), anySubscription(), InvoiceNumber(anyNumber())};
    case 9:
      return anyPeriodStarted();
    case 10:
      return PeriodClosed{anyInt64(), anyInstant(), anyInstant(), anyDecimal(),
                          InvoiceNumber(anyNumber())};
    case 11:
      return CancelScheduled{anyCancel(), anyInstant()};
    case 12:
      return CancelRevoked{};
    case 13:
      return Canceled{maybe(anyCancel), anyInstant()};
    case 14:
      return anyUsageRecorded();
    case 15:
      return anyPackPurchased();
    case 16:
      return ToppedUp{
          {anyDecimal(), anyText()}, anyText(), anyDecimal(), InvoiceNumber(anyNumber())};
    case 17:
      return CreditsExpired{GrantNumber(anyNonZero()), anyDecimal(), anyInstant()};
    case 18:
      return InvoiceClosed{anyInvoice()};
    default:
      return ClockMoved{{anyInstant()}};
  }
}

inline Event anyEvent() {
  Event to;
  to.position = Position(2 + anyNumber(63));
  to.recorded = anyInstant();
  to.customer = CustomerNumber(any32());
  to.sequence = 1 + anyNumber(63);
  to.previous = Position(to.sequence == 1 ? 0 : to.position.value - 1);
  to.key = anyText();
  to.body = anyEventBody();
  return to;
}

inline Customer anyCustomer() {
  Customer to;
  to.number = CustomerNumber(anyNonZero());
  to.id = anyText();
  to.zone = anyText();
  to.currency = anyText();
  to.events = anyNumber();
  to.last = Position(anyNumber());
  to.subscription = maybe(anySubscription);
  to.periods = anyList([] {
    return UsagePeriod{anyInt64(),
                       anySpan(),
                       anyTerms(),
                       maybe(anySpan),
                       anyList([] {
                         return FeatureUsage{FeatureNumber(anyNonZero()),
                                             anyDecimal(),
                                             anyDecimal(),
                                             anyDecimal(),
                                             anyNumber(),
                                             anyTotals()};
                       }),
                       any<bool>() ? anyBalance() : SpendingBalance{}};
  });
  to.subscribed = anyList([] { return SubscribedSpan{anyInstant(), anyInstant()}; });
  to.grants = anyList(anyGrant);
  to.last_grant = GrantNumber(any32());
  to.credit_debt = anyDecimal();
  to.invoices = anyList([] {
    return InvoiceRef{InvoiceNumber(1 + anyNumber(63)), Position(1 + anyNumber(63))};
  });
  return to;
}

inline LedgerState anyLedgerState() {
  LedgerState to;
  to.ledger = anyLedgerCreated();
  to.features = anyList(anyFeature);
  to.plans = anyList(anyPlan, 2);
  for (std::size_t i = 0; i < to.plans.size(); ++i) to.plan_published.push_back(anyInstant());
  to.packs = anyList(anyPack);
  to.model_prices = anyList([] {
    return ModelPriceVersion{anyText(), any32(), anyInstant(), anyModelPrice()};
  });
  to.staged = anyList(anyEventBody);
  to.events = anyNumber();
  to.last_of_ledger = Position(anyNumber());
  to.last = Position(anyNumber());
  to.recorded = anyInstant();
  to.clock = anyInstant();
  to.invoices = anyList([] { return Position(1 + anyNumber(63)); });
  return to;
}

}  // namespace daybook::testing
