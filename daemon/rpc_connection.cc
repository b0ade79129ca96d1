#include "daemon/rpc_connection.h"

#include <capnp/rpc.capnp.h>
#include <capnp/serialize.h>
#include <kj/debug.h>

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {
namespace {

constexpr std::size_t kWordBytes = sizeof(capnp::word);
constexpr int kDrainCheckMs = 5;
constexpr int kLingerMs = 250;
constexpr std::size_t kReasonBytesMax = 400;

capnp::ReaderOptions readerOptions(const ConnectionOptions& options) {
  capnp::ReaderOptions result;
  result.traversalLimitInWords = options.message_bytes_max / kWordBytes;
  return result;
}

// The client may have written it: as much as a line of the log bears.
std::string text(kj::StringPtr string) {
  return {string.begin(), std::min(string.size(), kReasonBytesMax)};
}

}  // namespace

// Stands between the RPC system and the messages, and sees which calls begin and end.
class RpcConnection::Tap final : public capnp::MessageStream {
 public:
  Tap(BufferedMessageStream& messages, const Visitor& visitor, const ConnectionOptions& options,
      std::string& failure)
      : messages_(messages), visitor_(visitor), options_(options), failure_(failure) {
    limitMessages();
  }
  ~Tap() noexcept = default;
  KJ_DISALLOW_COPY(Tap);

  // The network is made after its stream.
  void setNetwork(capnp::TwoPartyVatNetwork& network) { network_ = &network; }
  void dropNewCalls() { dropping_ = true; }
  std::size_t callsInProgress() const { return calls_; }

  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(
      kj::ArrayPtr<kj::AutoCloseFd> fd_space, capnp::ReaderOptions options,
      kj::ArrayPtr<capnp::word> scratch_space) override {
    if (isFull()) {
      auto paf = kj::newPromiseAndFulfiller<void>();
      resume_ = kj::mv(paf.fulfiller);
      return paf.promise.then([this, fd_space, options, scratch_space]() {
        return tryReadMessage(fd_space, options, scratch_space);
      });
    }
    return messages_.tryReadMessage(fd_space, options, scratch_space)
        .then(
            [this, fd_space, options, scratch_space](kj::Maybe<capnp::MessageReaderAndFds> read)
                -> kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> {
              KJ_IF_MAYBE (message, read) {
                if (!accept(*message->reader)) {
                  return tryReadMessage(fd_space, options, scratch_space);
                }
                if (answers_ > options_.answers_max) {
                  fail("the client lets go of none of its calls");
                  return KJ_EXCEPTION(FAILED, "too many calls are kept", answers_);
                }
              }
              return kj::mv(read);
            },
            [this](
                kj::Exception&& exception) -> kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> {
              fail(text(exception.getDescription()));
              return kj::mv(exception);
            });
  }

  kj::Promise<void> writeMessage(
      kj::ArrayPtr<const int> fds,
      kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) override {
    note(segments);
    limitMessages();
    if (resume_.get() != nullptr && !isFull()) {
      resume_->fulfill();
      resume_ = nullptr;
    }
    return messages_.writeMessage(fds, segments);
  }

  kj::Promise<void> writeMessages(
      kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) override {
    for (const auto& segments : messages) note(segments);
    return messages_.writeMessages(messages);
  }

  kj::Maybe<int> getSendBufferSize() override { return messages_.getSendBufferSize(); }
  kj::Promise<void> end() override { return messages_.end(); }

 private:
  // Whether the RPC system gets to see the message. While draining, calls do not, nor the notes
  // that they are done with: everything else goes on, since calls in progress may need it.
  bool accept(capnp::MessageReader& reader) {
    const auto message = reader.getRoot<capnp::rpc::Message>();
    switch (message.which()) {
      case capnp::rpc::Message::CALL:
        return begin(message.getCall().getQuestionId());
      case capnp::rpc::Message::BOOTSTRAP:
        return begin(message.getBootstrap().getQuestionId());
      case capnp::rpc::Message::FINISH:
        return finish(message.getFinish().getQuestionId());
      case capnp::rpc::Message::ABORT:
        if (message.getAbort().getType() != capnp::rpc::Exception::Type::DISCONNECTED) {
          fail("the client gave up: " + text(message.getAbort().getReason()));
        }
        return true;
      default:
        return true;
    }
  }

  bool begin(std::uint32_t question) {
    if (dropping_) {
      dropped_.insert(question);
      return false;
    }
    ++calls_;
    ++answers_;
    return true;
  }

  bool finish(std::uint32_t question) {
    if (!dropped_.empty() && dropped_.erase(question) != 0) return false;
    if (answers_ > 0) --answers_;
    return true;
  }

  // Whether calls have to wait for the answers of others. The message that is being written counts
  // until it is, and may be the last one.
  bool isFull() const {
    return calls_ >= options_.calls_max ||
           (network_->getCurrentQueueCount() > 1 &&
            network_->getCurrentQueueSize() > options_.bytes_in_flight_max);
  }

  // The answer of a login opens the door before it leaves.
  void limitMessages() {
    messages_.limitMessages(visitor_.isLoggedIn() ? options_.message_bytes_max
                                                  : options_.login_message_bytes_max);
  }

  void note(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
    capnp::SegmentArrayMessageReader reader(segments);
    const auto message = reader.getRoot<capnp::rpc::Message>();
    switch (message.which()) {
      case capnp::rpc::Message::RETURN:
        if (calls_ > 0) --calls_;
        break;
      case capnp::rpc::Message::ABORT:
        // The RPC system ends every connection with an abort; one that is not about its end says
        // what was wrong with a message.
        if (message.getAbort().getType() != capnp::rpc::Exception::Type::DISCONNECTED) {
          fail(text(message.getAbort().getReason()));
        }
        break;
      default:
        break;
    }
  }

  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
  }

  BufferedMessageStream& messages_;
  const Visitor& visitor_;
  const ConnectionOptions& options_;
  std::string& failure_;
  capnp::TwoPartyVatNetwork* network_ = nullptr;
  std::size_t calls_ = 0;    // not answered
  std::size_t answers_ = 0;  // of calls that the client has not let go of
  bool dropping_ = false;
  std::set<std::uint32_t> dropped_;
  kj::Own<kj::PromiseFulfiller<void>> resume_;
};

