// What the figures of the daemon are held against: the daemon's own plumbing without a ledger.
//
//   bench_null_server PING_SOCKET LEDGER_SOCKET
//
// The first socket answers empty calls (tests/unit/ping.capnp). The second takes usage as a ledger
// does, reads every field of every event, and stores nothing. Prints "ready" when it serves, and
// ends with SIGTERM.
#include <spdlog/sinks/null_sink.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "daemon/rpc_server.h"
#include "daemon/signals.h"
#include "daemon/uv_event_port.h"
#include "daemon/uv_listener.h"
#include "protocol/daybook.capnp.h"
#include "tests/unit/ping.capnp.h"

namespace daybook::bench {
namespace {

/// Every byte that was read goes in here, so that reading cannot be left out.
struct Sink {
  std::uint64_t sum = 0;
  void take(capnp::Text::Reader text) {
    for (const char c : text) sum += static_cast<unsigned char>(c);
  }
  void take(wire::RecordUsage::Reader usage) {
    take(usage.getFeature());
    take(usage.getQuantity());
    if (usage.hasTokens()) {
      const auto tokens = usage.getTokens();
      take(tokens.getProvider());
      take(tokens.getModel());
    }
    sum += static_cast<std::uint64_t>(usage.getAt());
    for (const auto property : usage.getProperties()) {
      take(property.getName());
      take(property.getValue());
    }
    sum += static_cast<std::uint64_t>(usage.getOnShortfall()) + (usage.getSet() ? 1 : 0);
  }
  std::uint32_t take(capnp::List<wire::UsageEntry>::Reader entries) {
    for (const auto entry : entries) {
      take(entry.getCustomer());
      take(entry.getKey());
      take(entry.getUsage());
    }
    return entries.size();
  }
};

class NullCustomer final : public wire::CustomerRecorder::Server {
 public:
  explicit NullCustomer(Sink& sink) : sink_(sink) {}
  kj::Promise<void> record(RecordContext context) override {
    const auto params = context.getParams();
    sink_.take(params.getKey());
    sink_.take(params.getUsage());
    context.getResults(capnp::MessageSize{32, 0}).initReceipt().setPosition(1);
    return kj::READY_NOW;
  }

 private:
  Sink& sink_;
};

class NullStream final : public wire::UsageStream::Server, private kj::TaskSet::ErrorHandler {
 public:
  NullStream(Sink& sink, wire::BatchSink::Client results)
      : sink_(sink), results_(kj::mv(results)), delivering_(*this) {}
  kj::Promise<void> write(WriteContext context) override {
    auto request = results_.resultsRequest();
    request.setBatch(batches_++);
    request.initResult().setRecorded(sink_.take(context.getParams().getEntries()));
    delivering_.add(request.send());
    return kj::READY_NOW;
  }
  kj::Promise<void> finish(FinishContext context) override {
    return delivering_.onEmpty().then([context]() mutable { context.getResults().setPosition(1); });
  }

 private:
  void taskFailed(kj::Exception&& error) override {
    std::fprintf(stderr, "bench_null_server: %s\n", error.getDescription().cStr());
  }
  Sink& sink_;
  wire::BatchSink::Client results_;
  kj::TaskSet delivering_;
  std::uint64_t batches_ = 0;
};

class NullRecorder final : public wire::Recorder::Server {
 public:
  explicit NullRecorder(Sink& sink) : sink_(sink) {}
  kj::Promise<void> customer(CustomerContext context) override {
    sink_.take(context.getParams().getId());
    context.getResults().setCustomer(kj::heap<NullCustomer>(sink_));
    return kj::READY_NOW;
  }
  kj::Promise<void> recordBatch(RecordBatchContext context) override {
    const std::uint32_t recorded = sink_.take(context.getParams().getEntries());
    context.getResults().initResult().setRecorded(recorded);
    return kj::READY_NOW;
  }
  kj::Promise<void> openStream(OpenStreamContext context) override {
    context.getResults().setStream(kj::heap<NullStream>(sink_, context.getParams().getSink()));
    return kj::READY_NOW;
  }

 private:
  Sink& sink_;
};

class NullDaybook final : public wire::Daybook::Server {
 public:
  explicit NullDaybook(Sink& sink) : sink_(sink) {}
  kj::Promise<void> login(LoginContext context) override {
    context.getResults().initSession().setRecorder(kj::heap<NullRecorder>(sink_));
    return kj::READY_NOW;
  }

 private:
  Sink& sink_;
};

class NullPing final : public testing::Ping::Server {
 public:
  kj::Promise<void> echo(EchoContext context) override {
    context.getResults(capnp::MessageSize{8, 0});
    return kj::READY_NOW;
  }
};

void serve(const std::string& ping_path, const std::string& ledger_path) {
  daemon::ignoreWriteSignals();
  daemon::UvEventPort port;
  kj::EventLoop loop(port);
  kj::WaitScope scope(loop);
  auto stop = kj::newPromiseAndFulfiller<void>();
  const daemon::SignalWatch watch(port, SIGTERM, [&] { stop.fulfiller->fulfill(); });
  spdlog::logger logger("null", std::make_shared<spdlog::sinks::null_sink_mt>());
  Sink sink;
  using capnp::Capability;
  daemon::RpcServer ping(port.timer(), logger,
                         [](kj::Own<daemon::Visitor> visitor) -> Capability::Client {
                           visitor->admit({{}, daemon::Roles::all()});
                           return kj::heap<NullPing>();
                         },
                         {});
  daemon::RpcServer ledger(port.timer(), logger,
                           [&](kj::Own<daemon::Visitor> visitor) -> Capability::Client {
                             visitor->admit({{}, daemon::Roles::all()});
                             return kj::heap<NullDaybook>(sink);
                           },
                           {});
  ping.listen(daemon::UvListener::listenUnix(port, logger, {ping_path, 0600}));
  ledger.listen(daemon::UvListener::listenUnix(port, logger, {ledger_path, 0600}));
  std::printf("ready\n");
  std::fflush(stdout);
  stop.promise.wait(scope);
  ping.drain(1 * kj::SECONDS).wait(scope);
  ledger.drain(1 * kj::SECONDS).wait(scope);
  std::printf("bytes summed: %llu\n", static_cast<unsigned long long>(sink.sum));
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench_null_server PING_SOCKET LEDGER_SOCKET\n");
    return 2;
  }
  try {
    daybook::bench::serve(argv[1], argv[2]);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_null_server: %s\n", e.what());
    return 1;
  }
}
