// The bytes of stored things, as an interface, so that folders which must not see Cap'n Proto can
// read and write them.
//
// Implemented in protocol/. Encoding is deterministic: equal values give equal bytes on any
// machine. Lengths are multiples of 8. Decoding validates: bytes that are not a well-formed,
// canonical value throw DecodeError. Const; usable from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/model/customer.h"
#include "ledger/model/event.h"

namespace daybook {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

class DecodeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a snapshot holds beside the customers: ledger, catalog with its history, counters. Defined
/// in ledger/model/ledger_state.h.
struct LedgerState;

class Codec {
 public:
  virtual ~Codec() = default;
  virtual Bytes encode(const Event& event) const = 0;
  /// The same, at the end of `to`.
  virtual void append(const Event& event, Bytes& to) const = 0;
  virtual Event decodeEvent(BytesView bytes) const = 0;
  virtual Bytes encode(const Customer& customer) const = 0;
  virtual Customer decodeCustomer(BytesView bytes) const = 0;
  virtual Bytes encode(const LedgerState& state) const = 0;
  virtual LedgerState decodeLedgerState(BytesView bytes) const = 0;
};

}  // namespace daybook
