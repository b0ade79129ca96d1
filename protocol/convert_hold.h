// Holds: what is asked of them, and what they set aside. Wire and stored form <-> model.
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/command.h"
#include "ledger/model/customer.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"

namespace daybook::protocol {

HoldItem readHoldItem(wire::HoldItem::Reader from, Intake& intake, const Place& at);
PlaceHold readAsked(wire::PlaceHold::Reader from, Intake& intake, const Place& at);
SettleHold readAsked(wire::SettleHold::Reader from, Intake& intake, const Place& at);
UseHold readAsked(wire::UseHold::Reader from, Intake& intake, const Place& at);
ReleaseHold readAsked(wire::ReleaseHold::Reader from, Intake& intake, const Place& at);
ExtendHold readAsked(wire::ExtendHold::Reader from, Intake& intake, const Place& at);
HeldItem readHeldItem(wire::HeldItem::Reader from, Intake& intake, const Place& at);
Hold readHold(wire::HoldInfo::Reader from, Intake& intake, const Place& at);
/// Items of a hold or a settlement: field `name` of what stands at `at`.
std::vector<HoldItem> readHoldItems(capnp::List<wire::HoldItem>::Reader from, Intake& intake,
                                    const Place& at, const char* name);
/// 0 stands for absent.
std::optional<Duration> optionalTtl(std::int64_t ns);

/// REQUIRES, of all: an absent instant or ttl is nullopt, never 0, which stands for it.
void writeHoldItem(wire::HoldItem::Builder to, const HoldItem& from);
void writeAsked(wire::PlaceHold::Builder to, const PlaceHold& from);
void writeAsked(wire::SettleHold::Builder to, const SettleHold& from);
void writeAsked(wire::UseHold::Builder to, const UseHold& from);
void writeAsked(wire::ReleaseHold::Builder to, const ReleaseHold& from);
void writeAsked(wire::ExtendHold::Builder to, const ExtendHold& from);
void writeHeldItem(wire::HeldItem::Builder to, const HeldItem& from);
void writeHold(wire::HoldInfo::Builder to, const Hold& from);

}  // namespace daybook::protocol
