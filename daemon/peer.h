// Who is at the other end of a connection, as the kernel knows it.
//
// A value; safe to use from any thread.
#pragma once

#include <cstdint>
#include <string>

namespace daybook::daemon {

enum class Transport : std::uint8_t { unixSocket, tcp };

struct PeerInfo {
  std::uint64_t connection = 0;  // counts from 1 since the start
  Transport transport = Transport::unixSocket;
  std::uint32_t uid = 0;  // Unix sockets only: of the process that connected, as it was then
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
  std::string address;  // TCP only: "192.0.2.7:40312", "[2001:db8::1]:40312"

  /// For logs: "unix uid=1000 pid=4711 #12", "tcp 192.0.2.7:40312 #13".
  std::string toString() const {
    const std::string number = " #" + std::to_string(connection);
    if (transport == Transport::tcp) return "tcp " + address + number;
    return "unix uid=" + std::to_string(uid) + " pid=" + std::to_string(pid) + number;
  }
};

}  // namespace daybook::daemon
