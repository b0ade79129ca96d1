// RapidCheck generators of model values: any value that an event or a state may hold, the extremes
// of every number among them. They need not make sense together.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "ledger/model/invoice.h"
#include "ledger/model/ledger_state.h"
#include "tests/support/arbitrary_basics.h"
#include "tests/support/arbitrary_command.h"

namespace daybook::testing {

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
  to.price = anyDecimal();
  to.invoice = anyInvoiceNumber();
  to.rollovers = any32();
  to.last_drawn = anyInstant();
  to.expired = any<bool>();
  to.held = any<bool>() ? anyDecimal() : Decimal();
  return to;
}

inline HoldNumber anyHoldNumber() { return HoldNumber(1 + anyNumber(63)); }
inline Draw anyDraw() { return {GrantNumber(anyNonZero()), anyDecimal()}; }

inline HeldItem anyHeldItem() {
  HeldItem to;
  to.asked = anyHoldItem();
  to.feature = FeatureNumber(anyNonZero());
  to.variant = anyText();
  to.period_from = anyInstant();
  to.quantity = anyDecimal();
  to.used = any<bool>();
  to.pins = anyList(anyDraw);
  return to;
}

inline Hold anyHold() {
  return {anyHoldNumber(), anyText(), anyInstant(), anyInstant(), anyList(anyHeldItem)};
}

inline FeatureNumber anyFeatureNumber() { return FeatureNumber(anyNonZero()); }
inline GrantNumber anyGrantNumber() { return GrantNumber(anyNonZero()); }

inline ModelUsage anyModelUsage() { return {anyText(), anyText(), anyTotals(), anyDecimal()}; }

inline FeatureUsage anyFeatureUsage() {
  FeatureUsage to;
  to.feature = anyFeatureNumber();
  to.variant = anyText();
  to.quantity = anyDecimal();
  to.charged = anyDecimal();
  to.unpaid = anyDecimal();
  to.events = anyNumber();
  to.tokens = anyTotals();
  to.latest_at = anyInstant();
  to.values = anyList([] { return ValueCount{anyText(), anyNumber()}; });
  to.models = anyList(anyModelUsage);
  return to;
}

inline SeatsHeld anySeatsHeld() {
  return {anyFeatureNumber(), anyNumber(), anyNumber(), anyDecimal()};
}

inline Subscription anySubscription() {
  Subscription to;
  to.plan = anyText();
  to.currency = anyText();
  to.billing_interval = anyInterval();
  to.started = anyInstant();
  to.since = anyInstant();
  to.anchor = anyInstant();
  to.cancel_at = anyOptionalInstant();
  to.billing_to = anyInstant();
  to.trial_to = anyOptionalInstant();
  to.paused = anyOptionalInstant();
  to.pinned_version = any32();
  to.change = maybe([] { return ScheduledChange{anyText(), anyInterval()}; });
  to.discount = maybe([] { return Discount{anyDecimal(), anyDecimal(), any32()}; });
  to.billing = anySpan();
  to.base_charged = anyDecimal();
  return to;
}

inline SpendingBalance anyBalance() {
  return {anyDecimal(), anyDecimal(), anyDecimal(), anyList([] {
            return BalanceOverage{FeatureNumber(anyNonZero()), anyDecimal()};
          })};
}

inline InvoiceLine anyLine() {
  InvoiceLine to;
  to.type = anyOf(LineType::customerCredit);
  to.feature = anyText();
  to.variant = anyText();
  to.description = anyText();
  to.quantity = anyDecimal();
  to.included = anyDecimal();
  to.unit_price = anyDecimal();
  to.tiers = anyList([] {
    return TierCharge{anyDecimal(), anyDecimal(), anyDecimal(), anyDecimal()};
  });
  to.models = anyList(anyModelUsage);
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
  to.type = anyOf(InvoiceType::adjustment);
  to.status = anyOf(InvoiceStatus::uncollectible);
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
      anyOf(ClockKind::manual), {anyInt64()},      {anyInt64()}, {anyInt64()}, anyText(), anyText(),
      1 + anyNumber(63),        1 + anyNumber(63), any32()};
  return to;
}

inline PeriodStarted anyPeriodStarted() {
  return {anyInt64(),      anySpan(),    anyTerms(),   maybe(anySpan), anyInstant(),
          maybe(anyGrant), anyDecimal(), anyDecimal(), any<bool>(),    anyList(anySeatsHeld)};
}

