#include "daemon/uv_stream.h"

#include <kj/debug.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "ledger/base/check.h"

namespace daybook::daemon {
namespace {

// One call hands the kernel at most this many pieces; the rest follows.
constexpr std::size_t kPiecesPerCall = 64;

bool isBroken(int error) {
  switch (error) {
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case ENETRESET:
      return true;
    default:
      return false;
  }
}

[[noreturn]] void throwSocketError(const char* what, int error) {
  const auto type =
      isBroken(error) ? kj::Exception::Type::DISCONNECTED : kj::Exception::Type::FAILED;
  kj::throwFatalException(
      kj::Exception(type, __FILE__, __LINE__, kj::str(what, ": ", std::strerror(error))));
}

}  // namespace

// A read that waits. The promise owns it; the stream points to it while it lasts.
class UvStream::ReadOp {
 public:
  ReadOp(kj::PromiseFulfiller<std::size_t>& fulfiller, UvStream& stream, kj::byte* buffer,
         std::size_t filled, std::size_t min_bytes, std::size_t max_bytes)
      : fulfiller_(fulfiller),
        stream_(stream),
        buffer_(buffer),
        filled_(filled),
        min_bytes_(min_bytes),
        max_bytes_(max_bytes) {
    stream_.read_op_ = this;
    stream_.watch();
  }
  ~ReadOp() { detach(); }
  KJ_DISALLOW_COPY(ReadOp);

  void onReadable() {
    auto exception = kj::runCatchingExceptions([this]() {
      if (stream_.readSome(buffer_, filled_, min_bytes_, max_bytes_) == Progress::done) {
        detach();
        fulfiller_.fulfill(kj::cp(filled_));
      }
    });
    KJ_IF_MAYBE (e, exception) {
      detach();
      fulfiller_.reject(kj::mv(*e));
    }
  }

 private:
  void detach() {
    if (stream_.read_op_ == this) stream_.read_op_ = nullptr;
  }

  kj::PromiseFulfiller<std::size_t>& fulfiller_;
  UvStream& stream_;
  kj::byte* buffer_;
  std::size_t filled_;
  std::size_t min_bytes_;
  std::size_t max_bytes_;
};

// A write that waits, with what is left of it.
class UvStream::WriteOp {
 public:
  WriteOp(kj::PromiseFulfiller<void>& fulfiller, UvStream& stream,
          kj::ArrayPtr<const kj::byte> first, kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> rest)
      : fulfiller_(fulfiller), stream_(stream), first_(first), rest_(rest) {
    stream_.write_op_ = this;
    stream_.watch();
  }
  ~WriteOp() { detach(); }
  KJ_DISALLOW_COPY(WriteOp);

  void onWritable() {
    auto exception = kj::runCatchingExceptions([this]() {
      if (stream_.writeSome(first_, rest_) == Progress::done) {
        detach();
        fulfiller_.fulfill();
      }
    });
    KJ_IF_MAYBE (e, exception) {
      detach();
      fulfiller_.reject(kj::mv(*e));
    }
  }

 private:
  void detach() {
    if (stream_.write_op_ == this) stream_.write_op_ = nullptr;
  }

  kj::PromiseFulfiller<void>& fulfiller_;
  UvStream& stream_;
  kj::ArrayPtr<const kj::byte> first_;
  kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> rest_;
};

UvStream::UvStream(UvEventPort& port, kj::AutoCloseFd fd)
    : fd_(kj::mv(fd)), watch_(new Watch{}), when_broken_(nullptr) {
  auto paf = kj::newPromiseAndFulfiller<void>();
  broken_ = kj::mv(paf.fulfiller);
  when_broken_ = paf.promise.fork();
  // Makes the descriptor non-blocking.
  const int status = uv_poll_init(port.loop(), &watch_->poll, fd_.get());
  if (status != 0) {
    delete watch_;
    throw std::system_error(-status, std::generic_category(), "uv_poll_init");
  }
  watch_->stream = this;
  watch_->poll.data = watch_;
}

UvStream::~UvStream() noexcept {
  CHECK(read_op_ == nullptr && write_op_ == nullptr, "promises go before their stream");
  watch_->stream = nullptr;
  // Stops the watch at once, so that the descriptor may be closed; the memory goes with the
  // callback.
  uv_close(reinterpret_cast<uv_handle_t*>(&watch_->poll),
           [](uv_handle_t* handle) noexcept { delete static_cast<Watch*>(handle->data); });
}

kj::Promise<std::size_t> UvStream::tryRead(void* buffer, std::size_t min_bytes,
                                           std::size_t max_bytes) {
  CHECK(read_op_ == nullptr, "one read at a time");
  return kj::evalNow([&]() -> kj::Promise<std::size_t> {
    auto* bytes = static_cast<kj::byte*>(buffer);
    std::size_t filled = 0;
    if (min_bytes == 0 && drained_) return filled;
    if (!drained_ && readSome(bytes, filled, min_bytes, max_bytes) == Progress::done) {
      return filled;
    }
    return kj::newAdaptedPromise<std::size_t, ReadOp>(*this, bytes, filled, min_bytes, max_bytes);
  });
}

UvStream::Progress UvStream::readSome(kj::byte* buffer, std::size_t& filled, std::size_t min_bytes,
                                      std::size_t max_bytes) {
  for (;;) {
    const ssize_t count = ::recv(fd_.get(), buffer + filled, max_bytes - filled, 0);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        drained_ = true;
        return Progress::blocked;
      }
      const int error = errno;
      if (isBroken(error)) noteBroken();
      throwSocketError("read", error);
    }
    if (count == 0) return Progress::done;  // the end
    const std::size_t wanted = max_bytes - filled;
    filled += static_cast<std::size_t>(count);
    // A short read emptied the socket; the end, if it is there, wakes the watch like data does.
    drained_ = static_cast<std::size_t>(count) < wanted;
    if (filled >= min_bytes) return Progress::done;
    if (drained_) return Progress::blocked;
  }
}

