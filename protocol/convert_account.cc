#include "protocol/convert_account.h"

#include "ledger/base/limits.h"

namespace daybook::protocol {
namespace {

BalanceOverage readBalanceOverage(wire::BalanceOverage::Reader from, Intake& intake,
                                  const Place& at) {
  return {readFeatureNumber(from.getFeature(), intake, Place(at, "feature")),
          intake.decimal(from.getAmount(), Place(at, "amount"))};
}

void writeBalanceOverage(wire::BalanceOverage::Builder to, const BalanceOverage& from) {
  to.setFeature(from.feature.value);
  to.setAmount(DecimalText(from.amount).reader());
}

ValueCount readValueCount(wire::ValueCount::Reader from, Intake& intake, const Place& at) {
  return {intake.text(from.getValue(), limits::kPropertyValueBytesMax, Place(at, "value")),
          from.getEvents()};
}

void writeValueCount(wire::ValueCount::Builder to, const ValueCount& from) {
  setText(from.value, [&](auto value) { to.setValue(value); });
  to.setEvents(from.events);
}

Discount readDiscount(wire::Discount::Reader from, Intake& intake, const Place& at) {
  return {intake.decimal(from.getPercent(), Place(at, "percent")),
          intake.decimal(from.getAmount(), Place(at, "amount")), from.getCycles()};
}

void writeDiscount(wire::Discount::Builder to, const Discount& from) {
  setNonZero(from.percent, [&](auto value) { to.setPercent(value); });
  setNonZero(from.amount, [&](auto value) { to.setAmount(value); });
  to.setCycles(from.cycles);
}

}  // namespace

FeatureNumber readFeatureNumber(std::uint32_t from, Intake& intake, const Place& at) {
  if (from == 0) intake.refuse(Outcome::invalidNumber, at, "no feature has this number");
  return FeatureNumber(from);
}

Grant readGrant(wire::Grant::Reader from, Intake& intake, const Place& at) {
  Grant to;
  to.number = GrantNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.kind = intake.enumerant(from.getKind(), Place(at, "kind"));
  to.priority = from.getPriority();
  to.credits = intake.decimal(from.getCredits(), Place(at, "credits"));
  to.remaining = intake.decimal(from.getRemaining(), Place(at, "remaining"));
  to.effective = {from.getEffective()};
  to.expiry = {from.getExpiry()};
  to.features =
      intake.list(from.getFeatures(), limits::kFeaturesMax, at, "features", readFeatureNumber);
  to.pack = intake.text(from.getPack(), limits::kCodeBytesMax, Place(at, "pack"));
  to.price = intake.decimal(from.getPrice(), Place(at, "price"));
  to.invoice = InvoiceNumber(from.getInvoice());
  to.rollovers = from.getRollovers();
  to.last_drawn = {from.getLastDrawn()};
  to.expired = from.getExpired();
  to.held = intake.decimal(from.getHeld(), Place(at, "held"));
  return to;
}

void writeGrant(wire::Grant::Builder to, const Grant& from) {
  to.setNumber(from.number.value);
  to.setKind(toWire<wire::GrantKind>(from.kind));
  to.setPriority(from.priority);
  to.setCredits(DecimalText(from.credits).reader());
  to.setRemaining(DecimalText(from.remaining).reader());
  to.setEffective(from.effective.ns);
  to.setExpiry(from.expiry.ns);
  if (!from.features.empty()) {
    auto features = to.initFeatures(listSize(from.features.size()));
    for (unsigned int i = 0; i < features.size(); ++i) features.set(i, from.features[i].value);
  }
  setText(from.pack, [&](auto value) { to.setPack(value); });
  setNonZero(from.price, [&](auto value) { to.setPrice(value); });
  to.setInvoice(from.invoice.value);
  to.setRollovers(from.rollovers);
  to.setLastDrawn(from.last_drawn.ns);
  to.setExpired(from.expired);
  setNonZero(from.held, [&](auto value) { to.setHeld(value); });
}

Draw readDraw(wire::Draw::Reader from, Intake& intake, const Place& at) {
  Draw to;
  to.grant = GrantNumber(from.getGrant());
  if (to.grant.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "grant"), "is none");
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  return to;
}

void writeDraw(wire::Draw::Builder to, const Draw& from) {
  to.setGrant(from.grant.value);
  to.setAmount(DecimalText(from.amount).reader());
}

TokenTotals readTokenTotals(wire::TokenTotals::Reader from) {
  return {from.getInput(), from.getOutput(), from.getCacheRead(), from.getCacheWrite()};
}

