// What belongs to one customer: grants, draws, periods, balances. Wire and stored form <-> model.
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"

namespace daybook::protocol {

Grant readGrant(wire::Grant::Reader from, Intake& intake, const Place& at);
Draw readDraw(wire::Draw::Reader from, Intake& intake, const Place& at);
TokenTotals readTokenTotals(wire::TokenTotals::Reader from);
ModelUsage readModelUsage(wire::ModelUsage::Reader from, Intake& intake, const Place& at);
Terms readTerms(wire::Terms::Reader from, Intake& intake, const Place& at);
Span readSpan(wire::Span::Reader from);
Subscription readSubscription(wire::Subscription::Reader from, Intake& intake, const Place& at);
ScheduledChange readScheduledChange(wire::ScheduledChange::Reader from, Intake& intake,
                                    const Place& at);
FeatureNumber readFeatureNumber(std::uint32_t from, Intake& intake, const Place& at);
FeatureUsage readFeatureUsage(wire::FeatureUsage::Reader from, Intake& intake, const Place& at);
SeatsHeld readSeatsHeld(wire::SeatsHeld::Reader from, Intake& intake, const Place& at);
LateCharge readLateCharge(wire::LateCharge::Reader from, Intake& intake, const Place& at);
PendingAdjustment readPendingAdjustment(wire::PendingAdjustment::Reader from, Intake& intake,
                                        const Place& at);
SpendingBalance readSpendingBalance(wire::SpendingBalance::Reader from, Intake& intake,
                                    const Place& at);

void writeGrant(wire::Grant::Builder to, const Grant& from);
void writeDraw(wire::Draw::Builder to, const Draw& from);
void writeTokenTotals(wire::TokenTotals::Builder to, const TokenTotals& from);
void writeModelUsage(wire::ModelUsage::Builder to, const ModelUsage& from);
void writeTerms(wire::Terms::Builder to, const Terms& from);
void writeSpan(wire::Span::Builder to, const Span& from);
void writeSubscription(wire::Subscription::Builder to, const Subscription& from);
void writeScheduledChange(wire::ScheduledChange::Builder to, const ScheduledChange& from);
void writeFeatureUsage(wire::FeatureUsage::Builder to, const FeatureUsage& from);
void writeSeatsHeld(wire::SeatsHeld::Builder to, const SeatsHeld& from);
void writeLateCharge(wire::LateCharge::Builder to, const LateCharge& from);
void writePendingAdjustment(wire::PendingAdjustment::Builder to, const PendingAdjustment& from);
void writeSpendingBalance(wire::SpendingBalance::Builder to, const SpendingBalance& from);

}  // namespace daybook::protocol
