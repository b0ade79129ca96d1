// The stored form of most events, read and written without the help of Cap'n Proto: usage with a
// key, and without details, shortfall or several draws.
//
// In the canonical form every word's place follows from the sizes before it, so that one pass over
// the words says both what they mean and that nothing else can be in them; and so that they can be
// written in place, with nothing to cut off or to move afterwards. Whatever these do not take is
// for the general reader and writer, malformed bytes too. Functions; usable from any thread.
#pragma once

#include "ledger/model/codec.h"

namespace daybook::protocol {

/// Reads a stored event into `to` and returns true only if CapnpCodec::encode(to) is exactly
/// `bytes`; else `to` is in any state.
bool readUsualUsage(BytesView bytes, Event& to);

/// Appends the stored form of `from` to `to`, if it is of the usual form; else returns false.
bool appendUsualUsage(const Event& from, Bytes& to);

}  // namespace daybook::protocol
