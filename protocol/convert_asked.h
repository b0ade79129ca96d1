// What commands ask: wire and stored form <-> model, one pair of functions for each kind.
//
// By the rules of convert_common.h. Events hold the same messages, but for usage, whose event is
// flat (convert_usage_event.h). Functions; usable from any thread.
#pragma once

#include "ledger/model/command.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"

namespace daybook::protocol {

RecordUsage readAsked(wire::RecordUsage::Reader from, Intake& intake, const Place& at);
BuyCredits readAsked(wire::BuyCredits::Reader from, Intake& intake, const Place& at);
TopUp readAsked(wire::TopUp::Reader from, Intake& intake, const Place& at);
CreateCustomer readAsked(wire::CreateCustomer::Reader from, Intake& intake, const Place& at);
UpdateCustomer readAsked(wire::UpdateCustomer::Reader from, Intake& intake, const Place& at);
Subscribe readAsked(wire::Subscribe::Reader from, Intake& intake, const Place& at);
Cancel readAsked(wire::Cancel::Reader from, Intake& intake, const Place& at);
RevokeCancel readAsked(wire::RevokeCancel::Reader from, Intake& intake, const Place& at);
MoveClock readAsked(wire::MoveClock::Reader from, Intake& intake, const Place& at);
ChangePlan readAsked(wire::ChangePlan::Reader from, Intake& intake, const Place& at);
RevokeChange readAsked(wire::RevokeChange::Reader from, Intake& intake, const Place& at);
Pause readAsked(wire::Pause::Reader from, Intake& intake, const Place& at);
Resume readAsked(wire::Resume::Reader from, Intake& intake, const Place& at);
PinVersion readAsked(wire::PinVersion::Reader from, Intake& intake, const Place& at);
ChangeSeats readAsked(wire::ChangeSeats::Reader from, Intake& intake, const Place& at);
GrantCredits readAsked(wire::GrantCredits::Reader from, Intake& intake, const Place& at);
RefundPack readAsked(wire::RefundPack::Reader from, Intake& intake, const Place& at);
VoidUsage readAsked(wire::VoidUsage::Reader from, Intake& intake, const Place& at);
AddAdjustment readAsked(wire::AddAdjustment::Reader from, Intake& intake, const Place& at);
AddCustomerCredit readAsked(wire::AddCustomerCredit::Reader from, Intake& intake, const Place& at);
CreditInvoice readAsked(wire::CreditInvoice::Reader from, Intake& intake, const Place& at);
RecordPayment readAsked(wire::RecordPayment::Reader from, Intake& intake, const Place& at);
RecordPaymentFailure readAsked(wire::RecordPaymentFailure::Reader from, Intake& intake,
                               const Place& at);
MarkUncollectible readAsked(wire::MarkUncollectible::Reader from, Intake& intake, const Place& at);
SetAlerts readAsked(wire::SetAlerts::Reader from, Intake& intake, const Place& at);

/// REQUIRES, of all: an absent instant is nullopt, never the instant 0, which stands for it.
void writeAsked(wire::RecordUsage::Builder to, const RecordUsage& from);
void writeAsked(wire::BuyCredits::Builder to, const BuyCredits& from);
void writeAsked(wire::TopUp::Builder to, const TopUp& from);
void writeAsked(wire::CreateCustomer::Builder to, const CreateCustomer& from);
void writeAsked(wire::UpdateCustomer::Builder to, const UpdateCustomer& from);
/// Trial days past 2^31 - 1, which no ledger gives, are sent as that.
void writeAsked(wire::Subscribe::Builder to, const Subscribe& from);
void writeAsked(wire::Cancel::Builder to, const Cancel& from);
void writeAsked(wire::RevokeCancel::Builder to, const RevokeCancel& from);
void writeAsked(wire::MoveClock::Builder to, const MoveClock& from);
void writeAsked(wire::ChangePlan::Builder to, const ChangePlan& from);
void writeAsked(wire::RevokeChange::Builder to, const RevokeChange& from);
void writeAsked(wire::Pause::Builder to, const Pause& from);
void writeAsked(wire::Resume::Builder to, const Resume& from);
void writeAsked(wire::PinVersion::Builder to, const PinVersion& from);
void writeAsked(wire::ChangeSeats::Builder to, const ChangeSeats& from);
void writeAsked(wire::GrantCredits::Builder to, const GrantCredits& from);
void writeAsked(wire::RefundPack::Builder to, const RefundPack& from);
void writeAsked(wire::VoidUsage::Builder to, const VoidUsage& from);
void writeAsked(wire::AddAdjustment::Builder to, const AddAdjustment& from);
void writeAsked(wire::AddCustomerCredit::Builder to, const AddCustomerCredit& from);
void writeAsked(wire::CreditInvoice::Builder to, const CreditInvoice& from);
void writeAsked(wire::RecordPayment::Builder to, const RecordPayment& from);
void writeAsked(wire::RecordPaymentFailure::Builder to, const RecordPaymentFailure& from);
void writeAsked(wire::MarkUncollectible::Builder to, const MarkUncollectible& from);
void writeAsked(wire::SetAlerts::Builder to, const SetAlerts& from);

// Parts of usage that its event holds, too.
Tokens readTokens(wire::Tokens::Reader from, Intake& intake, const Place& at);
Property readProperty(wire::Property::Reader from, Intake& intake, const Place& at);
/// Token counts past 2^63 - 1, which no ledger takes, are sent as that.
void writeTokens(wire::Tokens::Builder to, const Tokens& from);
void writeProperty(wire::Property::Builder to, const Property& from);

}  // namespace daybook::protocol
