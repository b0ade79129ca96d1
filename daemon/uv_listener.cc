#include "daemon/uv_listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "ledger/base/check.h"

namespace daybook::daemon {
namespace {

constexpr int kBacklog = 512;
// Connections accepted before others get their turn.
constexpr int kAcceptsPerTurn = 64;
constexpr int kPauseMs = 100;
// A peer that does not acknowledge for this long is gone; one that is silent is asked.
constexpr int kUserTimeoutMs = 30'000;
constexpr int kKeepaliveIdleS = 60;
constexpr int kKeepaliveIntervalS = 10;
constexpr int kKeepaliveProbes = 3;

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(fmt::format("cannot listen on {}: {}", what, std::strerror(error)));
}

kj::AutoCloseFd openSocket(int family, const std::string& name) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail(name, errno);
  return kj::AutoCloseFd(fd);
}

void setOption(int fd, int level, int option, int value) {
  // Tuning only: a kernel that refuses one of these still serves.
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof(value)));
}

sockaddr_un unixSockaddr(const std::string& path, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty()) throw std::runtime_error("cannot listen on a Unix socket: its path is empty");
  if (path.size() >= sizeof(address.sun_path)) {
    throw std::runtime_error(
        fmt::format("cannot listen on {}: the path has {} bytes, a Unix socket's has at most {}",
                    name, path.size(), sizeof(address.sun_path) - 1));
  }
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  return address;
}

bool bindUnix(int fd, const sockaddr_un& address) {
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

// Removes the file of a dead listener; throws unless it is that.
void removeStale(const std::string& path, const sockaddr_un& address, const std::string& name) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) {
    if (errno == ENOENT) return;
    fail(name, errno);
  }
  if (!S_ISSOCK(file.st_mode)) {
    throw std::runtime_error(
        fmt::format("cannot listen on {}: there is a file that is no socket", name));
  }
  const kj::AutoCloseFd probe = openSocket(AF_UNIX, name);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno == EAGAIN) {
    throw std::runtime_error(
        fmt::format("cannot listen on {}: another process listens there", name));
  }
  if (errno != ECONNREFUSED) fail(name, errno);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail(name, errno);
}

std::string formatAddress(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(address);
    ::inet_ntop(AF_INET, &in->sin_addr, text.data(), text.size());
    return fmt::format("{}:{}", text.data(), ntohs(in->sin_port));
  }
  if (address->sa_family == AF_INET6) {
    const auto* in6 = reinterpret_cast<const sockaddr_in6*>(address);
    ::inet_ntop(AF_INET6, &in6->sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(in6->sin6_port));
  }
  return "unknown";
}

unsigned boundPort(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::getsockname(fd, generic, &length) != 0) return 0;
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  }
  return 0;
}

}  // namespace

kj::Own<UvListener> UvListener::listenUnix(UvEventPort& port, spdlog::logger& log,
                                           const UnixAddress& address) {
  const std::string name = "unix:" + address.path;
  const sockaddr_un path = unixSockaddr(address.path, name);
  kj::AutoCloseFd fd = openSocket(AF_UNIX, name);
  // Linux creates the file with the socket's own mode, so that it is never more open than asked.
  if (::fchmod(fd.get(), address.mode) != 0) fail(name, errno);
  if (!bindUnix(fd.get(), path)) {
    if (errno != EADDRINUSE) fail(name, errno);
    removeStale(address.path, path, name);
    if (!bindUnix(fd.get(), path)) fail(name, errno);
  }
  // The umask took bits away from that mode.
  if (::chmod(address.path.c_str(), address.mode) != 0) fail(name, errno);
  if (::listen(fd.get(), kBacklog) != 0) fail(name, errno);
  std::vector<kj::AutoCloseFd> sockets;
  sockets.push_back(kj::mv(fd));
  return kj::heap<UvListener>(port, log, std::move(sockets), name, address.path);
}

