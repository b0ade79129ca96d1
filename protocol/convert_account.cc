#include "protocol/convert_account.h"

#include "ledger/base/limits.h"

namespace daybook::protocol {
namespace {

FeatureNumber readFeatureNumber(std::uint32_t from, Intake& intake, const Place& at) {
  if (from == 0) intake.refuse(Outcome::invalidNumber, at, "no feature has this number");
  return FeatureNumber(from);
}

BalanceOverage readBalanceOverage(wire::BalanceOverage::Reader from, Intake& intake,
                                  const Place& at) {
  return {readFeatureNumber(from.getFeature(), intake, Place(at, "feature")),
          intake.decimal(from.getAmount(), Place(at, "amount"))};
}

void writeBalanceOverage(wire::BalanceOverage::Builder to, const BalanceOverage& from) {
  to.setFeature(from.feature.value);
  to.setAmount(DecimalText(from.amount).reader());
}

}  // namespace

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

Subscription readSubscription(wire::Subscription::Reader from, Intake& intake, const Place& at) {
  Subscription to;
  to.plan = intake.text(from.getPlan(), limits::kCodeBytesMax, Place(at, "plan"));
  to.currency = intake.text(from.getCurrency(), limits::kCodeBytesMax, Place(at, "currency"));
  to.billing_interval = intake.enumerant(from.getBillingInterval(), Place(at, "billingInterval"));
  to.started = {from.getStarted()};
  to.anchor = {from.getAnchor()};
  to.cancel_at = optionalInstant(from.getCancelAt());
  to.billing_to = {from.getBillingTo()};
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

}  // namespace daybook::protocol