inline UsageRecorded anyUsageRecorded() {
  UsageRecorded to;
  to.asked = anyUsage();
  to.feature = FeatureNumber(anyNonZero());
  to.disposition = anyOf(Disposition::late);
  to.period_from = anyInstant();
  to.quantity = any<bool>() && to.asked.quantity ? *to.asked.quantity : anyDecimal();
  to.tokens = any<bool>() ? anyTotals() : TokenTotals{};
  to.price = any<bool>() ? anyDecimal() : Decimal();
  to.draws = anyList(anyDraw);
  // One grant for all of it has a form of its own.
  if (any<bool>()) to.draws = {{GrantNumber(anyNonZero()), to.price}};
  to.overdrawn = any<bool>() ? anyDecimal() : Decimal();
  to.unpaid = any<bool>() ? anyDecimal() : Decimal();
  to.balance_after = anyDecimal();
  to.variant = anyText();
  to.provider = anyText();
  to.late_charge = any<bool>() ? anyDecimal() : Decimal();
  return to;
}

inline UsageVoided anyUsageVoided() {
  UsageVoided to;
  to.asked = anyVoidUsage();
  to.usage = Position(1 + anyNumber(63));
  to.feature = anyFeatureNumber();
  to.variant = anyText();
  to.value = anyText();
  to.disposition = anyOf(Disposition::late);
  to.period_from = anyInstant();
  to.at = anyInstant();
  to.quantity = anyDecimal();
  to.tokens = any<bool>() ? anyTotals() : TokenTotals{};
  to.price = anyDecimal();
  to.draws = anyList(anyDraw);
  to.item = any32();
  to.provider = anyText();
  to.model = anyText();
  to.debt = anyDecimal();
  to.unpaid = anyDecimal();
  to.late_charge = anyDecimal();
  return to;
}

inline CreditNote anyCreditNote() {
  CreditNote to;
  to.number = CreditNoteNumber(1 + anyNumber(63));
  to.label = anyText();
  to.invoice = anyInvoiceNumber();
  to.customer = anyText();
  to.currency = anyText();
  to.date = anyInstant();
  to.reason = anyText();
  to.total = anyDecimal();
  to.as_customer_credit = any<bool>();
  to.computed_at = Position(anyNumber());
  return to;
}

inline CustomerMovedIn anyCustomerMovedIn() {
  CustomerMovedIn to;
  to.subscription = anySubscription();
  to.period = anyPeriodStarted();
  to.usage = anyList(anyFeatureUsage);
  to.balance = any<bool>() ? anyBalance() : SpendingBalance{};
  to.grants = anyList(anyGrant);
  to.customer_credit = anyDecimal();
  return to;
}

/// What was asked is in the items.
inline HoldPlaced anyHoldPlaced() {
  HoldPlaced to;
  to.items = anyList([] { return PlacedItem{anyHeldItem(), anyDecimal(), anyDecimal()}; });
  for (const PlacedItem& item : to.items) to.asked.items.push_back(item.held.asked);
  to.asked.ttl = anyTtl();
  to.number = anyHoldNumber();
  to.expiry = anyInstant();
  return to;
}

inline HoldUsed anyHoldUsed() {
  HoldUsed to;
  to.asked.hold = anyText();
  to.number = anyHoldNumber();
  to.usage = anyUsageRecorded();
  to.asked.usage = to.usage.asked;
  to.taken = anyDecimal();
  to.pins = anyList(anyDraw);
  return to;
}

