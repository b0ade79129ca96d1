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
Terms readTerms(wire::Terms::Reader from, Intake& intake, const Place& at);
Span readSpan(wire::Span::Reader from);
Subscription readSubscription(wire::Subscription::Reader from, Intake& intake, const Place& at);
SpendingBalance readSpendingBalance(wire::SpendingBalance::Reader from, Intake& intake,
                                    const Place& at);

void writeGrant(wire::Grant::Builder to, const Grant& from);
void writeDraw(wire::Draw::Builder to, const Draw& from);
void writeTokenTotals(wire::TokenTotals::Builder to, const TokenTotals& from);
void writeTerms(wire::Terms::Builder to, const Terms& from);
void writeSpan(wire::Span::Builder to, const Span& from);
void writeSubscription(wire::Subscription::Builder to, const Subscription& from);
void writeSpendingBalance(wire::SpendingBalance::Builder to, const SpendingBalance& from);

}  // namespace daybook::protocol
