// Conversions between the client's values and the wire's.
//
// Readers of wire values take what a daemon sent: every number of an enum is kept, absent pointers
// are empty. Builders leave empty fields absent, as a command's contents are compared as sent.
// Pure functions.
#pragma once

#include <capnp/common.h>
#include <capnp/list.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "daybook/account.h"
#include "daybook/commands.h"
#include "daybook/types.h"
#include "protocol/common.capnp.h"
#include "protocol/daybook.capnp.h"
#include "protocol/event.capnp.h"

namespace daybook::client {

std::string toString(capnp::Text::Reader text);
std::string toString(capnp::Data::Reader bytes);

/// Enums have the protocol's numbers.
template <typename Enum, typename Wire>
Enum enumFromWire(Wire value) {
  return static_cast<Enum>(static_cast<std::uint16_t>(value));
}

std::optional<Interval> fromWire(wire::OptionalInterval interval);
wire::OptionalInterval toWire(const std::optional<Interval>& interval);

// Usage, and what answers have in common.
Outcome fromWire(wire::Outcome outcome);
Receipt fromWire(wire::Receipt::Reader in);
BatchResult fromWire(wire::BatchResult::Reader in);
Usage fromWire(wire::RecordUsage::Reader in);
AlertRule fromWire(wire::AlertRule::Reader in);
Draw fromWire(wire::Draw::Reader in);
Refusal fromWire(wire::Refusal::Reader in);
ReceiptItem fromWire(wire::ReceiptItem::Reader in);
HoldItem fromWire(wire::HoldItem::Reader in);

// Accounts.
Balance fromWire(wire::Balance::Reader in);
CheckAnswer fromWire(wire::CheckAnswer::Reader in);
Hold fromWire(wire::HoldInfo::Reader in);
Customer fromWire(wire::CustomerInfo::Reader in);
Invoice fromWire(wire::Invoice::Reader in);
CreditNote fromWire(wire::CreditNote::Reader in);
ChangePreview fromWire(wire::ChangePreview::Reader in);
UsageOfDay fromWire(wire::UsageOfDay::Reader in);
StatementEntry fromWire(wire::StatementEntry::Reader in);

// The catalog, the log, the daemon.
CatalogChange fromWire(wire::CatalogChange::Reader in);
TreeHead fromWire(wire::TreeHead::Reader in);
Status fromWire(wire::Status::Reader in);

Opening fromWire(wire::Opening::Reader in);

/// A list of wire values, each converted by fromWire.
template <typename T, typename List>
std::vector<T> listFromWire(List list) {
  std::vector<T> out;
  out.reserve(list.size());
  for (auto item : list) out.push_back(fromWire(item));
  return out;
}

void toWire(const Usage& usage, wire::RecordUsage::Builder out);
void toWire(const HoldItem& item, wire::HoldItem::Builder out);
void toWire(const PlaceHold& hold, wire::PlaceHold::Builder out);
void toWire(std::span<const UsageEntry> entries, capnp::List<wire::UsageEntry>::Builder out);

// Contents of commands.
void toWire(const CreateCustomer& from, wire::CreateCustomer::Builder out);
void toWire(const SetAlerts& from, wire::SetAlerts::Builder out);
void toWire(const Subscribe& from, wire::Subscribe::Builder out);
void toWire(const Cancel& from, wire::Cancel::Builder out);
void toWire(const ChangePlan& from, wire::ChangePlan::Builder out);
void toWire(const ChangeSeats& from, wire::ChangeSeats::Builder out);
void toWire(const GrantCredits& from, wire::GrantCredits::Builder out);
void toWire(const RefundPack& from, wire::RefundPack::Builder out);
void toWire(const VoidUsage& from, wire::VoidUsage::Builder out);
void toWire(const AddAdjustment& from, wire::AddAdjustment::Builder out);
void toWire(const AddCustomerCredit& from, wire::AddCustomerCredit::Builder out);
void toWire(const CreditInvoice& from, wire::CreditInvoice::Builder out);
void toWire(const RecordPayment& from, wire::RecordPayment::Builder out);
void toWire(const RecordPaymentFailure& from, wire::RecordPaymentFailure::Builder out);

/// Words that a message with these entries takes at most: without such a hint a large batch is
/// built in many segments, which costs a third of the rate.
capnp::MessageSize sizeHint(std::span<const UsageEntry> entries);

}  // namespace daybook::client
