// The bytes of one stored message: the standard stream framing with a single segment, read in
// place.
//
// Any bytes are safe to read: what is not well formed throws DecodeError here or, while the message
// is read, kj::Exception. A message costs its reader a bounded amount of work, proportional to its
// size. Belongs to one thread.
#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstddef>

#include "ledger/model/codec.h"

namespace daybook::protocol {

class StoredMessage {
 public:
  /// `bytes` outlive the object, unless they are not aligned to 8 bytes: those are copied.
  explicit StoredMessage(BytesView bytes);
  StoredMessage(const StoredMessage&) = delete;
  StoredMessage& operator=(const StoredMessage&) = delete;

  template <typename Root>
  typename Root::Reader root() {
    return reader_.getRoot<Root>();
  }

 private:
  kj::Array<capnp::word> copy_;  // of bytes that are not aligned; else empty
  kj::ArrayPtr<const capnp::word> segments_[1];
  capnp::SegmentArrayMessageReader reader_;
};

/// The stored bytes of the message in `builder`: the canonical form of Cap'n Proto, framed.
template <typename Root>
Bytes storedBytes(capnp::MessageBuilder& builder);

/// Framing of a message of one segment.
Bytes framed(kj::ArrayPtr<const capnp::word> segment);

template <typename Root>
Bytes storedBytes(capnp::MessageBuilder& builder) {
  // What is written in order, in one segment, with nothing to cut off is canonical already.
  const auto segments = builder.getSegmentsForOutput();
  if (segments.size() == 1 && builder.isCanonical()) return framed(segments[0]);
  return framed(capnp::canonicalize(builder.getRoot<Root>().asReader()));
}

}  // namespace daybook::protocol
