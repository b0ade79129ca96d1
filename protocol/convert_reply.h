// Answers: model -> wire form.
//
// By the rules of convert_common.h: amounts that a reader looks for are written, "0" included;
// parts that the answer's kind has no use for are absent. Functions; usable from any thread.
#pragma once

#include <vector>

#include "ledger/model/balance.h"
#include "ledger/model/catalog.h"
#include "ledger/model/customer.h"
#include "ledger/model/receipt.h"
#include "protocol/convert_account.h"
#include "protocol/convert_catalog.h"
#include "protocol/convert_invoice.h"
#include "protocol/daybook.capnp.h"

namespace daybook::protocol {

template <>
struct EnumOf<wire::SubscriptionState> {
  using Model = SubscriptionState;
  static constexpr wire::SubscriptionState kNewest = wire::SubscriptionState::PAUSED;
};
template <>
struct EnumOf<wire::ItemKind> {
  using Model = ItemKind;
  static constexpr wire::ItemKind kNewest = wire::ItemKind::PRICE_BOOK;
};
template <>
struct EnumOf<wire::ChangeAction> {
  using Model = ChangeAction;
  static constexpr wire::ChangeAction kNewest = wire::ChangeAction::CHANGED;
};

/// Sets `outcome` and `detail` of any results that have them.
template <typename Results>
void writeVerdict(Results to, const Verdict& from) {
  to.setOutcome(toWire<wire::Outcome>(from.outcome));
  setText(from.detail, [&](auto value) { to.setDetail(value); });
}

void writeReceipt(wire::Receipt::Builder to, const Answer& from);
void writeBalance(wire::Balance::Builder to, const Balance& from);
void writeCheckAnswer(wire::CheckAnswer::Builder to, const CheckAnswer& from);
void writeCustomerInfo(wire::CustomerInfo::Builder to, const Customer& from);
/// Without its verdict.
void writeChangePreview(wire::ChangePreview::Builder to, const ChangePreview& from);
void writeCatalogChange(wire::CatalogChange::Builder to, const CatalogChange& from);

}  // namespace daybook::protocol
