// All connections of the daemon: accepts, bounds, watches and drains them.
//
// Each connection gets a bootstrap capability of its own, made for its peer. A connection that
// sends what is no Cap'n Proto, breaks or overruns its times is dropped and logged; the others
// notice nothing. At the limit of connections further ones are closed at once.
//
// Ownership: owns listeners and connections. Goes before the event loop and after nothing that its
// capabilities need.
// Errors: none come out of connections; the log says what happened.
// Threads: the loop's thread.
#pragma once

#include <capnp/capability.h>
#include <kj/async.h>
#include <kj/function.h>
#include <kj/timer.h>
#include <spdlog/logger.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "daemon/peer.h"
#include "daemon/rpc_connection.h"
#include "daemon/uv_listener.h"
#include "daemon/uv_stream.h"
#include "ledger/base/limits.h"
#include "protocol/tls.h"

namespace daybook::daemon {

struct RpcServerOptions {
  std::size_t connections_max = limits::kConnectionsMax;
  ConnectionOptions connection;
};

class RpcServer final : private kj::TaskSet::ErrorHandler {
 public:
  /// Makes what a connection starts with, and may keep the visitor. What it throws refuses the
  /// connection.
  using BootstrapFactory = kj::Function<capnp::Capability::Client(kj::Own<Visitor>)>;

  RpcServer(kj::Timer& timer, spdlog::logger& log, BootstrapFactory factory,
            const RpcServerOptions& options);
  /// Drops what drain() left: calls in progress are not waited for.
  ~RpcServer() noexcept;
  KJ_DISALLOW_COPY(RpcServer);

  /// Serves whoever connects there, over TLS where it is given. A client has the time of a login to
  /// agree on it.
  void listen(kj::Own<UvListener> listener, kj::Maybe<protocol::TlsServer&> tls = nullptr);
  /// Serves one connection.
  void accept(kj::Own<UvStream> stream, PeerInfo peer,
              kj::Maybe<protocol::TlsServer&> tls = nullptr);

  std::size_t connectionCount() const { return connections_.size(); }
  /// Since the start, refused ones not counted.
  std::uint64_t connectionsTotal() const { return connections_total_; }
  std::size_t callsInProgress() const;
  /// Those who are connected. `see` may dismiss them.
  void forEachVisitor(kj::FunctionParam<void(Visitor&)> see);

  /// Stops listening, lets calls in progress finish and their replies leave, then closes. Calls
  /// that come meanwhile are dropped undecided. What is not over by the deadline is closed then.
  /// Resolves when no connection is left. Called once.
  kj::Promise<void> drain(kj::Duration deadline);

 private:
  void taskFailed(kj::Exception&& exception) override;
  kj::Promise<void> agree(kj::Own<UvStream> stream, PeerInfo peer, protocol::TlsServer& tls);
  void begin(kj::Own<kj::AsyncIoStream> stream, const UvStream& socket, PeerInfo peer);
  void ended(std::list<RpcConnection*>::iterator entry);
  void startChecks();
  kj::Promise<void> checkLoop();

  kj::Timer& timer_;
  spdlog::logger& log_;
  BootstrapFactory factory_;
  RpcServerOptions options_;
  kj::Duration check_interval_;
  std::uint64_t connections_total_ = 0;
  bool full_ = false;
  bool draining_ = false;
  std::vector<kj::Own<UvListener>> listeners_;
  std::list<RpcConnection*> connections_;
  std::size_t handshakes_ = 0;
  kj::Canceler agreeing_;
  kj::Maybe<kj::Promise<void>> checks_;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> empty_;
  kj::TaskSet tasks_;  // owns the connections
};

}  // namespace daybook::daemon
