// Stored bytes of events and state as Cap'n Proto messages (event.capnp, state.capnp).
//
// A stored message is the standard stream framing with one segment in canonical form: what
// anybody's `capnp decode` reads, and the same bytes for the same value on every machine. Decoding
// accepts exactly what encoding writes, so that no two different byte strings are one value and
// nothing in the bytes is overlooked. Any bytes are safe to decode. No state; usable from any
// thread.
#pragma once

#include "ledger/model/catalog.h"
#include "ledger/model/codec.h"
#include "ledger/model/ledger_state.h"

namespace daybook::protocol {

class CapnpCodec final : public Codec {
 public:
  Bytes encode(const Event& event) const override;
  void append(const Event& event, Bytes& to) const override;
  Event decodeEvent(BytesView bytes) const override;
  Bytes encode(const Customer& customer) const override;
  Customer decodeCustomer(BytesView bytes) const override;
  Bytes encode(const LedgerState& state) const override;
  LedgerState decodeLedgerState(BytesView bytes) const override;
};

/// What stands for a catalog as sent: equal bytes for equal catalogs, whatever spelling of a number
/// was used. To be hashed for PublishCatalog::digest.
Bytes canonicalBytes(const Catalog& catalog);

}  // namespace daybook::protocol