kj::Promise<void> UvStream::write(const void* buffer, std::size_t size) {
  return startWrite(kj::arrayPtr(static_cast<const kj::byte*>(buffer), size), nullptr);
}

kj::Promise<void> UvStream::write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) {
  if (pieces.size() == 0) return kj::READY_NOW;
  return startWrite(pieces[0], pieces.slice(1, pieces.size()));
}

kj::Promise<void> UvStream::startWrite(kj::ArrayPtr<const kj::byte> first,
                                       kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> rest) {
  CHECK(write_op_ == nullptr, "one write at a time");
  return kj::evalNow([&]() -> kj::Promise<void> {
    if (writeSome(first, rest) == Progress::done) return kj::READY_NOW;
    return kj::newAdaptedPromise<void, WriteOp>(*this, first, rest);
  });
}

UvStream::Progress UvStream::writeSome(kj::ArrayPtr<const kj::byte>& first,
                                       kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>>& rest) {
  for (;;) {
    while (first.size() == 0) {
      if (rest.size() == 0) return Progress::done;
      first = rest[0];
      rest = rest.slice(1, rest.size());
    }
    std::array<iovec, kPiecesPerCall> vectors{};
    std::size_t count = 0;
    const auto append = [&](kj::ArrayPtr<const kj::byte> piece) {
      vectors[count++] = {const_cast<kj::byte*>(piece.begin()), piece.size()};
    };
    append(first);
    for (std::size_t i = 0; i < rest.size() && count < vectors.size(); ++i) append(rest[i]);
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const ssize_t result = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
    if (result < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return Progress::blocked;
      const int error = errno;
      if (isBroken(error)) noteBroken();
      throwSocketError("write", error);
    }
    auto written = static_cast<std::size_t>(result);
    bytes_written_ += written;
    while (written > 0) {
      const std::size_t taken = std::min(written, first.size());
      first = first.slice(taken, first.size());
      written -= taken;
      if (written > 0) {
        first = rest[0];
        rest = rest.slice(1, rest.size());
      }
    }
  }
}

void UvStream::watch() {
  const int wanted =
      (read_op_ != nullptr ? UV_READABLE : 0) | (write_op_ != nullptr ? UV_WRITABLE : 0);
  if ((wanted & ~watched_) == 0) return;
  watched_ |= wanted;
  const int status = uv_poll_start(&watch_->poll, watched_,
                                   [](uv_poll_t* poll, int uv_status, int events) noexcept {
                                     UvStream* stream = static_cast<Watch*>(poll->data)->stream;
                                     if (stream != nullptr) stream->onEvents(uv_status, events);
                                   });
  CHECK(status == 0, "a descriptor has one watch");
}

void UvStream::onEvents(int status, int events) noexcept {
  if (status < 0) {
    // libuv has stopped the watch: the socket is in error, and reading or writing says which.
    watched_ = 0;
    events = UV_READABLE | UV_WRITABLE;
  }
  int unwanted = 0;
  if ((events & UV_READABLE) != 0) {
    drained_ = false;
    if (read_op_ != nullptr) {
      read_op_->onReadable();
    } else {
      unwanted |= UV_READABLE;
    }
  }
  if ((events & UV_WRITABLE) != 0) {
    if (write_op_ != nullptr) {
      write_op_->onWritable();
    } else {
      unwanted |= UV_WRITABLE;
    }
  }
  if ((watched_ & unwanted) != 0) {
    watched_ &= ~unwanted;
    // Starting again replaces the set of directions.
    const int rest = watched_;
    watched_ = 0;
    uv_poll_stop(&watch_->poll);
    if (rest != 0) {
      watched_ = rest;
      uv_poll_start(&watch_->poll, rest, watch_->poll.poll_cb);
    }
  }
  watch();
}

void UvStream::noteBroken() { broken_->fulfill(); }

kj::Promise<void> UvStream::whenWriteDisconnected() { return when_broken_.addBranch(); }

void UvStream::shutdownWrite() {
  // The peer may be gone already, and then there is nothing to tell it.
  if (::shutdown(fd_.get(), SHUT_WR) != 0 && !isBroken(errno)) {
    throwSocketError("shutdown", errno);
  }
}

void UvStream::abortRead() {
  if (::shutdown(fd_.get(), SHUT_RD) != 0 && !isBroken(errno)) {
    throwSocketError("shutdown", errno);
  }
}

void UvStream::getsockopt(int level, int option, void* value, unsigned int* length) {
  if (::getsockopt(fd_.get(), level, option, value, length) != 0) {
    throwSocketError("getsockopt", errno);
  }
}

void UvStream::setsockopt(int level, int option, const void* value, unsigned int length) {
  if (::setsockopt(fd_.get(), level, option, value, length) != 0) {
    throwSocketError("setsockopt", errno);
  }
}

void UvStream::getsockname(struct sockaddr* address, unsigned int* length) {
  if (::getsockname(fd_.get(), address, length) != 0) throwSocketError("getsockname", errno);
}

void UvStream::getpeername(struct sockaddr* address, unsigned int* length) {
  if (::getpeername(fd_.get(), address, length) != 0) throwSocketError("getpeername", errno);
}

}  // namespace daybook::daemon
