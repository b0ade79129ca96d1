#include "daemon/uv_stream.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "daemon/message_stream.h"
#include "daemon/uv_listener.h"

#include <capnp/message.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ostream_sink.h>

#include <catch2/catch.hpp>

namespace daybook::daemon {
namespace {

struct Loop {
  UvEventPort port;
  kj::EventLoop loop{port};
  kj::WaitScope scope{loop};
};

struct Pair {
  kj::Own<UvStream> a;
  kj::Own<UvStream> b;
};

std::array<int, 2> socketPair() {
  std::array<int, 2> fds{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
  return fds;
}

Pair makePair(UvEventPort& port) {
  const std::array<int, 2> fds = socketPair();
  return {kj::heap<UvStream>(port, kj::AutoCloseFd(fds[0])),
          kj::heap<UvStream>(port, kj::AutoCloseFd(fds[1]))};
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): kj::Own's disposer is not seen

std::vector<kj::byte> pattern(std::size_t size) {
  std::vector<kj::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<kj::byte>(i * 31 + i / 251);
  return bytes;
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A log whose text can be looked at.
struct Log {
  std::ostringstream text;
  spdlog::logger logger{"test", std::make_shared<spdlog::sinks::ostream_sink_st>(text, true)};
};

int connectTo(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  REQUIRE(fd >= 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

TEST_CASE("Bytes arrive whole and in order, past what the kernel buffers") {
  Loop loop;
  Pair pair = makePair(loop.port);
  const std::vector<kj::byte> sent = pattern(3'000'001);
  std::vector<kj::byte> received(sent.size() + 100);
  auto write = pair.a->write(sent.data(), sent.size())
                   .then([&]() { pair.a->shutdownWrite(); })
                   .eagerlyEvaluate(nullptr);
  const std::size_t count =
      pair.b->tryRead(received.data(), received.size(), received.size()).wait(loop.scope);
  REQUIRE(count == sent.size());
  received.resize(count);
  CHECK(received == sent);
  CHECK(pair.a->bytesWritten() == sent.size());
  std::array<kj::byte, 1> more{};
  CHECK(pair.b->tryRead(more.data(), 1, 1).wait(loop.scope) == 0);
  write.wait(loop.scope);
}

TEST_CASE("A write of many pieces, empty ones among them, is one stretch of bytes") {
  Loop loop;
  Pair pair = makePair(loop.port);
  const std::vector<kj::byte> bytes = pattern(400'000);
  std::vector<kj::ArrayPtr<const kj::byte>> pieces;
  std::size_t from = 0;
  for (std::size_t i = 0; from < bytes.size(); ++i) {
    const std::size_t size = std::min(i % 7 == 0 ? 0 : i * 3, bytes.size() - from);
    pieces.push_back(kj::arrayPtr(bytes.data() + from, size));
    from += size;
  }
  std::vector<kj::byte> received(bytes.size());
  auto write = pair.a->write(kj::arrayPtr(pieces.data(), pieces.size())).eagerlyEvaluate(nullptr);
  CHECK(pair.b->tryRead(received.data(), received.size(), received.size()).wait(loop.scope) ==
        bytes.size());
  write.wait(loop.scope);
  CHECK(received == bytes);
}

TEST_CASE("A read gives what is there once it has the least that was asked for") {
  Loop loop;
  Pair pair = makePair(loop.port);
  std::array<kj::byte, 100> buffer{};
  auto read = pair.b->tryRead(buffer.data(), 10, buffer.size());
  pair.a->write("abcde", 5).wait(loop.scope);
  CHECK_FALSE(read.poll(loop.scope));
  pair.a->write("fghijklm", 8).wait(loop.scope);
  CHECK(read.wait(loop.scope) == 13);
  CHECK(std::memcmp(buffer.data(), "abcdefghijklm", 13) == 0);
}

TEST_CASE("Data that nobody reads does not keep the loop busy, and is there later") {
  Loop loop;
  Pair pair = makePair(loop.port);
  std::array<kj::byte, 4> buffer{};
  auto read = pair.b->tryRead(buffer.data(), 1, 1);
  pair.a->write("xyz", 3).wait(loop.scope);
  CHECK(read.wait(loop.scope) == 1);
  // The watch is still on: the first turn stops it, and then the loop sleeps.
  loop.port.yield().wait(loop.scope);
  loop.port.yield().wait(loop.scope);
  int turns = 0;
  bool over = false;
  auto timer = loop.port.timer()
                   .afterDelay(20 * kj::MILLISECONDS)
                   .then([&]() { over = true; })
                   .eagerlyEvaluate(nullptr);
  while (!over) {
    loop.port.wait();
    loop.scope.poll();
    ++turns;
  }
  CHECK(turns < 10);
  CHECK(pair.b->tryRead(buffer.data(), 2, 4).wait(loop.scope) == 2);
  CHECK(buffer[0] == 'y');
}

TEST_CASE("A dropped read takes nothing with it") {
  Loop loop;
  Pair pair = makePair(loop.port);
  std::array<kj::byte, 8> buffer{};
  { auto dropped = pair.b->tryRead(buffer.data(), 1, 8); }
  pair.a->write("data", 4).wait(loop.scope);
  loop.scope.poll();
  CHECK(pair.b->tryRead(buffer.data(), 1, 8).wait(loop.scope) == 4);
}

TEST_CASE("Writing to a peer that is gone is a disconnection, not a signal") {
  Loop loop;
  Pair pair = makePair(loop.port);
  auto disconnected = pair.a->whenWriteDisconnected();
  CHECK_FALSE(disconnected.poll(loop.scope));
  pair.b = nullptr;
  const std::vector<kj::byte> bytes = pattern(1000);
  auto type = kj::Exception::Type::FAILED;
  pair.a->write(bytes.data(), bytes.size())
      .then([]() {}, [&](kj::Exception&& e) { type = e.getType(); })
      .wait(loop.scope);
  CHECK(type == kj::Exception::Type::DISCONNECTED);
  disconnected.wait(loop.scope);
}

TEST_CASE("A write that waits ends when the peer goes") {
  Loop loop;
  Pair pair = makePair(loop.port);
  const std::vector<kj::byte> bytes = pattern(4'000'000);
  bool failed = false;
  auto write = pair.a->write(bytes.data(), bytes.size())
                   .then([]() {}, [&](kj::Exception&&) { failed = true; })
                   .eagerlyEvaluate(nullptr);
  CHECK_FALSE(write.poll(loop.scope));
  pair.b = nullptr;
  write.wait(loop.scope);
  CHECK(failed);
}

// ---- Messages ----

struct Messages {
  Loop loop;
  Pair pair = makePair(loop.port);
  kj::Own<BufferedMessageStream> a = kj::heap<BufferedMessageStream>(*pair.a);
  kj::Own<BufferedMessageStream> b = kj::heap<BufferedMessageStream>(*pair.b);

  std::string readFailure(capnp::ReaderOptions options = {}) {
    std::string failure;
    b->tryReadMessage(options)
        .then([](kj::Maybe<kj::Own<capnp::MessageReader>>) {},
              [&](kj::Exception&& e) { failure = e.getDescription().cStr(); })
        .wait(loop.scope);
    return failure;
  }
};

void fill(capnp::MessageBuilder& message, std::size_t size) {
  const auto bytes = pattern(size);
  message.initRoot<capnp::AnyPointer>().setAs<capnp::Data>(
      capnp::Data::Reader(bytes.data(), bytes.size()));
}

TEST_CASE("Messages of every size arrive as they were, small ones many at a time") {
  Messages messages;
  std::vector<std::size_t> sizes = {0, 1, 8, 100, 5'000, 16'000, 16'384, 16'400, 65'000};
  for (std::size_t size = 65'400; size < 65'600; size += 8) sizes.push_back(size);
  sizes.insert(sizes.end(), {70'000, 200'000, 1'000'000});
  for (std::size_t i = 0; i < 2'000; ++i) sizes.push_back(i % 300);
  std::vector<std::unique_ptr<capnp::MallocMessageBuilder>> sent;
  kj::Promise<void> writes = kj::READY_NOW;
  for (const std::size_t size : sizes) {
    // Small first segments make messages of several.
    sent.push_back(std::make_unique<capnp::MallocMessageBuilder>(size % 3 == 0 ? 1 : 1024));
    fill(*sent.back(), size);
    writes = writes.then(
        [&messages, message = sent.back().get()]() { return messages.a->writeMessage(*message); });
  }
  auto writing = writes.eagerlyEvaluate(nullptr);
  for (const std::size_t size : sizes) {
    auto message = messages.b->readMessage().wait(messages.loop.scope);
    const auto data = message->getRoot<capnp::AnyPointer>().getAs<capnp::Data>();
    const auto expected = pattern(size);
    REQUIRE(std::equal(data.begin(), data.end(), expected.begin(), expected.end()));
  }
  writing.wait(messages.loop.scope);
  CHECK(messages.b->messagesRead() == sizes.size());
  CHECK_FALSE(messages.a->waitsToWrite());
}

TEST_CASE("Small messages written in one turn leave in one write") {
  Messages messages;
  capnp::MallocMessageBuilder message;
  fill(message, 100);
  for (int i = 0; i < 50; ++i) messages.a->writeMessage(message).wait(messages.loop.scope);
  messages.loop.scope.poll();
  std::vector<kj::byte> all(100'000);
  CHECK(messages.pair.b->tryRead(all.data(), 1, all.size()).wait(messages.loop.scope) > 5'000);
}

TEST_CASE("What was written before end() arrives before the end") {
  Messages messages;
  capnp::MallocMessageBuilder message;
  fill(message, 100);
  messages.a->writeMessage(message).wait(messages.loop.scope);
  messages.a->end().wait(messages.loop.scope);
  CHECK(messages.b->tryReadMessage().wait(messages.loop.scope) != nullptr);
  CHECK(messages.b->tryReadMessage().wait(messages.loop.scope) == nullptr);
}

TEST_CASE("Bytes that are no message are refused") {
  Messages messages;
  const std::string text = "GET / HTTP/1.1\r\nHost: daybook\r\n\r\n";
  messages.pair.a->write(text.data(), text.size()).wait(messages.loop.scope);
  CHECK_THAT(messages.readFailure(), Catch::Contains("not a Cap'n Proto message"));
}

TEST_CASE("A message over the limit is refused when it is announced") {
  Messages messages;
  // One segment of 2^27 words.
  const std::array<kj::byte, 8> head = {0, 0, 0, 0, 0, 0, 0, 8};
  messages.pair.a->write(head.data(), head.size()).wait(messages.loop.scope);
  CHECK_THAT(messages.readFailure(), Catch::Contains("over the limit"));
}

TEST_CASE("Sizes that add up past 32 bits are refused") {
  Messages messages;
  std::array<kj::byte, 16> head = {2, 0, 0, 0};
  std::fill(head.begin() + 4, head.end(), 0xff);
  messages.pair.a->write(head.data(), head.size()).wait(messages.loop.scope);
  CHECK_THAT(messages.readFailure(), Catch::Contains("over the limit"));
}

TEST_CASE("An end within a message is told from an end between two") {
  Messages messages;
  const std::size_t cut = GENERATE(1u, 7u, 8u, 20u, 70'000u);
  std::vector<kj::byte> bytes(100'000);
  // One segment of 10 000 words, or a table that is cut.
  bytes[4] = 0x10;
  bytes[5] = 0x27;
  messages.pair.a->write(bytes.data(), cut).wait(messages.loop.scope);
  messages.pair.a->shutdownWrite();
  CHECK_THAT(messages.readFailure(), Catch::Contains("within a message"));
}

TEST_CASE("A reader of a small message is not led around in it without end") {
  Messages messages;
  capnp::MallocMessageBuilder message;
  fill(message, 4096);
  messages.a->writeMessage(message).wait(messages.loop.scope);
  auto read = messages.b->readMessage().wait(messages.loop.scope);
  const auto traverse = [&]() {
    for (int i = 0; i < 1000; ++i) read->getRoot<capnp::AnyPointer>().getAs<capnp::Data>();
  };
  CHECK_THROWS_AS(traverse(), kj::Exception);
}

TEST_CASE("A read fails when a gathered write failed") {
  Messages messages;
  auto read = messages.a->tryReadMessage();
  CHECK_FALSE(read.poll(messages.loop.scope));
  ::shutdown(messages.pair.a->getFd().orDefault(-1), SHUT_WR);
  capnp::MallocMessageBuilder message;
  fill(message, 100);
  messages.a->writeMessage(message).wait(messages.loop.scope);
  CHECK_THROWS_AS(read.wait(messages.loop.scope), kj::Exception);
  CHECK_THROWS_AS(messages.a->writeMessage(message).wait(messages.loop.scope), kj::Exception);
}

// ---- Listening ----

TEST_CASE("A Unix socket has the mode that was asked for, knows its peer, and is removed") {
  Loop loop;
  Log log;
  const Folder folder;
  const std::string path = folder.file("s.sock");
  {
    auto listener = UvListener::listenUnix(loop.port, log.logger, {path, 0606});
    struct stat file {};
    REQUIRE(::lstat(path.c_str(), &file) == 0);
    CHECK(S_ISSOCK(file.st_mode));
    CHECK((file.st_mode & 0777) == 0606);
    auto paf = kj::newPromiseAndFulfiller<PeerInfo>();
    listener->start(
        [&](kj::Own<UvStream>, PeerInfo peer) { paf.fulfiller->fulfill(std::move(peer)); });
    const kj::AutoCloseFd client(connectTo(path));
    const PeerInfo peer = paf.promise.wait(loop.scope);
    CHECK(peer.uid == ::getuid());
    CHECK(peer.pid == ::getpid());
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("A socket file that a dead process left is replaced") {
  Loop loop;
  Log log;
  const Folder folder;
  const std::string path = folder.file("s.sock");
  {
    auto listener = UvListener::listenUnix(loop.port, log.logger, {path, 0600});
    // Its removal is kept from happening, as when the process is killed.
    std::filesystem::rename(path, path + ".kept");
  }
  std::filesystem::rename(path + ".kept", path);
  auto listener = UvListener::listenUnix(loop.port, log.logger, {path, 0600});
  const kj::AutoCloseFd client(connectTo(path));
}

TEST_CASE("What is in the way of a socket is left alone and named") {
  Loop loop;
  Log log;
  const Folder folder;
  const std::string path = folder.file("s.sock");
  const auto listen = [&](const std::string& at) {
    return UvListener::listenUnix(loop.port, log.logger, {at, 0600});
  };
  SECTION("another listener") {
    auto first = listen(path);
    CHECK_THROWS_WITH(listen(path), Catch::Contains("another process listens there"));
    const kj::AutoCloseFd client(connectTo(path));
  }
  SECTION("a file") {
    std::ofstream(path) << "mine";
    CHECK_THROWS_WITH(listen(path), Catch::Contains("no socket"));
    CHECK(std::filesystem::file_size(path) == 4);
  }
  SECTION("a path that is too long") {
    CHECK_THROWS_WITH(listen(folder.file(std::string(120, 'x'))), Catch::Contains("at most 107"));
  }
  SECTION("a folder that is missing") {
    CHECK_THROWS_WITH(listen(folder.file("no/s.sock")), Catch::Contains("No such file"));
  }
}

TEST_CASE("A successor's socket file survives the end of its predecessor") {
  Loop loop;
  Log log;
  const Folder folder;
  const std::string path = folder.file("s.sock");
  auto first = UvListener::listenUnix(loop.port, log.logger, {path, 0600});
  std::filesystem::remove(path);
  auto second = UvListener::listenUnix(loop.port, log.logger, {path, 0600});
  first = nullptr;
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("Host and port are read in every usual form, and mistakes are named") {
  HostPort result;
  CHECK(HostPort::parse("127.0.0.1:7110", result).empty());
  CHECK(result.host == "127.0.0.1");
  CHECK(result.port == "7110");
  CHECK(HostPort::parse("[::1]:0", result).empty());
  CHECK(result.host == "::1");
  CHECK_THAT(HostPort::parse("localhost", result), Catch::Contains("no port"));
  CHECK_THAT(HostPort::parse("::1:7110", result), Catch::Contains("[address]:port"));
  CHECK_THAT(HostPort::parse(":7110", result), Catch::Contains("no host"));
  CHECK_THAT(HostPort::parse("a:65536", result), Catch::Contains("65535"));
  CHECK_THAT(HostPort::parse("a:x", result), Catch::Contains("65535"));
  CHECK_THAT(HostPort::parse("a:", result), Catch::Contains("65535"));
}

TEST_CASE("TCP listens where it is told, and its streams carry bytes") {
  Loop loop;
  Log log;
  auto listener = UvListener::listenTcp(loop.port, log.logger, {"127.0.0.1", "0"});
  REQUIRE(listener->tcpPort() != 0);
  auto paf = kj::newPromiseAndFulfiller<kj::Own<UvStream>>();
  std::string address;
  listener->start([&](kj::Own<UvStream> stream, PeerInfo peer) {
    address = std::move(peer.address);
    paf.fulfiller->fulfill(kj::mv(stream));
  });
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(listener->tcpPort()));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  auto client = kj::heap<UvStream>(loop.port, kj::AutoCloseFd(fd));
  auto server = paf.promise.wait(loop.scope);
  CHECK_THAT(address, Catch::StartsWith("127.0.0.1:"));
  client->write("hello", 5).wait(loop.scope);
  std::array<kj::byte, 5> buffer{};
  CHECK(server->tryRead(buffer.data(), 5, 5).wait(loop.scope) == 5);
  CHECK_THROWS_WITH(UvListener::listenTcp(loop.port, log.logger,
                                          {"127.0.0.1", std::to_string(listener->tcpPort())}),
                    Catch::Contains("in use"));
}

// Gives the descriptors back when the shortage is logged: sanitizers cannot do without for long.
class ShortageSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit ShortageSink(rlimit before) : before_(before) {}
  std::string text;

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    ::setrlimit(RLIMIT_NOFILE, &before_);
    text.append(message.payload.data(), message.payload.size());
  }
  void flush_() override {}

  rlimit before_;
};

TEST_CASE("Without free descriptors accepting pauses, and goes on when there are some") {
  Loop loop;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const auto sink = std::make_shared<ShortageSink>(before);
  spdlog::logger logger("test", sink);
  const Folder folder;
  const std::string path = folder.file("s.sock");
  auto listener = UvListener::listenUnix(loop.port, logger, {path, 0600});
  auto paf = kj::newPromiseAndFulfiller<void>();
  listener->start([&](kj::Own<UvStream>, const PeerInfo&) { paf.fulfiller->fulfill(); });
  const kj::AutoCloseFd client(connectTo(path));
  // Everything that the shortage meets has been seen by them before.
  logger.error("{} {} {}", path, "a C string", 1);
  sink->text.clear();
  loop.scope.poll();
  paf.promise.wait(loop.scope);
  auto again = kj::newPromiseAndFulfiller<void>();
  paf.fulfiller = kj::mv(again.fulfiller);
  const kj::AutoCloseFd second(connectTo(path));
  const rlimit none = {0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  loop.port.poll();
  CHECK_THAT(sink->text, Catch::Contains("cannot accept connections"));
  CHECK_FALSE(again.promise.poll(loop.scope));
  again.promise.wait(loop.scope);
}

}  // namespace
}  // namespace daybook::daemon
