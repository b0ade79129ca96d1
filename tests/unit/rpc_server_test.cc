#include "daemon/rpc_server.h"

#include <capnp/rpc-twoparty.h>
#include <netinet/in.h>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ledger/base/limits.h"
#include "tests/unit/ping.capnp.h"

#include <catch2/catch.hpp>

namespace daybook::daemon {
namespace {

using testing::Ping;

// What all connections share: calls that hang until the test answers them.
struct Hanging {
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> calls;
  void answerAll() {
    for (auto& call : calls) call->fulfill();
    calls.clear();
  }
};

class PingServer final : public Ping::Server {
 public:
  PingServer(kj::Own<Visitor> visitor, Hanging& hanging)
      : visitor_(kj::mv(visitor)), hanging_(hanging) {}

  kj::Promise<void> echo(EchoContext context) override {
    const auto payload = context.getParams().getPayload();
    context.getResults(capnp::MessageSize{payload.size() / 8 + 16, 0}).setPayload(payload);
    return kj::READY_NOW;
  }
  kj::Promise<void> hang(HangContext context) override {
    auto paf = kj::newPromiseAndFulfiller<void>();
    hanging_.calls.push_back(kj::mv(paf.fulfiller));
    return paf.promise.then([context]() mutable { context.getResults().initPayload(3); });
  }
  kj::Promise<void> make(MakeContext context) override {
    const std::uint32_t size = context.getParams().getSize();
    context.getResults(capnp::MessageSize{size / 8 + 16, 0}).initPayload(size);
    return kj::READY_NOW;
  }
  kj::Promise<void> whoAmI(WhoAmIContext context) override {
    auto results = context.getResults();
    const PeerInfo& peer = visitor_->peer();
    results.setUid(peer.uid);
    results.setTransport(peer.transport == Transport::tcp ? "tcp" : "unix");
    return kj::READY_NOW;
  }

 private:
  kj::Own<Visitor> visitor_;
  Hanging& hanging_;
};

class Client {
 public:
  Client(UvEventPort& port, int fd)
      : stream_(kj::heap<UvStream>(port, kj::AutoCloseFd(fd))),
        rpc_(kj::heap<capnp::TwoPartyClient>(*stream_)),
        ping_(rpc_->bootstrap().castAs<Ping>()) {}
  ~Client() noexcept = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  capnp::RemotePromise<Ping::EchoResults> echo(std::size_t size) {
    auto request = ping_.echoRequest(capnp::MessageSize{size / 8 + 16, 0});
    request.initPayload(static_cast<unsigned>(size));
    return request.send();
  }
  capnp::RemotePromise<Ping::MakeResults> make(std::uint32_t size) {
    auto request = ping_.makeRequest();
    request.setSize(size);
    return request.send();
  }
  capnp::RemotePromise<Ping::HangResults> hang() { return ping_.hangRequest().send(); }
  Ping::Client& ping() { return ping_; }
  kj::Promise<void> onDisconnect() { return rpc_->onDisconnect(); }

