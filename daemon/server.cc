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

#include "daemon/access.h"
#include "daemon/admission.h"
#include "daemon/clock.h"
#include "daemon/commit_pipeline.h"
#include "daemon/cross_thread.h"
#include "daemon/descriptor_limit.h"
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
#include "ledger/base/limits.h"
#include "ledger/base/version.h"
#include "ledger/store/lmdb_store.h"
#include "protocol/codec.h"
#include "protocol/tls.h"

namespace daybook::daemon {

namespace {

// Of the 5 seconds that a stop may take: connections may take the configured part, the last
// snapshot this much.
constexpr kj::Duration kLastSnapshot = 1500 * kj::MILLISECONDS;
// How long a token works at most after it has expired.
constexpr kj::Duration kVisitorCheck = 1 * kj::SECONDS;

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

void createIfNew(CommitPipeline& pipeline, const LedgerConfig& config, Clock& clock,
                 spdlog::logger& logger, kj::WaitScope& scope) {
  if (!pipeline.state().ledger.last.isNone()) return;
  pipeline.create(newLedger(config), config.manual_start.value_or(clock.now()));
  pipeline.allDurable().wait(scope);
  logger.info("a new ledger was created");
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

RpcServerOptions serverOptions(const LimitsConfig& limits, spdlog::logger& logger) {
  RpcServerOptions options;
  options.connections_max = connectionsWithinLimit(limits.connections, logger);
  options.connection.login_timeout = limits.login_timeout.ns * kj::NANOSECONDS;
  options.connection.message_timeout = limits.message_timeout.ns * kj::NANOSECONDS;
  options.connection.idle_timeout = limits.idle_timeout.ns * kj::NANOSECONDS;
  options.connection.write_timeout = limits.write_timeout.ns * kj::NANOSECONDS;
  return options;
}

void listenAsConfigured(RpcServer& server, UvEventPort& port, const ListenConfig& config,
                        kj::Maybe<kj::Own<protocol::TlsServer>>& tls, spdlog::logger& logger) {
  const auto listen_tcp = [&](const std::string& address) {
    HostPort host_port;
    const std::string error = HostPort::parse(address, host_port);
    if (!error.empty()) throw std::runtime_error(error);
    return UvListener::listenTcp(port, logger, host_port);
  };
  if (!config.unix_path.empty()) {
    server.listen(UvListener::listenUnix(port, logger, {config.unix_path, config.unix_mode}));
  }
  KJ_IF_MAYBE (encrypted, tls) {
    for (const std::string& address : config.tcp) server.listen(listen_tcp(address), **encrypted);
  }
  for (const std::string& address : config.tcp_plaintext) server.listen(listen_tcp(address));
}

kj::Maybe<kj::Own<protocol::TlsServer>> tlsAsConfigured(const ListenConfig& config) {
  if (config.tls_certificate.empty()) return nullptr;
  return kj::heap<protocol::TlsServer>(config.tls_certificate, config.tls_key);
}

/// Opens the log anew, and takes who may do what and the certificate from the configuration as it
/// is now. One with mistakes changes nothing.
void reload(Access& access, kj::Maybe<kj::Own<protocol::TlsServer>>& tls,
            const RereadConfig& reread, Logging& logging) {
  logging.reopen();
  spdlog::logger& logger = *logging.logger();
  ConfigResult result = reread();
  for (const std::string& error : result.errors) logger.error("not taken: {}", error);
  if (!result.errors.empty()) return;
  const ListenConfig& listen = result.config.listen;
  try {
    KJ_IF_MAYBE (server, tls) (*server)->load(listen.tls_certificate, listen.tls_key);
  } catch (const std::runtime_error& error) {
    logger.error("not taken: {}", error.what());
    return;
  }
  access.replace(std::move(result.config.access));
  logger.info(
      "the configuration was read again: [access] is in force, other changes wait for a start");
}

/// Sends away who may not stay, each second: tokens expire.
kj::Promise<void> checkVisitors(RpcServer& server, const Access& access, kj::Timer& timer) {
  server.forEachVisitor([&](Visitor& visitor) { access.check(visitor); });
  return timer.afterDelay(kVisitorCheck).then([&server, &access, &timer] {
    return checkVisitors(server, access, timer);
  });
}

/// How many connections there are; 0 while nothing is served. `connections` outlives the function.
std::function<std::uint32_t()> countOf(const kj::Maybe<RpcServer&>& connections) {
  return [&connections] {
    KJ_IF_MAYBE (server, connections) {
      return static_cast<std::uint32_t>(server->connectionCount());
    }
    return 0U;
  };
}

void sayReady(const ServiceNotify& notify, Position position, spdlog::logger& logger) {
  const std::string ready = fmt::format("ready at position {}", position.value);
  logger.info(ready);
  notify.ready(ready);
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

ExitStatus serve(const Config& config, const RereadConfig& reread, Logging& logging) {
  const std::shared_ptr<spdlog::logger> logger = logging.logger();
  ignoreWriteSignals();
  // Gone after the port, with which the pool's work on a snapshot that was given up ends.
  std::unique_ptr<store::LmdbStore> store;
  UvEventPort port;
  kj::EventLoop loop(port);
  kj::WaitScope scope(loop);
  auto stop = kj::newPromiseAndFulfiller<void>();
  SignalWatch on_term(port, SIGTERM, [&] { stop.fulfiller->fulfill(); });
  SignalWatch on_interrupt(port, SIGINT, [&] { stop.fulfiller->fulfill(); });

  const ClockSources sources = ClockSources::system();
  auto tls = tlsAsConfigured(config.listen);
  Access access(config.access, geteuid(), sources.wall, *logger);
  SignalWatch on_hangup(port, SIGHUP, [&] { reload(access, tls, reread, logging); });
  const ServiceNotify notify;

  logger->info("daybookd {} opens {}", kVersion, config.data_directory);
  const protocol::CapnpCodec codec;
  const ZoneDatabase zones;
  const core::ZoneBoundaries boundaries(zones);
  store = openStore(config, *logger);
  OpenedLedger opened = openLedger(*store, codec, *logger);
  Clock clock(sources, opened.engine.state().ledger.recorded, *logger);
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
  createIfNew(pipeline, config.ledger, clock, *logger, scope);

  Admission admission(pipeline, *store, clock, *logger);
  watching = admission;
  Ticker ticker(pipeline, admission, port);
  Snapshotter snapshotter(pipeline, *store, codec, pool, *logger,
                          {config.snapshots.every_events, config.snapshots.keep});
  HoldDrops hold_drops;
  Watches watches(config.limits.write_timeout.ns * kj::NANOSECONDS);
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
                        countOf(connections),
                        port.timer().now(),
                        hold_drops,
                        watches};
  admission.update();
  ticker.catchUp().wait(scope);
  {
    RpcServer server(
        port.timer(), *logger,
        [&](kj::Own<Visitor> visitor) -> capnp::Capability::Client {
          return makeLogin(service, access, kj::mv(visitor));
        },
        serverOptions(config.limits, *logger));
    connections = server;
    listenAsConfigured(server, port, config.listen, tls, *logger);
    auto checking = checkVisitors(server, access, port.timer()).eagerlyEvaluate(nullptr);
    auto ticking = ticker.run().eagerlyEvaluate(nullptr);
    sayReady(notify, pipeline.state().ledger.last, *logger);
    auto watchdog = notify.keepAlive(port.timer()).eagerlyEvaluate(nullptr);
    stop.promise.wait(scope);
    notify.stopping();
    hold_drops.stop();
    watches.stop();
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
