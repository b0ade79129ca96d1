#include "daemon/server.h"

#include <csignal>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "daemon/admission.h"
#include "daemon/clock.h"
#include "daemon/commit_pipeline.h"
#include "daemon/cross_thread.h"
#include "daemon/ledger_opener.h"
#include "daemon/rpc_server.h"
#include "daemon/service_notify.h"
#include "daemon/session.h"
#include "daemon/signals.h"
#include "daemon/snapshotter.h"
#include "daemon/store_thread.h"
#include "daemon/ticker.h"
#include "daemon/uv_event_port.h"
#include "daemon/uv_listener.h"
#include "daemon/worker_pool.h"
#include "daemon/zone_database.h"
#include "ledger/audit/leaf.h"
#include "ledger/base/limits.h"
#include "ledger/base/version.h"
#include "ledger/store/lmdb_store.h"
#include "protocol/codec.h"

namespace daybook::daemon {

namespace {

// Of the 5 seconds that a stop may take: connections may take the configured part, the last
// snapshot this much.
constexpr kj::Duration kLastSnapshot = 1500 * kj::MILLISECONDS;

std::uint64_t randomBits() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

std::unique_ptr<store::LmdbStore> openStore(const Config& config, spdlog::logger& logger) {
  const store::LmdbOptions options{{randomBits(), randomBits()}, limits::kStorageReserveBytes};
  const std::string& directory = config.data_directory;
  auto store = store::LmdbStore::isFresh(directory)
                   ? store::LmdbStore::create(directory, options)
                   : store::LmdbStore::openWritable(directory, options);
  for (const std::string& notice : store->notices()) logger.warn("{}", notice);
  return store;
}

LedgerCreated newLedger(const LedgerConfig& config) {
  LedgerCreated created;
  created.ledger_id = fmt::format("{:016x}{:016x}", randomBits(), randomBits());
  created.settings = config.settings;
  return created;
}

/// Ends the process from the store thread: what was not acknowledged is unknown, and nobody is told
/// otherwise.
StoreThread::OnFailure endProcess(std::shared_ptr<spdlog::logger> logger) {
  return [logger = std::move(logger)](const std::string& message) {
    logger->critical(
        "commit failed: {}. The daemon ends: start it again, and send what was not answered "
        "again with the same keys.",
        message);
    logger->flush();
    std::_Exit(static_cast<int>(ExitStatus::storageFailed));
  };
}

Roles rolesOf(const Config& config, const PeerInfo& peer, kj::StringPtr token) {
  if (token.size() == 0) {
    if (peer.transport != Transport::unixSocket) return {};
    return config.access.rolesOfUid(peer.uid, geteuid());
  }
  const audit::Digest digest =
      audit::sha256({reinterpret_cast<const std::byte*>(token.begin()), token.size()});
  Roles roles;
  // Every token is compared, in constant time.
  for (const TokenAccess& access : config.access.tokens) {
    unsigned int difference = 0;
    for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
      difference |= static_cast<unsigned int>(digest.bytes[i] ^ access.sha256[i]);
    }
    if (difference == 0) roles = access.roles;
  }
  return roles;
}

RpcServerOptions serverOptions(const LimitsConfig& limits) {
  RpcServerOptions options;
  options.connections_max = limits.connections;
  options.connection.message_timeout = limits.message_timeout.ns * kj::NANOSECONDS;
  options.connection.idle_timeout = limits.idle_timeout.ns * kj::NANOSECONDS;
  options.connection.write_timeout = limits.write_timeout.ns * kj::NANOSECONDS;
  return options;
}

void listenAsConfigured(RpcServer& server, UvEventPort& port, const ListenConfig& config,
                        spdlog::logger& logger) {
  const auto listen = [&](kj::Own<UvListener> listener) { server.listen(kj::mv(listener)); };
  if (!config.unix_path.empty()) {
    listen(UvListener::listenUnix(port, logger, {config.unix_path, config.unix_mode}));
  }
  for (const std::string& address : config.tcp) {
    HostPort host_port;
    const std::string error = HostPort::parse(address, host_port);
    if (!error.empty()) throw std::runtime_error(error);
    listen(UvListener::listenTcp(port, logger, host_port));
  }
}

/// Writes the last snapshot, so that the next start is quick; gives up when it takes long.
void writeLastSnapshot(Snapshotter& snapshotter, UvEventPort& port, spdlog::logger& logger,
                       kj::WaitScope& scope) {
  snapshotter.write()
      .ignoreResult()
      .exclusiveJoin(port.timer().afterDelay(kLastSnapshot).then([&logger] {
        logger.info("the last snapshot takes long and is left out; the log has everything");
      }))
      .catch_([&logger](kj::Exception&& error) {
        logger.warn("no last snapshot: {}", error.getDescription().cStr());
      })
      .wait(scope);
}

}  // namespace

