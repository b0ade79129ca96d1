#include "protocol/convert_opening.h"

#include "ledger/base/limits.h"

namespace daybook::protocol {
namespace {

OpeningUsage readOpeningUsage(wire::OpeningUsage::Reader from, Intake& intake, const Place& at) {
  OpeningUsage to;
  to.feature = readCode(from.getFeature(), intake, at, "feature");
  to.variant = intake.text(from.getVariant(), limits::kVariantValueBytesMax, Place(at, "variant"));
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  to.charged = intake.decimal(from.getCharged(), Place(at, "charged"));
  return to;
}

void writeOpeningUsage(wire::OpeningUsage::Builder to, const OpeningUsage& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  to.setQuantity(DecimalText(from.quantity).reader());
  setNonZero(from.charged, [&](auto value) { to.setCharged(value); });
}

OpeningGrant readOpeningGrant(wire::OpeningGrant::Reader from, Intake& intake, const Place& at) {
  OpeningGrant to;
  to.kind = intake.enumerant(from.getKind(), Place(at, "kind"));
  to.credits = intake.decimal(from.getCredits(), Place(at, "credits"));
  to.remaining = intake.decimal(from.getRemaining(), Place(at, "remaining"));
  to.priority = from.getPriority();
  to.effective = optionalInstant(from.getEffective());
  to.expiry = optionalInstant(from.getExpiry());
  to.features = intake.list(from.getFeatures(), limits::kFeaturesMax, at, "features",
                            readCodeElement, Outcome::amountOverflow);
  return to;
}

void writeOpeningGrant(wire::OpeningGrant::Builder to, const OpeningGrant& from) {
  to.setKind(toWire<wire::GrantKind>(from.kind));
  to.setCredits(DecimalText(from.credits).reader());
  to.setRemaining(DecimalText(from.remaining).reader());
  to.setPriority(from.priority);
  to.setEffective(instantOrZero(from.effective));
  to.setExpiry(instantOrZero(from.expiry));
  writeCodes(from.features, [&](auto size) { return to.initFeatures(size); });
}

}  // namespace

SeatCount readSeatCount(wire::SeatCount::Reader from, Intake& intake, const Place& at) {
  return {readCode(from.getFeature(), intake, at, "feature"), from.getSeats()};
}

void writeSeatCount(wire::SeatCount::Builder to, const SeatCount& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  to.setSeats(from.seats);
}

Opening readOpening(wire::Opening::Reader from, Intake& intake, const Place& at) {
  Opening to;
  to.plan = readCode(from.getPlan(), intake, at, "plan");
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.interval = intake.optionalInterval(from.getInterval(), Place(at, "interval"));
  to.anchor = {from.getAnchor()};
  to.base_charged = intake.decimal(from.getBaseCharged(), Place(at, "baseCharged"));
  to.usage = intake.list(from.getUsage(), limits::kOpeningUsageMax, at, "usage", readOpeningUsage,
                         Outcome::amountOverflow);
  to.grants = intake.list(from.getGrants(), limits::kGrantsPerCustomerMax, at, "grants",
                          readOpeningGrant, Outcome::tooManyGrants);
  to.balance = intake.optionalDecimal(from.getBalance(), Place(at, "balance"));
  to.top_ups = intake.decimal(from.getTopUps(), Place(at, "topUps"));
  to.seats = intake.list(from.getSeats(), limits::kFeaturesPerPlanMax, at, "seats", readSeatCount,
                         Outcome::amountOverflow);
  to.customer_credit = intake.decimal(from.getCustomerCredit(), Place(at, "customerCredit"));
  return to;
}

void writeOpening(wire::Opening::Builder to, const Opening& from) {
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setInterval(toWire(from.interval));
  to.setAnchor(from.anchor.ns);
  setNonZero(from.base_charged, [&](auto value) { to.setBaseCharged(value); });
  writeList(from.usage, writeOpeningUsage, [&](auto size) { return to.initUsage(size); });
  writeList(from.grants, writeOpeningGrant, [&](auto size) { return to.initGrants(size); });
  setOptional(from.balance, [&](auto value) { to.setBalance(value); });
  setNonZero(from.top_ups, [&](auto value) { to.setTopUps(value); });
  writeList(from.seats, writeSeatCount, [&](auto size) { return to.initSeats(size); });
  setNonZero(from.customer_credit, [&](auto value) { to.setCustomerCredit(value); });
}

}  // namespace daybook::protocol
