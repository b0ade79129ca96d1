#include "protocol/convert_hold.h"

#include "ledger/base/limits.h"
#include "protocol/convert_account.h"
#include "protocol/convert_asked.h"

namespace daybook::protocol {
namespace {

std::string readHoldKey(capnp::Text::Reader from, Intake& intake, const Place& at) {
  return intake.text(from, limits::kKeyBytesMax, Place(at, "hold"));
}

std::int64_t ttlOrZero(const std::optional<Duration>& ttl) { return ttl ? ttl->ns : 0; }

}  // namespace

std::optional<Duration> optionalTtl(std::int64_t ns) {
  return ns == 0 ? std::nullopt : std::optional(Duration{ns});
}

std::vector<HoldItem> readHoldItems(capnp::List<wire::HoldItem>::Reader from, Intake& intake,
                                    const Place& at, const char* name) {
  return intake.list(from, limits::kHoldItemsMax, at, name, readHoldItem, Outcome::amountOverflow);
}

HoldItem readHoldItem(wire::HoldItem::Reader from, Intake& intake, const Place& at) {
  HoldItem to;
  to.feature = readCode(from.getFeature(), intake, at, "feature");
  to.quantity = intake.optionalDecimal(from.getQuantity(), Place(at, "quantity"));
  if (from.hasTokens()) to.tokens = readTokens(from.getTokens(), intake, Place(at, "tokens"));
  to.properties = intake.list(from.getProperties(), limits::kPropertiesMax, at, "properties",
                              readProperty, Outcome::invalidProperties);
  return to;
}

void writeHoldItem(wire::HoldItem::Builder to, const HoldItem& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  setOptional(from.quantity, [&](auto value) { to.setQuantity(value); });
  if (from.tokens) writeTokens(to.initTokens(), *from.tokens);
  writeList(from.properties, writeProperty, [&](auto size) { return to.initProperties(size); });
}

PlaceHold readAsked(wire::PlaceHold::Reader from, Intake& intake, const Place& at) {
  return {readHoldItems(from.getItems(), intake, at, "items"), optionalTtl(from.getTtlNs())};
}

void writeAsked(wire::PlaceHold::Builder to, const PlaceHold& from) {
  writeList(from.items, writeHoldItem, [&](auto size) { return to.initItems(size); });
  to.setTtlNs(ttlOrZero(from.ttl));
}

SettleHold readAsked(wire::SettleHold::Reader from, Intake& intake, const Place& at) {
  return {readHoldKey(from.getHold(), intake, at),
          readHoldItems(from.getItems(), intake, at, "items"), optionalInstant(from.getAt())};
}

void writeAsked(wire::SettleHold::Builder to, const SettleHold& from) {
  setText(from.hold, [&](auto value) { to.setHold(value); });
  writeList(from.items, writeHoldItem, [&](auto size) { return to.initItems(size); });
  to.setAt(instantOrZero(from.at));
}

UseHold readAsked(wire::UseHold::Reader from, Intake& intake, const Place& at) {
  return {readHoldKey(from.getHold(), intake, at),
          readAsked(from.getUsage(), intake, Place(at, "usage"))};
}

void writeAsked(wire::UseHold::Builder to, const UseHold& from) {
  setText(from.hold, [&](auto value) { to.setHold(value); });
  writeAsked(to.initUsage(), from.usage);
}

ReleaseHold readAsked(wire::ReleaseHold::Reader from, Intake& intake, const Place& at) {
  return {readHoldKey(from.getHold(), intake, at)};
}

void writeAsked(wire::ReleaseHold::Builder to, const ReleaseHold& from) {
  setText(from.hold, [&](auto value) { to.setHold(value); });
}

ExtendHold readAsked(wire::ExtendHold::Reader from, Intake& intake, const Place& at) {
  return {readHoldKey(from.getHold(), intake, at), optionalTtl(from.getTtlNs())};
}

void writeAsked(wire::ExtendHold::Builder to, const ExtendHold& from) {
  setText(from.hold, [&](auto value) { to.setHold(value); });
  to.setTtlNs(ttlOrZero(from.ttl));
}

HeldItem readHeldItem(wire::HeldItem::Reader from, Intake& intake, const Place& at) {
  HeldItem to;
  to.asked = readHoldItem(from.getAsked(), intake, Place(at, "asked"));
  to.feature = readFeatureNumber(from.getFeature(), intake, Place(at, "feature"));
  to.variant = intake.text(from.getVariant(), limits::kVariantValueBytesMax, Place(at, "variant"));
  to.period_from = {from.getPeriodFrom()};
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  to.pins = intake.list(from.getPins(), limits::kGrantsPerCustomerMax, at, "pins", readDraw);
  to.used = from.getUsed();
  return to;
}

void writeHeldItem(wire::HeldItem::Builder to, const HeldItem& from) {
  writeHoldItem(to.initAsked(), from.asked);
  to.setFeature(from.feature.value);
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  to.setPeriodFrom(from.period_from.ns);
  to.setQuantity(DecimalText(from.quantity).reader());
  writeList(from.pins, writeDraw, [&](auto size) { return to.initPins(size); });
  to.setUsed(from.used);
}

Hold readHold(wire::HoldInfo::Reader from, Intake& intake, const Place& at) {
  Hold to;
  to.number = HoldNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.key = intake.text(from.getKey(), limits::kKeyBytesMax, Place(at, "key"));
  to.placed = {from.getPlaced()};
  to.expiry = {from.getExpiry()};
  to.items = intake.list(from.getItems(), limits::kHoldItemsMax, at, "items", readHeldItem);
  return to;
}

void writeHold(wire::HoldInfo::Builder to, const Hold& from) {
  to.setNumber(from.number.value);
  setText(from.key, [&](auto value) { to.setKey(value); });
  to.setPlaced(from.placed.ns);
  to.setExpiry(from.expiry.ns);
  writeList(from.items, writeHeldItem, [&](auto size) { return to.initItems(size); });
}

}  // namespace daybook::protocol
