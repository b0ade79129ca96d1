// Events: stored form <-> model (event.capnp).
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/event.h"
#include "protocol/convert_common.h"
#include "protocol/event.capnp.h"

namespace daybook::protocol {

/// Refuses what no ledger writes: a missing position, a broken chain, rules or a format newer than
/// this version's.
Event readEvent(wire::Event::Reader from, Intake& intake);
EventBody readEventBody(wire::Event::Body::Reader from, Intake& intake, const Place& at);

/// REQUIRES: an absent instant is nullopt, never the instant 0, which stands for it.
void writeEvent(wire::Event::Builder to, const Event& from);
void writeEventBody(wire::Event::Body::Builder to, const EventBody& from);

}  // namespace daybook::protocol