void writeTokenTotals(wire::TokenTotals::Builder to, const TokenTotals& from) {
  to.setInput(from.input);
  to.setOutput(from.output);
  to.setCacheRead(from.cache_read);
  to.setCacheWrite(from.cache_write);
}

ModelUsage readModelUsage(wire::ModelUsage::Reader from, Intake& intake, const Place& at) {
  ModelUsage to;
  to.provider = intake.text(from.getProvider(), limits::kCodeBytesMax, Place(at, "provider"));
  to.model = intake.text(from.getModel(), limits::kCodeBytesMax, Place(at, "model"));
  to.tokens = readTokenTotals(from.getTokens());
  to.cost = intake.decimal(from.getCost(), Place(at, "cost"));
  return to;
}

void writeModelUsage(wire::ModelUsage::Builder to, const ModelUsage& from) {
  setText(from.provider, [&](auto value) { to.setProvider(value); });
  setText(from.model, [&](auto value) { to.setModel(value); });
  writeTokenTotals(to.initTokens(), from.tokens);
  to.setCost(DecimalText(from.cost).reader());
}

Terms readTerms(wire::Terms::Reader from, Intake& intake, const Place& at) {
  Terms to;
  to.plan = intake.text(from.getPlan(), limits::kCodeBytesMax, Place(at, "plan"));
  to.version = from.getVersion();
  to.currency = intake.text(from.getCurrency(), limits::kCodeBytesMax, Place(at, "currency"));
  return to;
}

void writeTerms(wire::Terms::Builder to, const Terms& from) {
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  to.setVersion(from.version);
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
}

Span readSpan(wire::Span::Reader from) {
  return {{from.getFrom()}, {from.getTo()}, {from.getFullFrom()}, {from.getFullTo()}};
}

void writeSpan(wire::Span::Builder to, const Span& from) {
  to.setFrom(from.from.ns);
  to.setTo(from.to.ns);
  to.setFullFrom(from.full_from.ns);
  to.setFullTo(from.full_to.ns);
}

ScheduledChange readScheduledChange(wire::ScheduledChange::Reader from, Intake& intake,
                                    const Place& at) {
  return {readCode(from.getPlan(), intake, at, "plan"),
          intake.enumerant(from.getInterval(), Place(at, "interval"))};
}

void writeScheduledChange(wire::ScheduledChange::Builder to, const ScheduledChange& from) {
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  to.setInterval(toWire<wire::Interval>(from.interval));
}

Subscription readSubscription(wire::Subscription::Reader from, Intake& intake, const Place& at) {
  Subscription to;
  to.plan = intake.text(from.getPlan(), limits::kCodeBytesMax, Place(at, "plan"));
  to.currency = intake.text(from.getCurrency(), limits::kCodeBytesMax, Place(at, "currency"));
  to.billing_interval = intake.enumerant(from.getBillingInterval(), Place(at, "billingInterval"));
  to.started = {from.getStarted()};
  to.anchor = {from.getAnchor()};
  to.cancel_at = optionalInstant(from.getCancelAt());
  to.billing_to = {from.getBillingTo()};
  to.trial_to = optionalInstant(from.getTrialTo());
  to.paused = optionalInstant(from.getPaused());
  to.pinned_version = from.getPinnedVersion();
  if (from.hasChange()) {
    to.change = readScheduledChange(from.getChange(), intake, Place(at, "change"));
  }
  if (from.hasDiscount()) {
    to.discount = readDiscount(from.getDiscount(), intake, Place(at, "discount"));
  }
  to.billing = readSpan(from.getBilling());
  to.base_charged = intake.decimal(from.getBaseCharged(), Place(at, "baseCharged"));
  to.since = {from.getSince()};
  return to;
}

void writeSubscription(wire::Subscription::Builder to, const Subscription& from) {
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBillingInterval(toWire<wire::Interval>(from.billing_interval));
  to.setStarted(from.started.ns);
  to.setAnchor(from.anchor.ns);
  to.setCancelAt(instantOrZero(from.cancel_at));
  to.setBillingTo(from.billing_to.ns);
  to.setTrialTo(instantOrZero(from.trial_to));
  to.setPaused(instantOrZero(from.paused));
  to.setPinnedVersion(from.pinned_version);
  if (from.change) writeScheduledChange(to.initChange(), *from.change);
  if (from.discount) writeDiscount(to.initDiscount(), *from.discount);
  writeSpan(to.initBilling(), from.billing);
  setNonZero(from.base_charged, [&](auto value) { to.setBaseCharged(value); });
  to.setSince(from.since.ns);
}

