#include "ledger/model/receipt.h"

#include <type_traits>
#include <utility>

#include "ledger/base/check.h"

namespace daybook {
namespace {

void fill(Receipt& receipt, const UsageRecorded& usage) {
  receipt.disposition = usage.disposition;
  receipt.period_from = usage.period_from;
  receipt.quantity = usage.quantity;
  receipt.price = usage.price;
  receipt.draws = usage.draws;
  receipt.overdrawn = usage.overdrawn;
  receipt.unpaid = usage.unpaid;
  receipt.late_charge = usage.late_charge;
  receipt.balance_after = usage.balance_after;
}

void fill(Receipt& receipt, const ReceiptItem& item) {
  receipt.disposition = item.disposition;
  receipt.period_from = item.period_from;
  receipt.quantity = item.quantity;
  receipt.price = item.price;
  receipt.draws = item.draws;
  receipt.overdrawn = item.overdrawn;
  receipt.unpaid = item.unpaid;
  receipt.late_charge = item.late_charge;
  receipt.balance_after = item.balance_after;
}

ReceiptItem itemOf(const UsageRecorded& usage) {
  return {usage.asked.feature, usage.disposition,  usage.period_from, usage.quantity,
          usage.price,         usage.draws,        usage.overdrawn,   usage.unpaid,
          usage.late_charge,   usage.balance_after};
}

void fillItems(Receipt& receipt, std::vector<ReceiptItem> items) {
  if (items.size() == 1) fill(receipt, items.front());
  receipt.items = std::move(items);
}

void fill(Receipt& receipt, const HoldPlaced& placed) {
  receipt.hold = placed.number;
  receipt.expiry = placed.expiry;
  std::vector<ReceiptItem> items;
  for (const PlacedItem& placed_item : placed.items) {
    const HeldItem& held = placed_item.held;
    ReceiptItem& item = items.emplace_back();
    item.feature = held.asked.feature;
    item.period_from = held.period_from;
    item.quantity = held.quantity;
    item.price = placed_item.price;
    item.draws = held.pins;
    item.balance_after = placed_item.balance_after;
  }
  fillItems(receipt, std::move(items));
}

void fill(Receipt& receipt, const HoldUsed& used) {
  receipt.hold = used.number;
  fillItems(receipt, {itemOf(used.usage)});
}

void fill(Receipt& receipt, const HoldSettled& settled) {
  receipt.hold = settled.number;
  receipt.hold_expired = settled.expired;
  std::vector<ReceiptItem> items;
  for (const UsageRecorded& usage : settled.usages) items.push_back(itemOf(usage));
  fillItems(receipt, std::move(items));
}

void fill(Receipt& receipt, const HoldReleased& released) { receipt.hold = released.number; }

void fill(Receipt& receipt, const HoldExtended& extended) {
  receipt.hold = extended.number;
  receipt.expiry = extended.expiry;
}

void fill(Receipt& receipt, const PackPurchased& purchase) {
  receipt.quantity = purchase.grant.credits;
  receipt.price = purchase.price;
  receipt.grant = purchase.grant.number;
  receipt.invoice = purchase.invoice;
}

void fill(Receipt& receipt, const ToppedUp& top_up) {
  receipt.quantity = top_up.asked.amount;
  receipt.price = top_up.asked.amount;
  receipt.balance_after = top_up.balance_after;
  receipt.invoice = top_up.invoice;
}

void fill(Receipt& receipt, const UsageVoided& voided) {
  receipt.disposition = voided.disposition;
  receipt.period_from = voided.period_from;
  receipt.quantity = -voided.quantity;
  receipt.price = -voided.price;
  receipt.draws = voided.draws;
  receipt.overdrawn = -voided.debt;
  receipt.unpaid = -voided.unpaid;
  receipt.late_charge = -voided.late_charge;
}

void fill(Receipt& receipt, const CreditsGranted& granted) {
  receipt.quantity = granted.grant.credits;
  receipt.grant = granted.grant.number;
}

void fill(Receipt& receipt, const PackRefunded& refunded) {
  receipt.quantity = refunded.credits;
  receipt.grant = refunded.asked.grant;
  receipt.credit_note = refunded.credit_note;
}

void fill(Receipt& receipt, const SeatsChanged& changed) {
  receipt.quantity = Decimal::fromInteger(static_cast<std::int64_t>(changed.held));
  receipt.price = changed.true_up;
}

void fill(Receipt& receipt, const CreditNoteClosed& closed) {
  receipt.price = closed.note.total;
  receipt.credit_note = closed.note.number;
  receipt.invoice = closed.note.invoice;
}

void fill(Receipt& receipt, const PaymentRecorded& payment) {
  receipt.price = payment.amount;
  receipt.invoice = payment.asked.invoice;
}

void fill(Receipt& receipt, const Subscribed& subscribed) { receipt.invoice = subscribed.invoice; }
void fill(Receipt& receipt, const PlanChanged& changed) { receipt.invoice = changed.invoice; }
void fill(Receipt& receipt, const Resumed& resumed) { receipt.invoice = resumed.invoice; }
void fill(Receipt& receipt, const AdjustmentAdded& added) { receipt.invoice = added.invoice; }

/// Of every other command it is only said where it was recorded.
template <typename Body>
void fill(Receipt&, const Body&) {}

}  // namespace

Receipt receiptOf(const Event& event) {
  CHECK(!event.key.empty(), "a receipt is of the event that carries the command's key");
  Receipt receipt;
  receipt.position = event.position;
  receipt.recorded = event.recorded;
  std::visit([&receipt](const auto& body) { fill(receipt, body); }, event.body);
  return receipt;
}

}  // namespace daybook
