// Listening sockets: Unix and TCP, on the loop.
//
// Opening is synchronous and says in one sentence what is wrong. Accepted connections are handed
// over one by one; TCP ones have TCP_NODELAY, keepalive and TCP_USER_TIMEOUT set. When the process
// or the machine runs out of descriptors or memory, accepting pauses and is tried again: clients
// wait in the kernel's queue, and nothing spins.
//
// Ownership: closes its sockets, and removes a Unix socket's file if it is still its own.
// Errors: opening throws std::runtime_error. Handing over must not throw.
// Threads: the loop's thread.
#pragma once

#include <kj/async.h>
#include <kj/function.h>
#include <kj/io.h>
#include <spdlog/logger.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <uv.h>

#include <string>
#include <utility>
#include <vector>

#include "daemon/host_port.h"
#include "daemon/peer.h"
#include "daemon/uv_event_port.h"
#include "daemon/uv_stream.h"

namespace daybook::daemon {

struct UnixAddress {
  std::string path;
  mode_t mode = 0660;
};

class UvListener final {
 public:
  using Handler = kj::Function<void(kj::Own<UvStream>, PeerInfo)>;

  /// Listens on a Unix socket. A file that a dead process left is replaced; one that is no socket,
  /// or that somebody listens on, is an error.
  static kj::Own<UvListener> listenUnix(UvEventPort& port, spdlog::logger& log,
                                        const UnixAddress& address);
  /// Listens on every address that the host resolves to. Port 0 lets the kernel choose.
  static kj::Own<UvListener> listenTcp(UvEventPort& port, spdlog::logger& log,
                                       const HostPort& address);

  /// Used by the functions above. `unix_path` is empty for TCP.
  UvListener(UvEventPort& port, spdlog::logger& log, std::vector<kj::AutoCloseFd> sockets,
             std::string name, std::string unix_path);
  ~UvListener() noexcept;
  KJ_DISALLOW_COPY(UvListener);

  /// Starts handing over connections. PeerInfo.connection is left 0. Called once.
  void start(Handler handler);
  /// Where it listens, for logs: "unix:/run/daybook/daybook.sock", "tcp:127.0.0.1:7110".
  const std::string& name() const { return name_; }
  /// The port of the first socket; 0 for a Unix socket.
  unsigned tcpPort() const;

 private:
  struct Socket;
  struct Watch {
    uv_poll_t poll;
    Socket* socket;
  };
  struct Socket {
    UvListener* listener;
    kj::AutoCloseFd fd;
    Watch* watch;
  };

  void watch(Socket& socket);
  void onReadable(Socket& socket) noexcept;
  void accepted(int fd, const struct sockaddr* address);
  void pause(int error);
  void removeFile() noexcept;

  UvEventPort& port_;
  spdlog::logger& log_;
  std::string name_;
  std::string unix_path_;
  struct stat unix_file_ {};
  kj::Maybe<Handler> handler_;
  std::vector<Socket> sockets_;
  kj::Maybe<kj::Promise<void>> paused_;
};

}  // namespace daybook::daemon
