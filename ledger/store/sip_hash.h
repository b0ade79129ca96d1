// SipHash-2-4 (Aumasson and Bernstein, 2012) with 64 bits of result: a keyed hash for tables whose
// keys strangers choose, and a checksum of derived data. Not a substitute for SHA-256.
//
// Pure; safe to use from any thread.
#pragma once

#include <cstdint>

#include "ledger/store/store.h"

namespace daybook::store {

/// The hash of `bytes`, under the 16-byte key seed.low, seed.high (each little-endian).
std::uint64_t sipHash(KeySeed seed, BytesView bytes);

/// The same of the 8 bytes of `prefix`, little-endian, followed by `bytes`.
std::uint64_t sipHash(KeySeed seed, std::uint64_t prefix, BytesView bytes);

}  // namespace daybook::store
