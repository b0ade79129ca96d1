// State in snapshots: stored form <-> model (state.capnp).
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/customer.h"
#include "ledger/model/ledger_state.h"
#include "protocol/convert_common.h"
#include "protocol/state.capnp.h"

namespace daybook::protocol {

Customer readCustomer(wire::CustomerState::Reader from, Intake& intake);
LedgerState readLedgerState(wire::LedgerState::Reader from, Intake& intake);

void writeCustomer(wire::CustomerState::Builder to, const Customer& from);
void writeLedgerState(wire::LedgerState::Builder to, const LedgerState& from);

}  // namespace daybook::protocol
