#include "ledger/base/limits.h"
#include "protocol/convert_account.h"
#include "protocol/convert_event_body.h"
#include "protocol/convert_hold.h"

namespace daybook::protocol {
namespace {

HoldNumber readHoldNumber(std::uint64_t from, Intake& intake, const Place& at) {
  if (from == 0) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  return HoldNumber(from);
}

PlacedItem readPlacedItem(wire::PlacedItem::Reader from, Intake& intake, const Place& at) {
  return {readHeldItem(from.getHeld(), intake, Place(at, "held")),
          intake.decimal(from.getPrice(), Place(at, "price")),
          intake.decimal(from.getBalanceAfter(), Place(at, "balanceAfter"))};
}

void writePlacedItem(wire::PlacedItem::Builder to, const PlacedItem& from) {
  writeHeldItem(to.initHeld(), from.held);
  setNonZero(from.price, [&](auto value) { to.setPrice(value); });
  to.setBalanceAfter(DecimalText(from.balance_after).reader());
}

UsageRecorded readUsageRecorded(wire::UsageRecorded::Reader from, Intake& intake, const Place& at) {
  return readBody(from, intake, at);
}

void writeUsageRecorded(wire::UsageRecorded::Builder to, const UsageRecorded& from) {
  writeBody(to, from);
}

}  // namespace

HoldPlaced readBody(wire::HoldPlaced::Reader from, Intake& intake, const Place& at) {
  HoldPlaced to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.number = readHoldNumber(from.getNumber(), intake, at);
  to.expiry = {from.getExpiry()};
  to.items = intake.list(from.getItems(), limits::kHoldItemsMax, at, "items", readPlacedItem);
  for (const PlacedItem& item : to.items) to.asked.items.push_back(item.held.asked);
  return to;
}

void writeBody(wire::HoldPlaced::Builder to, const HoldPlaced& from) {
  writeAsked(to.initAsked(), PlaceHold{{}, from.asked.ttl});
  to.setNumber(from.number.value);
  to.setExpiry(from.expiry.ns);
  writeList(from.items, writePlacedItem, [&](auto size) { return to.initItems(size); });
}

HoldUsed readBody(wire::HoldUsed::Reader from, Intake& intake, const Place& at) {
  HoldUsed to;
  to.asked.hold = intake.text(from.getHold(), limits::kKeyBytesMax, Place(at, "hold"));
  to.number = readHoldNumber(from.getNumber(), intake, at);
  to.usage = readBody(from.getUsage(), intake, Place(at, "usage"));
  to.asked.usage = to.usage.asked;
  to.taken = intake.decimal(from.getTaken(), Place(at, "taken"));
  to.pins = intake.list(from.getPins(), limits::kGrantsPerCustomerMax, at, "pins", readDraw);
  return to;
}

void writeBody(wire::HoldUsed::Builder to, const HoldUsed& from) {
  setText(from.asked.hold, [&](auto value) { to.setHold(value); });
  to.setNumber(from.number.value);
  writeBody(to.initUsage(), from.usage);
  setNonZero(from.taken, [&](auto value) { to.setTaken(value); });
  writeList(from.pins, writeDraw, [&](auto size) { return to.initPins(size); });
}

HoldSettled readBody(wire::HoldSettled::Reader from, Intake& intake, const Place& at) {
  HoldSettled to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.number = readHoldNumber(from.getNumber(), intake, at);
  to.expired = from.getExpired();
  to.usages = intake.list(from.getUsages(), limits::kHoldItemsMax, at, "usages", readUsageRecorded);
  return to;
}

void writeBody(wire::HoldSettled::Builder to, const HoldSettled& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setNumber(from.number.value);
  to.setExpired(from.expired);
  writeList(from.usages, writeUsageRecorded, [&](auto size) { return to.initUsages(size); });
}

HoldReleased readBody(wire::HoldReleased::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked")),
          readHoldNumber(from.getNumber(), intake, at)};
}

void writeBody(wire::HoldReleased::Builder to, const HoldReleased& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setNumber(from.number.value);
}

HoldExtended readBody(wire::HoldExtended::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked")),
          readHoldNumber(from.getNumber(), intake, at),
          {from.getExpiry()}};
}

void writeBody(wire::HoldExtended::Builder to, const HoldExtended& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setNumber(from.number.value);
  to.setExpiry(from.expiry.ns);
}

HoldExpired readBody(wire::HoldExpired::Reader from, Intake& intake, const Place& at) {
  return {readHoldNumber(from.getNumber(), intake, at), {from.getExpiry()}};
}

void writeBody(wire::HoldExpired::Builder to, const HoldExpired& from) {
  to.setNumber(from.number.value);
  to.setExpiry(from.expiry.ns);
}

}  // namespace daybook::protocol
