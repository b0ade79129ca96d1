#include "daemon/message_stream.h"

#include <kj/debug.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {
namespace {

constexpr std::size_t kSegmentsMax = 511;
constexpr std::size_t kWordBytes = sizeof(capnp::word);
// Up to this size a message is copied to gather it with others.
constexpr std::size_t kCopyBytesMax = 16u << 10;
// How much of a message may be traversed: a multiple of its size, and room for small ones.
constexpr std::uint64_t kTraversalFactor = 8;
constexpr std::uint64_t kTraversalWordsMin = 64u << 10;

// The framing: a table of 32-bit little-endian numbers (segments - 1, then each one's words),
// padded to whole words, then the segments.
std::size_t tableBytes(std::size_t segments) { return (segments + 2) / 2 * kWordBytes; }

std::uint32_t loadNumber(const kj::byte* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

void storeNumber(kj::byte* bytes, std::size_t number) {
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<kj::byte>(number >> (8 * i));
}

void storeTable(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments, kj::byte* table) {
  storeNumber(table, segments.size() - 1);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    storeNumber(table + 4 * (i + 1), segments[i].size());
  }
  if (segments.size() % 2 == 0) storeNumber(table + 4 * (segments.size() + 1), 0);
}

std::size_t framedBytes(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
  std::size_t bytes = tableBytes(segments.size());
  for (const auto& segment : segments) bytes += segment.size() * kWordBytes;
  return bytes;
}

capnp::ReaderOptions limitTraversal(capnp::ReaderOptions options, std::uint64_t message_words) {
  options.traversalLimitInWords =
      std::min<std::uint64_t>(options.traversalLimitInWords,
                              std::max(kTraversalWordsMin, kTraversalFactor * message_words));
  return options;
}

}  // namespace

// A message that arrives or has arrived, in memory of its own.
class BufferedMessageStream::Incoming final : public capnp::MessageReader {
 public:
  // `table` holds the segments' sizes.
  Incoming(const capnp::ReaderOptions& reader_options, const kj::byte* table, std::size_t segments,
           std::size_t total_words)
      : MessageReader(limitTraversal(reader_options, total_words)),
        words_(kj::heapArray<capnp::word>(total_words)),
        segments_(kj::heapArray<kj::ArrayPtr<const capnp::word>>(segments)) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < segments; ++i) {
      const std::size_t size = loadNumber(table + 4 * (i + 1));
      segments_[i] = words_.slice(from, from + size);
      from += size;
    }
  }
  KJ_DISALLOW_COPY(Incoming);

  kj::ArrayPtr<const capnp::word> getSegment(unsigned int id) override {
    return id < segments_.size() ? segments_[id] : nullptr;
  }
  // Takes what it needs of `bytes`, and returns how much.
  std::size_t fill(kj::ArrayPtr<const kj::byte> bytes) {
    const std::size_t taken = std::min(bytes.size(), missing().size());
    std::copy_n(bytes.begin(), taken, missing().begin());
    filled_ += taken;
    return taken;
  }
  kj::ArrayPtr<kj::byte> missing() {
    return words_.asBytes().slice(filled_, words_.size() * kWordBytes);
  }
  bool isComplete() { return missing().size() == 0; }

 private:
  kj::Array<capnp::word> words_;
  kj::Array<kj::ArrayPtr<const capnp::word>> segments_;
  std::size_t filled_ = 0;
};

BufferedMessageStream::BufferedMessageStream(kj::AsyncIoStream& stream)
    : stream_(stream),
      in_(kj::heapArray<kj::byte>(kBufferBytes)),
      flushed_(kj::Promise<void>(kj::READY_NOW).fork()),
      scheduled_(kj::READY_NOW) {}

BufferedMessageStream::~BufferedMessageStream() noexcept = default;

kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> BufferedMessageStream::tryReadMessage(
    kj::ArrayPtr<kj::AutoCloseFd>, capnp::ReaderOptions options, kj::ArrayPtr<capnp::word>) {
  KJ_IF_MAYBE (e, error_) return kj::cp(*e);
  waits_mid_message_ = false;
  auto promise = kj::evalNow([&]() { return readNext(options); });
  return reads_.wrap(kj::mv(promise))
      .then([this](MaybeMessage message) -> kj::Maybe<capnp::MessageReaderAndFds> {
        waits_mid_message_ = false;
        KJ_IF_MAYBE (reader, message) {
          ++messages_read_;
          return capnp::MessageReaderAndFds{kj::mv(*reader), nullptr};
        }
        return nullptr;
      });
}

kj::Promise<BufferedMessageStream::MaybeMessage> BufferedMessageStream::readNext(
    const capnp::ReaderOptions& options) {
  KJ_IF_MAYBE (found, takeMessage(options)) {
    if ((*found)->isComplete()) return MaybeMessage(kj::mv(*found));
    return readRest(kj::mv(*found));
  }
  if (in_begin_ > 0) {
    std::copy(in_.begin() + in_begin_, in_.begin() + in_end_, in_.begin());
    in_end_ = available();
    in_begin_ = 0;
  }
  waits_mid_message_ = in_end_ > 0;
  return stream_.tryRead(in_.begin() + in_end_, 1, in_.size() - in_end_)
      .then([this, options](std::size_t count) -> kj::Promise<MaybeMessage> {
        if (count > 0) {
          in_end_ += count;
          return readNext(options);
        }
        if (available() == 0) return MaybeMessage(nullptr);
        return KJ_EXCEPTION(DISCONNECTED, "the connection ended within a message");
      });
}

kj::Promise<BufferedMessageStream::MaybeMessage> BufferedMessageStream::readRest(
    kj::Own<Incoming> message) {
  waits_mid_message_ = true;
  kj::ArrayPtr<kj::byte> rest = message->missing();
  return stream_.tryRead(rest.begin(), rest.size(), rest.size())
      .then([message = kj::mv(message),
             wanted = rest.size()](std::size_t count) mutable -> kj::Promise<MaybeMessage> {
        if (count == wanted) return MaybeMessage(kj::mv(message));
        return KJ_EXCEPTION(DISCONNECTED, "the connection ended within a message");
      });
}

// Takes the message at the front of the buffer out of it: as far as it is here when it is too large
// for the buffer, whole otherwise. Null when the buffer needs more for that. Throws when the
// message must not be accepted.
kj::Maybe<kj::Own<BufferedMessageStream::Incoming>> BufferedMessageStream::takeMessage(
    const capnp::ReaderOptions& options) {
  if (available() < kWordBytes) return nullptr;
  const kj::byte* table = in_.begin() + in_begin_;
  const std::size_t segments = static_cast<std::size_t>(loadNumber(table)) + 1;
  if (segments > kSegmentsMax) {
    kj::throwFatalException(
        KJ_EXCEPTION(FAILED, "not a Cap'n Proto message, or one of too many segments", segments));
  }
  const std::size_t head = tableBytes(segments);
  if (available() < head) return nullptr;
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < segments; ++i) words += loadNumber(table + 4 * (i + 1));
  const std::uint64_t words_max =
      std::min<std::uint64_t>(options.traversalLimitInWords, message_bytes_max_ / kWordBytes);
  if (words > words_max) {
    kj::throwFatalException(KJ_EXCEPTION(FAILED, "a message over the limit was announced",
                                         words * kWordBytes, words_max * kWordBytes));
  }
  const std::uint64_t framed = head + words * kWordBytes;
  if (available() < framed && framed <= in_.size()) return nullptr;
  auto message = kj::heap<Incoming>(options, table, segments, words);
  in_begin_ += head;
  in_begin_ += message->fill(in_.slice(in_begin_, in_end_));
  if (available() == 0) in_begin_ = in_end_ = 0;
  return message;
}

