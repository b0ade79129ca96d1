#include "protocol/codec.h"

#include <kj/exception.h>

#include <algorithm>

#include "protocol/convert_catalog.h"
#include "protocol/convert_event.h"
#include "protocol/convert_state.h"
#include "protocol/stored_message.h"
#include "protocol/usual_usage.h"

namespace daybook::protocol {
namespace {

// Holds most events without going to the heap.
constexpr std::size_t kScratchWords = 128;

template <typename Root, typename Value, typename Write>
Bytes encodeAs(const Value& value, Write write) {
  capnp::word scratch[kScratchWords] = {};
  capnp::MallocMessageBuilder builder(kj::arrayPtr(scratch, kScratchWords));
  write(builder.initRoot<Root>(), value);
  return storedBytes<Root>(builder);
}

/// `what` names the kind of value in messages.
template <typename Root, typename Read>
auto decodeAs(const CapnpCodec& codec, BytesView bytes, const std::string& what, Read read) {
  Intake intake(Origin::storage);
  try {
    StoredMessage message(bytes);
    auto value = read(message.root<Root>(), intake);
    if (!intake.isOk()) throw DecodeError("malformed " + what + ": " + intake.verdict().detail);
    // Padding, other spellings of a number, fields of a later version.
    if (!std::ranges::equal(codec.encode(value), bytes)) {
      throw DecodeError("malformed " + what + ": not in canonical form, or with unknown fields");
    }
    return value;
  } catch (const kj::Exception& error) {
    throw DecodeError("malformed " + what + ": " + error.getDescription().cStr());
  }
}

}  // namespace

Bytes CapnpCodec::encode(const Event& event) const {
  Bytes bytes;
  append(event, bytes);
  return bytes;
}

void CapnpCodec::append(const Event& event, Bytes& to) const {
  if (appendUsualUsage(event, to)) return;
  const Bytes bytes = encodeAs<wire::Event>(event, writeEvent);
  to.insert(to.end(), bytes.begin(), bytes.end());
}

Event CapnpCodec::decodeEvent(BytesView bytes) const {
  Event usual;
  if (readUsualUsage(bytes, usual)) return usual;
  return decodeAs<wire::Event>(*this, bytes, "event", readEvent);
}

Bytes CapnpCodec::encode(const Customer& customer) const {
  return encodeAs<wire::CustomerState>(customer, writeCustomer);
}

Customer CapnpCodec::decodeCustomer(BytesView bytes) const {
  return decodeAs<wire::CustomerState>(*this, bytes, "customer", readCustomer);
}

Bytes CapnpCodec::encode(const LedgerState& state) const {
  return encodeAs<wire::LedgerState>(state, writeLedgerState);
}

LedgerState CapnpCodec::decodeLedgerState(BytesView bytes) const {
  return decodeAs<wire::LedgerState>(*this, bytes, "ledger state", readLedgerState);
}

Bytes canonicalBytes(const Catalog& catalog) {
  return encodeAs<wire::Catalog>(catalog, writeCatalog);
}

}  // namespace daybook::protocol