 private:
  kj::Own<UvStream> stream_;
  kj::Own<capnp::TwoPartyClient> rpc_;
  Ping::Client ping_;
};

// A server on a socket in a folder of its own, with a time that the test moves.
class Service {
 public:
  explicit Service(RpcServerOptions options = {}) {
    std::string name = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    server = kj::heap<RpcServer>(
        time, logger,
        [this](kj::Own<Visitor> visitor) -> capnp::Capability::Client {
          if (admits) visitor->admit({{}, Roles::all()});
          return kj::heap<PingServer>(kj::mv(visitor), hanging);
        },
        options);
    server->listen(UvListener::listenUnix(port, logger, {path(), 0600}));
  }
  ~Service() {
    server = nullptr;
    std::filesystem::remove_all(folder_);
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  std::string path() const { return (folder_ / "s.sock").string(); }
  int connect() const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    REQUIRE(fd >= 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    return fd;
  }
  kj::Own<UvStream> rawConnect() { return kj::heap<UvStream>(port, kj::AutoCloseFd(connect())); }
  std::unique_ptr<Client> client() { return std::make_unique<Client>(port, connect()); }
  std::string log() const { return text_.str(); }

  /// Runs the loop until nothing is left to do.
  void settle() {
    for (int i = 0; i < 20; ++i) {
      scope.poll();
      port.yield().wait(scope);
    }
  }
  void advance(kj::Duration by) {
    for (int i = 0; i < 4; ++i) {
      time.advanceTo(time.now() + by / 4);
      settle();
    }
  }
  /// Whether the other side has closed the connection.
  bool isClosed(UvStream& stream) {
    std::array<kj::byte, 4096> buffer{};
    bool closed = false;
    auto read =
        stream.tryRead(buffer.data(), buffer.size(), buffer.size())
            .then([&](std::size_t) { closed = true; }, [&](kj::Exception&&) { closed = true; })
            .eagerlyEvaluate(nullptr);
    settle();
    return closed;
  }

  UvEventPort port;
  kj::EventLoop loop{port};
  kj::WaitScope scope{loop};
  kj::TimerImpl time{kj::origin<kj::TimePoint>()};
  Hanging hanging;
  bool admits = true;  // whoever connects, without a login

 private:
  std::ostringstream text_;

 public:
  spdlog::logger logger{"test", std::make_shared<spdlog::sinks::ostream_sink_st>(text_, true)};
  kj::Own<RpcServer> server;

 private:
  std::filesystem::path folder_;
};

// What a client sends that makes `count` calls for answers of `size` bytes.
std::vector<kj::byte> recordCalls(Service& service, int count, std::uint32_t size) {
  std::array<int, 2> fds{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
  auto recorder = kj::heap<UvStream>(service.port, kj::AutoCloseFd(fds[1]));
  Client client(service.port, fds[0]);
  std::vector<capnp::RemotePromise<Ping::MakeResults>> calls;
  calls.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) calls.push_back(client.make(size));
  service.settle();
  std::vector<kj::byte> bytes(1'000'000);
  bytes.resize(recorder->tryRead(bytes.data(), 1, bytes.size()).wait(service.scope));
  return bytes;
}

// A client that writes its requests and does not read.
struct SlowReader {
  SlowReader(Service& service, int count, std::uint32_t size) : stream(service.rawConnect()) {
    const std::vector<kj::byte> bytes = recordCalls(service, count, size);
    stream->write(bytes.data(), bytes.size()).wait(service.scope);
    service.settle();
  }
  kj::Own<UvStream> stream;
};

bool fails(kj::WaitScope& scope, kj::Promise<void> promise, kj::Exception::Type type) {
  bool failed = false;
  promise.then([]() {}, [&](kj::Exception&& e) { failed = e.getType() == type; }).wait(scope);
  return failed;
}

TEST_CASE("Calls of every size are answered, many in flight") {
  Service service;
  auto client = service.client();
  for (const std::size_t size : {0u, 1u, 1000u, 15'000u, 65'000u, 66'000u, 3'000'000u}) {
    CHECK(client->echo(size).wait(service.scope).getPayload().size() == size);
  }
  std::vector<capnp::RemotePromise<Ping::EchoResults>> calls;
  calls.reserve(1000);
  for (std::size_t i = 0; i < 1000; ++i) calls.push_back(client->echo(i % 500));
  for (std::size_t i = 0; i < 1000; ++i) {
    CHECK(calls[i].wait(service.scope).getPayload().size() == i % 500);
  }
  CHECK(service.server->callsInProgress() == 0);
}

TEST_CASE("The bootstrap is made for the peer") {
  Service service;
  auto client = service.client();
  auto answer = client->ping().whoAmIRequest().send().wait(service.scope);
  CHECK(answer.getUid() == ::getuid());
  CHECK(answer.getTransport() == "unix");
}

TEST_CASE("Calls over TCP are answered like others, and the peer is known by its address") {
  Service service;
  auto listener =
      UvListener::listenTcp(service.port, service.logger, {.host = "127.0.0.1", .port = "0"});
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(listener->tcpPort()));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  service.server->listen(kj::mv(listener));
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  Client client(service.port, fd);
  auto answer = client.ping().whoAmIRequest().send().wait(service.scope);
  CHECK(answer.getTransport() == "tcp");
  CHECK(client.echo(500'000).wait(service.scope).getPayload().size() == 500'000);
}

TEST_CASE("Connections and calls in progress are counted") {
  Service service;
  auto first = service.client();
  auto second = service.client();
  auto call = first->hang();
  second->echo(1).wait(service.scope);
  service.settle();
  CHECK(service.server->connectionCount() == 2);
  CHECK(service.server->callsInProgress() == 1);
  service.hanging.answerAll();
  call.wait(service.scope);
  CHECK(service.server->callsInProgress() == 0);
  second = nullptr;
  service.settle();
  CHECK(service.server->connectionCount() == 1);
  CHECK(service.server->connectionsTotal() == 2);
  // Coming and going is no news.
  CHECK_THAT(service.log(), !Catch::Contains("dropped"));
}

TEST_CASE("Garbage drops its connection only, and is logged with the peer") {
  Service service;
  auto good = service.client();
  good->echo(1).wait(service.scope);
  auto bad = service.rawConnect();
  const auto send = [&](const std::vector<kj::byte>& bytes) {
    bad->write(bytes.data(), bytes.size()).wait(service.scope);
    service.settle();
  };
  SECTION("no framing") {
    send({'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P', '/', '1', '.', '1', '\r', '\n'});
  }
  SECTION("an oversize announcement") { send({0, 0, 0, 0, 0, 0, 0, 0x10}); }
  SECTION("a message without a root") { send({0, 0, 0, 0, 0, 0, 0, 0}); }
  SECTION("pointers that lead nowhere") {
    std::vector<kj::byte> bytes(8 + 64, 0xff);
    std::fill(bytes.begin(), bytes.begin() + 8, 0);
    bytes[4] = 8;
    send(bytes);
  }
  SECTION("random messages") {
    std::uint32_t seed = 12345;
    std::vector<kj::byte> bytes(8 + 8 * 200);
    for (kj::byte& byte : bytes) {
      seed = seed * 1664525 + 1013904223;
      byte = static_cast<kj::byte>(seed >> 24);
    }
    std::fill(bytes.begin(), bytes.begin() + 8, 0);
    bytes[4] = 200;
    // A root struct of one data word and two pointers, into noise.
    const std::array<kj::byte, 8> root = {0, 0, 0, 0, 1, 0, 2, 0};
    std::copy(root.begin(), root.end(), bytes.begin() + 8);
    bytes[16] = 2;  // a call
    bytes[17] = 0;
    send(bytes);
  }
  SECTION("half a message, then the end") {
    send({0, 0, 0, 0, 100, 0, 0, 0, 1, 2, 3});
    bad->shutdownWrite();
    service.settle();
  }
  CHECK(service.isClosed(*bad));
  CHECK_THAT(service.log(), Catch::Contains("dropped: "));
  CHECK_THAT(service.log(), Catch::Contains("uid=" + std::to_string(::getuid())));
  CHECK(service.server->connectionCount() == 1);
  CHECK(good->echo(100).wait(service.scope).getPayload().size() == 100);
}

TEST_CASE("Connections past the limit are closed at once, and places come free again") {
  RpcServerOptions options;
  options.connections_max = 3;
  Service service(options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(service.client());
    clients.back()->echo(1).wait(service.scope);
  }
  for (int i = 0; i < 20; ++i) {
    auto further = service.rawConnect();
    CHECK(service.isClosed(*further));
  }
  CHECK(service.server->connectionCount() == 3);
  // Said once, not per connection.
  const std::string log = service.log();
  const std::size_t first = log.find("all 3 connections are taken");
  REQUIRE(first != std::string::npos);
  CHECK(log.find("all 3 connections are taken", first + 1) == std::string::npos);
  clients.pop_back();
  service.settle();
  auto next = service.client();
  CHECK(next->echo(5).wait(service.scope).getPayload().size() == 5);
}

TEST_CASE("By default the limits of the product hold") {
  const RpcServerOptions options;
  CHECK(options.connections_max == limits::kConnectionsMax);
  CHECK(options.connection.message_bytes_max == limits::kMessageBytesMax);
  CHECK(options.connection.login_message_bytes_max == limits::kLoginMessageBytesMax);
  CHECK(options.connection.bytes_in_flight_max == limits::kConnectionBytesInFlightMax);
  CHECK(options.connection.calls_max == limits::kConnectionCallsMax);
  CHECK(options.connection.answers_max == limits::kConnectionAnswersMax);
}

TEST_CASE("A message past the limit drops the connection") {
  RpcServerOptions options;
  options.connection.message_bytes_max = 100'000;
  Service service(options);
  auto client = service.client();
  CHECK(client->echo(90'000).wait(service.scope).getPayload().size() == 90'000);
  CHECK(fails(service.scope, client->echo(110'000).ignoreResult(),
              kj::Exception::Type::DISCONNECTED));
  CHECK_THAT(service.log(), Catch::Contains("over the limit"));
}

TEST_CASE("Until it has logged in a connection takes small messages only, and not for long") {
  RpcServerOptions options;
  options.connection.login_message_bytes_max = 10'000;
  options.connection.login_timeout = 8 * kj::SECONDS;
  Service service(options);
  service.admits = false;
  auto late = service.client();
  CHECK(late->echo(9'000).wait(service.scope).getPayload().size() == 9'000);
  auto large = service.client();
  CHECK(
      fails(service.scope, large->echo(11'000).ignoreResult(), kj::Exception::Type::DISCONNECTED));
  CHECK_THAT(service.log(), Catch::Contains("over the limit"));
  auto in = service.client();
  service.settle();
  service.server->forEachVisitor([&](Visitor& visitor) {
    if (visitor.peer().connection == 3) visitor.admit({{}, Roles::all()});
  });
  // The next answer opens the door.
  in->echo(1).wait(service.scope);
  CHECK(in->echo(11'000).wait(service.scope).getPayload().size() == 11'000);
  service.advance(8 * kj::SECONDS);
  service.advance(4 * kj::SECONDS);
  CHECK(service.server->connectionCount() == 1);
  CHECK_THAT(service.log(), Catch::Contains("there was no login"));
  CHECK(in->echo(1).wait(service.scope).getPayload().size() == 1);
}

TEST_CASE("A visitor who is dismissed is gone at once, and nobody else") {
  Service service;
  auto good = service.client();
  auto bad = service.client();
  auto call = bad->hang();
  good->echo(1).wait(service.scope);
  service.settle();
  service.server->forEachVisitor([](Visitor& visitor) {
    if (visitor.peer().connection == 2) visitor.dismiss("revoked");
  });
  CHECK(fails(service.scope, call.ignoreResult(), kj::Exception::Type::DISCONNECTED));
  service.settle();
  CHECK(service.server->connectionCount() == 1);
  CHECK_THAT(service.log(), Catch::Contains("dropped: revoked"));
  CHECK(good->echo(1).wait(service.scope).getPayload().size() == 1);
  service.hanging.answerAll();
  service.settle();
}

TEST_CASE("Calls in progress are bounded by their number, and go on when one is answered") {
  RpcServerOptions options;
  options.connection.calls_max = 100;
  Service service(options);
  auto client = service.client();
  std::vector<capnp::RemotePromise<Ping::HangResults>> calls;
  for (int i = 0; i < 1000; ++i) calls.push_back(client->hang());
  service.settle();
  CHECK(service.hanging.calls.size() == 100);
  auto other = service.client();
  CHECK(other->echo(1).wait(service.scope).getPayload().size() == 1);
  for (int round = 0; round < 10; ++round) {
    CHECK(service.hanging.calls.size() == 100);
    service.hanging.answerAll();
    service.settle();
  }
  CHECK(service.hanging.calls.empty());
  for (auto& call : calls) CHECK(call.wait(service.scope).getPayload().size() == 3);
}

TEST_CASE("A client that lets go of none of its calls is dropped") {
  RpcServerOptions options;
  options.connection.answers_max = 50;
  Service service(options);
  auto good = service.client();
  for (int i = 0; i < 200; ++i) good->echo(1).wait(service.scope);
  CHECK(service.server->connectionCount() == 1);
  SlowReader keeps(service, 60, 10);
  service.settle();
  CHECK(service.server->connectionCount() == 1);
  CHECK_THAT(service.log(), Catch::Contains("lets go of none of its calls"));
  CHECK(good->echo(1).wait(service.scope).getPayload().size() == 1);
}

TEST_CASE("Calls in progress are bounded by their bytes, and go on when there is room") {
  RpcServerOptions options;
  options.connection.bytes_in_flight_max = 50'000;
  Service service(options);
  auto client = service.client();
  std::vector<capnp::RemotePromise<Ping::HangResults>> calls;
  calls.reserve(5000);
  for (int i = 0; i < 5000; ++i) calls.push_back(client->hang());
  service.settle();
  const std::size_t admitted = service.hanging.calls.size();
  CHECK(admitted > 100);
  CHECK(admitted < 1500);
  std::size_t answered = 0;
  auto all = kj::Vector<kj::Promise<void>>();
  for (auto& call : calls) {
    all.add(call.then([&](capnp::Response<Ping::HangResults>) { ++answered; }));
  }
  auto joined = kj::joinPromises(all.releaseAsArray()).eagerlyEvaluate(nullptr);
  while (answered < calls.size()) {
    service.hanging.answerAll();
    service.settle();
  }
  joined.wait(service.scope);
}

TEST_CASE("Flipped bits in a client's messages harm nobody else") {
  Service service;
  auto good = service.client();
  const std::vector<kj::byte> recorded = recordCalls(service, 5, 100);
  std::mt19937 random(20'260'131);
  for (int round = 0; round < 300; ++round) {
    std::vector<kj::byte> bytes = recorded;
    const unsigned flips = 1 + random() % 8;
    for (unsigned i = 0; i < flips; ++i) {
      bytes[random() % bytes.size()] ^= static_cast<kj::byte>(1u << random() % 8);
    }
    auto bad = service.rawConnect();
    bad->write(bytes.data(), bytes.size()).wait(service.scope);
    service.scope.poll();
    INFO("round " << round);
    REQUIRE(good->echo(10).wait(service.scope).getPayload().size() == 10);
  }
  service.settle();
  CHECK(service.server->connectionCount() == 1);
}

TEST_CASE("A client that does not read its replies is not read from, until it does") {
  RpcServerOptions options;
  options.connection.bytes_in_flight_max = 1'000'000;
  Service service(options);
  SlowReader slow(service, 200, 100'000);
  const std::size_t waiting = service.server->callsInProgress();
  auto good = service.client();
  CHECK(good->echo(10).wait(service.scope).getPayload().size() == 10);
  // Of 20 MB of replies about one is made and waits; nothing more is read meanwhile.
  std::vector<kj::byte> buffer(30'000'000);
  std::size_t received = 0;
  while (received < 20'000'000u) {
    received += slow.stream->tryRead(buffer.data(), 1, buffer.size()).wait(service.scope);
  }
  CHECK(waiting <= 12);
  CHECK(received < 20'200'000u);
}

TEST_CASE("A client that never reads its replies is dropped in time") {
  RpcServerOptions options;
  options.connection.write_timeout = 8 * kj::SECONDS;
  Service service(options);
  SlowReader slow(service, 20, 1'000'000);
  CHECK(service.server->connectionCount() == 1);
  service.advance(4 * kj::SECONDS);
  CHECK(service.server->connectionCount() == 1);
  service.advance(8 * kj::SECONDS);
  service.advance(4 * kj::SECONDS);
  CHECK(service.server->connectionCount() == 0);
  CHECK_THAT(service.log(), Catch::Contains("does not read its replies"));
}

TEST_CASE("A message that never ends, and a connection that never says a word, are dropped") {
  RpcServerOptions options;
  options.connection.message_timeout = 8 * kj::SECONDS;
  Service service(options);
  auto silent = service.rawConnect();
  auto good = service.client();
  good->echo(1).wait(service.scope);
  auto halting = service.client();
  halting->echo(1).wait(service.scope);
  auto half = service.rawConnect();
  half->write("\0\0\0\0\x10\0\0\0ab", 10).wait(service.scope);
  service.advance(4 * kj::SECONDS);
  // A byte now and then does not help.
  half->write("c", 1).wait(service.scope);
  CHECK(service.server->connectionCount() == 4);
  service.advance(8 * kj::SECONDS);
  service.advance(4 * kj::SECONDS);
  CHECK(service.server->connectionCount() == 2);
  CHECK(service.isClosed(*silent));
  CHECK(service.isClosed(*half));
  CHECK(good->echo(1).wait(service.scope).getPayload().size() == 1);
}

TEST_CASE("Idle connections are dropped when that is wanted; waiting for an answer is not idle") {
  RpcServerOptions options;
  options.connection.idle_timeout = 8 * kj::SECONDS;
  Service service(options);
  auto idle = service.client();
  auto busy = service.client();
  idle->echo(1).wait(service.scope);
  auto call = busy->hang();
  service.advance(8 * kj::SECONDS);
  service.advance(8 * kj::SECONDS);
  CHECK(service.server->connectionCount() == 1);
  CHECK_THAT(service.log(), Catch::Contains("idle"));
  service.hanging.answerAll();
  CHECK(call.wait(service.scope).getPayload().size() == 3);
}

TEST_CASE("Draining answers the calls in progress, drops later ones, and closes") {
  Service service;
  auto idle = service.client();
  auto busy = service.client();
  idle->echo(1).wait(service.scope);
  auto call = busy->hang();
  auto large = busy->make(5'000'000);
  service.settle();
  auto drained = service.server->drain(100 * kj::SECONDS).eagerlyEvaluate(nullptr);
  CHECK_FALSE(std::filesystem::exists(service.path()));
  service.settle();
  auto late = busy->echo(1).ignoreResult();
  service.settle();
  CHECK(service.server->connectionCount() == 1);
  CHECK_FALSE(drained.poll(service.scope));
  service.hanging.answerAll();
  service.settle();
  service.advance(20 * kj::MILLISECONDS);
  CHECK(call.wait(service.scope).getPayload().size() == 3);
  CHECK(large.wait(service.scope).getPayload().size() == 5'000'000);
  const bool late_failed = fails(service.scope, kj::mv(late), kj::Exception::Type::DISCONNECTED);
  CHECK(late_failed);
  drained.wait(service.scope);
  CHECK(service.server->connectionCount() == 0);
  CHECK_THAT(service.log(), !Catch::Contains("dropped: "));
}

TEST_CASE("Draining ends at its deadline, whatever the calls do") {
  Service service;
  auto client = service.client();
  auto call = client->hang();
  auto deaf = service.rawConnect();
  deaf->write("\0\0", 2).wait(service.scope);
  service.settle();
  auto drained = service.server->drain(2 * kj::SECONDS).eagerlyEvaluate(nullptr);
  service.advance(1 * kj::SECONDS);
  CHECK_FALSE(drained.poll(service.scope));
  service.advance(2 * kj::SECONDS);
  drained.wait(service.scope);
  CHECK(service.server->connectionCount() == 0);
  CHECK(fails(service.scope, call.ignoreResult(), kj::Exception::Type::DISCONNECTED));
  // What the method does later reaches nobody, and harms nobody.
  service.hanging.answerAll();
  service.settle();
}

TEST_CASE("Draining does not wait long for idle clients that do not look") {
  Service service;
  auto silent = service.rawConnect();
  service.settle();
  auto drained = service.server->drain(100 * kj::SECONDS).eagerlyEvaluate(nullptr);
  service.advance(1 * kj::SECONDS);
  CHECK(drained.poll(service.scope));
  CHECK_THAT(service.log(), !Catch::Contains("dropped: "));
}

TEST_CASE("Draining without connections is done at once") {
  Service service;
  service.server->drain(1 * kj::SECONDS).wait(service.scope);
}

TEST_CASE("A server that goes with calls in progress leaves nothing behind") {
  Service service;
  auto client = service.client();
  auto call = client->hang();
  service.settle();
  service.server = nullptr;
  CHECK(fails(service.scope, call.ignoreResult(), kj::Exception::Type::DISCONNECTED));
  service.hanging.answerAll();
  service.settle();
}

TEST_CASE("A peer that a capability cannot be made for is refused") {
  Service service;
  std::ostringstream text;
  spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_st>(text, true));
  RpcServer server(
      service.time, logger,
      [](kj::Own<Visitor>) -> capnp::Capability::Client { throw std::runtime_error("no"); }, {});
  std::array<int, 2> fds{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
  auto client = kj::heap<UvStream>(service.port, kj::AutoCloseFd(fds[0]));
  server.accept(kj::heap<UvStream>(service.port, kj::AutoCloseFd(fds[1])), {});
  CHECK(service.isClosed(*client));
  CHECK(server.connectionCount() == 0);
  CHECK_THAT(text.str(), Catch::Contains("refused"));
}

TEST_CASE("A thousand connections come and go") {
  Service service;
  for (int round = 0; round < 10; ++round) {
    std::vector<std::unique_ptr<Client>> clients;
    clients.reserve(100);
    for (int i = 0; i < 100; ++i) clients.push_back(service.client());
    std::vector<capnp::RemotePromise<Ping::EchoResults>> calls;
    calls.reserve(100);
    for (auto& client : clients) calls.push_back(client->echo(64));
    for (auto& call : calls) call.wait(service.scope);
    CHECK(service.server->connectionCount() == 100);
    calls.clear();
    clients.clear();
    service.settle();
    CHECK(service.server->connectionCount() == 0);
  }
}

}  // namespace
}  // namespace daybook::daemon
