// Cap'n Proto messages over a byte stream, with few system calls: reads ahead, so that one read
// brings many small messages, and gathers what is written until the event loop has nothing else to
// do.
//
// A write of a small message is done when its bytes are copied; its failure shows in later reads
// and writes. Large messages are neither read nor written through the buffers. Each connection
// holds at most three buffers of kBufferBytes and one message of its limit.
//
// Errors: a message over options.traversalLimitInWords, or with 512 segments and more, is FAILED;
// an end within a message is DISCONNECTED. A message's reader may traverse eight times its size, so
// that a small message cannot cause much work.
// Ownership: the stream and the promises given out go before what they refer to.
// Threads: the loop's thread.
#pragma once

#include <capnp/serialize-async.h>
#include <kj/async-io.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::daemon {

class BufferedMessageStream final : public capnp::MessageStream {
 public:
  static constexpr std::size_t kBufferBytes = 64u << 10;

  explicit BufferedMessageStream(kj::AsyncIoStream& stream);
  ~BufferedMessageStream() noexcept;
  KJ_DISALLOW_COPY(BufferedMessageStream);

  using capnp::MessageStream::tryReadMessage;
  using capnp::MessageStream::writeMessage;
  using capnp::MessageStream::writeMessages;
  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(
      kj::ArrayPtr<kj::AutoCloseFd> fd_space, capnp::ReaderOptions options,
      kj::ArrayPtr<capnp::word> scratch_space) override;
  kj::Promise<void> writeMessage(
      kj::ArrayPtr<const int> fds,
      kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) override;
  kj::Promise<void> writeMessages(
      kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) override;
  kj::Maybe<int> getSendBufferSize() override;
  /// Flushes, then closes the writing side.
  kj::Promise<void> end() override;

  /// A message of more bytes is refused, however many the options of a read allow.
  void limitMessages(std::size_t bytes_max) { message_bytes_max_ = bytes_max; }

  /// Resolves when all that was written is with the kernel.
  kj::Promise<void> flush();

  /// Whole messages read so far.
  std::uint64_t messagesRead() const { return messages_read_; }
  /// Whether a read waits for the rest of a message whose beginning is here.
  bool waitsMidMessage() const { return waits_mid_message_; }
  /// Whether bytes wait for the kernel to take them.
  bool waitsToWrite() const { return flushing_ || writing_large_; }

 private:
  class Incoming;
  using MaybeMessage = kj::Maybe<kj::Own<capnp::MessageReader>>;

  kj::Promise<MaybeMessage> readNext(const capnp::ReaderOptions& options);
  kj::Promise<MaybeMessage> readRest(kj::Own<Incoming> message);
  kj::Maybe<kj::Own<Incoming>> takeMessage(const capnp::ReaderOptions& options);
  std::size_t available() const { return in_end_ - in_begin_; }

  kj::Promise<void> writeLarge(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments);
  void append(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments);
  void scheduleFlush();
  kj::Promise<void> flushLoop();
  void failed(const kj::Exception& exception);

  kj::AsyncIoStream& stream_;

  kj::Array<kj::byte> in_;
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::size_t message_bytes_max_ = SIZE_MAX;
  std::uint64_t messages_read_ = 0;
  bool waits_mid_message_ = false;
  kj::Canceler reads_;

  std::vector<kj::byte> out_;      // gathers
  std::vector<kj::byte> sending_;  // is being written
  bool flush_scheduled_ = false;
  bool flushing_ = false;
  bool writing_large_ = false;
  kj::Maybe<kj::Exception> error_;  // of an earlier write
  kj::ForkedPromise<void> flushed_;
  kj::Promise<void> scheduled_;
};

}  // namespace daybook::daemon
