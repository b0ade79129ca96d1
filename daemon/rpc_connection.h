// One client's connection: Cap'n Proto RPC over a message stream, with what RPC itself lacks.
//
// - Until its visitor has logged in it takes small messages only, and not for long.
// - Calls in progress are bounded, and their bytes: past the limit reading from the connection
//   stops. Calls that the client never lets go of end the connection.
// - A client that does not read its replies is not read from either: replies wait, calls do not
//   pile up behind them.
// - An idle connection, a message that never ends and replies that are never taken have time-outs.
// - Draining answers the calls in progress, drops later ones, and closes when all is said.
//
// - When its visitor is dismissed it ends.
//
// Ownership: owns the stream and the bootstrap capability. Calls in progress outlive a connection
// that breaks, unless their methods allow cancellation.
// Errors: none come out; failure() says why the connection ended.
// Threads: the loop's thread.
#pragma once

#include <capnp/rpc-twoparty.h>
#include <kj/async.h>
#include <kj/timer.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/message_stream.h"
#include "daemon/peer.h"
#include "daemon/uv_stream.h"
#include "daemon/visitor.h"
#include "ledger/base/limits.h"

namespace daybook::daemon {

struct ConnectionOptions {
  std::size_t message_bytes_max = limits::kMessageBytesMax;
  std::size_t login_message_bytes_max = limits::kLoginMessageBytesMax;
  std::size_t bytes_in_flight_max = limits::kConnectionBytesInFlightMax;
  std::size_t calls_max = limits::kConnectionCallsMax;
  std::size_t answers_max = limits::kConnectionAnswersMax;
  // From the connection's start to a login that succeeded.
  kj::Duration login_timeout = 10 * kj::SECONDS;
  // For a message from its first byte, and for the first message from the connection's start.
  kj::Duration message_timeout = 60 * kj::SECONDS;
  // Without any message or call in progress; 0: never.
  kj::Duration idle_timeout = 0 * kj::SECONDS;
  // For replies of which the client takes no byte.
  kj::Duration write_timeout = 60 * kj::SECONDS;
};

class RpcConnection final {
 public:
  /// The socket is what the stream is over, or the stream itself.
  RpcConnection(kj::Own<kj::AsyncIoStream> stream, const UvStream& socket, kj::Own<Visitor> visitor,
                capnp::Capability::Client bootstrap, const ConnectionOptions& options,
                kj::Timer& timer);
  ~RpcConnection() noexcept;
  KJ_DISALLOW_COPY(RpcConnection);

  /// Resolves when the connection is over, for whatever reason. Called once.
  kj::Promise<void> run();
  /// Ends the connection now; run() resolves.
  void close(std::string why);
  /// Takes no new calls; ends the connection when those in progress are answered and the client has
  /// had its chance to read the answers. Bounded by whoever calls close() at last.
  void drain();
  /// Closes the connection if it overran one of its times. To be called now and then.
  void checkTimeouts();

  const PeerInfo& peer() const { return visitor_->peer(); }
  Visitor& visitor() { return *visitor_; }
  /// Calls of the client that are not answered.
  std::size_t callsInProgress() const;
  /// Why it ended; empty when the client closed it, or after draining.
  const std::string& failure() const { return failure_; }

 private:
  class Tap;
  struct Stall {
    kj::TimePoint since;
    std::uint64_t mark;
  };

  void note(std::string why);
  kj::Promise<void> drainLoop();
  bool stalled(kj::Maybe<Stall>& stall, std::uint64_t mark, kj::Duration limit);

  kj::Own<Visitor> visitor_;
  ConnectionOptions options_;
  kj::Timer& timer_;
  kj::TimePoint started_;
  std::string failure_;
  kj::Own<kj::AsyncIoStream> stream_;
  const UvStream& socket_;
  BufferedMessageStream messages_;
  kj::Own<Tap> tap_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  kj::Own<kj::PromiseFulfiller<void>> close_;
  kj::Promise<void> closed_;
  kj::Promise<void> draining_;
  kj::Maybe<Stall> message_stall_;
  kj::Maybe<Stall> idle_stall_;
  kj::Maybe<Stall> write_stall_;
};

}  // namespace daybook::daemon