SpendingBalance readSpendingBalance(wire::SpendingBalance::Reader from, Intake& intake,
                                    const Place& at) {
  SpendingBalance to;
  to.included = intake.decimal(from.getIncluded(), Place(at, "included"));
  to.top_ups = intake.decimal(from.getTopUps(), Place(at, "topUps"));
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.overage =
      intake.list(from.getOverage(), limits::kFeaturesMax, at, "overage", readBalanceOverage);
  return to;
}

void writeSpendingBalance(wire::SpendingBalance::Builder to, const SpendingBalance& from) {
  to.setIncluded(DecimalText(from.included).reader());
  to.setTopUps(DecimalText(from.top_ups).reader());
  to.setAmount(DecimalText(from.amount).reader());
  writeList(from.overage, writeBalanceOverage, [&](auto size) { return to.initOverage(size); });
}

FeatureUsage readFeatureUsage(wire::FeatureUsage::Reader from, Intake& intake, const Place& at) {
  FeatureUsage to;
  to.feature = readFeatureNumber(from.getFeature(), intake, Place(at, "feature"));
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  to.charged = intake.decimal(from.getCharged(), Place(at, "charged"));
  to.unpaid = intake.decimal(from.getUnpaid(), Place(at, "unpaid"));
  to.events = from.getEvents();
  if (from.hasTokens()) to.tokens = readTokenTotals(from.getTokens());
  to.variant = intake.text(from.getVariant(), limits::kVariantValueBytesMax, Place(at, "variant"));
  to.latest_at = {from.getLatestAt()};
  to.values = intake.list(from.getValues(), limits::kUniqueValuesMax, at, "values", readValueCount);
  // One more without a name.
  to.models =
      intake.list(from.getModels(), limits::kUsageModelsMax + 1, at, "models", readModelUsage);
  return to;
}

void writeFeatureUsage(wire::FeatureUsage::Builder to, const FeatureUsage& from) {
  to.setFeature(from.feature.value);
  to.setQuantity(DecimalText(from.quantity).reader());
  setNonZero(from.charged, [&](auto value) { to.setCharged(value); });
  setNonZero(from.unpaid, [&](auto value) { to.setUnpaid(value); });
  to.setEvents(from.events);
  if (from.tokens != TokenTotals{}) writeTokenTotals(to.initTokens(), from.tokens);
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  to.setLatestAt(from.latest_at.ns);
  writeList(from.values, writeValueCount, [&](auto size) { return to.initValues(size); });
  writeList(from.models, writeModelUsage, [&](auto size) { return to.initModels(size); });
}

SeatsHeld readSeatsHeld(wire::SeatsHeld::Reader from, Intake& intake, const Place& at) {
  SeatsHeld to;
  to.feature = readFeatureNumber(from.getFeature(), intake, Place(at, "feature"));
  to.held = from.getHeld();
  to.highest = from.getHighest();
  to.value = intake.decimal(from.getValue(), Place(at, "value"));
  return to;
}

void writeSeatsHeld(wire::SeatsHeld::Builder to, const SeatsHeld& from) {
  to.setFeature(from.feature.value);
  to.setHeld(from.held);
  to.setHighest(from.highest);
  setNonZero(from.value, [&](auto value) { to.setValue(value); });
}

LateCharge readLateCharge(wire::LateCharge::Reader from, Intake& intake, const Place& at) {
  LateCharge to;
  to.feature = readFeatureNumber(from.getFeature(), intake, Place(at, "feature"));
  to.variant = intake.text(from.getVariant(), limits::kVariantValueBytesMax, Place(at, "variant"));
  to.span = readSpan(from.getSpan());
  to.terms = readTerms(from.getTerms(), intake, Place(at, "terms"));
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  to.exact = intake.decimal(from.getExact(), Place(at, "exact"));
  return to;
}

void writeLateCharge(wire::LateCharge::Builder to, const LateCharge& from) {
  to.setFeature(from.feature.value);
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  writeSpan(to.initSpan(), from.span);
  writeTerms(to.initTerms(), from.terms);
  to.setQuantity(DecimalText(from.quantity).reader());
  to.setExact(DecimalText(from.exact).reader());
}

PendingAdjustment readPendingAdjustment(wire::PendingAdjustment::Reader from, Intake& intake,
                                        const Place& at) {
  return {intake.text(from.getDescription(), limits::kReasonBytesMax, Place(at, "description")),
          intake.decimal(from.getAmount(), Place(at, "amount"))};
}

void writePendingAdjustment(wire::PendingAdjustment::Builder to, const PendingAdjustment& from) {
  setText(from.description, [&](auto value) { to.setDescription(value); });
  to.setAmount(DecimalText(from.amount).reader());
}

}  // namespace daybook::protocol
