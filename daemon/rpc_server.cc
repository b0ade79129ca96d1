#include "daemon/rpc_server.h"

#include <kj/debug.h>

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {
namespace {

// Time-outs are looked at four times within the shortest of them, within reason.
kj::Duration checkInterval(const ConnectionOptions& options) {
  kj::Duration shortest =
      std::min({options.login_timeout, options.message_timeout, options.write_timeout});
  if (options.idle_timeout > 0 * kj::SECONDS) shortest = std::min(shortest, options.idle_timeout);
  return std::clamp(shortest / 4, 10 * kj::MILLISECONDS, 5 * kj::SECONDS);
}

}  // namespace

RpcServer::RpcServer(kj::Timer& timer, spdlog::logger& log, BootstrapFactory factory,
                     const RpcServerOptions& options)
    : timer_(timer),
      log_(log),
      factory_(kj::mv(factory)),
      options_(options),
      check_interval_(checkInterval(options.connection)),
      tasks_(*this) {}

RpcServer::~RpcServer() noexcept = default;

void RpcServer::listen(kj::Own<UvListener> listener, kj::Maybe<protocol::TlsServer&> tls) {
  listener->start([this, tls](kj::Own<UvStream> stream, PeerInfo peer) mutable {
    accept(kj::mv(stream), std::move(peer), tls);
  });
  log_.info("listening on {}{}", listener->name(), tls == nullptr ? "" : " (TLS)");
  listeners_.push_back(kj::mv(listener));
}

void RpcServer::accept(kj::Own<UvStream> stream, PeerInfo peer,
                       kj::Maybe<protocol::TlsServer&> tls) {
  if (connections_.size() + handshakes_ >= options_.connections_max || draining_) {
    if (!full_ && !draining_) {
      log_.warn("all {} connections are taken: closing further ones", options_.connections_max);
    }
    full_ = true;
    return;
  }
  full_ = false;
  peer.connection = ++connections_total_;
  KJ_IF_MAYBE (server, tls) {
    tasks_.add(agree(kj::mv(stream), std::move(peer), *server));
    return;
  }
  const UvStream& socket = *stream;
  begin(kj::mv(stream), socket, std::move(peer));
}

kj::Promise<void> RpcServer::agree(kj::Own<UvStream> stream, PeerInfo peer,
                                   protocol::TlsServer& tls) {
  const UvStream& socket = *stream;
  ++handshakes_;
  auto handshake =
      timer_.timeoutAfter(options_.connection.login_timeout, tls.accept(kj::mv(stream)));
  return agreeing_.wrap(kj::mv(handshake))
      .then(
          [this, &socket, peer](kj::Own<kj::AsyncIoStream>&& agreed) {
            --handshakes_;
            begin(kj::mv(agreed), socket, peer);
          },
          [this, peer](kj::Exception&& failure) {
            --handshakes_;
            log_.info("{}: dropped: no TLS: {}", peer.toString(), failure.getDescription().cStr());
          });
}

void RpcServer::begin(kj::Own<kj::AsyncIoStream> stream, const UvStream& socket, PeerInfo peer) {
  auto exception = kj::runCatchingExceptions([&]() {
    auto visitor = kj::refcounted<Visitor>(peer);
    auto bootstrap = factory_(visitor->addRef());
    auto connection = kj::heap<RpcConnection>(kj::mv(stream), socket, kj::mv(visitor),
                                              kj::mv(bootstrap), options_.connection, timer_);
    const auto entry = connections_.insert(connections_.end(), connection.get());
    auto run = connection->run();
    tasks_.add(run.then([this, entry]() { ended(entry); },
                        [this, entry](kj::Exception&& failure) {
                          (*entry)->close(failure.getDescription().cStr());
                          ended(entry);
                        })
                   .attach(kj::mv(connection)));
    log_.debug("{}: connected", peer.toString());
    startChecks();
  });
  KJ_IF_MAYBE (e, exception) {
    log_.error("{}: refused: {}", peer.toString(), e->getDescription().cStr());
  }
}

void RpcServer::ended(std::list<RpcConnection*>::iterator entry) {
  const RpcConnection& connection = **entry;
  if (connection.failure().empty()) {
    log_.debug("{}: disconnected", connection.peer().toString());
  } else {
    log_.info("{}: dropped: {}", connection.peer().toString(), connection.failure());
  }
  connections_.erase(entry);
  if (!connections_.empty()) return;
  KJ_IF_MAYBE (fulfiller, empty_) (*fulfiller)->fulfill();
}

std::size_t RpcServer::callsInProgress() const {
  std::size_t count = 0;
  for (const RpcConnection* connection : connections_) count += connection->callsInProgress();
  return count;
}

void RpcServer::forEachVisitor(kj::FunctionParam<void(Visitor&)> see) {
  for (RpcConnection* connection : connections_) see(connection->visitor());
}

void RpcServer::startChecks() {
  if (checks_ != nullptr) return;
  checks_ = checkLoop().eagerlyEvaluate(nullptr);
}

kj::Promise<void> RpcServer::checkLoop() {
  return timer_.afterDelay(check_interval_).then([this]() -> kj::Promise<void> {
    for (RpcConnection* connection : connections_) connection->checkTimeouts();
    return checkLoop();
  });
}

kj::Promise<void> RpcServer::drain(kj::Duration deadline) {
  CHECK(!draining_, "a server is drained once");
  draining_ = true;
  listeners_.clear();
  agreeing_.cancel("the daemon stops");
  if (connections_.empty()) return kj::READY_NOW;
  auto paf = kj::newPromiseAndFulfiller<void>();
  empty_ = kj::mv(paf.fulfiller);
  log_.info("finishing {} calls on {} connections", callsInProgress(), connections_.size());
  for (RpcConnection* connection : connections_) connection->drain();
  auto overdue = timer_.afterDelay(deadline).then([this]() -> kj::Promise<void> {
    for (RpcConnection* connection : connections_) connection->close("not done by the deadline");
    return kj::NEVER_DONE;
  });
  return paf.promise.exclusiveJoin(kj::mv(overdue));
}

void RpcServer::taskFailed(kj::Exception&& exception) {
  log_.error("a connection's end failed: {}", exception.getDescription().cStr());
}

}  // namespace daybook::daemon
