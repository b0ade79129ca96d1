#include "ledger/base/limits.h"
#include "protocol/convert_account.h"
#include "protocol/convert_asked.h"
#include "protocol/convert_event_body.h"

namespace daybook::protocol {
namespace {

void readUsageDetails(wire::UsageDetails::Reader from, UsageRecorded& to, Intake& intake,
                      const Place& at) {
  if (from.hasTokens()) to.asked.tokens = readTokens(from.getTokens(), intake, Place(at, "tokens"));
  if (from.hasTotals()) to.tokens = readTokenTotals(from.getTotals());
  to.asked.properties = intake.list(from.getProperties(), limits::kPropertiesMax, at, "properties",
                                    readProperty, Outcome::invalidProperties);
  to.variant = intake.text(from.getVariant(), limits::kVariantValueBytesMax, Place(at, "variant"));
  to.provider = intake.text(from.getProvider(), limits::kCodeBytesMax, Place(at, "provider"));
}

void writeUsageDetails(wire::UsageRecorded::Builder usage, const UsageRecorded& from) {
  const bool has_totals = from.tokens != TokenTotals{};
  if (!from.asked.tokens && !has_totals && from.asked.properties.empty() && from.variant.empty() &&
      from.provider.empty()) {
    return;
  }
  auto to = usage.initDetails();
  if (from.asked.tokens) writeTokens(to.initTokens(), *from.asked.tokens);
  if (has_totals) writeTokenTotals(to.initTotals(), from.tokens);
  writeList(from.asked.properties, writeProperty,
            [&](auto size) { return to.initProperties(size); });
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  setText(from.provider, [&](auto value) { to.setProvider(value); });
}

void readShortfall(wire::Shortfall::Reader from, UsageRecorded& to, Intake& intake,
                   const Place& at) {
  to.overdrawn = intake.decimal(from.getOverdrawn(), Place(at, "overdrawn"));
  to.unpaid = intake.decimal(from.getUnpaid(), Place(at, "unpaid"));
  to.late_charge = intake.decimal(from.getLateCharge(), Place(at, "lateCharge"));
}

void writeShortfall(wire::UsageRecorded::Builder usage, const UsageRecorded& from) {
  if (from.overdrawn.isZero() && from.unpaid.isZero() && from.late_charge.isZero()) return;
  auto to = usage.initShortfall();
  setNonZero(from.overdrawn, [&](auto value) { to.setOverdrawn(value); });
  setNonZero(from.unpaid, [&](auto value) { to.setUnpaid(value); });
  setNonZero(from.late_charge, [&](auto value) { to.setLateCharge(value); });
}

}  // namespace

bool isDrawnFromOne(const UsageRecorded& usage) {
  return usage.draws.size() == 1 && usage.draws.front().amount == usage.price &&
         !usage.price.isZero() && !usage.draws.front().grant.isNone();
}

UsageRecorded readBody(wire::UsageRecorded::Reader from, Intake& intake, const Place& at) {
  UsageRecorded to;
  to.asked.feature = intake.text(from.getFeature(), limits::kCodeBytesMax, Place(at, "feature"));
  to.asked.quantity = intake.optionalDecimal(from.getQuantitySent(), Place(at, "quantitySent"));
  to.asked.at = optionalInstant(from.getAt());
  to.asked.on_shortfall = intake.enumerant(from.getOnShortfall(), Place(at, "onShortfall"));
  to.disposition = intake.enumerant(from.getDisposition(), Place(at, "disposition"));
  to.feature = readFeatureNumber(from.getFeatureNumber(), intake, Place(at, "featureNumber"));
  to.period_from = {from.getPeriodFrom()};
  to.balance_after = intake.decimal(from.getBalanceAfter(), Place(at, "balanceAfter"));
  to.price = intake.decimal(from.getPrice(), Place(at, "price"));
  const Place quantity_at(at, "quantity");
  const auto quantity = intake.optionalDecimal(from.getQuantity(), quantity_at);
  if (!quantity && !to.asked.quantity) {
    intake.refuse(Outcome::invalidNumber, quantity_at, "is missing");
  }
  to.quantity = quantity ? *quantity : to.asked.quantity.value_or(Decimal());
  to.draws = intake.list(from.getDraws(), limits::kGrantsPerCustomerMax, at, "draws", readDraw);
  if (from.getDrawnFrom() != 0) {
    if (!to.draws.empty()) {
      intake.refuse(Outcome::invalidNumber, Place(at, "drawnFrom"), "is beside draws");
    }
    to.draws.push_back({GrantNumber(from.getDrawnFrom()), to.price});
  }
  if (from.hasDetails()) {
    readUsageDetails(from.getDetails(), to, intake, Place(at, "details"));
  }
  if (from.hasShortfall()) readShortfall(from.getShortfall(), to, intake, Place(at, "shortfall"));
  to.asked.set = from.getSet();
  return to;
}

void writeBody(wire::UsageRecorded::Builder to, const UsageRecorded& from) {
  setText(from.asked.feature, [&](auto value) { to.setFeature(value); });
  setOptional(from.asked.quantity, [&](auto value) { to.setQuantitySent(value); });
  to.setAt(instantOrZero(from.asked.at));
  to.setOnShortfall(toWire<wire::OnShortfall>(from.asked.on_shortfall));
  to.setDisposition(toWire<wire::Disposition>(from.disposition));
  to.setFeatureNumber(from.feature.value);
  to.setPeriodFrom(from.period_from.ns);
  to.setBalanceAfter(DecimalText(from.balance_after).reader());
  setNonZero(from.price, [&](auto value) { to.setPrice(value); });
  if (from.asked.quantity != from.quantity) to.setQuantity(DecimalText(from.quantity).reader());
  if (isDrawnFromOne(from)) {
    to.setDrawnFrom(from.draws.front().grant.value);
  } else {
    writeList(from.draws, writeDraw, [&](auto size) { return to.initDraws(size); });
  }
  writeUsageDetails(to, from);
  writeShortfall(to, from);
  to.setSet(from.asked.set);
}

UsageVoided readBody(wire::UsageVoided::Reader from, Intake& intake, const Place& at) {
  UsageVoided to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.usage = Position(from.getUsage());
  if (to.usage.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "usage"), "is none");
  to.feature = readFeatureNumber(from.getFeatureNumber(), intake, Place(at, "featureNumber"));
  to.disposition = intake.enumerant(from.getDisposition(), Place(at, "disposition"));
  to.variant = intake.text(from.getVariant(), limits::kVariantValueBytesMax, Place(at, "variant"));
  to.value = intake.text(from.getValue(), limits::kPropertyValueBytesMax, Place(at, "value"));
  to.period_from = {from.getPeriodFrom()};
  to.at = {from.getAt()};
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  if (from.hasTotals()) to.tokens = readTokenTotals(from.getTotals());
  to.price = intake.decimal(from.getPrice(), Place(at, "price"));
  to.draws = intake.list(from.getDraws(), limits::kGrantsPerCustomerMax, at, "draws", readDraw);
  to.debt = intake.decimal(from.getDebt(), Place(at, "debt"));
  to.unpaid = intake.decimal(from.getUnpaid(), Place(at, "unpaid"));
  to.late_charge = intake.decimal(from.getLateCharge(), Place(at, "lateCharge"));
  to.item = from.getItem();
  to.provider = intake.text(from.getProvider(), limits::kCodeBytesMax, Place(at, "provider"));
  to.model = intake.text(from.getModel(), limits::kCodeBytesMax, Place(at, "model"));
  return to;
}

void writeBody(wire::UsageVoided::Builder to, const UsageVoided& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setUsage(from.usage.value);
  to.setItem(from.item);
  to.setFeatureNumber(from.feature.value);
  to.setDisposition(toWire<wire::Disposition>(from.disposition));
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  setText(from.value, [&](auto value) { to.setValue(value); });
  to.setPeriodFrom(from.period_from.ns);
  to.setAt(from.at.ns);
  to.setQuantity(DecimalText(from.quantity).reader());
  if (from.tokens != TokenTotals{}) writeTokenTotals(to.initTotals(), from.tokens);
  setNonZero(from.price, [&](auto value) { to.setPrice(value); });
  writeList(from.draws, writeDraw, [&](auto size) { return to.initDraws(size); });
  setNonZero(from.debt, [&](auto value) { to.setDebt(value); });
  setNonZero(from.unpaid, [&](auto value) { to.setUnpaid(value); });
  setNonZero(from.late_charge, [&](auto value) { to.setLateCharge(value); });
  setText(from.provider, [&](auto value) { to.setProvider(value); });
  setText(from.model, [&](auto value) { to.setModel(value); });
}

}  // namespace daybook::protocol