RpcConnection::RpcConnection(kj::Own<kj::AsyncIoStream> stream, const UvStream& socket,
                             kj::Own<Visitor> visitor, capnp::Capability::Client bootstrap,
                             const ConnectionOptions& options, kj::Timer& timer)
    : visitor_(kj::mv(visitor)),
      options_(options),
      timer_(timer),
      started_(timer.now()),
      stream_(kj::mv(stream)),
      socket_(socket),
      messages_(*stream_),
      tap_(kj::heap<Tap>(messages_, *visitor_, options_, failure_)),
      network_(*tap_, capnp::rpc::twoparty::Side::SERVER, readerOptions(options)),
      rpc_(capnp::makeRpcServer(network_, kj::mv(bootstrap))),
      closed_(nullptr),
      draining_(nullptr) {
  tap_->setNetwork(network_);
  rpc_.setFlowLimit(options.bytes_in_flight_max / kWordBytes);
  auto paf = kj::newPromiseAndFulfiller<void>();
  close_ = kj::mv(paf.fulfiller);
  closed_ = kj::mv(paf.promise);
}

RpcConnection::~RpcConnection() noexcept = default;

kj::Promise<void> RpcConnection::run() {
  auto dismissed = visitor_->dismissed().then([this](std::string&& why) { note(std::move(why)); });
  return network_.onDisconnect().exclusiveJoin(kj::mv(closed_)).exclusiveJoin(kj::mv(dismissed));
}

void RpcConnection::close(std::string why) {
  note(std::move(why));
  close_->fulfill();
}

void RpcConnection::note(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

std::size_t RpcConnection::callsInProgress() const { return tap_->callsInProgress(); }

void RpcConnection::drain() {
  tap_->dropNewCalls();
  draining_ = kj::evalLast([this]() {
                return drainLoop();
              }).eagerlyEvaluate([this](kj::Exception&& exception) {
    close(text(exception.getDescription()));
  });
}

kj::Promise<void> RpcConnection::drainLoop() {
  if (callsInProgress() > 0 || network_.getCurrentQueueCount() > 0) {
    return timer_.afterDelay(kDrainCheckMs * kj::MILLISECONDS).then([this]() {
      return drainLoop();
    });
  }
  // The client reads to the end and closes its side: closing before that could reset the
  // connection and take replies with it. One that is busy elsewhere has a moment for it.
  return messages_.end()
      .then([this]() { return timer_.afterDelay(kLingerMs * kj::MILLISECONDS); })
      .then([this]() { close({}); });
}

void RpcConnection::checkTimeouts() {
  if (!visitor_->isLoggedIn() && timer_.now() - started_ >= options_.login_timeout) {
    close("timed out: there was no login");
  }
  const std::uint64_t messages = messages_.messagesRead();
  if (messages == 0 || messages_.waitsMidMessage()) {
    if (stalled(message_stall_, messages, options_.message_timeout)) {
      close("timed out: the message was not complete in time");
    }
  } else {
    message_stall_ = nullptr;
  }
  if (options_.idle_timeout > 0 * kj::SECONDS && callsInProgress() == 0) {
    if (stalled(idle_stall_, messages, options_.idle_timeout)) close("timed out: idle");
  } else {
    idle_stall_ = nullptr;
  }
  if (messages_.waitsToWrite()) {
    if (stalled(write_stall_, socket_.bytesWritten(), options_.write_timeout)) {
      close("timed out: the client does not read its replies");
    }
  } else {
    write_stall_ = nullptr;
  }
}

// Whether `mark` has stood still for longer than `limit`.
bool RpcConnection::stalled(kj::Maybe<Stall>& stall, std::uint64_t mark, kj::Duration limit) {
  KJ_IF_MAYBE (known, stall) {
    if (known->mark == mark) return timer_.now() - known->since >= limit;
  }
  stall = Stall{timer_.now(), mark};
  return false;
}

}  // namespace daybook::daemon
