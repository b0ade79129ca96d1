// Network addresses as people write them.
//
// A value; safe to use from any thread.
#pragma once

#include <string>
#include <string_view>

namespace daybook::daemon {

/// A host (name, IPv4, IPv6) and a port.
struct HostPort {
  std::string host;
  std::string port;
  /// Reads "127.0.0.1:7110", "localhost:7110", "[::1]:7110". Returns what is wrong, or an empty
  /// string.
  static std::string parse(std::string_view text, HostPort& result);
};

}  // namespace daybook::daemon