kj::Own<UvListener> UvListener::listenTcp(UvEventPort& port, spdlog::logger& log,
                                          const HostPort& address) {
  const std::string name = fmt::format("tcp:{}:{}", address.host, address.port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (status != 0) {
    throw std::runtime_error(fmt::format("cannot listen on {}: {}", name, ::gai_strerror(status)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> guard(found, &::freeaddrinfo);
  std::vector<kj::AutoCloseFd> sockets;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    kj::AutoCloseFd fd = openSocket(entry->ai_family, name);
    setOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (entry->ai_family == AF_INET6) setOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (::bind(fd.get(), entry->ai_addr, entry->ai_addrlen) != 0) fail(name, errno);
    if (::listen(fd.get(), kBacklog) != 0) fail(name, errno);
    sockets.push_back(kj::mv(fd));
  }
  const unsigned bound = boundPort(sockets.front().get());
  return kj::heap<UvListener>(port, log, std::move(sockets),
                              fmt::format("tcp:{}:{}", address.host, bound), std::string());
}

UvListener::UvListener(UvEventPort& port, spdlog::logger& log, std::vector<kj::AutoCloseFd> sockets,
                       std::string name, std::string unix_path)
    : port_(port), log_(log), name_(std::move(name)), unix_path_(std::move(unix_path)) {
  if (!unix_path_.empty()) static_cast<void>(::lstat(unix_path_.c_str(), &unix_file_));
  sockets_.reserve(sockets.size());  // watches point into it
  for (kj::AutoCloseFd& fd : sockets) {
    Socket& socket = sockets_.emplace_back(Socket{this, kj::mv(fd), new Watch{}});
    CHECK(uv_poll_init(port.loop(), &socket.watch->poll, socket.fd.get()) == 0,
          "a new socket can be watched");
    socket.watch->socket = &socket;
    socket.watch->poll.data = socket.watch;
  }
}

UvListener::~UvListener() noexcept {
  for (Socket& socket : sockets_) {
    socket.watch->socket = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&socket.watch->poll),
             [](uv_handle_t* handle) noexcept { delete static_cast<Watch*>(handle->data); });
  }
  removeFile();
}

// Only its own file: another daemon may have replaced it.
void UvListener::removeFile() noexcept {
  if (unix_path_.empty()) return;
  struct stat now {};
  if (::lstat(unix_path_.c_str(), &now) != 0) return;
  if (now.st_dev != unix_file_.st_dev || now.st_ino != unix_file_.st_ino) return;
  static_cast<void>(::unlink(unix_path_.c_str()));
}

void UvListener::start(Handler handler) {
  CHECK(handler_ == nullptr, "a listener is started once");
  handler_ = kj::mv(handler);
  for (Socket& socket : sockets_) watch(socket);
}

unsigned UvListener::tcpPort() const { return boundPort(sockets_.front().fd.get()); }

void UvListener::watch(Socket& socket) {
  const int status =
      uv_poll_start(&socket.watch->poll, UV_READABLE, [](uv_poll_t* poll, int, int) noexcept {
        Socket* ready = static_cast<Watch*>(poll->data)->socket;
        if (ready != nullptr) ready->listener->onReadable(*ready);
      });
  CHECK(status == 0, "a listening socket can be watched");
}

void UvListener::onReadable(Socket& socket) noexcept {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const int fd = ::accept4(socket.fd.get(), generic, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      accepted(fd, generic);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        // Everybody who waited is in: the next shortage is news again.
        paused_ = nullptr;
        return;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        pause(errno);
        return;
      default:
        // The connection went away before it was taken, or a fault of its own network.
        continue;
    }
  }
}

void UvListener::accepted(int fd, const struct sockaddr* address) {
  kj::AutoCloseFd owned(fd);
  PeerInfo peer;
  if (unix_path_.empty()) {
    peer.transport = Transport::tcp;
    peer.address = formatAddress(address);
    setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
    setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleS);
    setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveIntervalS);
    setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes);
  } else {
    ucred credentials{};
    socklen_t length = sizeof(credentials);
    // Without knowing who it is, nobody is let in.
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return;
    peer.uid = credentials.uid;
    peer.gid = credentials.gid;
    peer.pid = credentials.pid;
  }
  KJ_IF_MAYBE (handler, handler_) {
    (*handler)(kj::heap<UvStream>(port_, kj::mv(owned)), std::move(peer));
  }
}

void UvListener::pause(int error) {
  for (Socket& socket : sockets_) uv_poll_stop(&socket.watch->poll);
  if (paused_ == nullptr) {
    log_.error("cannot accept connections on {}: {}; trying again every {} ms", name_,
               std::strerror(error), kPauseMs);
  }
  paused_ = port_.timer()
                .afterDelay(kPauseMs * kj::MILLISECONDS)
                .then([this]() {
                  for (Socket& socket : sockets_) watch(socket);
                })
                .eagerlyEvaluate(nullptr);
}

}  // namespace daybook::daemon