inline EventBody anyHoldEventBody(int kind) {
  switch (kind) {
    case 42:
      return anyHoldPlaced();
    case 43:
      return anyHoldUsed();
    case 44:
      return HoldSettled{anySettleHold(), anyHoldNumber(), any<bool>(), anyList(anyUsageRecorded)};
    case 45:
      return HoldReleased{{anyText()}, anyHoldNumber()};
    case 46:
      return HoldExtended{anyExtendHold(), anyHoldNumber(), anyInstant()};
    default:
      return HoldExpired{anyHoldNumber(), anyInstant()};
  }
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

inline EventBody anyLaterEventBody(int kind) {
  switch (kind) {
    case 20:
      return TrialEnded{anySubscription(), anyInvoiceNumber()};
    case 21:
      return PlanChanged{maybe(anyChangePlan), anyInstant(), anySubscription(), anyInvoiceNumber()};
    case 22:
      return ChangeScheduled{anyChangePlan(), {anyText(), anyInterval()}, anyInstant()};
    case 23:
      return ChangeRevoked{};
    case 24:
      return Paused{{}, anyInstant()};
    case 25:
      return Resumed{{}, anySubscription(), anyInvoiceNumber()};
    case 26:
      return VersionPinned{{any<bool>()}, any32()};
    case 27:
      return AllowanceRaised{any32(), maybe(anyGrant), anyDecimal(), anyDecimal()};
    case 28:
      return SeatsChanged{anyChangeSeats(), anyFeatureNumber(), anyNumber(),
                          anyNumber(),      anyDecimal(),       anyDecimal()};
    case 29:
      return CreditsGranted{maybe(anyGrantCredits), anyGrant(), anyDecimal()};
    case 30:
      return CreditsRolledOver{anyGrantNumber(), anyGrant()};
    case 31:
      return PackRefunded{anyRefundPack(), anyDecimal(), CreditNoteNumber(anyNumber())};
    case 32:
      return anyUsageVoided();
    case 33:
      return AdjustmentAdded{anyAddAdjustment(), anyText(), anyInvoiceNumber()};
    case 34:
      return CustomerCreditAdded{anyAddCustomerCredit(), anyText()};
    case 35:
      return CreditNoteClosed{maybe(anyCreditInvoice), anyCreditNote(),
                              anyOf(InvoiceStatus::uncollectible), anyDecimal()};
    case 36:
      return PaymentRecorded{anyRecordPayment(), anyDecimal(), anyOf(InvoiceStatus::uncollectible)};
    case 37:
      return PaymentFailed{anyRecordPaymentFailure()};
    case 38:
      return InvoiceUncollectible{{anyInvoiceNumber()}};
    case 39:
      return AlertsSet{anySetAlerts()};
    case 40:
      return AlertRaised{anyAlertRule(), anyInstant(), anyDecimal(), anyDecimal()};
    case 41:
      return anyCustomerMovedIn();
    default:
      return anyHoldEventBody(kind);
  }
}

inline EventBody anyEventBody() {
  const int kind = *rc::gen::inRange(0, static_cast<int>(std::variant_size_v<EventBody>));
  switch (kind) {
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
      return CustomerCreated{anyCreateCustomer(), anyText(), anyText()};
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
    case 19:
      return ClockMoved{{anyInstant()}};
    default:
      return anyLaterEventBody(kind);
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

inline UsagePeriod anyPeriod() {
  UsagePeriod to;
  to.index = anyInt64();
  to.span = anySpan();
  to.terms = anyTerms();
  to.billing = maybe(anySpan);
  to.trial = any<bool>();
  to.pinned = any<bool>();
  to.usage = anyList(anyFeatureUsage);
  if (any<bool>()) to.balance = anyBalance();
  to.seats = anyList([] { return PeriodSeats{anyFeatureNumber(), anyNumber(), anyDecimal()}; });
  to.granted = anyDecimal();
  to.raise_at = anyInstant();
  to.started = Position(any<std::uint64_t>());
  to.alerts = anyList([] { return RaisedAlert{anyAlertRule()}; });
  return to;
}

inline InvoiceRef anyInvoiceRef() {
  return {InvoiceNumber(1 + anyNumber(63)),
          Position(1 + anyNumber(63)),
          anyOf(InvoiceStatus::uncollectible),
          anyDecimal(),
          anyDecimal(),
          anyDecimal(),
          anyDecimal()};
}

inline LateCharge anyLateCharge() {
  return {anyFeatureNumber(), anyText(), anySpan(), anyTerms(), anyDecimal(), anyDecimal()};
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
  to.periods = anyList(anyPeriod, 2);
  to.closed = anyList(anyPeriod, 2);
  to.subscribed = anyList([] { return SubscribedSpan{anyInstant(), anyInstant(), any<bool>()}; });
  to.grants = anyList(anyGrant);
  to.last_grant = GrantNumber(any32());
  to.credit_debt = anyDecimal();
  to.invoices = anyList(anyInvoiceRef);
  to.credit_notes = anyList([] {
    return CreditNoteRef{CreditNoteNumber(1 + anyNumber(63)), Position(1 + anyNumber(63))};
  });
  to.seats = anyList(anySeatsHeld);
  to.late = anyList(anyLateCharge);
  to.adjustments = anyList([] { return PendingAdjustment{anyText(), anyDecimal()}; });
  to.credits = anyList([] { return CustomerCredit{anyDecimal(), anyText()}; });
  to.voided = anyList([] { return VoidedUsage{Position(1 + anyNumber(63)), anyInstant()}; });
  to.alert_rules = maybe(anyAlertRules);
  to.holds = anyList(anyHold, 2);
  to.last_hold = HoldNumber(anyNumber());
  to.expired_holds = anyList(anyHold, 2);
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
  return to;
}

}  // namespace daybook::testing
