// What a customer moves in with, as asked: wire and stored form <-> model.
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/command.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"

namespace daybook::protocol {

Opening readOpening(wire::Opening::Reader from, Intake& intake, const Place& at);
SeatCount readSeatCount(wire::SeatCount::Reader from, Intake& intake, const Place& at);

void writeOpening(wire::Opening::Builder to, const Opening& from);
void writeSeatCount(wire::SeatCount::Builder to, const SeatCount& from);

}  // namespace daybook::protocol
