// The stored form of most events, read without Cap'n Proto's help: usage with a key, and without
// details, shortfall or several draws.
//
// In the canonical form every word's place follows from the sizes before it, so that one pass over
// the words says both what they mean and that nothing else can be in them. Whatever it does not
// take is for the general reader, malformed bytes too. Functions; usable from any thread.
#pragma once

#include "ledger/model/codec.h"

namespace daybook::protocol {

/// Reads a stored event into `to` and returns true only if CapnpCodec::encode(to) is exactly
/// `bytes`; else `to` is in any state.
bool readUsualUsage(BytesView bytes, Event& to);

}  // namespace daybook::protocol