ExitStatus serve(const Config& config, Logging& logging) {
  const std::shared_ptr<spdlog::logger> logger = logging.logger();
  ignoreWriteSignals();
  UvEventPort port;
  kj::EventLoop loop(port);
  kj::WaitScope scope(loop);
  auto stop = kj::newPromiseAndFulfiller<void>();
  SignalWatch on_term(port, SIGTERM, [&] { stop.fulfiller->fulfill(); });
  SignalWatch on_interrupt(port, SIGINT, [&] { stop.fulfiller->fulfill(); });

  SignalWatch on_hangup(port, SIGHUP, [&] { logging.reopen(); });
  const ServiceNotify notify;

  logger->info("daybookd {} opens {}", kVersion, config.data_directory);
  const protocol::CapnpCodec codec;
  const ZoneDatabase zones;
  const core::ZoneBoundaries boundaries(zones);
  const auto store = openStore(config, *logger);
  OpenedLedger opened = openLedger(*store, codec, *logger);
  Clock clock(ClockSources::system(), opened.engine.state().ledger.recorded, *logger);
  WorkerPool pool(port);

  const audit::CompactRange tree = opened.tree;
  CommitPipeline pipeline(std::move(opened),
                          {*store, codec, boundaries, [&] { return clock.now(); }});
  kj::Maybe<Admission&> watching;
  CrossThreadQueue<CommitResult> commits(port, [&](std::vector<CommitResult> results) {
    for (CommitResult& result : results) pipeline.onDurable(std::move(result));
    // The reserve covers what the queue holds: it is looked at before more is queued.
    KJ_IF_MAYBE (admission, watching) admission->update();
  });
  StoreThread store_thread(
      *store, tree, [&](CommitResult result) { commits.push(std::move(result)); },
      endProcess(logger));
  pipeline.connect(store_thread);
  if (pipeline.state().ledger.last.isNone()) {
    const Instant start = config.ledger.manual_start.value_or(clock.now());
    pipeline.create(newLedger(config.ledger), start);
    pipeline.allDurable().wait(scope);
    logger->info("a new ledger was created");
  }

  Admission admission(pipeline, *store, clock, *logger);
  watching = admission;
  Ticker ticker(pipeline, admission, port);
  Snapshotter snapshotter(pipeline, *store, codec, pool, *logger,
                          {config.snapshots.every_events, config.snapshots.keep});
  HoldDrops hold_drops;
  kj::Maybe<RpcServer&> connections;
  LedgerService service{pipeline,
                        ticker,
                        snapshotter,
                        admission,
                        clock,
                        *store,
                        codec,
                        zones,
                        pool,
                        port,
                        *logger,
                        config.data_directory,
                        [&] {
                          KJ_IF_MAYBE (server, connections) {
                            return static_cast<std::uint32_t>(server->connectionCount());
                          }
                          return 0U;
                        },
                        port.timer().now(),
                        hold_drops};
  admission.update();
  ticker.catchUp().wait(scope);
  {
    RpcServer server(
        port.timer(), *logger,
        [&](const PeerInfo& peer) -> capnp::Capability::Client {
          return makeLogin(service, [&config, peer](kj::StringPtr token) {
            return rolesOf(config, peer, token);
          });
        },
        serverOptions(config.limits));
    connections = server;
    listenAsConfigured(server, port, config.listen, *logger);
    auto ticking = ticker.run().eagerlyEvaluate(nullptr);
    logger->info("ready at position {}", pipeline.state().ledger.last.value);
    notify.ready(fmt::format("ready at position {}", pipeline.state().ledger.last.value));
    auto watchdog = notify.keepAlive(port.timer()).eagerlyEvaluate(nullptr);
    stop.promise.wait(scope);
    notify.stopping();
    hold_drops.stop();
    logger->info("stopping");
    server.drain(config.limits.drain_timeout.ns * kj::NANOSECONDS).wait(scope);
    connections = nullptr;
  }
  admission.stop();
  pipeline.allDurable().wait(scope);
  writeLastSnapshot(snapshotter, port, *logger, scope);
  logger->info("stopped at position {}", pipeline.durableTip().tip.position.value);
  return ExitStatus::ok;
}

}  // namespace daybook::daemon
