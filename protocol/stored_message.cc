#include "protocol/stored_message.h"

#include <cstdint>
#include <cstring>

namespace daybook::protocol {
namespace {

constexpr std::size_t kWordBytes = sizeof(capnp::word);
// Number of segments less one, size of the only segment in words: 32 bits each, little-endian.
constexpr std::size_t kFrameBytes = 8;

std::uint32_t littleEndian(BytesView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

/// The message's only segment, unaligned.
BytesView segmentOf(BytesView bytes) {
  if (bytes.size() < kFrameBytes + kWordBytes || bytes.size() % kWordBytes != 0) {
    throw DecodeError("not a stored message: " + std::to_string(bytes.size()) + " bytes");
  }
  const std::uint64_t words = littleEndian(bytes.subspan(4, 4));
  if (littleEndian(bytes.first(4)) != 0 || words * kWordBytes != bytes.size() - kFrameBytes) {
    throw DecodeError("not a stored message: its frame is not that of one segment of its size");
  }
  return bytes.subspan(kFrameBytes);
}

kj::Array<capnp::word> copyUnlessAligned(BytesView segment) {
  if (reinterpret_cast<std::uintptr_t>(segment.data()) % alignof(capnp::word) == 0) return nullptr;
  auto copy = kj::heapArray<capnp::word>(segment.size() / kWordBytes);
  std::memcpy(copy.begin(), segment.data(), segment.size());
  return copy;
}

capnp::ReaderOptions readerOptions(std::size_t words) {
  capnp::ReaderOptions options;
  // Every part is read once; the rest is for elements of lists that take no space.
  options.traversalLimitInWords = 2 * words + 1024;
  return options;
}

}  // namespace

StoredMessage::StoredMessage(BytesView bytes)
    : copy_(copyUnlessAligned(segmentOf(bytes))),
      segments_{copy_.size() > 0
                    ? kj::ArrayPtr<const capnp::word>(copy_)
                    : kj::arrayPtr(reinterpret_cast<const capnp::word*>(segmentOf(bytes).data()),
                                   segmentOf(bytes).size() / kWordBytes)},
      reader_(kj::arrayPtr(segments_, 1), readerOptions(segments_[0].size())) {}

Bytes framed(kj::ArrayPtr<const capnp::word> segment) {
  const std::size_t segment_bytes = segment.size() * kWordBytes;
  Bytes bytes(kFrameBytes + segment_bytes);
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[4 + i] = static_cast<std::byte>(segment.size() >> (8 * i) & 0xFF);
  }
  std::memcpy(bytes.data() + kFrameBytes, segment.begin(), segment_bytes);
  return bytes;
}

}  // namespace daybook::protocol
