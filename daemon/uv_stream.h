// A connected socket as a kj::AsyncIoStream, over uv_poll.
//
// Reads and writes are tried at once and wait only when the kernel says so. The watch of a
// direction is stopped lazily, when it fires and nobody wants it: changing it costs system calls,
// leaving it on a readable socket that nobody reads spins.
//
// Ownership: owns the descriptor. Promises of reads and writes go before the stream.
// Errors: promises are rejected; a connection that broke is DISCONNECTED.
// Threads: the loop's thread.
#pragma once

#include <kj/async-io.h>
#include <kj/io.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>

#include "daemon/uv_event_port.h"

namespace daybook::daemon {

class UvStream final : public kj::AsyncIoStream {
 public:
  /// Takes a connected stream socket and makes it non-blocking. Throws std::system_error.
  UvStream(UvEventPort& port, kj::AutoCloseFd fd);
  ~UvStream() noexcept;
  KJ_DISALLOW_COPY(UvStream);

  kj::Promise<std::size_t> tryRead(void* buffer, std::size_t min_bytes,
                                   std::size_t max_bytes) override;
  kj::Promise<void> write(const void* buffer, std::size_t size) override;
  kj::Promise<void> write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) override;
  kj::Promise<void> whenWriteDisconnected() override;
  void shutdownWrite() override;
  void abortRead() override;
  void getsockopt(int level, int option, void* value, unsigned int* length) override;
  void setsockopt(int level, int option, const void* value, unsigned int length) override;
  void getsockname(struct sockaddr* address, unsigned int* length) override;
  void getpeername(struct sockaddr* address, unsigned int* length) override;
  kj::Maybe<int> getFd() const override { return fd_.get(); }

  /// Bytes that the kernel took so far: a writer that is stuck shows as a number that stands still.
  std::uint64_t bytesWritten() const { return bytes_written_; }

 private:
  class ReadOp;
  class WriteOp;
  // Outlives the stream until libuv has let go of it.
  struct Watch {
    uv_poll_t poll;
    UvStream* stream;
  };

  enum class Progress { done, blocked };
  Progress readSome(kj::byte* buffer, std::size_t& filled, std::size_t min_bytes,
                    std::size_t max_bytes);
  Progress writeSome(kj::ArrayPtr<const kj::byte>& first,
                     kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>>& rest);
  kj::Promise<void> startWrite(kj::ArrayPtr<const kj::byte> first,
                               kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> rest);
  void watch();
  void onEvents(int status, int events) noexcept;
  void noteBroken();

  kj::AutoCloseFd fd_;
  Watch* watch_;
  int watched_ = 0;      // directions that libuv watches now
  bool drained_ = true;  // the last read left nothing in the kernel, as far as it is known
  ReadOp* read_op_ = nullptr;
  WriteOp* write_op_ = nullptr;
  std::uint64_t bytes_written_ = 0;
  kj::Own<kj::PromiseFulfiller<void>> broken_;
  kj::ForkedPromise<void> when_broken_;
};

}  // namespace daybook::daemon
