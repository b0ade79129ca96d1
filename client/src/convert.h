// Conversions between the client's values and the wire's.
//
// Readers of wire values take what a daemon sent: every number of an enum is kept, absent pointers
// are empty. Builders leave empty fields absent, as a command's contents are compared as sent.
// Pure functions.
#pragma once

#include <capnp/common.h>
#include <capnp/list.h>

#include <span>
#include <string>
#include <vector>

#include "daybook/types.h"
#include "protocol/common.capnp.h"
#include "protocol/daybook.capnp.h"
#include "protocol/event.capnp.h"

namespace daybook::client {

std::string toString(capnp::Text::Reader text);
std::string toString(capnp::Data::Reader bytes);

Outcome fromWire(wire::Outcome outcome);
Receipt fromWire(wire::Receipt::Reader in);
BatchResult fromWire(wire::BatchResult::Reader in);
Balance fromWire(wire::Balance::Reader in);
CheckAnswer fromWire(wire::CheckAnswer::Reader in);
Customer fromWire(wire::CustomerInfo::Reader in);
Invoice fromWire(wire::Invoice::Reader in);
CatalogChange fromWire(wire::CatalogChange::Reader in);
TreeHead fromWire(wire::TreeHead::Reader in);
Status fromWire(wire::Status::Reader in);
Usage fromWire(wire::RecordUsage::Reader in);

/// A list of wire values, each converted by fromWire.
template <typename T, typename List>
std::vector<T> listFromWire(List list) {
  std::vector<T> out;
  out.reserve(list.size());
  for (auto item : list) out.push_back(fromWire(item));
  return out;
}

void toWire(const Usage& usage, wire::RecordUsage::Builder out);
void toWire(std::span<const UsageEntry> entries, capnp::List<wire::UsageEntry>::Builder out);

/// Words that a message with these entries takes at most: without such a hint a large batch is
/// built in many segments, which costs a third of the rate.
capnp::MessageSize sizeHint(std::span<const UsageEntry> entries);

}  // namespace daybook::client
