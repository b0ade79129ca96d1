#include "ledger/model/receipt.h"

#include <type_traits>

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
  receipt.balance_after = usage.balance_after;
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

void fill(Receipt& receipt, const Subscribed& subscribed) { receipt.invoice = subscribed.invoice; }

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
