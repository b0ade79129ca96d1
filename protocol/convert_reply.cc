#include "protocol/convert_reply.h"

namespace daybook::protocol {
namespace {

template <typename Wire>
constexpr bool same(typename EnumOf<Wire>::Model model, Wire schema) {
  return static_cast<std::uint16_t>(model) == static_cast<std::uint16_t>(schema);
}
static_assert(same(SubscriptionState::none, wire::SubscriptionState::NONE));
static_assert(same(SubscriptionState::active, wire::SubscriptionState::ACTIVE));
static_assert(same(SubscriptionState::canceled, wire::SubscriptionState::CANCELED));
static_assert(same(SubscriptionState::trialing, wire::SubscriptionState::TRIALING));
static_assert(same(SubscriptionState::paused, wire::SubscriptionState::PAUSED));
static_assert(same(ItemKind::feature, wire::ItemKind::FEATURE));
static_assert(same(ItemKind::plan, wire::ItemKind::PLAN));
static_assert(same(ItemKind::pack, wire::ItemKind::PACK));
static_assert(same(ItemKind::priceBook, wire::ItemKind::PRICE_BOOK));
static_assert(same(ChangeAction::unchanged, wire::ChangeAction::UNCHANGED));
static_assert(same(ChangeAction::added, wire::ChangeAction::ADDED));
static_assert(same(ChangeAction::changed, wire::ChangeAction::CHANGED));

void writeCredits(wire::CreditBalance::Builder to, const CreditBalance& from) {
  to.setPlan(DecimalText(from.plan).reader());
  to.setPromotional(DecimalText(from.promotional).reader());
  to.setPurchased(DecimalText(from.purchased).reader());
  to.setDebt(DecimalText(from.debt).reader());
  to.setAvailable(DecimalText(from.available).reader());
  setNonZero(from.held, [&](auto value) { to.setHeld(value); });
}

void writeFeatureBalance(wire::FeatureBalance::Builder to, const FeatureBalance& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  to.setUnlimited(from.unlimited);
  to.setUsed(DecimalText(from.used).reader());
  to.setIncluded(DecimalText(from.included).reader());
  to.setRemaining(DecimalText(from.remaining).reader());
  to.setUnpaid(DecimalText(from.unpaid).reader());
  to.setCharge(DecimalText(from.charge).reader());
  to.setEvents(from.events);
  if (from.tokens != TokenTotals{}) writeTokenTotals(to.initTokens(), from.tokens);
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  setNonZero(from.held, [&](auto value) { to.setHeld(value); });
}

void writeReceiptItem(wire::ReceiptItem::Builder to, const ReceiptItem& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  to.setDisposition(toWire<wire::Disposition>(from.disposition));
  to.setPeriodFrom(from.period_from.ns);
  to.setQuantity(DecimalText(from.quantity).reader());
  to.setPrice(DecimalText(from.price).reader());
  writeList(from.draws, writeDraw, [&](auto size) { return to.initDraws(size); });
  setNonZero(from.overdrawn, [&](auto value) { to.setOverdrawn(value); });
  setNonZero(from.unpaid, [&](auto value) { to.setUnpaid(value); });
  setNonZero(from.late_charge, [&](auto value) { to.setLateCharge(value); });
  to.setBalanceAfter(DecimalText(from.balance_after).reader());
}

void writeSeatBalance(wire::SeatBalance::Builder to, const SeatBalance& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  to.setHeld(from.held);
  to.setIncluded(DecimalText(from.included).reader());
  to.setHighest(from.highest);
  to.setTrueUp(DecimalText(from.true_up).reader());
}

void writeRaisedAlert(wire::AlertRule::Builder to, const RaisedAlert& from) {
  writeAlertRule(to, from.rule);
}

std::int64_t instantUnlessNever(Instant at) { return at.isNever() ? 0 : at.ns; }

/// What the subscription is in for, and what waits for its next boundary.
void writeCommitments(wire::Balance::Builder to, const Balance& from) {
  to.setTrialTo(instantUnlessNever(from.trial_to));
  to.setBillingTo(from.billing_to.ns);
  to.setPinnedVersion(from.pinned_version);
  if (from.change) writeScheduledChange(to.initChange(), *from.change);
  writeCodes(from.enabled, [&](auto size) { return to.initEnabled(size); });
  writeList(from.seats, writeSeatBalance, [&](auto size) { return to.initSeats(size); });
  setNonZero(from.customer_credit, [&](auto value) { to.setCustomerCredit(value); });
  writeList(from.late, writeLateCharge, [&](auto size) { return to.initLate(size); });
  writeList(from.adjustments, writePendingAdjustment,
            [&](auto size) { return to.initAdjustments(size); });
  writeList(from.alerts, writeRaisedAlert, [&](auto size) { return to.initAlerts(size); });
  to.setBillingInterval(toWire<wire::Interval>(from.billing_interval));
  writeList(from.alert_rules, writeAlertRule, [&](auto size) { return to.initAlertRules(size); });
  to.setHasOwnAlertRules(from.has_own_alert_rules);
}

SubscriptionState stateOf(const Customer& customer) {
  if (customer.subscription) {
    if (customer.subscription->paused) return SubscriptionState::paused;
    if (customer.subscription->trial_to) return SubscriptionState::trialing;
    return SubscriptionState::active;
  }
  return customer.subscribed.empty() ? SubscriptionState::none : SubscriptionState::canceled;
}

}  // namespace

void writeReceipt(wire::Receipt::Builder to, const Answer& from) {
  writeVerdict(to, from.verdict);
  if (!from.verdict.isOk()) return;
  const Receipt& receipt = from.receipt;
  to.setPosition(receipt.position.value);
  to.setRecorded(receipt.recorded.ns);
  to.setDuplicate(receipt.duplicate);
  to.setDisposition(toWire<wire::Disposition>(receipt.disposition));
  to.setPeriodFrom(receipt.period_from.ns);
  // Only usage counts in a period.
  if (receipt.period_from != Instant{}) {
    to.setQuantity(DecimalText(receipt.quantity).reader());
    to.setPrice(DecimalText(receipt.price).reader());
  } else {
    setNonZero(receipt.quantity, [&](auto value) { to.setQuantity(value); });
    setNonZero(receipt.price, [&](auto value) { to.setPrice(value); });
  }
  writeList(receipt.draws, writeDraw, [&](auto size) { return to.initDraws(size); });
  setNonZero(receipt.overdrawn, [&](auto value) { to.setOverdrawn(value); });
  setNonZero(receipt.unpaid, [&](auto value) { to.setUnpaid(value); });
  if (receipt.period_from != Instant{}) {
    to.setBalanceAfter(DecimalText(receipt.balance_after).reader());
  } else {
    setNonZero(receipt.balance_after, [&](auto value) { to.setBalanceAfter(value); });
  }
  to.setGrant(receipt.grant.value);
  to.setInvoice(receipt.invoice.value);
  setNonZero(receipt.late_charge, [&](auto value) { to.setLateCharge(value); });
  to.setCreditNote(receipt.credit_note.value);
  to.setHold(receipt.hold.value);
  to.setHoldExpiry(receipt.expiry.ns);
  to.setHoldExpired(receipt.hold_expired);
  writeList(receipt.items, writeReceiptItem, [&](auto size) { return to.initItems(size); });
}

void writeBalance(wire::Balance::Builder to, const Balance& from) {
  setText(from.customer, [&](auto value) { to.setCustomer(value); });
  to.setAsOf(from.as_of.value);
  to.setAt(from.at.ns);
  to.setState(toWire<wire::SubscriptionState>(from.state));
  to.setModel(toWire<wire::ConsumptionModel>(from.model));
  const bool is_running = !from.terms.plan.empty();
  if (is_running) writeTerms(to.initTerms(), from.terms);
  to.setPeriodFrom(from.period_from.ns);
  to.setPeriodTo(from.period_to.ns);
  to.setCancelAt(instantUnlessNever(from.cancel_at));
  writeList(from.features, writeFeatureBalance, [&](auto size) { return to.initFeatures(size); });
  const bool has_credits = is_running && from.model == ConsumptionModel::credits;
  if (has_credits || from.credits != CreditBalance{}) {
    writeCredits(to.initCredits(), from.credits);
  }
  writeList(from.grants, writeGrant, [&](auto size) { return to.initGrants(size); });
  const bool has_money = is_running && from.model == ConsumptionModel::balance;
  if (has_money) {
    writeSpendingBalance(to.initMoney(), from.money);
    setNonZero(from.held_money, [&](auto value) { to.setHeldMoney(value); });
    to.setAvailableMoney(DecimalText(from.available_money).reader());
  }
  to.setHolds(static_cast<std::uint32_t>(from.holds));
  writeCommitments(to, from);
}

void writeCheckAnswer(wire::CheckAnswer::Builder to, const CheckAnswer& from) {
  to.setAllowed(from.allowed);
  writeVerdict(to, from.verdict);
  to.setRemainingIncluded(DecimalText(from.remaining_included).reader());
  to.setUnlimited(from.unlimited);
  if (from.credits != CreditBalance{}) writeCredits(to.initCredits(), from.credits);
  to.setBalance(DecimalText(from.balance).reader());
  to.setCost(DecimalText(from.cost).reader());
  to.setOverageBegins(from.overage_begins);
  to.setAsOf(from.as_of.value);
}

void writeCustomerInfo(wire::CustomerInfo::Builder to, const Customer& from) {
  setText(from.id, [&](auto value) { to.setId(value); });
  to.setNumber(from.number.value);
  setText(from.zone, [&](auto value) { to.setZone(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setState(toWire<wire::SubscriptionState>(stateOf(from)));
  if (from.subscription) {
    setText(from.subscription->plan, [&](auto value) { to.setPlan(value); });
  }
}

void writeChangePreview(wire::ChangePreview::Builder to, const ChangePreview& from) {
  to.setAtOnce(from.at_once);
  to.setAt(from.at.ns);
  if (from.invoice) writeInvoice(to.initInvoice(), *from.invoice);
  to.setAsOf(from.as_of.value);
}

void writeCatalogChange(wire::CatalogChange::Builder to, const CatalogChange& from) {
  to.setKind(toWire<wire::ItemKind>(from.kind));
  setText(from.code, [&](auto value) { to.setCode(value); });
  to.setAction(toWire<wire::ChangeAction>(from.action));
  to.setVersion(from.version);
}

}  // namespace daybook::protocol