kj::Promise<void> BufferedMessageStream::writeMessage(
    kj::ArrayPtr<const int>, kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
  CHECK(segments.size() > 0, "a message has a segment");
  KJ_IF_MAYBE (e, error_) return kj::cp(*e);
  const std::size_t size = framedBytes(segments);
  if (size > kCopyBytesMax) {
    return flush().then([this, segments]() { return writeLarge(segments); });
  }
  if (out_.size() + size > kBufferBytes) {
    return flush().then([this, segments]() {
      append(segments);
      scheduleFlush();
    });
  }
  append(segments);
  scheduleFlush();
  return kj::READY_NOW;
}

kj::Promise<void> BufferedMessageStream::writeMessages(
    kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) {
  if (messages.size() == 0) return kj::READY_NOW;
  return writeMessage(nullptr, messages[0]).then([this, messages]() mutable {
    return writeMessages(messages.slice(1, messages.size()));
  });
}

void BufferedMessageStream::append(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
  const std::size_t from = out_.size();
  out_.resize(from + tableBytes(segments.size()));
  storeTable(segments, out_.data() + from);
  for (const auto& segment : segments) {
    const kj::ArrayPtr<const kj::byte> bytes = segment.asBytes();
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
}

kj::Promise<void> BufferedMessageStream::writeLarge(
    kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
  auto table = kj::heapArray<kj::byte>(tableBytes(segments.size()));
  storeTable(segments, table.begin());
  auto pieces = kj::heapArrayBuilder<kj::ArrayPtr<const kj::byte>>(segments.size() + 1);
  pieces.add(table);
  for (const auto& segment : segments) pieces.add(segment.asBytes());
  auto array = pieces.finish();
  writing_large_ = true;
  auto promise = stream_.write(array);
  return promise.attach(kj::mv(array), kj::mv(table))
      .then([this]() { writing_large_ = false; },
            [this](kj::Exception&& exception) {
              writing_large_ = false;
              failed(exception);
              kj::throwFatalException(kj::mv(exception));
            });
}

// Last, so that all replies that one turn of the loop makes leave together.
void BufferedMessageStream::scheduleFlush() {
  if (flush_scheduled_ || flushing_) return;
  flush_scheduled_ = true;
  scheduled_ = kj::evalLast([this]() {
                 flush_scheduled_ = false;
                 return flush();
               }).eagerlyEvaluate([](kj::Exception&&) {});  // kept in error_
}

kj::Promise<void> BufferedMessageStream::flush() {
  KJ_IF_MAYBE (e, error_) return kj::cp(*e);
  if (!flushing_) {
    if (out_.empty()) return kj::READY_NOW;
    flushing_ = true;
    flushed_ = kj::evalNow([this]() { return flushLoop(); })
                   .then([this]() { flushing_ = false; },
                         [this](kj::Exception&& exception) {
                           flushing_ = false;
                           failed(exception);
                           kj::throwFatalException(kj::mv(exception));
                         })
                   .fork();
  }
  return flushed_.addBranch();
}

kj::Promise<void> BufferedMessageStream::flushLoop() {
  if (out_.empty()) return kj::READY_NOW;
  std::swap(out_, sending_);
  out_.clear();
  return stream_.write(sending_.data(), sending_.size()).then([this]() { return flushLoop(); });
}

// Nobody looks at the result of a gathered write: a read that waits has to tell.
void BufferedMessageStream::failed(const kj::Exception& exception) {
  if (error_ == nullptr) error_ = kj::cp(exception);
  reads_.cancel(exception);
}

kj::Promise<void> BufferedMessageStream::end() {
  return flush().then([this]() { stream_.shutdownWrite(); });
}

kj::Maybe<int> BufferedMessageStream::getSendBufferSize() {
  int size = 0;
  unsigned int length = sizeof(size);
  auto exception = kj::runCatchingExceptions(
      [&]() { stream_.getsockopt(SOL_SOCKET, SO_SNDBUF, &size, &length); });
  if (exception != nullptr) return nullptr;
  return size;
}

}  // namespace daybook::daemon
